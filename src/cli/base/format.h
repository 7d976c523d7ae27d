/* Text in fixed memory.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_FORMAT_H
#define EXECWIRE_CLI_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

#if defined(__GNUC__)
#define PRINTF_LIKE(text, arguments) __attribute__((format(printf, text, arguments)))
#else
#define PRINTF_LIKE(text, arguments)
#endif

/* As snprintf, but returns how many characters were written: what does not fit is cut. */
size_t format(char *out, size_t capacity, const char *text, ...) PRINTF_LIKE(3, 4);

/* As vsnprintf: returns how many characters all of it has. */
size_t format_list(char *out, size_t capacity, const char *text, va_list arguments);

#endif

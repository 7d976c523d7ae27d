/* JSON that is safe to print: what a terminal would obey stands in it as an escape sequence, which
 * is the same JSON (RFC 8259, section 7).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_ESCAPE_H
#define EXECWIRE_CLI_ESCAPE_H

#include <stddef.h>

/* How many bytes more escaping a JSON text takes. Newlines between values are not characters of it.
 */
size_t escape_growth(const char *json, size_t size);

/* Escapes a text of `size` bytes where it is; `grown` is its size then. */
void escape(char *json, size_t size, size_t grown);

#endif

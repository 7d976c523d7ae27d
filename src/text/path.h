/* The path of an error. It is built from the inside out, while the calls return, so that a call
 * that succeeds spends nothing on it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TEXT_PATH_H
#define EXECWIRE_TEXT_PATH_H

#include "error/error.h"

#ifndef EXECWIRE_NO_TEXTS

/* Puts "/name" in front of the path. What is not printable in it is a question mark
 * (text/printable.h). Returns the error's code, or `code` when `error` is NULL. */
execwire_code execwire_fail_in(execwire_error *error, execwire_code code, const char *name,
                               size_t name_size);

#else /* an error is its code and its offset */

static inline execwire_code execwire_fail_in(execwire_error *error, execwire_code code,
                                             const char *name, size_t name_size)
{
    (void)error;
    (void)name;
    (void)name_size;
    return code;
}

#endif

#endif

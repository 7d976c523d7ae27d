/* Filling in an execwire_error; its path is built by text/path.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_ERROR_ERROR_H
#define EXECWIRE_ERROR_ERROR_H

#include <execwire/error.h>

#ifndef EXECWIRE_NO_TEXTS

/* As execwire_fail, with what stood there instead: a static string. */
execwire_code execwire_fail_found(execwire_error *error, execwire_code code, size_t offset,
                                  const char *found);

#else /* an error is its code and its offset */

static inline execwire_code execwire_fail_found(execwire_error *error, execwire_code code,
                                                size_t offset, const char *found)
{
    (void)found;
    return execwire_fail(error, code, offset);
}

#endif

#endif

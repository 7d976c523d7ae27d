/* The writing of a state as users call it: checked, then by the shortest way there is.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "error/error.h"
#include "wire/at_once.h"

#include <execwire/execwire.h>

execwire_code execwire_encode(const execwire_state *state, void *out, size_t capacity, size_t *size,
                              execwire_error *error)
{
    execwire_code code;
    size_t written;

    if (size != NULL)
        *size = 0;
    if (state == NULL || size == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    code = execwire_check_and_write(state, out, capacity, 0, &written, error);
    if (code != EXECWIRE_OK)
        return code;
    if (written > EXECWIRE_MAX_SIZE)
        return execwire_fail(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    *size = written;
    if (out != NULL && written > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    return EXECWIRE_OK;
}

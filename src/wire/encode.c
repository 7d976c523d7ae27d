/* The writing of a state as users call it: checked, then by the shortest way there is.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "error/error.h"
#include "wire/at_once.h"

#include <execwire/execwire.h>

execwire_code execwire_encode(const execwire_state *state, void *out, size_t capacity, size_t *size,
                              execwire_error *error)
{
    execwire_outline outline;
    execwire_code code;
    size_t written;

    if (size != NULL)
        *size = 0;
    if (state == NULL || size == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
#ifdef EXECWIRE_WRITES_AT_ONCE
    if (out == NULL && execwire_measure_at_once(state, size))
        return EXECWIRE_OK;
    *size = 0;
#endif
    code = execwire_state_outline(&outline, state, out, capacity, error);
    if (code != EXECWIRE_OK)
        return code;
    written = execwire_write_good(&outline, state, out, capacity);
    if (written > EXECWIRE_MAX_SIZE)
        return execwire_fail(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    *size = written;
    if (out != NULL && written > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    return EXECWIRE_OK;
}

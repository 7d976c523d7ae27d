/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/writer.h"

#include "error/error.h"
#include "schema/schema.h"

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
    code = execwire_state_check_for(state, out, capacity, error);
    if (code != EXECWIRE_OK)
        return code;
    written = execwire_write_message(state, out, capacity);
    if (written > EXECWIRE_MAX_SIZE)
        return execwire_fail(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    *size = written;
    if (out != NULL && written > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    return EXECWIRE_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/encoded.h"

#include "cli/base/report.h"

execwire_code encoded_make(encoded *e, const execwire_state *state, execwire_error *error)
{
    execwire_code code = execwire_encode(state, e->data, e->capacity, &e->size, error);
    bool measured = code == EXECWIRE_OK && e->data == NULL;

    if (!measured && code != EXECWIRE_ERROR_NO_SPACE)
        return code;
    e->capacity = 2 * e->size + 1;
    e->data = reallocate(e->data, e->capacity);
    return execwire_encode(state, e->data, e->capacity, &e->size, error);
}

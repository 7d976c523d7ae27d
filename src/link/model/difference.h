/* Fields of a state by their paths: field numbers to the base 32, the outermost field lowest. What
 * a state has not, but its prediction has, is said by its path.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_DIFFERENCE_H
#define EXECWIRE_LINK_DIFFERENCE_H

#include "link/base/sink.h"

#include <execwire/state.h>

/* Paths of texts (proto/execwire/v1/execution_state.proto). */
enum {
    EXECWIRE_PATH_CID = 6 | 1 << 5,
    EXECWIRE_PATH_BUCKET = 6 | 7 << 5 | 1 << 10,
    EXECWIRE_PATH_REGION = 6 | 7 << 5 | 5 << 10,
    EXECWIRE_PATH_STD_ERR = 7 | 3 << 5,
    EXECWIRE_PATH_STD_OUT = 7 | 5 << 5,
    EXECWIRE_PATH_STATUS = 9
};

/* The member at a path of the schema; NULL when it, or what it is in, is absent. */
const void *execwire_path_get(const execwire_state *state, uint32_t path);

/* Writes the paths of what is predicted and not there, one after the other. */
void execwire_difference_clears(execwire_sink *sink, const execwire_state *predicted,
                                const execwire_state *actual);

/* Takes away the field at a path, or what is inside it. False when the schema has no such path. */
bool execwire_difference_clear(execwire_state *state, uint32_t path);

#endif

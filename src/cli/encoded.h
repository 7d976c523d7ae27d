/* The message that a state makes, in memory that grows as it is needed and is used again.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_ENCODED_H
#define EXECWIRE_CLI_ENCODED_H

#include <execwire/execwire.h>

/* All zero before the first. `data` is to be freed after the last. */
typedef struct encoded {
    char *data;
    size_t size;
    size_t capacity;
} encoded;

/* Encodes a state in place of the one before. */
execwire_code encoded_make(encoded *e, const execwire_state *state, execwire_error *error);

#endif

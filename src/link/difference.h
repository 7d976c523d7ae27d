/* What a state has otherwise than its prediction, by the schema's tables: fields to take away, and
 * fields to put in.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_DIFFERENCE_H
#define EXECWIRE_LINK_DIFFERENCE_H

#include <execwire/state.h>

/* Fields to take away; with more of them, everything is. */
#define EXECWIRE_CLEAR_MAX 16
/* Clears the whole state. */
#define EXECWIRE_CLEAR_ALL 0

typedef struct execwire_difference {
    uint32_t clear[EXECWIRE_CLEAR_MAX]; /* paths: field numbers to the base 32, outermost first */
    size_t clear_count;
    bool has_patch;
    execwire_state patch; /* what goes in; the prediction's own fields that differ as well */
} execwire_difference;

void execwire_difference_find(const execwire_state *predicted, const execwire_state *actual,
                              execwire_difference *difference);

/* Takes away the field at a path, or what is inside it. False when the schema has no such path. */
bool execwire_difference_clear(execwire_state *state, uint32_t path);

#endif

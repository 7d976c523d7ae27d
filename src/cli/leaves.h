/* A state as a list of what it says: each value with the way to it, in an order that two states
 * share.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_LEAVES_H
#define EXECWIRE_CLI_LEAVES_H

#include "cli/encoded.h"
#include "cli/show.h"

/* A field on the way to a value. */
typedef struct leaf_step {
    const char *name;
    uint32_t number;
} leaf_step;

/* A value without fields of its own, an entry of a map, or a message without any field. */
typedef struct leaf {
    execwire_field_view seen; /* of an entry its value; valid as long as the leaves are */
    leaf_step path[EXECWIRE_FIELD_DEPTH]; /* the messages that it is in, and itself */
    unsigned depth;                       /* of it, 0 in the state */
    execwire_str key;                     /* of an entry; else its data is NULL */
} leaf;

/* All zero before the first state. */
typedef struct leaves {
    leaf *list;
    size_t count;
    size_t capacity;
    encoded message; /* that the leaves are views into */
    leaf_step path[EXECWIRE_FIELD_DEPTH];
    unsigned open_depth; /* what is deeper belongs to the last leaf */
} leaves;

/* Takes the leaves of a state in place of those before. */
execwire_code leaves_take(leaves *l, const execwire_state *state, execwire_error *error);

void leaves_close(leaves *l);

/* Whether a leaf is a message without any field. */
bool leaf_is_empty(const leaf *of);

/* Which comes first: below 0, 0 for two at the same place, above 0. What is in a message comes
 * right behind where the message itself would be, if it were empty. */
int leaf_compare(const leaf *left, const leaf *right);

/* Whether a leaf is inside of the message that another one, an empty one, is. */
bool leaf_is_inside(const leaf *inner, const leaf *outer);

/* Whether two say the same. */
bool leaf_same(const leaf *left, const leaf *right);

#endif

/* States at random, over the whole schema: every field present or absent, values of all sizes,
 * identifiers that are well-formed or not quite.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TESTS_RANDOM_STATE_H
#define EXECWIRE_TESTS_RANDOM_STATE_H

#include <execwire/state.h>

typedef struct random_source {
    uint64_t seed;
    char text[64 << 10]; /* of the state made last */
    size_t text_used;
    execwire_entry entries[8];
} random_source;

uint64_t random_next(random_source *source);
/* 0 to `count` - 1. */
unsigned random_below(random_source *source, unsigned count);

/* A state that execwire_encode takes. It is valid until the next one. */
void random_state(random_source *source, execwire_state *state);

/* Such a state with the identity, and often more, of a usual execution: as an agent makes them, and
 * now and then changed in a few fields at random. */
void random_update(random_source *source, unsigned execution, execwire_state *state);

#endif

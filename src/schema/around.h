/* Where what a state points to lies, for hosts: looked at before a writer that goes in one walk
 * writes its first byte.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_SCHEMA_AROUND_H
#define EXECWIRE_SCHEMA_AROUND_H

#include "schema/good.h"
#include "schema/schema.h"

#ifdef EXECWIRE_FAST_PATHS

typedef struct execwire_surroundings {
    execwire_outline outline;
    size_t count;
    /* bytes of the texts of the state's own, then of each message inside, in the order of a walk */
    size_t texts[1 + EXECWIRE_SCHEMA_NESTED];
} execwire_surroundings;

/* Looks at a state that is to be written to the `capacity` bytes at `out`. False where it points to
 * any of them, which an empty text may be said to do in vain, or has a map that is not good. What
 * texts of fields are made of is not looked at, nor are numbers. */
bool execwire_look_around(execwire_surroundings *s, const execwire_state *state, const void *out,
                          size_t capacity);

#endif

#endif

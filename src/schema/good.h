/* Whether a state is as it should be, for hosts: quickly, and without a reason. A state that is not
 * is left to execwire_state_check_for, which says what is wrong and where. tests/test_good.c and
 * the fuzz target `paths` hold the two against each other.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_SCHEMA_GOOD_H
#define EXECWIRE_SCHEMA_GOOD_H

#include "schema/schema.h"

#ifdef EXECWIRE_FAST_PATHS

/* What is known of a state as far as it was looked at. */
typedef struct execwire_outline {
    uintptr_t out; /* where it is to be written */
    size_t capacity;
    size_t total; /* bytes of texts, as the check counts them */
} execwire_outline;

/* Whether execwire_state_check_for says OK. */
bool execwire_state_is_good(const execwire_state *state, const void *out, size_t capacity);

/* The same of a map that is there. */
bool execwire_is_good_map(execwire_outline *outline, const execwire_map *map);

#endif

/* As execwire_state_check_for, quickly where that can be. */
static inline execwire_code execwire_state_check_quickly(const execwire_state *state,
                                                         const void *out, size_t capacity,
                                                         execwire_error *error)
{
#ifdef EXECWIRE_FAST_PATHS
    if (execwire_state_is_good(state, out, capacity))
        return EXECWIRE_OK;
#endif
    return execwire_state_check_for(state, out, capacity, error);
}

#endif

/* States that an engine refuses, though it may take them another time: how long they are tried.
 *
 * What is refused has a *place*, the topic or subject of an execution. As long as an engine takes
 * nothing, it is not set up, or full: everything waits for it. What it goes on to refuse while it
 * takes others is given up, as it would hold back what is acknowledged to all nodes; what comes
 * after it at the place, and at others of its node, is then given up at once, until something is
 * taken there.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_GATEWAY_REFUSALS_H
#define EXECWIRE_CLI_GATEWAY_REFUSALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So long it is refused, beside others that are taken, before it is given up. */
#define REFUSALS_PATIENCE_MS 20000
/* Places are told apart by so many bits of a hash; what is alike counts as one. */
#define REFUSALS_LANES 4096

typedef struct refusals {
    char separator; /* what stands before the execution in a place */
    uint64_t taken; /* states */
    size_t count;   /* of places where something is refused and tried again */
    struct {
        uint64_t since; /* when it was refused before any other was taken, in milliseconds; 0:
                         * nothing is refused */
        uint64_t taken; /* states by then */
        uint64_t last;  /* when it was refused last */
    } at[REFUSALS_LANES];
    bool given_up[REFUSALS_LANES]; /* places and nodes */
} refusals;

/* Of a place or of `size` bytes of it, below REFUSALS_LANES. */
unsigned refusals_lane(const char *place, size_t size);

void refusals_taken(refusals *r, const char *place);

/* A state was refused at a place; `now` is not 0. True: it is given up, and false: it is to be
 * tried again. */
bool refusals_give_up(refusals *r, const char *place, uint64_t now);

#endif

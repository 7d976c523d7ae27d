/* The updates that the simulation of the link layer carries.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_BENCH_LINK_LOAD_H
#define EXECWIRE_BENCH_LINK_LOAD_H

#include <execwire/execwire.h>

typedef struct update {
    uint64_t ms; /* since the first one */
    unsigned node;
    unsigned execution;
    bool last; /* of its execution */
    execwire_str json;
    execwire_str wire;    /* the state as execwire_encode writes it */
    execwire_state state; /* views into `wire` */
} update;

typedef struct load {
    update *updates;
    size_t count;
    unsigned nodes;
    unsigned executions;
} load;

/* The states of a JSON Lines file in the order of their lines; NULL generates the lives of 300
 * jobs on 12 nodes. `silent` leaves out what the jobs printed. Exits with a message when it cannot.
 */
load load_updates(const char *path, bool silent);

/* SplitMix64 (Steele, Lea, Flood 2014). */
uint64_t next_random(uint64_t *seed);
/* True with a probability in millionths. */
bool by_chance(uint64_t *seed, unsigned millionths);

#endif

/* One run of the simulation: every node's sender and its receiver, and what the channel does to
 * their frames.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_BENCH_LINK_SIM_H
#define EXECWIRE_BENCH_LINK_SIM_H

#include "link_load.h"

#include <execwire/link.h>

/* Probabilities are in millionths. */
typedef struct conditions {
    execwire_link_mode mode;
    size_t mtu;
    size_t refs;
    unsigned loss;       /* of a frame, both ways */
    unsigned burst_ms;   /* frames are lost in bursts that last so long on average; 0: one by one */
    unsigned rate;       /* bytes a second that a node's link carries, each way; 0: any number */
    unsigned duplicates; /* of a frame */
    unsigned late;       /* of a frame: it takes up to five seconds more */
    unsigned damage;     /* of a frame, past the link's own check */
    unsigned reboots;    /* of either end, at each update */
    uint64_t seed;
    void (*tap)(void *context, const void *frame, size_t size); /* sees what is sent; or NULL */
    void *tap_context;
} conditions;

typedef struct results {
    uint64_t forward; /* bytes, sender to receiver */
    uint64_t back;    /* bytes, receiver to sender */
    uint64_t frames;
    uint64_t updates;
    uint64_t stale;     /* time in which the receiver had an older state, ms over all executions */
    uint64_t unflagged; /* of it, without being suspicious of it */
    uint64_t observed;  /* all time */
    uint64_t missing;   /* executions whose last state did not arrive */
    uint64_t wrong;     /* states handed out that the sender never had */
    execwire_link_sender_stats sender; /* added up */
} results;

results simulate(const load *all, const conditions *conditions);

/* Adds the figures of a run to those of others. */
void add_results(results *to, const results *from);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_BENCH_LINK_ATTACK_H
#define EXECWIRE_BENCH_LINK_ATTACK_H

#include "link_load.h"

typedef struct attack_results {
    uint64_t frames; /* mutated, spliced or misdelivered */
    uint64_t states; /* that came out of them */
    uint64_t wrong;  /* of all states that came out: those that the receiver's sender never had */
} attack_results;

attack_results attack_receivers(const load *all, uint64_t frames, uint64_t seed);

#endif

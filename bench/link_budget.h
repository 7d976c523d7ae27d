/* What each field of a link's frames costs, and what it could cost.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_BENCH_LINK_BUDGET_H
#define EXECWIRE_BENCH_LINK_BUDGET_H

#include "link_sim.h"

/* Prints a row for each field of each kind of frame that senders say when nothing is lost: bytes
 * per update with what stands around the value, and the entropy of the value's bytes, each by its
 * place in it. What the frames before, or a model of texts, tell of a byte is not in that. */
void print_budget(const load *all, const conditions *conditions);

#endif

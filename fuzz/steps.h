/* What targets share whose input is a list of steps, two bytes each: the states that their senders
 * had, so that what comes out can be told, and mutations of whole steps.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_STEPS_H
#define FUZZ_STEPS_H

#include "mutate.h"

#include <execwire/execwire.h>

/* States that are kept; no sender has more. */
#define FUZZ_STATES     64
#define FUZZ_EXECUTIONS 6

typedef struct fuzz_history {
    uint8_t states[FUZZ_STATES][1024];
    size_t sizes[FUZZ_STATES];
    size_t count;
    char outputs[FUZZ_STATES][300];
} fuzz_history;

/* Makes a new state of an execution of that node, which the byte chooses. False: there are so many
 * already. */
bool fuzz_new_state(fuzz_history *h, execwire_str node, uint8_t what, execwire_state *state);

/* Whether these are the bytes of one of them. */
bool fuzz_was_had(const fuzz_history *h, execwire_str message);

/* Whole steps are changed, put in, repeated and taken out, so that those behind them stay what they
 * are. What a step does is one of `kinds`. */
size_t fuzz_mutate_steps(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity,
                         unsigned kinds);

#endif

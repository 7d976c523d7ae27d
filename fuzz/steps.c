/* SPDX-License-Identifier: Apache-2.0 */
#include "steps.h"

#include "support.h"

#include <string.h>

#define STEP_SIZE 2

/* ---- States ---- */

bool fuzz_new_state(fuzz_history *h, execwire_str node, uint8_t what, execwire_state *state)
{
    static const char jobs[FUZZ_EXECUTIONS][2] = {"a", "b", "c", "d", "e", "f"};
    unsigned execution = what % FUZZ_EXECUTIONS;
    size_t at = h->count;

    if (h->count == FUZZ_STATES)
        return false;
    h->count++;
    *state = (execwire_state){.job_id = {jobs[execution], 2},
                              .node_id = node,
                              .has_create_time = true,
                              .create_time = {1697545688 + execution, 0},
                              .has_update_time = true,
                              .update_time = {1697545688 + (int64_t)h->count, what},
                              .has_version = true,
                              .version = (int64_t)h->count,
                              .has_state = true,
                              .state = 1 + what % 9};
    if (what >= 128) {
        char *output = h->outputs[at];

        memset(output, 'a' + what % 20, sizeof h->outputs[at]);
        for (size_t i = 0; i < sizeof h->outputs[at]; i += 1 + i % 7)
            output[i] = (char)('!' + (i * what) % 90);
        state->has_run_output = true;
        state->run_output.std_out = (execwire_str){output, sizeof h->outputs[at]};
    }
    FUZZ_REQUIRE(execwire_encode(state, h->states[at], sizeof h->states[at], &h->sizes[at], NULL) ==
                 EXECWIRE_OK);
    return true;
}

bool fuzz_was_had(const fuzz_history *h, execwire_str message)
{
    for (size_t i = 0; i < h->count; i++)
        if (h->sizes[i] == message.size && memcmp(h->states[i], message.data, message.size) == 0)
            return true;
    return false;
}

/* ---- Mutation ---- */

size_t fuzz_mutate_steps(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity,
                         unsigned kinds)
{
    execwire_fuzz_buffer b = {data, size, capacity};
    uint8_t steps[8 * STEP_SIZE];
    size_t count = size / STEP_SIZE;
    size_t at, some;

    if (count == 0 || execwire_fuzz_below(c, 2) == 0)
        return c->bytes(c, data, size, capacity);
    at = execwire_fuzz_below(c, count);
    some = 1 + execwire_fuzz_below(c, 8);
    if (some > count - at)
        some = count - at;
    memcpy(steps, data + at * STEP_SIZE, some * STEP_SIZE);
    switch (execwire_fuzz_below(c, 4)) {
    case 0:
        (void)execwire_fuzz_splice(&b, at * STEP_SIZE, some * STEP_SIZE, NULL, 0);
        break;
    case 1:
        (void)execwire_fuzz_splice(&b, execwire_fuzz_below(c, count) * STEP_SIZE, 0, steps,
                                   some * STEP_SIZE);
        break;
    case 2:
        steps[0] = (uint8_t)execwire_fuzz_below(c, kinds);
        steps[1] = (uint8_t)execwire_fuzz_below(c, 256);
        (void)execwire_fuzz_splice(&b, at * STEP_SIZE, 0, steps, STEP_SIZE);
        break;
    default:
        data[at * STEP_SIZE + execwire_fuzz_below(c, STEP_SIZE)] =
            (uint8_t)execwire_fuzz_below(c, 256);
    }
    return b.size;
}

/* The executions that are open: whose ref is whose, and when one is to be repeated.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "link/canonical.h"
#include "link/sender.h"

/* Of an interval, in ticks: an hour, and one as nothing may be early. */
#define LONGEST (3600000 / EXECWIRE_TICK + 1)

/* ---- Timers ---- */

/* Of the intervals, which are the first members. */
static uint32_t interval_at(const execwire_link_timing *timing, size_t index)
{
    const char *member = (const char *)timing + index * sizeof timing->urgent_ms;

    return *(const uint32_t *)(const void *)member;
}

void execwire_sender_set_timing(execwire_link_sender *sender)
{
    static const uint16_t seconds[] = {3, 8, 30, 2, 600, 600};
    const execwire_link_timing *timing = sender->options.timing;
    bool lossless = sender->options.mode == EXECWIRE_LINK_LOSSLESS;

    for (size_t i = 0; i < EXECWIRE_SENDER_INTERVALS; i++) {
        uint32_t ms = timing != NULL ? interval_at(timing, i) : 0;

        if (ms == 0)
            ms = (lossless && i == EXECWIRE_SENDER_HELLO ? 3600 : seconds[i]) * 1000u;
        sender->intervals[i] = (uint16_t)execwire_sender_backoff(ms / EXECWIRE_TICK + 1, 0);
    }
    sender->tries = timing != NULL ? timing->tries : 0;
    if (sender->tries == 0)
        sender->tries = sender->options.mode == EXECWIRE_LINK_ONE_WAY ? 3 : 8;
}

uint32_t execwire_sender_backoff(uint32_t interval, unsigned tries)
{
    interval <<= tries;
    return interval < LONGEST ? interval : LONGEST;
}

uint32_t execwire_sender_wait(const execwire_link_sender *sender, uint16_t since, uint32_t interval)
{
    uint16_t passed = (uint16_t)(sender->now - since);

    return passed < interval ? interval - passed : 0;
}

unsigned execwire_execution_tries(const execwire_link_execution *execution)
{
    return execution->tries & 15;
}

void execwire_execution_set_tries(execwire_link_execution *execution, unsigned tries)
{
    execution->tries = (uint8_t)((execution->tries & 0xF0) | tries);
}

uint32_t execwire_execution_interval(const execwire_link_sender *sender,
                                     const execwire_link_execution *execution)
{
    const unsigned urgent = EXECWIRE_EXECUTION_TERMINAL | EXECWIRE_EXECUTION_IDENTIFIED;
    unsigned tries = execwire_execution_tries(execution);
    unsigned interval = EXECWIRE_SENDER_REPEAT;

    if (execution->number == 0)
        return 0;
    if ((execution->flags & EXECWIRE_EXECUTION_ACKED) != 0 || tries >= sender->tries)
        return 0;
    if (sender->options.mode == EXECWIRE_LINK_ONE_WAY) { /* deltas and identities take turns */
        if (tries % 2 == 1)
            interval = EXECWIRE_SENDER_IDENTITY;
        else if (tries == 0 && (execution->flags & EXECWIRE_EXECUTION_TERMINAL) != 0)
            interval = EXECWIRE_SENDER_URGENT;
        tries /= 2;
    } else if ((execution->flags & urgent) != 0)
        interval = EXECWIRE_SENDER_URGENT;
    return execwire_sender_backoff(sender->intervals[interval], tries);
}

/* ---- Executions ---- */

/* compute_reference, create_time, job_id, node_id */
#define IDENTITY_FIELDS (1u << 1 | 1u << 2 | 1u << 4 | 1u << 5)
/* published_results, run_output, status */
#define LARGE_FIELDS (1u << 6 | 1u << 7 | 1u << 9)

uint32_t execwire_execution_identity(const execwire_state *state)
{
    return execwire_canonical_sum(state, IDENTITY_FIELDS, 0);
}

/* 12 bits; 0 where nothing is large, and never so where something is. */
static unsigned sum_of_large(const execwire_state *state)
{
    unsigned sum;

    if (!state->has_run_output && state->status.data == NULL)
        return 0;
    sum = execwire_canonical_sum(state, LARGE_FIELDS, 0) & 0xFFF;
    return sum > 0 ? sum : 1;
}

bool execwire_execution_keeps_large(execwire_link_execution *execution, const execwire_state *state)
{
    unsigned before = execution->large | (execution->tries & 0xF0u) << 4;
    unsigned sum = sum_of_large(state);

    execution->large = (uint8_t)sum;
    execution->tries = (uint8_t)((sum >> 4 & 0xF0) | (execution->tries & 15));
    return sum != 0 && sum == before;
}

/* What it costs to give a ref away: nothing when it is free, less when its execution is done with,
 * and less with every tick. */
static uint32_t cost_of(const execwire_link_sender *sender,
                        const execwire_link_execution *execution)
{
    uint32_t age = (uint16_t)(sender->now - execution->sent);

    if (execution->number == 0)
        return 0;
    return (execwire_execution_is_open(execution) ? 0x20000 : 0x10000) - age;
}

/* Counts what no ref can count by itself. It changes the generations of all: the receiver knows
 * their executions by the old ones. */
static void count_generations(execwire_link_sender *sender)
{
    sender->generations += UINT8_MAX + 1;
    for (size_t i = 0; i < sender->options.execution_count; i++)
        sender->options.executions[i].flags &= (uint8_t)~EXECWIRE_EXECUTION_KNOWN;
}

/* Gives a ref to another execution. */
void execwire_execution_renew(execwire_link_sender *sender, execwire_link_execution *execution,
                              uint32_t identity)
{
    uint8_t generation = execution->generation;

    if (execution->number != 0 && ++generation == 0)
        count_generations(sender);
    *execution = (execwire_link_execution){.identity = identity, .generation = generation};
}

execwire_link_execution *execwire_execution_of(execwire_link_sender *sender, uint32_t identity)
{
    execwire_link_execution *spare = sender->options.executions;
    uint32_t least = UINT32_MAX;

    for (size_t i = 0; i < sender->options.execution_count; i++) {
        execwire_link_execution *execution = &sender->options.executions[i];
        uint32_t cost = cost_of(sender, execution);

        if (cost > 0 && execution->identity == identity)
            return execution;
        if (cost < least) {
            least = cost;
            spare = execution;
        }
    }
    if (execwire_execution_is_open(spare))
        sender->stats.reused++;
    execwire_execution_renew(sender, spare, identity);
    return spare;
}

unsigned execwire_execution_ref(const execwire_link_sender *sender,
                                const execwire_link_execution *execution)
{
    return (unsigned)(execution - sender->options.executions);
}

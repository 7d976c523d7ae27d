/* The executions that are open: whose ref is whose, and when one is to be repeated.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "link/canonical.h"
#include "link/sender.h"

#define HOUR_MS 3600000u

/* ---- Timers ---- */

uint32_t execwire_sender_interval(uint32_t chosen, uint32_t otherwise)
{
    uint32_t interval = chosen != 0 ? chosen : otherwise;

    return interval < HOUR_MS ? interval : HOUR_MS;
}

uint32_t execwire_sender_backoff(uint32_t interval, unsigned tries)
{
    while (tries-- > 0 && interval < HOUR_MS)
        interval *= 2;
    return interval < HOUR_MS ? interval : HOUR_MS;
}

const execwire_link_timing *execwire_sender_timing(const execwire_link_sender *sender)
{
    static const execwire_link_timing defaults;

    return sender->options.timing != NULL ? sender->options.timing : &defaults;
}

unsigned execwire_sender_tries(const execwire_link_sender *sender)
{
    unsigned tries = execwire_sender_timing(sender)->tries;

    if (tries != 0)
        return tries;
    return sender->options.mode == EXECWIRE_LINK_ONE_WAY ? 3 : 8;
}

uint16_t execwire_sender_ticks(uint64_t ms)
{
    return (uint16_t)(ms >> EXECWIRE_TICK_SHIFT);
}

unsigned execwire_execution_tries(const execwire_link_execution *execution)
{
    return execution->tries & 15;
}

void execwire_execution_set_tries(execwire_link_execution *execution, unsigned tries)
{
    execution->tries = (uint8_t)((execution->tries & 0xF0) | tries);
}

static uint32_t two_way_interval(const execwire_link_sender *sender,
                                 const execwire_link_execution *execution)
{
    const execwire_link_timing *timing = execwire_sender_timing(sender);
    const unsigned urgent = EXECWIRE_EXECUTION_TERMINAL | EXECWIRE_EXECUTION_IDENTIFIED;
    uint32_t interval =
        (execution->flags & urgent) != 0
            ? execwire_sender_interval(timing->urgent_ms, EXECWIRE_SENDER_URGENT_MS)
            : execwire_sender_interval(timing->repeat_ms, EXECWIRE_SENDER_REPEAT_MS);

    return execwire_sender_backoff(interval, execwire_execution_tries(execution));
}

/* Deltas and identities take turns. */
static uint32_t one_way_interval(const execwire_link_sender *sender,
                                 const execwire_link_execution *execution)
{
    const execwire_link_timing *timing = execwire_sender_timing(sender);
    unsigned tries = execwire_execution_tries(execution);
    uint32_t interval =
        tries % 2 == 0 ? execwire_sender_interval(timing->repeat_ms, EXECWIRE_SENDER_REPEAT_MS)
                       : execwire_sender_interval(timing->identity_ms, EXECWIRE_SENDER_IDENTITY_MS);

    return execwire_sender_backoff(interval, tries / 2);
}

/* How long after it was sent an execution's state is to be sent again; 0: not at all. */
uint32_t execwire_execution_interval(const execwire_link_sender *sender,
                                     const execwire_link_execution *execution)
{
    if (execution->number == 0 || sender->options.mode == EXECWIRE_LINK_LOSSLESS)
        return 0;
    if ((execution->flags & EXECWIRE_EXECUTION_WANTED) != 0)
        return execwire_sender_interval(execwire_sender_timing(sender)->want_ms,
                                        EXECWIRE_SENDER_WANT_MS);
    if ((execution->flags & EXECWIRE_EXECUTION_ACKED) != 0 ||
        execwire_execution_tries(execution) >= execwire_sender_tries(sender))
        return 0;
    return sender->options.mode == EXECWIRE_LINK_TWO_WAY ? two_way_interval(sender, execution)
                                                         : one_way_interval(sender, execution);
}

/* ---- Executions ---- */

/* What never changes of an execution, as a number. */
uint32_t execwire_execution_identity(const execwire_state *state)
{
    execwire_state identity = {.compute_reference = state->compute_reference,
                               .job_id = state->job_id,
                               .node_id = state->node_id,
                               .has_create_time = state->has_create_time,
                               .create_time = state->create_time};
    execwire_crc_sink checksum = execwire_sink_crc(0);

    execwire_canonical_write(&checksum.sink, &identity);
    return checksum.crc;
}

/* The fields that may be large, as a number. */
uint16_t execwire_execution_large(const execwire_state *state)
{
    execwire_state large = {.has_published_results = state->has_published_results,
                            .published_results = state->published_results,
                            .has_run_output = state->has_run_output,
                            .run_output = state->run_output,
                            .status = state->status};
    execwire_crc_sink checksum = execwire_sink_crc(0);

    execwire_canonical_write(&checksum.sink, &large);
    return (uint16_t)checksum.crc;
}

execwire_link_execution *execwire_execution_find(const execwire_link_sender *sender,
                                                 uint32_t identity)
{
    for (size_t i = 0; i < sender->options.execution_count; i++) {
        execwire_link_execution *execution = &sender->options.executions[i];

        if (execution->number != 0 && execution->identity == identity)
            return execution;
    }
    return NULL;
}

/* Which of two executions had better lose its ref: one that is done with, then the older one. */
static bool is_spare(const execwire_link_execution *left, const execwire_link_execution *right,
                     uint16_t now)
{
    bool left_open = execwire_execution_is_open(left);
    bool right_open = execwire_execution_is_open(right);

    if ((left->number == 0) != (right->number == 0))
        return left->number == 0;
    if (left_open != right_open)
        return !left_open;
    return (uint16_t)(now - left->sent) > (uint16_t)(now - right->sent);
}

/* Gives a ref to another execution. */
void execwire_execution_renew(execwire_link_execution *execution, uint32_t identity)
{
    unsigned generation = execwire_execution_generation(execution);

    if (execution->number != 0)
        generation = (generation + 1) & 15;
    *execution =
        (execwire_link_execution){.identity = identity, .tries = (uint8_t)(generation << 4)};
}

execwire_link_execution *execwire_execution_allocate(execwire_link_sender *sender,
                                                     uint32_t identity, uint64_t now)
{
    execwire_link_execution *spare = sender->options.executions;

    for (size_t i = 1; i < sender->options.execution_count; i++)
        if (is_spare(&sender->options.executions[i], spare, execwire_sender_ticks(now)))
            spare = &sender->options.executions[i];
    if (execwire_execution_is_open(spare))
        sender->stats.reused++;
    execwire_execution_renew(spare, identity);
    return spare;
}

unsigned execwire_execution_ref(const execwire_link_sender *sender,
                                const execwire_link_execution *execution)
{
    return (unsigned)(execution - sender->options.executions);
}

bool execwire_execution_ends(const execwire_state *state)
{
    if (!state->has_state)
        return false;
    return state->state == EXECWIRE_EXECUTION_STATE_ASK_FOR_BID_REJECTED ||
           state->state == EXECWIRE_EXECUTION_STATE_BID_REJECTED ||
           state->state == EXECWIRE_EXECUTION_STATE_COMPLETED ||
           state->state == EXECWIRE_EXECUTION_STATE_FAILED ||
           state->state == EXECWIRE_EXECUTION_STATE_CANCELLED;
}

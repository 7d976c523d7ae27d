/* SPDX-License-Identifier: Apache-2.0 */
#include "link/sender/executions.h"

#include "link/model/canonical.h"
#include "schema/schema.h"

/* compute_reference, create_time, job_id, node_id */
#define IDENTITY_FIELDS (1u << 1 | 1u << 2 | 1u << 4 | 1u << 5)
/* published_results, run_output, status */
#define LARGE_FIELDS (1u << 6 | 1u << 7 | 1u << 9)

uint32_t execwire_execution_identity(const execwire_state *state)
{
    return execwire_canonical_sum(state, IDENTITY_FIELDS, 0);
}

/* 12 bits; 0 where nothing is large. */
static unsigned sum_of_large(const execwire_state *state)
{
    if (!state->has_run_output && state->status.data == NULL)
        return 0;
    return execwire_canonical_sum(state, LARGE_FIELDS, 0) & 0xFFF;
}

bool execwire_execution_keeps_large(execwire_link_execution *execution, const execwire_state *state)
{
    unsigned before = execution->large_sum;
    unsigned sum = sum_of_large(state);

    execution->large_sum = sum & 0xFFF;
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
        execwire_execution_clear(&sender->options.executions[i], EXECWIRE_EXECUTION_KNOWN);
}

void execwire_execution_renew(execwire_link_sender *sender, execwire_link_execution *execution,
                              uint32_t identity)
{
    uint8_t generation = (uint8_t)(execution->generation + (execution->number != 0));

    if (generation < execution->generation)
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

const execwire_state *execwire_execution_recall(const execwire_link_sender *sender,
                                                execwire_link_execution *execution)
{
    const execwire_state *state = NULL;

    if (sender->options.recall != NULL)
        state = sender->options.recall(sender->options.context,
                                       execwire_execution_ref(sender, execution));
    if (state != NULL && execwire_state_check(state, NULL) == EXECWIRE_OK &&
        execwire_execution_identity(state) == execution->identity)
        return state;
    execwire_execution_clear(execution, EXECWIRE_EXECUTION_WANTED);
    execution->flags |= EXECWIRE_EXECUTION_ACKED | EXECWIRE_EXECUTION_TERMINAL;
    return NULL;
}

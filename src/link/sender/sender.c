/* The sender's calls; what comes back has its own, in feedback.c.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "error/error.h"
#include "link/sender/budget.h"
#include "link/sender/digest.h"
#include "link/sender/draft.h"
#include "link/sender/executions.h"
#include "link/sender/hello.h"
#include "link/sender/repeat.h"
#include "link/sender/rtt.h"
#include "link/sender/send.h"
#include "link/sender/timers.h"
#include "schema/schema.h"

#include <string.h>

#define MAX_TRIES 15

execwire_code execwire_link_sender_init(execwire_link_sender *sender,
                                        const execwire_link_sender_options *options,
                                        execwire_error *error)
{
    if (sender == NULL || options == NULL || options->executions == NULL ||
        options->execution_count == 0 || options->execution_count > EXECWIRE_LINK_MAX_REFS ||
        options->frame == NULL || options->mtu < EXECWIRE_LINK_MIN_MTU || options->emit == NULL ||
        (options->words == NULL && options->word_capacity > 0) ||
        options->word_capacity > EXECWIRE_LINK_WORDS_SIZE ||
        (options->recall == NULL && options->mode != EXECWIRE_LINK_LOSSLESS) ||
        (options->timing != NULL && options->timing->tries > MAX_TRIES))
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    memset(sender, 0, sizeof *sender);
    memset(options->executions, 0, options->execution_count * sizeof *options->executions);
    sender->options = *options;
    sender->session = 1;
    sender->budget = EXECWIRE_SENDER_BUDGET;
    execwire_sender_set_timing(sender);
    execwire_hello_open(sender);
    return EXECWIRE_OK;
}

void execwire_link_restore_session(execwire_link_sender *sender, uint32_t stored)
{
    if (sender != NULL)
        sender->session = stored < UINT32_MAX ? stored + 1 : 1;
}

uint32_t execwire_link_session(const execwire_link_sender *sender)
{
    return sender != NULL ? sender->session : 0;
}

execwire_code execwire_link_update(execwire_link_sender *sender, const execwire_state *state,
                                   uint64_t now, unsigned *ref, execwire_error *error)
{
    execwire_link_execution *execution;
    execwire_code code;

    if (sender == NULL || state == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    code = execwire_state_check(state, error);
    if (code != EXECWIRE_OK)
        return code;
    execwire_sender_set_clock(sender, now);
    execwire_rtt_measure(sender);
    execution = execwire_execution_of(sender, execwire_execution_identity(state));
    if (ref != NULL)
        *ref = execwire_execution_ref(sender, execution);
    if (execwire_draft_is_last(sender, execution, state)) {
        sender->stats.unchanged++;
        return EXECWIRE_OK;
    }
    sender->stats.updates++;
    execwire_hello_start(sender, state);
    execwire_send_new(sender, execution, state);
    return EXECWIRE_OK;
}

size_t execwire_link_waiting(const execwire_link_sender *sender)
{
    size_t count = 0;

    if (sender == NULL)
        return 0;
    for (size_t i = 0; i < sender->options.execution_count; i++)
        count += execwire_repeat_waits(sender, &sender->options.executions[i]);
    return count;
}

bool execwire_link_acknowledged(const execwire_link_sender *sender, unsigned ref)
{
    const execwire_link_execution *execution;

    if (sender == NULL || ref >= sender->options.execution_count)
        return true;
    execution = &sender->options.executions[ref];
    return execution->number == 0 || execwire_execution_has(execution, EXECWIRE_EXECUTION_ACKED);
}

uint64_t execwire_link_sender_poll(execwire_link_sender *sender, uint64_t now)
{
    uint32_t next;

    if (sender == NULL)
        return EXECWIRE_LINK_NEVER;
    execwire_sender_set_clock(sender, now);
    execwire_rtt_measure(sender);
    next = execwire_hello_poll(sender);
    if (next > 0)
        next = execwire_sender_sooner(next, execwire_repeat_poll(sender));
    if (next > 0)
        next = execwire_sender_sooner(next, execwire_digest_poll(sender));
    return execwire_sender_due(sender, now, next);
}

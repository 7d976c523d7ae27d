/* SPDX-License-Identifier: Apache-2.0 */
#include "link/sender/repeat.h"

#include "link/sender/budget.h"
#include "link/sender/draft.h"
#include "link/sender/executions.h"
#include "link/sender/rtt.h"
#include "link/sender/send.h"
#include "link/sender/timers.h"

/* Two-way, so many repeats may go by what the receiver knows. The next ones do not: what it wants
 * may get lost as well. */
#define MAX_DELTAS 2

/* ---- When ---- */

/* The ticks from the last frame until the state goes again. */
static uint32_t interval_of(const execwire_link_sender *sender,
                            const execwire_link_execution *execution)
{
    const unsigned urgent = EXECWIRE_EXECUTION_TERMINAL | EXECWIRE_EXECUTION_IDENTIFIED;
    unsigned interval = EXECWIRE_SENDER_REPEAT;

    if (sender->options.mode == EXECWIRE_LINK_ONE_WAY)
        return execwire_sender_spread(sender, execution->tries);
    if (execwire_execution_has(execution, urgent))
        interval = EXECWIRE_SENDER_URGENT;
    return execwire_rtt_interval(sender, sender->intervals[interval], execution->tries);
}

bool execwire_repeat_waits(const execwire_link_sender *sender,
                           const execwire_link_execution *execution)
{
    return execution->number != 0 && execution->tries < sender->tries &&
           !execwire_execution_has(execution, EXECWIRE_EXECUTION_ACKED);
}

/* The ticks until that is due. */
static uint32_t due_by_clock(const execwire_link_sender *sender,
                             const execwire_link_execution *execution)
{
    if (!execwire_repeat_waits(sender, execution))
        return EXECWIRE_SENDER_NEVER;
    return execwire_sender_wait(sender, execution->sent, interval_of(sender, execution));
}

/* The ticks until it is to be sent because that is wanted: the first time at once. */
static uint32_t due_when_wanted(execwire_link_sender *sender,
                                const execwire_link_execution *execution)
{
    if (execution->number == 0 || !execwire_execution_has(execution, EXECWIRE_EXECUTION_WANTED))
        return EXECWIRE_SENDER_NEVER;
    if (execwire_sender_budget(sender) == 0)
        return execwire_sender_budget_wait(sender);
    return execwire_sender_wait(sender, execution->sent,
                                execution->tries > 0 ? sender->intervals[EXECWIRE_SENDER_WANT] : 1);
}

/* ---- How ---- */

static void count_try(execwire_link_sender *sender, execwire_link_execution *execution)
{
    if (execution->tries == sender->tries)
        return;
    execution->tries++;
    sender->stats.given_up += execution->tries == sender->tries &&
                              !execwire_execution_has(execution, EXECWIRE_EXECUTION_ACKED);
}

/* Whether the next repeat goes by what the receiver may have of it, which says what it lacks. */
static bool is_early(const execwire_link_sender *sender, const execwire_link_execution *execution)
{
    return sender->options.mode == EXECWIRE_LINK_TWO_WAY && execution->tries < MAX_DELTAS &&
           !execwire_execution_has(execution, EXECWIRE_EXECUTION_WANTED);
}

/* The form of the next repeat. One-way, only the first one may do without the identity. */
static unsigned next_form(const execwire_link_sender *sender,
                          const execwire_link_execution *execution)
{
    bool early = is_early(sender, execution);
    bool known = execwire_execution_has(execution, EXECWIRE_EXECUTION_KNOWN);

    if (sender->options.mode == EXECWIRE_LINK_ONE_WAY)
        return (known && execution->tries == 0 ? 0u : EXECWIRE_SEND_IDENTITY) | EXECWIRE_SEND_PART;
    known = known && early && !execwire_execution_has(execution, EXECWIRE_EXECUTION_IDENTIFIED);
    return (known ? 0u : EXECWIRE_SEND_IDENTITY) | (early ? EXECWIRE_SEND_PART : 0u);
}

/* Sends the last state again. When only the receiver wants that, and a large frame is cut short, it
 * is no try: the receiver will want the rest. */
static void repeat_last(execwire_link_sender *sender, execwire_link_execution *execution,
                        const execwire_state *state)
{
    uint16_t sent = execution->sent;
    unsigned form = next_form(sender, execution);

    sender->asked = due_by_clock(sender, execution) > 0;
    execwire_execution_clear(execution, EXECWIRE_EXECUTION_WANTED);
    sender->stats.repeats++;
    if (execwire_send_again(sender, execution, state, form))
        count_try(sender, execution);
    else
        execution->sent = sent;
    sender->asked = false;
}

/* Whether parts that were sent again take the place of this repeat: not of two in a row, as whoever
 * asked for them may have wanted just that. */
static bool is_repaired(const execwire_link_execution *execution)
{
    return execwire_execution_has(execution, EXECWIRE_EXECUTION_REPAIRED) &&
           !execwire_execution_has(execution, EXECWIRE_EXECUTION_WANTED) &&
           execution->tries % 2 == 0;
}

static void leave_out(execwire_link_sender *sender, execwire_link_execution *execution)
{
    execwire_execution_clear(execution, EXECWIRE_EXECUTION_REPAIRED);
    execution->sent = sender->now;
    count_try(sender, execution);
}

/* The caller has a newer state than the one of the last frame. */
static void overtake(execwire_link_sender *sender, execwire_link_execution *execution,
                     const execwire_state *state)
{
    if (execwire_execution_has(execution, EXECWIRE_EXECUTION_WANTED))
        execwire_execution_clear(execution, EXECWIRE_EXECUTION_KNOWN);
    execwire_send_new(sender, execution, state);
}

static void repeat(execwire_link_sender *sender, execwire_link_execution *execution)
{
    const execwire_state *state = execwire_execution_recall(sender, execution);

    if (state == NULL)
        return;
    if (!execwire_draft_is_last(sender, execution, state))
        overtake(sender, execution, state);
    else if (is_repaired(execution))
        leave_out(sender, execution);
    else
        repeat_last(sender, execution, state);
}

uint32_t execwire_repeat_poll(execwire_link_sender *sender)
{
    execwire_link_execution *longest = NULL;
    uint32_t next = EXECWIRE_SENDER_NEVER;
    uint16_t most = 0;

    for (size_t i = 0; i < sender->options.execution_count; i++) {
        execwire_link_execution *execution = &sender->options.executions[i];
        uint32_t wait = execwire_sender_sooner(due_by_clock(sender, execution),
                                               due_when_wanted(sender, execution));
        uint16_t age = (uint16_t)(sender->now - execution->sent);

        next = execwire_sender_sooner(next, wait);
        if (wait > 0 || (longest != NULL && age <= most))
            continue;
        longest = execution;
        most = age;
    }
    if (longest != NULL)
        repeat(sender, longest);
    return next;
}

/* Which executions are open, and what is to be sent of them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "link/sender.h"

#include "link/frame.h"
#include "link/predict.h"
#include "schema/schema.h"
#include "status/status.h"

#include <string.h>

#define MAX_TRIES  15
#define MAX_NUMBER UINT16_MAX
/* How far the number may jump before the receiver has to be told the whole one: one that has the
 * last state tells it by three bits, and so does one that lacks a few. */
#define MAX_JUMP       5
#define MAX_JUMP_LOSSY 2
/* Two-way, so many repeats may go by what the receiver knows. The next ones do not: what it wants
 * may get lost as well. */
#define MAX_DELTAS 2

/* ---- Sending a state ---- */

bool execwire_execution_is_last(const execwire_link_sender *sender,
                                const execwire_link_execution *execution,
                                const execwire_state *state)
{
    return execution->number != 0 &&
           execwire_draft_check(sender, execution, state) == execution->check;
}

/* Notes in the flags what the next frame says of the identity. */
static void mark_identity(const execwire_link_sender *sender, execwire_link_execution *execution,
                          bool identity)
{
    bool one_way = sender->options.mode == EXECWIRE_LINK_ONE_WAY;
    unsigned flags = execution->flags;

    flags &= ~(unsigned)(EXECWIRE_EXECUTION_IDENTIFIED | EXECWIRE_EXECUTION_SESSION |
                         EXECWIRE_EXECUTION_REPAIRED);
    if (identity) {
        if (!one_way || (flags & EXECWIRE_EXECUTION_ONCE) != 0)
            flags |= EXECWIRE_EXECUTION_KNOWN;
        if (one_way || sender->parts_known == 0)
            flags |= EXECWIRE_EXECUTION_SESSION;
        flags |= EXECWIRE_EXECUTION_ONCE | EXECWIRE_EXECUTION_IDENTIFIED;
    }
    execution->flags = (uint8_t)flags;
}

/* Sends an execution's state; `base` and `far` as in a draft. False: not all of it. */
static bool deliver(execwire_link_sender *sender, execwire_link_execution *execution,
                    const execwire_state *state, bool identity, uint32_t base, bool far)
{
    execwire_draft draft;

    mark_identity(sender, execution, identity);
    execwire_draft_make(&draft, sender, execution, state, base, far);
    execution->check = draft.check;
    execution->sent = sender->now;
    if (identity)
        sender->stats.identities++;
    else
        sender->stats.deltas++;
    return execwire_sender_send(sender, &draft, 0, SIZE_MAX);
}

/* The number of the execution's next state: its version where that fits. */
static uint16_t next_number(const execwire_link_execution *execution, const execwire_state *state)
{
    int64_t version = state->has_version ? state->version : 0;

    if (version > execution->number && version <= MAX_NUMBER)
        return (uint16_t)version;
    return (uint16_t)(execution->number + 1u);
}

/* Whether a receiver may not know by its low bits how much the number has grown. */
static bool is_far(const execwire_link_sender *sender, const execwire_link_execution *execution,
                   unsigned growth)
{
    bool certain = sender->options.mode == EXECWIRE_LINK_LOSSLESS ||
                   execwire_execution_has(execution, EXECWIRE_EXECUTION_ACKED);

    return growth > (certain ? MAX_JUMP : MAX_JUMP_LOSSY);
}

/* Sends a state that the receiver cannot have yet. */
static void send_new(execwire_link_sender *sender, execwire_link_execution *execution,
                     const execwire_state *state)
{
    uint32_t base = 0, last;
    bool identity, far, same;

    execwire_announce_learn(sender, state);
    if (execution->number == MAX_NUMBER)
        execwire_execution_renew(sender, execution, execution->identity);
    last = execution->number;
    execution->number = next_number(execution, state);
    far = is_far(sender, execution, execution->number - last);
    identity = !execwire_execution_has(execution, EXECWIRE_EXECUTION_KNOWN) ||
               (far && sender->options.mode == EXECWIRE_LINK_ONE_WAY);
    same = execwire_execution_keeps_large(execution, state);
    if (same && !identity && execwire_execution_has(execution, EXECWIRE_EXECUTION_ACKED) &&
        sender->options.mode == EXECWIRE_LINK_TWO_WAY)
        base = last;
    execwire_execution_set_tries(execution, 0);
    execution->flags &= (uint8_t) ~(EXECWIRE_EXECUTION_ACKED | EXECWIRE_EXECUTION_TERMINAL |
                                    EXECWIRE_EXECUTION_WANTED);
    if (execwire_link_is_final(state))
        execution->flags |= EXECWIRE_EXECUTION_TERMINAL;
    if (sender->options.mode == EXECWIRE_LINK_LOSSLESS)
        execution->flags |= EXECWIRE_EXECUTION_ACKED;
    (void)deliver(sender, execution, state, identity, base, far);
}

/* ---- Calls ---- */

execwire_status execwire_link_sender_init(execwire_link_sender *sender,
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
    execwire_announce_open(sender);
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

/* Time passes as the caller's clock goes forward. One that goes back, or around, stands still. */
static void set_clock(execwire_link_sender *sender, uint64_t now)
{
    if (now > sender->clock)
        sender->passed += (uint32_t)(now - sender->clock);
    sender->clock = now;
    sender->now = (uint16_t)(sender->passed / EXECWIRE_TICK);
}

execwire_status execwire_link_update(execwire_link_sender *sender, const execwire_state *state,
                                     uint64_t now, unsigned *ref, execwire_error *error)
{
    execwire_link_execution *execution;
    execwire_status status;

    if (sender == NULL || state == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    status = execwire_schema_check(state, error);
    if (status != EXECWIRE_OK)
        return status;
    set_clock(sender, now);
    execution = execwire_execution_of(sender, execwire_execution_identity(state));
    if (ref != NULL)
        *ref = execwire_execution_ref(sender, execution);
    if (execwire_execution_is_last(sender, execution, state)) {
        sender->stats.unchanged++;
        return EXECWIRE_OK;
    }
    sender->stats.updates++;
    execwire_announce_start(sender, state);
    send_new(sender, execution, state);
    return EXECWIRE_OK;
}

/* ---- Repeats ---- */

const execwire_state *execwire_execution_recall(const execwire_link_sender *sender,
                                                execwire_link_execution *execution)
{
    const execwire_state *state = NULL;

    if (sender->options.recall != NULL)
        state = sender->options.recall(sender->options.context,
                                       execwire_execution_ref(sender, execution));
    if (state != NULL && execwire_schema_check(state, NULL) == EXECWIRE_OK &&
        execwire_execution_identity(state) == execution->identity)
        return state;
    execution->flags = (uint8_t)((execution->flags & ~EXECWIRE_EXECUTION_WANTED) |
                                 EXECWIRE_EXECUTION_ACKED | EXECWIRE_EXECUTION_TERMINAL);
    return NULL;
}

static uint32_t sooner(uint32_t left, uint32_t right)
{
    return left < right ? left : right;
}

/* The ticks until an execution's state is to be repeated, whatever the receiver wants. */
static uint32_t due_by_clock(const execwire_link_sender *sender,
                             const execwire_link_execution *execution)
{
    uint32_t interval = execwire_execution_interval(sender, execution);

    if (interval == 0)
        return EXECWIRE_SENDER_NEVER;
    return execwire_sender_wait(sender, execution->sent, interval);
}

/* The ticks until it is to be sent because that is wanted: the first time at once. */
static uint32_t due_when_wanted(execwire_link_sender *sender,
                                const execwire_link_execution *execution)
{
    bool again = execwire_execution_tries(execution) > 0;

    if (execution->number == 0 || !execwire_execution_has(execution, EXECWIRE_EXECUTION_WANTED))
        return EXECWIRE_SENDER_NEVER;
    if (execwire_sender_budget(sender) == 0)
        return execwire_sender_budget_wait(sender);
    return execwire_sender_wait(sender, execution->sent,
                                again ? sender->intervals[EXECWIRE_SENDER_WANT] : 1);
}

static void count_try(execwire_link_sender *sender, execwire_link_execution *execution)
{
    unsigned tries = execwire_execution_tries(execution);

    if (tries == sender->tries)
        return;
    execwire_execution_set_tries(execution, tries + 1);
    sender->stats.given_up +=
        tries + 1 == sender->tries && !execwire_execution_has(execution, EXECWIRE_EXECUTION_ACKED);
}

/* Whether the next repeat goes with the identity. */
static bool repeats_identity(const execwire_link_sender *sender,
                             const execwire_link_execution *execution)
{
    unsigned tries = execwire_execution_tries(execution);

    if (execwire_execution_has(execution, EXECWIRE_EXECUTION_WANTED) ||
        !execwire_execution_has(execution, EXECWIRE_EXECUTION_KNOWN))
        return true;
    if (sender->options.mode == EXECWIRE_LINK_ONE_WAY)
        return tries % 2 == 1;
    return tries >= MAX_DELTAS || execwire_execution_has(execution, EXECWIRE_EXECUTION_IDENTIFIED);
}

/* Sends a state again. When only the receiver wants that, and a large frame is cut short, it is no
 * try: the receiver will want the rest. */
static void repeat_state(execwire_link_sender *sender, execwire_link_execution *execution,
                         const execwire_state *state)
{
    uint16_t sent = execution->sent;
    bool identity = repeats_identity(sender, execution);

    sender->asked = due_by_clock(sender, execution) > 0;
    execution->flags &= (uint8_t)~EXECWIRE_EXECUTION_WANTED;
    sender->stats.repeats++;
    if (deliver(sender, execution, state, identity, 0, false))
        count_try(sender, execution);
    else
        execution->sent = sent;
    sender->asked = false;
}

/* Parts that were repaired take the place of a repeat, but not of two in a row: whoever asked for
 * them may have wanted just that. */
static bool is_repaired(const execwire_link_execution *execution)
{
    return execwire_execution_has(execution, EXECWIRE_EXECUTION_REPAIRED) &&
           !execwire_execution_has(execution, EXECWIRE_EXECUTION_WANTED) &&
           execwire_execution_tries(execution) % 2 == 0;
}

static void repeat(execwire_link_sender *sender, execwire_link_execution *execution)
{
    const execwire_state *state = execwire_execution_recall(sender, execution);

    if (state == NULL)
        return;
    if (!execwire_execution_is_last(sender, execution, state)) {
        if (execwire_execution_has(execution, EXECWIRE_EXECUTION_WANTED))
            execution->flags &= (uint8_t)~EXECWIRE_EXECUTION_KNOWN;
        send_new(sender, execution, state);
        return;
    }
    if (!is_repaired(execution)) {
        repeat_state(sender, execution, state);
        return;
    }
    execution->flags &= (uint8_t)~EXECWIRE_EXECUTION_REPAIRED;
    execution->sent = sender->now;
    count_try(sender, execution);
}

/* Repeats the state that is due and was sent longest ago. Returns the ticks until the next one is,
 * 0 when one was. */
static uint32_t poll_executions(execwire_link_sender *sender)
{
    execwire_link_execution *longest = NULL;
    uint32_t next = EXECWIRE_SENDER_NEVER;
    uint16_t most = 0;

    for (size_t i = 0; i < sender->options.execution_count; i++) {
        execwire_link_execution *execution = &sender->options.executions[i];
        uint32_t wait = sooner(due_by_clock(sender, execution), due_when_wanted(sender, execution));
        uint16_t age = (uint16_t)(sender->now - execution->sent);

        next = sooner(next, wait);
        if (wait > 0 || (longest != NULL && age <= most))
            continue;
        longest = execution;
        most = age;
    }
    if (longest != NULL)
        repeat(sender, longest);
    return next;
}

uint64_t execwire_link_sender_poll(execwire_link_sender *sender, uint64_t now)
{
    uint32_t next;
    uint64_t due;

    if (sender == NULL)
        return EXECWIRE_LINK_NEVER;
    set_clock(sender, now);
    next = execwire_announce_poll(sender);
    if (next > 0)
        next = sooner(next, poll_executions(sender));
    if (next > 0)
        next = sooner(next, execwire_announce_poll_digest(sender));
    if (next == 0)
        return now;
    if (next == EXECWIRE_SENDER_NEVER)
        return EXECWIRE_LINK_NEVER;
    due = now + (next * EXECWIRE_TICK - sender->passed % EXECWIRE_TICK); /* an hour at most */
    return due > now ? due : EXECWIRE_LINK_NEVER;
}

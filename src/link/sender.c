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
/* Repairs that one feedback may ask for. */
#define MAX_REPAIRS 8

/* ---- Sending a state ---- */

/* Whether a state is the one of the execution's last frame. */
static bool is_last_state(const execwire_link_sender *sender,
                          const execwire_link_execution *execution, const execwire_state *state)
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

/* Sends an execution's state; `base` and `far` as in a draft. */
static void deliver(execwire_link_sender *sender, execwire_link_execution *execution,
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
    execwire_sender_send(sender, &draft, 0, SIZE_MAX);
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
    deliver(sender, execution, state, identity, base, far);
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
    execwire_sender_set_timing(sender);
    execwire_announce_open(sender);
    return EXECWIRE_OK;
}

void execwire_link_restore_session(execwire_link_sender *sender, uint32_t stored)
{
    sender->session = stored < UINT32_MAX ? stored + 1 : 1;
}

uint32_t execwire_link_session(const execwire_link_sender *sender)
{
    return sender->session;
}

static void set_clock(execwire_link_sender *sender, uint64_t now)
{
    sender->now = (uint16_t)(now / EXECWIRE_TICK);
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
    if (is_last_state(sender, execution, state)) {
        sender->stats.unchanged++;
        return EXECWIRE_OK;
    }
    sender->stats.updates++;
    execwire_announce_start(sender, state);
    send_new(sender, execution, state);
    return EXECWIRE_OK;
}

/* ---- Repeats ---- */

/* The state of an execution, or NULL and an end of it. */
static const execwire_state *recall(const execwire_link_sender *sender,
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

static void repeat(execwire_link_sender *sender, execwire_link_execution *execution)
{
    const execwire_state *state = recall(sender, execution);
    bool wanted = execwire_execution_has(execution, EXECWIRE_EXECUTION_WANTED);
    unsigned tries = execwire_execution_tries(execution);
    bool identity = wanted || !execwire_execution_has(execution, EXECWIRE_EXECUTION_KNOWN);

    if (state == NULL)
        return;
    if (!is_last_state(sender, execution, state)) {
        execution->flags &= (uint8_t) ~(wanted ? EXECWIRE_EXECUTION_KNOWN : 0);
        send_new(sender, execution, state);
        return;
    }
    if (sender->options.mode == EXECWIRE_LINK_ONE_WAY)
        identity |= tries % 2 == 1;
    else
        identity |= execwire_execution_has(execution, EXECWIRE_EXECUTION_IDENTIFIED);
    if (tries < sender->tries) {
        execwire_execution_set_tries(execution, tries + 1);
        sender->stats.given_up += tries + 1 == sender->tries &&
                                  !execwire_execution_has(execution, EXECWIRE_EXECUTION_ACKED);
    }
    if (!wanted && execwire_execution_has(execution, EXECWIRE_EXECUTION_REPAIRED)) {
        execution->flags &= (uint8_t)~EXECWIRE_EXECUTION_REPAIRED;
        execution->sent = sender->now;
        return;
    }
    execution->flags &= (uint8_t)~EXECWIRE_EXECUTION_WANTED;
    sender->stats.repeats++;
    deliver(sender, execution, state, identity, 0, false);
}

static uint32_t sooner(uint32_t left, uint32_t right)
{
    return left < right ? left : right;
}

/* Repeats the first state that is due. Returns the ticks until the next one is, 0 when one was. */
static uint32_t poll_executions(execwire_link_sender *sender)
{
    uint32_t next = EXECWIRE_SENDER_NEVER;

    for (size_t i = 0; i < sender->options.execution_count; i++) {
        execwire_link_execution *execution = &sender->options.executions[i];
        uint32_t interval = execwire_execution_interval(sender, execution);
        uint32_t wait = execwire_sender_wait(sender, execution->sent, interval);

        if (interval == 0)
            continue;
        if (wait == 0) {
            repeat(sender, execution);
            return 0;
        }
        next = sooner(next, wait);
    }
    return next;
}

uint64_t execwire_link_sender_poll(execwire_link_sender *sender, uint64_t now)
{
    uint32_t next;

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
    next *= EXECWIRE_TICK; /* an hour at most */
    return now - now % EXECWIRE_TICK + next;
}

/* ---- Feedback ---- */

static void take_ack(execwire_link_sender *sender, uint32_t check)
{
    if (check == sender->hello_check && sender->hello_tries > 0) {
        execwire_announce_known(sender);
        sender->stats.acks++;
    }
    for (size_t i = 0; i < sender->options.execution_count; i++) {
        execwire_link_execution *execution = &sender->options.executions[i];

        if (execution->number == 0 || execution->check != check ||
            (execution->flags & EXECWIRE_EXECUTION_ACKED) != 0)
            continue;
        execution->flags |= EXECWIRE_EXECUTION_ACKED | EXECWIRE_EXECUTION_KNOWN;
        sender->stats.acks++;
    }
}

static void take_want(execwire_link_sender *sender, uint32_t want)
{
    sender->stats.wants++;
    if (want == EXECWIRE_WANT_HELLO && sender->started)
        execwire_announce_again(sender);
    else if (want < sender->options.execution_count && sender->options.executions[want].number != 0)
        sender->options.executions[want].flags |= EXECWIRE_EXECUTION_WANTED;
}

/* Makes the draft of the frame that a repair is for. False: it is not the execution's last one. */
static bool draft_repair(execwire_link_sender *sender, const execwire_repair *repair,
                         execwire_draft *draft)
{
    size_t ref = repair->update & (EXECWIRE_LINK_MAX_REFS - 1);
    execwire_link_execution *execution = &sender->options.executions[ref];
    const execwire_state *state = NULL;
    execwire_sink size = {NULL, 0};

    if (ref < sender->options.execution_count && execution->number != 0)
        state = recall(sender, execution);
    if (state == NULL || !is_last_state(sender, execution, state))
        return false;
    execwire_draft_make(draft, sender, execution, state, 0, false);
    execwire_draft_write(draft, &size);
    if (draft->head != repair->update || size.size != repair->whole)
        return false;
    execution->flags |= EXECWIRE_EXECUTION_REPAIRED;
    return true;
}

/* Sends the parts that are wanted. Those of one frame come one after the other, and need one draft:
 * compressing is what takes time. */
static void take_repairs(execwire_link_sender *sender, execwire_str *repairs)
{
    execwire_repair repair, last = {0, 0, 0, 0};
    execwire_draft draft;
    bool good = false;

    for (unsigned i = 0; i < MAX_REPAIRS && execwire_frame_next_repair(repairs, &repair); i++) {
        if (i == 0 || repair.update != last.update || repair.whole != last.whole)
            good = draft_repair(sender, &repair, &draft);
        last = repair;
        if (!good)
            continue;
        sender->stats.wants++;
        execwire_sender_send(sender, &draft, repair.offset, (size_t)repair.offset + repair.size);
    }
}

execwire_status execwire_link_feedback(execwire_link_sender *sender, const void *frame, size_t size,
                                       execwire_error *error)
{
    execwire_str feedback[EXECWIRE_FEEDBACK_FIELDS];
    execwire_status status;
    uint32_t check, want;

    if (sender == NULL || frame == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    status = execwire_feedback_read(frame, size, feedback, error);
    if (status != EXECWIRE_OK) {
        sender->stats.refused++;
        return status;
    }
    while (execwire_frame_next_fixed32(&feedback[EXECWIRE_FEEDBACK_ACKS], &check))
        take_ack(sender, check);
    while (execwire_frame_next_number(&feedback[EXECWIRE_FEEDBACK_WANTS], &want))
        take_want(sender, want);
    take_repairs(sender, &feedback[EXECWIRE_FEEDBACK_REPAIRS]);
    return EXECWIRE_OK;
}

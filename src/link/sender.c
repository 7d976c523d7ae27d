/* Which executions are open, and what is to be sent of them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "link/sender.h"

#include "link/canonical.h"
#include "link/crc.h"
#include "link/frame.h"
#include "schema/schema.h"
#include "status/status.h"

#include <string.h>

/* An execution's clock: 16 bits of these many milliseconds (a power of 2), 2.3 hours. */
#define TICK_SHIFT 7

#define MAX_TRIES  15
#define MAX_NUMBER UINT16_MAX
/* How far versions may jump before the receiver has to be told the whole number. */
#define MAX_JUMP 2
/* Repairs that one feedback may ask for. */
#define MAX_REPAIRS 8
#define HOUR_MS     3600000u

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

static const execwire_link_timing *timing_of(const execwire_link_sender *sender)
{
    static const execwire_link_timing defaults;

    return sender->options.timing != NULL ? sender->options.timing : &defaults;
}

unsigned execwire_sender_tries(const execwire_link_sender *sender)
{
    unsigned tries = timing_of(sender)->tries;

    if (tries != 0)
        return tries;
    return sender->options.mode == EXECWIRE_LINK_ONE_WAY ? 3 : 8;
}

static uint16_t ticks(uint64_t ms)
{
    return (uint16_t)(ms >> TICK_SHIFT);
}

static unsigned tries_of(const execwire_link_execution *execution)
{
    return execution->tries & 15;
}

static void set_tries(execwire_link_execution *execution, unsigned tries)
{
    execution->tries = (uint8_t)((execution->tries & 0xF0) | tries);
}

static uint32_t two_way_interval(const execwire_link_sender *sender,
                                 const execwire_link_execution *execution)
{
    const execwire_link_timing *timing = timing_of(sender);
    const unsigned urgent = EXECWIRE_EXECUTION_TERMINAL | EXECWIRE_EXECUTION_IDENTIFIED;
    uint32_t interval =
        (execution->flags & urgent) != 0
            ? execwire_sender_interval(timing->urgent_ms, EXECWIRE_SENDER_URGENT_MS)
            : execwire_sender_interval(timing->repeat_ms, EXECWIRE_SENDER_REPEAT_MS);

    return execwire_sender_backoff(interval, tries_of(execution));
}

/* Deltas and identities take turns. */
static uint32_t one_way_interval(const execwire_link_sender *sender,
                                 const execwire_link_execution *execution)
{
    const execwire_link_timing *timing = timing_of(sender);
    unsigned tries = tries_of(execution);
    uint32_t interval =
        tries % 2 == 0 ? execwire_sender_interval(timing->repeat_ms, EXECWIRE_SENDER_REPEAT_MS)
                       : execwire_sender_interval(timing->identity_ms, EXECWIRE_SENDER_IDENTITY_MS);

    return execwire_sender_backoff(interval, tries / 2);
}

/* How long after it was sent an execution's state is to be sent again; 0: not at all. */
static uint32_t interval_of(const execwire_link_sender *sender,
                            const execwire_link_execution *execution)
{
    if (execution->number == 0 || sender->options.mode == EXECWIRE_LINK_LOSSLESS)
        return 0;
    if ((execution->flags & EXECWIRE_EXECUTION_WANTED) != 0)
        return execwire_sender_interval(timing_of(sender)->want_ms, EXECWIRE_SENDER_WANT_MS);
    if ((execution->flags & EXECWIRE_EXECUTION_ACKED) != 0 ||
        tries_of(execution) >= execwire_sender_tries(sender))
        return 0;
    return sender->options.mode == EXECWIRE_LINK_TWO_WAY ? two_way_interval(sender, execution)
                                                         : one_way_interval(sender, execution);
}

/* ---- Executions ---- */

/* What never changes of an execution, as a number. */
static uint32_t identity_of(const execwire_state *state)
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
static uint16_t large_of(const execwire_state *state)
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

static execwire_link_execution *find(const execwire_link_sender *sender, uint32_t identity)
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
static void renew(execwire_link_execution *execution, uint32_t identity)
{
    unsigned generation = execwire_execution_generation(execution);

    if (execution->number != 0)
        generation = (generation + 1) & 15;
    *execution =
        (execwire_link_execution){.identity = identity, .tries = (uint8_t)(generation << 4)};
}

static execwire_link_execution *allocate(execwire_link_sender *sender, uint32_t identity,
                                         uint64_t now)
{
    execwire_link_execution *spare = sender->options.executions;

    for (size_t i = 1; i < sender->options.execution_count; i++)
        if (is_spare(&sender->options.executions[i], spare, ticks(now)))
            spare = &sender->options.executions[i];
    if (execwire_execution_is_open(spare))
        sender->stats.reused++;
    renew(spare, identity);
    return spare;
}

static unsigned ref_of(const execwire_link_sender *sender, const execwire_link_execution *execution)
{
    return (unsigned)(execution - sender->options.executions);
}

static bool is_terminal(const execwire_state *state)
{
    if (!state->has_state)
        return false;
    return state->state == EXECWIRE_EXECUTION_STATE_ASK_FOR_BID_REJECTED ||
           state->state == EXECWIRE_EXECUTION_STATE_BID_REJECTED ||
           state->state == EXECWIRE_EXECUTION_STATE_COMPLETED ||
           state->state == EXECWIRE_EXECUTION_STATE_FAILED ||
           state->state == EXECWIRE_EXECUTION_STATE_CANCELLED;
}

/* ---- Sending a state ---- */

static execwire_draft_terms terms_of(const execwire_link_sender *sender,
                                     const execwire_link_execution *execution)
{
    return (execwire_draft_terms){.ref = ref_of(sender, execution),
                                  .generation = execwire_execution_generation(execution),
                                  .number = execution->number,
                                  .session = sender->session,
                                  .has_epoch = sender->has_epoch,
                                  .epoch = sender->epoch,
                                  .node = execwire_sender_node(sender),
                                  .words = sender->options.words,
                                  .word_count = sender->word_known};
}

static void mark_identity(const execwire_link_sender *sender, execwire_link_execution *execution,
                          bool identity)
{
    const unsigned once = EXECWIRE_EXECUTION_ONCE | EXECWIRE_EXECUTION_KNOWN;
    bool again = sender->options.mode == EXECWIRE_LINK_ONE_WAY &&
                 (execution->flags & EXECWIRE_EXECUTION_ONCE) == 0;

    execution->flags &= (uint8_t)~EXECWIRE_EXECUTION_IDENTIFIED;
    if (!identity)
        return;
    execution->flags |= EXECWIRE_EXECUTION_IDENTIFIED;
    execution->flags |= (uint8_t)(again ? EXECWIRE_EXECUTION_ONCE : once);
}

/* Makes a draft of the execution's state and sends it. `large_known`: the receiver has the large
 * fields, with the state `base`. */
static void deliver(execwire_link_sender *sender, execwire_link_execution *execution,
                    const execwire_state *state, execwire_draft_terms *terms, uint64_t now)
{
    execwire_draft draft;

    terms->say_session =
        terms->identity && (sender->options.mode == EXECWIRE_LINK_ONE_WAY || !sender->hello_known);
    execwire_draft_make(&draft, terms, state);
    execution->check = draft.check;
    execution->sent = ticks(now);
    mark_identity(sender, execution, terms->identity);
    if (terms->identity)
        sender->stats.identities++;
    else
        sender->stats.deltas++;
    execwire_sender_send(sender, &draft, 0, SIZE_MAX);
}

/* The number of the execution's next state: its version where that fits. Sets `jumps` where the
 * receiver could not follow. */
static uint16_t next_number(const execwire_link_execution *execution, const execwire_state *state,
                            bool *jumps)
{
    int64_t version = state->has_version ? state->version : 0;

    *jumps = version > execution->number + MAX_JUMP;
    if (version > execution->number && version <= MAX_NUMBER)
        return (uint16_t)version;
    *jumps = false;
    return (uint16_t)(execution->number + 1u);
}

/* Sends a state that the receiver cannot have yet. */
static void send_new(execwire_link_sender *sender, execwire_link_execution *execution,
                     const execwire_state *state, uint64_t now)
{
    uint16_t base = execution->number;
    uint16_t large = large_of(state);
    bool acked = (execution->flags & EXECWIRE_EXECUTION_ACKED) != 0;
    bool lossless = sender->options.mode == EXECWIRE_LINK_LOSSLESS;
    bool jumps;
    execwire_draft_terms terms;

    execwire_announce_learn(sender, state, now);
    if (execution->number == MAX_NUMBER)
        renew(execution, execution->identity);
    execution->number = next_number(execution, state, &jumps);
    terms = terms_of(sender, execution);
    terms.identity = jumps || (execution->flags & EXECWIRE_EXECUTION_KNOWN) == 0;
    terms.large_known = acked && !terms.identity && large == execution->large &&
                        sender->options.mode == EXECWIRE_LINK_TWO_WAY &&
                        (state->has_run_output || state->status.data != NULL);
    terms.base = base;
    execution->large = large;
    set_tries(execution, 0);
    execution->flags &= (uint8_t) ~(EXECWIRE_EXECUTION_ACKED | EXECWIRE_EXECUTION_TERMINAL |
                                    EXECWIRE_EXECUTION_WANTED);
    if (is_terminal(state))
        execution->flags |= EXECWIRE_EXECUTION_TERMINAL;
    if (lossless)
        execution->flags |= EXECWIRE_EXECUTION_ACKED;
    deliver(sender, execution, state, &terms, now);
}

static bool is_last_state(const execwire_link_sender *sender,
                          const execwire_link_execution *execution, const execwire_state *state)
{
    execwire_draft_terms terms = terms_of(sender, execution);

    return execution->number != 0 && execwire_draft_check(&terms, state) == execution->check;
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

execwire_status execwire_link_update(execwire_link_sender *sender, const execwire_state *state,
                                     uint64_t now, unsigned *ref, execwire_error *error)
{
    execwire_link_execution *execution;
    execwire_status status;
    uint32_t identity;

    if (sender == NULL || state == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    status = execwire_schema_check(state, error);
    if (status != EXECWIRE_OK)
        return status;
    identity = identity_of(state);
    execution = find(sender, identity);
    if (execution == NULL)
        execution = allocate(sender, identity, now);
    if (ref != NULL)
        *ref = ref_of(sender, execution);
    if (is_last_state(sender, execution, state)) {
        sender->stats.unchanged++;
        return EXECWIRE_OK;
    }
    sender->stats.updates++;
    execwire_announce_start(sender, state, now);
    send_new(sender, execution, state, now);
    return EXECWIRE_OK;
}

/* ---- Repeats ---- */

/* The state of an execution, or NULL and an end of it. */
static const execwire_state *recall(const execwire_link_sender *sender,
                                    execwire_link_execution *execution)
{
    const execwire_state *state = NULL;

    if (sender->options.recall != NULL)
        state = sender->options.recall(sender->options.context, ref_of(sender, execution));
    if (state != NULL && execwire_schema_check(state, NULL) == EXECWIRE_OK &&
        identity_of(state) == execution->identity)
        return state;
    execution->flags = (uint8_t)((execution->flags & ~EXECWIRE_EXECUTION_WANTED) |
                                 EXECWIRE_EXECUTION_ACKED | EXECWIRE_EXECUTION_TERMINAL);
    return NULL;
}

static void repeat(execwire_link_sender *sender, execwire_link_execution *execution, uint64_t now)
{
    const execwire_state *state = recall(sender, execution);
    bool wanted = (execution->flags & EXECWIRE_EXECUTION_WANTED) != 0;
    unsigned tries = tries_of(execution);
    execwire_draft_terms terms = terms_of(sender, execution);

    if (state == NULL)
        return;
    if (!is_last_state(sender, execution, state)) {
        execution->flags &= (uint8_t) ~(wanted ? EXECWIRE_EXECUTION_KNOWN : 0);
        send_new(sender, execution, state, now);
        return;
    }
    terms.identity = wanted || (execution->flags & EXECWIRE_EXECUTION_KNOWN) == 0 ||
                     (sender->options.mode == EXECWIRE_LINK_ONE_WAY && tries % 2 == 1) ||
                     (sender->options.mode == EXECWIRE_LINK_TWO_WAY &&
                      (execution->flags & EXECWIRE_EXECUTION_IDENTIFIED) != 0);
    execution->flags &= (uint8_t)~EXECWIRE_EXECUTION_WANTED;
    if (!wanted)
        set_tries(execution, tries + 1);
    if (tries_of(execution) == execwire_sender_tries(sender) && !wanted)
        sender->stats.given_up++;
    sender->stats.repeats++;
    deliver(sender, execution, state, &terms, now);
}

/* Repeats the first state that is due. Returns when the next one is. */
static uint64_t poll_executions(execwire_link_sender *sender, uint64_t now)
{
    uint64_t next = EXECWIRE_LINK_NEVER;

    for (size_t i = 0; i < sender->options.execution_count; i++) {
        execwire_link_execution *execution = &sender->options.executions[i];
        uint32_t interval = interval_of(sender, execution);
        uint16_t passed = (uint16_t)(ticks(now) - execution->sent);
        uint32_t wait = (interval >> TICK_SHIFT) + 1;
        uint64_t due;

        if (interval == 0)
            continue;
        if (passed >= wait) {
            repeat(sender, execution, now);
            return now;
        }
        due = ((now >> TICK_SHIFT) + (wait - passed)) << TICK_SHIFT;
        next = due < next ? due : next;
    }
    return next;
}

static bool any_open(const execwire_link_sender *sender)
{
    for (size_t i = 0; i < sender->options.execution_count; i++)
        if (execwire_execution_is_open(&sender->options.executions[i]))
            return true;
    return false;
}

static uint64_t poll_digest(execwire_link_sender *sender, uint64_t now)
{
    uint32_t interval =
        execwire_sender_interval(timing_of(sender)->digest_ms, EXECWIRE_SENDER_DIGEST_MS);

    if (sender->options.mode == EXECWIRE_LINK_LOSSLESS || !any_open(sender))
        return EXECWIRE_LINK_NEVER;
    if (now < sender->digest_sent + interval)
        return sender->digest_sent + interval;
    execwire_announce_digest(sender, now);
    return now;
}

uint64_t execwire_link_sender_poll(execwire_link_sender *sender, uint64_t now)
{
    bool sent;
    uint64_t next = execwire_announce_poll(sender, now, &sent);
    uint64_t other;

    if (sent)
        return now;
    other = poll_executions(sender, now);
    next = other < next ? other : next;
    if (next == now)
        return now;
    other = poll_digest(sender, now);
    return other < next ? other : next;
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

static void take_want(execwire_link_sender *sender, uint64_t want)
{
    sender->stats.wants++;
    if (want == EXECWIRE_WANT_HELLO && sender->started)
        execwire_announce_again(sender);
    else if (want < sender->options.execution_count && sender->options.executions[want].number != 0)
        sender->options.executions[want].flags |= EXECWIRE_EXECUTION_WANTED;
}

/* Sends the wanted part of the execution's last frame, if it is still the same frame. */
static void take_repair(execwire_link_sender *sender, const execwire_repair *repair, uint64_t now)
{
    size_t ref = repair->update & (EXECWIRE_LINK_MAX_REFS - 1);
    execwire_link_execution *execution = &sender->options.executions[ref];
    const execwire_state *state = NULL;
    execwire_draft_terms terms;
    execwire_sink size = {NULL, 0};
    execwire_draft draft;

    if (ref < sender->options.execution_count && execution->number != 0)
        state = recall(sender, execution);
    if (state == NULL || !is_last_state(sender, execution, state))
        return;
    terms = terms_of(sender, execution);
    terms.identity = (execution->flags & EXECWIRE_EXECUTION_IDENTIFIED) != 0;
    terms.say_session = terms.identity && !sender->hello_known;
    execwire_draft_make(&draft, &terms, state);
    execwire_draft_write(&draft, &size);
    if (execwire_sender_head(&draft) != repair->update || size.size != repair->whole)
        return;
    sender->stats.wants++;
    execution->sent = ticks(now);
    execwire_sender_send(sender, &draft, repair->offset, (size_t)repair->offset + repair->size);
}

static bool is_feedback(const execwire_frame *frame)
{
    return frame->kind == EXECWIRE_FRAME_KIND_ACKS ||
           (frame->kind == EXECWIRE_FRAME_KIND_FEEDBACK &&
            frame->control == frame->value[EXECWIRE_FRAME_CHECK]);
}

execwire_status execwire_link_feedback(execwire_link_sender *sender, const void *frame, size_t size,
                                       uint64_t now, execwire_error *error)
{
    execwire_frame parts;
    execwire_repair repair;
    execwire_status status;
    uint32_t check;
    uint64_t want;

    if (sender == NULL || frame == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    status = execwire_frame_read(frame, size, &parts, error);
    if (status == EXECWIRE_OK && !is_feedback(&parts))
        status = execwire_fail(error, EXECWIRE_ERROR_LINK_FRAME, 0);
    if (status != EXECWIRE_OK) {
        sender->stats.refused++;
        return status;
    }
    while (execwire_frame_next_fixed32(&parts.bytes[EXECWIRE_FRAME_ACKS], &check))
        take_ack(sender, check);
    while (execwire_frame_next_varint(&parts.bytes[EXECWIRE_FRAME_WANTS], &want))
        take_want(sender, want);
    for (unsigned i = 0; i < MAX_REPAIRS &&
                         execwire_frame_next_repair(&parts.bytes[EXECWIRE_FRAME_REPAIRS], &repair);
         i++)
        take_repair(sender, &repair, now);
    return EXECWIRE_OK;
}

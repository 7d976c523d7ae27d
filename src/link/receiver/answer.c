/* The way back: acknowledgments, wants and repairs.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "link/base/sink.h"
#include "link/frame/control.h"
#include "link/receiver/assembly.h"
#include "link/receiver/owed.h"
#include "link/receiver/timers.h"
#include "wire/format.h"

#include <execwire/link_frame.h>

/* Acknowledgments that are not kept waiting. */
#define MANY_ACKS    8
#define MOST_REPAIRS 4
/* Bytes of one entry of repairs, at most; of all of them. */
#define REPAIR_SIZE  20
#define REPAIRS_SIZE 120
/* Tag and size of a packed field. */
#define PACKED_HEAD 4
#define ACKS_HEAD   2
/* Acknowledgments in a frame: so many that their size is one byte. */
#define MOST_ACKS 31
/* So often the interval until something is asked for again doubles. */
#define MOST_ASKS 8
/* Bytes of one entry of wants. */
#define WANT_SIZE 2

/* ---- When something is due ---- */

static uint64_t acks_due(const execwire_link_receiver *receiver)
{
    if (execwire_owed_acks(receiver) == 0)
        return EXECWIRE_LINK_NEVER;
    if (execwire_owed_acks(receiver) >= MANY_ACKS)
        return receiver->peer.ack_since;
    return receiver->peer.ack_since + execwire_receiver_ack_interval(receiver);
}

static uint64_t next_due(const execwire_link_receiver *receiver)
{
    uint64_t next = acks_due(receiver);

    if (receiver->peer.want_hello && receiver->peer.hello_next < next)
        next = receiver->peer.hello_next;
    for (size_t i = 0; i < receiver->options.context_count; i++) {
        const execwire_link_context *context = &receiver->options.contexts[i];

        if (context->want && context->ask_next < next)
            next = context->ask_next;
    }
    for (size_t i = 0; i < receiver->options.transfer_count; i++) {
        const execwire_link_transfer *transfer = &receiver->options.transfers[i];

        if (transfer->whole != 0 && transfer->ask_next < next)
            next = transfer->ask_next;
    }
    return next;
}

/* ---- Writing what is due ---- */

typedef struct answer {
    execwire_link_receiver *receiver;
    uint64_t now;
    execwire_buffer_sink out;
} answer;

static size_t room_left(const answer *a)
{
    return a->out.capacity - a->out.sink.size;
}

static size_t smaller(size_t left, size_t right)
{
    return left < right ? left : right;
}

/* As many as fit with a check behind them; the others go with the next frame. */
static void put_acks(answer *a)
{
    execwire_link_receiver *receiver = a->receiver;
    size_t fitting =
        smaller((room_left(a) - ACKS_HEAD - EXECWIRE_CONTROL_CHECK_SIZE) / 4, MOST_ACKS);
    size_t count = smaller(execwire_owed_acks(receiver), fitting);

    if (count == 0)
        return;
    execwire_sink_tag(&a->out.sink, EXECWIRE_FRAME_ACKS, EXECWIRE_WIRE_BYTES);
    execwire_sink_varint(&a->out.sink, 4 * count);
    if (receiver->peer.owes_hello) {
        execwire_sink_fixed32(&a->out.sink, receiver->peer.hello_check);
        receiver->peer.owes_hello = false;
        count--;
    }
    for (size_t i = 0; count > 0; i++) {
        execwire_link_context *context = &receiver->options.contexts[i];

        if (!context->owed)
            continue;
        execwire_sink_fixed32(&a->out.sink, context->check);
        execwire_owed_forget(receiver, context);
        count--;
    }
}

/* Notes that something is asked for now. Returns whether the interval until it may be asked for
 * again does not get longer any more. */
static bool ask(const answer *a, uint32_t interval, uint64_t *next, uint8_t *asks)
{
    *next = a->now + ((uint64_t)interval << *asks);
    if (*asks < MOST_ASKS)
        (*asks)++;
    return *asks == MOST_ASKS;
}

/* The same of a state or a hello. They are asked for as long as something comes of the session.
 * Returns whether that is over. */
static bool ask_sender(const answer *a, uint64_t *next, uint8_t *asks)
{
    const execwire_link_peer *peer = &a->receiver->peer;
    bool silent = !peer->has_session ||
                  a->now - peer->session_heard > execwire_receiver_fresh_interval(a->receiver);

    return ask(a, execwire_receiver_want_interval(a->receiver), next, asks) && silent;
}

static void want_hello(answer *a, uint8_t *wants, size_t *size)
{
    execwire_link_receiver *receiver = a->receiver;

    if (!receiver->peer.want_hello || receiver->peer.hello_next > a->now)
        return;
    wants[(*size)++] = EXECWIRE_WANT_HELLO; /* 128, whose varint begins with itself */
    wants[(*size)++] = EXECWIRE_WANT_HELLO >> 7;
    if (ask_sender(a, &receiver->peer.hello_next, &receiver->peer.hello_asks))
        receiver->peer.want_hello = false;
}

static void put_wants(answer *a)
{
    execwire_link_receiver *receiver = a->receiver;
    uint8_t wants[EXECWIRE_LINK_MAX_REFS + WANT_SIZE];
    size_t size = 0;

    if (room_left(a) < PACKED_HEAD + WANT_SIZE)
        return;
    want_hello(a, wants, &size);
    for (size_t i = 0; i < receiver->options.context_count; i++) {
        execwire_link_context *context = &receiver->options.contexts[i];

        if (!context->want || context->ask_next > a->now || room_left(a) <= PACKED_HEAD + size)
            continue;
        wants[size++] = (uint8_t)i;
        if (ask_sender(a, &context->ask_next, &context->asks))
            context->want = false;
    }
    if (size > 0)
        execwire_sink_bytes_field(&a->out.sink, EXECWIRE_FRAME_WANTS, wants, size);
}

static void put_repair(execwire_sink *sink, const execwire_repair *repair)
{
    execwire_sink_varint(sink, repair->update);
    execwire_sink_varint(sink, repair->whole);
    execwire_sink_varint(sink, repair->offset);
    execwire_sink_varint(sink, repair->size);
}

static bool has_repair_room(const execwire_buffer_sink *repairs)
{
    return repairs->capacity - repairs->sink.size >= REPAIR_SIZE;
}

/* Asks for what a transfer lacks; gives it up when that was asked for often enough. */
static void repair_transfer(const answer *a, execwire_link_transfer *transfer,
                            execwire_buffer_sink *repairs)
{
    uint32_t want = execwire_receiver_want_interval(a->receiver);
    uint32_t patience = execwire_receiver_patience(a->receiver);
    uint32_t interval = want > patience ? want : patience;
    execwire_repair repair;
    uint32_t offset = 0;

    for (unsigned i = 0; i < MOST_REPAIRS && has_repair_room(repairs); i++) {
        if (!execwire_assembly_missing(a->receiver, transfer, offset, &repair))
            break;
        put_repair(&repairs->sink, &repair);
        offset = repair.offset + repair.size;
    }
    if (ask(a, interval, &transfer->ask_next, &transfer->asks))
        transfer->whole = 0;
}

static void put_repairs(answer *a)
{
    const execwire_link_receiver_options *options = &a->receiver->options;
    uint8_t bytes[REPAIRS_SIZE];
    size_t room = room_left(a) > PACKED_HEAD ? room_left(a) - PACKED_HEAD : 0;
    execwire_buffer_sink repairs = execwire_sink_buffer(bytes, smaller(room, sizeof bytes));

    for (size_t i = 0; i < options->transfer_count; i++) {
        execwire_link_transfer *transfer = &options->transfers[i];

        if (transfer->whole != 0 && transfer->ask_next <= a->now && has_repair_room(&repairs))
            repair_transfer(a, transfer, &repairs);
    }
    if (repairs.sink.size > 0)
        execwire_sink_bytes_field(&a->out.sink, EXECWIRE_FRAME_REPAIRS, bytes, repairs.sink.size);
}

/* Acknowledgments alone need no check: they are checks. Returns the frame's size. */
static size_t write_answer(answer *a)
{
    size_t check_at, without;

    put_acks(a);
    without = a->out.sink.size;
    check_at = execwire_control_put_check(&a->out.sink);
    put_wants(a);
    put_repairs(a);
    if (a->out.sink.size == check_at + EXECWIRE_CONTROL_CHECK_SIZE)
        return without;
    (void)execwire_control_finish(a->out.data, a->out.sink.size, check_at, (execwire_str){NULL, 0},
                                  0);
    return a->out.sink.size;
}

uint64_t execwire_link_receiver_poll(execwire_link_receiver *receiver, uint64_t now, void *out,
                                     size_t capacity, size_t *size)
{
    answer a = {.receiver = receiver, .out = execwire_sink_buffer(out, capacity)};
    uint64_t due;

    if (size != NULL)
        *size = 0;
    if (receiver == NULL || out == NULL || size == NULL ||
        receiver->options.mode != EXECWIRE_LINK_TWO_WAY)
        return EXECWIRE_LINK_NEVER;
    a.now = execwire_receiver_set_clock(receiver, now);
    if (capacity >= EXECWIRE_LINK_MIN_MTU && next_due(receiver) <= a.now)
        *size = write_answer(&a);
    if (*size > 0)
        receiver->stats.feedbacks++;
    due = next_due(receiver);
    if (due == EXECWIRE_LINK_NEVER)
        return due;
    return due > a.now ? now + (due - a.now) : now;
}

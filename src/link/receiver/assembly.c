/* SPDX-License-Identifier: Apache-2.0 */
#include "link/receiver/assembly.h"

#include "link/frame/update.h"
#include "link/receiver/contexts.h"
#include "link/receiver/parity.h"
#include "link/receiver/timers.h"

#include <string.h>

/* After so many intervals between wants without progress a transfer makes room for others. */
#define STALLED_WANTS 16
/* A ref whose pieces are forged must not take all transfers. */
#define TRANSFERS_OF_A_REF 2

/* Of nine bytes, eight hold the frame and one the bits. */
#define FRAME_BYTES 8
#define ALL_BYTES   9

static size_t room_of_transfer(const execwire_link_receiver *receiver)
{
    return execwire_assembly_share(receiver->options.piece_capacity,
                                   receiver->options.transfer_count);
}

static size_t frame_capacity(const execwire_link_receiver *receiver)
{
    return room_of_transfer(receiver) / ALL_BYTES * FRAME_BYTES;
}

size_t execwire_assembly_share(size_t piece_capacity, size_t transfer_count)
{
    return piece_capacity / transfer_count / ALL_BYTES * ALL_BYTES;
}

static uint8_t *memory_of(const execwire_link_receiver *receiver,
                          const execwire_link_transfer *transfer)
{
    size_t index = (size_t)(transfer - receiver->options.transfers);

    return (uint8_t *)receiver->options.pieces + index * room_of_transfer(receiver);
}

static bool has_byte(const uint8_t *bits, size_t at)
{
    return (bits[at / 8] >> (at % 8) & 1) != 0;
}

/* Whether a transfer may make room for another one. While it makes progress it may not: more frames
 * at a time than there are transfers would push each other out for ever. */
static bool is_spare(const execwire_link_receiver *receiver, const execwire_link_transfer *transfer,
                     uint64_t now)
{
    uint64_t patience = (uint64_t)STALLED_WANTS * execwire_receiver_want_interval(receiver);

    return transfer->whole == 0 || now - transfer->heard > patience;
}

/* The transfer that a piece belongs to, or a new one; NULL when there is no room, or when its ref
 * has as many as one may have. */
static execwire_link_transfer *find(const execwire_link_receiver *receiver, uint32_t update,
                                    uint32_t whole, uint64_t now)
{
    execwire_link_transfer *spare = NULL;
    unsigned busy = 0; /* transfers of the ref that go on */

    for (size_t i = 0; i < receiver->options.transfer_count; i++) {
        execwire_link_transfer *transfer = &receiver->options.transfers[i];

        if (transfer->whole == whole && transfer->update == update)
            return transfer;
        if (!is_spare(receiver, transfer, now))
            busy += execwire_update_ref(transfer->update) == execwire_update_ref(update);
        else if (spare == NULL || spare->whole != 0)
            spare = transfer;
    }
    if (spare == NULL || busy >= TRANSFERS_OF_A_REF)
        return NULL;
    *spare = (execwire_link_transfer){.update = update, .whole = whole};
    memset(memory_of(receiver, spare) + frame_capacity(receiver), 0, whole / 8 + 1);
    return spare;
}

/* Puts a piece where it belongs: a byte that is there stays, so that nobody else's takes its place.
 * Returns whether it had one that was not there. */
static bool fill_in(execwire_link_receiver *receiver, execwire_link_transfer *transfer,
                    size_t offset, execwire_str piece)
{
    uint8_t *bytes = memory_of(receiver, transfer);
    uint8_t *bits = bytes + frame_capacity(receiver);
    uint32_t before = transfer->got;

    for (size_t at = offset; at < offset + piece.size; at++) {
        if (has_byte(bits, at))
            continue;
        bytes[at] = (uint8_t)piece.data[at - offset];
        bits[at / 8] |= (uint8_t)(1u << (at % 8));
        transfer->got++;
    }
    return transfer->got != before;
}

/* Puts a piece where it belongs, or keeps parity, whose offset says its number beyond the frame.
 * Returns whether there is more of the frame now. */
static bool take_in(execwire_link_receiver *receiver, execwire_link_transfer *transfer,
                    size_t offset, execwire_str piece)
{
    uint8_t *bytes = memory_of(receiver, transfer);
    size_t capacity = frame_capacity(receiver);
    const execwire_parity_room room = {transfer, bytes, capacity, bytes + capacity};
    bool more = offset < transfer->whole
                    ? fill_in(receiver, transfer, offset, piece)
                    : execwire_parity_keep(&room, (uint32_t)offset - transfer->whole, piece);

    if (more)
        execwire_parity_solve(&room);
    return more;
}

/* Whether a piece is none of a frame of that size. Parity is for those who can ask for nothing, and
 * its numbers are no larger than the frame. */
static bool is_outside(const execwire_link_receiver *receiver, uint64_t offset, uint64_t size,
                       uint64_t whole)
{
    if (size == 0 || whole == 0)
        return true;
    if (offset < whole)
        return offset + size > whole;
    return receiver->options.mode != EXECWIRE_LINK_ONE_WAY || offset > 2 * whole;
}

execwire_link_outcome execwire_assembly_take(execwire_link_receiver *receiver,
                                             const execwire_frame *frame, uint64_t now,
                                             execwire_str *whole)
{
    execwire_str piece = frame->bytes[EXECWIRE_FRAME_PIECE];
    uint64_t offset = frame->value[EXECWIRE_FRAME_OFFSET];
    uint64_t size = frame->value[EXECWIRE_FRAME_WHOLE];
    execwire_link_transfer *transfer;

    *whole = (execwire_str){NULL, 0};
    if (is_outside(receiver, offset, piece.size, size))
        return EXECWIRE_LINK_MISMATCH;
    if (receiver->options.transfer_count == 0 || size >= frame_capacity(receiver))
        return EXECWIRE_LINK_NO_ROOM;
    transfer = find(receiver, (uint32_t)frame->value[EXECWIRE_FRAME_UPDATE], (uint32_t)size, now);
    if (transfer == NULL)
        return EXECWIRE_LINK_NO_ROOM;
    if (!take_in(receiver, transfer, (size_t)offset, piece))
        return EXECWIRE_LINK_PIECE;
    if (transfer->got > piece.size)
        execwire_receiver_note_gap(receiver, now - transfer->heard);
    transfer->heard = now;
    transfer->asks /= 2; /* a line that is slower than the timers is asked less and less */
    transfer->ask_next = now + execwire_receiver_patience(receiver);
    if (transfer->got == transfer->whole) {
        *whole = (execwire_str){(const char *)memory_of(receiver, transfer), transfer->whole};
        transfer->whole = 0;
    }
    return EXECWIRE_LINK_PIECE;
}

void execwire_assembly_forget(execwire_link_receiver *receiver, unsigned ref)
{
    const execwire_link_context *context = &receiver->options.contexts[ref];

    for (size_t i = 0; i < receiver->options.transfer_count; i++) {
        execwire_link_transfer *transfer = &receiver->options.transfers[i];

        if (execwire_update_ref(transfer->update) == ref &&
            execwire_context_knows(context, execwire_piece_low_generation(transfer->update),
                                   execwire_piece_number(transfer->update)))
            transfer->whole = 0;
    }
}

bool execwire_assembly_missing(const execwire_link_receiver *receiver,
                               const execwire_link_transfer *transfer, uint32_t offset,
                               execwire_repair *repair)
{
    const uint8_t *bits = memory_of(receiver, transfer) + frame_capacity(receiver);
    uint32_t end;

    while (offset < transfer->whole && has_byte(bits, offset))
        offset++;
    end = offset;
    while (end < transfer->whole && !has_byte(bits, end))
        end++;
    *repair = (execwire_repair){transfer->update, transfer->whole, offset, end - offset};
    return end > offset;
}

/* Large frames out of their pieces. A transfer's memory holds the frame, and after that a bit for
 * each byte that is there.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "link/receiver.h"

#include <string.h>

/* Of nine bytes, eight hold the frame and one the bits. */
static size_t frame_capacity(const execwire_link_receiver *receiver)
{
    size_t share = receiver->options.piece_capacity / receiver->options.transfer_count;

    return share / 9 * 8;
}

static uint8_t *frame_of(const execwire_link_receiver *receiver,
                         const execwire_link_transfer *transfer)
{
    size_t index = (size_t)(transfer - receiver->options.transfers);

    return (uint8_t *)receiver->options.pieces + index * (frame_capacity(receiver) / 8 * 9);
}

static bool is_there(const uint8_t *bits, size_t at)
{
    return (bits[at / 8] >> (at % 8) & 1) != 0;
}

/* The transfer that a piece belongs to; a new one when there is none, in place of the one that was
 * silent for longest. */
static execwire_link_transfer *find(execwire_link_receiver *receiver, const execwire_frame *frame)
{
    execwire_link_transfer *transfers = receiver->options.transfers;
    execwire_link_transfer *spare = transfers;
    uint32_t update = (uint32_t)frame->value[EXECWIRE_FRAME_UPDATE];
    uint32_t whole = (uint32_t)frame->value[EXECWIRE_FRAME_WHOLE];

    for (size_t i = 0; i < receiver->options.transfer_count; i++) {
        if (transfers[i].whole == whole && transfers[i].update == update)
            return &transfers[i];
        if (spare->whole != 0 && (transfers[i].whole == 0 || transfers[i].heard < spare->heard))
            spare = &transfers[i];
    }
    *spare = (execwire_link_transfer){.update = update, .whole = whole};
    memset(frame_of(receiver, spare) + frame_capacity(receiver), 0, whole / 8 + 1);
    return spare;
}

static void put(execwire_link_receiver *receiver, execwire_link_transfer *transfer, size_t offset,
                execwire_str piece)
{
    uint8_t *bytes = frame_of(receiver, transfer);
    uint8_t *bits = bytes + frame_capacity(receiver);

    memcpy(bytes + offset, piece.data, piece.size);
    for (size_t at = offset; at < offset + piece.size; at++) {
        transfer->got += !is_there(bits, at);
        bits[at / 8] |= (uint8_t)(1u << (at % 8));
    }
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
    if (offset + piece.size > size || piece.size == 0)
        return EXECWIRE_LINK_MISMATCH;
    if (receiver->options.transfer_count == 0 || size >= frame_capacity(receiver))
        return EXECWIRE_LINK_NO_ROOM;
    transfer = find(receiver, frame);
    put(receiver, transfer, (size_t)offset, piece);
    transfer->heard = now;
    transfer->asks = 0;
    transfer->ask_next =
        now + execwire_receiver_interval(receiver->options.ack_ms, EXECWIRE_RECEIVER_ACK_MS);
    if (transfer->got == transfer->whole) {
        *whole = (execwire_str){(const char *)frame_of(receiver, transfer), transfer->whole};
        transfer->whole = 0;
    }
    return EXECWIRE_LINK_PIECE;
}

bool execwire_assembly_missing(const execwire_link_receiver *receiver,
                               const execwire_link_transfer *transfer, uint32_t offset,
                               execwire_repair *repair)
{
    const uint8_t *bits = frame_of(receiver, transfer) + frame_capacity(receiver);
    uint32_t end;

    while (offset < transfer->whole && is_there(bits, offset))
        offset++;
    end = offset;
    while (end < transfer->whole && !is_there(bits, end))
        end++;
    *repair = (execwire_repair){transfer->update, transfer->whole, offset, end - offset};
    return end > offset;
}

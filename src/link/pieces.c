/* Handing frames out: in one, or in pieces.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "link/frame.h"
#include "link/sender.h"
#include "wire/reader.h"

#include <string.h>

/* Collects bytes in the frame buffer, leaving room for the fields before them, until a piece is
 * full. */
typedef struct piece_sink {
    execwire_sink sink;
    execwire_link_sender *sender;
    const execwire_draft *draft;
    size_t whole;    /* size of the frame */
    size_t room;     /* before the piece's bytes */
    size_t from, to; /* the part that is wanted */
} piece_sink;

void execwire_sender_emit(execwire_link_sender *sender, size_t start, size_t size)
{
    const uint8_t *frame = sender->options.frame;

    sender->stats.frames++;
    sender->stats.bytes += size;
    sender->options.emit(sender->options.context, frame + start, size);
}

uint32_t execwire_sender_head(const execwire_draft *draft)
{
    const execwire_draft_terms *terms = &draft->terms;
    uint32_t head = (uint32_t)(draft->update & ((1u << EXECWIRE_UPDATE_ELAPSED_SHIFT) - 1));

    head |= (uint32_t)terms->generation << EXECWIRE_UPDATE_GENERATION_SHIFT;
    return head | terms->number >> EXECWIRE_UPDATE_NUMBER_BITS << EXECWIRE_UPDATE_NUMBER_SHIFT;
}

/* The fields of a piece before its bytes. */
static void write_head(execwire_sink *sink, const piece_sink *p, size_t offset, size_t size)
{
    execwire_sink_varint_field(sink, EXECWIRE_FRAME_UPDATE, execwire_sender_head(p->draft));
    if (offset > 0)
        execwire_sink_varint_field(sink, EXECWIRE_FRAME_OFFSET, offset);
    execwire_sink_varint_field(sink, EXECWIRE_FRAME_WHOLE, p->whole);
    execwire_sink_tag(sink, EXECWIRE_FRAME_PIECE, EXECWIRE_WIRE_BYTES);
    execwire_sink_varint(sink, size);
}

/* Puts the head right before the bytes, and hands the piece out. */
static void send_piece(piece_sink *p, size_t offset, size_t size)
{
    uint8_t *frame = p->sender->options.frame;
    execwire_sink head = {NULL, 0};
    execwire_buffer_sink out;

    if (offset >= p->to || offset + size <= p->from)
        return;
    write_head(&head, p, offset, size);
    out = execwire_sink_buffer(frame + p->room - head.size, head.size);
    write_head(&out.sink, p, offset, size);
    p->sender->stats.pieces++;
    execwire_sender_emit(p->sender, p->room - head.size, head.size + size);
}

static void put_piece(execwire_sink *sink, const uint8_t *data, size_t size)
{
    piece_sink *p = (piece_sink *)sink;
    uint8_t *frame = p->sender->options.frame;
    size_t chunk = p->sender->options.mtu - p->room;
    size_t at = sink->size;

    while (size > 0) {
        size_t filled = at % chunk;
        size_t taken = size < chunk - filled ? size : chunk - filled;

        memcpy(frame + p->room + filled, data, taken);
        at += taken;
        data += taken;
        size -= taken;
        if (filled + taken == chunk || at == p->whole)
            send_piece(p, at - filled - taken, filled + taken);
    }
}

void execwire_sender_send(execwire_link_sender *sender, const execwire_draft *draft, size_t from,
                          size_t to)
{
    execwire_sink size = {NULL, 0};
    execwire_sink head = {NULL, 0};
    execwire_buffer_sink whole = execwire_sink_buffer(sender->options.frame, sender->options.mtu);
    piece_sink pieces = {{put_piece, 0}, sender, draft, 0, 0, from, to};

    execwire_draft_write(draft, &size);
    if (size.size <= sender->options.mtu) {
        execwire_draft_write(draft, &whole.sink);
        execwire_sender_emit(sender, 0, whole.sink.size);
        return;
    }
    pieces.whole = size.size;
    write_head(&head, &pieces, size.size, sender->options.mtu);
    pieces.room = head.size;
    execwire_draft_write(draft, &pieces.sink);
}

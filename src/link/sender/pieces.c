/* SPDX-License-Identifier: Apache-2.0 */
#include "link/sender/pieces.h"

#include "link/frame/head.h"
#include "link/frame/update.h"
#include "link/sender/budget.h"
#include "link/sender/executions.h"

/* Puts bytes into the frame buffer, and hands out what is there when a piece is full. A frame that
 * fits the MTU is one piece, without what the others have before their bytes. */
typedef struct piece_sink {
    execwire_sink sink;
    bool wanted; /* the piece */
    bool cut;    /* pieces that were wanted were left out */
    execwire_link_sender *sender;
    const execwire_draft *draft;
    size_t most;     /* bytes of it that a piece has */
    size_t from, to; /* the part that is wanted */
    size_t left;     /* bytes of the piece that are still to come */
    size_t filled;   /* of the frame buffer */
} piece_sink;

void execwire_sender_emit(execwire_link_sender *sender, size_t size)
{
    sender->stats.frames++;
    sender->stats.bytes += size;
    sender->options.emit(sender->options.context, sender->options.frame, size);
}

/* What a piece has before its bytes. */
static void write_head(execwire_sink *sink, const piece_sink *p, size_t offset)
{
    uint32_t generation = execwire_execution_generation(p->sender, p->draft->execution);

    execwire_sink_byte(sink, EXECWIRE_HEAD_PIECE);
    execwire_sink_varint(sink, execwire_piece_update(p->draft->head, generation));
    execwire_sink_varint(sink, p->draft->size);
    execwire_sink_varint(sink, offset);
}

static void begin_piece(piece_sink *p, size_t offset)
{
    execwire_link_sender *sender = p->sender;
    execwire_buffer_sink out = execwire_sink_buffer(sender->options.frame, sender->options.mtu);

    p->left = p->draft->size - offset < p->most ? p->draft->size - offset : p->most;
    p->wanted = offset < p->to && offset + p->left > p->from;
    if (p->wanted && !execwire_sender_may_send(sender)) {
        p->wanted = false;
        p->cut = true;
    }
    if (p->most < p->draft->size) {
        write_head(&out.sink, p, offset);
        sender->stats.pieces += p->wanted;
    }
    p->filled = out.sink.size;
}

static void put_piece(execwire_sink *sink, const uint8_t *data, size_t size)
{
    piece_sink *p = (piece_sink *)sink;
    uint8_t *frame = p->sender->options.frame;

    for (size_t i = 0; i < size; i++) {
        if (p->left == 0)
            begin_piece(p, sink->size + i);
        frame[p->filled++] = data[i];
        p->left--;
        if (p->left == 0 && p->wanted)
            execwire_sender_emit(p->sender, p->filled);
    }
}

bool execwire_pieces_send(execwire_link_sender *sender, execwire_draft *draft, size_t from,
                          size_t to)
{
    execwire_sink head = {NULL, 0};
    piece_sink pieces = {
        .sink = {put_piece, 0}, .sender = sender, .draft = draft, .from = from, .to = to};

    if (draft->size > sender->options.mtu)
        write_head(&head, &pieces, draft->size);
    pieces.most = sender->options.mtu - head.size;
    execwire_draft_write(draft, &pieces.sink);
    execwire_draft_forget(draft);
    return !pieces.cut;
}

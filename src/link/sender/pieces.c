/* SPDX-License-Identifier: Apache-2.0 */
#include "link/sender/pieces.h"

#include "link/frame/head.h"
#include "link/frame/parity.h"
#include "link/frame/update.h"
#include "link/sender/budget.h"
#include "link/sender/executions.h"

/* Puts bytes into the frame buffer, and hands out what is there when a piece is full; or adds one
 * piece to the other, which gives a parity. A frame that fits the MTU is one piece, without what
 * the others have before their bytes. */
typedef struct piece_sink {
    execwire_sink sink;
    bool wanted; /* the piece */
    bool cut;    /* pieces that were wanted were left out */
    bool adds;   /* the piece is added to those before it */
    execwire_link_sender *sender;
    const execwire_draft *draft;
    size_t most;     /* bytes of it that a piece has */
    size_t from, to; /* the part that is wanted */
    size_t left;     /* bytes of the piece that are still to come */
    size_t filled;   /* of the frame buffer */
    size_t number;   /* of the parity; 0: it is to be pieces */
    uint8_t factor;  /* of the piece in it */
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
    p->adds = p->number > 0 && offset > 0;
    p->factor =
        p->adds ? execwire_parity_times(p->factor, execwire_parity_x((uint32_t)p->number)) : 1;
    if (p->most < p->draft->size) {
        write_head(&out.sink, p, p->number > 0 ? p->draft->size + p->number : offset);
        sender->stats.pieces += p->wanted;
    }
    p->filled = out.sink.size;
}

static void put_piece(execwire_sink *sink, const uint8_t *data, size_t size)
{
    piece_sink *p = (piece_sink *)sink;

    for (size_t i = 0; i < size; i++) {
        uint8_t *at = p->sender->options.frame;

        if (p->left == 0)
            begin_piece(p, sink->size + i);
        at += p->filled++;
        *at = p->adds ? (uint8_t)(*at ^ execwire_parity_times(data[i], p->factor)) : data[i];
        p->left--;
        if (p->left == 0 && p->wanted)
            execwire_sender_emit(p->sender, p->filled);
    }
}

/* Chooses what a piece has at most. Where nothing comes back all have nearly the same, as a parity
 * is as large as the largest. Returns how many they are. */
static size_t count_pieces(piece_sink *p)
{
    execwire_sink head = {NULL, 0};
    size_t size = p->draft->size;
    size_t count = 1;

    if (size > p->sender->options.mtu)
        write_head(&head, p, 2 * size); /* no offset is larger */
    p->most = p->sender->options.mtu - head.size;
    while (count * p->most < size)
        count++;
    while (p->sender->options.mode == EXECWIRE_LINK_ONE_WAY && count * (p->most - 1) >= size)
        p->most--;
    return count;
}

bool execwire_pieces_send(execwire_link_sender *sender, const execwire_draft *draft, size_t from,
                          size_t to)
{
    piece_sink pieces = {
        .sink = {put_piece, 0}, .sender = sender, .draft = draft, .from = from, .to = to};
    size_t count = count_pieces(&pieces);
    size_t half = (count + 1) / 2;

    if (from < draft->size) {
        execwire_draft_write(draft, &pieces.sink);
        return !pieces.cut;
    }
    pieces.number = half * draft->execution->tries;
    /* each is a pass over the frame, for all of which a node has no room */
    while (half-- > 0) {
        pieces.number++;
        pieces.sink.size = 0;
        execwire_draft_write(draft, &pieces.sink);
        sender->stats.pieces++;
        execwire_sender_emit(sender, pieces.filled + count * pieces.most - draft->size);
    }
    return true;
}

/* Each piece of parity is an equation: what it is of each piece of the frame, and what comes out. A
 * row has the former, a byte for each piece, and the latter, a byte for each of a piece; so that
 * Gauss' elimination adds up whole rows. They stand behind the frame.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "link/receiver/parity.h"

#include "link/frame/parity.h"

#include <string.h>

/* A frame of `whole` bytes in pieces of `step`. */
typedef struct equations {
    const execwire_parity_room *room;
    size_t count; /* pieces of the frame */
    size_t step;  /* bytes of each, but for the last one */
    size_t whole;
} equations;

static equations equations_of(const execwire_parity_room *room, size_t step)
{
    size_t whole = room->transfer->whole;

    return (equations){room, (whole + step - 1) / step, step, whole};
}

static size_t row_size(const equations *e)
{
    return e->count + e->step;
}

static uint8_t *row(const equations *e, size_t index)
{
    return e->room->bytes + e->whole + index * row_size(e);
}

static size_t size_of_piece(const equations *e, size_t piece)
{
    size_t left = e->whole - piece * e->step;

    return left < e->step ? left : e->step;
}

static bool has_piece(const equations *e, size_t piece)
{
    size_t from = piece * e->step;
    size_t to = from + size_of_piece(e, piece);

    while (from < to && (e->room->bits[from / 8] >> (from % 8) & 1) != 0)
        from++;
    return from == to;
}

/* ---- Sums ---- */

/* Adds `size` bytes times a factor. The product of a byte is that of its low four bits and that of
 * its high ones. */
static void add_times(uint8_t *to, const uint8_t *from, size_t size, uint8_t factor)
{
    uint8_t low[16] = {0}, high[16] = {0};

    if (factor == 0)
        return;
    for (unsigned bit = 0; bit < 4; bit++) {
        low[1u << bit] = execwire_parity_times(factor, 1u << bit);
        high[1u << bit] = execwire_parity_times(factor, 16u << bit);
        for (unsigned i = 1; i < 1u << bit; i++) {
            low[1u << bit | i] = low[1u << bit] ^ low[i];
            high[1u << bit | i] = high[1u << bit] ^ high[i];
        }
    }
    for (size_t i = 0; i < size; i++)
        to[i] ^= low[from[i] & 15] ^ high[from[i] >> 4];
}

/* 1 divided by it, which is its 254th power: the 255th is 1. */
static uint8_t inverse(uint8_t of)
{
    uint8_t result = 1;

    for (unsigned i = 0; i < 7; i++) {
        of = execwire_parity_times(of, of);
        result = execwire_parity_times(result, of);
    }
    return result;
}

/* ---- Elimination ---- */

/* Takes what is known out of all rows. Returns how many pieces are not. */
static size_t take_out_known(const equations *e)
{
    size_t missing = 0;

    for (size_t piece = 0; piece < e->count; piece++) {
        if (!has_piece(e, piece)) {
            missing++;
            continue;
        }
        for (size_t i = 0; i < e->room->transfer->rows; i++) {
            uint8_t *r = row(e, i);

            add_times(r + e->count, e->room->bytes + piece * e->step, size_of_piece(e, piece),
                      r[piece]);
            r[piece] = 0;
        }
    }
    return missing;
}

static size_t first_piece(const equations *e, const uint8_t *r)
{
    size_t piece = 0;

    while (piece < e->count && r[piece] == 0)
        piece++;
    return piece;
}

/* Makes each row say one piece, as far as the others allow; takes those out that say nothing. */
static void reduce(const equations *e)
{
    uint16_t *rows = &e->room->transfer->rows;

    for (size_t i = 0; i < *rows;) {
        uint8_t *r = row(e, i);
        size_t piece = first_piece(e, r);

        if (piece == e->count) {
            memmove(r, row(e, --*rows), row_size(e));
            continue;
        }
        /* times the inverse is plus itself times one more than that */
        add_times(r, r, row_size(e), inverse(r[piece]) ^ 1);
        for (size_t other = 0; other < *rows; other++)
            if (other != i)
                add_times(row(e, other), r, row_size(e), row(e, other)[piece]);
        i++;
    }
}

static void give_pieces(const equations *e)
{
    for (size_t i = 0; i < e->room->transfer->rows; i++) {
        const uint8_t *r = row(e, i);
        size_t piece = first_piece(e, r);

        memcpy(e->room->bytes + piece * e->step, r + e->count, size_of_piece(e, piece));
    }
    e->room->transfer->got = e->room->transfer->whole;
}

/* ---- Calls ---- */

bool execwire_parity_keep(const execwire_parity_room *room, uint32_t number, execwire_str piece)
{
    execwire_link_transfer *transfer = room->transfer;
    equations e = equations_of(room, piece.size);
    uint8_t *r = row(&e, transfer->rows);
    uint8_t factor = 1;

    if (e.count > EXECWIRE_PARITY_PIECES || (transfer->rows > 0 && transfer->step != piece.size) ||
        room->capacity < e.whole || (room->capacity - e.whole) / row_size(&e) <= transfer->rows)
        return false;
    for (size_t i = 0; i < e.count; i++) {
        r[i] = factor;
        factor = execwire_parity_times(factor, execwire_parity_x(number));
    }
    memcpy(r + e.count, piece.data, piece.size);
    transfer->step = (uint32_t)piece.size;
    transfer->rows++;
    return true;
}

void execwire_parity_solve(const execwire_parity_room *room)
{
    equations e;
    size_t missing;

    if (room->transfer->rows == 0)
        return;
    e = equations_of(room, room->transfer->step);
    missing = take_out_known(&e);
    if (room->transfer->rows < missing)
        return;
    reduce(&e);
    if (room->transfer->rows == missing)
        give_pieces(&e);
}

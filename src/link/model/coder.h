/* A range coder with carry (Martin 1979): symbols become bytes by narrowing an interval of 32 bits
 * to each symbol's share of it. What follows the last byte is zeros.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_CODER_H
#define EXECWIRE_LINK_CODER_H

#include "link/base/sink.h"

/* The part of a whole that is a symbol's. */
typedef struct execwire_share {
    uint32_t from; /* what comes before it */
    uint32_t size; /* 1 or more */
} execwire_share;

/* The highest byte of an interval this large says nothing new any more. */
#define EXECWIRE_SMALLEST_RANGE (UINT32_C(1) << 24)

#define EXECWIRE_CHANCE_BITS 12

typedef struct execwire_encoder {
    execwire_sink *sink;
    uint32_t low;
    uint32_t range;
    uint32_t held; /* bytes that a carry may still change: one, and then each 0xFF */
    uint8_t first; /* of them */
} execwire_encoder;

execwire_encoder execwire_encoder_of(execwire_sink *sink);
/* `whole`: 1 << 13 to 1 << 20. */
void execwire_encode_share(execwire_encoder *to, execwire_share share, uint32_t whole);
/* Whether what has this chance in 1 << EXECWIRE_CHANCE_BITS happened. */
void execwire_encode_bit(execwire_encoder *to, bool happened, unsigned chance);
/* Puts the fewest bytes that say which interval it is. */
void execwire_encoder_finish(execwire_encoder *to);

typedef struct execwire_decoder {
    const uint8_t *in;
    size_t size;
    uint32_t range;
    uint32_t point; /* from the interval's low end */
    uint32_t unit;  /* of a share, of the whole */
} execwire_decoder;

/* Any bytes are the code of something. */
execwire_decoder execwire_decoder_of(const uint8_t *in, size_t size);

static inline void execwire_decode_next(execwire_decoder *from)
{
    from->point <<= 8;
    if (from->size == 0)
        return;
    from->point |= *from->in++;
    from->size--;
}

/* What comes next is coded by its share of this. */
static inline void execwire_decode_whole(execwire_decoder *from, uint32_t whole)
{
    from->unit = from->range / whole;
}

/* Whether it is in the share that begins at 0 and has this size. */
static inline bool execwire_decode_is_below(const execwire_decoder *from, uint32_t share)
{
    return from->point < share * from->unit;
}

/* A number below the whole: it lies in the share of the symbol that comes next, which is to be
 * taken then. */
static inline uint32_t execwire_decode_point(const execwire_decoder *from, uint32_t whole)
{
    uint32_t point = from->point / from->unit;

    return point < whole ? point : whole - 1;
}

static inline void execwire_decode_narrow(execwire_decoder *from, uint32_t low, uint32_t range)
{
    from->point -= low;
    from->range = range;
    for (; from->range < EXECWIRE_SMALLEST_RANGE; from->range <<= 8)
        execwire_decode_next(from);
}

static inline void execwire_decode_share(execwire_decoder *from, execwire_share share)
{
    execwire_decode_narrow(from, share.from * from->unit, share.size * from->unit);
}

static inline bool execwire_decode_bit(execwire_decoder *from, unsigned chance)
{
    uint32_t bound = (from->range >> EXECWIRE_CHANCE_BITS) * chance;
    bool happened = from->point < bound;

    execwire_decode_narrow(from, happened ? 0 : bound, happened ? bound : from->range - bound);
    return happened;
}

#endif

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
    uint32_t unit;  /* of a share, once execwire_decode_point has been asked */
} execwire_decoder;

/* Any bytes are the code of something. */
execwire_decoder execwire_decoder_of(const uint8_t *in, size_t size);
/* A number below the whole: it lies in the share of the symbol that comes next, which is to be
 * taken then. */
uint32_t execwire_decode_point(execwire_decoder *from, uint32_t whole);
void execwire_decode_share(execwire_decoder *from, execwire_share share);
bool execwire_decode_bit(execwire_decoder *from, unsigned chance);

#endif

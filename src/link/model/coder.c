/* SPDX-License-Identifier: Apache-2.0 */
#include "link/model/coder.h"

/* ---- Writing ---- */

execwire_encoder execwire_encoder_of(execwire_sink *sink)
{
    return (execwire_encoder){.sink = sink, .range = UINT32_MAX};
}

/* Puts the bytes that are held, those behind the first one as they are now. */
static void put_held(execwire_encoder *to, unsigned others)
{
    unsigned byte = to->first;

    for (; to->held > 0; to->held--) {
        execwire_sink_byte(to->sink, byte);
        byte = others;
    }
}

static void hold(execwire_encoder *to, unsigned byte)
{
    if (byte == 0xFF && to->held > 0) {
        to->held++;
        return;
    }
    put_held(to, 0xFF);
    to->first = (uint8_t)byte;
    to->held = 1;
}

/* A carry is the last one into what is held: the interval ends before the next. */
static void add(execwire_encoder *to, uint32_t more)
{
    to->low += more;
    if (to->low >= more)
        return;
    to->first++;
    put_held(to, 0);
}

static void shift_out(execwire_encoder *to)
{
    for (; to->range < EXECWIRE_SMALLEST_RANGE; to->range <<= 8) {
        hold(to, to->low >> 24);
        to->low <<= 8;
    }
}

/* range / whole, bit by bit: on processors without an instruction for it libgcc's division is
 * longer than this coder. The quotient has 19 bits at most, for a whole has 14. */
static uint32_t divide(uint32_t range, uint32_t whole)
{
    uint32_t quotient = 0;

    for (unsigned bit = 19; bit-- > 0;) {
        quotient <<= 1;
        if (range >> bit >= whole) {
            range -= whole << bit;
            quotient++;
        }
    }
    return quotient;
}

void execwire_encode_share(execwire_encoder *to, execwire_share share, uint32_t whole)
{
    uint32_t unit = divide(to->range, whole);

    add(to, share.from * unit);
    to->range = share.size * unit;
    shift_out(to);
}

void execwire_encode_bit(execwire_encoder *to, bool happened, unsigned chance)
{
    uint32_t bound = (to->range >> EXECWIRE_CHANCE_BITS) * chance;

    if (happened) {
        to->range = bound;
    } else {
        add(to, bound);
        to->range -= bound;
    }
    shift_out(to);
}

void execwire_encoder_finish(execwire_encoder *to)
{
    add(to, -to->low & (EXECWIRE_SMALLEST_RANGE - 1));
    if (to->low != 0)
        hold(to, to->low >> 24);
    put_held(to, 0xFF);
}

/* ---- Reading ---- */

execwire_decoder execwire_decoder_of(const uint8_t *in, size_t size)
{
    execwire_decoder from = {.in = in, .size = size, .range = UINT32_MAX};

    for (unsigned i = 0; i < 4; i++)
        execwire_decode_next(&from);
    return from;
}

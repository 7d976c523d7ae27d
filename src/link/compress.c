/* SPDX-License-Identifier: Apache-2.0 */
#include "link/compress.h"

/* ---- What is known beforehand. Both tables are part of the wire format (profile 0). ---- */

/* What programs print, in their own words. */
static const uint8_t sample[] =
    "Traceback (most recent call last):\n"
    "  File \"/usr/local/lib/python3.10/site-packages/\", line 1, in <module>\n"
    "    return self._call(*args, **kwargs)\n"
    "ModuleNotFoundError: No module named '\n"
    "fatal: could not open file: No such file or directory\n"
    "/bin/sh: 1: not found\n"
    "Permission denied: cannot connect to https://www.github.com/\n"
    "curl: (7) Failed to connect to port 443: Connection refused\n"
    "2023-10-17T12:00:00.000Z [INFO] Starting process\n"
    "WARNING: Running with the default option is deprecated, use --enable- instead.\n"
    "Reading package lists... Done\n"
    "Downloading data from http://localhost: 100% |##########| 10.0 MB/s\n"
    "Loading model... Processing input file /inputs/data.csv\n"
    "Writing results to /outputs/output.json\n"
    "Usage: command [options] <arguments>\n"
    "Total time: 0.001 seconds, total number of errors: 0\n"
    "Hello, world! The test was completed successfully.\n";

#define SAMPLE_SIZE (sizeof sample - 1)

/* How much each ASCII byte counts when nothing else is known: its frequency in English prose, and
 * something for digits and signs. */
static const uint8_t prior[128] = {
    1,  1,  1,  1,  1,  1,  1,  1,  1,  8,  63,  1,  1,  8,  1,  1,  1,  1,  1,  1,  1,  1,
    1,  1,  1,  1,  1,  3,  1,  1,  1,  1,  146, 13, 15, 13, 13, 13, 13, 13, 14, 14, 13, 13,
    20, 13, 18, 13, 37, 37, 37, 37, 37, 37, 37,  37, 37, 37, 13, 13, 13, 13, 13, 13, 13, 16,
    13, 15, 14, 16, 14, 14, 14, 16, 13, 13, 16,  14, 15, 15, 15, 13, 15, 15, 16, 14, 13, 13,
    13, 14, 13, 13, 13, 13, 13, 13, 13, 54, 20,  38, 33, 83, 28, 23, 36, 59, 13, 17, 31, 27,
    54, 70, 28, 14, 60, 49, 65, 30, 20, 22, 14,  26, 13, 13, 13, 13, 13, 1,
};

/* How far back in the text is looked. */
#define WINDOW 1024

#define PRIOR_BEYOND_ASCII 2
#define PRIOR_SCALE        4

/* How much a place counts of which 0, 1, 2, ... bytes before it are those before here. */
#define LONGEST 4
static const uint32_t text_weight[LONGEST + 1] = {64, 640, 9600, 96000, 512000};
static const uint32_t sample_weight[LONGEST + 1] = {0, 160, 2400, 24000, 128000};

/* ---- The prediction ---- */

static uint32_t prior_of(unsigned byte)
{
    return PRIOR_SCALE * (byte < 128 ? prior[byte] : PRIOR_BEYOND_ASCII);
}

/* The byte `back` places before text[at]; a text begins as if after a newline. */
static unsigned byte_before(const uint8_t *text, size_t at, size_t back)
{
    if (back <= at)
        return text[at - back];
    return back == at + 1 ? '\n' : 256;
}

/* How many bytes before places[i] are those before text[at]. */
static unsigned in_common(const uint8_t *places, size_t i, const uint8_t *text, size_t at)
{
    unsigned count = 0;

    while (count < LONGEST && count < i &&
           places[i - 1 - count] == byte_before(text, at, count + 1))
        count++;
    return count;
}

/* How much the byte at places[i] counts for text[at], whose own byte before is `last`: most places
 * have another one. */
static inline uint32_t weight_of(const uint8_t *places, size_t i, const uint32_t *weights,
                                 const uint8_t *text, size_t at, unsigned last)
{
    if (i == 0 || places[i - 1] != last)
        return weights[0];
    return weights[in_common(places, i, text, at)];
}

/* What one byte gets of the sum of all weights. */
typedef struct share {
    uint32_t below; /* what bytes smaller than it get */
    uint32_t own;
    uint32_t total;
} share;

static void share_places(share *s, unsigned byte, const uint8_t *places, size_t count,
                         const uint32_t *weights, const uint8_t *text, size_t at)
{
    unsigned last = byte_before(text, at, 1);

    for (size_t i = 0; i < count; i++) {
        uint32_t weight = weight_of(places, i, weights, text, at, last);

        s->total += weight;
        if (places[i] < byte)
            s->below += weight;
        else if (places[i] == byte)
            s->own += weight;
    }
}

/* Where what is looked at before text[at] begins. */
static size_t window_start(size_t at)
{
    return at > WINDOW ? at - WINDOW : 0;
}

/* The share of text[at], by what is before it. */
static share share_of(const uint8_t *text, size_t at)
{
    size_t start = window_start(at);
    share s = {0, prior_of(text[at]), 0};

    for (unsigned byte = 0; byte < 256; byte++) {
        s.total += prior_of(byte);
        if (byte < text[at])
            s.below += prior_of(byte);
    }
    share_places(&s, text[at], sample, SAMPLE_SIZE, sample_weight, text, at);
    share_places(&s, text[at], text + start, at - start, text_weight, text, at);
    return s;
}

static uint32_t weigh_places(uint32_t own[256], const uint8_t *places, size_t count,
                             const uint32_t *weights, const uint8_t *text, size_t at)
{
    unsigned last = byte_before(text, at, 1);
    uint32_t total = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t weight = weight_of(places, i, weights, text, at, last);

        own[places[i]] += weight;
        total += weight;
    }
    return total;
}

/* What each byte would get at text[at]. Returns the sum. */
static uint32_t weigh_all(uint32_t own[256], const uint8_t *text, size_t at)
{
    size_t start = window_start(at);
    uint32_t total = 0;

    for (unsigned byte = 0; byte < 256; byte++) {
        own[byte] = prior_of(byte);
        total += own[byte];
    }
    total += weigh_places(own, sample, SAMPLE_SIZE, sample_weight, text, at);
    return total + weigh_places(own, text + start, at - start, text_weight, text, at);
}

/* ---- The coder: a range coder without carry (Subbotin), 32 bits ---- */

#define TOP    0x1000000u /* the highest byte is settled when it is the same at both ends */
#define BOTTOM 0x10000u

typedef struct interval {
    uint32_t low;
    uint32_t range;
} interval;

/* Sums are scaled down to this, less one for each byte, so that none is impossible. */
static unsigned scale_of(uint32_t total)
{
    unsigned shift = 0;

    while (total >> shift > BOTTOM - 256)
        shift++;
    return shift;
}

static uint32_t scaled_total(uint32_t total)
{
    return (total >> scale_of(total)) + 256;
}

/* Narrows the interval to the share of a byte. */
static void narrow(interval *v, unsigned byte, const share *s)
{
    unsigned shift = scale_of(s->total);
    uint32_t from = (s->below >> shift) + byte;
    uint32_t to = ((s->below + s->own) >> shift) + byte + 1;

    v->range /= scaled_total(s->total);
    v->low += from * v->range;
    v->range *= to - from;
}

/* Whether a byte is to be shifted out. An interval that gets too small is cut where it crosses. */
static bool settled(interval *v)
{
    if ((v->low ^ (v->low + v->range)) < TOP)
        return true;
    if (v->range >= BOTTOM)
        return false;
    v->range = -v->low & (BOTTOM - 1);
    return true;
}

static void shift_out(interval *v)
{
    v->low <<= 8;
    v->range <<= 8;
}

/* The fewest bytes that lie in the interval; zeros follow them. */
static void finish(const interval *v, execwire_sink *sink)
{
    uint32_t end;
    unsigned count = 0;

    if (v->low == 0)
        return;
    do {
        uint32_t step = (uint32_t)(UINT64_C(1) << (32 - 8 * ++count));

        end = (v->low + step - 1) & -step;
    } while (end - v->low >= v->range);
    for (unsigned i = 0; i < count; i++)
        execwire_sink_byte(sink, end >> (24 - 8 * i) & 0xFF);
}

void execwire_compress(const uint8_t *text, size_t size, execwire_sink *sink)
{
    interval v = {0, UINT32_MAX};

    for (size_t at = 0; at < size; at++) {
        share s = share_of(text, at);

        narrow(&v, text[at], &s);
        for (; settled(&v); shift_out(&v))
            execwire_sink_byte(sink, v.low >> 24);
    }
    finish(&v, sink);
}

/* The byte whose scaled share `point` lies in. */
static unsigned byte_at(const uint32_t own[256], uint32_t total, uint32_t point, share *s)
{
    unsigned shift = scale_of(total);
    unsigned byte = 0;

    *s = (share){0, own[0], total};
    while (byte < 255 && ((s->below + s->own) >> shift) + byte + 1 <= point) {
        s->below += s->own;
        s->own = own[++byte];
    }
    return byte;
}

typedef struct source {
    const uint8_t *in;
    size_t size;
    uint32_t window; /* four bytes of the input, zeros after its end */
} source;

static void advance(source *from)
{
    from->window <<= 8;
    if (from->size == 0)
        return;
    from->window |= *from->in++;
    from->size--;
}

void execwire_expand(const uint8_t *in, size_t in_size, uint8_t *text, size_t size)
{
    interval v = {0, UINT32_MAX};
    source from = {in, in_size, 0};
    uint32_t own[256];

    for (unsigned i = 0; i < 4; i++)
        advance(&from);
    for (size_t at = 0; at < size; at++) {
        uint32_t total = weigh_all(own, text, at);
        share s;

        text[at] = (uint8_t)byte_at(own, total,
                                    (from.window - v.low) / (v.range / scaled_total(total)), &s);
        narrow(&v, text[at], &s);
        for (; settled(&v); shift_out(&v))
            advance(&from);
    }
}

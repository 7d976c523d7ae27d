/* SPDX-License-Identifier: Apache-2.0 */
#include "link/compress.h"

#include <string.h>

/* ---- What is known beforehand. Part of the wire format (profile 0). ---- */

/* What programs print, in their own words. */
static const uint8_t sample[] =
    "Traceback (most recent call last):\n"
    "  File \"/usr/local/lib/python3.10/site-packages/\", line 1, in <module>\n"
    "ModuleNotFoundError: No module named '\n"
    "No such file or directory\n"
    "/bin/sh: 1: not found\n"
    "Permission denied\n"
    "curl: (7) Failed to connect to port 443: Connection refused\n"
    "2023-10-17T12:00:00.000Z [INFO] Starting process\n"
    "WARNING: Running with the default option is deprecated.\n"
    "Reading package lists... Done\n"
    "Downloading data from http://localhost: 100% |10.0 MB/s\n"
    "Loading model... Processing input file /inputs/data.csv\n"
    "execution failed: exit code 1\n"
    "Total time: 0.001 seconds, errors: 0\n"
    "Hello, world! completed successfully.\n";

#define SAMPLE_SIZE (sizeof sample - 1)

/* The bytes before a place are in one number, the last of them lowest. Before a text: */
#define START '\n'

/* How much a place in the text counts, as a power of 2, of which the last 0, 1, 2, 3 or 4 bytes
 * before it are those before here; a place in the sample counts an eighth of that. */
#define LONGEST 4
static const uint8_t weights[LONGEST + 1] = {3, 8, 11, 14, 16};
#define SAMPLE_WEIGHT 3

/* ---- The prediction ---- */

/* How much a place in the text counts. `different` has no bits in bytes that are the same before it
 * and here. */
static inline uint32_t weight_of(uint32_t different)
{
    unsigned count = 0;

    for (; count < LONGEST && (different & 0xFF) == 0; different >>= 8)
        count++;
    return UINT32_C(1) << weights[count];
}

/* The part of the sum of all weights that is a byte's. */
typedef struct share {
    uint32_t from; /* what smaller bytes get is before it */
    uint32_t to;
    uint32_t total;
} share;

/* Adds what bytes at places get, of which `byte` is the one that matters. */
static void add_places(share *s, unsigned byte, const uint8_t *places, size_t count,
                       uint32_t before, unsigned lighter)
{
    uint32_t there = 0;

    for (const uint8_t *end = places + count; places < end; places++) {
        uint32_t weight = weight_of(there ^ before) >> lighter;

        s->total += weight;
        if (*places <= byte)
            s->to += weight;
        if (*places < byte)
            s->from += weight;
        there = there << 8 | *places;
    }
}

/* The share of text[at], by what is before it: last of that, `before`. */
static void share_of(share *s, const uint8_t *text, size_t at, uint32_t before)
{
    *s = (share){0, 0, 0};
    add_places(s, text[at], sample, SAMPLE_SIZE, before, SAMPLE_WEIGHT);
    add_places(s, text[at], text, at, before, 0);
}

/* Adds what each byte at places gets. Returns the sum. */
static uint32_t add_weights(uint32_t own[256], const uint8_t *places, size_t count, uint32_t before,
                            unsigned lighter)
{
    uint32_t there = 0;
    uint32_t total = 0;

    for (const uint8_t *end = places + count; places < end; places++) {
        uint32_t weight = weight_of(there ^ before) >> lighter;

        own[*places] += weight;
        total += weight;
        there = there << 8 | *places;
    }
    return total;
}

/* What each byte would get at text[at]. Returns the sum. */
static uint32_t weigh_all(uint32_t own[256], const uint8_t *text, size_t at, uint32_t before)
{
    memset(own, 0, 256 * sizeof *own);
    return add_weights(own, sample, SAMPLE_SIZE, before, SAMPLE_WEIGHT) +
           add_weights(own, text, at, before, 0);
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

/* left / right, bit by bit: libgcc's division is longer than this coder on processors that have no
 * instruction for it. The quotient takes the place of `left`. */
static uint32_t divide(uint32_t left, uint32_t right)
{
    uint32_t rest = 0;

    for (unsigned bit = 0; bit < 32; bit++) {
        rest = rest << 1 | left >> 31;
        left <<= 1;
        if (rest >= right) {
            rest -= right;
            left++;
        }
    }
    return left;
}

/* Narrows the interval to the share of a byte. */
static void narrow(interval *v, unsigned byte, const share *s)
{
    unsigned shift = scale_of(s->total);
    uint32_t from = (s->from >> shift) + byte;
    uint32_t to = (s->to >> shift) + byte + 1;

    v->range = divide(v->range, (s->total >> shift) + 256);
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
    uint32_t step = TOP;
    uint32_t end = (v->low + step - 1) & -step;

    while (end - v->low >= v->range) {
        step >>= 8;
        end = (v->low + step - 1) & -step;
    }
    for (; end != 0; end <<= 8)
        execwire_sink_byte(sink, end >> 24);
}

void execwire_compress(const uint8_t *text, size_t size, execwire_sink *sink)
{
    interval v = {0, UINT32_MAX};
    uint32_t before = START;

    for (size_t at = 0; at < size; at++) {
        share s;

        share_of(&s, text, at, before);
        narrow(&v, text[at], &s);
        for (; settled(&v); shift_out(&v))
            execwire_sink_byte(sink, v.low >> 24);
        before = before << 8 | text[at];
    }
    finish(&v, sink);
}

/* The byte whose scaled share `point` lies in. */
static unsigned find_byte(const uint32_t own[256], uint32_t point, share *s)
{
    unsigned shift = scale_of(s->total);
    unsigned byte = 0;

    s->from = 0;
    s->to = own[0];
    while (byte < 255 && (s->to >> shift) + byte + 1 <= point) {
        s->from = s->to;
        s->to += own[++byte];
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
    uint32_t before = START;

    for (unsigned i = 0; i < 4; i++)
        advance(&from);
    for (size_t at = 0; at < size; at++) {
        share s = {.total = weigh_all(own, text, at, before)};
        uint32_t scaled = (s.total >> scale_of(s.total)) + 256;

        text[at] = (uint8_t)find_byte(own, (from.window - v.low) / (v.range / scaled), &s);
        narrow(&v, text[at], &s);
        for (; settled(&v); shift_out(&v))
            advance(&from);
        before = before << 8 | text[at];
    }
}

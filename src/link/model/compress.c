/* SPDX-License-Identifier: Apache-2.0 */
#include "link/model/compress.h"

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
#define LONGEST_CONTEXT 4
static const uint8_t weights[LONGEST_CONTEXT + 1] = {3, 8, 11, 14, 16};
#define SAMPLE_WEIGHT 3

/* ---- The prediction ---- */

/* What each byte gets for being in the sample and in the text so far, wherever. It is kept, for it
 * would take long to count it anew at each byte: at most 8 * EXECWIRE_COMPRESS_MAX and a little. */
typedef struct counts {
    uint32_t total;
    uint16_t of[256];
} counts;

static void count(counts *all, unsigned byte, unsigned lighter)
{
    unsigned weight = (1u << weights[0]) >> lighter;

    all->total += weight;
    all->of[byte] = (uint16_t)(all->of[byte] + weight);
}

static void count_sample(counts *all)
{
    memset(all, 0, sizeof *all);
    for (size_t i = 0; i < SAMPLE_SIZE; i++)
        count(all, sample[i], SAMPLE_WEIGHT);
}

/* What the byte at a place gets more than that, where the one before it is the last one before
 * here. */
static uint32_t more_at(const uint8_t *place, const uint8_t *start, uint32_t before)
{
    unsigned same = 1;

    place--;
    while (same < LONGEST_CONTEXT && place > start && *--place == (before >> (8 * same) & 0xFF))
        same++;
    return (UINT32_C(1) << weights[same]) - (1u << weights[0]);
}

/* The next place after one, whose byte is the last one before here; `end` when there is none. It is
 * here that all the time goes. */
static const uint8_t *next_place(const uint8_t *place, const uint8_t *end, uint32_t before)
{
    const uint8_t last = (uint8_t)before;

    while (place < end)
        if (*place++ == last)
            return place;
    return end;
}

/* The part of the sum of all weights that is a byte's. */
typedef struct byte_share {
    uint32_t from; /* what smaller bytes get is before it */
    uint32_t to;
    uint32_t total;
} byte_share;

/* Adds what bytes at places get more, of which `byte` is the one that matters. */
static void add_places(byte_share *s, unsigned byte, const uint8_t *places, size_t size,
                       uint32_t before, unsigned lighter)
{
    const uint8_t *end = places + size;

    for (const uint8_t *place = places; (place = next_place(place, end, before)) < end;) {
        uint32_t weight = more_at(place, places, before) >> lighter;

        s->total += weight;
        if (*place <= byte)
            s->to += weight;
        if (*place < byte)
            s->from += weight;
    }
}

/* The share of text[at], by what is before it: last of that, `before`. */
static void share_of(byte_share *s, const counts *all, const uint8_t *text, size_t at,
                     uint32_t before)
{
    *s = (byte_share){0, 0, all->total};
    for (unsigned byte = 0; byte < text[at]; byte++)
        s->from += all->of[byte];
    s->to = s->from + all->of[text[at]];
    add_places(s, text[at], sample, SAMPLE_SIZE, before, SAMPLE_WEIGHT);
    add_places(s, text[at], text, at, before, 0);
}

/* Adds what each byte at places gets more. Returns the sum. */
static uint32_t add_weights(uint32_t own[256], const uint8_t *places, size_t size, uint32_t before,
                            unsigned lighter)
{
    const uint8_t *end = places + size;
    uint32_t total = 0;

    for (const uint8_t *place = places; (place = next_place(place, end, before)) < end;) {
        uint32_t weight = more_at(place, places, before) >> lighter;

        own[*place] += weight;
        total += weight;
    }
    return total;
}

/* What each byte would get at text[at]. Returns the sum. */
static uint32_t weigh_all(uint32_t own[256], const counts *all, const uint8_t *text, size_t at,
                          uint32_t before)
{
    for (unsigned byte = 0; byte < 256; byte++)
        own[byte] = all->of[byte];
    return all->total + add_weights(own, sample, SAMPLE_SIZE, before, SAMPLE_WEIGHT) +
           add_weights(own, text, at, before, 0);
}

/* ---- The coder: a range coder without carry (Subbotin), 32 bits ---- */

#define TOP    0x1000000u /* the highest byte is settled when it is the same at both ends */
#define BOTTOM 0x10000u

typedef struct code_interval {
    uint32_t low;
    uint32_t range;
} code_interval;

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
static void narrow(code_interval *v, unsigned byte, const byte_share *s)
{
    unsigned shift = scale_of(s->total);
    uint32_t from = (s->from >> shift) + byte;
    uint32_t to = (s->to >> shift) + byte + 1;

    v->range = divide(v->range, (s->total >> shift) + 256);
    v->low += from * v->range;
    v->range *= to - from;
}

/* Whether a byte is to be shifted out. An interval that gets too small is cut where it crosses. */
static bool settled(code_interval *v)
{
    if ((v->low ^ (v->low + v->range)) < TOP)
        return true;
    if (v->range >= BOTTOM)
        return false;
    v->range = -v->low & (BOTTOM - 1);
    return true;
}

static void shift_out(code_interval *v)
{
    v->low <<= 8;
    v->range <<= 8;
}

/* The fewest bytes that lie in the interval; zeros follow them. */
static void finish(const code_interval *v, execwire_sink *sink)
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
    code_interval v = {0, UINT32_MAX};
    uint32_t before = START;
    counts all;

    count_sample(&all);
    for (size_t at = 0; at < size; at++) {
        byte_share s;

        share_of(&s, &all, text, at, before);
        narrow(&v, text[at], &s);
        for (; settled(&v); shift_out(&v))
            execwire_sink_byte(sink, v.low >> 24);
        count(&all, text[at], 0);
        before = before << 8 | text[at];
    }
    finish(&v, sink);
}

/* The byte whose scaled share `point` lies in. */
static unsigned find_byte(const uint32_t own[256], uint32_t point, byte_share *s)
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

static void shift_window(source *from)
{
    from->window <<= 8;
    if (from->size == 0)
        return;
    from->window |= *from->in++;
    from->size--;
}

void execwire_expand(const uint8_t *in, size_t in_size, uint8_t *text, size_t size)
{
    code_interval v = {0, UINT32_MAX};
    source from = {in, in_size, 0};
    uint32_t own[256];
    uint32_t before = START;
    counts all;

    count_sample(&all);
    for (unsigned i = 0; i < 4; i++)
        shift_window(&from);
    for (size_t at = 0; at < size; at++) {
        byte_share s = {.total = weigh_all(own, &all, text, at, before)};
        uint32_t scaled = (s.total >> scale_of(s.total)) + 256;

        text[at] = (uint8_t)find_byte(own, (from.window - v.low) / (v.range / scaled), &s);
        narrow(&v, text[at], &s);
        for (; settled(&v); shift_out(&v))
            shift_window(&from);
        count(&all, text[at], 0);
        before = before << 8 | text[at];
    }
}

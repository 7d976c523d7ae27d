/* SPDX-License-Identifier: Apache-2.0 */
#include "text/span.h"

#include <stdint.h>
#include <string.h>

/* ---- Byte by byte: what the functions mean, and the end of every text ---- */

size_t execwire_ascii_span_bytewise(const char *text, size_t size)
{
    size_t at = 0;

    while (at < size && (unsigned char)text[at] < 0x80)
        at++;
    return at;
}

size_t execwire_plain_span_bytewise(const char *text, size_t size)
{
    size_t at = 0;

    while (at < size && (unsigned char)text[at] >= 0x20 && (unsigned char)text[at] < 0x80 &&
           text[at] != '"' && text[at] != '\\')
        at++;
    return at;
}

size_t execwire_unescaped_span_bytewise(const char *text, size_t size)
{
    size_t at = 0;

    while (at < size && (unsigned char)text[at] >= 0x20 && text[at] != '"' && text[at] != '\\')
        at++;
    return at;
}

/* ---- A block at a time ----
 *
 * Each variant defines BLOCK, its size in bytes, and functions that say how many bytes at the start
 * of a block belong to the span: BLOCK when all do. */

#if defined(__SSE2__)

#include <emmintrin.h>

#define BLOCK 16

/* Bytes before the first of which the top bit is set. */
static size_t before_mark(__m128i bytes)
{
    unsigned marks = (unsigned)_mm_movemask_epi8(bytes);

    return marks == 0 ? BLOCK : (size_t)__builtin_ctz(marks);
}

static size_t ascii_in_block(const char *text)
{
    return before_mark(_mm_loadu_si128((const __m128i *)text));
}

static __m128i quotes_and_backslashes(__m128i bytes)
{
    return _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                        _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
}

static size_t plain_in_block(const char *text)
{
    const __m128i bytes = _mm_loadu_si128((const __m128i *)text);
    /* signed: bytes from 0x80 on are negative, and so below the space as well */
    const __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' '));

    return before_mark(_mm_or_si128(low, quotes_and_backslashes(bytes)));
}

static size_t unescaped_in_block(const char *text)
{
    const __m128i bytes = _mm_loadu_si128((const __m128i *)text);
    const __m128i low =
        _mm_cmpeq_epi8(_mm_max_epu8(bytes, _mm_set1_epi8(0x1F)), _mm_set1_epi8(0x1F));

    return before_mark(_mm_or_si128(low, quotes_and_backslashes(bytes)));
}

#elif UINTPTR_MAX > UINT32_MAX

#define BLOCK            8
#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

static uint64_t load(const char *text)
{
    uint64_t word;

    memcpy(&word, text, sizeof word);
    return word;
}

static size_t ascii_in_block(const char *text)
{
    if ((load(text) & EACH_BYTE(0x80)) == 0)
        return BLOCK;
    return execwire_ascii_span_bytewise(text, BLOCK);
}

/* Sets the top bit of each byte below 0x20, quote or backslash, up to the first such byte at least:
 * subtracting from a byte sets its top bit if the byte was smaller, and a borrow can only come from
 * a byte that is marked itself. The top bits of bytes from 0x80 on may be set or not. */
static uint64_t mark_escaped(uint64_t word)
{
    uint64_t low = word - EACH_BYTE(' ');
    uint64_t quotes = (word ^ EACH_BYTE('"')) - EACH_BYTE(1);
    uint64_t backslashes = (word ^ EACH_BYTE('\\')) - EACH_BYTE(1);

    return low | quotes | backslashes;
}

static size_t plain_in_block(const char *text)
{
    uint64_t word = load(text);

    if (((word | mark_escaped(word)) & EACH_BYTE(0x80)) == 0)
        return BLOCK;
    return execwire_plain_span_bytewise(text, BLOCK);
}

static size_t unescaped_in_block(const char *text)
{
    uint64_t word = load(text);

    if ((mark_escaped(word) & ~word & EACH_BYTE(0x80)) == 0)
        return BLOCK;
    return execwire_unescaped_span_bytewise(text, BLOCK);
}

#endif

#ifdef BLOCK

typedef size_t span(const char *text, size_t size);

/* The last block begins where its end is the text's; what it shares with the one before belongs to
 * the span. */
static inline size_t span_by_blocks(const char *text, size_t size, size_t (*in_block)(const char *),
                                    span *bytewise)
{
    size_t at = 0;

    if (size < BLOCK)
        return bytewise(text, size);
    for (; size - at >= BLOCK; at += BLOCK) {
        size_t inside = in_block(text + at);

        if (inside < BLOCK)
            return at + inside;
    }
    at = size - BLOCK;
    return at + in_block(text + at);
}

#define SPAN(name) span_by_blocks(text, size, name##_in_block, execwire_##name##_span_bytewise)

#else /* small processors: nothing to gain that is worth the flash */

#define SPAN(name) execwire_##name##_span_bytewise(text, size)

#endif

size_t execwire_ascii_span(const char *text, size_t size)
{
    return SPAN(ascii);
}

size_t execwire_plain_span(const char *text, size_t size)
{
    return SPAN(plain);
}

size_t execwire_unescaped_span(const char *text, size_t size)
{
    return SPAN(unescaped);
}

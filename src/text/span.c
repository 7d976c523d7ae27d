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

/* ---- A block at a time ----
 *
 * Each variant defines BLOCK, its size in bytes, and two functions that say how many bytes at the
 * start of a block belong to the span: BLOCK when all do. */

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

static size_t plain_in_block(const char *text)
{
    const __m128i bytes = _mm_loadu_si128((const __m128i *)text);
    /* signed: bytes from 0x80 on are negative, and so below the space as well */
    const __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' '));
    const __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));

    return before_mark(_mm_or_si128(low, _mm_or_si128(quotes, backslashes)));
}

#elif UINTPTR_MAX > UINT32_MAX

#define BLOCK 8
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

/* Subtracting from a byte sets its top bit if the byte was smaller; a borrow can only come from a
 * byte that is special itself. */
static size_t plain_in_block(const char *text)
{
    uint64_t word = load(text);
    uint64_t low = word - EACH_BYTE(' ');
    uint64_t quotes = (word ^ EACH_BYTE('"')) - EACH_BYTE(1);
    uint64_t backslashes = (word ^ EACH_BYTE('\\')) - EACH_BYTE(1);

    if (((word | low | quotes | backslashes) & EACH_BYTE(0x80)) == 0)
        return BLOCK;
    return execwire_plain_span_bytewise(text, BLOCK);
}

#endif

#ifdef BLOCK

size_t execwire_ascii_span(const char *text, size_t size)
{
    size_t at = 0;

    while (size - at >= BLOCK) {
        size_t inside = ascii_in_block(text + at);

        at += inside;
        if (inside < BLOCK)
            return at;
    }
    return at + execwire_ascii_span_bytewise(text + at, size - at);
}

size_t execwire_plain_span(const char *text, size_t size)
{
    size_t at = 0;

    while (size - at >= BLOCK) {
        size_t inside = plain_in_block(text + at);

        at += inside;
        if (inside < BLOCK)
            return at;
    }
    return at + execwire_plain_span_bytewise(text + at, size - at);
}

#else /* small processors: nothing to gain that is worth the flash */

size_t execwire_ascii_span(const char *text, size_t size)
{
    return execwire_ascii_span_bytewise(text, size);
}

size_t execwire_plain_span(const char *text, size_t size)
{
    return execwire_plain_span_bytewise(text, size);
}

#endif

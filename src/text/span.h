/* How far text goes on without anything special in it. These are the inner loops of JSON and of
 * the UTF-8 check, so they look at a block at a time, and are compiled into their callers. Byte by
 * byte: encode +78 %, decode +95 %; with words of eight bytes instead of SSE2: +24 %, +13 %
 * (base/target.h).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TEXT_SPAN_H
#define EXECWIRE_TEXT_SPAN_H

#include "base/target.h"
#include "base/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* The spans below, byte by byte: what they mean, how they end, and the tests' oracle. */
size_t execwire_ascii_span_bytewise(const char *text, size_t size);
size_t execwire_plain_span_bytewise(const char *text, size_t size);
size_t execwire_unescaped_span_bytewise(const char *text, size_t size);
size_t execwire_printable_ascii_span_bytewise(const char *text, size_t size);

#ifdef EXECWIRE_FAST_PATHS

/* Sets the top bit of each byte below 0x20, quote or backslash, up to the first such byte at least:
 * subtracting from a byte sets its top bit if the byte was smaller, and a borrow can only come from
 * a byte that is marked itself. The top bits of bytes from 0x80 on may be set or not. */
static inline uint64_t execwire_mark_escaped(uint64_t word)
{
    uint64_t low = word - EXECWIRE_EACH_BYTE(' ');
    uint64_t quotes = (word ^ EXECWIRE_EACH_BYTE('"')) - EXECWIRE_EACH_BYTE(1);
    uint64_t backslashes = (word ^ EXECWIRE_EACH_BYTE('\\')) - EXECWIRE_EACH_BYTE(1);

    return low | quotes | backslashes;
}

/* The same of each byte that is not plain. */
static inline uint64_t execwire_mark_special_bytes(uint64_t word)
{
    return (word | execwire_mark_escaped(word)) & EXECWIRE_EACH_BYTE(0x80);
}

#endif

/* ---- A block at a time ----
 *
 * Each variant defines EXECWIRE_BLOCK, its size in bytes; execwire_block, what is in it, or in
 * several, one over the other; and functions that say how many bytes at the start of a block belong
 * to the span: EXECWIRE_BLOCK when all do. Marks, all zero at first, say of all blocks that they
 * were given whether one has a byte that is not plain. */

#if defined(__SSE2__)

#define EXECWIRE_BLOCK 16

typedef __m128i execwire_block;

static inline execwire_block execwire_load_block(const char *text)
{
    return _mm_loadu_si128((const __m128i *)text);
}

static inline void execwire_store_block(char *out, execwire_block block)
{
    _mm_storeu_si128((__m128i *)out, block);
}

static inline execwire_block execwire_over(execwire_block left, execwire_block right)
{
    return _mm_or_si128(left, right);
}

static inline bool execwire_is_ascii(execwire_block block)
{
    return _mm_movemask_epi8(block) == 0;
}

/* Bytes before the first of which the top bit is set. */
static inline size_t execwire_before_mark(__m128i bytes)
{
    unsigned marks = (unsigned)_mm_movemask_epi8(bytes);

    return marks == 0 ? EXECWIRE_BLOCK : (size_t)__builtin_ctz(marks);
}

static inline size_t execwire_ascii_in_block(const char *text)
{
    return execwire_before_mark(execwire_load_block(text));
}

static inline __m128i execwire_quotes_and_backslashes(__m128i bytes)
{
    return _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                        _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
}

/* One comparison for control characters, the quote and all beyond ASCII: that the space and the
 * exclamation mark change places with the quote and the number sign makes the quote the first
 * character behind the controls; and bytes from 0x80 on are negative. */
static inline execwire_block execwire_mark_block(execwire_block bytes, execwire_block before)
{
    const __m128i swapped = _mm_xor_si128(bytes, _mm_set1_epi8('"' ^ ' '));
    const __m128i low = _mm_cmplt_epi8(swapped, _mm_set1_epi8(' ' + 1));
    const __m128i backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));

    return execwire_over(before, execwire_over(low, backslashes));
}

static inline bool execwire_is_marked(execwire_block marks)
{
    return _mm_movemask_epi8(marks) != 0;
}

static inline size_t execwire_plain_in_block(const char *text)
{
    return execwire_before_mark(
        execwire_mark_block(execwire_load_block(text), _mm_setzero_si128()));
}

static inline size_t execwire_unescaped_in_block(const char *text)
{
    const __m128i bytes = _mm_loadu_si128((const __m128i *)text);
    const __m128i low =
        _mm_cmpeq_epi8(_mm_max_epu8(bytes, _mm_set1_epi8(0x1F)), _mm_set1_epi8(0x1F));

    return execwire_before_mark(_mm_or_si128(low, execwire_quotes_and_backslashes(bytes)));
}

static inline size_t execwire_printable_ascii_in_block(const char *text)
{
    const __m128i bytes = _mm_loadu_si128((const __m128i *)text);
    const __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')); /* as above */

    return execwire_before_mark(_mm_or_si128(low, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7F))));
}

#elif defined(EXECWIRE_FAST_PATHS)

#define EXECWIRE_BLOCK 8

typedef uint64_t execwire_block;

static inline execwire_block execwire_load_block(const char *text)
{
    return execwire_load(text, EXECWIRE_BLOCK);
}

static inline void execwire_store_block(char *out, execwire_block block)
{
    memcpy(out, &block, sizeof block);
}

static inline execwire_block execwire_over(execwire_block left, execwire_block right)
{
    return left | right;
}

static inline bool execwire_is_ascii(execwire_block block)
{
    return (block & EXECWIRE_EACH_BYTE(0x80)) == 0;
}

static inline size_t execwire_ascii_in_block(const char *text)
{
    if (execwire_is_ascii(execwire_load_block(text)))
        return EXECWIRE_BLOCK;
    return execwire_ascii_span_bytewise(text, EXECWIRE_BLOCK);
}

static inline execwire_block execwire_mark_block(execwire_block bytes, execwire_block before)
{
    return execwire_over(before, execwire_mark_special_bytes(bytes));
}

static inline bool execwire_is_marked(execwire_block marks)
{
    return marks != 0;
}

static inline size_t execwire_plain_in_block(const char *text)
{
    if (!execwire_is_marked(execwire_mark_block(execwire_load_block(text), 0)))
        return EXECWIRE_BLOCK;
    return execwire_plain_span_bytewise(text, EXECWIRE_BLOCK);
}

static inline size_t execwire_unescaped_in_block(const char *text)
{
    uint64_t word = execwire_load(text, EXECWIRE_BLOCK);

    if ((execwire_mark_escaped(word) & ~word & EXECWIRE_EACH_BYTE(0x80)) == 0)
        return EXECWIRE_BLOCK;
    return execwire_unescaped_span_bytewise(text, EXECWIRE_BLOCK);
}

static inline size_t execwire_printable_ascii_in_block(const char *text)
{
    uint64_t word = execwire_load(text, EXECWIRE_BLOCK);
    uint64_t low = word - EXECWIRE_EACH_BYTE(' ');
    uint64_t high = word + EXECWIRE_EACH_BYTE(1); /* 0x7F becomes 0x80 */

    if (((word | low | high) & EXECWIRE_EACH_BYTE(0x80)) == 0)
        return EXECWIRE_BLOCK;
    return execwire_printable_ascii_span_bytewise(text, EXECWIRE_BLOCK);
}

#endif

#ifdef EXECWIRE_BLOCK

/* The last block begins where its end is the text's; what it shares with the one before belongs to
 * the span. */
static inline size_t execwire_span_by_blocks(const char *text, size_t size,
                                             size_t (*in_block)(const char *),
                                             size_t (*bytewise)(const char *, size_t))
{
    size_t at = 0;

    if (size < EXECWIRE_BLOCK)
        return bytewise(text, size);
    for (; size - at >= EXECWIRE_BLOCK; at += EXECWIRE_BLOCK) {
        size_t inside = in_block(text + at);

        if (inside < EXECWIRE_BLOCK)
            return at + inside;
    }
    at = size - EXECWIRE_BLOCK;
    return at + in_block(text + at);
}

#define EXECWIRE_SPAN(name)                                                                        \
    execwire_span_by_blocks(text, size, execwire_##name##_in_block, execwire_##name##_span_bytewise)

/* The plain span as far as whole blocks tell; what is behind it may still belong to it. */
static inline size_t execwire_plain_blocks(const char *text, size_t size)
{
    size_t at = 0;

    for (; size - at >= EXECWIRE_BLOCK; at += EXECWIRE_BLOCK) {
        size_t inside = execwire_plain_in_block(text + at);

        if (inside < EXECWIRE_BLOCK)
            return at + inside;
    }
    return at;
}

#else /* small processors: nothing to gain that is worth the flash */

#define EXECWIRE_SPAN(name) execwire_##name##_span_bytewise(text, size)

static inline size_t execwire_plain_blocks(const char *text, size_t size)
{
    (void)text;
    (void)size;
    return 0;
}

#endif

#ifdef EXECWIRE_FAST_PATHS

/* Sixteen bytes, one over the other: has the top bit of a byte set where one of two has. */
static inline uint64_t execwire_fold(const char *text)
{
    return execwire_load(text, 8) | execwire_load(text + 8, 8);
}

/* Whether a text of up to 64 bytes is ASCII, as identifiers are: one answer for all of it instead
 * of one for each block. False of longer ones. */
static inline bool execwire_is_short_ascii(const char *text, size_t size)
{
    uint64_t bits = 0;

    if (size > 64)
        return false;
    if (size >= 32)
        bits = execwire_fold(text) | execwire_fold(text + 16) | execwire_fold(text + size - 32) |
               execwire_fold(text + size - 16);
    else if (size >= 16)
        bits = execwire_fold(text) | execwire_fold(text + size - 16);
    else if (size >= 8)
        bits = execwire_load(text, 8) | execwire_load(text + size - 8, 8);
    else
        for (size_t at = 0; at < size; at++)
            bits |= (unsigned char)text[at];
    return (bits & EXECWIRE_EACH_BYTE(0x80)) == 0;
}

#endif

/* How many bytes at the start are ASCII. */
static inline size_t execwire_ascii_span(const char *text, size_t size)
{
    return EXECWIRE_SPAN(ascii);
}

/* How many bytes at the start stand for themselves in a JSON string: ASCII, but for control
 * characters, the quote and the backslash. */
static inline size_t execwire_plain_span(const char *text, size_t size)
{
    return EXECWIRE_SPAN(plain);
}

/* How many bytes at the start need no escaping in a JSON string (RFC 8259, section 7): all but
 * control characters, the quote and the backslash. */
static inline size_t execwire_unescaped_span(const char *text, size_t size)
{
    return EXECWIRE_SPAN(unescaped);
}

/* How many bytes at the start are ASCII that is neither a control character nor DEL. */
static inline size_t execwire_printable_ascii_span(const char *text, size_t size)
{
    return EXECWIRE_SPAN(printable_ascii);
}

#endif

/* Copying text, and looking at it in the same go: what is read is stored before the next is read.
 *
 * Every function fills no more than `size` bytes of `out`, and reads no more than `size` of `text`;
 * they do not overlap.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TEXT_COPY_H
#define EXECWIRE_TEXT_COPY_H

#include "text/span.h"
#include "text/utf8.h"

#ifdef EXECWIRE_FAST_PATHS

/* As memcpy. gcc makes "rep movsq" of a small copy whose size it does not know, which takes longer
 * to start than all of the copy; a call of libc's is not worth it either. A word at a time, the
 * last of which may overlap the one before. */
static inline void execwire_copy_bytes(char *out, const char *text, size_t size)
{
    if (size >= 16 && size <= 256) {
        for (size_t at = 0; at + 16 < size; at += 16)
            memcpy(out + at, text + at, 16);
        memcpy(out + size - 16, text + size - 16, 16);
    } else if (size > 256) {
        memcpy(out, text, size);
    } else if (size >= 8) {
        memcpy(out, text, 8);
        memcpy(out + size - 8, text + size - 8, 8);
    } else if (size >= 4) {
        memcpy(out, text, 4);
        memcpy(out + size - 4, text + size - 4, 4);
    } else if (size > 0) {
        out[0] = text[0];
        out[size / 2] = text[size / 2];
        out[size - 1] = text[size - 1];
    }
}

/* Copies up to the end of a span at least. Returns how many bytes the span has: behind it there may
 * be anything in `out`. */
static inline size_t execwire_copy_by_blocks(char *out, const char *text, size_t size,
                                             size_t (*in_block)(const char *),
                                             size_t (*bytewise)(const char *, size_t))
{
    size_t at = 0;

    if (size < EXECWIRE_BLOCK) {
        execwire_copy_bytes(out, text, size);
        return bytewise(text, size);
    }
    for (; size - at > EXECWIRE_BLOCK; at += EXECWIRE_BLOCK) {
        size_t inside = in_block(text + at);

        memcpy(out + at, text + at, EXECWIRE_BLOCK);
        if (inside < EXECWIRE_BLOCK)
            return at + inside;
    }
    at = size - EXECWIRE_BLOCK;
    memcpy(out + at, text + at, EXECWIRE_BLOCK);
    return at + in_block(text + at);
}

/* The span of execwire_unescaped_span, which is copied. */
static inline size_t execwire_copy_unescaped(char *out, const char *text, size_t size)
{
    return execwire_copy_by_blocks(out, text, size, execwire_unescaped_in_block,
                                   execwire_unescaped_span_bytewise);
}

/* Copies a text of a block or more. Returns whether it is ASCII. */
static inline bool execwire_copy_ascii(char *out, const char *text, size_t size)
{
    execwire_block all = execwire_load_block(text + size - EXECWIRE_BLOCK);

    execwire_store_block(out + size - EXECWIRE_BLOCK, all);
    for (size_t at = 0; at + EXECWIRE_BLOCK < size; at += EXECWIRE_BLOCK) {
        execwire_block block = execwire_load_block(text + at);

        execwire_store_block(out + at, block);
        all = execwire_over(all, block);
    }
    return execwire_is_ascii(all);
}

/* Copies a text. Returns whether it is UTF-8; of what is not, there may be anything in `out`. Long
 * ones are copied by libc: character by character takes longer than to go over them again. */
static inline bool execwire_copy_utf8(char *out, const char *text, size_t size)
{
    bool ascii = false;

    if (size >= EXECWIRE_BLOCK && size <= 64) {
        ascii = execwire_copy_ascii(out, text, size);
    } else {
        execwire_copy_bytes(out, text, size);
        ascii = execwire_is_short_ascii(text, size);
    }
    return ascii || execwire_utf8_valid(text, size) == size;
}

/* A text that is smaller than a block: its first and its last word, which overlap. */
static inline bool execwire_copy_few_plain(char *out, const char *text, size_t size)
{
    uint64_t first;
    uint64_t last;

    if (size < 8) {
        execwire_copy_bytes(out, text, size);
        return execwire_plain_span_bytewise(text, size) == size;
    }
    first = execwire_load(text, 8);
    last = execwire_load(text + size - 8, 8);
    memcpy(out, &first, 8);
    memcpy(out + size - 8, &last, 8);
    return (execwire_mark_special_bytes(first) | execwire_mark_special_bytes(last)) == 0;
}

/* Read once: from memory that was just written to, for all the compiler knows, it would read again.
 */
static inline execwire_block execwire_copy_block(char *out, const char *text, execwire_block marks)
{
    execwire_block block = execwire_load_block(text);

    execwire_store_block(out, block);
    return execwire_mark_block(block, marks);
}

/* Whether all of a text is plain, as identifiers are: it is copied then. There may be anything in
 * `out` else. One answer for four blocks instead of one for each; the last ones may overlap. */
static inline bool execwire_copy_plain(char *out, const char *text, size_t size)
{
    const size_t block = EXECWIRE_BLOCK;
    execwire_block marks = {0};
    size_t at = 0;

    if (size < block)
        return execwire_copy_few_plain(out, text, size);
    for (; size - at > 4 * block; at += block) {
        marks = execwire_copy_block(out + at, text + at, marks);
        if (at % (4 * block) == 0 && execwire_is_marked(marks))
            return false;
    }
    if (size - at > 2 * block) {
        marks = execwire_copy_block(out + at, text + at, marks);
        marks = execwire_copy_block(out + at + block, text + at + block, marks);
        at = size - 2 * block;
    }
    marks = execwire_copy_block(out + at, text + at, marks);
    marks = execwire_copy_block(out + size - block, text + size - block, marks);
    return !execwire_is_marked(marks);
}

#else

static inline void execwire_copy_bytes(char *out, const char *text, size_t size)
{
    memcpy(out, text, size);
}

#endif

#endif

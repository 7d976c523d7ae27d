/* What protobuf's bytes are made of. Reading varints is the cursor's.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_WIRE_FORMAT_H
#define EXECWIRE_WIRE_FORMAT_H

#include "base/target.h"
#include "base/words.h"

#include <execwire/fields.h>

/* Bytes that a varint takes: 1 to 10, at most 5 for a value of 32 bits (protobuf specification,
 * "Base 128 Varints"). */
static inline size_t execwire_varint_size(uint64_t value)
{
#if defined(EXECWIRE_FAST_PATHS) && defined(__GNUC__)
    /* seven bits a byte: 9 / 64 is a little less than 1 / 7, by no whole byte up to 64 bits */
    unsigned bits = 64 - (unsigned)__builtin_clzll(value | 1);

    return (bits * 9 + 64) / 64;
#else
    size_t size = 1;

    for (; value >= 0x80; value >>= 7)
        size++;
    return size;
#endif
}

/* Writes a varint. Returns where it ends. */
static inline uint8_t *execwire_varint_put(uint8_t *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *out++ = (uint8_t)(value | 0x80);
    *out++ = (uint8_t)value;
    return out;
}

/* The same where there is room for 8 bytes, and 10 for a value beyond 35 bits: what is too much of
 * them is written over. Times take 4 to 6 bytes. Without it: encoding takes 1.05 of the time. */
static inline uint8_t *execwire_varint_put_word(uint8_t *out, uint64_t value)
{
#ifdef EXECWIRE_FAST_WORDS
    if (value >> 35 == 0) {
        size_t size = execwire_varint_size(value);
        uint32_t low = (uint32_t)value & 0xFFFFFFF;
        uint64_t word;

        low = (low & 0x3FFF) | (low & 0xFFFC000) << 2;
        low = (low & 0x7F007F) | (low & 0x3F803F80) << 1;
        word = low | value >> 28 << 32;
        word |= 0x80808080 & ((UINT64_C(1) << 8 * (size - 1)) - 1); /* more follows */
        memcpy(out, &word, sizeof word);
        return out + size;
    }
#endif
    return execwire_varint_put(out, value);
}

/* A signed number as an unsigned one (protobuf specification, "Signed Integers"): 0, -1, 1, -2, ...
 */
static inline uint64_t execwire_zigzag(int64_t value)
{
    return ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0);
}

static inline int64_t execwire_unzigzag(uint64_t value)
{
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

static inline bool execwire_is_varint(execwire_kind kind)
{
    return kind == EXECWIRE_KIND_BOOL || kind == EXECWIRE_KIND_INT32 ||
           kind == EXECWIRE_KIND_INT64 || kind == EXECWIRE_KIND_SINT64 ||
           kind == EXECWIRE_KIND_ENUM;
}

/* A number as the varint that stands for it. */
static inline uint64_t execwire_varint_of(execwire_kind kind, const void *value)
{
    int64_t number;

    if (kind == EXECWIRE_KIND_BOOL)
        return *(const bool *)value;
    if (kind == EXECWIRE_KIND_INT32 || kind == EXECWIRE_KIND_ENUM)
        return (uint64_t)(int64_t) * (const int32_t *)value;
    number = *(const int64_t *)value;
    if (kind == EXECWIRE_KIND_SINT64)
        return execwire_zigzag(number);
    return (uint64_t)number;
}

#endif

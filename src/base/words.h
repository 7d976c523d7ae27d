/* Bytes, eight at a time.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_BASE_WORDS_H
#define EXECWIRE_BASE_WORDS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A word with the same byte eight times. */
#define EXECWIRE_EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

/* The number of the lowest bit that is set; there is one. */
static inline size_t execwire_lowest_bit(uint64_t word)
{
#ifdef __GNUC__
    return (size_t)__builtin_ctzll(word);
#else
    size_t at = 0;

    for (; (word & 1) == 0; word >>= 1)
        at++;
    return at;
#endif
}

/* The number of the highest one. */
static inline unsigned execwire_highest_bit(uint64_t word)
{
#ifdef __GNUC__
    return 63 - (unsigned)__builtin_clzll(word);
#else
    unsigned at = 63;

    for (; word >> at == 0; at--)
        ;
    return at;
#endif
}

/* Up to eight bytes that may stand at any address; the rest of the word is 0. A constant size is
 * one instruction. */
static inline uint64_t execwire_load(const char *text, size_t size)
{
    uint64_t word = 0;

    memcpy(&word, text, size);
    return word;
}

#endif

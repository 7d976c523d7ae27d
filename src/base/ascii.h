/* Characters of ASCII.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_BASE_ASCII_H
#define EXECWIRE_BASE_ASCII_H

#include <stdbool.h>

static inline bool execwire_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* White space between JSON's tokens (RFC 8259, section 2). */
static inline bool execwire_is_space(char c)
{
    return (unsigned char)c <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t');
}

/* A digit of hex, in lower case. */
static inline char execwire_hex_digit(unsigned value)
{
    return (char)(value < 10 ? '0' + value : 'a' + (value - 10));
}

/* The value of a digit of hex in either case; -1 where it is none. */
static inline int execwire_hex_value(char c)
{
    unsigned letter = ((unsigned char)c | 0x20u) - 'a';

    if (execwire_is_digit(c))
        return c - '0';
    return letter < 6 ? (int)letter + 10 : -1;
}

#endif

/* What both JSON writers put in the same way: escape sequences and integers.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_JSON_ESCAPE_H
#define EXECWIRE_JSON_ESCAPE_H

#include "base/ascii.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes of the longest escape sequence, as of "\u001b". */
#define EXECWIRE_LONGEST_ESCAPE 6
/* Bytes of the longest integer, "-9223372036854775808". */
#define EXECWIRE_LONGEST_INTEGER 20

/* What stands after the backslash of an escaped character; 'u' is followed by four digits. */
static inline char execwire_escape_name(unsigned char c)
{
    static const char of_8_to_13[] = "btnufr";

    if (c >= 8 && c <= 13)
        return of_8_to_13[c - 8];
    return c < 0x20 ? 'u' : (char)c;
}

/* Writes the escape sequence of this name for `c` (RFC 8259, section 7), of two bytes or of
 * EXECWIRE_LONGEST_ESCAPE when the name is 'u'. Returns where it ends. */
static inline char *execwire_escape_put(char *at, char name, unsigned char c)
{
    at[0] = '\\';
    at[1] = name;
    if (name != 'u')
        return at + 2;
    at[2] = '0';
    at[3] = '0';
    at[4] = (char)('0' + (c >> 4)); /* below 0x20 */
    at[5] = execwire_hex_digit(c & 15u);
    return at + 6;
}

/* The digits of an integer, and its sign, at the end of `digits`. Returns where they begin. */
static inline size_t execwire_integer_digits(char digits[EXECWIRE_LONGEST_INTEGER], int64_t value)
{
    size_t at = EXECWIRE_LONGEST_INTEGER;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        digits[--at] = '-';
    return at;
}

#endif

/* What both JSON writers put in the same way: escape sequences and integers.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_JSON_ESCAPE_H
#define EXECWIRE_JSON_ESCAPE_H

#include "base/ascii.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

/* Writes an escape sequence (RFC 8259, section 7), of two bytes or of EXECWIRE_LONGEST_ESCAPE when
 * its name is 'u'. Returns where it ends. */
static inline char *execwire_escape_put(char *at, unsigned char c)
{
    char name = execwire_escape_name(c);

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

/* Writes an integer, of up to EXECWIRE_LONGEST_INTEGER bytes. Returns its size. */
static inline size_t execwire_integer_put(char *out, int64_t value)
{
    char digits[EXECWIRE_LONGEST_INTEGER];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        digits[--at] = '-';
    memcpy(out, digits + at, sizeof digits - at);
    return sizeof digits - at;
}

#endif

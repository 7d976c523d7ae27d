/* SPDX-License-Identifier: Apache-2.0 */
#include <execwire/printable.h>

#include "text/span.h"
#include "text/utf8.h"

bool execwire_is_unsafe(uint32_t scalar)
{
    return scalar < 0x20 || (scalar >= 0x7F && scalar < 0xA0) || scalar == 0x61C ||
           scalar == 0x200B || scalar == 0x200E || scalar == 0x200F ||
           (scalar >= 0x2028 && scalar <= 0x202E) || (scalar >= 0x2066 && scalar <= 0x2069) ||
           scalar == 0xFEFF;
}

size_t execwire_next_character(const char *text, size_t size, uint32_t *scalar)
{
    size_t bytes = execwire_utf8_character(text, size);

    *scalar = UINT32_MAX;
    if (bytes == 0)
        return 1;
    *scalar = (unsigned char)text[0];
    if (bytes > 1)
        *scalar &= 0x7FU >> bytes;
    for (size_t i = 1; i < bytes; i++)
        *scalar = *scalar << 6 | ((unsigned char)text[i] & 0x3F);
    return bytes;
}

size_t execwire_next_printable(const char *text, size_t size, bool *printable)
{
    uint32_t scalar;
    size_t bytes = execwire_next_character(text, size, &scalar);

    *printable = scalar != UINT32_MAX && !execwire_is_unsafe(scalar);
    return bytes;
}

size_t execwire_printable_span(const char *text, size_t size)
{
    return execwire_printable_ascii_span(text, size);
}

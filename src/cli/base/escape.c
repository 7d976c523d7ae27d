/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/escape.h"

#include "base/ascii.h"

#include <execwire/printable.h>

#include <string.h>

#define ESCAPE_SIZE 6 /* \\uXXXX */

/* Whether the character that ends before `end` is to be escaped; `*size` is its size. The text is
 * what a JSON writer wrote: valid UTF-8, whose C0 characters are newlines outside of strings. */
static bool is_escaped(const char *json, size_t end, size_t *size, uint32_t *scalar)
{
    size_t start = end - 1;

    while (start > 0 && ((unsigned char)json[start] & 0xC0) == 0x80)
        start--;
    *size = execwire_next_character(json + start, end - start, scalar);
    return *scalar >= 0x20 && execwire_is_unsafe(*scalar);
}

size_t escape_growth(const char *json, size_t size)
{
    size_t growth = 0;

    for (size_t at = execwire_printable_span(json, size); at < size;
         at += execwire_printable_span(json + at, size - at)) {
        uint32_t scalar;
        size_t bytes = execwire_next_character(json + at, size - at, &scalar);

        if (scalar >= 0x20 && execwire_is_unsafe(scalar))
            growth += ESCAPE_SIZE - bytes;
        at += bytes;
    }
    return growth;
}

/* From the end on, so that nothing is written over that is still to be read. */
void escape(char *json, size_t size, size_t grown)
{
    while (grown > size) {
        uint32_t scalar;
        size_t bytes;
        bool escaped = is_escaped(json, size, &bytes, &scalar);

        size -= bytes;
        if (!escaped) {
            grown -= bytes;
            memmove(json + grown, json + size, bytes);
            continue;
        }
        grown -= ESCAPE_SIZE;
        json[grown] = '\\';
        json[grown + 1] = 'u';
        for (unsigned i = 0; i < 4; i++)
            json[grown + 2 + i] = execwire_hex_digit(scalar >> (12 - 4 * i) & 15);
    }
}

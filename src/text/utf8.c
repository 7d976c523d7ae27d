/* SPDX-License-Identifier: Apache-2.0 */
#include "text/utf8.h"

#include "error/error.h"
#include "text/span.h"

#include <execwire/execwire.h>

#include <string.h>

/* How many bytes a lead byte asks for, itself included; 0 for one that is none. */
static size_t size_by_lead(unsigned char lead)
{
    if (lead < 0xC2 || lead > 0xF4)
        return lead < 0x80;
    return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* Whether the second byte may follow the lead byte: some leave out over-long forms (E0, F0),
 * surrogates (ED) or what lies beyond U+10FFFF (F4). */
static bool may_follow(unsigned char lead, unsigned char second)
{
    unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;

    return second >= low && second <= high;
}

size_t execwire_utf8_start(const char *text, size_t size, size_t *whole)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t want = size_by_lead(bytes[0]);
    size_t i;

    *whole = want;
    if (want < 2 || size < 2 || !may_follow(bytes[0], bytes[1]))
        return 1;
    for (i = 2; i < want; i++)
        if (i == size || (bytes[i] & 0xC0) != 0x80)
            return i;
    return i;
}

size_t execwire_utf8_character(const char *text, size_t size)
{
    size_t whole;

    return size > 0 && execwire_utf8_start(text, size, &whole) == whole ? whole : 0;
}

#ifdef EXECWIRE_FAST_WORDS

/* Moves over characters beyond ASCII, as far as masks tell. */
static size_t skip_by_masks(const char *text, size_t size)
{
    size_t at = 0;

    for (size_t length; size - at >= 4; at += length) {
        length = execwire_utf8_by_masks(text + at);
        if (length == 0)
            break;
    }
    return at;
}

#else
#define skip_by_masks(text, size) 0
#endif

size_t execwire_utf8_valid(const char *text, size_t size)
{
    size_t at = 0;

    for (;;) {
        size_t length;

        at += execwire_ascii_span(text + at, size - at);
        at += skip_by_masks(text + at, size - at);
        if (at == size)
            return at;
        length = execwire_utf8_character(text + at, size - at);
        if (length == 0)
            return at;
        at += length;
    }
}

size_t execwire_utf8_write(unsigned long scalar, char out[4])
{
    static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t size = scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;

    for (size_t i = size; i-- > 1;) {
        out[i] = (char)(0x80 | (scalar & 0x3F));
        scalar >>= 6;
    }
    out[0] = (char)(marks[size] | scalar);
    return size;
}

execwire_code execwire_utf8_mend(const void *in, size_t in_size, char *out, size_t capacity,
                                 size_t *size, execwire_error *error)
{
    static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */
    const char *text = in;
    size_t used = 0;

    if (size != NULL)
        *size = 0;
    if (size == NULL || (in == NULL && in_size > 0))
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    if (in_size > EXECWIRE_MAX_SIZE)
        return execwire_fail(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    for (size_t at = 0; at < in_size;) {
        size_t whole;
        size_t length = execwire_utf8_start(text + at, in_size - at, &whole);
        const char *piece = length == whole ? text + at : replacement;
        size_t piece_size = length == whole ? length : sizeof replacement - 1;

        if (out != NULL && used <= capacity && piece_size <= capacity - used)
            memcpy(out + used, piece, piece_size);
        used += piece_size;
        at += length;
    }
    *size = used;
    return out != NULL && used > capacity ? execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0)
                                          : EXECWIRE_OK;
}

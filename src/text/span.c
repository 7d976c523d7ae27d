/* SPDX-License-Identifier: Apache-2.0 */
#include "text/span.h"

size_t execwire_ascii_span_bytewise(const char *text, size_t size)
{
    size_t at = 0;

    while (at < size && (unsigned char)text[at] < 0x80)
        at++;
    return at;
}

size_t execwire_plain_span_bytewise(const char *text, size_t size)
{
    size_t at = 0;

    while (at < size && (unsigned char)text[at] >= 0x20 && (unsigned char)text[at] < 0x80 &&
           text[at] != '"' && text[at] != '\\')
        at++;
    return at;
}

size_t execwire_unescaped_span_bytewise(const char *text, size_t size)
{
    size_t at = 0;

    while (at < size && (unsigned char)text[at] >= 0x20 && text[at] != '"' && text[at] != '\\')
        at++;
    return at;
}

size_t execwire_printable_ascii_span_bytewise(const char *text, size_t size)
{
    size_t at = 0;

    while (at < size && (unsigned char)text[at] >= 0x20 && (unsigned char)text[at] < 0x7F)
        at++;
    return at;
}

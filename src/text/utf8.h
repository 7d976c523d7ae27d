/* UTF-8 (RFC 3629; Unicode 15, table 3-7).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TEXT_UTF8_H
#define EXECWIRE_TEXT_UTF8_H

#include "base/target.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* How many bytes at the start of `text`, which is not empty, begin a character, at least 1; and how
 * many that character has, 0 where none begins so. It is cut off where all of the text begins it.
 */
size_t execwire_utf8_start(const char *text, size_t size, size_t *whole);

/* How many bytes form one character at the start of `text`: 1 to 4, or 0 when they form none. */
size_t execwire_utf8_character(const char *text, size_t size);

/* How many bytes from the start are valid: `size` when all are. */
size_t execwire_utf8_valid(const char *text, size_t size);

#ifdef EXECWIRE_FAST_WORDS

/* The size of the character beyond ASCII that begins four bytes, 2 to 4; 0 for ASCII and for what
 * is no character, of which execwire_utf8_character says more. The masks have the bits that a lead
 * byte and those behind it are known by, then those of which one must be set, or else the form is
 * over-long, and those that a surrogate has. Messages of large texts are decoded in 0.7 of the
 * time. */
static inline size_t execwire_utf8_by_masks(const char *text)
{
    uint32_t word;

    memcpy(&word, text, sizeof word);
    if ((word & 0xC0C0F0) == 0x8080E0)
        return (word & 0x200F) != 0 && (word & 0x200F) != 0x200D ? 3 : 0;
    if ((word & 0xC0E0) == 0x80C0)
        return (word & 0x1E) != 0 ? 2 : 0;
    if ((word & 0xC0C0C0F8) != 0x808080F0 || (word & 0x3007) == 0)
        return 0;
    /* U+10FFFF is the last one: F4, and a second byte below 0x90 */
    return (word & 7) < 4 || (word & 0x3007) == 4 ? 4 : 0;
}

#endif

/* Writes a Unicode scalar value. Returns how many bytes it takes, 1 to 4. */
size_t execwire_utf8_write(unsigned long scalar, char out[4]);

#endif

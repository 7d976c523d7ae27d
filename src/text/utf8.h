/* UTF-8 (RFC 3629; Unicode 15, table 3-7).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TEXT_UTF8_H
#define EXECWIRE_TEXT_UTF8_H

#include <stddef.h>

/* How many bytes at the start of `text`, which is not empty, begin a character, at least 1; and how
 * many that character has, 0 where none begins so. It is cut off where all of the text begins it.
 */
size_t execwire_utf8_start(const char *text, size_t size, size_t *whole);

/* How many bytes form one character at the start of `text`: 1 to 4, or 0 when they form none. */
size_t execwire_utf8_character(const char *text, size_t size);

/* How many bytes from the start are valid: `size` when all are. */
size_t execwire_utf8_valid(const char *text, size_t size);

/* Writes a Unicode scalar value. Returns how many bytes it takes, 1 to 4. */
size_t execwire_utf8_write(unsigned long scalar, char out[4]);

#endif

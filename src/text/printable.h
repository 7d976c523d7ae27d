/* What may be printed as it is: the one definition, for paths of errors, messages of the command,
 * and what it shows of states.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TEXT_PRINTABLE_H
#define EXECWIRE_TEXT_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether a terminal would obey a character, or it changes where others are seen, or is not seen:
 * of Unicode's General_Category Cc, Zl and Zp (C0, DEL, C1, and the separators of lines and
 * paragraphs), or with its property Bidi_Control (Unicode Standard Annex #9); and U+200B and
 * U+FEFF, which are spaces of no width. The joiners U+200C and U+200D are letters' and emoji's. */
bool execwire_is_unsafe(uint32_t scalar);

/* The next character of a text that is not empty. Returns how many bytes it has; 1 for a byte that
 * is part of none, whose scalar is UINT32_MAX. */
size_t execwire_next_character(const char *text, size_t size, uint32_t *scalar);

/* The same, and whether it may be printed: it is a character, and safe. */
size_t execwire_next_printable(const char *text, size_t size, bool *printable);

#endif

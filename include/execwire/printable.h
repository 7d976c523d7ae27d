/* What may be printed as it is: texts in states and in paths of errors are a stranger's. Whoever
 * writes them to a terminal or a log asks here what has to be escaped.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_PRINTABLE_H
#define EXECWIRE_PRINTABLE_H

#include <execwire/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whether a terminal would obey a character, or it changes where others are seen, or is not seen:
 * of Unicode's General_Category Cc, Zl and Zp (C0, DEL, C1, and the separators of lines and
 * paragraphs), or with its property Bidi_Control (Unicode Standard Annex #9); and U+200B and
 * U+FEFF, which are spaces of no width. The joiners U+200C and U+200D are letters' and emoji's. */
EXECWIRE_API bool execwire_is_unsafe(uint32_t scalar);

/* The next character of a text that is not empty. Returns how many bytes it has; 1 for a byte that
 * is part of none, whose scalar is UINT32_MAX. */
EXECWIRE_API size_t execwire_next_character(const char *text, size_t size, uint32_t *scalar);

/* The same, and whether it may be printed: it is a character, and safe. */
EXECWIRE_API size_t execwire_next_printable(const char *text, size_t size, bool *printable);

/* How many bytes at the start are printable ASCII, U+0020 to U+007E: what nearly all texts are. */
EXECWIRE_API size_t execwire_printable_span(const char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif

/* How far text goes on without anything special in it. These are the inner loops of JSON and of
 * the UTF-8 check, so they look at a machine word at a time.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TEXT_SPAN_H
#define EXECWIRE_TEXT_SPAN_H

#include <stddef.h>

/* How many bytes at the start are ASCII. */
size_t execwire_ascii_span(const char *text, size_t size);

/* How many bytes at the start stand for themselves in a JSON string: ASCII, but for control
 * characters, the quote and the backslash. */
size_t execwire_plain_span(const char *text, size_t size);

/* How many bytes at the start need no escaping in a JSON string (RFC 8259, section 7): all but
 * control characters, the quote and the backslash. */
size_t execwire_unescaped_span(const char *text, size_t size);

/* The same, byte by byte: the test oracles of those above. */
size_t execwire_ascii_span_bytewise(const char *text, size_t size);
size_t execwire_plain_span_bytewise(const char *text, size_t size);
size_t execwire_unescaped_span_bytewise(const char *text, size_t size);

#endif

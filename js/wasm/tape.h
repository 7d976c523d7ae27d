/* A state on its way between C and JavaScript: all that is no text as words of 32 bits, and all
 * texts, one after the other, as one string that is converted between UTF-8 and UTF-16 at once.
 *
 *     message  count of the fields that are present, then each
 *     field    its index in the schema's tables, then its value
 *     value    string, time        length of its text in UTF-16 units
 *              bool, int32, enum   the number
 *              int64, sint64       low half, high half
 *              message             the same again
 *              map                 count, then for each entry the lengths of key and value
 *
 * A time is text as RFC 3339 has it. An enum that JavaScript calls by its name has TAPE_NAME added
 * to the index and is text.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_WASM_TAPE_H
#define EXECWIRE_WASM_TAPE_H

#include <execwire/execwire.h>

#define TAPE_NAME 0x100

/* Writes a state into the arena, and into the result where it is. `text_size` is of all strings in
 * it, or more. False when there is no memory. */
bool tape_write(const execwire_state *state, size_t text_size);

/* Reads a state that points into `text`. The tape is JavaScript's, and trusted; its numbers and
 * texts are not.
 *
 * Errors: ENUM_NAME, UTF8 (a string ends inside a character), and those of execwire_time_read. */
execwire_code tape_read(const uint32_t *tape, const char *text, size_t text_size,
                        execwire_state *state, execwire_error *error);

#endif

/* A position in protobuf bytes: all pointer arithmetic of the wire reader is here. Reading past
 * `end` is refused, never done; `at` stays where it was when something is refused.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_WIRE_CURSOR_H
#define EXECWIRE_WIRE_CURSOR_H

#include <execwire/status.h>

#include <stdint.h>

typedef struct execwire_cursor {
    const uint8_t *at;
    const uint8_t *end;
} execwire_cursor;

/* A varint of at most 10 bytes that fits 64 bits: OK, TRUNCATED or VARINT. */
execwire_status execwire_cursor_varint(execwire_cursor *cursor, uint64_t *value);

/* A varint of at most 5 bytes that fits 32 bits: OK, TRUNCATED or `too_long`. */
execwire_status execwire_cursor_varint32(execwire_cursor *cursor, execwire_status too_long,
                                         uint32_t *value);

/* `size` bytes as a cursor of their own: OK or TRUNCATED. */
execwire_status execwire_cursor_take(execwire_cursor *cursor, size_t size, execwire_cursor *taken);

#endif

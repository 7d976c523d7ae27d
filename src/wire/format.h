/* What protobuf's bytes are made of. Reading varints is the cursor's.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_WIRE_FORMAT_H
#define EXECWIRE_WIRE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

/* Wire types (protobuf specification, "Message Structure"). */
enum {
    EXECWIRE_WIRE_VARINT = 0,
    EXECWIRE_WIRE_FIXED64 = 1,
    EXECWIRE_WIRE_BYTES = 2,
    EXECWIRE_WIRE_GROUP = 3,
    EXECWIRE_WIRE_GROUP_END = 4,
    EXECWIRE_WIRE_FIXED32 = 5
};

/* Bytes that a varint takes: 1 to 10, at most 5 for a value of 32 bits (protobuf specification,
 * "Base 128 Varints"). */
static inline size_t execwire_varint_size(uint64_t value)
{
    size_t size = 1;

    for (; value >= 0x80; value >>= 7)
        size++;
    return size;
}

/* Writes a varint. Returns where it ends. */
static inline uint8_t *execwire_varint_put(uint8_t *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *out++ = (uint8_t)(value | 0x80);
    *out++ = (uint8_t)value;
    return out;
}

#endif

/* Where bytes go that are made one after the other: nowhere (they are counted), into memory, into
 * a checksum, or beside the bytes that they ought to be. So that a node needs no buffer for a whole
 * state or a whole frame.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_SINK_H
#define EXECWIRE_LINK_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct execwire_sink execwire_sink;

struct execwire_sink {
    void (*put)(execwire_sink *sink, const uint8_t *data, size_t size); /* NULL: only count */
    size_t size; /* bytes put so far; `put` sees it without those that it is given */
};

/* Bytes into memory; those beyond the capacity are only counted. */
typedef struct execwire_buffer_sink {
    execwire_sink sink;
    uint8_t *data;
    size_t capacity;
} execwire_buffer_sink;

typedef struct execwire_crc_sink {
    execwire_sink sink;
    uint32_t crc;
} execwire_crc_sink;

execwire_buffer_sink execwire_sink_buffer(void *data, size_t capacity);
execwire_crc_sink execwire_sink_crc(uint32_t crc);

void execwire_sink_put(execwire_sink *sink, const void *data, size_t size);
void execwire_sink_byte(execwire_sink *sink, unsigned byte);
void execwire_sink_varint(execwire_sink *sink, uint64_t value);
void execwire_sink_fixed32(execwire_sink *sink, uint32_t value);

/* Protobuf fields: tag and value. */
void execwire_sink_tag(execwire_sink *sink, unsigned number, unsigned wire_type);
/* Tag and size of bytes that come next. */
void execwire_sink_head(execwire_sink *sink, unsigned number, size_t size);
void execwire_sink_varint_field(execwire_sink *sink, unsigned number, uint64_t value);
void execwire_sink_bytes_field(execwire_sink *sink, unsigned number, const void *data, size_t size);

#endif

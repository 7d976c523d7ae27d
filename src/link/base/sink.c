/* SPDX-License-Identifier: Apache-2.0 */
#include "link/base/sink.h"

#include "base/crc32.h"
#include "wire/reader.h"

#include <string.h>

static void put_buffer(execwire_sink *sink, const uint8_t *data, size_t size)
{
    execwire_buffer_sink *buffer = (execwire_buffer_sink *)sink;

    if (sink->size <= buffer->capacity && size <= buffer->capacity - sink->size)
        memcpy(buffer->data + sink->size, data, size);
}

static void put_crc(execwire_sink *sink, const uint8_t *data, size_t size)
{
    execwire_crc_sink *checksum = (execwire_crc_sink *)sink;

    checksum->crc = execwire_crc32(checksum->crc, data, size);
}

execwire_buffer_sink execwire_sink_buffer(void *data, size_t capacity)
{
    return (execwire_buffer_sink){{put_buffer, 0}, data, capacity};
}

execwire_crc_sink execwire_sink_crc(uint32_t crc)
{
    return (execwire_crc_sink){{put_crc, 0}, crc};
}

void execwire_sink_put(execwire_sink *sink, const void *data, size_t size)
{
    if (sink->put != NULL && size > 0)
        sink->put(sink, data, size);
    sink->size += size;
}

void execwire_sink_byte(execwire_sink *sink, unsigned byte)
{
    uint8_t value = (uint8_t)byte;

    execwire_sink_put(sink, &value, 1);
}

void execwire_sink_varint(execwire_sink *sink, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        execwire_sink_byte(sink, (unsigned)(value & 0x7F) | 0x80);
    execwire_sink_byte(sink, (unsigned)value);
}

void execwire_sink_fixed32(execwire_sink *sink, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        execwire_sink_byte(sink, value >> (8 * i));
}

void execwire_sink_tag(execwire_sink *sink, unsigned number, unsigned wire_type)
{
    execwire_sink_varint(sink, number << 3 | wire_type);
}

void execwire_sink_head(execwire_sink *sink, unsigned number, size_t size)
{
    execwire_sink_tag(sink, number, EXECWIRE_WIRE_BYTES);
    execwire_sink_varint(sink, size);
}

void execwire_sink_varint_field(execwire_sink *sink, unsigned number, uint64_t value)
{
    execwire_sink_tag(sink, number, EXECWIRE_WIRE_VARINT);
    execwire_sink_varint(sink, value);
}

void execwire_sink_bytes_field(execwire_sink *sink, unsigned number, const void *data, size_t size)
{
    execwire_sink_head(sink, number, size);
    execwire_sink_put(sink, data, size);
}

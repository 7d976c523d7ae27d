/* SPDX-License-Identifier: Apache-2.0 */
#include "link/canonical.h"

#include "schema/schema.h"
#include "wire/reader.h"
#include "wire/writer.h"

static void write_message(execwire_sink *sink, const execwire_message *message, const void *base,
                          uint32_t fields);

/* A message inside another one: its size comes before it. */
static void write_nested(execwire_sink *sink, const execwire_field *field, const void *base)
{
    const execwire_message *message = execwire_field_message(field);
    execwire_sink counter = {NULL, 0};

    write_message(&counter, message, base, EXECWIRE_CANONICAL_ALL);
    execwire_sink_tag(sink, field->number, EXECWIRE_WIRE_BYTES);
    execwire_sink_varint(sink, counter.size);
    write_message(sink, message, base, EXECWIRE_CANONICAL_ALL);
}

static void write_map(execwire_sink *sink, const execwire_field *field, const execwire_map *map)
{
    for (size_t i = 0; i < map->count; i++)
        write_nested(sink, field, &map->entries[i]);
}

static void write_field(execwire_sink *sink, const execwire_field *field, const void *value)
{
    const execwire_str *text = value;
    uint64_t varint = 0;

    switch ((execwire_kind)field->kind) {
    case EXECWIRE_KIND_STRING:
        execwire_sink_bytes_field(sink, field->number, text->data, text->size);
        return;
    case EXECWIRE_KIND_TIME:
    case EXECWIRE_KIND_MESSAGE:
        write_nested(sink, field, value);
        return;
    case EXECWIRE_KIND_MAP:
        write_map(sink, field, value);
        return;
    case EXECWIRE_KIND_BOOL:
        varint = *(const bool *)value;
        break;
    case EXECWIRE_KIND_INT64:
        varint = (uint64_t) * (const int64_t *)value;
        break;
    case EXECWIRE_KIND_SINT64:
        varint = execwire_zigzag(*(const int64_t *)value);
        break;
    case EXECWIRE_KIND_INT32:
    case EXECWIRE_KIND_ENUM:
        varint = (uint64_t)(int64_t) * (const int32_t *)value;
        break;
    }
    execwire_sink_varint_field(sink, field->number, varint);
}

/* The two numbers of a Timestamp have no presence of their own: 0 is absent. */
static bool is_implicit_zero(const execwire_field *field, const void *value)
{
    if (field->flag != 0)
        return false;
    return (field->kind == EXECWIRE_KIND_INT64 && *(const int64_t *)value == 0) ||
           (field->kind == EXECWIRE_KIND_INT32 && *(const int32_t *)value == 0);
}

/* Of the message those fields whose numbers' bits are set. Recursion is as deep as the schema,
 * which the generator bounds. */
static void write_message(execwire_sink *sink, const execwire_message *message, const void *base,
                          uint32_t fields)
{
    for (size_t i = 0; i < message->count; i++) {
        const execwire_field *field = &message->fields[i];
        const void *value = execwire_const_member(field, base);

        if ((fields >> field->number & 1) != 0 && execwire_is_present(field, base) &&
            !is_implicit_zero(field, value))
            write_field(sink, field, value);
    }
}

uint32_t execwire_canonical_sum(const execwire_state *state, uint32_t fields, uint32_t crc)
{
    execwire_crc_sink checksum = execwire_sink_crc(crc);

    write_message(&checksum.sink, &execwire_messages[0], state, fields);
    return checksum.crc;
}

void execwire_canonical_write(execwire_sink *sink, const execwire_state *state)
{
    write_message(sink, &execwire_messages[0], state, EXECWIRE_CANONICAL_ALL);
}

size_t execwire_canonical_encode(const execwire_state *state, void *out, size_t capacity)
{
    execwire_buffer_sink buffer = execwire_sink_buffer(out, out != NULL ? capacity : 0);

    execwire_canonical_write(&buffer.sink, state);
    return buffer.sink.size;
}

/* The small and fast writer, of hosts and of nodes that ask for it: it is there beside nanopb.c
 * because it takes less than half the time and half the stack, and beside the link layer's
 * canonical.c because that one writes through a sink, measures what is inside again at each level,
 * and needs the link layer.
 *
 * Two walks over the state, driven by the schema tables: the first finds the size of every message
 * inside it, so the second writes straight on, with no bound to look at.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "schema/schema.h"
#include "wire/format.h"
#include "wire/writer.h"

#include <string.h>

/* The sizes of messages inside the state, in the order of both walks. */
typedef struct sizes {
    size_t of[EXECWIRE_SCHEMA_NESTED];
    size_t count;
} sizes;

static uint32_t tag_of(unsigned number, unsigned wire_type)
{
    return (uint32_t)number << 3 | wire_type;
}

/* ---- Sizes ---- */

static size_t size_of_message(sizes *inner, const execwire_message *message, const void *base);

/* Bytes with their length before them. */
static size_t size_of_bytes(size_t size)
{
    return execwire_varint_size(size) + size;
}

/* Of a proto3 message: 0 is absent. */
static size_t size_of_time(const execwire_time *time)
{
    size_t size = 0;

    if (time->seconds != 0)
        size += 1 + execwire_varint_size((uint64_t)time->seconds);
    if (time->nanos != 0)
        size += 1 + execwire_varint_size((uint64_t)time->nanos);
    return size;
}

static size_t size_of_entry(const execwire_entry *entry)
{
    return 1 + size_of_bytes(entry->key.size) + 1 + size_of_bytes(entry->value.size);
}

static size_t size_of_map(size_t tag_size, const execwire_map *map)
{
    size_t size = 0;

    for (size_t i = 0; i < map->count; i++)
        size += tag_size + size_of_bytes(size_of_entry(&map->entries[i]));
    return size;
}

static size_t size_of_inner(sizes *inner, const execwire_message *message, const void *base)
{
    size_t *size = &inner->of[inner->count++];

    *size = size_of_message(inner, message, base);
    return size_of_bytes(*size);
}

static size_t size_of_field(sizes *inner, const execwire_field *field, const void *value)
{
    size_t tag_size = execwire_varint_size(tag_of(field->number, 0));

    switch ((execwire_kind)field->kind) {
    case EXECWIRE_KIND_STRING:
        return tag_size + size_of_bytes(((const execwire_str *)value)->size);
    case EXECWIRE_KIND_TIME:
        return tag_size + size_of_bytes(size_of_time(value));
    case EXECWIRE_KIND_MESSAGE:
        return tag_size + size_of_inner(inner, execwire_field_message(field), value);
    case EXECWIRE_KIND_MAP:
        return size_of_map(tag_size, value);
    case EXECWIRE_KIND_BOOL:
    case EXECWIRE_KIND_INT32:
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
    case EXECWIRE_KIND_ENUM:
        break;
    }
    return tag_size + execwire_varint_size(execwire_varint_of((execwire_kind)field->kind, value));
}

/* Recursion is as deep as the schema, which the generator bounds. */
static size_t size_of_message(sizes *inner, const execwire_message *message, const void *base)
{
    size_t size = 0;

    const execwire_field *end = message->fields + message->count;

    for (const execwire_field *field = message->fields; field < end; field++)
        if (execwire_is_present(field, base))
            size += size_of_field(inner, field, execwire_const_member(field, base));
    return size;
}

/* ---- Bytes. Every function returns where what it wrote ends. ---- */

static uint8_t *put_message(uint8_t *out, sizes *inner, const execwire_message *message,
                            const void *base);

static uint8_t *put_number(uint8_t *out, unsigned number, uint64_t value)
{
    out = execwire_varint_put(out, tag_of(number, EXECWIRE_WIRE_VARINT));
    return execwire_varint_put(out, value);
}

/* The tag and the length of what comes next. */
static uint8_t *put_head(uint8_t *out, unsigned number, size_t size)
{
    out = execwire_varint_put(out, tag_of(number, EXECWIRE_WIRE_BYTES));
    return execwire_varint_put(out, size);
}

static uint8_t *put_bytes_field(uint8_t *out, unsigned number, const execwire_str *text)
{
    out = put_head(out, number, text->size);
    memcpy(out, text->data, text->size);
    return out + text->size;
}

static uint8_t *put_timestamp(uint8_t *out, unsigned number, const execwire_time *time)
{
    out = put_head(out, number, size_of_time(time));
    if (time->seconds != 0)
        out = put_number(out, 1, (uint64_t)time->seconds);
    return time->nanos != 0 ? put_number(out, 2, (uint64_t)time->nanos) : out;
}

static uint8_t *put_entries(uint8_t *out, unsigned number, const execwire_map *map)
{
    for (size_t i = 0; i < map->count; i++) {
        out = put_head(out, number, size_of_entry(&map->entries[i]));
        out = put_bytes_field(out, 1, &map->entries[i].key);
        out = put_bytes_field(out, 2, &map->entries[i].value);
    }
    return out;
}

static uint8_t *put_field(uint8_t *out, sizes *inner, const execwire_field *field,
                          const void *value)
{
    switch ((execwire_kind)field->kind) {
    case EXECWIRE_KIND_STRING:
        return put_bytes_field(out, field->number, value);
    case EXECWIRE_KIND_TIME:
        return put_timestamp(out, field->number, value);
    case EXECWIRE_KIND_MESSAGE:
        out = put_head(out, field->number, inner->of[inner->count++]);
        return put_message(out, inner, execwire_field_message(field), value);
    case EXECWIRE_KIND_MAP:
        return put_entries(out, field->number, value);
    case EXECWIRE_KIND_BOOL:
    case EXECWIRE_KIND_INT32:
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
    case EXECWIRE_KIND_ENUM:
        break;
    }
    return put_number(out, field->number, execwire_varint_of((execwire_kind)field->kind, value));
}

static uint8_t *put_message(uint8_t *out, sizes *inner, const execwire_message *message,
                            const void *base)
{
    const execwire_field *end = message->fields + message->count;

    for (const execwire_field *field = message->fields; field < end; field++)
        if (execwire_is_present(field, base))
            out = put_field(out, inner, field, execwire_const_member(field, base));
    return out;
}

size_t execwire_direct_write(const execwire_state *state, void *out, size_t capacity)
{
    const execwire_message *message = &execwire_messages[0];
    sizes inner = {.count = 0};
    size_t size = size_of_message(&inner, message, state);

    if (out != NULL && size <= capacity) {
        inner.count = 0;
        put_message(out, &inner, message, state);
    }
    return size;
}

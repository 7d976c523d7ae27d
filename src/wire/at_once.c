/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/at_once.h"

#ifdef EXECWIRE_WRITES_AT_ONCE

#include "schema/good.h"
#include "text/copy.h"
#include "text/rfc3339.h"
#include "text/utf8.h"
#include "wire/format.h"

#include <string.h>

static inline size_t size_of_tag(const execwire_field *field)
{
    return field->number < 16 ? 1 : execwire_varint_size((uint32_t)field->number << 3);
}

/* Bytes with their length before them. */
static inline size_t size_with_length(size_t size)
{
    return execwire_varint_size(size) + size;
}

static inline size_t size_inside(const execwire_entry *entry)
{
    return 2 + size_with_length(entry->key.size) + size_with_length(entry->value.size);
}

/* ---- Measuring: sizes in bytes, and whether all is good ---- */

typedef struct size_so_far {
    size_t texts; /* bytes of all so far, which a message has room for */
    bool good;
} size_so_far;

static size_t measure_fields(const execwire_message *message, const void *base, size_so_far *m);

/* Sizes are looked at before bytes are: those of what is too large may not be there. */
static inline size_t measure_text(const execwire_str *text, size_so_far *m)
{
    m->good &= text->size <= EXECWIRE_MAX_SIZE - m->texts;
    if (!m->good)
        return 0;
    m->texts += text->size;
    m->good = execwire_utf8_valid(text->data, text->size) == text->size;
    return size_with_length(text->size);
}

static inline size_t measure_time(const execwire_time *time, size_so_far *m)
{
    size_t size = 1;

    m->good &= execwire_time_is_good(time);
    if (time->seconds != 0)
        size += 1 + execwire_varint_size((uint64_t)time->seconds);
    if (time->nanos != 0)
        size += 1 + execwire_varint_size((uint32_t)time->nanos);
    return size;
}

static size_t measure_map(const execwire_field *field, const execwire_map *map, size_so_far *m)
{
    execwire_outline nowhere = {.total = m->texts};
    size_t size = 0;

    m->good = m->good && execwire_is_good_map(&nowhere, map);
    m->texts = nowhere.total;
    for (size_t i = 0; i < map->count && m->good; i++)
        size += size_of_tag(field) + size_with_length(size_inside(&map->entries[i]));
    return size;
}

static inline size_t measure_field(const execwire_field *field, const void *value, size_so_far *m)
{
    switch ((execwire_kind)field->kind) {
    case EXECWIRE_KIND_STRING:
        return size_of_tag(field) + measure_text(value, m);
    case EXECWIRE_KIND_TIME:
        return size_of_tag(field) + measure_time(value, m);
    case EXECWIRE_KIND_MESSAGE:
        return size_of_tag(field) +
               size_with_length(measure_fields(execwire_field_message(field), value, m));
    case EXECWIRE_KIND_MAP:
        return measure_map(field, value, m);
    case EXECWIRE_KIND_ENUM:
        m->good &= *(const int32_t *)value >= 0;
        break;
    case EXECWIRE_KIND_BOOL:
    case EXECWIRE_KIND_INT32:
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        break;
    }
    return size_of_tag(field) +
           execwire_varint_size(execwire_varint_of((execwire_kind)field->kind, value));
}

/* Recursion is as deep as the schema, which the generator bounds. */
static size_t measure_fields(const execwire_message *message, const void *base, size_so_far *m)
{
    const execwire_field *end = message->fields + message->count;
    size_t size = 0;

    for (const execwire_field *field = message->fields; field < end; field++)
        if (execwire_is_present(field, base))
            size += measure_field(field, execwire_const_member(field, base), m);
    return size;
}

bool execwire_measure_at_once(const execwire_state *state, size_t *size)
{
    size_so_far m = {.texts = 0, .good = true};

    *size = measure_fields(&execwire_messages[0], state, &m);
    return m.good && *size <= EXECWIRE_MAX_SIZE;
}

/* ---- Writing. Every function returns where what it wrote ends; NULL when there may be no room.
 * ---- */

/* Bytes of any field that is neither bytes nor a message, at most: a tag, a length, and a Timestamp
 * whose fields have tags of one byte. */
#define LARGEST_SCALAR (3 + 1 + 2 + 10 + 5)

typedef struct appender {
    const uint8_t *end;  /* of the room */
    const size_t *texts; /* bytes of the texts of messages inside, the next one first */
} appender;

static uint8_t *append_fields(uint8_t *out, appender *a, const execwire_message *message,
                              const void *base);

static inline size_t room_at(const appender *a, const uint8_t *out)
{
    return (size_t)(a->end - out);
}

static inline uint8_t *append_varint(uint8_t *out, uint64_t value)
{
    if (value >= 0x80)
        return execwire_varint_put(out, value);
    *out = (uint8_t)value;
    return out + 1;
}

static inline uint8_t *append_tag(uint8_t *out, unsigned number, unsigned wire_type)
{
    return append_varint(out, (uint32_t)number << 3 | wire_type);
}

static inline uint8_t *append_text(uint8_t *out, appender *a, unsigned number,
                                   const execwire_str *text)
{
    if (text->size + 3 + 5 > room_at(a, out))
        return NULL;
    out = append_tag(out, number, EXECWIRE_WIRE_BYTES);
    out = append_varint(out, text->size);
    execwire_copy_bytes((char *)out, text->data, text->size);
    return out + text->size;
}

static uint8_t *append_map(uint8_t *out, appender *a, const execwire_field *field,
                           const execwire_map *map)
{
    for (size_t i = 0; i < map->count && out != NULL; i++) {
        if (room_at(a, out) < 3 + 5)
            return NULL;
        out = append_tag(out, field->number, EXECWIRE_WIRE_BYTES);
        out = append_varint(out, size_inside(&map->entries[i]));
        out = append_text(out, a, 1, &map->entries[i].key);
        if (out != NULL)
            out = append_text(out, a, 2, &map->entries[i].value);
    }
    return out;
}

static inline uint8_t *append_time(uint8_t *out, unsigned number, const execwire_time *time)
{
    uint8_t *start = append_tag(out, number, EXECWIRE_WIRE_BYTES);

    out = start + 1;
    if (time->seconds != 0) {
        *out++ = 1 << 3 | EXECWIRE_WIRE_VARINT;
        out = append_varint(out, (uint64_t)time->seconds);
    }
    if (time->nanos != 0) {
        *out++ = 2 << 3 | EXECWIRE_WIRE_VARINT;
        out = append_varint(out, (uint32_t)time->nanos);
    }
    *start = (uint8_t)(out - start - 1);
    return out;
}

/* Its length stands before a message, and takes at least as many bytes as one of its texts alone
 * would: where it takes more, the message moves. */
static uint8_t *append_inner(uint8_t *out, appender *a, const execwire_field *field,
                             const void *base)
{
    const execwire_message *message = execwire_field_message(field);
    size_t guess = execwire_varint_size(*a->texts++);
    size_t width;
    size_t size;
    uint8_t *stop;

    if (guess > 5 || room_at(a, out) < 3 + 5)
        return NULL;
    out = append_tag(out, field->number, EXECWIRE_WIRE_BYTES);
    stop = append_fields(out + guess, a, message, base);
    if (stop == NULL)
        return NULL;
    size = (size_t)(stop - out) - guess;
    width = execwire_varint_size(size);
    if (width > guess) {
        if (width - guess > room_at(a, stop))
            return NULL;
        memmove(out + width, out + guess, size);
    }
    execwire_varint_put(out, size);
    return out + width + size;
}

static inline uint8_t *append_field(uint8_t *out, appender *a, const execwire_field *field,
                                    const void *value)
{
    execwire_kind kind = (execwire_kind)field->kind;

    switch (kind) {
    case EXECWIRE_KIND_STRING:
        return append_text(out, a, field->number, value);
    case EXECWIRE_KIND_MESSAGE:
        return append_inner(out, a, field, value);
    case EXECWIRE_KIND_MAP:
        return append_map(out, a, field, value);
    case EXECWIRE_KIND_TIME:
        return room_at(a, out) < LARGEST_SCALAR ? NULL : append_time(out, field->number, value);
    case EXECWIRE_KIND_BOOL:
    case EXECWIRE_KIND_INT32:
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
    case EXECWIRE_KIND_ENUM:
        break;
    }
    if (room_at(a, out) < LARGEST_SCALAR)
        return NULL;
    out = append_tag(out, field->number, EXECWIRE_WIRE_VARINT);
    return append_varint(out, execwire_varint_of(kind, value));
}

static uint8_t *append_fields(uint8_t *out, appender *a, const execwire_message *message,
                              const void *base)
{
    const execwire_field *last = message->fields + message->count;

    for (const execwire_field *field = message->fields; field < last && out != NULL; field++)
        if (execwire_is_present(field, base))
            out = append_field(out, a, field, execwire_const_member(field, base));
    return out;
}

size_t execwire_write_at_once(const execwire_outline *outline, const execwire_state *state,
                              void *out, size_t capacity)
{
    size_t room = capacity < EXECWIRE_MAX_SIZE ? capacity : EXECWIRE_MAX_SIZE;
    appender a = {(uint8_t *)out + room, outline->texts};
    uint8_t *end = append_fields(out, &a, &execwire_messages[0], state);

    return end != NULL ? (size_t)(end - (uint8_t *)out) : EXECWIRE_NOT_AT_ONCE;
}

#endif

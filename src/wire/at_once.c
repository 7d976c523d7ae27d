/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/at_once.h"

#ifdef EXECWIRE_WRITES_AT_ONCE

#include "schema/around.h"
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

/* ---- Writing. Every function returns where what it wrote ends; NULL when something is wrong, or
 * there is no room ---- */

/* Bytes of a tag and of a length, at most. */
#define LARGEST_HEAD (3 + 5)
/* Bytes of any field that is neither bytes nor a message, at most: a tag, a length, and a Timestamp
 * whose fields have tags of one byte, the last one written by the word. */
#define LARGEST_SCALAR (3 + 1 + 1 + 10 + 1 + 8)

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

static inline uint8_t *append_tag(uint8_t *out, const execwire_field *field, unsigned wire_type)
{
    if (field->usual_tag > UINT8_MAX)
        return execwire_varint_put(out, (uint32_t)field->number << 3 | wire_type);
    *out = (uint8_t)field->usual_tag;
    return out + 1;
}

/* Whether there is room for a text and what stands before it: as a rule for more. */
static inline bool fits(const appender *a, const uint8_t *out, size_t tag_size,
                        const execwire_str *text)
{
    size_t room = room_at(a, out);

    if (room >= LARGEST_HEAD && text->size <= room - LARGEST_HEAD)
        return true;
    return text->size <= room && tag_size + size_with_length(text->size) <= room;
}

static inline uint8_t *append_text(uint8_t *out, const appender *a, const execwire_field *field,
                                   const execwire_str *text)
{
    if (!fits(a, out, size_of_tag(field), text))
        return NULL;
    out = append_tag(out, field, EXECWIRE_WIRE_BYTES);
    out = append_varint(out, text->size);
    return execwire_copy_utf8((char *)out, text->data, text->size) ? out + text->size : NULL;
}

/* A key or a value, which is good. */
static uint8_t *append_part(uint8_t *out, const appender *a, uint8_t number,
                            const execwire_str *text)
{
    if (!fits(a, out, 1, text))
        return NULL;
    *out = (uint8_t)(number << 3 | EXECWIRE_WIRE_BYTES);
    out = append_varint(out + 1, text->size);
    execwire_copy_bytes((char *)out, text->data, text->size);
    return out + text->size;
}

static uint8_t *append_map(uint8_t *out, const appender *a, const execwire_field *field,
                           const execwire_map *map)
{
    for (size_t i = 0; i < map->count && out != NULL; i++) {
        size_t size = size_inside(&map->entries[i]);

        if (room_at(a, out) < size_of_tag(field) + execwire_varint_size(size))
            return NULL;
        out = append_tag(out, field, EXECWIRE_WIRE_BYTES);
        out = append_varint(out, size);
        out = append_part(out, a, 1, &map->entries[i].key);
        if (out != NULL)
            out = append_part(out, a, 2, &map->entries[i].value);
    }
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

    if (room_at(a, out) < size_of_tag(field) + guess)
        return NULL;
    out = append_tag(out, field, EXECWIRE_WIRE_BYTES);
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

static inline uint8_t *append_time(uint8_t *out, const execwire_field *field,
                                   const execwire_time *time)
{
    uint8_t *start = append_tag(out, field, EXECWIRE_WIRE_BYTES);

    if (!execwire_time_is_good(time))
        return NULL;
    out = start + 1;
    if (time->seconds != 0) {
        *out++ = 1 << 3 | EXECWIRE_WIRE_VARINT;
        out = execwire_varint_put_word(out, (uint64_t)time->seconds);
    }
    if (time->nanos != 0) {
        *out++ = 2 << 3 | EXECWIRE_WIRE_VARINT;
        out = execwire_varint_put_word(out, (uint32_t)time->nanos);
    }
    *start = (uint8_t)(out - start - 1);
    return out;
}

static inline uint8_t *append_number(uint8_t *out, const execwire_field *field, const void *value)
{
    uint64_t number = execwire_varint_of((execwire_kind)field->kind, value);

    if (field->kind == EXECWIRE_KIND_ENUM && number > INT32_MAX)
        return NULL;
    return append_varint(append_tag(out, field, EXECWIRE_WIRE_VARINT), number);
}

/* A number or a time where there may be less room than the largest takes: it is written beside it
 * first, as the one field of a message. */
static uint8_t *append_tightly(uint8_t *out, const appender *a, const execwire_field *field,
                               const void *base)
{
    const execwire_message alone = {.fields = field, .count = 1};
    uint8_t aside[LARGEST_SCALAR];
    appender beside = {aside + sizeof aside, NULL};
    const uint8_t *end = append_fields(aside, &beside, &alone, base);
    size_t size;

    if (end == NULL)
        return NULL;
    size = (size_t)(end - aside);
    if (size > room_at(a, out))
        return NULL;
    memcpy(out, aside, size);
    return out + size;
}

/* Any field but a string. */
static inline uint8_t *append_other(uint8_t *out, appender *a, const execwire_field *field,
                                    const void *base)
{
    const void *value = execwire_const_member(field, base);

    if (field->kind == EXECWIRE_KIND_MESSAGE)
        return append_inner(out, a, field, value);
    if (field->kind == EXECWIRE_KIND_MAP)
        return append_map(out, a, field, value);
    if (room_at(a, out) < LARGEST_SCALAR)
        return append_tightly(out, a, field, base);
    return field->kind == EXECWIRE_KIND_TIME ? append_time(out, field, value)
                                             : append_number(out, field, value);
}

static uint8_t *append_fields(uint8_t *out, appender *a, const execwire_message *message,
                              const void *base)
{
    const execwire_field *last = message->fields + message->count;

    for (const execwire_field *field = message->fields; field < last; field++) {
        if (field->kind == EXECWIRE_KIND_STRING) {
            const execwire_str *text = execwire_const_member(field, base);

            if (text->data == NULL)
                continue;
            out = append_text(out, a, field, text);
        } else {
            if (!execwire_is_present(field, base))
                continue;
            out = append_other(out, a, field, base);
        }
        if (out == NULL)
            return NULL;
    }
    return out;
}

bool execwire_write_at_once(const execwire_state *state, void *out, size_t capacity, size_t before,
                            size_t *size)
{
    size_t room = capacity < EXECWIRE_MAX_SIZE ? capacity : EXECWIRE_MAX_SIZE;
    execwire_surroundings s;
    appender a = {(uint8_t *)out + room, s.texts + 1};
    uint8_t *start;
    uint8_t *end;

    if (room <= before || !execwire_look_around(&s, state, out, capacity))
        return false;
    start = (uint8_t *)out + before;
    end = append_fields(start, &a, &execwire_messages[0], state);
    if (end == NULL)
        return false;
    *size = (size_t)(end - start);
    return true;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/mutate.h"

#include "wire/cursor.h"
#include "wire/format.h"

#include <string.h>

#define MOST_FIELDS 64
#define LARGEST_TAG 31 /* of the fields that there are */
#define DEEPEST     4
#define HEAD_SIZE   20 /* tag and length */
#define LENGTH_SIZE 5  /* the longest length of what fits a message */

/* Where a field stands in its message. */
typedef struct field {
    size_t start, value, end;
    uint64_t tag;
} field;

size_t execwire_fuzz_below(execwire_fuzz_chance *c, size_t count)
{
    c->seed = c->seed * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX */
    return (size_t)(c->seed >> 33) % count;
}

bool execwire_fuzz_splice(execwire_fuzz_buffer *b, size_t at, size_t old, const void *with,
                          size_t size)
{
    if (size > old && size - old > b->capacity - b->size)
        return false;
    memmove(b->data + at + size, b->data + at + old, b->size - at - old);
    if (size > 0)
        memcpy(b->data + at, with, size);
    b->size = b->size - old + size;
    return true;
}

/* ---- Finding fields ---- */

static bool take_value(execwire_cursor *bytes, unsigned type)
{
    execwire_cursor value;
    uint64_t number = 0;

    switch (type) {
    case EXECWIRE_WIRE_VARINT:
        return execwire_cursor_varint(bytes, &number) == EXECWIRE_OK;
    case EXECWIRE_WIRE_FIXED64:
        return execwire_cursor_take(bytes, 8, &value) == EXECWIRE_OK;
    case EXECWIRE_WIRE_BYTES:
        return execwire_cursor_varint(bytes, &number) == EXECWIRE_OK &&
               execwire_cursor_take(bytes, (size_t)number, &value) == EXECWIRE_OK;
    case EXECWIRE_WIRE_FIXED32:
        return execwire_cursor_take(bytes, 4, &value) == EXECWIRE_OK;
    default:
        return type == EXECWIRE_WIRE_GROUP || type == EXECWIRE_WIRE_GROUP_END;
    }
}

/* The fields up to the first one that is none. */
static size_t find_fields(const execwire_fuzz_buffer *message, field fields[MOST_FIELDS])
{
    execwire_cursor bytes = {message->data, message->data + message->size};
    size_t count = 0;

    while (count < MOST_FIELDS && bytes.at < bytes.end) {
        field *f = &fields[count];

        f->start = (size_t)(bytes.at - message->data);
        if (execwire_cursor_varint(&bytes, &f->tag) != EXECWIRE_OK)
            break;
        f->value = (size_t)(bytes.at - message->data);
        if (!take_value(&bytes, f->tag & 7))
            break;
        f->end = (size_t)(bytes.at - message->data);
        count++;
    }
    return count;
}

/* ---- Values ---- */

static uint64_t choose_number(execwire_fuzz_chance *c)
{
    uint64_t bits = (uint64_t)1 << execwire_fuzz_below(c, 64);

    switch (execwire_fuzz_below(c, 4)) {
    case 0:
        return execwire_fuzz_below(c, 16);
    case 1:
        return bits;
    case 2:
        return bits - 1;
    default:
        return (execwire_fuzz_below(c, SIZE_MAX) ^ (uint64_t)execwire_fuzz_below(c, SIZE_MAX)
                                                       << 31) %
               bits;
    }
}

static void mutate_number(execwire_fuzz_chance *c, execwire_fuzz_buffer *message, const field *f)
{
    execwire_cursor bytes = {message->data + f->value, message->data + f->end};
    uint8_t varint[10];
    uint64_t number = 0;

    (void)execwire_cursor_varint(&bytes, &number);
    switch (execwire_fuzz_below(c, 4)) {
    case 0:
        number += execwire_fuzz_below(c, 9) - 4;
        break;
    case 1:
        number ^= (uint64_t)1 << execwire_fuzz_below(c, 64);
        break;
    default:
        number = choose_number(c);
    }
    (void)execwire_fuzz_splice(message, f->value, f->end - f->value, varint,
                               (size_t)(execwire_varint_put(varint, number) - varint));
}

static void mutate_at_depth(execwire_fuzz_chance *c, execwire_fuzz_buffer *message, unsigned depth);

/* The content of a field from `at` to the buffer's end. It may grow by the buffer's room, but for
 * what its length may grow by. */
static void mutate_content(execwire_fuzz_chance *c, execwire_fuzz_buffer *b, size_t at,
                           unsigned depth)
{
    size_t room = b->capacity - b->size;
    execwire_fuzz_buffer part = {b->data + at, b->size - at, 0};

    part.capacity = part.size + (room > LENGTH_SIZE ? room - LENGTH_SIZE : 0);
    if (depth < DEEPEST && execwire_fuzz_below(c, 2) == 0)
        mutate_at_depth(c, &part, depth + 1);
    else if (part.capacity > 0)
        part.size = c->bytes(c, part.data, part.size, part.capacity);
    b->size = at + part.size;
}

/* The bytes, or the message that they are, with their length. What stands behind them waits at the
 * memory's end. */
static void mutate_bytes(execwire_fuzz_chance *c, execwire_fuzz_buffer *b, size_t start, size_t end,
                         unsigned depth)
{
    size_t after = b->size - end, wait = b->capacity - after;
    execwire_cursor bytes = {b->data + start, b->data + end};
    execwire_fuzz_buffer front = {b->data, end, wait};
    uint8_t length[HEAD_SIZE];
    uint64_t size = 0;
    size_t at;

    (void)execwire_cursor_varint(&bytes, &size);
    at = (size_t)(bytes.at - b->data);
    memmove(b->data + wait, b->data + end, after);
    mutate_content(c, &front, at, depth);
    size = front.size - at;
    (void)execwire_fuzz_splice(&front, start, at - start, length,
                               (size_t)(execwire_varint_put(length, size) - length));
    memmove(b->data + front.size, b->data + wait, after);
    b->size = front.size + after;
}

static void mutate_value(execwire_fuzz_chance *c, execwire_fuzz_buffer *message, const field *f,
                         unsigned depth)
{
    unsigned type = f->tag & 7;

    if (type == EXECWIRE_WIRE_VARINT)
        mutate_number(c, message, f);
    else if (type == EXECWIRE_WIRE_BYTES)
        mutate_bytes(c, message, f->value, f->end, depth);
    else if (f->end > f->value)
        message->data[f->value + execwire_fuzz_below(c, f->end - f->value)] ^=
            (uint8_t)(1u << execwire_fuzz_below(c, 8));
}

/* ---- Fields ---- */

/* Where a field belongs in a message whose fields ascend. */
static size_t place_of(const field *fields, size_t count, uint64_t tag)
{
    size_t i = 0;

    while (i < count && fields[i].tag <= tag)
        i++;
    return i < count ? fields[i].start : count > 0 ? fields[count - 1].end : 0;
}

static void insert_field(execwire_fuzz_chance *c, execwire_fuzz_buffer *message,
                         const field *fields, size_t count)
{
    static const uint8_t types[] = {EXECWIRE_WIRE_VARINT,  EXECWIRE_WIRE_VARINT,
                                    EXECWIRE_WIRE_BYTES,   EXECWIRE_WIRE_BYTES,
                                    EXECWIRE_WIRE_FIXED32, EXECWIRE_WIRE_FIXED64};
    uint8_t type = types[execwire_fuzz_below(c, sizeof types)];
    uint64_t tag = (1 + execwire_fuzz_below(c, LARGEST_TAG)) << 3 | type;
    uint8_t bytes[2 * HEAD_SIZE];
    uint8_t *end = execwire_varint_put(bytes, tag);
    size_t size = type == EXECWIRE_WIRE_FIXED64 ? 8 : type == EXECWIRE_WIRE_FIXED32 ? 4 : 0;

    if (type == EXECWIRE_WIRE_VARINT)
        end = execwire_varint_put(end, choose_number(c));
    if (type == EXECWIRE_WIRE_BYTES) {
        size = execwire_fuzz_below(c, 9);
        *end++ = (uint8_t)size;
    }
    for (; size > 0; size--)
        *end++ = (uint8_t)execwire_fuzz_below(c, 256);
    (void)execwire_fuzz_splice(message, place_of(fields, count, tag), 0, bytes,
                               (size_t)(end - bytes));
}

/* A copy of a field, in front of another one. */
static void repeat_field(execwire_fuzz_chance *c, execwire_fuzz_buffer *message,
                         const field *fields, size_t count)
{
    const field *f = &fields[execwire_fuzz_below(c, count)];
    size_t size = f->end - f->start, from = f->start;
    size_t at = fields[execwire_fuzz_below(c, count)].start;

    if (size > message->capacity - message->size)
        return;
    memmove(message->data + at + size, message->data + at, message->size - at);
    if (from >= at)
        from += size;
    memcpy(message->data + at, message->data + from, size);
    message->size += size;
}

static void mutate_at_depth(execwire_fuzz_chance *c, execwire_fuzz_buffer *message, unsigned depth)
{
    field fields[MOST_FIELDS];
    size_t count = find_fields(message, fields);
    const field *f;

    if (count == 0) {
        insert_field(c, message, fields, count);
        return;
    }
    f = &fields[execwire_fuzz_below(c, count)];
    switch (execwire_fuzz_below(c, 8)) {
    case 0:
        (void)execwire_fuzz_splice(message, f->start, f->end - f->start, NULL, 0);
        break;
    case 1:
        repeat_field(c, message, fields, count);
        break;
    case 2:
        insert_field(c, message, fields, count);
        break;
    default:
        mutate_value(c, message, f, depth);
    }
}

void execwire_fuzz_fields(execwire_fuzz_chance *c, execwire_fuzz_buffer *message)
{
    mutate_at_depth(c, message, 0);
}

void execwire_fuzz_prefixed(execwire_fuzz_chance *c, execwire_fuzz_buffer *b, size_t start,
                            size_t end)
{
    mutate_bytes(c, b, start, end, 0);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "mutate.h"
#include "support.h"

#include "wire/cursor.h"
#include "wire/format.h"

#include <stdlib.h>
#include <string.h>

#define MOST_FIELDS 64
#define LARGEST_TAG 31 /* of the fields that there are */
#define DEEPEST     4
#define HEAD_SIZE   20 /* tag and length */

/* Where a field stands in its message. */
typedef struct field {
    size_t start, value, end;
    uint64_t tag;
} field;

size_t fuzz_below(fuzz_chance *c, size_t count)
{
    c->seed = c->seed * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX */
    return (size_t)(c->seed >> 33) % count;
}

bool fuzz_splice(fuzz_buffer *b, size_t at, size_t old, const void *with, size_t size)
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
static size_t find_fields(const fuzz_buffer *message, field fields[MOST_FIELDS])
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

uint8_t *fuzz_find_field(uint8_t *message, size_t size, uint64_t tag)
{
    const fuzz_buffer whole = {message, size, size};
    field fields[MOST_FIELDS];
    size_t count = find_fields(&whole, fields);

    for (size_t i = 0; i < count; i++)
        if (fields[i].tag == tag)
            return message + fields[i].value;
    return NULL;
}

/* ---- Values ---- */

static uint64_t choose_number(fuzz_chance *c)
{
    uint64_t bits = (uint64_t)1 << fuzz_below(c, 64);

    switch (fuzz_below(c, 4)) {
    case 0:
        return fuzz_below(c, 16);
    case 1:
        return bits;
    case 2:
        return bits - 1;
    default:
        return (fuzz_below(c, SIZE_MAX) ^ (uint64_t)fuzz_below(c, SIZE_MAX) << 31) % bits;
    }
}

static void mutate_number(fuzz_chance *c, fuzz_buffer *message, const field *f)
{
    execwire_cursor bytes = {message->data + f->value, message->data + f->end};
    uint8_t varint[10];
    uint64_t number = 0;

    (void)execwire_cursor_varint(&bytes, &number);
    switch (fuzz_below(c, 4)) {
    case 0:
        number += fuzz_below(c, 9) - 4;
        break;
    case 1:
        number ^= (uint64_t)1 << fuzz_below(c, 64);
        break;
    default:
        number = choose_number(c);
    }
    (void)fuzz_splice(message, f->value, f->end - f->value, varint,
                      (size_t)(execwire_varint_put(varint, number) - varint));
}

static void mutate_at_depth(fuzz_chance *c, fuzz_buffer *message, unsigned depth);

/* The bytes, or the message that they are, with their length. */
static void mutate_bytes(fuzz_chance *c, fuzz_buffer *b, size_t start, size_t end, unsigned depth)
{
    execwire_cursor bytes = {b->data + start, b->data + end};
    size_t room = b->capacity - b->size;
    uint64_t size = 0;
    fuzz_buffer part;
    uint8_t *whole, *head;

    (void)execwire_cursor_varint(&bytes, &size);
    whole = fuzz_block(HEAD_SIZE + (size_t)size + room + 1);
    part = (fuzz_buffer){whole + HEAD_SIZE, (size_t)size, (size_t)size + room + 1};
    memcpy(part.data, bytes.at, part.size);
    if (depth < DEEPEST && fuzz_below(c, 2) == 0)
        mutate_at_depth(c, &part, depth + 1);
    else
        part.size = c->bytes(part.data, part.size, part.capacity);
    head = part.data - execwire_varint_size(part.size);
    (void)execwire_varint_put(head, part.size);
    (void)fuzz_splice(b, start, end - start, head, (size_t)(part.data - head) + part.size);
    free(whole);
}

void fuzz_mutate_prefixed(fuzz_chance *c, fuzz_buffer *b, size_t start, size_t end)
{
    mutate_bytes(c, b, start, end, 0);
}

static void mutate_value(fuzz_chance *c, fuzz_buffer *message, const field *f, unsigned depth)
{
    unsigned type = f->tag & 7;

    if (type == EXECWIRE_WIRE_VARINT)
        mutate_number(c, message, f);
    else if (type == EXECWIRE_WIRE_BYTES)
        mutate_bytes(c, message, f->value, f->end, depth);
    else if (f->end > f->value)
        message->data[f->value + fuzz_below(c, f->end - f->value)] ^=
            (uint8_t)(1u << fuzz_below(c, 8));
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

static void insert_field(fuzz_chance *c, fuzz_buffer *message, const field *fields, size_t count)
{
    static const uint8_t types[] = {EXECWIRE_WIRE_VARINT,  EXECWIRE_WIRE_VARINT,
                                    EXECWIRE_WIRE_BYTES,   EXECWIRE_WIRE_BYTES,
                                    EXECWIRE_WIRE_FIXED32, EXECWIRE_WIRE_FIXED64};
    uint8_t type = types[fuzz_below(c, sizeof types)];
    uint64_t tag = (1 + fuzz_below(c, LARGEST_TAG)) << 3 | type;
    uint8_t bytes[2 * HEAD_SIZE];
    uint8_t *end = execwire_varint_put(bytes, tag);
    size_t size = type == EXECWIRE_WIRE_FIXED64 ? 8 : type == EXECWIRE_WIRE_FIXED32 ? 4 : 0;

    if (type == EXECWIRE_WIRE_VARINT)
        end = execwire_varint_put(end, choose_number(c));
    if (type == EXECWIRE_WIRE_BYTES) {
        size = fuzz_below(c, 9);
        *end++ = (uint8_t)size;
    }
    for (; size > 0; size--)
        *end++ = (uint8_t)fuzz_below(c, 256);
    (void)fuzz_splice(message, place_of(fields, count, tag), 0, bytes, (size_t)(end - bytes));
}

/* A copy of a field, in front of another one. */
static void repeat_field(fuzz_chance *c, fuzz_buffer *message, const field *fields, size_t count)
{
    const field *f = &fields[fuzz_below(c, count)];
    size_t size = f->end - f->start;
    uint8_t *copy = fuzz_block(size);

    memcpy(copy, message->data + f->start, size);
    (void)fuzz_splice(message, fields[fuzz_below(c, count)].start, 0, copy, size);
    free(copy);
}

static void mutate_at_depth(fuzz_chance *c, fuzz_buffer *message, unsigned depth)
{
    field fields[MOST_FIELDS];
    size_t count = find_fields(message, fields);
    const field *f;

    if (count == 0) {
        insert_field(c, message, fields, count);
        return;
    }
    f = &fields[fuzz_below(c, count)];
    switch (fuzz_below(c, 8)) {
    case 0:
        (void)fuzz_splice(message, f->start, f->end - f->start, NULL, 0);
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

void fuzz_mutate_fields(fuzz_chance *c, fuzz_buffer *message)
{
    mutate_at_depth(c, message, 0);
}

size_t fuzz_mutate_message(fuzz_chance *c, uint8_t *data, size_t size, size_t capacity)
{
    fuzz_buffer message = {data, size, capacity};

    if (fuzz_below(c, 2) == 0)
        return c->bytes(data, size, capacity);
    fuzz_mutate_fields(c, &message);
    return message.size;
}

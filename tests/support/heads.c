/* SPDX-License-Identifier: Apache-2.0 */
#include "heads.h"

#include <stdbool.h>
#include <string.h>

#define MOST 4096

enum { UPDATE = 1, IDS = 3, CREATED = 4, OFFSET = 5, PIECE = 13, CHECK = 15, WHOLE = 26, FIELDS };

/* A field's bytes from its tag on, and the number that it is, or the size of its bytes. */
typedef struct part {
    const uint8_t *start, *value, *end;
    uint64_t number;
} part;

typedef struct message {
    part parts[FIELDS]; /* those that may have no tag */
    uint8_t rest[MOST]; /* all others */
    size_t rest_size;
} message;

static uint64_t read_varint(const uint8_t **at)
{
    uint64_t value = 0;

    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = *(*at)++;

        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return value;
    }
}

static const uint8_t *read_part(const uint8_t *at, unsigned *field, part *p)
{
    unsigned tag;

    p->start = at;
    tag = (unsigned)read_varint(&at);
    *field = tag >> 3;
    if ((tag & 7) != 5)
        p->number = read_varint(&at);
    p->value = at;
    p->end = at + ((tag & 7) == 0 ? 0 : (tag & 7) == 5 ? 4 : p->number);
    return p->end;
}

static void read_message(message *m, const uint8_t *at, size_t size)
{
    const uint8_t *end = at + size;

    memset(m, 0, sizeof *m);
    while (at < end) {
        unsigned field;
        part p;

        at = read_part(at, &field, &p);
        if (field == UPDATE || (field >= IDS && field <= OFFSET) || field == PIECE ||
            field == CHECK || field == WHOLE)
            m->parts[field] = p;
        else {
            memcpy(m->rest + m->rest_size, p.start, (size_t)(at - p.start));
            m->rest_size += (size_t)(at - p.start);
        }
    }
}

static uint8_t *put(uint8_t *out, const uint8_t *from, const uint8_t *end)
{
    if (end > from)
        memcpy(out, from, (size_t)(end - from));
    return out + (end - from);
}

static uint8_t *put_varint(uint8_t *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *out++ = (uint8_t)(value | 0x80);
    *out++ = (uint8_t)value;
    return out;
}

static uint8_t *put_low(uint8_t *out, uint64_t time)
{
    for (unsigned i = 0; i < 4; i++)
        *out++ = (uint8_t)(time >> (8 * i));
    return out;
}

static uint8_t *put_update(uint8_t *out, uint64_t update, bool identified)
{
    uint64_t elapsed = update >> 14, span = elapsed == 0 ? 0 : (elapsed >> 32) + 1;

    *out++ = (uint8_t)(0x80 | (update & 127));
    *out++ = (uint8_t)((update >> 7 & 15) | (identified ? 16 : 0) | (span < 7 ? span : 7) << 5);
    if (span > 0)
        out = put_low(out, elapsed);
    return span < 7 ? out : put_varint(out, elapsed >> 32);
}

static uint8_t *put_state(uint8_t *out, const message *m)
{
    const part *ids = &m->parts[IDS], *created = &m->parts[CREATED];
    bool identified = ids->end != NULL && ids->number == 31 && created->end != NULL;

    out = put_update(out, m->parts[UPDATE].number, identified);
    out = put(out, m->parts[CHECK].value, m->parts[CHECK].end);
    if (identified) {
        out = put(out, ids->value, ids->end);
        out = put_varint(put_low(out, created->number), created->number >> 32);
    } else {
        out = put(out, ids->start, ids->end);
        out = put(out, created->start, created->end);
    }
    return put(out, m->rest, m->rest + m->rest_size);
}

static uint8_t *put_piece(uint8_t *out, const message *m)
{
    *out++ = 0;
    out = put_varint(out, m->parts[UPDATE].number);
    out = put_varint(out, m->parts[WHOLE].number);
    out = put_varint(out, m->parts[OFFSET].number);
    return put(out, m->parts[PIECE].value, m->parts[PIECE].end);
}

size_t pack_frame(uint8_t *frame, size_t size)
{
    static message m;
    static uint8_t in[MOST];

    if (size == 0 || size > MOST || frame[0] != UPDATE << 3)
        return size;
    memcpy(in, frame, size);
    read_message(&m, in, size);
    if (m.parts[WHOLE].end != NULL)
        return (size_t)(put_piece(frame, &m) - frame);
    if (m.parts[CHECK].end != NULL)
        return (size_t)(put_state(frame, &m) - frame);
    return size;
}

/* The writer of the link layer: it is there beside wire/direct.c and wire/nanopb.c because it
 * writes to a sink, and what differs from a known state or single fields alone, which neither can.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "link/model/canonical.h"

#include "schema/schema.h"
#include "wire/format.h"
#include "wire/writer.h"

#include <string.h>

/* Numbers without a flag are those of a Timestamp, which are always there. */
static bool is_there(const execwire_field *field, const void *base)
{
    bool number = field->kind == EXECWIRE_KIND_INT64 || field->kind == EXECWIRE_KIND_INT32;

    return (number && field->flag == 0) || execwire_is_present(field, base);
}

/* In all of these, `known` is what is known of the same thing already; NULL: nothing. */
static void walk_message(execwire_sink *sink, const execwire_message *message, const void *base,
                         const void *known);

static void write_text(execwire_sink *sink, unsigned number, const execwire_str *text,
                       const execwire_str *known)
{
    if (known == NULL || known->size != text->size ||
        (text->size > 0 && memcmp(known->data, text->data, text->size) != 0))
        execwire_sink_bytes_field(sink, number, text->data, text->size);
}

/* A message inside another one: its size comes before it. */
static void write_nested(execwire_sink *sink, const execwire_field *field, const void *base,
                         const void *known)
{
    const execwire_message *message = execwire_field_message(field);
    execwire_sink counter = {NULL, 0};

    walk_message(&counter, message, base, known);
    if (known != NULL && counter.size == 0)
        return;
    execwire_sink_head(sink, field->number, counter.size);
    walk_message(sink, message, base, known);
}

/* A map that is known is another view of the same entries: nothing is predicted of maps. */
static void write_map(execwire_sink *sink, const execwire_field *field, const execwire_map *map,
                      const execwire_map *known)
{
    if (known != NULL && known->entries == map->entries)
        return;
    for (size_t i = 0; i < map->count; i++)
        write_nested(sink, field, &map->entries[i], NULL);
}

/* The two numbers of a Timestamp have no presence of their own: where nothing is known, they are 0.
 */
static void write_number(execwire_sink *sink, const execwire_field *field, const void *value,
                         const void *known)
{
    execwire_kind kind = (execwire_kind)field->kind;
    uint64_t number = execwire_varint_of(kind, value);
    bool same =
        known != NULL ? execwire_varint_of(kind, known) == number : number == 0 && field->flag == 0;

    if (!same)
        execwire_sink_varint_field(sink, field->number, number);
}

static void write_field(execwire_sink *sink, const execwire_field *field, const void *value,
                        const void *known)
{
    switch ((execwire_kind)field->kind) {
    case EXECWIRE_KIND_STRING:
        write_text(sink, field->number, value, known);
        break;
    case EXECWIRE_KIND_TIME:
    case EXECWIRE_KIND_MESSAGE:
        write_nested(sink, field, value, known);
        break;
    case EXECWIRE_KIND_MAP:
        write_map(sink, field, value, known);
        break;
    case EXECWIRE_KIND_BOOL:
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
    case EXECWIRE_KIND_INT32:
    case EXECWIRE_KIND_ENUM:
        write_number(sink, field, value, known);
        break;
    }
}

/* A field of a message, where it is there. */
static void write_member(execwire_sink *sink, const execwire_field *field, const void *base,
                         const void *known)
{
    const void *known_value = NULL;

    if (known != NULL && is_there(field, known))
        known_value = execwire_const_member(field, known);
    if (is_there(field, base))
        write_field(sink, field, execwire_const_member(field, base), known_value);
}

/* Recursion is as deep as the schema, which the generator bounds. */
static void walk_message(execwire_sink *sink, const execwire_message *message, const void *base,
                         const void *known)
{
    for (size_t i = 0; i < message->count; i++)
        write_member(sink, &message->fields[i], base, known);
}

void execwire_canonical_patch(execwire_sink *sink, const execwire_state *state,
                              const execwire_state *known)
{
    walk_message(sink, &execwire_messages[0], state, known);
}

void execwire_canonical_write(execwire_sink *sink, const execwire_state *state)
{
    execwire_canonical_patch(sink, state, NULL);
}

uint32_t execwire_canonical_sum(const execwire_state *state, uint32_t fields, uint32_t crc)
{
    const execwire_message *message = &execwire_messages[0];
    execwire_crc_sink checksum = execwire_sink_crc(crc);

    for (size_t i = 0; i < message->count; i++)
        if ((fields >> message->fields[i].number & 1) != 0)
            write_member(&checksum.sink, &message->fields[i], state, NULL);
    return checksum.crc;
}

size_t execwire_canonical_encode(const execwire_state *state, void *out, size_t capacity)
{
    execwire_buffer_sink buffer = execwire_sink_buffer(out, out != NULL ? capacity : 0);

    execwire_canonical_write(&buffer.sink, state);
    return buffer.sink.size;
}

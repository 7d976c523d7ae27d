/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/reader.h"

#include "error/error.h"
#include "schema/map.h"
#include "schema/scratch.h"
#include "text/rfc3339.h"
#include "text/utf8.h"
#include "wire/cursor.h"
#include "wire/usual.h"

#include <string.h>

typedef struct wire_reader {
    const uint8_t *start;
    execwire_scratch *scratch; /* never NULL in here */
    execwire_map *map;         /* the map that was filled, or NULL */
    const execwire_wire_visitor *visitor;
    execwire_error *error;
} wire_reader;

static execwire_code read_message(wire_reader *r, const execwire_message *message,
                                  execwire_cursor bytes, void *base, unsigned depth);

static execwire_code fail_wire(const wire_reader *r, execwire_code code, const uint8_t *at)
{
    return execwire_fail(r->error, code, (size_t)(at - r->start));
}

/* Of a field that ends behind its message. Only what the outermost message lacks may still come:
 * one further in is complete, and says something wrong about its field at `at`. */
static execwire_code fail_cut(const wire_reader *r, const execwire_cursor *bytes, unsigned depth,
                              const uint8_t *at)
{
    return depth == 0 ? fail_wire(r, EXECWIRE_ERROR_TRUNCATED, bytes->end)
                      : fail_wire(r, EXECWIRE_ERROR_LENGTH, at);
}

/* ---- Tags and lengths ---- */

static inline execwire_code read_tag(wire_reader *r, execwire_cursor *bytes,
                                     execwire_wire_field *out)
{
    uint32_t tag;
    execwire_code code = execwire_cursor_varint32(bytes, EXECWIRE_ERROR_TAG, &tag);

    if (code == EXECWIRE_ERROR_TRUNCATED)
        return fail_cut(r, bytes, out->depth, out->tag);
    if (code != EXECWIRE_OK)
        return fail_wire(r, code, out->tag);
    out->number = tag >> 3;
    out->wire_type = tag & 7;
    if (out->number == 0)
        return fail_wire(r, EXECWIRE_ERROR_TAG, out->tag);
    if (out->wire_type > EXECWIRE_WIRE_FIXED32)
        return fail_wire(r, EXECWIRE_ERROR_WIRE_TYPE, out->tag);
    return EXECWIRE_OK;
}

/* Takes a length and that many bytes, the field's payload. In the outermost message too long a
 * length means that the input was cut, if there are messages that long; further in, that the length
 * is wrong. */
static inline execwire_code read_bytes(wire_reader *r, execwire_cursor *bytes,
                                       execwire_wire_field *field)
{
    const uint8_t *start = bytes->at;
    execwire_cursor taken;
    uint32_t size;
    execwire_code code = execwire_cursor_varint32(bytes, EXECWIRE_ERROR_LENGTH, &size);

    if (code == EXECWIRE_ERROR_TRUNCATED)
        return fail_cut(r, bytes, field->depth, start);
    if (code != EXECWIRE_OK)
        return fail_wire(r, code, start);
    if (execwire_cursor_take(bytes, size, &taken) != EXECWIRE_OK) {
        bool may_come =
            field->depth == 0 && size <= EXECWIRE_MAX_SIZE - (size_t)(bytes->at - r->start);

        return fail_wire(r, may_come ? EXECWIRE_ERROR_TRUNCATED : EXECWIRE_ERROR_LENGTH, start);
    }
    field->payload = taken.at;
    return EXECWIRE_OK;
}

static inline execwire_code read_varint(wire_reader *r, execwire_cursor *bytes,
                                        execwire_wire_field *field)
{
    execwire_code code = execwire_cursor_varint(bytes, &field->varint);

    if (code == EXECWIRE_ERROR_TRUNCATED)
        return fail_cut(r, bytes, field->depth, bytes->at);
    return code == EXECWIRE_OK ? code : fail_wire(r, code, bytes->at);
}

/* ---- Unknown fields ---- */

/* Skips the value of a field that is not a group. */
static execwire_code skip_value(wire_reader *r, execwire_cursor *bytes, execwire_wire_field *field)
{
    execwire_cursor taken;
    size_t size = field->wire_type == EXECWIRE_WIRE_FIXED64 ? 8 : 4;

    if (field->wire_type == EXECWIRE_WIRE_VARINT)
        return read_varint(r, bytes, field);
    if (field->wire_type == EXECWIRE_WIRE_BYTES)
        return read_bytes(r, bytes, field);
    if (execwire_cursor_take(bytes, size, &taken) != EXECWIRE_OK)
        return fail_cut(r, bytes, field->depth, bytes->at);
    return EXECWIRE_OK;
}

/* Skips a group to the end tag of its number, and all groups inside it. */
static execwire_code skip_group(wire_reader *r, execwire_cursor *bytes,
                                const execwire_wire_field *group)
{
    uint32_t open[EXECWIRE_MAX_GROUP_DEPTH];
    unsigned depth = 1;

    open[0] = group->number;
    while (depth > 0) {
        execwire_wire_field inner = {.tag = bytes->at, .depth = group->depth};
        execwire_code code;

        if (bytes->at == bytes->end)
            return group->depth == 0 ? fail_wire(r, EXECWIRE_ERROR_TRUNCATED, bytes->end)
                                     : fail_wire(r, EXECWIRE_ERROR_GROUP, group->tag);
        code = read_tag(r, bytes, &inner);
        if (code != EXECWIRE_OK)
            return code;
        if (inner.wire_type == EXECWIRE_WIRE_GROUP_END) {
            if (inner.number != open[--depth])
                return fail_wire(r, EXECWIRE_ERROR_GROUP, inner.tag);
        } else if (inner.wire_type == EXECWIRE_WIRE_GROUP) {
            if (depth == EXECWIRE_MAX_GROUP_DEPTH)
                return fail_wire(r, EXECWIRE_ERROR_DEPTH, inner.tag);
            open[depth++] = inner.number;
        } else {
            code = skip_value(r, bytes, &inner);
            if (code != EXECWIRE_OK)
                return code;
        }
    }
    return EXECWIRE_OK;
}

static execwire_code skip_unknown(wire_reader *r, execwire_cursor *bytes,
                                  execwire_wire_field *field)
{
    execwire_code code;

    if (field->wire_type == EXECWIRE_WIRE_GROUP_END)
        return fail_wire(r, EXECWIRE_ERROR_GROUP, field->tag);
    field->payload = bytes->at;
    code = field->wire_type == EXECWIRE_WIRE_GROUP ? skip_group(r, bytes, field)
                                                   : skip_value(r, bytes, field);
    r->scratch->unknown_count++;
    return code;
}

/* ---- Known fields ---- */

static execwire_code store_varint(wire_reader *r, const execwire_wire_field *seen, void *base)
{
    const execwire_field *field = seen->field;
    execwire_kind kind = (execwire_kind)field->kind;
    uint64_t value = seen->varint;
    void *member;

    /* 32-bit types take the low bits of a longer varint, as every protobuf runtime does */
    if (kind == EXECWIRE_KIND_ENUM && (value & 0x80000000) != 0)
        return fail_wire(r, EXECWIRE_ERROR_ENUM_RANGE, seen->payload);
    if (base == NULL)
        return EXECWIRE_OK;
    member = execwire_member(field, base);
    if (kind == EXECWIRE_KIND_BOOL)
        *(bool *)member = value != 0;
    else if (kind == EXECWIRE_KIND_INT64)
        *(int64_t *)member = (int64_t)value;
    else if (kind == EXECWIRE_KIND_SINT64)
        *(int64_t *)member = execwire_unzigzag(value);
    else
        *(int32_t *)member = (int32_t)(uint32_t)value;
    return EXECWIRE_OK;
}

static execwire_code store_string(wire_reader *r, const execwire_wire_field *seen, void *base)
{
    execwire_str text = {(const char *)seen->payload, (size_t)(seen->end - seen->payload)};
    size_t valid = execwire_utf8_valid(text.data, text.size);

    if (valid < text.size)
        return fail_wire(r, EXECWIRE_ERROR_UTF8, seen->payload + valid);
    if (base != NULL)
        *(execwire_str *)execwire_member(seen->field, base) = text;
    return EXECWIRE_OK;
}

static inline execwire_code read_time(wire_reader *r, const execwire_wire_field *seen,
                                      execwire_time *time)
{
    execwire_cursor bytes = {seen->payload, seen->end};

#ifdef EXECWIRE_FAST_PATHS
    if (r->visitor == NULL && execwire_take_usual_time(bytes, time))
        return EXECWIRE_OK;
#endif
    return read_message(r, execwire_field_message(seen->field), bytes, time, seen->depth + 1);
}

static execwire_code store_time(wire_reader *r, const execwire_wire_field *seen, void *base)
{
    execwire_time unused = {0, 0};
    execwire_time *time = base != NULL ? execwire_member(seen->field, base) : &unused;
    execwire_code code = read_time(r, seen, time);

    if (code != EXECWIRE_OK)
        return code;
    code = execwire_time_check(time);
    return code == EXECWIRE_OK ? code : fail_wire(r, code, seen->payload);
}

/* An entry is a message of its own whose key and value are "" when they are missing. */
static execwire_code store_entry(wire_reader *r, const execwire_wire_field *seen, void *base)
{
    execwire_cursor bytes = {seen->payload, seen->end};
    execwire_scratch *scratch = r->scratch;
    execwire_str empty = {(const char *)seen->payload, 0};
    execwire_entry entry = {empty, empty, (size_t)(seen->tag - r->start)};
    execwire_code code =
        read_message(r, execwire_field_message(seen->field), bytes, &entry, seen->depth + 1);

    if (code != EXECWIRE_OK)
        return code;
    if (base != NULL && scratch->entry_count < scratch->entry_capacity) {
        r->map = execwire_member(seen->field, base);
        r->map->entries = scratch->entries;
        r->map->entries[r->map->count++] = entry;
    }
    scratch->entry_count++;
    return EXECWIRE_OK;
}

static execwire_code store_message(wire_reader *r, const execwire_wire_field *seen, void *base)
{
    execwire_cursor bytes = {seen->payload, seen->end};
    void *member = base != NULL ? execwire_member(seen->field, base) : NULL;

    return read_message(r, execwire_field_message(seen->field), bytes, member, seen->depth + 1);
}

static void show(const wire_reader *r, const execwire_wire_field *seen)
{
    if (r->visitor != NULL)
        r->visitor->visit(r->visitor->context, seen);
}

static inline execwire_code store(wire_reader *r, const execwire_wire_field *seen, void *base)
{
    switch ((execwire_kind)seen->field->kind) {
    case EXECWIRE_KIND_STRING:
        return store_string(r, seen, base);
    case EXECWIRE_KIND_TIME:
        return store_time(r, seen, base);
    case EXECWIRE_KIND_MESSAGE:
        return store_message(r, seen, base);
    case EXECWIRE_KIND_MAP:
        return store_entry(r, seen, base);
    case EXECWIRE_KIND_BOOL:
    case EXECWIRE_KIND_INT32:
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
    case EXECWIRE_KIND_ENUM:
        break;
    }
    return store_varint(r, seen, base);
}

static inline execwire_code read_known(wire_reader *r, execwire_cursor *bytes,
                                       execwire_wire_field *seen, void *base)
{
    unsigned expected = execwire_is_varint((execwire_kind)seen->field->kind) ? EXECWIRE_WIRE_VARINT
                                                                             : EXECWIRE_WIRE_BYTES;
    execwire_code code;

    if (seen->wire_type != expected)
        return fail_wire(r, EXECWIRE_ERROR_FIELD_TYPE, seen->tag);
    seen->payload = bytes->at;
    code =
        expected == EXECWIRE_WIRE_VARINT ? read_varint(r, bytes, seen) : read_bytes(r, bytes, seen);
    if (code != EXECWIRE_OK)
        return code;
    seen->end = bytes->at;
    show(r, seen);
    if (base != NULL)
        execwire_set_present(seen->field, base);
    return store(r, seen, base);
}

/* ---- Messages ---- */

static execwire_code read_field(wire_reader *r, const execwire_message *message,
                                execwire_cursor *bytes, void *base, unsigned depth)
{
    execwire_wire_field seen = {.message = message, .tag = bytes->at, .depth = depth};
    execwire_code code = read_tag(r, bytes, &seen);

    if (code != EXECWIRE_OK)
        return code;
    seen.field = execwire_schema_field(message, seen.number);
    if (seen.field != NULL) {
        code = read_known(r, bytes, &seen, base);
        return code == EXECWIRE_OK ? code : execwire_fail_in_field(r->error, code, seen.field);
    }
    code = skip_unknown(r, bytes, &seen);
    seen.end = bytes->at;
    if (code == EXECWIRE_OK)
        show(r, &seen);
    return code;
}

/* Recursion is as deep as the schema, which the generator bounds. */
static execwire_code read_message(wire_reader *r, const execwire_message *message,
                                  execwire_cursor bytes, void *base, unsigned depth)
{
#ifdef EXECWIRE_FAST_PATHS
    const execwire_field *last = message->fields + message->count;
    const execwire_field *next = base != NULL && r->visitor == NULL ? message->fields : last;
#endif

    while (bytes.at < bytes.end) {
        execwire_code code;

#ifdef EXECWIRE_FAST_PATHS
        next = execwire_take_usual_fields(next, last, &bytes, base);
        if (bytes.at == bytes.end)
            break;
#endif
        code = read_field(r, message, &bytes, base, depth);
        if (code != EXECWIRE_OK)
            return code;
    }
    return EXECWIRE_OK;
}

/* Orders the map and, of entries with the same key, keeps the last. */
static void finish_map(execwire_map *map)
{
    size_t kept = 0;

    execwire_sort_entries(map->entries, map->count);
    for (size_t i = 0; i < map->count; i++) {
        bool repeated = i + 1 < map->count &&
                        execwire_compare_keys(map->entries[i].key, map->entries[i + 1].key) == 0;

        if (!repeated)
            map->entries[kept++] = map->entries[i];
    }
    map->count = kept;
}

/* Reads fields of the outermost message, of which `root` may have only some. */
static execwire_code read_all(wire_reader *r, const execwire_message *root, const void *in,
                              size_t in_size, execwire_state *state, unsigned depth)
{
    execwire_cursor bytes = {in, r->start + in_size};
    execwire_code code = read_message(r, root, bytes, state, depth);

    if (code != EXECWIRE_OK)
        return code;
    if (state != NULL && r->scratch->entry_count > r->scratch->entry_capacity)
        return execwire_fail(r->error, EXECWIRE_ERROR_NO_SPACE, 0);
    if (r->map != NULL)
        finish_map(r->map);
    return EXECWIRE_OK;
}

static inline execwire_code read_anew(const execwire_message *root, const void *in, size_t in_size,
                                      execwire_scratch *scratch, execwire_state *state,
                                      const execwire_wire_visitor *visitor, execwire_error *error)
{
    execwire_scratch none = {0};
    wire_reader r = {in, scratch != NULL ? scratch : &none, NULL, visitor, error};
    bool good = execwire_scratch_start(r.scratch) && (in != NULL || in_size == 0);
    execwire_code code;

    if (state != NULL)
        memset(state, 0, sizeof *state);
    if (!good)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    if (in == NULL)
        return EXECWIRE_OK;
    if (in_size > EXECWIRE_MAX_SIZE)
        return execwire_fail(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    code = read_all(&r, root, in, in_size, state, 0);
    if (code != EXECWIRE_OK && state != NULL)
        memset(state, 0, sizeof *state);
    return code;
}

execwire_code execwire_wire_read(const void *in, size_t in_size, execwire_scratch *scratch,
                                 execwire_state *state, const execwire_wire_visitor *visitor,
                                 execwire_error *error)
{
    return read_anew(&execwire_messages[0], in, in_size, scratch, state, visitor, error);
}

execwire_code execwire_wire_merge(const void *in, size_t in_size, execwire_scratch *scratch,
                                  execwire_state *state, execwire_error *error)
{
    wire_reader r = {in, scratch, NULL, NULL, error};

    scratch->entry_count = 0;
    scratch->unknown_count = 0;
    if (in_size > EXECWIRE_MAX_SIZE)
        return execwire_fail(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    return read_all(&r, &execwire_messages[0], in, in_size, state, 1);
}

#define PEEK_FIELDS 32 /* that a bit may stand for */

/* To the walk a field that is not wanted is one that the schema does not know. */
execwire_code execwire_peek(const void *in, size_t in_size, uint32_t fields,
                            execwire_scratch *scratch, execwire_state *state, execwire_error *error)
{
    execwire_message root = execwire_messages[0];
    execwire_field wanted[PEEK_FIELDS];

    if (state == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    root.fields = wanted;
    root.count = 0;
    for (size_t i = 0; i < execwire_messages[0].count; i++) {
        const execwire_field *field = &execwire_messages[0].fields[i];

        if (field->number < PEEK_FIELDS && (fields >> field->number & 1) != 0)
            wanted[root.count++] = *field;
    }
    return read_anew(&root, in, in_size, scratch, state, NULL, error);
}

execwire_code execwire_decode(const void *in, size_t in_size, execwire_scratch *scratch,
                              execwire_state *state, execwire_error *error)
{
    return execwire_wire_read(in, in_size, scratch, state, NULL, error);
}

execwire_code execwire_check(const void *in, size_t in_size, size_t *unknown, execwire_error *error)
{
    execwire_scratch scratch = {0};
    execwire_code code = execwire_wire_read(in, in_size, &scratch, NULL, NULL, error);

    if (unknown != NULL)
        *unknown = code == EXECWIRE_OK ? scratch.unknown_count : 0;
    return code;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tape.h"

#include "error/error.h"
#include "glue.h"
#include "schema/schema.h"

#include <string.h>

/* Words of a field: its index, and two of its value. */
#define FIELD_WORDS 3

/* ---- UTF-16 ---- */

/* How many UTF-16 units valid UTF-8 has: one a character, two where it has 4 bytes. */
static uint32_t units_of(const char *text, size_t size)
{
    uint32_t units = 0;

    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];

        units += (c & 0xC0) != 0x80;
        units += c >= 0xF0;
    }
    return units;
}

/* ---- Writing ---- */

typedef struct writer {
    uint32_t *tape;
    char *text;
} writer;

static void put_string(writer *w, execwire_str string)
{
    memcpy(w->text, string.data, string.size);
    w->text += string.size;
    *w->tape++ = units_of(string.data, string.size);
}

static void put_time(writer *w, const execwire_time *time)
{
    size_t size = 0;

    (void)execwire_time_write(time, w->text, EXECWIRE_TIME_SIZE, &size, NULL);
    w->text += size;
    *w->tape++ = (uint32_t)size;
}

static void put_map(writer *w, const execwire_map *map)
{
    *w->tape++ = (uint32_t)map->count;
    for (size_t i = 0; i < map->count; i++) {
        put_string(w, map->entries[i].key);
        put_string(w, map->entries[i].value);
    }
}

static void put_message(writer *w, const execwire_message *message, const void *base);

static void put_value(writer *w, const execwire_field *field, const void *member)
{
    switch ((execwire_kind)field->kind) {
    case EXECWIRE_KIND_STRING:
        put_string(w, *(const execwire_str *)member);
        return;
    case EXECWIRE_KIND_BOOL:
        *w->tape++ = *(const bool *)member;
        return;
    case EXECWIRE_KIND_INT32:
    case EXECWIRE_KIND_ENUM:
        *w->tape++ = (uint32_t) * (const int32_t *)member;
        return;
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        memcpy(w->tape, member, sizeof(int64_t));
        w->tape += 2;
        return;
    case EXECWIRE_KIND_TIME:
        put_time(w, member);
        return;
    case EXECWIRE_KIND_MESSAGE:
        put_message(w, execwire_field_message(field), member);
        return;
    case EXECWIRE_KIND_MAP:
        put_map(w, member);
        return;
    }
}

/* Recursion is as deep as the schema. */
static void put_message(writer *w, const execwire_message *message, const void *base)
{
    uint32_t *count = w->tape++;

    *count = 0;
    for (uint32_t i = 0; i < message->count; i++) {
        const execwire_field *field = &message->fields[i];

        if (!execwire_is_present(field, base))
            continue;
        ++*count;
        *w->tape++ = i;
        put_value(w, field, execwire_const_member(field, base));
    }
}

/* Fields of a state in which all are present, their maps empty. */
static size_t count_fields(const execwire_message *message)
{
    size_t count = message->count;

    for (size_t i = 0; i < message->count; i++) {
        if (message->fields[i].kind == EXECWIRE_KIND_MESSAGE)
            count += count_fields(execwire_field_message(&message->fields[i]));
    }
    return count;
}

/* Entries of all maps. */
static size_t count_entries(const execwire_message *message, const void *base)
{
    size_t count = 0;

    for (size_t i = 0; i < message->count; i++) {
        const execwire_field *field = &message->fields[i];
        const void *member = execwire_const_member(field, base);

        if (field->kind == EXECWIRE_KIND_MAP)
            count += ((const execwire_map *)member)->count;
        else if (field->kind == EXECWIRE_KIND_MESSAGE)
            count += count_entries(execwire_field_message(field), member);
    }
    return count;
}

bool tape_write(const execwire_state *state, size_t text_size)
{
    static size_t fields;
    writer w;

    if (fields == 0)
        fields = count_fields(&execwire_messages[0]);
    w.tape = arena_take(sizeof *w.tape * (1 + FIELD_WORDS * fields +
                                          2 * count_entries(&execwire_messages[0], state)));
    w.text = arena_take(text_size + EXECWIRE_TIME_SIZE * fields);
    if (w.tape == NULL || w.text == NULL)
        return false;
    glue.tape = glue_address(w.tape);
    glue.text = glue_address(w.text);
    put_message(&w, &execwire_messages[0], state);
    glue.text_size = glue_address(w.text) - glue.text;
    return true;
}

/* ---- Reading ---- */

typedef struct reader {
    const uint32_t *tape;
    const char *text;
    const char *end;
    bool ascii; /* units are bytes */
    execwire_error *error;
} reader;

/* NULL when the text ends inside a character: half of it would be in this string. */
static const char *skip_units(const char *at, const char *end, uint32_t units)
{
    while (units > 0 && at < end) {
        unsigned char c = (unsigned char)*at;
        uint32_t unit = c >= 0xF0 ? 2 : 1;

        if (unit > units)
            return NULL;
        units -= unit;
        at += c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    }
    return units == 0 ? at : NULL;
}

static execwire_code take_string(reader *r, execwire_str *string)
{
    uint32_t units = *r->tape++;
    const char *end = r->ascii ? r->text + units : skip_units(r->text, r->end, units);

    if (end == NULL)
        return execwire_fail(r->error, EXECWIRE_ERROR_UTF8, 0);
    *string = (execwire_str){r->text, (size_t)(end - r->text)};
    r->text = end;
    return EXECWIRE_OK;
}

static execwire_code take_time(reader *r, execwire_time *time)
{
    execwire_str text = {NULL, 0};
    execwire_code code = take_string(r, &text);

    return code != EXECWIRE_OK ? code : execwire_time_read(text.data, text.size, time, r->error);
}

static execwire_code take_name(reader *r, const execwire_field *field, int32_t *number)
{
    const execwire_enum_value *value;
    execwire_str name = {NULL, 0};
    execwire_code code = take_string(r, &name);

    if (code != EXECWIRE_OK)
        return code;
    value = execwire_schema_enum_name(execwire_field_enum(field), name);
    if (value == NULL)
        return execwire_fail(r->error, EXECWIRE_ERROR_ENUM_NAME, 0);
    *number = value->number;
    return EXECWIRE_OK;
}

static execwire_code take_map(reader *r, execwire_map *map)
{
    execwire_code code = EXECWIRE_OK;

    map->count = *r->tape++;
    map->entries = arena_take(map->count * sizeof *map->entries);
    if (map->entries == NULL)
        return execwire_fail(r->error, EXECWIRE_ERROR_NO_SPACE, 0);
    for (size_t i = 0; i < map->count && code == EXECWIRE_OK; i++) {
        map->entries[i].position = 0;
        code = take_string(r, &map->entries[i].key);
        if (code == EXECWIRE_OK)
            code = take_string(r, &map->entries[i].value);
    }
    return code == EXECWIRE_OK ? execwire_map_sort(map, r->error) : code;
}

static execwire_code take_message(reader *r, const execwire_message *message, void *base);

static execwire_code take_value(reader *r, const execwire_field *field, bool name, void *member)
{
    switch ((execwire_kind)field->kind) {
    case EXECWIRE_KIND_STRING:
        return take_string(r, member);
    case EXECWIRE_KIND_BOOL:
        *(bool *)member = *r->tape++ != 0;
        return EXECWIRE_OK;
    case EXECWIRE_KIND_ENUM:
        if (name)
            return take_name(r, field, member);
        *(int32_t *)member = (int32_t)*r->tape++;
        return EXECWIRE_OK;
    case EXECWIRE_KIND_INT32:
        *(int32_t *)member = (int32_t)*r->tape++;
        return EXECWIRE_OK;
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        memcpy(member, r->tape, sizeof(int64_t));
        r->tape += 2;
        return EXECWIRE_OK;
    case EXECWIRE_KIND_TIME:
        return take_time(r, member);
    case EXECWIRE_KIND_MESSAGE:
        return take_message(r, execwire_field_message(field), member);
    case EXECWIRE_KIND_MAP:
        return take_map(r, member);
    }
    return EXECWIRE_OK;
}

/* Recursion is as deep as the schema. */
static execwire_code take_message(reader *r, const execwire_message *message, void *base)
{
    for (uint32_t count = *r->tape++; count > 0; count--) {
        uint32_t index = *r->tape++;
        const execwire_field *field = &message->fields[index & (TAPE_NAME - 1)];
        execwire_code code;

        execwire_set_present(field, base);
        code = take_value(r, field, index >= TAPE_NAME, execwire_member(field, base));
        if (code != EXECWIRE_OK)
            return execwire_fail_in_field(r->error, code, field);
    }
    return EXECWIRE_OK;
}

execwire_code tape_read(const uint32_t *tape, const char *text, size_t text_size,
                        execwire_state *state, execwire_error *error)
{
    reader r = {tape, text, text + text_size, units_of(text, text_size) == text_size, error};

    memset(state, 0, sizeof *state);
    return take_message(&r, &execwire_messages[0], state);
}

/* From a state to JSON text, driven by the schema tables.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "schema/schema.h"
#include "status/status.h"
#include "text/span.h"

#include <execwire/execwire.h>

#include <string.h>

#define INDENT 2 /* spaces a level, when pretty */

typedef struct writer {
    char *out;
    size_t capacity;
    size_t size; /* counts also what did not fit */
    execwire_json_options options;
    unsigned depth;
} writer;

static void write_message(writer *w, const execwire_message *message, const void *base);

/* ---- Text ---- */

/* Stops counting beyond the largest document that could be read back, so that no sum overflows. */
static void put(writer *w, const char *text, size_t size)
{
    if (w->size > EXECWIRE_MAX_SIZE)
        return;
    if (w->size <= w->capacity && size <= w->capacity - w->size && size > 0)
        memcpy(w->out + w->size, text, size);
    w->size += size;
}

static void put_char(writer *w, char c)
{
    if (w->size < w->capacity)
        w->out[w->size] = c;
    w->size++;
}

static void put_text(writer *w, const char *text)
{
    put(w, text, strlen(text));
}

/* RFC 8259, section 7: only these must be escaped. */
static void put_escaped(writer *w, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char short_names[] = "btn\0fr"; /* of the characters 8 to 13 */

    put(w, "\\", 1);
    if (c == '"' || c == '\\') {
        put_char(w, (char)c);
    } else if (c >= 8 && c <= 13 && short_names[c - 8] != '\0') {
        put_char(w, short_names[c - 8]);
    } else {
        put(w, "u00", 3);
        put_char(w, hex[c >> 4]);
        put_char(w, hex[c & 15]);
    }
}

static bool must_escape(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

static void put_string(writer *w, const execwire_str *text)
{
    size_t start = 0;
    size_t at = 0;

    put_char(w, '"');
    for (;;) {
        at += execwire_plain_span(text->data + at, text->size - at);
        if (at == text->size)
            break;
        if (must_escape((unsigned char)text->data[at])) {
            put(w, text->data + start, at - start);
            put_escaped(w, (unsigned char)text->data[at]);
            start = at + 1;
        }
        at++;
    }
    put(w, text->data + start, at - start);
    put_char(w, '"');
}

static void put_integer(writer *w, int64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        put_char(w, '-');
    put(w, digits + at, sizeof digits - at);
}

/* ---- Structure ---- */

static void put_line(writer *w)
{
    if (!w->options.pretty)
        return;
    put_char(w, '\n');
    for (unsigned i = 0; i < w->depth * INDENT; i++)
        put_char(w, ' ');
}

static void open_object(writer *w)
{
    put_char(w, '{');
    w->depth++;
}

static void close_object(writer *w, bool empty)
{
    w->depth--;
    if (!empty)
        put_line(w);
    put_char(w, '}');
}

static void put_key(writer *w, const execwire_str *key, bool first)
{
    if (!first)
        put_char(w, ',');
    put_line(w);
    put_string(w, key);
    put_char(w, ':');
    if (w->options.pretty)
        put_char(w, ' ');
}

/* ---- Values ---- */

static const char *enum_name(const writer *w, const execwire_enum *type, int32_t number)
{
    const execwire_enum_value *value = NULL;

    if (w->options.enums == EXECWIRE_JSON_ENUM_NAMES)
        value = execwire_schema_enum_number(type, number);
    if (value == NULL)
        return NULL;
    return w->options.form == EXECWIRE_JSON_API ? value->api_name : value->name;
}

static void put_enum(writer *w, const execwire_enum *type, int32_t number)
{
    const char *name = enum_name(w, type, number);

    if (name == NULL) {
        put_integer(w, number);
    } else {
        execwire_str text = {name, strlen(name)};

        put_string(w, &text);
    }
}

static void put_time(writer *w, const execwire_time *time)
{
    char text[EXECWIRE_TIME_SIZE];
    size_t size;

    execwire_time_write(time, text, &size, NULL);
    put_char(w, '"');
    put(w, text, size);
    put_char(w, '"');
}

static void put_map(writer *w, const execwire_map *map)
{
    open_object(w);
    for (size_t i = 0; i < map->count; i++) {
        put_key(w, &map->entries[i].key, i == 0);
        put_string(w, &map->entries[i].value);
    }
    close_object(w, map->count == 0);
}

static void put_value(writer *w, const execwire_field *field, const void *value)
{
    switch ((execwire_kind)field->kind) {
    case EXECWIRE_KIND_STRING:
        put_string(w, value);
        break;
    case EXECWIRE_KIND_BOOL:
        put_text(w, *(const bool *)value ? "true" : "false");
        break;
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        put_integer(w, *(const int64_t *)value);
        break;
    case EXECWIRE_KIND_ENUM:
        put_enum(w, execwire_field_enum(field), *(const int32_t *)value);
        break;
    case EXECWIRE_KIND_TIME:
        put_time(w, value);
        break;
    case EXECWIRE_KIND_MESSAGE:
        write_message(w, execwire_field_message(field), value);
        break;
    case EXECWIRE_KIND_MAP:
        put_map(w, value);
        break;
    case EXECWIRE_KIND_INT32: /* only inside Timestamp, which is a string here */
        break;
    }
}

/* Recursion is as deep as the schema, which the generator bounds. */
static void write_message(writer *w, const execwire_message *message, const void *base)
{
    bool empty = true;

    open_object(w);
    for (size_t i = 0; i < message->count; i++) {
        const execwire_field *field = &message->fields[i];
        const char *name = w->options.form == EXECWIRE_JSON_API ? field->json_name : field->name;
        execwire_str key = {name, strlen(name)};

        if (!execwire_is_present(field, base))
            continue;
        put_key(w, &key, empty);
        put_value(w, field, execwire_const_member(field, base));
        empty = false;
    }
    close_object(w, empty);
}

execwire_status execwire_json_write(const execwire_state *state,
                                    const execwire_json_options *options, void *out,
                                    size_t capacity, size_t *size, execwire_error *error)
{
    writer w = {.out = out, .capacity = out != NULL ? capacity : 0};
    execwire_status status;

    if (size != NULL)
        *size = 0;
    if (state == NULL || size == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    status = execwire_schema_check(state, error);
    if (status != EXECWIRE_OK)
        return status;
    if (options != NULL)
        w.options = *options;
    write_message(&w, &execwire_messages[0], state);
    if (w.size > EXECWIRE_MAX_SIZE)
        return execwire_fail(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    *size = w.size;
    if (out != NULL && w.size > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    return EXECWIRE_OK;
}

/* From a state to JSON text, driven by the schema tables.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "error/error.h"
#include "schema/good.h"
#include "text/copy.h"
#include "text/rfc3339.h"
#include "text/span.h"
#include "json/compact.h"
#include "json/escape.h"

#include <execwire/execwire.h>

#include <string.h>

#define INDENT 2 /* spaces a level, when pretty */

typedef struct writer {
    char *at;
    char *end;
    size_t missing; /* bytes that did not fit */
    execwire_json_options options;
    unsigned depth;
} writer;

static void write_message(writer *w, const execwire_message *message, const void *base);

/* ---- Text ---- */

/* Counts what does not fit, but for that beyond the largest document that could be read back, so
 * that no sum overflows. */
static char *miss(writer *w, size_t size)
{
    if (w->missing <= EXECWIRE_MAX_SIZE)
        w->missing += size;
    return NULL;
}

/* Where the next `size` bytes go; NULL when they do not fit. */
static inline char *advance(writer *w, size_t size)
{
    char *at = w->at;

    if (size > (size_t)(w->end - at))
        return miss(w, size);
    w->at = at + size;
    return at;
}

static void put(writer *w, const char *text, size_t size)
{
    char *at = advance(w, size);

    if (at != NULL)
        memcpy(at, text, size);
}

static void put_char(writer *w, char c)
{
    char *at = advance(w, 1);

    if (at != NULL)
        *at = c;
}

static void put_quoted(writer *w, const char *text, size_t size)
{
    char *at = advance(w, size + 2);

    if (at == NULL)
        return;
    at[0] = '"';
    memcpy(at + 1, text, size);
    at[size + 1] = '"';
}

static void put_escaped(writer *w, unsigned char c)
{
    char name = execwire_escape_name(c);
    char *at = advance(w, name == 'u' ? EXECWIRE_LONGEST_ESCAPE : 2);

    if (at != NULL)
        (void)execwire_escape_put(at, name, c);
}

static void put_string(writer *w, const execwire_str *text)
{
    size_t at = execwire_unescaped_span(text->data, text->size);
    size_t start = 0;

    if (at == text->size) {
        put_quoted(w, text->data, text->size);
        return;
    }
    put_char(w, '"');
    while (at < text->size) {
        put(w, text->data + start, at - start);
        put_escaped(w, (unsigned char)text->data[at]);
        start = at + 1;
        at = start + execwire_unescaped_span(text->data + start, text->size - start);
    }
    put(w, text->data + start, at - start);
    put_char(w, '"');
}

static void put_integer(writer *w, int64_t value)
{
    char digits[EXECWIRE_LONGEST_INTEGER];
    size_t at = execwire_integer_digits(digits, value);

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

static void start_member(writer *w, bool first)
{
    if (!first)
        put_char(w, ',');
    put_line(w);
}

static void put_colon(writer *w)
{
    put(w, ": ", w->options.pretty ? 2 : 1);
}

/* A name of the schema, which holds nothing that must be escaped, with what stands around it. There
 * are as many of these as of values, so there is a short way: in one piece, when not pretty. */
static void put_name(writer *w, const char *name, size_t size, bool first)
{
#ifdef EXECWIRE_FAST_PATHS
    char *at = w->options.pretty ? NULL : advance(w, !first + size + 3);

    if (at != NULL) {
        at[0] = ',';
        at += !first;
        at[0] = '"';
        execwire_copy_bytes(at + 1, name, size);
        at[size + 1] = '"';
        at[size + 2] = ':';
    }
    if (!w->options.pretty)
        return;
#endif
    start_member(w, first);
    put_quoted(w, name, size);
    put_colon(w);
}

/* ---- Values ---- */

static void put_bool(writer *w, bool value)
{
    put(w, value ? "true" : "false", value ? 4 : 5);
}

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

    if (name == NULL)
        put_integer(w, number);
    else
        put_quoted(w, name, strlen(name));
}

static void put_time(writer *w, const execwire_time *time)
{
    char text[EXECWIRE_TIME_SIZE];
    size_t size = execwire_time_put(time, text);

    put_quoted(w, text, size);
}

static void put_map(writer *w, const execwire_map *map)
{
    open_object(w);
    for (size_t i = 0; i < map->count; i++) {
        start_member(w, i == 0);
        put_string(w, &map->entries[i].key);
        put_colon(w);
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
        put_bool(w, *(const bool *)value);
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
    const execwire_field *end = message->fields + message->count;

    for (const execwire_field *field = message->fields; field < end; field++) {

        if (!execwire_is_present(field, base))
            continue;
        if (w->options.form == EXECWIRE_JSON_API)
            put_name(w, field->json_name, field->json_name_size, empty);
        else
            put_name(w, field->name, field->name_size, empty);
        put_value(w, field, execwire_const_member(field, base));
        empty = false;
    }
    close_object(w, empty);
}

/* NULL is all default. What has never been set may hold anything. */
static bool is_form(const execwire_json_options *options)
{
    return options == NULL || ((unsigned)options->form <= EXECWIRE_JSON_API &&
                               (unsigned)options->enums <= EXECWIRE_JSON_ENUM_NAMES);
}

/* Checks a state, and then writes it. */
static execwire_code write_with_care(const execwire_state *state,
                                     const execwire_json_options *options, void *out,
                                     size_t capacity, size_t *size, execwire_error *error)
{
    char none = 0; /* where nothing goes */
    char *start = out != NULL ? out : &none;
    writer w = {.at = start, .end = start + (out != NULL ? capacity : 0)};
    execwire_code code = execwire_state_check_quickly(state, out, capacity, error);
    size_t needed;

    if (code != EXECWIRE_OK)
        return code;
    if (options != NULL)
        w.options = *options;
    write_message(&w, &execwire_messages[0], state);
    needed = (size_t)(w.at - start) + w.missing;
    if (needed > EXECWIRE_MAX_SIZE)
        return execwire_fail(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    *size = needed;
    if (out != NULL && w.missing > 0)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    return EXECWIRE_OK;
}

execwire_code execwire_json_write(const execwire_state *state, const execwire_json_options *options,
                                  void *out, size_t capacity, size_t *size, execwire_error *error)
{
#ifdef EXECWIRE_FAST_PATHS
    static const execwire_json_options by_default = {0};

#endif
    if (size != NULL)
        *size = 0;
    if (state == NULL || size == NULL || !is_form(options))
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
#ifdef EXECWIRE_FAST_PATHS
    if (options == NULL)
        options = &by_default;
    if (out != NULL && !options->pretty)
        *size = execwire_json_compact(state, options, out, capacity);
    if (*size > 0)
        return EXECWIRE_OK;
#endif
    return write_with_care(state, options, out, capacity, size, error);
}

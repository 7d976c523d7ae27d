/* SPDX-License-Identifier: Apache-2.0 */
#include "json/compact.h"

#ifdef EXECWIRE_FAST_PATHS

#include "base/ascii.h"
#include "text/copy.h"
#include "text/rfc3339.h"
#include "json/escape.h"

/* Every function is told where the room ends, and returns where what it wrote ends; NULL when there
 * may be no room. */
typedef struct compact {
    const char *end;
    bool api;
    bool names; /* of enums */
} compact;

/* A key with all that stands around it, and a scalar behind it, at most. */
#define MEMBER_ROOM (EXECWIRE_KEY_TEXT_SIZE + EXECWIRE_TIME_SIZE + 2)

static char *compact_message(const compact *c, char *at, const execwire_message *message,
                             const void *base);

static inline size_t room_of(const compact *c, const char *at)
{
    return (size_t)(c->end - at);
}

/* The comma, the name in quotes and the colon, in two or three moves, whatever their size: what is
 * too much is written over. */
static inline char *compact_key(char *at, const execwire_key *key, const execwire_field *field,
                                bool api, bool first)
{
    const char *text = (api ? key->json_name : key->name) + first;
    size_t size = (api ? field->json_name_size : field->name_size) + (size_t)4 - first;

    memcpy(at, text, 16);
    memcpy(at + 16, text + 16, 16);
    if (size > 32)
        memcpy(at + 32, text + 32, EXECWIRE_KEY_TEXT_SIZE - 33);
    return at + size;
}

/* What is left of a text, which begins with a character to be escaped. There is room for the text
 * as it is and for its quotes. */
static char *compact_escaped(const compact *c, char *at, const char *text, size_t size)
{
    while (size > 0) {
        size_t plain;

        if (room_of(c, at) < EXECWIRE_LONGEST_ESCAPE + size)
            return NULL;
        at = execwire_escape_put(at, execwire_escape_name((unsigned char)*text),
                                 (unsigned char)*text);
        plain = execwire_copy_unescaped(at, text + 1, size - 1);
        at += plain;
        text += 1 + plain;
        size -= 1 + plain;
    }
    return at;
}

static inline char *compact_text(const compact *c, char *at, const char *text, size_t size)
{
    size_t plain;

    if (room_of(c, at) < size + 2)
        return NULL;
    *at++ = '"';
    plain = execwire_copy_unescaped(at, text, size);
    at += plain;
    if (plain < size)
        at = compact_escaped(c, at, text + plain, size - plain);
    if (at == NULL || at == c->end)
        return NULL;
    *at++ = '"';
    return at;
}

static inline char *compact_integer(char *at, int64_t value)
{
    char digits[EXECWIRE_LONGEST_INTEGER];
    size_t start;

    if (value >= 0 && value < 10) {
        *at = (char)('0' + value);
        return at + 1;
    }
    start = execwire_integer_digits(digits, value);
    execwire_copy_bytes(at, digits + start, sizeof digits - start);
    return at + sizeof digits - start;
}

static char *compact_enum(const compact *c, char *at, const execwire_enum *type, int32_t number)
{
    const execwire_enum_value *value = c->names ? execwire_schema_enum_number(type, number) : NULL;
    const char *name = value == NULL ? NULL : c->api ? value->api_name : value->name;

    return name == NULL ? compact_integer(at, number) : compact_text(c, at, name, strlen(name));
}

static inline char *compact_bool(char *at, bool value)
{
    memcpy(at, value ? "true" : "false", 5);
    return at + (value ? 4 : 5);
}

static inline char *compact_time(char *at, const execwire_time *time)
{
    *at++ = '"';
    at += execwire_time_put(time, at);
    *at++ = '"';
    return at;
}

static char *compact_map(const compact *c, char *at, const execwire_map *map)
{
    *at++ = '{';
    for (size_t i = 0; i < map->count; i++) {
        const execwire_entry *entry = &map->entries[i];

        if (room_of(c, at) < 2)
            return NULL;
        if (i > 0)
            *at++ = ',';
        at = compact_text(c, at, entry->key.data, entry->key.size);
        if (at == NULL || at == c->end)
            return NULL;
        *at++ = ':';
        at = compact_text(c, at, entry->value.data, entry->value.size);
        if (at == NULL)
            return NULL;
    }
    if (at == c->end)
        return NULL;
    *at++ = '}';
    return at;
}

static inline char *compact_value(const compact *c, char *at, const execwire_field *field,
                                  const void *value)
{
    const execwire_str *text = value;

    switch ((execwire_kind)field->kind) {
    case EXECWIRE_KIND_STRING:
        return compact_text(c, at, text->data, text->size);
    case EXECWIRE_KIND_BOOL:
        return compact_bool(at, *(const bool *)value);
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        return compact_integer(at, *(const int64_t *)value);
    case EXECWIRE_KIND_ENUM:
        return compact_enum(c, at, execwire_field_enum(field), *(const int32_t *)value);
    case EXECWIRE_KIND_TIME:
        return compact_time(at, value);
    case EXECWIRE_KIND_MESSAGE:
        return compact_message(c, at, execwire_field_message(field), value);
    case EXECWIRE_KIND_MAP:
        return compact_map(c, at, value);
    case EXECWIRE_KIND_INT32: /* only inside Timestamp, which is a string here */
        break;
    }
    return at;
}

/* Recursion is as deep as the schema, which the generator bounds. */
static char *compact_message(const compact *c, char *at, const execwire_message *message,
                             const void *base)
{
    bool first = true;

    if (room_of(c, at) < 1)
        return NULL;
    *at++ = '{';
    for (size_t i = 0; i < message->count; i++) {
        const execwire_field *field = &message->fields[i];

        if (!execwire_is_present(field, base))
            continue;
        if (room_of(c, at) < MEMBER_ROOM)
            return NULL;
        at = compact_key(at, &message->keys[i], field, c->api, first);
        at = compact_value(c, at, field, execwire_const_member(field, base));
        if (at == NULL)
            return NULL;
        first = false;
    }
    if (at == c->end)
        return NULL;
    *at++ = '}';
    return at;
}

char *execwire_json_compact(const execwire_state *state, const execwire_json_options *options,
                            char *out, const char *end)
{
    compact c = {end, options->form == EXECWIRE_JSON_API,
                 options->enums == EXECWIRE_JSON_ENUM_NAMES};

    return compact_message(&c, out, &execwire_messages[0], state);
}

#endif

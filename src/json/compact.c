/* SPDX-License-Identifier: Apache-2.0 */
#include "json/compact.h"

#ifdef EXECWIRE_FAST_PATHS

#include "base/ascii.h"
#include "schema/around.h"
#include "text/copy.h"
#include "text/rfc3339.h"
#include "text/utf8.h"
#include "json/escape.h"

/* Every function is told where to write, and returns where what it wrote ends; NULL when there
 * may be no room, or something is wrong with what is to be written. */
typedef struct compact {
    const char *end; /* of the room */
    bool api;
    bool names;         /* of enums */
    execwire_date date; /* of the last time */
} compact;

/* A key with all that stands around it, and a scalar behind it, at most. */
#define MEMBER_ROOM (EXECWIRE_KEY_SIZE + EXECWIRE_TIME_SIZE + 2)

static char *compact_message(compact *c, char *at, const execwire_message *message,
                             const void *base);

static inline size_t room_of(const compact *c, const char *at)
{
    return (size_t)(c->end - at);
}

/* The comma, the name in quotes and the colon, in two or three moves, whatever their size: what is
 * too much is written over. */
static inline char *compact_key(char *at, const execwire_key *key)
{
    memcpy(at, key->text, 16);
    memcpy(at + 16, key->text + 16, 16);
    if (key->size > 32)
        memcpy(at + 32, key->text + 32, EXECWIRE_KEY_SIZE - 32);
    return at + key->size;
}

/* The rest of a text with characters to be escaped, or beyond ASCII, and the quote behind it. There
 * is room for both as they are, and for what is left of them behind each escape sequence. */
static char *compact_special(const compact *c, char *at, const char *text, size_t size)
{
    if (execwire_utf8_valid(text, size) != size)
        return NULL;
    for (;;) {
        size_t plain = execwire_copy_unescaped(at, text, size);

        at += plain;
        text += plain;
        size -= plain;
        if (size == 0)
            break;
        if (room_of(c, at) < EXECWIRE_LONGEST_ESCAPE + size)
            return NULL;
        at = execwire_escape_put(at, execwire_escape_name((unsigned char)*text),
                                 (unsigned char)*text);
        text++;
        size--;
    }
    *at = '"';
    return at + 1;
}

/* One look at a text says whether it is good, and whether it stands for itself. Its size is
 * compared before its bytes are looked at: those of what is too large may not be there. There is
 * room for two quotes. */
static EXECWIRE_APART char *compact_text(const compact *c, char *at, const char *text, size_t size)
{
    if (size > room_of(c, at) - 2)
        return NULL;
    *at++ = '"';
    if (!execwire_copy_plain(at, text, size))
        return compact_special(c, at, text, size);
    at[size] = '"';
    return at + size + 1;
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

    if (number < 0)
        return NULL;
    return name == NULL ? compact_integer(at, number) : compact_text(c, at, name, strlen(name));
}

static inline char *compact_bool(char *at, bool value)
{
    memcpy(at, value ? "true" : "false", 5);
    return at + (value ? 4 : 5);
}

static inline char *compact_time(compact *c, char *at, const execwire_time *time)
{
    if (!execwire_time_is_good(time))
        return NULL;
    *at++ = '"';
    at += execwire_time_put_on(time, &c->date, at);
    *at++ = '"';
    return at;
}

/* A text of a map behind `before`, where there may be no room at all. */
static char *compact_part(const compact *c, char *at, char before, const execwire_str *text)
{
    if (at == NULL || room_of(c, at) < 3)
        return NULL;
    *at = before;
    return compact_text(c, at + 1, text->data, text->size);
}

/* Where what was written behind `start` ends with its braces, of which the first replaces the comma
 * of the first member. */
static inline char *compact_braces(const compact *c, char *start, char *at)
{
    if (at == NULL || at == c->end)
        return NULL;
    *start = '{';
    *at = '}';
    return at + 1;
}

/* A map that is good. */
static char *compact_map(const compact *c, char *at, const execwire_map *map)
{
    char *start = at;

    for (size_t i = 0; i < map->count && at != NULL; i++) {
        at = compact_part(c, at, ',', &map->entries[i].key);
        at = compact_part(c, at, ':', &map->entries[i].value);
    }
    return compact_braces(c, start, at);
}

static inline char *compact_value(compact *c, char *at, const execwire_field *field,
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
        return compact_time(c, at, value);
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
static char *compact_message(compact *c, char *at, const execwire_message *message,
                             const void *base)
{
    const execwire_field *end = message->fields + message->count;
    const execwire_key *key = message->keys[c->api];
    char *start = at;

    for (const execwire_field *field = message->fields; field < end; field++, key++) {
        const void *value = execwire_const_member(field, base);

        if (!execwire_is_present(field, base))
            continue;
        if (room_of(c, at) < MEMBER_ROOM)
            return NULL;
        at = compact_value(c, compact_key(at, key), field, value);
        if (at == NULL)
            return NULL;
    }
    return compact_braces(c, start, at + (at == start));
}

size_t execwire_json_compact(const execwire_state *state, const execwire_json_options *options,
                             char *out, size_t capacity)
{
    size_t room = capacity < EXECWIRE_MAX_SIZE ? capacity : EXECWIRE_MAX_SIZE;
    execwire_surroundings s;
    compact c = {.end = out + room,
                 .api = options->form == EXECWIRE_JSON_API,
                 .names = options->enums == EXECWIRE_JSON_ENUM_NAMES};
    const char *end;

    if (room == 0 || !execwire_look_around(&s, state, out, room))
        return 0;
    end = compact_message(&c, out, &execwire_messages[0], state);
    return end != NULL ? (size_t)(end - out) : 0;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "json/compact.h"

#ifdef EXECWIRE_FAST_PATHS

#include "base/ascii.h"
#include "schema/map.h"
#include "text/copy.h"
#include "text/rfc3339.h"
#include "text/utf8.h"
#include "json/escape.h"

/* Every function is told where the room ends, and returns where what it wrote ends; NULL when there
 * may be no room, or something is wrong with what is to be written. */
typedef struct compact {
    uintptr_t start; /* of the room */
    size_t room;
    const char *end;
    bool api;
    bool names;         /* of enums */
    execwire_date date; /* of the last time */
} compact;

/* A key with all that stands around it, and a scalar behind it, at most. */
#define MEMBER_ROOM (EXECWIRE_KEY_TEXT_SIZE + EXECWIRE_TIME_SIZE + 2)

static char *compact_message(compact *c, char *at, const execwire_message *message,
                             const void *base);

static inline size_t room_of(const compact *c, const char *at)
{
    return (size_t)(c->end - at);
}

/* ---- Whether something that the state points to may be written over: asked before anything is. Of
 * what is absent or without bytes it may be said in vain; then the careful way is gone. ---- */

static inline bool may_write_over(const compact *c, const void *bytes, size_t size)
{
    return execwire_may_overlap(bytes, size, c->start, c->room);
}

static bool may_write_over_map(const compact *c, const execwire_map *map)
{
    bool over = may_write_over(c, map->entries, map->count * sizeof *map->entries);

    for (size_t i = 0; i < map->count && map->entries != NULL && !over; i++)
        over = may_write_over(c, map->entries[i].key.data, map->entries[i].key.size) ||
               may_write_over(c, map->entries[i].value.data, map->entries[i].value.size);
    return over;
}

/* One answer for all texts. Recursion is as deep as the schema, which the generator bounds. */
static bool may_write_over_any(const compact *c, const execwire_message *message, const void *base)
{
    bool over = false;

    for (uint64_t left = message->texts; left != 0; left &= left - 1) {
        const execwire_str *text = execwire_const_member(execwire_first_of(message, left), base);

        over |= may_write_over(c, text->data, text->size);
    }
    for (uint64_t left = message->inner; left != 0; left &= left - 1) {
        const execwire_field *field = execwire_first_of(message, left);
        const void *value = execwire_const_member(field, base);

        if (execwire_is_present(field, base))
            over |= field->kind == EXECWIRE_KIND_MAP
                        ? may_write_over_map(c, value)
                        : may_write_over_any(c, execwire_field_message(field), value);
    }
    return over;
}

/* ---- Writing ---- */

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

/* A text with characters to be escaped, or beyond ASCII. There is room for it as it is and for its
 * quotes. */
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
            return at;
        if (room_of(c, at) < EXECWIRE_LONGEST_ESCAPE + size)
            return NULL;
        at = execwire_escape_put(at, execwire_escape_name((unsigned char)*text),
                                 (unsigned char)*text);
        text++;
        size--;
    }
}

/* One look at a text says whether it is good, and whether it stands for itself. Its size is
 * compared before its bytes are looked at: those of what is too large may not be there. */
static inline char *compact_text(const compact *c, char *at, const char *text, size_t size)
{
    size_t room = room_of(c, at);

    if (room < 2 || size > room - 2)
        return NULL;
    *at++ = '"';
    at = execwire_copy_plain(at, text, size) ? at + size : compact_special(c, at, text, size);
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

/* With its comma, when it is not the first. */
static char *compact_entry(const compact *c, char *at, const execwire_entry *entry, bool first)
{
    if (entry->key.data == NULL || entry->value.data == NULL || room_of(c, at) < 1 ||
        (!first && execwire_compare_keys(entry[-1].key, entry->key) >= 0))
        return NULL;
    *at = ',';
    at = compact_text(c, at + !first, entry->key.data, entry->key.size);
    if (at == NULL || at == c->end)
        return NULL;
    *at++ = ':';
    return compact_text(c, at, entry->value.data, entry->value.size);
}

static char *compact_map(const compact *c, char *at, const execwire_map *map)
{
    if (map->entries == NULL)
        return NULL;
    *at++ = '{';
    for (size_t i = 0; i < map->count && at != NULL; i++)
        at = compact_entry(c, at, &map->entries[i], i == 0);
    if (at == NULL || at == c->end)
        return NULL;
    *at++ = '}';
    return at;
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

/* A field that is there. */
static inline char *compact_member(compact *c, char *at, const execwire_key *key,
                                   const execwire_field *field, const void *base, bool first)
{
    if (room_of(c, at) < MEMBER_ROOM)
        return NULL;
    at = compact_key(at, key, field, c->api, first);
    return compact_value(c, at, field, execwire_const_member(field, base));
}

/* Recursion is as deep as the schema, which the generator bounds. */
static char *compact_message(compact *c, char *at, const execwire_message *message,
                             const void *base)
{
    const execwire_field *end = message->fields + message->count;
    const execwire_key *key = message->keys;
    bool first = true;

    if (room_of(c, at) < 1)
        return NULL;
    *at++ = '{';
    for (const execwire_field *field = message->fields; field < end; field++, key++) {
        if (!execwire_is_present(field, base))
            continue;
        at = compact_member(c, at, key, field, base, first);
        if (at == NULL)
            return NULL;
        first = false;
    }
    if (at == c->end)
        return NULL;
    *at++ = '}';
    return at;
}

size_t execwire_json_compact(const execwire_state *state, const execwire_json_options *options,
                             char *out, size_t capacity)
{
    size_t room = capacity < EXECWIRE_MAX_SIZE ? capacity : EXECWIRE_MAX_SIZE;
    compact c = {.start = (uintptr_t)out,
                 .room = room,
                 .end = out + room,
                 .api = options->form == EXECWIRE_JSON_API,
                 .names = options->enums == EXECWIRE_JSON_ENUM_NAMES};
    const char *end = NULL;

    if (!may_write_over_any(&c, &execwire_messages[0], state))
        end = compact_message(&c, out, &execwire_messages[0], state);
    return end != NULL ? (size_t)(end - out) : 0;
}

#endif

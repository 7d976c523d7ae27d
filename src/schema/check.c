/* What a writer checks before it writes: one walk over the state, so that neither the protobuf nor
 * the JSON writer has to stop half way.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "error/error.h"
#include "schema/map.h"
#include "schema/schema.h"
#include "text/path.h"
#include "text/rfc3339.h"
#include "text/utf8.h"

#include <execwire/execwire.h>

typedef struct checker {
    size_t room; /* what is left of the largest message's size; keeps later sums from overflowing */
    execwire_error *error;
#ifdef EXECWIRE_FINDS_OVERLAP
    uintptr_t out;
    size_t capacity;
#endif
} checker;

static execwire_code check_message(checker *c, const execwire_message *message, const void *base);

#ifdef EXECWIRE_FINDS_OVERLAP

/* Whether bytes lie where the writer writes to. */
static inline bool overlaps(const checker *c, const void *bytes, size_t size)
{
    return execwire_overlap(bytes, size, c->out, c->capacity);
}

#else
#define overlaps(c, bytes, size) false
#endif

/* A string and `overhead` bytes around it. */
static execwire_code check_string(checker *c, const execwire_str *text, size_t overhead)
{
    size_t valid;

    if (overhead > c->room || text->size > c->room - overhead)
        return execwire_fail(c->error, EXECWIRE_ERROR_TOO_LARGE, 0);
    c->room -= overhead + text->size;
    if (overlaps(c, text->data, text->size))
        return execwire_fail(c->error, EXECWIRE_ERROR_ARGUMENT, 0);
    valid = execwire_utf8_valid(text->data, text->size);
    if (valid < text->size)
        return execwire_fail(c->error, EXECWIRE_ERROR_UTF8, valid);
    return EXECWIRE_OK;
}

static execwire_code check_entry(checker *c, const execwire_map *map, size_t i)
{
    const execwire_entry *entry = &map->entries[i];
    execwire_code code;

    if (entry->key.data == NULL || entry->value.data == NULL)
        return execwire_fail(c->error, EXECWIRE_ERROR_ARGUMENT, 0);
    code = check_string(c, &entry->key, EXECWIRE_ENTRY_OVERHEAD);
    if (code == EXECWIRE_OK)
        code = check_string(c, &entry->value, 0);
    if (code == EXECWIRE_OK && i > 0 &&
        execwire_compare_keys(map->entries[i - 1].key, entry->key) >= 0)
        code = execwire_fail(c->error, EXECWIRE_ERROR_MAP_ORDER, 0);
    return code == EXECWIRE_OK ? code
                               : execwire_fail_in(c->error, code, entry->key.data, entry->key.size);
}

static execwire_code check_map(checker *c, const execwire_map *map)
{
    if (map->entries == NULL || overlaps(c, map->entries, map->count * sizeof *map->entries))
        return execwire_fail(c->error, EXECWIRE_ERROR_ARGUMENT, 0);
    for (size_t i = 0; i < map->count; i++) {
        execwire_code code = check_entry(c, map, i);

        if (code != EXECWIRE_OK)
            return code;
    }
    return EXECWIRE_OK;
}

static execwire_code check_value(checker *c, const execwire_field *field, const void *value)
{
    execwire_code code = EXECWIRE_OK;

    switch ((execwire_kind)field->kind) {
    case EXECWIRE_KIND_STRING:
        return check_string(c, value, 0);
    case EXECWIRE_KIND_MESSAGE:
        return check_message(c, execwire_field_message(field), value);
    case EXECWIRE_KIND_MAP:
        return check_map(c, value);
    case EXECWIRE_KIND_ENUM:
        if (*(const int32_t *)value < 0)
            code = EXECWIRE_ERROR_ENUM_RANGE;
        break;
    case EXECWIRE_KIND_TIME:
        code = execwire_time_check(value);
        break;
    case EXECWIRE_KIND_BOOL:
    case EXECWIRE_KIND_INT32:
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        break;
    }
    return code == EXECWIRE_OK ? code : execwire_fail(c->error, code, 0);
}

/* Recursion is as deep as the schema, which the generator bounds. */
static execwire_code check_message(checker *c, const execwire_message *message, const void *base)
{
    const execwire_field *end = message->fields + message->count;

    for (const execwire_field *field = message->fields; field < end; field++) {
        execwire_code code;

        if (!execwire_is_present(field, base))
            continue;
        code = check_value(c, field, execwire_const_member(field, base));
        if (code != EXECWIRE_OK)
            return execwire_fail_in_field(c->error, code, field);
    }
    return EXECWIRE_OK;
}

#ifdef EXECWIRE_FINDS_OVERLAP

execwire_code execwire_state_check_for(const execwire_state *state, const void *out,
                                       size_t capacity, execwire_error *error)
{
    checker c = {EXECWIRE_MAX_SIZE, error, (uintptr_t)out, out != NULL ? capacity : 0};

    return check_message(&c, &execwire_messages[0], state);
}

#else

execwire_code execwire_state_check(const execwire_state *state, execwire_error *error)
{
    checker c = {EXECWIRE_MAX_SIZE, error};

    return check_message(&c, &execwire_messages[0], state);
}

#endif

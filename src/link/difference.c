/* SPDX-License-Identifier: Apache-2.0 */
#include "link/difference.h"

#include "schema/schema.h"

#include <string.h>

#define PATH_BITS 5

static size_t size_of(execwire_kind kind)
{
    switch (kind) {
    case EXECWIRE_KIND_STRING:
        return sizeof(execwire_str);
    case EXECWIRE_KIND_BOOL:
        return sizeof(bool);
    case EXECWIRE_KIND_INT32:
    case EXECWIRE_KIND_ENUM:
        return sizeof(int32_t);
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        return sizeof(int64_t);
    case EXECWIRE_KIND_TIME:
        return sizeof(execwire_time);
    case EXECWIRE_KIND_MAP:
        return sizeof(execwire_map);
    case EXECWIRE_KIND_MESSAGE:
        break;
    }
    return 0; /* a message is its fields */
}

static bool same_text(const execwire_str *left, const execwire_str *right)
{
    return left->size == right->size &&
           (left->size == 0 || memcmp(left->data, right->data, left->size) == 0);
}

static bool same_map(const execwire_map *left, const execwire_map *right)
{
    if (left->count != right->count)
        return false;
    for (size_t i = 0; i < left->count; i++)
        if (!same_text(&left->entries[i].key, &right->entries[i].key) ||
            !same_text(&left->entries[i].value, &right->entries[i].value))
            return false;
    return true;
}

static bool same_time(const execwire_time *left, const execwire_time *right)
{
    return left->seconds == right->seconds && left->nanos == right->nanos;
}

static bool same_value(execwire_kind kind, const void *left, const void *right)
{
    if (kind == EXECWIRE_KIND_STRING)
        return same_text(left, right);
    if (kind == EXECWIRE_KIND_MAP)
        return same_map(left, right);
    if (kind == EXECWIRE_KIND_TIME)
        return same_time(left, right);
    return memcmp(left, right, size_of(kind)) == 0;
}

static void add_clear(execwire_difference *difference, uint32_t path)
{
    if (difference->clear_count < EXECWIRE_CLEAR_MAX)
        difference->clear[difference->clear_count] = path;
    difference->clear_count++;
}

/* A time is merged into the one that is there and a map is put beside it, so both are to be taken
 * away before. */
static bool is_merged(execwire_kind kind)
{
    return kind == EXECWIRE_KIND_TIME || kind == EXECWIRE_KIND_MAP;
}

/* Puts a field that is present into the patch. Recursion here and below is as deep as the schema,
 * which the generator bounds. */
static void put_field(const execwire_field *field, const void *actual, void *patch)
{
    execwire_kind kind = (execwire_kind)field->kind;
    const void *value = execwire_const_member(field, actual);
    void *member = execwire_member(field, patch);
    const execwire_message *message = execwire_field_message(field);

    execwire_set_present(field, patch);
    memcpy(member, value, size_of(kind));
    if (kind != EXECWIRE_KIND_MESSAGE)
        return;
    for (size_t i = 0; i < message->count; i++)
        if (execwire_is_present(&message->fields[i], value))
            put_field(&message->fields[i], value, member);
}

static bool find_in(execwire_difference *difference, const execwire_message *message,
                    const void *predicted, const void *actual, void *patch, uint32_t path);

/* A field that both have. Returns whether something of it is in the patch. */
static bool find_in_field(execwire_difference *difference, const execwire_field *field,
                          const void *predicted, const void *actual, void *patch, uint32_t path)
{
    execwire_kind kind = (execwire_kind)field->kind;
    const void *left = execwire_const_member(field, predicted);
    const void *right = execwire_const_member(field, actual);

    if (kind == EXECWIRE_KIND_MESSAGE) {
        if (!find_in(difference, execwire_field_message(field), left, right,
                     execwire_member(field, patch), path))
            return false;
        execwire_set_present(field, patch);
        return true;
    }
    if (same_value(kind, left, right))
        return false;
    if (is_merged(kind))
        add_clear(difference, path);
    put_field(field, actual, patch);
    return true;
}

static bool find_in(execwire_difference *difference, const execwire_message *message,
                    const void *predicted, const void *actual, void *patch, uint32_t path)
{
    bool any = false;

    for (size_t i = 0; i < message->count; i++) {
        const execwire_field *field = &message->fields[i];
        uint32_t own_path = path << PATH_BITS | field->number;
        bool expected = execwire_is_present(field, predicted);

        if (!execwire_is_present(field, actual)) {
            if (expected)
                add_clear(difference, own_path);
        } else if (expected) {
            any |= find_in_field(difference, field, predicted, actual, patch, own_path);
        } else {
            put_field(field, actual, patch);
            any = true;
        }
    }
    return any;
}

void execwire_difference_find(const execwire_state *predicted, const execwire_state *actual,
                              execwire_difference *difference)
{
    memset(difference, 0, sizeof *difference);
    difference->has_patch =
        find_in(difference, &execwire_messages[0], predicted, actual, &difference->patch, 0);
    if (difference->clear_count <= EXECWIRE_CLEAR_MAX)
        return;
    difference->clear[0] = EXECWIRE_CLEAR_ALL;
    difference->clear_count = 1;
    difference->patch = *actual;
    difference->has_patch = true;
}

/* Takes a field away, with all that is inside it. */
static void clear_field(const execwire_field *field, void *base)
{
    execwire_kind kind = (execwire_kind)field->kind;
    void *member = execwire_member(field, base);

    if (field->flag != 0)
        *((bool *)member - field->flag) = false;
    if (kind != EXECWIRE_KIND_MESSAGE) {
        memset(member, 0, size_of(kind));
        return;
    }
    for (size_t i = 0; i < execwire_field_message(field)->count; i++)
        clear_field(&execwire_field_message(field)->fields[i], member);
}

bool execwire_difference_clear(execwire_state *state, uint32_t path)
{
    const execwire_message *message = &execwire_messages[0];
    const execwire_field *field = NULL;
    void *base = state;
    unsigned shift = 0;

    if (path == EXECWIRE_CLEAR_ALL) {
        memset(state, 0, sizeof *state);
        return true;
    }
    while (path >> shift >= 1u << PATH_BITS)
        shift += PATH_BITS;
    for (;; shift -= PATH_BITS) {
        field = execwire_schema_field(message, path >> shift & ((1u << PATH_BITS) - 1));
        if (field == NULL)
            return false;
        if (shift == 0)
            break;
        if (field->kind != EXECWIRE_KIND_MESSAGE)
            return false;
        base = execwire_member(field, base);
        message = execwire_field_message(field);
    }
    clear_field(field, base);
    return true;
}

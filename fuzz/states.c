/* Comparing states, by the schema.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include "schema/schema.h"

#include <string.h>

static bool same_message(const execwire_message *message, const void *left, const void *right);

static bool same_string(const execwire_str *left, const execwire_str *right)
{
    return (left->data == NULL) == (right->data == NULL) && left->size == right->size &&
           (left->size == 0 || memcmp(left->data, right->data, left->size) == 0);
}

static bool same_map(const execwire_map *left, const execwire_map *right)
{
    if (left->count != right->count)
        return false;
    for (size_t i = 0; i < left->count; i++)
        if (!same_string(&left->entries[i].key, &right->entries[i].key) ||
            !same_string(&left->entries[i].value, &right->entries[i].value))
            return false;
    return true;
}

static bool same_time(const execwire_time *left, const execwire_time *right)
{
    return left->seconds == right->seconds && left->nanos == right->nanos;
}

static bool same_value(const execwire_field *field, const void *left, const void *right)
{
    switch ((execwire_kind)field->kind) {
    case EXECWIRE_KIND_STRING:
        return same_string(left, right);
    case EXECWIRE_KIND_BOOL:
        return *(const bool *)left == *(const bool *)right;
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        return *(const int64_t *)left == *(const int64_t *)right;
    case EXECWIRE_KIND_INT32:
    case EXECWIRE_KIND_ENUM:
        return *(const int32_t *)left == *(const int32_t *)right;
    case EXECWIRE_KIND_TIME:
        return same_time(left, right);
    case EXECWIRE_KIND_MESSAGE:
        return same_message(execwire_field_message(field), left, right);
    case EXECWIRE_KIND_MAP:
        return same_map(left, right);
    }
    return false;
}

/* Recursion is as deep as the schema, which the generator bounds. */
static bool same_message(const execwire_message *message, const void *left, const void *right)
{
    for (size_t i = 0; i < message->count; i++) {
        const execwire_field *field = &message->fields[i];
        bool present = execwire_is_present(field, left);

        if (present != execwire_is_present(field, right))
            return false;
        if (present && !same_value(field, execwire_const_member(field, left),
                                   execwire_const_member(field, right)))
            return false;
    }
    return true;
}

bool fuzz_same_state(const execwire_state *left, const execwire_state *right)
{
    return same_message(&execwire_messages[0], left, right);
}

bool fuzz_all_absent(const execwire_state *state)
{
    static const execwire_state absent;

    return memcmp(state, &absent, sizeof absent) == 0;
}

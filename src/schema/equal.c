/* Whether two states say the same, driven by the schema tables.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "schema/schema.h"

#include <execwire/execwire.h>

#include <string.h>

static bool same_message(const execwire_message *message, const void *left, const void *right);

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

static bool same_value(const execwire_field *field, const void *left, const void *right)
{
    switch ((execwire_kind)field->kind) {
    case EXECWIRE_KIND_STRING:
        return same_text(left, right);
    case EXECWIRE_KIND_MAP:
        return same_map(left, right);
    case EXECWIRE_KIND_MESSAGE:
        return same_message(execwire_field_message(field), left, right);
    case EXECWIRE_KIND_TIME:
        return same_time(left, right);
    case EXECWIRE_KIND_BOOL:
        return *(const bool *)left == *(const bool *)right;
    case EXECWIRE_KIND_INT32:
    case EXECWIRE_KIND_ENUM:
        return *(const int32_t *)left == *(const int32_t *)right;
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        break;
    }
    return *(const int64_t *)left == *(const int64_t *)right;
}

/* Recursion is as deep as the schema, which the generator bounds. */
static bool same_message(const execwire_message *message, const void *left, const void *right)
{
    const execwire_field *end = message->fields + message->count;

    for (const execwire_field *field = message->fields; field < end; field++) {
        bool present = execwire_is_present(field, left);

        if (present != execwire_is_present(field, right))
            return false;
        if (present && !same_value(field, execwire_const_member(field, left),
                                   execwire_const_member(field, right)))
            return false;
    }
    return true;
}

bool execwire_state_equal(const execwire_state *left, const execwire_state *right)
{
    return left != NULL && right != NULL && same_message(&execwire_messages[0], left, right);
}

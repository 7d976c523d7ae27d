/* Fields taken out of a state.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <execwire/fields.h>

#include "schema/schema.h"

static size_t size_of_member(execwire_kind kind)
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

void execwire_field_clear(const execwire_field *field, void *base)
{
    execwire_kind kind = (execwire_kind)field->kind;
    void *member = execwire_member(field, base);

    if (field->flag != 0)
        *((bool *)member - field->flag) = false;
    if (kind != EXECWIRE_KIND_MESSAGE) {
        memset(member, 0, size_of_member(kind));
        return;
    }
    for (size_t i = 0; i < execwire_field_message(field)->count; i++)
        execwire_field_clear(&execwire_field_message(field)->fields[i], member);
}

bool execwire_clear_field(execwire_state *state, const uint32_t *path, size_t count)
{
    const execwire_message *message = &execwire_messages[0];
    void *base = state;

    if (state == NULL || path == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const execwire_field *field = execwire_schema_field(message, path[i]);

        if (field == NULL || !execwire_is_present(field, base))
            return false;
        if (i == count - 1) {
            execwire_field_clear(field, base);
            return true;
        }
        if (field->kind != EXECWIRE_KIND_MESSAGE)
            return false;
        base = execwire_member(field, base);
        message = execwire_field_message(field);
    }
    return false;
}

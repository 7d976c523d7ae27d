/* SPDX-License-Identifier: Apache-2.0 */
#include "link/model/difference.h"

#include "schema/schema.h"

#define PATH_BITS 5
#define PATH_MASK ((1u << PATH_BITS) - 1)

const void *execwire_path_get(const execwire_state *state, uint32_t path)
{
    const execwire_message *message = &execwire_messages[0];
    const void *base = state;

    for (;;) {
        const execwire_field *field = execwire_schema_field(message, path & PATH_MASK);

        if (!execwire_is_present(field, base))
            return NULL;
        base = execwire_const_member(field, base);
        path >>= PATH_BITS;
        if (path == 0)
            return base;
        message = execwire_field_message(field);
    }
}

/* `path` is that of the message, `shift` where a field in it goes. Recursion here and below is as
 * deep as the schema, which the generator bounds. */
static void write_clears(execwire_sink *sink, const execwire_message *message,
                         const void *predicted, const void *actual, uint32_t path, unsigned shift)
{
    for (size_t i = 0; i < message->count; i++) {
        const execwire_field *field = &message->fields[i];
        uint32_t own_path = path | (uint32_t)field->number << shift;

        if (!execwire_is_present(field, predicted))
            continue;
        if (!execwire_is_present(field, actual))
            execwire_sink_varint(sink, own_path);
        else if (field->kind == EXECWIRE_KIND_MESSAGE)
            write_clears(sink, execwire_field_message(field),
                         execwire_const_member(field, predicted),
                         execwire_const_member(field, actual), own_path, shift + PATH_BITS);
    }
}

void execwire_difference_clears(execwire_sink *sink, const execwire_state *predicted,
                                const execwire_state *actual)
{
    write_clears(sink, &execwire_messages[0], predicted, actual, 0, 0);
}

bool execwire_difference_clear(execwire_state *state, uint32_t path)
{
    const execwire_message *message = &execwire_messages[0];
    void *base = state;

    for (;; path >>= PATH_BITS) {
        const execwire_field *field = execwire_schema_field(message, path & PATH_MASK);

        if (field == NULL)
            return false;
        if (path <= PATH_MASK) {
            execwire_field_clear(field, base);
            return true;
        }
        if (field->kind != EXECWIRE_KIND_MESSAGE)
            return false;
        base = execwire_member(field, base);
        message = execwire_field_message(field);
    }
}

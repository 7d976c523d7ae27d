/* SPDX-License-Identifier: Apache-2.0 */
#include "schema/around.h"

#ifdef EXECWIRE_FAST_PATHS

/* Recursion is as deep as the schema, which the generator bounds. */
static bool look_inside(execwire_surroundings *s, const execwire_message *message, const void *base)
{
    const uintptr_t out = s->outline.out;
    const size_t capacity = s->outline.capacity;
    size_t texts = 0;

    for (uint64_t left = message->texts; left != 0; left &= left - 1) {
        const execwire_str *text = execwire_const_member(execwire_first_of(message, left), base);

        if (text->data == NULL)
            continue;
        if (execwire_may_overlap(text->data, text->size, out, capacity))
            return false;
        texts += text->size;
    }
    s->texts[s->count++] = texts;
    for (uint64_t left = message->inner; left != 0; left &= left - 1) {
        const execwire_field *field = execwire_first_of(message, left);
        const void *value = execwire_const_member(field, base);

        if (execwire_is_present(field, base) &&
            !(field->kind == EXECWIRE_KIND_MAP
                  ? execwire_is_good_map(&s->outline, value)
                  : look_inside(s, execwire_field_message(field), value)))
            return false;
    }
    return true;
}

bool execwire_look_around(execwire_surroundings *s, const execwire_state *state, const void *out,
                          size_t capacity)
{
    s->outline = (execwire_outline){(uintptr_t)out, capacity, 0};
    s->count = 0;
    return look_inside(s, &execwire_messages[0], state);
}

#endif

/* A state with all that it points to, in memory that the caller lends.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "error/error.h"
#include "schema/schema.h"
#include "schema/scratch.h"

#include <execwire/execwire.h>

#include <string.h>

typedef struct copier {
    execwire_scratch *scratch; /* counts all that is needed, also beyond its capacities */
    execwire_code code;        /* NO_SPACE: what comes from now on is only counted */
} copier;

/* Lets a view point to a copy of its bytes. */
static void copy_text(copier *c, execwire_str *text)
{
    execwire_scratch *scratch = c->scratch;
    size_t at = scratch->text_size;

    if (c->code == EXECWIRE_ERROR_TOO_LARGE || text->size > EXECWIRE_MAX_SIZE - at) {
        c->code = EXECWIRE_ERROR_TOO_LARGE;
        return;
    }
    scratch->text_size += text->size;
    if (scratch->text_size > scratch->text_capacity)
        c->code = EXECWIRE_ERROR_NO_SPACE;
    if (c->code != EXECWIRE_OK)
        return;
    if (text->size > 0)
        memcpy(scratch->text + at, text->data, text->size);
    text->data = text->size > 0 ? scratch->text + at : "";
}

static void copy_map(copier *c, execwire_map *map)
{
    execwire_scratch *scratch = c->scratch;

    scratch->entry_count = map->count;
    if (map->count > scratch->entry_capacity)
        c->code = EXECWIRE_ERROR_NO_SPACE;
    for (size_t i = 0; i < map->count; i++) {
        execwire_entry entry = map->entries[i];

        copy_text(c, &entry.key);
        copy_text(c, &entry.value);
        if (c->code == EXECWIRE_OK)
            scratch->entries[i] = entry;
    }
    map->entries = scratch->entries;
}

/* Recursion is as deep as the schema, which the generator bounds. */
static void copy_message(copier *c, const execwire_message *message, void *base)
{
    const execwire_field *end = message->fields + message->count;

    for (const execwire_field *field = message->fields; field < end; field++) {
        void *member = execwire_member(field, base);

        if (!execwire_is_present(field, base))
            continue;
        if (field->kind == EXECWIRE_KIND_STRING)
            copy_text(c, member);
        else if (field->kind == EXECWIRE_KIND_MAP)
            copy_map(c, member);
        else if (field->kind == EXECWIRE_KIND_MESSAGE)
            copy_message(c, execwire_field_message(field), member);
    }
}

execwire_code execwire_state_copy(const execwire_state *in, execwire_scratch *scratch,
                                  execwire_state *state, execwire_error *error)
{
    execwire_scratch nothing = {.entries = NULL};
    copier c = {scratch != NULL ? scratch : &nothing,
                state != NULL ? EXECWIRE_OK : EXECWIRE_ERROR_NO_SPACE};
    execwire_state copy;
    bool good = execwire_scratch_start(c.scratch) && in != NULL;

    if (!good) {
        if (state != NULL)
            memset(state, 0, sizeof *state);
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    }
    copy = *in;
    copy_message(&c, &execwire_messages[0], &copy);
    if (c.code == EXECWIRE_ERROR_NO_SPACE && state == NULL)
        return EXECWIRE_OK;
    if (c.code != EXECWIRE_OK)
        memset(&copy, 0, sizeof copy);
    if (state != NULL)
        *state = copy;
    return c.code == EXECWIRE_OK ? EXECWIRE_OK : execwire_fail(error, c.code, 0);
}

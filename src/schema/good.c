/* SPDX-License-Identifier: Apache-2.0 */
#include "schema/good.h"

#ifdef EXECWIRE_FAST_PATHS

#include "schema/map.h"
#include "text/rfc3339.h"
#include "text/span.h"
#include "text/utf8.h"

/* Whether nothing is written where these bytes are. */
static inline bool is_apart(const execwire_outline *outline, const void *bytes, size_t size)
{
    return !execwire_overlap(bytes, size, outline->out, outline->capacity);
}

static inline bool is_good_text(const execwire_outline *outline, const char *text, size_t size)
{
    return is_apart(outline, text, size) &&
           (execwire_is_short_ascii(text, size) || execwire_utf8_valid(text, size) == size);
}

/* Whether a message has room for a text of an entry. Sizes are looked at before bytes are: those of
 * what is too large may not be there. */
static inline bool entry_fits(const execwire_outline *outline, size_t size)
{
    return size <= EXECWIRE_MAX_SIZE - EXECWIRE_ENTRY_OVERHEAD &&
           outline->total <= EXECWIRE_MAX_SIZE - EXECWIRE_ENTRY_OVERHEAD - size;
}

static inline bool is_good_part(execwire_outline *outline, const execwire_str *text)
{
    if (text->data == NULL || !entry_fits(outline, text->size) ||
        !is_good_text(outline, text->data, text->size))
        return false;
    outline->total += text->size;
    return true;
}

bool execwire_is_good_map(execwire_outline *outline, const execwire_map *map)
{
    if (map->entries == NULL || !is_apart(outline, map->entries, map->count * sizeof *map->entries))
        return false;
    for (size_t i = 0; i < map->count; i++) {
        const execwire_entry *entry = &map->entries[i];

        if (!is_good_part(outline, &entry->key) || !is_good_part(outline, &entry->value) ||
            (i > 0 && execwire_compare_keys(entry[-1].key, entry->key) >= 0))
            return false;
        outline->total += EXECWIRE_ENTRY_OVERHEAD;
    }
    return true;
}

/* An absent text is taken for an empty one, so that nothing here has to wait for what is hard to
 * foresee. */
static inline bool has_good_texts(execwire_outline *outline, const execwire_message *message,
                                  const void *base)
{
    size_t room = EXECWIRE_MAX_SIZE - outline->total;
    bool good = true;

    for (uint64_t left = message->texts; left != 0; left &= left - 1) {
        const execwire_str *text = execwire_const_member(execwire_first_of(message, left), base);
        size_t there = text->data != NULL ? text->size : 0;

        if (there > room) /* before its bytes, which may not be there */
            return false;
        good &= is_good_text(outline, text->data, there);
        room -= there;
    }
    outline->total = EXECWIRE_MAX_SIZE - room;
    return good;
}

static inline bool has_good_ranges(const execwire_message *message, const void *base)
{
    bool good = true;

    for (uint64_t left = message->ranges; left != 0; left &= left - 1) {
        const execwire_field *field = execwire_first_of(message, left);
        const void *value = execwire_const_member(field, base);

        if (!execwire_is_present(field, base))
            continue;
        good &= field->kind == EXECWIRE_KIND_ENUM ? *(const int32_t *)value >= 0
                                                  : execwire_time_is_good(value);
    }
    return good;
}

/* Recursion is as deep as the schema, which the generator bounds. */
static bool is_good_message(execwire_outline *outline, const execwire_message *message,
                            const void *base)
{
    if (!has_good_texts(outline, message, base) || !has_good_ranges(message, base))
        return false;
    for (uint64_t left = message->inner; left != 0; left &= left - 1) {
        const execwire_field *field = execwire_first_of(message, left);
        const void *value = execwire_const_member(field, base);

        if (!execwire_is_present(field, base))
            continue;
        if (field->kind == EXECWIRE_KIND_MAP
                ? !execwire_is_good_map(outline, value)
                : !is_good_message(outline, execwire_field_message(field), value))
            return false;
    }
    return true;
}

bool execwire_state_is_good(const execwire_state *state, const void *out, size_t capacity)
{
    execwire_outline outline = {(uintptr_t)out, out != NULL ? capacity : 0, 0};

    return is_good_message(&outline, &execwire_messages[0], state) &&
           outline.total <= EXECWIRE_MAX_SIZE;
}

#endif

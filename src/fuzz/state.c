/* States of any bytes, by the schema.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "error/error.h"
#include "schema/map.h"
#include "schema/schema.h"
#include "schema/scratch.h"

#include <execwire/fuzz.h>

#include <string.h>

#define FIRST_SECOND (-62135596800) /* of the year 1 */
#define LAST_SECOND  253402300799   /* of the year 9999 */
#define LATELY       1715074886     /* in 2024 */
#define NANOS        1000000000
#define LONGEST_BITS 12 /* characters of the longest text: 4,096 */
#define MOST_ENTRIES 8

/* The bytes that a state is made of, and where its texts go. */
typedef struct source {
    const uint8_t *at, *end;
    execwire_scratch *scratch;
} source;

/* Behind the end are zeros. */
static uint8_t take(source *s)
{
    return s->at < s->end ? *s->at++ : 0;
}

static uint64_t take_number(source *s, unsigned size)
{
    uint64_t number = 0;

    for (; size > 0; size--)
        number = number << 8 | take(s);
    return number;
}

static bool is_full(const execwire_scratch *scratch)
{
    return scratch->text_size > scratch->text_capacity ||
           scratch->entry_count > scratch->entry_capacity;
}

/* ---- Texts ---- */

/* What programs stumble over: the ends of lines, quotes and formats; characters of two, three and
 * four bytes; those without width, that turn the direction and back, that join the one before; and
 * the last ones. */
static const char *const odd[] = {"\n",           "\r",
                                  "\"",           "\\",
                                  "%n",           "\x7F",
                                  "\xC3\xA9",     "\xE2\x82\xAC",
                                  "\xE2\x80\xA8", "\xE2\x80\xAE\xE2\x80\xAC",
                                  "\xEF\xBB\xBF", "\xEF\xBF\xBD",
                                  "\xCC\x81",     "\xF0\x9D\x84\x9E",
                                  "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF"};

static void put(source *s, const char *text, size_t size)
{
    execwire_scratch *scratch = s->scratch;

    if (size <= scratch->text_capacity && scratch->text_size <= scratch->text_capacity - size)
        memcpy(scratch->text + scratch->text_size, text, size);
    scratch->text_size += size;
}

static void put_character(source *s, uint8_t byte)
{
    char ascii = (char)byte;

    if (byte < 0x80)
        put(s, &ascii, 1);
    else
        put(s, odd[byte & 15], strlen(odd[byte & 15]));
}

/* One in 16 is long: a character many times. */
static execwire_str make_text(source *s)
{
    size_t start = s->scratch->text_size;
    execwire_str text = {"", 0};
    uint8_t kind = take(s);

    if (kind >= 0xF0) {
        uint8_t character = take(s);

        for (size_t count = (size_t)1 << (kind & 15) % (LONGEST_BITS + 1); count > 0; count--)
            put_character(s, character);
    } else {
        for (unsigned count = kind & 31; count > 0 && s->at < s->end; count--)
            put_character(s, take(s));
    }
    text.size = s->scratch->text_size - start;
    if (text.size > 0 && !is_full(s->scratch))
        text.data = s->scratch->text + start;
    return text;
}

/* ---- Other values ---- */

static int64_t make_number(source *s)
{
    static const int64_t ends[] = {0,         -1,        INT64_MAX,  INT64_MIN,
                                   INT32_MAX, INT32_MIN, UINT32_MAX, (int64_t)1 << 53};
    uint8_t kind = take(s);

    if (kind < 0x80)
        return kind;
    if (kind < 0xC0)
        return ends[kind & 7];
    return (int64_t)take_number(s, 8);
}

static int32_t make_enum(source *s)
{
    uint8_t kind = take(s);

    return kind < 0xF0 ? kind & 15 : (int32_t)(take_number(s, 4) & INT32_MAX);
}

static execwire_time make_time(source *s)
{
    execwire_time time = {FIRST_SECOND, 0};
    uint8_t kind = take(s);

    if ((kind & 3) == 1)
        time.seconds = LAST_SECOND;
    else if ((kind & 3) == 2)
        time.seconds += (int64_t)(take_number(s, 5) % (LAST_SECOND - FIRST_SECOND + 1));
    else if ((kind & 3) == 3)
        time.seconds = LATELY + (int64_t)take_number(s, 2);
    if (kind >= 0xC0)
        time.nanos = NANOS - 1;
    else if (kind >= 0x40)
        time.nanos = (int32_t)(take_number(s, 4) % NANOS);
    return time;
}

/* Entries in order; of those with the same key the first. */
static void make_map(source *s, execwire_map *map)
{
    execwire_scratch *scratch = s->scratch;
    execwire_entry *entries = scratch->entries;
    size_t count = 1 + take(s) % MOST_ENTRIES;

    for (size_t i = 0; i < count; i++) {
        execwire_entry entry = {.position = i};

        entry.key = make_text(s);
        entry.value = make_text(s);
        if (i < scratch->entry_capacity)
            entries[i] = entry;
    }
    scratch->entry_count = count;
    if (is_full(scratch))
        return;
    *map = (execwire_map){entries, 1};
    execwire_sort_entries(entries, count);
    for (size_t i = 1; i < count; i++)
        if (execwire_compare_keys(entries[map->count - 1].key, entries[i].key) != 0)
            entries[map->count++] = entries[i];
}

/* ---- Messages ---- */

static void make_message(source *s, const execwire_message *message, void *base);

static void make_value(source *s, const execwire_field *field, void *member)
{
    switch ((execwire_kind)field->kind) {
    case EXECWIRE_KIND_STRING:
        *(execwire_str *)member = make_text(s);
        break;
    case EXECWIRE_KIND_BOOL:
        *(bool *)member = (take(s) & 1) != 0;
        break;
    case EXECWIRE_KIND_INT32:
        *(int32_t *)member = (int32_t)make_number(s);
        break;
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        *(int64_t *)member = make_number(s);
        break;
    case EXECWIRE_KIND_ENUM:
        *(int32_t *)member = make_enum(s);
        break;
    case EXECWIRE_KIND_TIME:
        *(execwire_time *)member = make_time(s);
        break;
    case EXECWIRE_KIND_MESSAGE:
        make_message(s, execwire_field_message(field), member);
        break;
    case EXECWIRE_KIND_MAP:
        make_map(s, member);
        break;
    }
}

/* One field in four is absent. Recursion is as deep as the schema, which the generator bounds; it
 * has one map at most. */
static void make_message(source *s, const execwire_message *message, void *base)
{
    for (size_t i = 0; i < message->count; i++) {
        const execwire_field *field = &message->fields[i];

        if ((take(s) & 3) == 0)
            continue;
        execwire_set_present(field, base);
        make_value(s, field, execwire_member(field, base));
    }
}

execwire_code execwire_fuzz_state(const void *in, size_t in_size, execwire_scratch *scratch,
                                  execwire_state *state, execwire_error *error)
{
    execwire_scratch nothing = {.entries = NULL};
    source s = {in, in, scratch != NULL ? scratch : &nothing};
    execwire_state made;
    bool good = execwire_scratch_start(s.scratch) && (in != NULL || in_size == 0);

    memset(&made, 0, sizeof made);
    if (state != NULL)
        *state = made;
    if (!good)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    if (in_size > 0)
        s.end += in_size;
    make_message(&s, &execwire_messages[0], &made);
    if (state == NULL)
        return EXECWIRE_OK;
    if (is_full(s.scratch))
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    *state = made;
    return EXECWIRE_OK;
}

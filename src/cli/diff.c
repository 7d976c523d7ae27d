/* diff: what two files say differently.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/format.h"
#include "cli/show.h"
#include "schema/schema.h"

#include <inttypes.h>
#include <string.h>

/* Names of messages inside each other, and a map's key. */
#define PATH_SIZE (EXECWIRE_SCHEMA_DEPTH * (EXECWIRE_SCHEMA_KEY_SIZE + 1) + SHOW_VALUE_SIZE)

/* Of two messages of this number. */
typedef struct difference {
    output *out;
    uint64_t number;
    uint64_t told;
    char path[PATH_SIZE];
} difference;

/* ---- One difference, one line ---- */

static void tell_side(output *out, colour c, const char *text)
{
    output_colour(out, c);
    output_print(out, "%s", text);
    output_colour(out, COLOUR_PLAIN);
}

static void tell(difference *d, const char *left, const char *right, const char *remark)
{
    d->told++;
    output_print(d->out, "message %" PRIu64 ": ", d->number);
    tell_side(d->out, COLOUR_CYAN, d->path);
    output_print(d->out, ": ");
    tell_side(d->out, COLOUR_RED, left);
    output_print(d->out, " -> ");
    tell_side(d->out, COLOUR_GREEN, right);
    output_print(d->out, "%s\n", remark);
}

/* ---- Values ---- */

/* A field of a state that is present, as show_value wants it; but a time is its own text. */
static execwire_field_view view_of(const execwire_field *field, const void *base,
                                   char time[EXECWIRE_TIME_SIZE])
{
    const void *member = execwire_const_member(field, base);
    execwire_field_view seen = {.known = true, .kind = (execwire_kind)field->kind};
    const execwire_enum_value *value;
    size_t size = 0;

    switch (seen.kind) {
    case EXECWIRE_KIND_STRING:
        seen.bytes = *(const execwire_str *)member;
        break;
    case EXECWIRE_KIND_BOOL:
        seen.value = *(const bool *)member;
        break;
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        seen.value = *(const int64_t *)member;
        break;
    case EXECWIRE_KIND_ENUM:
        seen.value = *(const int32_t *)member;
        value = execwire_schema_enum_number(execwire_field_enum(field), (int32_t)seen.value);
        seen.value_name = value != NULL ? value->name : NULL;
        break;
    case EXECWIRE_KIND_TIME:
        /* it was read, so it can be written */
        (void)execwire_time_write(member, time, EXECWIRE_TIME_SIZE, &size, NULL);
        seen.bytes = (execwire_str){time, size};
        break;
    case EXECWIRE_KIND_INT32: /* only inside Timestamp */
    case EXECWIRE_KIND_MESSAGE:
    case EXECWIRE_KIND_MAP:
        break;
    }
    return seen;
}

static bool same_text(execwire_str left, execwire_str right)
{
    return left.size == right.size &&
           (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
}

/* Where two texts differ, for those that are too long to be shown. */
static void remark_on(execwire_str left, execwire_str right, char remark[SHOW_VALUE_SIZE])
{
    size_t at = 0;

    while (at < left.size && at < right.size && left.data[at] == right.data[at])
        at++;
    remark[0] = '\0';
    if (left.size > SHOW_TEXT_SHOWN || right.size > SHOW_TEXT_SHOWN)
        format(remark, SHOW_VALUE_SIZE, " (from byte %zu on)", at);
}

static void show_side(const execwire_field_view *seen, char out[SHOW_VALUE_SIZE])
{
    if (seen->kind == EXECWIRE_KIND_TIME)
        format(out, SHOW_VALUE_SIZE, "%.*s", (int)seen->bytes.size, seen->bytes.data);
    else
        show_value(seen, out);
}

/* A field that is in the left or the right, or in both. */
static void compare_values(difference *d, const execwire_field *field, const void *left,
                           const void *right)
{
    char times[2][EXECWIRE_TIME_SIZE];
    execwire_field_view views[2] = {{0}, {0}};
    char texts[2][SHOW_VALUE_SIZE] = {"(absent)", "(absent)"};
    char remark[SHOW_VALUE_SIZE] = "";

    if (left != NULL)
        views[0] = view_of(field, left, times[0]);
    if (right != NULL)
        views[1] = view_of(field, right, times[1]);
    if (left != NULL && right != NULL && views[0].value == views[1].value &&
        same_text(views[0].bytes, views[1].bytes))
        return;
    for (size_t i = 0; i < 2; i++)
        if (views[i].known)
            show_side(&views[i], texts[i]);
    if (left != NULL && right != NULL)
        remark_on(views[0].bytes, views[1].bytes, remark);
    tell(d, texts[0], texts[1], remark);
}

/* ---- Maps ---- */

static void compare_entries(difference *d, execwire_str name, const execwire_entry *left,
                            const execwire_entry *right)
{
    char texts[2][SHOW_VALUE_SIZE] = {"(absent)", "(absent)"};
    char remark[SHOW_VALUE_SIZE] = "";
    char key[SHOW_VALUE_SIZE];
    size_t end = strlen(d->path);

    if (left != NULL && right != NULL && same_text(left->value, right->value))
        return;
    show_text(name.data, name.size, key);
    format(d->path + end, sizeof d->path - end, "/%s", key);
    if (left != NULL)
        show_text(left->value.data, left->value.size, texts[0]);
    if (right != NULL)
        show_text(right->value.data, right->value.size, texts[1]);
    if (left != NULL && right != NULL)
        remark_on(left->value, right->value, remark);
    tell(d, texts[0], texts[1], remark);
    d->path[end] = '\0';
}

/* As maps are ordered: by bytes, of two of which one begins with the other the shorter first. */
static int compare_keys(execwire_str left, execwire_str right)
{
    size_t both = left.size < right.size ? left.size : right.size;
    int order = both > 0 ? memcmp(left.data, right.data, both) : 0;

    if (order != 0)
        return order;
    return left.size == right.size ? 0 : left.size < right.size ? -1 : 1;
}

static void compare_maps(difference *d, const execwire_map *left, const execwire_map *right)
{
    size_t i = 0;
    size_t j = 0;

    while (i < left->count && j < right->count) {
        const execwire_entry *one = &left->entries[i];
        const execwire_entry *other = &right->entries[j];
        int order = compare_keys(one->key, other->key);

        compare_entries(d, order <= 0 ? one->key : other->key, order <= 0 ? one : NULL,
                        order >= 0 ? other : NULL);
        i += order <= 0;
        j += order >= 0;
    }
    for (; i < left->count; i++)
        compare_entries(d, left->entries[i].key, &left->entries[i], NULL);
    for (; j < right->count; j++)
        compare_entries(d, right->entries[j].key, NULL, &right->entries[j]);
}

/* ---- Messages ---- */

static void compare_messages(difference *d, const execwire_message *message, const void *left,
                             const void *right);

/* A field with fields of its own; a message without any is not the same as none. */
static void compare_inner(difference *d, const execwire_field *field, const void *left,
                          const void *right)
{
    static const execwire_map none = {NULL, 0};
    uint64_t told = d->told;
    const void *inner = left != NULL ? execwire_const_member(field, left) : NULL;
    const void *other = right != NULL ? execwire_const_member(field, right) : NULL;

    if (field->kind == EXECWIRE_KIND_MAP) {
        compare_maps(d, inner != NULL ? inner : &none, other != NULL ? other : &none);
        return;
    }
    compare_messages(d, execwire_field_message(field), inner, other);
    if (d->told == told && (left == NULL) != (right == NULL))
        tell(d, left != NULL ? "(empty)" : "(absent)", right != NULL ? "(empty)" : "(absent)", "");
}

/* Either may be NULL: without any field. Recursion is as deep as the schema, which the generator
 * bounds. */
static void compare_messages(difference *d, const execwire_message *message, const void *left,
                             const void *right)
{
    size_t end = strlen(d->path);

    for (size_t i = 0; i < message->count; i++) {
        const execwire_field *field = &message->fields[i];
        bool in_left = left != NULL && execwire_is_present(field, left);
        bool in_right = right != NULL && execwire_is_present(field, right);

        if (!in_left && !in_right)
            continue;
        format(d->path + end, sizeof d->path - end, "/%s", field->json_name);
        if (field->kind == EXECWIRE_KIND_MESSAGE || field->kind == EXECWIRE_KIND_MAP)
            compare_inner(d, field, in_left ? left : NULL, in_right ? right : NULL);
        else
            compare_values(d, field, in_left ? left : NULL, in_right ? right : NULL);
        d->path[end] = '\0';
    }
}

/* ---- Files ---- */

/* One of the two files. */
typedef struct side {
    cli_options options;
    source from;
    execwire_state state;
    next_result next;
} side;

/* Files whose names say so hold JSON. */
static bool named_json(const char *path)
{
    static const char *const ends[] = {".json", ".jsonl", ".ndjson"};
    size_t size = strlen(path);

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (size >= strlen(ends[i]) && strcmp(path + size - strlen(ends[i]), ends[i]) == 0)
            return true;
    return false;
}

static outcome open_side(cli_job *job, side *s, const char *path)
{
    s->options = *job->options;
    s->options.from_json |= named_json(path);
    s->next = NEXT_RECORD;
    return source_open(&s->from, &s->options, job->command->options, path, &job->out);
}

/* Reads the next message, unless the end has been reached; one that is bad is reported. */
static void read_side(side *s)
{
    record seen;
    fault why;

    if (s->next == NEXT_END)
        return;
    s->next = source_next_record(&s->from, &seen, &why);
    if (s->next == NEXT_RECORD)
        s->next = source_read(&s->from, &seen, &s->state, &why);
    if (s->next == NEXT_BAD)
        source_refuse(&s->from, &seen, &why);
}

static void compare_next(difference *d, side *left, side *right)
{
    const side *more = left->next == NEXT_RECORD ? left : right;

    if (left->next == NEXT_RECORD && right->next == NEXT_RECORD)
        compare_messages(d, &execwire_messages[0], &left->state, &right->state);
    else if (left->next != NEXT_BAD && right->next != NEXT_BAD) {
        d->told++;
        output_print(d->out, "message %" PRIu64 ": only in %s\n", d->number, more->from.in.name);
    }
}

static outcome compare_sides(cli_job *job, side *left, side *right)
{
    difference d = {.out = &job->out};
    bool bad = false;

    while (!bad || job->options->keep_going) {
        read_side(left);
        read_side(right);
        if (left->next == NEXT_FAILED || right->next == NEXT_FAILED)
            return OUTCOME_IO;
        if (left->next == NEXT_END && right->next == NEXT_END)
            break;
        bad |= left->next == NEXT_BAD || right->next == NEXT_BAD;
        d.number++;
        compare_next(&d, left, right);
    }
    job->unknown += left->from.unknown + right->from.unknown;
    if (bad)
        return OUTCOME_USAGE;
    return d.told > 0 ? OUTCOME_DATA : OUTCOME_GOOD;
}

static outcome run_diff(cli_job *job)
{
    const char *const *files = job->options->files;
    side left;
    side right;
    outcome result;

    if (job->options->file_count != 2 ||
        (strcmp(files[0], "-") == 0 && strcmp(files[1], "-") == 0)) {
        report("diff takes two FILEs, of which one may be - (see execwire diff --help)");
        return OUTCOME_USAGE;
    }
    result = open_side(job, &left, files[0]);
    if (result == OUTCOME_GOOD) {
        result = open_side(job, &right, files[1]);
        if (result == OUTCOME_GOOD)
            result = compare_sides(job, &left, &right);
        source_close(&right.from);
    }
    source_close(&left.from);
    return result;
}

static const cli_options diff_defaults = {CLI_DEFAULTS};
static const option_use diff_uses[] = {
    {&options_single, 0},  {&options_messages, 0}, {&options_wrapped, 0}, {&options_input, 0},
    {&options_unknown, 0}, {&options_colour, 0},   {&options_run, 0},     {NULL, 0}};
const cli_command diff_command = {.name = "diff",
                                  .summary = "what two files say differently",
                                  .example = "execwire diff states.jsonl states.pb",
                                  .options = diff_uses,
                                  .defaults = &diff_defaults,
                                  .options_size = sizeof diff_defaults,
                                  .unknown = "unknown fields",
                                  .compares = true,
                                  .run = run_diff};

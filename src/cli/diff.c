/* diff: what two files say differently.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/format.h"
#include "cli/command.h"
#include "cli/leaves.h"

#include <inttypes.h>
#include <string.h>

/* Of two messages of this number. */
typedef struct difference {
    output *out;
    uint64_t number;
    uint64_t told;
} difference;

/* ---- One difference, one line ---- */

static void tell_side(output *out, colour c, const leaf *of)
{
    char text[SHOW_VALUE_SIZE] = "(absent)";

    if (of != NULL && leaf_is_empty(of))
        format(text, sizeof text, "(empty)");
    else if (of != NULL)
        show_value(&of->seen, text);
    output_colour(out, c);
    output_print(out, "%s", text);
    output_colour(out, COLOUR_PLAIN);
}

static void tell_path(output *out, const leaf *of)
{
    output_colour(out, COLOUR_CYAN);
    for (unsigned depth = 0; depth <= of->depth; depth++)
        output_print(out, "/%s", of->path[depth].name);
    if (of->key.data != NULL) {
        char key[SHOW_VALUE_SIZE];

        show_text(of->key.data, of->key.size, key);
        output_print(out, "/%s", key);
    }
    output_colour(out, COLOUR_PLAIN);
}

/* Where two texts differ, if they are too long to be shown. */
static void tell_where(output *out, const leaf *left, const leaf *right)
{
    execwire_str one = left->seen.bytes;
    execwire_str other = right->seen.bytes;
    size_t at = 0;

    while (at < one.size && at < other.size && one.data[at] == other.data[at])
        at++;
    if (left->seen.kind == EXECWIRE_KIND_STRING &&
        (one.size > SHOW_TEXT_SHOWN || other.size > SHOW_TEXT_SHOWN))
        output_print(out, " (from byte %zu on)", at);
}

/* Of `at`, which is one of the two: the other may be NULL, and is absent there. */
static void tell(difference *d, const leaf *at, const leaf *left, const leaf *right)
{
    d->told++;
    output_print(d->out, "message %" PRIu64 ": ", d->number);
    tell_path(d->out, at);
    output_print(d->out, ": ");
    tell_side(d->out, COLOUR_RED, left);
    output_print(d->out, " -> ");
    tell_side(d->out, COLOUR_GREEN, right);
    if (left != NULL && right != NULL)
        tell_where(d->out, left, right);
    output_put(d->out, "\n", 1);
}

/* ---- Two states ---- */

/* A message that is empty on one side only is told by what is in it on the other, which is next
 * there. */
static bool is_told_by(const leaf *alone, const leaf *next)
{
    return leaf_is_empty(alone) && leaf_is_inside(next, alone);
}

static void compare_leaves(difference *d, const leaves *left, const leaves *right)
{
    size_t i = 0;
    size_t j = 0;

    while (i < left->count && j < right->count) {
        const leaf *one = &left->list[i];
        const leaf *other = &right->list[j];
        int order = leaf_compare(one, other);

        if (order < 0 && !is_told_by(one, other))
            tell(d, one, one, NULL);
        else if (order > 0 && !is_told_by(other, one))
            tell(d, other, NULL, other);
        else if (order == 0 && !leaf_same(one, other))
            tell(d, one, one, other);
        i += order <= 0;
        j += order >= 0;
    }
    for (; i < left->count; i++)
        tell(d, &left->list[i], &left->list[i], NULL);
    for (; j < right->count; j++)
        tell(d, &right->list[j], NULL, &right->list[j]);
}

/* ---- Files ---- */

/* One of the two files. */
typedef struct side {
    cli_options options;
    source from;
    leaves leaves; /* of the message that was read */
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
    *s = (side){.options = *job->options, .next = NEXT_RECORD};
    s->options.from_json |= named_json(path);
    return source_open(&s->from, &s->options, job->command->options, path, &job->out);
}

static void close_side(side *s)
{
    source_close(&s->from);
    leaves_close(&s->leaves);
}

/* Reads the next message, unless the end has been reached; one that is bad is reported. */
static void read_side(side *s)
{
    execwire_state state;
    record seen;
    fault why;

    if (s->next == NEXT_END)
        return;
    s->next = source_next(&s->from, &seen, &state, &why);
    if (s->next == NEXT_RECORD && leaves_take(&s->leaves, &state, &why.error) != EXECWIRE_OK) {
        why.place = FAULT_AS_MESSAGE;
        s->next = NEXT_BAD;
    }
    if (s->next == NEXT_BAD)
        source_refuse(&s->from, &seen, &why);
}

static void compare_next(difference *d, side *left, side *right)
{
    const side *more = left->next == NEXT_RECORD ? left : right;

    if (left->next == NEXT_RECORD && right->next == NEXT_RECORD)
        compare_leaves(d, &left->leaves, &right->leaves);
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

/* False: reported. */
static bool may_compare(const cli_options *options)
{
    const char *const *files = options->files;
    bool two =
        options->file_count == 2 && (strcmp(files[0], "-") != 0 || strcmp(files[1], "-") != 0);
    bool json = two && (options->from_json || named_json(files[0]) || named_json(files[1]));

    if (!two)
        report("diff takes two FILEs, of which one may be - (see execwire diff --help)");
    else if (options->at != NULL && !json)
        report("diff: --at is for JSON, and neither FILE is (see execwire diff --help)");
    else
        return true;
    return false;
}

static outcome run_diff(cli_job *job)
{
    const char *const *files = job->options->files;
    side left;
    side right;
    outcome result;

    if (!may_compare(job->options))
        return OUTCOME_USAGE;
    result = open_side(job, &left, files[0]);
    if (result == OUTCOME_GOOD) {
        result = open_side(job, &right, files[1]);
        if (result == OUTCOME_GOOD)
            result = compare_sides(job, &left, &right);
        close_side(&right);
    }
    close_side(&left);
    return result;
}

static const cli_options diff_defaults = {CLI_DEFAULTS};
static const option_use diff_uses[] = {
    {&options_single, 0}, {&options_messages, 0}, {&options_wrapped, 0},
    {&options_input, 0},  {&options_at, 0},       {&options_unknown, 0},
    {&options_colour, 0}, {&options_run, 0},      {NULL, 0}};
const cli_command diff_command = {.name = "diff",
                                  .summary = "what two files say differently",
                                  .example = "execwire diff states.jsonl states.pb",
                                  .options = diff_uses,
                                  .defaults = &diff_defaults,
                                  .options_size = sizeof diff_defaults,
                                  .unknown = "unknown fields",
                                  .compares = true,
                                  .run = run_diff};

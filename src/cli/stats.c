/* stats: where the bytes go.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/table.h"
#include "cli/command.h"
#include "cli/encoded.h"
#include "cli/sizes.h"

#include <execwire/fields.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NO_ROW (-1)

/* A field at its place in the schema, with all that is in it. Times and map entries are counted as
 * a whole, unknown fields of a message together. */
typedef struct row {
    int parent;
    uint32_t number; /* of the field; 0: unknown ones */
    const char *name;
    uint64_t json; /* bytes that JSON would be shorter by without the field */
    sizes *wire;
    bool told;
} row;

typedef struct stats_options {
    cli_options common;
    execwire_json_options json;
    bool csv; /* is written, instead of tables */
} stats_options;

typedef struct stats {
    execwire_json_options json_options; /* of the JSON that is counted */
    sizes json;
    sizes wire;
    uint64_t prefixes; /* bytes of the lengths before the messages */
    row *rows;         /* grows as needed; the schema bounds it */
    int row_count;
    int path[EXECWIRE_FIELD_DEPTH]; /* rows of the messages that are open */
    unsigned leaf_depth;            /* fields deeper than this are part of one that was counted */
    encoded encoded;                /* a state that was read from JSON */
} stats;

static int find_row(stats *s, int parent, uint32_t number, const char *name)
{
    int i = 0;

    while (i < s->row_count && (s->rows[i].parent != parent || s->rows[i].number != number))
        i++;
    if (i < s->row_count)
        return i;
    s->rows = reallocate_array(s->rows, (size_t)i + 1, sizeof *s->rows);
    s->rows[i] = (row){.parent = parent, .number = number, .name = name, .wire = sizes_new()};
    s->row_count++;
    return i;
}

/* ---- Counting bytes on the wire ---- */

static void count_field(void *context, const execwire_field_view *seen)
{
    stats *s = context;
    bool message = seen->known && seen->kind == EXECWIRE_KIND_MESSAGE;
    int parent = seen->depth > 0 ? s->path[seen->depth - 1] : NO_ROW;
    int i;

    if (seen->depth > s->leaf_depth)
        return;
    i = seen->known ? find_row(s, parent, seen->number, seen->name)
                    : find_row(s, parent, 0, "(unknown)");
    sizes_add(s->rows[i].wire, seen->end - seen->offset);
    s->path[seen->depth] = i;
    s->leaf_depth = message ? EXECWIRE_FIELD_DEPTH : seen->depth;
}

/* The bytes that a state read from JSON makes. */
static execwire_code make_wire(stats *s, const execwire_state *state, record *wire,
                               execwire_error *error)
{
    execwire_code code = encoded_make(&s->encoded, state, error);

    wire->data = s->encoded.data;
    wire->size = s->encoded.size;
    wire->prefix_size = execwire_delimited_prefix(wire->size, NULL);
    return code;
}

static execwire_code count_wire(stats *s, const record *wire, execwire_error *error)
{
    sizes_add(&s->wire, wire->size);
    s->prefixes += wire->prefix_size;
    s->leaf_depth = EXECWIRE_FIELD_DEPTH;
    return execwire_visit_fields(wire->data, wire->size, count_field, s, error);
}

/* ---- Counting bytes of JSON ---- */

static execwire_code json_size(const stats *s, const execwire_state *state, size_t *size,
                               execwire_error *error)
{
    return execwire_json_write(state, &s->json_options, NULL, 0, size, error);
}

static const row *parent_of(const stats *s, const row *r)
{
    return r->parent == NO_ROW ? NULL : &s->rows[r->parent];
}

/* The field numbers of a row, the outermost message's first. Returns how many; 0 of unknown ones.
 */
static size_t path_of(const stats *s, const row *of, uint32_t path[EXECWIRE_FIELD_DEPTH])
{
    size_t count = 0;

    if (of->number == 0)
        return 0;
    for (const row *r = of; r != NULL; r = parent_of(s, r))
        count++;
    for (size_t i = count; i > 0; of = parent_of(s, of))
        path[--i] = of->number;
    return count;
}

/* Counts what JSON would be shorter by without each field. The fields are those of the rows: the
 * same state was seen on the wire. */
static execwire_code count_json(stats *s, const execwire_state *state, size_t whole,
                                execwire_error *error)
{
    execwire_code code = EXECWIRE_OK;

    for (int i = 0; i < s->row_count && code == EXECWIRE_OK; i++) {
        uint32_t path[EXECWIRE_FIELD_DEPTH];
        execwire_state without = *state;
        size_t size = whole;

        if (execwire_clear_field(&without, path, path_of(s, &s->rows[i], path)))
            code = json_size(s, &without, &size, error);
        s->rows[i].json += whole - size;
    }
    return code;
}

/* What may fail comes before anything is counted. */
static execwire_code count_both(stats *s, bool from_json, const execwire_state *state, record *wire,
                                fault *why)
{
    execwire_error *error = &why->error;
    execwire_code code = EXECWIRE_OK;
    size_t size;

    why->place = FAULT_AS_MESSAGE;
    if (from_json)
        code = make_wire(s, state, wire, error);
    if (code != EXECWIRE_OK)
        return code;
    why->place = FAULT_AS_JSON;
    code = json_size(s, state, &size, error);
    if (code != EXECWIRE_OK)
        return code;
    sizes_add(&s->json, size);
    code = count_wire(s, wire, error);
    if (code == EXECWIRE_OK)
        code = count_json(s, state, size, error);
    return code;
}

static outcome count_state(cli_job *job, const execwire_state *state, const record *from,
                           fault *why)
{
    const stats_options *options = job->verb_options;
    record wire = *from;

    return count_both(job->own, options->common.from_json, state, &wire, why) == EXECWIRE_OK
               ? OUTCOME_GOOD
               : OUTCOME_DATA;
}

/* ---- Telling ---- */

static double percent(uint64_t part, uint64_t whole)
{
    return 100.0 * (double)part / (double)whole;
}

static void tell_sizes(table *t, const sizes *s)
{
    table_cell(t, "%zu", s->min);
    table_cell(t, "%zu", sizes_median(s));
    table_cell(t, "%.1f", (double)s->total / (double)s->count);
    table_cell(t, "%zu", s->max);
}

static void tell_messages(output *out, const stats *s)
{
    table t = {.out = out, .sides = "lrrrrrl"};
    static const char *const titles[] = {"", "bytes", "min", "median", "mean", "max", ""};

    output_print(out, "%" PRIu64 " message%s\n\n", s->wire.count, s->wire.count != 1 ? "s" : "");
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        table_cell(&t, "%s", titles[i]);
    table_cell(&t, "JSON");
    table_cell(&t, "%" PRIu64, s->json.total);
    tell_sizes(&t, &s->json);
    table_cell(&t, "%s", "");
    table_cell(&t, "wire");
    table_cell(&t, "%" PRIu64, s->wire.total);
    tell_sizes(&t, &s->wire);
    table_cell(&t, "%.1f %% of JSON", percent(s->wire.total, s->json.total));
    table_close(&t);
    output_print(out, "and %" PRIu64 " bytes for the lengths before the messages\n", s->prefixes);
}

/* Of one message's fields the one with the most bytes on the wire that is not told yet; NO_ROW when
 * all are. */
static int largest_row(const stats *s, int parent)
{
    int largest = NO_ROW;

    for (int i = 0; i < s->row_count; i++) {
        if (s->rows[i].told || s->rows[i].parent != parent)
            continue;
        if (largest == NO_ROW || s->rows[i].wire->total > s->rows[largest].wire->total)
            largest = i;
    }
    return largest;
}

static void tell_row(table *t, const stats *s, const row *r, int depth)
{
    table_cell(t, "%*s%s", 2 * depth, "", r->name);
    table_cell(t, "%" PRIu64, r->json);
    table_cell(t, "%" PRIu64, r->wire->total);
    table_cell(t, "%.1f %%", percent(r->wire->total, s->wire.total));
    table_cell(t, "%" PRIu64, r->wire->count);
    tell_sizes(t, r->wire);
}

/* Recursion is as deep as the schema. */
static void tell_rows(table *t, stats *s, int parent, int depth)
{
    int i;

    while ((i = largest_row(s, parent)) != NO_ROW) {
        s->rows[i].told = true;
        tell_row(t, s, &s->rows[i], depth);
        tell_rows(t, s, i, depth + 1);
    }
}

static void tell_fields(output *out, stats *s)
{
    static const char *const titles[] = {"field", "JSON",   "wire", "of wire", "count",
                                         "min",   "median", "mean", "max"};
    static const colour colours[] = {COLOUR_CYAN,  COLOUR_PLAIN, COLOUR_GREEN,
                                     COLOUR_GREEN, COLOUR_PLAIN, COLOUR_PLAIN,
                                     COLOUR_PLAIN, COLOUR_PLAIN, COLOUR_PLAIN};
    table t = {.out = out, .sides = "lrrrrrrrr", .colours = colours};

    output_put(out, "\n", 1);
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        table_cell(&t, "%s", titles[i]);
    tell_rows(&t, s, NO_ROW, 0);
    table_close(&t);
}

static void tell_tables(output *out, stats *s)
{
    if (s->wire.count > 0)
        tell_messages(out, s);
    if (s->row_count > 0)
        tell_fields(out, s);
}

/* ---- As CSV (RFC 4180, but for its CRLF) ---- */

static void put_csv_sizes(output *out, const sizes *s)
{
    output_print(out, ",%" PRIu64 ",%zu,%zu,%.1f,%zu\n", s->count, s->min, sizes_median(s),
                 (double)s->total / (double)s->count, s->max);
}

/* The names of a field's messages and its own, the outermost first. Recursion is as deep as the
 * schema. */
static void put_csv_name(output *out, const stats *s, int i)
{
    if (s->rows[i].parent != NO_ROW) {
        put_csv_name(out, s, s->rows[i].parent);
        output_put(out, ".", 1);
    }
    output_print(out, "%s", s->rows[i].name);
}

static void put_csv_rows(output *out, stats *s, int parent)
{
    int i;

    while ((i = largest_row(s, parent)) != NO_ROW) {
        s->rows[i].told = true;
        output_print(out, "field,");
        put_csv_name(out, s, i);
        output_print(out, ",%" PRIu64 ",%" PRIu64, s->rows[i].json, s->rows[i].wire->total);
        put_csv_sizes(out, s->rows[i].wire);
        put_csv_rows(out, s, i);
    }
}

static void put_csv(output *out, stats *s)
{
    output_print(out, "what,name,json_bytes,wire_bytes,count,min,median,mean,max\n");
    if (s->wire.count == 0)
        return;
    output_print(out, "message,json,%" PRIu64 ",", s->json.total);
    put_csv_sizes(out, &s->json);
    output_print(out, "message,wire,,%" PRIu64, s->wire.total);
    put_csv_sizes(out, &s->wire);
    output_print(out, "message,lengths,,%" PRIu64 ",,,,,\n", s->prefixes);
    put_csv_rows(out, s, NO_ROW);
}

static outcome stats_finish(cli_job *job, bool good)
{
    const stats_options *options = job->verb_options;
    stats *s = job->own;

    if (s == NULL)
        return OUTCOME_GOOD;
    if (good && options->csv)
        put_csv(&job->out, s);
    else if (good)
        tell_tables(&job->out, s);
    for (int i = 0; i < s->row_count; i++)
        free(s->rows[i].wire);
    free(s->rows);
    free(s->encoded.data);
    return OUTCOME_GOOD;
}

static outcome stats_file(cli_job *job, source *from)
{
    const stats_options *options = job->verb_options;

    if (job->own == NULL) {
        stats *s = memset(reallocate(NULL, sizeof *s), 0, sizeof *s);

        s->json_options = options->json;
        job->own = s;
    }
    return command_each(job, from, count_state);
}

static const cli_option as_csv[] = {
    {.name = "csv",
     .help = "write comma-separated values instead of tables",
     .at = offsetof(stats_options, csv)},
};
static const option_group options_csv = {"Output", as_csv, OPTION_COUNT(as_csv)};

static const stats_options stats_defaults = {.common = {CLI_DEFAULTS}};
static const option_use stats_uses[] = {{&options_single, 0},
                                        {&options_messages, 0},
                                        {&options_wrapped, 0},
                                        {&options_input, 0},
                                        {&options_keys, offsetof(stats_options, json)},
                                        {&options_at, 0},
                                        {&options_unknown, 0},
                                        {&options_csv, 0},
                                        {&options_colour, 0},
                                        {&options_run, 0},
                                        {NULL, 0}};
const cli_command stats_command = {.name = "stats",
                                   .summary = "where the bytes go",
                                   .example = "execwire stats --json states.jsonl",
                                   .options = stats_uses,
                                   .defaults = &stats_defaults,
                                   .options_size = sizeof stats_defaults,
                                   .unknown = "unknown fields",
                                   .file = stats_file,
                                   .finish = stats_finish};

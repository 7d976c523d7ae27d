/* stats: where the bytes go.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/sizes.h"
#include "wire/reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fields that are told apart: the schema, and an unknown one in each of its messages. */
#define MAX_ROWS 128
#define NO_ROW   (-1)

/* A field at its place in the schema. Of a message only its own tag and length are counted; times
 * and map entries are counted as a whole. */
typedef struct row {
    int parent;
    const execwire_field *field; /* NULL: unknown ones */
    uint64_t count;
    uint64_t bytes;
} row;

typedef struct stats {
    sizes json;
    sizes wire;
    uint64_t prefixes; /* bytes of the lengths before the messages */
    row rows[MAX_ROWS];
    int row_count;
    int path[EXECWIRE_SCHEMA_DEPTH]; /* rows of the messages that are open */
    unsigned leaf_depth;             /* fields deeper than this are part of one that was counted */
    char *wire_text;                 /* of a state that was read from JSON */
    size_t wire_capacity;
} stats;

/* ---- Counting ---- */

static int find_row(stats *s, int parent, const execwire_field *field)
{
    int i = 0;

    while (i < s->row_count && (s->rows[i].parent != parent || s->rows[i].field != field))
        i++;
    if (i == s->row_count && i < MAX_ROWS)
        s->rows[s->row_count++] = (row){.parent = parent, .field = field};
    return i < MAX_ROWS ? i : MAX_ROWS - 1;
}

static void count_field(void *context, const execwire_wire_field *seen)
{
    stats *s = context;
    bool message = seen->field != NULL && seen->field->kind == EXECWIRE_KIND_MESSAGE;
    int parent = seen->depth > 0 ? s->path[seen->depth - 1] : NO_ROW;
    int i;

    if (seen->depth > s->leaf_depth)
        return;
    i = find_row(s, parent, seen->field);
    s->rows[i].count++;
    s->rows[i].bytes += (uint64_t)((message ? seen->payload : seen->end) - seen->tag);
    s->path[seen->depth] = i;
    s->leaf_depth = message ? EXECWIRE_SCHEMA_DEPTH : seen->depth;
}

static size_t varint_size(size_t value)
{
    size_t size = 1;

    for (; value >= 0x80; value >>= 7)
        size++;
    return size;
}

/* The message's bytes: those of the input, or what the state makes. */
static outcome wire_bytes(stats *s, const cli_job *job, const execwire_state *state, record *wire)
{
    execwire_error error;
    execwire_status status;

    if (!job->options->from_json)
        return OUTCOME_GOOD;
    status = execwire_encode(state, s->wire_text, s->wire_capacity, &wire->size, &error);
    if (status == EXECWIRE_ERROR_NO_SPACE || s->wire_text == NULL) {
        s->wire_capacity = 2 * wire->size + 1;
        s->wire_text = reallocate(s->wire_text, s->wire_capacity);
        status = execwire_encode(state, s->wire_text, s->wire_capacity, &wire->size, &error);
    }
    wire->data = s->wire_text;
    wire->prefix_size = varint_size(wire->size);
    return status == EXECWIRE_OK ? OUTCOME_GOOD : report_error("encoding", &error);
}

static outcome count_state(cli_job *job, const execwire_state *state, const record *from)
{
    stats *s = job->own;
    execwire_wire_visitor visitor = {count_field, s};
    execwire_json_options options = job->options->json;
    execwire_error error;
    record wire = *from;
    size_t json;

    if (wire_bytes(s, job, state, &wire) != OUTCOME_GOOD)
        return OUTCOME_DATA;
    options.pretty = false;
    if (execwire_json_write(state, &options, NULL, 0, &json, &error) != EXECWIRE_OK)
        return report_error("JSON", &error);
    sizes_add(&s->json, json);
    sizes_add(&s->wire, wire.size);
    s->prefixes += wire.prefix_size;
    s->leaf_depth = EXECWIRE_SCHEMA_DEPTH;
    execwire_wire_read(wire.data, wire.size, NULL, NULL, &visitor, &error);
    return OUTCOME_GOOD;
}

/* ---- Telling ---- */

/* "run_output.std_out" */
static void row_name(const stats *s, const row *r, char *out, size_t size)
{
    const char *name = r->field != NULL ? r->field->name : "(unknown)";
    size_t used;

    out[0] = '\0';
    if (r->parent != NO_ROW)
        row_name(s, &s->rows[r->parent], out, size);
    used = strlen(out);
    snprintf(out + used, size - used, "%s%s", used > 0 ? "." : "", name);
}

static int compare_rows(const void *left, const void *right)
{
    uint64_t a = (*(const row *const *)left)->bytes;
    uint64_t b = (*(const row *const *)right)->bytes;

    return (a < b) - (a > b);
}

static double share(uint64_t part, uint64_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

static outcome tell_sizes(output *out, const char *name, const sizes *s)
{
    double mean = s->count > 0 ? (double)s->total / (double)s->count : 0;

    return output_print(out, "%-36s %12" PRIu64 " %9zu %9zu %11.1f %9zu\n", name, s->total, s->min,
                        sizes_median(s), mean, s->max);
}

static outcome tell_row(output *out, const stats *s, const row *r)
{
    char name[256];

    row_name(s, r, name, sizeof name);
    return output_print(out, "%-36s %12" PRIu64 " %9" PRIu64 " %7.1f %%\n", name, r->bytes,
                        r->count, share(r->bytes, s->wire.total));
}

static outcome tell_rows(output *out, const stats *s)
{
    const row *order[MAX_ROWS];
    outcome result =
        output_print(out, "\n%-36s %12s %9s %9s\n", "field", "bytes", "count", "of wire");

    for (int i = 0; i < s->row_count; i++)
        order[i] = &s->rows[i];
    qsort(order, (size_t)s->row_count, sizeof *order, compare_rows);
    for (int i = 0; i < s->row_count && result == OUTCOME_GOOD; i++)
        result = tell_row(out, s, order[i]);
    return result;
}

static outcome stats_finish(cli_job *job)
{
    const stats *s = job->own;
    output *out = &job->out;
    outcome result;

    if (s == NULL)
        return OUTCOME_GOOD;
    result = output_print(out, "%" PRIu64 " messages\n\n%-36s %12s %9s %9s %11s %9s\n",
                          s->wire.count, "", "bytes", "min", "median", "mean", "max");
    if (result == OUTCOME_GOOD)
        result = tell_sizes(out, "JSON", &s->json);
    if (result == OUTCOME_GOOD)
        result = tell_sizes(out, "wire", &s->wire);
    if (result == OUTCOME_GOOD)
        result = output_print(out, "%-36s %10.1f %%\n%-36s %12" PRIu64 "\n", "wire, of JSON",
                              share(s->wire.total, s->json.total), "lengths between the messages",
                              s->prefixes);
    if (result == OUTCOME_GOOD && s->row_count > 0)
        result = tell_rows(out, s);
    free(s->wire_text);
    return result;
}

static outcome stats_file(cli_job *job, source *from)
{
    if (job->own == NULL) {
        job->own = reallocate(NULL, sizeof(stats));
        memset(job->own, 0, sizeof(stats));
    }
    return command_each(job, from, count_state);
}

const cli_command stats_command = {.name = "stats",
                                   .summary = "where the bytes go",
                                   .unknown = "unknown fields",
                                   .may_read_json = true,
                                   .file = stats_file,
                                   .finish = stats_finish};

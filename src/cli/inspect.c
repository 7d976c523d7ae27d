/* inspect: what each byte of a message is for.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/show.h"
#include "wire/reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BYTES_SHOWN 10 /* of a field; those behind them are text, or fields of their own */
#define BYTES_WIDTH (3 * BYTES_SHOWN + 2)
#define FIELD_WIDTH 32
#define TYPE_WIDTH  22

typedef struct inspection {
    output *out;
    const char *start; /* of the message */
    outcome result;
} inspection;

static void note(inspection *i, outcome result)
{
    if (i->result == OUTCOME_GOOD)
        i->result = result;
}

/* ---- One field, one line ---- */

/* The bytes of a field. Those of a message end where its own fields begin. */
static void format_bytes(const execwire_wire_field *seen, char text[BYTES_WIDTH + 1])
{
    bool nested = seen->field != NULL && show_is_message(seen->field);
    const uint8_t *end = nested ? seen->payload : seen->end;
    size_t used = 0;
    size_t i = 0;

    for (; seen->tag + i < end && i < BYTES_SHOWN; i++)
        used += (size_t)snprintf(text + used, BYTES_WIDTH + 1 - used, "%s%02x", i > 0 ? " " : "",
                                 seen->tag[i]);
    if (seen->tag + i < end)
        snprintf(text + used, BYTES_WIDTH + 1 - used, " ..");
}

static void show_field(void *context, const execwire_wire_field *seen)
{
    inspection *i = context;
    char bytes[BYTES_WIDTH + 1] = "";
    char field[128];
    char value[SHOW_VALUE_SIZE];
    size_t offset = (size_t)((const char *)seen->tag - i->start);

    format_bytes(seen, bytes);
    snprintf(field, sizeof field, "%*s%" PRIu32 ":%u %s", (int)(2 * seen->depth), "", seen->number,
             seen->wire_type, seen->field != NULL ? seen->field->name : "(unknown)");
    show_value(seen, value);
    note(i, output_print(i->out, "%8zu %7zu  %-*s  %-*s  %-*s  %s\n", offset,
                         (size_t)(seen->end - seen->tag), BYTES_WIDTH, bytes, FIELD_WIDTH, field,
                         TYPE_WIDTH, show_type(seen), value));
}

/* ---- One message ---- */

static void show_length(inspection *i, const record *message)
{
    const unsigned char *prefix = (const unsigned char *)message->data - message->prefix_size;

    if (message->prefix_size == 0)
        return;
    note(i, output_print(i->out, ", after the length"));
    for (size_t k = 0; k < message->prefix_size; k++)
        note(i, output_print(i->out, " %02x", prefix[k]));
}

/* "message 2: 161 bytes at offset 162, after the length a1 01" */
static void show_title(inspection *i, const record *message, const char *remark)
{
    if (message->number > 1)
        note(i, output_put(i->out, "\n", 1));
    note(i, output_print(i->out, "message %" PRIu64 ": %zu bytes", message->number, message->size));
    note(i, output_print(i->out, " at offset %" PRIu64, message->offset + message->prefix_size));
    show_length(i, message);
    note(i, output_print(i->out, "%s\n", remark));
}

static void show_columns(inspection *i)
{
    note(i, output_print(i->out, "%8s %7s  %-*s  %-*s  %-*s  %s\n", "offset", "size", BYTES_WIDTH,
                         "bytes", FIELD_WIDTH, "field", TYPE_WIDTH, "type", "value"));
}

static outcome show_message(inspection *i, const record *message, const execwire_error *error)
{
    execwire_wire_visitor visitor = {show_field, i};

    show_title(i, message, error != NULL ? " -- BROKEN" : "");
    if (message->size > 0)
        show_columns(i);
    execwire_wire_read(message->data, message->size, NULL, NULL, &visitor, NULL);
    if (error != NULL)
        note(i, output_print(i->out, "%8zu  ^ BROKEN here: %s%s%s\n", error->offset, error->path,
                             error->path[0] != '\0' ? ": " : "", error->text));
    return i->result;
}

/* A message whose bytes are there, good or not: a person wants to see where it breaks. */
static outcome inspect_message(cli_job *job, source *from, const record *message,
                               messages_error *error, bool good)
{
    inspection i = {&job->out, message->data, OUTCOME_GOOD};
    size_t unknown = 0;
    outcome result;

    if (good)
        good = execwire_check(message->data, message->size, &unknown, &error->error) == EXECWIRE_OK;
    from->unknown += unknown;
    result = OUTCOME_GOOD;
    if (good || (message->data != NULL && error->column == 0 && !error->in_length))
        result = show_message(&i, message, good ? NULL : &error->error);
    from->good += good;
    if (!good)
        source_refuse_message(from, message, error);
    return result;
}

static outcome inspect_file(cli_job *job, source *from)
{
    const cli_options *options = job->options;

    if (options->file_count > 1 && !options->quiet &&
        output_print(&job->out, "%s%s:\n", from->in.name == options->files[0] ? "" : "\n",
                     from->in.name) != OUTCOME_GOOD)
        return OUTCOME_IO;
    while (from->bad == 0 || options->keep_going) {
        record message = {0};
        messages_error error;
        next_result next = source_next_message(from, &message, &error);

        if (next == NEXT_FAILED)
            return OUTCOME_IO;
        if (next == NEXT_END)
            break;
        if (inspect_message(job, from, &message, &error, next == NEXT_RECORD) != OUTCOME_GOOD)
            return OUTCOME_IO;
    }
    return from->bad > 0 ? OUTCOME_DATA : OUTCOME_GOOD;
}

const cli_command inspect_command = {
    .name = "inspect", .summary = "what each byte of a message is for", .file = inspect_file};

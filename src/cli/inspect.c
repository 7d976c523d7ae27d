/* inspect: what each byte of a message, or of a link's frame, is for.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/format.h"
#include "cli/base/table.h"
#include "cli/command.h"
#include "cli/inspect_json.h"
#include "cli/link_show.h"

#include <inttypes.h>

#define TEXT_SHOWN  8  /* bytes of a field with a length: the others are its text, or its fields */
#define BYTES_SHOWN 15 /* of any other: a tag of 5 bytes and a varint of 10 */
#define BYTES_SIZE  (3 * BYTES_SHOWN + 3)

typedef struct inspect_options {
    cli_options common;
    bool json; /* is written */
} inspect_options;

typedef struct inspection {
    table table;
    bool json;
    bool first;           /* no field has been shown */
    const uint8_t *start; /* of the message, or of the frame */
    const uint8_t *part;  /* of it, whose fields are walked over: where it begins */
    const uint8_t *shown; /* up to here */
    unsigned depth;       /* of the message */
    bool piece;           /* the frame is one */
} inspection;

/* Of a field from its tag to its end; `i->shown` is where its own bytes end. */
static inspect_place place_of(inspection *i, const uint8_t *tag, size_t size, unsigned depth)
{
    inspect_place at = {.offset = (size_t)(tag - i->start),
                        .size = size,
                        .depth = depth,
                        .bytes = tag,
                        .end = i->shown,
                        .first = i->first};

    i->first = false;
    return at;
}

static const colour colours[] = {COLOUR_PLAIN, COLOUR_PLAIN, COLOUR_DIM,  COLOUR_PLAIN,
                                 COLOUR_CYAN,  COLOUR_PLAIN, COLOUR_GREEN};

/* ---- One field, one line ---- */

/* The first bytes, at most BYTES_SHOWN. */
static void format_bytes(const uint8_t *from, const uint8_t *to, size_t most, char text[BYTES_SIZE])
{
    size_t size = (size_t)(to - from);
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < size && i < most; i++)
        used += format(text + used, BYTES_SIZE - used, "%s%02x", i > 0 ? " " : "", from[i]);
    if (size > most)
        format(text + used, BYTES_SIZE - used, " ..");
}

/* The bytes of a message end where its own fields begin. */
static void show_line(inspection *i, const execwire_field_view *seen, const char *value,
                      inspect_json_put *put)
{
    table *t = &i->table;
    const uint8_t *tag = i->part + seen->offset;
    int indent = (int)(2 * (i->depth + seen->depth));
    char bytes[BYTES_SIZE];

    i->shown = i->part + (show_is_message(seen) ? seen->payload : seen->end);
    if (i->json) {
        inspect_place at = place_of(i, tag, seen->end - seen->offset, i->depth + seen->depth);

        put(t->out, &at, seen, value);
        return;
    }
    format_bytes(tag, i->shown, seen->wire_type == EXECWIRE_WIRE_BYTES ? TEXT_SHOWN : BYTES_SHOWN,
                 bytes);
    table_cell(t, "%zu", (size_t)(tag - i->start));
    table_cell(t, "%zu", seen->end - seen->offset);
    table_cell(t, "%*s%s", indent, "", bytes);
    table_cell(t, "%*s%" PRIu32 ":%s", indent, "", seen->number, show_wire_type(seen->wire_type));
    table_cell(t, "%*s%s", indent, "", seen->known ? seen->name : "(unknown)");
    table_cell(t, "%s", show_type(seen));
    table_cell(t, "%s", value);
}

static void show_field(void *context, const execwire_field_view *seen)
{
    char value[SHOW_VALUE_SIZE];

    show_value(seen, value);
    show_line(context, seen, value, inspect_json_field);
}

/* ---- One message ---- */

/* "message 2: 161 bytes at offset 164, after the length a1 01" */
static void show_title(output *out, const record *message, const char *remark)
{
    const uint8_t *data = (const uint8_t *)message->data;
    char prefix[BYTES_SIZE];

    format_bytes(data - message->prefix_size, data, BYTES_SHOWN, prefix);
    output_print(out, "%smessage %" PRIu64 ": %zu bytes at offset %" PRIu64 "%s%s%s\n",
                 message->number > 1 ? "\n" : "", message->number, message->size,
                 message->offset + message->prefix_size,
                 message->prefix_size > 0 ? ", after the length " : "", prefix, remark);
}

static void show_columns(table *t)
{
    static const char *const titles[] = {"offset", "size", "bytes", "tag",
                                         "field",  "type", "value"};

    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        table_cell(t, "%s", titles[i]);
}

/* The bytes that are no whole field any more, if the last field shown is not itself at fault. */
static void show_break(const inspection *i, const record *message, const execwire_error *error)
{
    const uint8_t *at_fault = i->start + error->offset;
    const uint8_t *from = at_fault < i->shown ? at_fault : i->shown;
    char bytes[BYTES_SIZE];

    format_bytes(from, at_fault < i->shown ? from : i->start + message->size, TEXT_SHOWN, bytes);
    output_colour(i->table.out, COLOUR_RED);
    output_print(i->table.out, "%6zu  %s%s<- BROKEN at byte %zu: %s%s%s", (size_t)(from - i->start),
                 bytes, bytes[0] != '\0' ? "  " : "", error->offset, error->path,
                 error->path[0] != '\0' ? ": " : "", error->text);
    output_colour(i->table.out, COLOUR_PLAIN);
    output_put(i->table.out, "\n", 1);
}

/* `error` is NULL when the message is good. */
static void show_message(output *out, bool json, const record *message, const execwire_error *error)
{
    inspection i = {.json = json,
                    .first = true,
                    .table = {.out = out, .sides = "rrlllll", .colours = colours},
                    .start = (const uint8_t *)message->data,
                    .part = (const uint8_t *)message->data,
                    .shown = (const uint8_t *)message->data};

    if (json)
        inspect_json_open(out, message);
    else
        show_title(out, message, error != NULL ? " -- BROKEN" : "");
    if (message->size > 0 && !json)
        show_columns(&i.table);
    /* how far it gets is shown, and why no further is in `error` */
    (void)execwire_visit_fields(message->data, message->size, show_field, &i, NULL);
    table_close(&i.table);
    if (json)
        inspect_json_close(out, NULL, error);
    else if (error != NULL)
        show_break(&i, message, error);
}

/* ---- Frames ---- */

static void show_frame_field(void *context, const execwire_field_view *seen)
{
    inspection *i = context;
    char value[SHOW_VALUE_SIZE];

    link_show_value(seen, i->piece, value);
    show_line(i, seen, value, inspect_json_frame_field);
    if (!show_is_message(seen) || seen->wire_type != EXECWIRE_WIRE_BYTES)
        return;
    i->depth = 1;
    i->part = i->start + seen->payload;
    /* a frame is good or not by its own fields; of a patch whatever can be read is shown */
    (void)execwire_visit_fields(seen->bytes.data, seen->bytes.size, show_field, i, NULL);
    i->depth = 0;
    i->part = i->start;
    i->shown = i->start + seen->end;
}

/* `kind` is NULL of what is no frame. */
static void show_frame_title(output *out, bool json, const record *frame, const char *kind)
{
    char remark[32];

    if (json) {
        inspect_json_open(out, frame);
        return;
    }
    format(remark, sizeof remark, kind != NULL ? ": %s" : " -- BROKEN", kind);
    show_title(out, frame, remark);
}

/* `error` is NULL when the frame is good, else `kind` is. */
static void show_frame(output *out, bool json, const record *frame, const char *kind,
                       const execwire_error *error)
{
    inspection i = {.json = json,
                    .first = true,
                    .table = {.out = out, .sides = "rrlllll", .colours = colours},
                    .start = (const uint8_t *)frame->data,
                    .part = (const uint8_t *)frame->data,
                    .shown = (const uint8_t *)frame->data,
                    .piece = link_show_is_piece(frame->data, frame->size)};

    show_frame_title(out, json, frame, kind);
    if (frame->size > 0 && !json)
        show_columns(&i.table);
    /* all that is whole is shown, and why it is no frame is in `error` */
    (void)execwire_visit_frame(frame->data, frame->size, show_frame_field, &i, NULL, NULL);
    table_close(&i.table);
    if (json)
        inspect_json_close(out, kind, error);
    else if (error != NULL)
        show_break(&i, frame, error);
}

static void inspect_frame(cli_job *job, source *from, const record *frame, fault *why, bool good)
{
    const inspect_options *options = job->verb_options;
    execwire_frame_kind kind = EXECWIRE_FRAME_KIND_DELTA;

    if (good)
        good = execwire_visit_frame(frame->data, frame->size, NULL, NULL, &kind, &why->error) ==
               EXECWIRE_OK;
    from->good += good;
    if (good || (frame->data != NULL && why->place == FAULT_BYTE))
        show_frame(&job->out, options->json, frame, good ? execwire_frame_kind_name(kind) : NULL,
                   good ? NULL : &why->error);
    if (!good)
        source_refuse(from, frame, why);
}

/* ---- Files ---- */

/* A broken message is shown too, if its bytes are there: a person wants to see where it breaks. */
static void inspect_message(cli_job *job, source *from, const record *message, fault *why,
                            bool good)
{
    const inspect_options *options = job->verb_options;
    if (good)
        good = execwire_check(message->data, message->size, NULL, &why->error) == EXECWIRE_OK;
    from->good += good;
    if (good || (message->data != NULL && why->place == FAULT_BYTE))
        show_message(&job->out, options->json, message, good ? NULL : &why->error);
    if (!good)
        source_refuse(from, message, why);
}

static outcome inspect_file(cli_job *job, source *from)
{
    const inspect_options *verb_options = job->verb_options;
    const cli_options *options = &verb_options->common;

    if (options->file_count > 1 && !options->quiet && !verb_options->json)
        output_print(&job->out, "%s%s:\n", from->in.name == options->files[0] ? "" : "\n",
                     from->in.name);
    while (from->bad == 0 || options->keep_going) {
        record message;
        fault why;
        next_result next = source_next_record(from, &message, &why);

        if (next == NEXT_FAILED)
            return OUTCOME_IO;
        if (next == NEXT_END)
            break;
        if (options->frames)
            inspect_frame(job, from, &message, &why, next == NEXT_RECORD);
        else
            inspect_message(job, from, &message, &why, next == NEXT_RECORD);
    }
    return from->bad > 0 ? OUTCOME_DATA : OUTCOME_GOOD;
}

static const cli_option of_frames[] = {
    {.name = "link",
     .help = "frames of a link instead of states",
     .at = offsetof(cli_options, frames)},
};
static const option_group options_of_frames = {"Link", of_frames, OPTION_COUNT(of_frames)};

static const cli_option json_output[] = {
    {.name = "json",
     .help = "write JSON, an object a message",
     .at = offsetof(inspect_options, json)},
};
static const option_group options_json_output = {"JSON", json_output, OPTION_COUNT(json_output)};

static const inspect_options inspect_defaults = {.common = {CLI_DEFAULTS}};
static const option_use inspect_uses[] = {{&options_single, 0},      {&options_messages, 0},
                                          {&options_wrapped, 0},     {&options_of_frames, 0},
                                          {&options_json_output, 0}, {&options_colour, 0},
                                          {&options_run, 0},         {NULL, 0}};
const cli_command inspect_command = {.name = "inspect",
                                     .summary = "what each byte of a message is for",
                                     .example = "execwire inspect states.pb",
                                     .options = inspect_uses,
                                     .defaults = &inspect_defaults,
                                     .options_size = sizeof inspect_defaults,
                                     .file = inspect_file};

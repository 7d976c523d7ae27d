/* encode, decode, check.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/escape.h"
#include "cli/base/io.h"
#include "cli/command.h"

#include <inttypes.h>
#include <unistd.h>

/* A state, and how it is to be written. */
typedef struct writing {
    const execwire_state *state;
    const execwire_json_options *json;
    const framing *framing;
} writing;

static execwire_code write_message(const void *what, void *room, size_t capacity, size_t *size,
                                   execwire_error *error)
{
    const writing *w = what;

    return w->framing->write(w->state, room, capacity, size, error);
}

/* No JSON is empty: there is room for a newline behind one that fits. */
static execwire_code write_json(const void *what, void *room, size_t capacity, size_t *size,
                                execwire_error *error)
{
    const writing *w = what;
    char *text = room;
    size_t most = capacity > 0 ? capacity - 1 : 0;
    execwire_code code = execwire_json_write(w->state, w->json, text, most, size, error);

    if (code == EXECWIRE_OK) {
        size_t safe = *size + escape_growth(text, *size);

        if (safe <= most) {
            escape(text, *size, safe);
            text[safe] = '\n';
        }
        *size = safe;
        code = safe <= most ? EXECWIRE_OK : EXECWIRE_ERROR_NO_SPACE;
    }
    if (code == EXECWIRE_OK || code == EXECWIRE_ERROR_NO_SPACE)
        ++*size;
    return code;
}

static outcome write_state(output *out, output_writer *write, const writing *what, fault *why)
{
    if (output_append(out, write, what, &why->error) != EXECWIRE_OK)
        return OUTCOME_DATA;
    return out->failed ? OUTCOME_IO : OUTCOME_GOOD;
}

outcome command_write_json(cli_job *job, const execwire_state *state,
                           const execwire_json_options *json, fault *why)
{
    const writing what = {.state = state, .json = json};

    why->place = FAULT_AS_JSON;
    return write_state(&job->out, write_json, &what, why);
}

outcome command_write_message(cli_job *job, const execwire_state *state, const framing *as,
                              fault *why)
{
    const writing what = {.state = state, .framing = as};

    why->place = FAULT_AS_MESSAGE;
    return write_state(&job->out, write_message, &what, why);
}

/* ---- decode's options ---- */

typedef struct decode_options {
    cli_options common;
    execwire_json_options json; /* what is written */
} decode_options;

/* ---- A state ---- */

static outcome encode_state(cli_job *job, const execwire_state *state, const record *from,
                            fault *why)
{
    (void)from;
    return command_write_message(job, state, job->options->framing, why);
}

static outcome decode_state(cli_job *job, const execwire_state *state, const record *from,
                            fault *why)
{
    const decode_options *options = job->verb_options;

    (void)from;
    return command_write_json(job, state, &options->json, why);
}

static outcome encode_file(cli_job *job, source *from)
{
    const output *out = &job->out;

    if (job->options->framing->raw && out->fd != STDOUT_FILENO && !io_make_raw(out->fd))
        return report_errno(out->name);
    return command_each(job, from, encode_state);
}

static outcome decode_file(cli_job *job, source *from)
{
    return command_each(job, from, decode_state);
}

static outcome check_file(cli_job *job, source *from)
{
    outcome result = command_each(job, from, NULL);
    bool whole = result == OUTCOME_GOOD || (result == OUTCOME_DATA && job->options->keep_going);

    if (whole && from->good + from->bad > 0 && !job->options->quiet)
        output_print(&job->out, "%s: %" PRIu64 " good, %" PRIu64 " bad\n", from->in.name,
                     from->good, from->bad);
    return result;
}

/* ---- The commands ---- */

static const char *encode_remedy(const void *verb_options)
{
    const cli_options *options = verb_options;

    return command_remedy(options->framing);
}

static const cli_options encode_defaults = {CLI_DEFAULTS, .from_json = true};
static const option_use encode_uses[] = {
    {&options_single, 0}, {&options_messages, 0}, {&options_at, 0}, {&options_unknown, 0},
    {&options_jobs, 0},   {&options_run, 0},      {NULL, 0}};
const cli_command encode_command = {.name = "encode",
                                    .summary = "JSON values to delimited protobuf",
                                    .example = "execwire encode -o states.pb states.jsonl",
                                    .options = encode_uses,
                                    .defaults = &encode_defaults,
                                    .options_size = sizeof encode_defaults,
                                    .unknown = "unknown keys ignored",
                                    .writes_messages = true,
                                    .remedy = encode_remedy,
                                    .file = encode_file};

static const decode_options decode_defaults = {.common = {CLI_DEFAULTS}};
static const option_use decode_uses[] = {{&options_single, 0},
                                         {&options_messages, 0},
                                         {&options_wrapped, 0},
                                         {&options_keys, offsetof(decode_options, json)},
                                         {&options_layout, offsetof(decode_options, json)},
                                         {&options_jobs, 0},
                                         {&options_run, 0},
                                         {NULL, 0}};
const cli_command decode_command = {.name = "decode",
                                    .summary = "delimited protobuf to JSON Lines",
                                    .example = "execwire decode --pretty states.pb",
                                    .options = decode_uses,
                                    .defaults = &decode_defaults,
                                    .options_size = sizeof decode_defaults,
                                    .unknown = "unknown fields dropped",
                                    .file = decode_file};

static const cli_options check_defaults = {CLI_DEFAULTS};
static const option_use check_uses[] = {
    {&options_single, 0}, {&options_messages, 0}, {&options_wrapped, 0}, {&options_input, 0},
    {&options_at, 0},     {&options_unknown, 0},  {&options_run, 0},     {NULL, 0}};
const cli_command check_command = {.name = "check",
                                   .summary = "says whether all messages are good",
                                   .example = "execwire check states.pb",
                                   .options = check_uses,
                                   .defaults = &check_defaults,
                                   .options_size = sizeof check_defaults,
                                   .unknown = "unknown fields",
                                   .file = check_file};

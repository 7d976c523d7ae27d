/* encode, decode, check.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"
#include "cli/io.h"

#include <inttypes.h>
#include <unistd.h>

/* Writes a state in one form, as the calls of the library do; NO_SPACE says how much is needed. */
typedef execwire_status write_call(const execwire_state *state, const cli_options *options,
                                   char *out, size_t capacity, size_t *size, execwire_error *error);

static execwire_status write_message(const execwire_state *state, const cli_options *options,
                                     char *out, size_t capacity, size_t *size,
                                     execwire_error *error)
{
    return options->framing->write(state, out, capacity, size, error);
}

static execwire_status write_json(const execwire_state *state, const cli_options *options,
                                  char *out, size_t capacity, size_t *size, execwire_error *error)
{
    size_t room = capacity > 0 ? capacity - 1 : 0;
    execwire_status status = execwire_json_write(state, &options->json, out, room, size, error);

    if (status == EXECWIRE_OK)
        out[*size] = '\n';
    ++*size;
    return status;
}

static outcome write_state(cli_job *job, const execwire_state *state, write_call *write)
{
    output *out = &job->out;

    for (;;) {
        execwire_error error;
        size_t size;
        execwire_status status = write(state, job->options, out->buffer + out->size,
                                       out->capacity - out->size, &size, &error);

        if (status == EXECWIRE_OK) {
            out->size += size;
            return OUTCOME_GOOD;
        }
        if (status != EXECWIRE_ERROR_NO_SPACE)
            return report_error(out->name, "", &error);
        if (!output_room(out, size))
            return OUTCOME_IO;
    }
}

static execwire_status write_delimited(const execwire_state *state, const cli_options *options,
                                       char *out, size_t capacity, size_t *size,
                                       execwire_error *error)
{
    (void)options;
    return execwire_delimited_write(state, out, capacity, size, error);
}

outcome command_write_json(cli_job *job, const execwire_state *state)
{
    return write_state(job, state, write_json);
}

outcome command_write_delimited(cli_job *job, const execwire_state *state)
{
    return write_state(job, state, write_delimited);
}

static outcome encode_state(cli_job *job, const execwire_state *state, const record *from)
{
    (void)from;
    return write_state(job, state, write_message);
}

static outcome decode_state(cli_job *job, const execwire_state *state, const record *from)
{
    (void)from;
    return command_write_json(job, state);
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

const cli_command encode_command = {.name = "encode",
                                    .summary = "JSON values to delimited protobuf",
                                    .unknown = "unknown keys ignored",
                                    .concerns = CONCERNS_UNKNOWN_KEYS | CONCERNS_SINGLE,
                                    .reads_json = true,
                                    .file = encode_file};
const cli_command decode_command = {.name = "decode",
                                    .summary = "delimited protobuf to JSON Lines",
                                    .unknown = "unknown fields dropped",
                                    .concerns = CONCERNS_KEYS | CONCERNS_LAYOUT | CONCERNS_SINGLE,
                                    .file = decode_file};
const cli_command check_command = {.name = "check",
                                   .summary = "says whether all messages are good",
                                   .unknown = "unknown fields",
                                   .concerns =
                                       CONCERNS_UNKNOWN_KEYS | CONCERNS_INPUT | CONCERNS_SINGLE,
                                   .file = check_file};

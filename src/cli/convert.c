/* encode, decode, check.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include <inttypes.h>

/* Writes a state in one form, as the calls of the library do; NO_SPACE says how much is needed. */
typedef execwire_status write_call(const execwire_state *state, const cli_options *options,
                                   char *out, size_t capacity, size_t *size, execwire_error *error);

static execwire_status write_delimited(const execwire_state *state, const cli_options *options,
                                       char *out, size_t capacity, size_t *size,
                                       execwire_error *error)
{
    if (options->single)
        return execwire_encode(state, out, capacity, size, error);
    return execwire_delimited_write(state, out, capacity, size, error);
}

/* A line of digits. */
static execwire_status write_hex(const execwire_state *state, const cli_options *options, char *out,
                                 size_t capacity, size_t *size, execwire_error *error)
{
    static const char digits[] = "0123456789abcdef";
    size_t message_size;
    execwire_status status = execwire_encode(state, NULL, 0, &message_size, error);
    const char *message;

    (void)options;
    *size = 2 * message_size + 1;
    if (status != EXECWIRE_OK || *size > capacity)
        return status != EXECWIRE_OK ? status : EXECWIRE_ERROR_NO_SPACE;
    /* the message in the second half, where its digits do not reach it before it is read */
    message = out + message_size + 1;
    status = execwire_encode(state, out + message_size + 1, message_size, &message_size, error);
    for (size_t i = 0; i < message_size; i++) {
        unsigned byte = (unsigned char)message[i];

        out[2 * i] = digits[byte >> 4];
        out[2 * i + 1] = digits[byte & 15];
    }
    out[2 * message_size] = '\n';
    return status;
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
        outcome result;

        if (status == EXECWIRE_OK) {
            out->size += size;
            return OUTCOME_GOOD;
        }
        if (status != EXECWIRE_ERROR_NO_SPACE)
            return report_error(out->name, &error);
        result = output_room(out, size);
        if (result != OUTCOME_GOOD)
            return result;
    }
}

static outcome encode_state(cli_job *job, const execwire_state *state, const record *from)
{
    (void)from;
    return write_state(job, state, job->options->hex ? write_hex : write_delimited);
}

static outcome decode_state(cli_job *job, const execwire_state *state, const record *from)
{
    (void)from;
    return write_state(job, state, write_json);
}

static outcome encode_file(cli_job *job, source *from)
{
    return command_each(job, from, encode_state);
}

static outcome decode_file(cli_job *job, source *from)
{
    return command_each(job, from, decode_state);
}

static outcome check_file(cli_job *job, source *from)
{
    outcome result = command_each(job, from, NULL);

    if (result == OUTCOME_IO || (result != OUTCOME_GOOD && !job->options->keep_going))
        return result;
    if (!job->options->quiet && output_print(&job->out, "%s: %" PRIu64 " good, %" PRIu64 " bad\n",
                                             from->in.name, from->good, from->bad) != OUTCOME_GOOD)
        return OUTCOME_IO;
    return result;
}

const cli_command encode_command = {.name = "encode",
                                    .summary = "JSON values to delimited protobuf",
                                    .unknown = "unknown keys ignored",
                                    .json = true,
                                    .joins_messages = true,
                                    .file = encode_file};
const cli_command decode_command = {.name = "decode",
                                    .summary = "delimited protobuf to JSON Lines",
                                    .unknown = "unknown fields dropped",
                                    .file = decode_file};
const cli_command check_command = {.name = "check",
                                   .summary = "says whether all messages are good",
                                   .unknown = "unknown fields",
                                   .may_read_json = true,
                                   .file = check_file};

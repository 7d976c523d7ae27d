/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/source.h"

#include "cli/base/format.h"
#include "cli/base/io.h"
#include "cli/hint.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLACE_SIZE 64

/* A device that was named; standard input is as whoever opened it wants it. */
static bool prepare_device(const source *s)
{
    return !s->options->framing->raw || s->in.fd == STDIN_FILENO || io_make_raw(s->in.fd);
}

/* All but the input. */
static source prepare(const cli_options *options, const option_use *takes)
{
    return (source){.options = options,
                    .takes = takes,
                    .reading.ignore_unknown = options->ignore_unknown,
                    .json = options->from_json};
}

static void begin(source *s)
{
    values_init(&s->values, &s->in, s->options->max_message, s->options->at);
    messages_init(&s->messages, &s->in, s->options->framing, s->options->max_message);
    s->messages.wrapped = s->options->wrapped;
}

outcome source_open(source *s, const cli_options *options, const option_use *takes,
                    const char *path, output *out)
{
    outcome result;

    *s = prepare(options, takes);
    result = input_open(&s->in, path, out, options->quiet);
    begin(s);
    if (result == OUTCOME_GOOD && !s->json && !prepare_device(s))
        return report_errno(s->in.name);
    return result;
}

void source_close(source *s)
{
    input_close(&s->in);
    free(s->scratch.entries);
    free(s->scratch.text);
}

/* ---- Finding ---- */

/* --single: a file has exactly one message. */
static next_result keep_single(const source *s, next_result result, fault *why)
{
    bool more = s->good > 0 && (result == NEXT_RECORD || result == NEXT_BAD);
    bool none = s->good + s->bad == 0 && result == NEXT_END;

    if (!s->options->single || (!more && !none))
        return result;
    *why = (fault){.place = FAULT_FILE};
    why->error.text = more ? "more than one message, with --single" : "no message, with --single";
    return NEXT_BAD;
}

next_result source_next_record(source *s, record *next, fault *why)
{
    next_result result;

    fault_clear(why);
    if (s->options->single && s->bad > 0)
        return NEXT_END;
    if (s->json)
        result = values_next(&s->values, next, &why->error);
    else
        result = messages_next(&s->messages, next, why);
    return keep_single(s, result, why);
}

/* ---- Reading ---- */

/* Lends as much as the last call said it needs. */
static void grow(execwire_scratch *scratch)
{
    if (scratch->entry_count > scratch->entry_capacity) {
        scratch->entry_capacity = 2 * scratch->entry_count;
        scratch->entries =
            reallocate_array(scratch->entries, scratch->entry_capacity, sizeof *scratch->entries);
    }
    if (scratch->text_size > scratch->text_capacity) {
        scratch->text_capacity = 2 * scratch->text_size;
        scratch->text = reallocate(scratch->text, scratch->text_capacity);
    }
}

/* `*used` of the bytes are the message's. */
static execwire_code read_once(source *s, const record *from, size_t *used, execwire_state *state,
                               execwire_error *error)
{
    *used = from->size;
    if (s->json)
        return execwire_json_read_first(from->data, from->size, used, &s->reading, &s->scratch,
                                        state, error);
    return execwire_decode(from->data, from->size, &s->scratch, state, error);
}

static execwire_code read_state(source *s, const record *from, size_t *used, execwire_state *state,
                                execwire_error *error)
{
    execwire_code code = read_once(s, from, used, state, error);

    while (code == EXECWIRE_ERROR_NO_SPACE) {
        grow(&s->scratch);
        code = read_once(s, from, used, state, error);
    }
    return code;
}

/* A JSON value ends where reading it does. One that is not all there, or broken, is looked through
 * for its end, and read again. */
static next_result read_record(source *s, record *next, execwire_state *state, fault *why)
{
    size_t used;
    execwire_code code = read_state(s, next, &used, state, &why->error);

    if (code != EXECWIRE_OK && s->json) {
        next_result found = values_find_end(&s->values, next, &why->error);

        if (found != NEXT_RECORD)
            return found;
        code = read_state(s, next, &used, state, &why->error);
    }
    if (code != EXECWIRE_OK)
        return NEXT_BAD;
    if (s->json)
        values_end(&s->values, next, used);
    s->good++;
    s->unknown += s->scratch.unknown_count;
    return NEXT_RECORD;
}

next_result source_next(source *s, record *next, execwire_state *state, fault *why)
{
    next_result result = source_next_record(s, next, why);

    return result == NEXT_RECORD ? read_record(s, next, state, why) : result;
}

/* ---- Pieces ---- */

bool source_settle(source *s)
{
    if (s->options->single)
        return false;
    return s->json ? values_settle(&s->values) : messages_settle(&s->messages);
}

size_t source_whole(const source *s, bool now)
{
    size_t size;

    if (!s->json)
        return s->messages.as->whole(&s->messages);
    if (s->in.at_end)
        return input_size(&s->in);
    size = values_whole(&s->values);
    return size == 0 && now ? values_whole_now(&s->values) : size;
}

void source_split(source *s, source *piece, size_t size)
{
    input in = piece->in;
    execwire_scratch scratch = piece->scratch;

    *piece = prepare(s->options, s->takes);
    piece->scratch = scratch;
    input_split(&s->in, &in, size);
    piece->in = in;
    piece->first = in.offset;
    begin(piece);
}

void source_retake(source *piece, uint64_t end)
{
    input *in = &piece->in;

    in->start -= (size_t)(in->offset - piece->first);
    in->offset = piece->first;
    begin(piece);
    values_take(&piece->values, (size_t)(end - piece->first));
}

void source_follow(source *s, const source *piece)
{
    values_follow(&s->values, &piece->values);
    s->values.number += piece->good;
    s->messages.number += piece->good;
    s->good += piece->good;
    s->unknown += piece->unknown;
}

/* ---- Refusing ---- */

static void line_and_column(const source *s, const fault *why, char place[PLACE_SIZE])
{
    uint64_t line = why->line;
    uint64_t column = (uint64_t)why->error.offset + 1;

    if (s->json)
        values_locate(&s->values, why->error.offset, &line, &column);
    format(place, PLACE_SIZE, ":%" PRIu64 ":%" PRIu64, line, column);
}

/* Of a record that is good, but cannot be written. */
static void whole_record(const source *s, const record *bad, const char *as, char place[PLACE_SIZE])
{
    uint64_t line;
    uint64_t column;

    if (!s->json) {
        format(place, PLACE_SIZE, ": message %" PRIu64 ", as %s", bad->number, as);
        return;
    }
    values_locate(&s->values, 0, &line, &column);
    format(place, PLACE_SIZE, ":%" PRIu64 ":%" PRIu64 ", as %s", line, column, as);
}

/* What a bad message may be instead. A file whose very first message is bad may be something else;
 * what is left of the buffer is all of its beginning. */
static const char *hint_of(const source *s, const record *bad, const execwire_error *error)
{
    if (error->code == EXECWIRE_ERROR_NOT_A_STATE)
        return "of a job, give its executions: --at /Executions";
    if (error->code == EXECWIRE_ERROR_EXPECTED_ENUM && strcmp(error->path, "/State") == 0 &&
        strcmp(error->found, "an object") == 0)
        return "of an answer of the API, give the executions: --at /state/Executions";
    if (s->json || s->in.offset > 0 || s->good > 0 || bad->number != 1)
        return NULL;
    return hint_for(input_data(&s->in), input_size(&s->in), s->options, s->takes);
}

static void report_with_hint(const source *s, const record *bad, const char *place,
                             execwire_error error)
{
    const char *hint = hint_of(s, bad, &error);
    char text[256];

    if (hint != NULL) {
        format(text, sizeof text, "%s (%s)", error.text, hint);
        error.text = text;
    }
    (void)report_error(s->in.name, place, &error);
}

void source_report(const source *s, const record *bad, const fault *why)
{
    char place[PLACE_SIZE] = "";

    switch (why->place) {
    case FAULT_BYTE:
        if (s->json)
            line_and_column(s, why, place);
        else
            format(place, sizeof place, ": message %" PRIu64 ", byte %zu", bad->number,
                   why->error.offset);
        break;
    case FAULT_LENGTH:
        format(place, sizeof place, ": message %" PRIu64 ", length", bad->number);
        break;
    case FAULT_DIGIT:
        line_and_column(s, why, place);
        break;
    case FAULT_FILE:
        break;
    case FAULT_AS_JSON:
        whole_record(s, bad, "JSON", place);
        break;
    case FAULT_AS_MESSAGE:
        whole_record(s, bad, "protobuf", place);
        break;
    }
    report_with_hint(s, bad, place, why->error);
}

void source_refuse(source *s, const record *bad, const fault *why)
{
    source_report(s, bad, why);
    s->bad++;
}

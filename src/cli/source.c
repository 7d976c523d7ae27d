/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/source.h"

#include "status/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHERE_SIZE 768

outcome source_open(source *s, const cli_options *options, const char *path, bool json, output *out)
{
    outcome result;

    memset(s, 0, sizeof *s);
    s->options = options;
    s->json = json;
    result = input_open(&s->in, path, out, options->quiet);
    values_init(&s->values, &s->in, options->max_message);
    messages_init(&s->messages, &s->in, options);
    return result;
}

void source_close(source *s)
{
    input_close(&s->in);
    free(s->scratch.entries);
    free(s->scratch.text);
}

/* Lends as much as the last call said it needs. */
static void grow(execwire_scratch *scratch)
{
    if (scratch->entry_count > scratch->entry_capacity) {
        scratch->entry_capacity = 2 * scratch->entry_count;
        scratch->entries =
            reallocate(scratch->entries, scratch->entry_capacity * sizeof *scratch->entries);
    }
    if (scratch->text_size > scratch->text_capacity) {
        scratch->text_capacity = 2 * scratch->text_size;
        scratch->text = reallocate(scratch->text, scratch->text_capacity);
    }
}

/* --single: a file has exactly one message. */
static bool breaks_single(const source *s, next_result result)
{
    return s->options->single && (s->good > 0 ? result == NEXT_RECORD || result == NEXT_BAD
                                              : s->bad == 0 && result == NEXT_END);
}

static next_result refuse_single(source *s)
{
    char where[WHERE_SIZE];
    execwire_error error = {.text = s->good > 0 ? "more than one message, with --single"
                                                : "no message, with --single"};

    snprintf(where, sizeof where, "%s", s->in.name);
    report_error(where, &error);
    s->bad++;
    return NEXT_BAD;
}

/* ---- JSON ---- */

static next_result refuse_value(source *s, const execwire_error *error)
{
    char where[WHERE_SIZE];
    uint64_t line;
    uint64_t column;

    values_locate(&s->values, error->offset, &line, &column);
    snprintf(where, sizeof where, "%s:%" PRIu64 ":%" PRIu64, s->in.name, line, column);
    report_error(where, error);
    s->bad++;
    return NEXT_BAD;
}

static execwire_status read_value(source *s, const record *value, execwire_state *state,
                                  execwire_error *error)
{
    for (;;) {
        execwire_status status = execwire_json_read(value->data, value->size, &s->options->json,
                                                    &s->scratch, state, error);

        if (status != EXECWIRE_ERROR_NO_SPACE)
            return status;
        grow(&s->scratch);
    }
}

static next_result next_value(source *s, execwire_state *state, record *value)
{
    execwire_error error;
    next_result result = values_next(&s->values, value, &error);
    execwire_status status = EXECWIRE_OK;

    if (breaks_single(s, result))
        return refuse_single(s);
    if (result == NEXT_RECORD)
        status = read_value(s, value, state, &error);
    if (status != EXECWIRE_OK && value->guess) {
        result = values_settle(&s->values, value, &error);
        if (result == NEXT_RECORD)
            status = read_value(s, value, state, &error);
    }
    if (result == NEXT_BAD || (result == NEXT_RECORD && status != EXECWIRE_OK))
        return refuse_value(s, &error);
    return result;
}

/* ---- Protobuf ---- */

next_result source_next_message(source *s, record *message, messages_error *error)
{
    next_result result = messages_next(&s->messages, message, error);

    if (!breaks_single(s, result))
        return result;
    memset(message, 0, sizeof *message);
    *error = (messages_error){.error = {.code = EXECWIRE_ERROR_ARGUMENT}};
    return NEXT_BAD;
}

next_result source_refuse_message(source *s, const record *message, const messages_error *error)
{
    char where[WHERE_SIZE];

    if (error->error.code == EXECWIRE_ERROR_ARGUMENT && error->error.text == NULL)
        return refuse_single(s);
    if (error->column > 0)
        snprintf(where, sizeof where, "%s:%" PRIu64 ":%" PRIu64, s->in.name, message->number,
                 error->column);
    else if (error->in_length)
        snprintf(where, sizeof where, "%s: message %" PRIu64 ", length", s->in.name,
                 message->number);
    else
        snprintf(where, sizeof where, "%s: message %" PRIu64 ", byte %zu", s->in.name,
                 message->number, error->error.offset);
    report_error(where, &error->error);
    s->bad++;
    return NEXT_BAD;
}

static execwire_status read_message(source *s, const record *message, execwire_state *state,
                                    execwire_error *error)
{
    for (;;) {
        execwire_status status =
            execwire_decode(message->data, message->size, &s->scratch, state, error);

        if (status != EXECWIRE_ERROR_NO_SPACE)
            return status;
        grow(&s->scratch);
    }
}

static next_result next_message(source *s, execwire_state *state, record *message)
{
    messages_error error;
    next_result result = source_next_message(s, message, &error);

    if (result == NEXT_RECORD && read_message(s, message, state, &error.error) != EXECWIRE_OK)
        result = NEXT_BAD;
    return result == NEXT_BAD ? source_refuse_message(s, message, &error) : result;
}

next_result source_next(source *s, execwire_state *state, record *from)
{
    next_result result = s->json ? next_value(s, state, from) : next_message(s, state, from);

    if (result == NEXT_RECORD) {
        s->good++;
        s->unknown += s->scratch.unknown_count;
    }
    return result;
}

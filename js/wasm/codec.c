/* Bytes, JSON and JavaScript's states. Each call takes an input that lies where `input` said.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "error/error.h"
#include "glue.h"
#include "tape.h"

#define USUAL_ENTRIES 16

glue_result glue;
execwire_error glue_error;

EXPORT(input) void *input(size_t size)
{
    return arena_input(size);
}

EXPORT(result) glue_result *result(void)
{
    return &glue;
}

void glue_begin(void)
{
    arena_clear();
    glue = (glue_result){.ref = UINT32_MAX};
}

static execwire_code no_memory(void)
{
    return execwire_fail(&glue_error, EXECWIRE_ERROR_NO_SPACE, 0);
}

/* ---- Errors ---- */

EXPORT(error_offset) uint32_t error_offset(void)
{
    return (uint32_t)glue_error.offset;
}

EXPORT(error_path) const char *error_path(void)
{
    return glue_error.path;
}

EXPORT(error_found) const char *error_found(void)
{
    return glue_error.found;
}

EXPORT(code_count) uint32_t code_count(void)
{
    return EXECWIRE_CODE_COUNT;
}

EXPORT(code_name) const char *code_name(execwire_code code)
{
    return execwire_code_name(code);
}

EXPORT(code_text) const char *code_text(execwire_code code)
{
    return execwire_code_text(code);
}

EXPORT(version) const char *version(void)
{
    return execwire_version();
}

/* ---- Reading ---- */

static execwire_code decode_with(const void *in, size_t size, execwire_scratch *scratch,
                                 execwire_state *state)
{
    return execwire_decode(in, size, scratch, state, &glue_error);
}

execwire_code glue_decode(const void *in, size_t size, execwire_state *state)
{
    static execwire_entry usual[USUAL_ENTRIES];
    execwire_scratch scratch = {.entries = usual, .entry_capacity = USUAL_ENTRIES};
    execwire_code code = decode_with(in, size, &scratch, state);

    if (code != EXECWIRE_ERROR_NO_SPACE)
        return code;
    scratch.entry_capacity = scratch.entry_count;
    scratch.entries = arena_take(scratch.entry_count * sizeof *scratch.entries);
    return scratch.entries != NULL ? decode_with(in, size, &scratch, state) : code;
}

static execwire_code read_json(const char *in, size_t size, bool ignore_unknown,
                               execwire_state *state)
{
    const execwire_json_options options = {.ignore_unknown = ignore_unknown};
    execwire_scratch scratch = {.text = arena_take(size), .text_capacity = size};
    execwire_code code = EXECWIRE_ERROR_NO_SPACE;

    for (int tries = 0; tries < 2 && code == EXECWIRE_ERROR_NO_SPACE; tries++) {
        scratch.entry_capacity = tries == 0 ? USUAL_ENTRIES : scratch.entry_count;
        scratch.entries = arena_take(scratch.entry_capacity * sizeof *scratch.entries);
        if (scratch.text == NULL || scratch.entries == NULL)
            return no_memory();
        code = execwire_json_read(in, size, &options, &scratch, state, &glue_error);
    }
    return code;
}

/* ---- Writing ---- */

typedef execwire_code write_call(const execwire_state *state, const execwire_json_options *options,
                                 void *out, size_t capacity, size_t *size);

static execwire_code write_message(const execwire_state *state,
                                   const execwire_json_options *options, void *out, size_t capacity,
                                   size_t *size)
{
    (void)options;
    return execwire_encode(state, out, capacity, size, &glue_error);
}

static execwire_code write_delimited(const execwire_state *state,
                                     const execwire_json_options *options, void *out,
                                     size_t capacity, size_t *size)
{
    (void)options;
    return execwire_delimited_write(state, out, capacity, size, &glue_error);
}

static execwire_code write_json(const execwire_state *state, const execwire_json_options *options,
                                void *out, size_t capacity, size_t *size)
{
    return execwire_json_write(state, options, out, capacity, size, &glue_error);
}

/* With room that is a guess; then with what it turned out to need. */
static execwire_code write_out(write_call *call, const execwire_state *state,
                               const execwire_json_options *options, size_t guess)
{
    execwire_code code = EXECWIRE_ERROR_NO_SPACE;
    size_t size = guess;

    for (int tries = 0; tries < 2 && code == EXECWIRE_ERROR_NO_SPACE; tries++) {
        size_t capacity = size;
        void *out = arena_take(capacity);

        if (out == NULL)
            return no_memory();
        code = call(state, options, out, capacity, &size);
        glue.out = glue_address(out);
        glue.out_size = (uint32_t)size;
    }
    return code;
}

/* ---- Calls ---- */

/* The state goes on the tape. */
EXPORT(decode) execwire_code decode(const void *in, size_t size)
{
    execwire_state state;
    execwire_code code;

    glue_begin();
    code = glue_decode(in, size, &state);
    if (code != EXECWIRE_OK)
        return code;
    return tape_write(&state, size) ? EXECWIRE_OK : no_memory();
}

/* Tape and text lie one behind the other. */
EXPORT(encode)
execwire_code encode(const uint32_t *tape, size_t words, size_t text_size, bool delimited)
{
    execwire_state state;
    execwire_code code;

    glue_begin();
    code = tape_read(tape, (const char *)(tape + words), text_size, &state, &glue_error);
    if (code != EXECWIRE_OK)
        return code;
    return write_out(delimited ? write_delimited : write_message, &state, NULL,
                     text_size + 8 * words);
}

EXPORT(to_json)
execwire_code to_json(const void *in, size_t size, bool api, bool names, bool pretty)
{
    const execwire_json_options options = {
        .form = api ? EXECWIRE_JSON_API : EXECWIRE_JSON_DOCUMENTED,
        .enums = names ? EXECWIRE_JSON_ENUM_NAMES : EXECWIRE_JSON_ENUM_NUMBERS,
        .pretty = pretty};
    execwire_state state;
    execwire_code code;

    glue_begin();
    code = glue_decode(in, size, &state);
    if (code != EXECWIRE_OK)
        return code;
    return write_out(write_json, &state, &options, 2 * size + 1024);
}

EXPORT(from_json) execwire_code from_json(const char *in, size_t size, bool ignore_unknown)
{
    execwire_state state;
    execwire_code code;

    glue_begin();
    code = read_json(in, size, ignore_unknown, &state);
    if (code != EXECWIRE_OK)
        return code;
    return write_out(write_message, &state, NULL, size + 64);
}

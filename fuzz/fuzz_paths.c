/* The short ways of hosts against the careful ones: the same bytes, codes, offsets and paths.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include "schema/good.h"
#include "wire/at_once.h"
#include "wire/reader.h"

#include <stdlib.h>
#include <string.h>

/* Room enough for any short way behind what is written. */
#define AMPLE 4096

static void look(void *context, const execwire_wire_field *seen)
{
    (void)context;
    (void)seen;
}

/* A walk that is looked at goes field by field. */
static void require_same_decoding(const uint8_t *in, size_t size)
{
    static execwire_entry entries[2][64];
    const execwire_wire_visitor visitor = {look, NULL};
    execwire_scratch quick = {.entries = entries[0], .entry_capacity = 64};
    execwire_scratch careful = {.entries = entries[1], .entry_capacity = 64};
    execwire_state states[2];
    execwire_error errors[2] = {{.code = EXECWIRE_OK}, {.code = EXECWIRE_OK}};
    execwire_code code = execwire_wire_read(in, size, &careful, &states[0], &visitor, &errors[0]);

    FUZZ_REQUIRE(execwire_decode(in, size, &quick, &states[1], &errors[1]) == code);
    FUZZ_REQUIRE(quick.unknown_count == careful.unknown_count);
    FUZZ_REQUIRE(quick.entry_count == careful.entry_count);
    if (code == EXECWIRE_OK)
        FUZZ_REQUIRE(fuzz_same_state(&states[0], &states[1]));
    else
        FUZZ_REQUIRE(fuzz_same_error(&errors[0], &errors[1]));
}

/* Where room is scarce, escape sequences are read one by one. */
static void require_same_reading(const uint8_t *in, size_t size)
{
    fuzz_record exact;
    execwire_scratch ample = {.entry_capacity = size, .text_capacity = size + AMPLE};
    execwire_error error = {.code = EXECWIRE_OK};
    execwire_state state;

    fuzz_json_read(&exact, in, size, false);
    ample.entries = fuzz_block(ample.entry_capacity * sizeof *ample.entries);
    ample.text = fuzz_block(ample.text_capacity);
    FUZZ_REQUIRE(execwire_json_read(in, size, NULL, &ample, &state, &error) == exact.code);
    if (exact.code == EXECWIRE_OK)
        FUZZ_REQUIRE(fuzz_same_state(&exact.state, &state));
    else
        FUZZ_REQUIRE(fuzz_same_error(&exact.error, &error));
    free(ample.text);
    free(ample.entries);
    fuzz_free_record(&exact);
}

/* Puts a blank behind each colon outside of strings. Returns the size. */
static size_t space_out(uint8_t *out, const uint8_t *in, size_t size)
{
    size_t used = 0;
    bool in_string = false;

    for (size_t i = 0; i < size; i++) {
        out[used++] = in[i];
        if (in[i] == '"')
            in_string = !in_string;
        else if (in_string && in[i] == '\\' && i + 1 < size)
            out[used++] = in[++i];
        else if (!in_string && in[i] == ':')
            out[used++] = ' ';
    }
    return used;
}

/* Behind white space all values are read with care; only where they stand is another place. */
static void require_same_values(const uint8_t *in, size_t size)
{
    uint8_t *out = fuzz_block(2 * size);
    fuzz_record quick;
    fuzz_record careful;

    fuzz_json_read(&quick, in, size, size % 2 != 0);
    fuzz_json_read(&careful, out, space_out(out, in, size), size % 2 != 0);
    FUZZ_REQUIRE(quick.code == careful.code);
    FUZZ_REQUIRE(quick.scratch.unknown_count == careful.scratch.unknown_count);
    if (quick.code == EXECWIRE_OK)
        FUZZ_REQUIRE(fuzz_same_state(&quick.state, &careful.state));
    else
        FUZZ_REQUIRE(strcmp(quick.error.path, careful.error.path) == 0);
    fuzz_free_record(&careful);
    fuzz_free_record(&quick);
    free(out);
}

/* What was written with exactly enough room, and what is with ample room. */
static void require_same_writing(const execwire_state *state, size_t vary)
{
    fuzz_bytes bytes = fuzz_encode(state, vary);
    fuzz_bytes framed = fuzz_delimited_write(state, vary);
    uint8_t *out = fuzz_block(framed.size + AMPLE);
    size_t size;

    FUZZ_REQUIRE(execwire_encode(state, out, bytes.size + AMPLE, &size, NULL) == EXECWIRE_OK);
    FUZZ_REQUIRE(size == bytes.size && memcmp(out, bytes.data, size) == 0);
    FUZZ_REQUIRE(execwire_delimited_write(state, out, framed.size + AMPLE, &size, NULL) ==
                 EXECWIRE_OK);
    FUZZ_REQUIRE(size == framed.size && memcmp(out, framed.data, size) == 0);
    free(out);
    free(framed.data);
    free(bytes.data);
}

static void require_same_text(const execwire_state *state, size_t vary)
{
    execwire_json_options options = fuzz_json_form((unsigned)(vary % FUZZ_JSON_FORMS));
    fuzz_bytes text = fuzz_json_write(state, &options, vary);
    char *out = fuzz_block(text.size + AMPLE);
    size_t size;

    FUZZ_REQUIRE(execwire_json_write(state, &options, out, text.size + AMPLE, &size, NULL) ==
                 EXECWIRE_OK);
    FUZZ_REQUIRE(size == text.size && memcmp(out, text.data, size) == 0);
    free(out);
    free(text.data);
}

#ifdef EXECWIRE_FAST_PATHS

/* What is measured and written at once is what is good, and nothing else. */
static void require_same_at_once(const execwire_state *state)
{
    bool good = execwire_state_check(state, NULL) == EXECWIRE_OK;
    size_t size = 0;
    size_t written;
    uint8_t *out;

    FUZZ_REQUIRE(execwire_measure_at_once(state, &size) == good);
    size = good ? size : AMPLE;
    out = fuzz_block(size + 1);
    FUZZ_REQUIRE(execwire_write_at_once(state, out, size + 1, 1, &written) == (good && size > 0));
    FUZZ_REQUIRE(!good || size == 0 || written == size);
    free(out);
}

/* A state that points into what is written over: the part of the room that its text is in is found
 * only when much has been written. */
static void require_same_refusal(const execwire_state *state, const uint8_t *in, size_t size)
{
    size_t capacity = size + AMPLE;
    char *room = fuzz_block(capacity);
    execwire_state inside = *state;
    execwire_error errors[2];
    execwire_code code;
    size_t written;

    memset(room, 'x', capacity);
    if (fuzz_hash(in, size) % 3 == 0)
        inside.status = (execwire_str){room + size / 2, size % 80};
    code = execwire_state_check_for(&inside, room, capacity, &errors[0]);
    if (execwire_json_write(&inside, NULL, room, capacity, &written, &errors[1]) == EXECWIRE_OK)
        FUZZ_REQUIRE(code == EXECWIRE_OK);
    else
        FUZZ_REQUIRE(written == 0 && fuzz_same_error(&errors[0], &errors[1]));
    free(room);
}

/* A state that was read, with what the input says put in one of its members: most are bad. */
static void require_same_judgement(execwire_state state, const uint8_t *in, size_t size)
{
    execwire_str piece = {(const char *)in, size < 80 ? size : 80};
    execwire_entry entries[2] = {{piece, piece, 0}, {{"k", 1}, piece, 0}};

    switch (fuzz_hash(in, size) % 6) {
    case 0:
        state.status = piece;
        break;
    case 1:
        state.has_run_output = true;
        state.run_output.std_out = piece;
        break;
    case 2:
        state.has_published_results = true;
        state.published_results.metadata = (execwire_map){entries, 2};
        break;
    case 3:
        state.has_state = true;
        memcpy(&state.state, in, size < 4 ? size : 4);
        break;
    case 4:
        state.has_update_time = true;
        memcpy(&state.update_time.seconds, in, size < 5 ? size : 5);
        break;
    default:
        state.has_update_time = true;
        memcpy(&state.update_time.nanos, in, size < 4 ? size : 4);
        break;
    }
    FUZZ_REQUIRE(execwire_state_is_good(&state, in, size / 2) ==
                 (execwire_state_check_for(&state, in, size / 2, NULL) == EXECWIRE_OK));
    require_same_at_once(&state);
    require_same_refusal(&state, in, size);
}

#else
#define require_same_judgement(state, in, size) ((void)(state))
#endif

static void run_on(const fuzz_record *record, const uint8_t *in, size_t size)
{
    size_t vary = fuzz_hash(in, size);

    require_same_judgement(record->state, in, size);
    if (record->code != EXECWIRE_OK)
        return;
    require_same_writing(&record->state, vary);
    require_same_text(&record->state, vary);
}

static void run(const uint8_t *in, size_t size)
{
    fuzz_record record;

    require_same_decoding(in, size);
    require_same_reading(in, size);
    require_same_values(in, size);
    fuzz_decode(&record, in, size);
    run_on(&record, in, size);
    fuzz_free_record(&record);
    fuzz_json_read(&record, in, size, true);
    run_on(&record, in, size);
    fuzz_free_record(&record);
}

const fuzz_target fuzz_this_target = {.name = "paths", .run = run, .mutate = execwire_fuzz_message};

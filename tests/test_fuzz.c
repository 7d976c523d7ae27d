/* What users fuzz with: mutations of messages keep to their memory and leave lengths right, and any
 * bytes are a state that can be written.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "fuzz/mutate.h"

#include <execwire/fields.h>
#include <execwire/fuzz.h>

#include <stdlib.h>
#include <string.h>

#define ROOM    1024
#define ROUNDS  40000
#define ENTRIES 8
#define TEXT    (512 << 10)
#define MOST    300 /* bytes that a state is made of here */
#define KEPT    0x5A

/* Fields of all kinds, two messages deep. */
static size_t make_message(uint8_t *out)
{
    execwire_entry entry = {EXECWIRE_STR("key"), EXECWIRE_STR("value"), 0};
    execwire_state state = {0};
    size_t size;

    state.job_id = EXECWIRE_STR("j-1");
    state.status = EXECWIRE_STR("a status of which the length is less than 128");
    EXECWIRE_SET(&state, state, 7);
    EXECWIRE_SET(&state, version, 300);
    state.has_create_time = state.has_published_results = state.published_results.has_s3 = true;
    state.create_time.seconds = 1715074886;
    state.published_results.metadata = (execwire_map){&entry, 1};
    state.published_results.s3.key = EXECWIRE_STR("k");
    state.has_run_output = true;
    state.run_output.std_out = EXECWIRE_STR("out\n");
    assert_int_equal(execwire_encode(&state, out, ROOM, &size, NULL), EXECWIRE_OK);
    return size;
}

/* ---- Mutations ---- */

/* Memory of exactly the capacity, for sanitizers, and bytes behind it, for all others. */
/* promise: fuzz-mutate-keeps-to-its-memory */
/* promise: fuzz-mutate-repeats */
static void test_memory(void **unused)
{
    uint8_t first[ROOM], *room = malloc(ROOM + 8);
    size_t size = make_message(first);

    (void)unused;
    for (unsigned seed = 0; seed < ROUNDS; seed++) {
        size_t capacity = size + seed % 9, now;
        uint8_t *exact = malloc(capacity);

        memcpy(exact, first, size);
        memset(room, KEPT, ROOM + 8);
        memcpy(room, first, size);
        now = execwire_fuzz_mutate(exact, size, capacity, seed, NULL);
        assert_true(now <= capacity);
        /* the same once more, elsewhere */
        assert_int_equal(execwire_fuzz_mutate(room, size, capacity, seed, NULL), now);
        assert_memory_equal(room, exact, now);
        for (size_t i = 0; i < 8; i++)
            assert_int_equal(room[capacity + i], KEPT);
        free(exact);
    }
    free(room);
}

static size_t leave(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity)
{
    (void)c, (void)data, (void)capacity;
    return size;
}

/* Where no bytes are mutated as such, the lengths of whatever comes are right. */
/* promise: fuzz-mutate-lengths */
static void test_lengths(void **unused)
{
    uint8_t first[ROOM], data[ROOM];
    size_t size = make_message(first);
    unsigned good = 0, changed = 0;

    (void)unused;
    for (unsigned seed = 0; seed < ROUNDS; seed++) {
        execwire_fuzz_buffer message = {data, size, ROOM};
        execwire_fuzz_chance chance;
        execwire_error error;
        execwire_code code;

        memcpy(data, first, size);
        execwire_fuzz_start(&chance, seed, NULL);
        chance.bytes = leave;
        execwire_fuzz_fields(&chance, &message);
        code = execwire_check(data, message.size, NULL, &error);
        /* random bytes that were put in as a message's are none, but where they end is right */
        if (code == EXECWIRE_ERROR_TRUNCATED || code == EXECWIRE_ERROR_LENGTH ||
            code == EXECWIRE_ERROR_TAG || code == EXECWIRE_ERROR_VARINT ||
            code == EXECWIRE_ERROR_GROUP || code == EXECWIRE_ERROR_WIRE_TYPE)
            assert_string_not_equal(error.path, "");
        good += code == EXECWIRE_OK;
        changed += message.size != size || memcmp(first, data, size) != 0;
    }
    assert_true(good > ROUNDS / 2 && changed > ROUNDS / 2);
}

/* What the top-level fields of mutated messages were seen to do. */
typedef struct seen {
    unsigned gone, twice, inner;
} seen;

static void count_field(void *context, const execwire_field_view *field)
{
    unsigned *counts = context;

    if (field->depth == 0 && field->number < 32)
        counts[field->number]++;
}

static void look(seen *s, const uint8_t *data, size_t size)
{
    execwire_entry entries[ENTRIES];
    execwire_scratch scratch = {.entries = entries, .entry_capacity = ENTRIES};
    unsigned counts[32] = {0};
    execwire_state state;

    if (execwire_visit_fields(data, size, count_field, counts, NULL) != EXECWIRE_OK ||
        execwire_decode(data, size, &scratch, &state, NULL) != EXECWIRE_OK)
        return;
    s->gone += counts[8] == 0;
    s->twice += counts[4] > 1;
    s->inner += state.published_results.s3.key.size > 1;
}

static void test_kinds_of_mutations(void **unused)
{
    uint8_t first[ROOM], data[ROOM];
    size_t size = make_message(first);
    seen s = {0};

    (void)unused;
    for (unsigned seed = 0; seed < ROUNDS; seed++) {
        memcpy(data, first, size);
        look(&s, data, execwire_fuzz_mutate(data, size, ROOM, seed, NULL));
    }
    assert_true(s.gone > 0 && s.twice > 0 && s.inner > 0);
}

static uint8_t stamp;

static size_t stamping(uint8_t *data, size_t size, size_t capacity)
{
    assert_true(capacity > 0 && size <= capacity);
    if (size > 0)
        data[size - 1] = stamp;
    return size;
}

static void test_callers_mutator(void **unused)
{
    uint8_t data[ROOM];
    unsigned stamped = 0;

    (void)unused;
    stamp = 0xEE;
    for (unsigned seed = 0; seed < 2000; seed++) {
        size_t size = execwire_fuzz_mutate(data, make_message(data), ROOM, seed, stamping);

        stamped += memchr(data, stamp, size) != NULL;
    }
    assert_true(stamped > 1000);
}

static size_t filling(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity)
{
    (void)c;
    memset(data + size, '+', capacity - size);
    return capacity;
}

/* A length that grows to two bytes has room for that, whatever grew before it. */
/* promise: fuzz-mutate-lengths */
static void test_growing_lengths(void **unused)
{
    static char status[127];
    execwire_state state = {.status = {status, sizeof status}};
    unsigned longer = 0;

    (void)unused;
    memset(status, '-', sizeof status);
    for (unsigned seed = 0; seed < 2000; seed++) {
        uint8_t data[sizeof status + 16];
        execwire_fuzz_buffer message = {data, 0, 0};
        execwire_fuzz_chance chance;
        execwire_code code;

        assert_int_equal(execwire_encode(&state, data, sizeof data, &message.size, NULL), 0);
        message.capacity = message.size + seed % 12;
        execwire_fuzz_start(&chance, seed, NULL);
        chance.bytes = filling;
        execwire_fuzz_prefixed(&chance, &message, 1, message.size);
        code = execwire_check(data, message.size, NULL, NULL);
        assert_true(code == EXECWIRE_OK || code == EXECWIRE_ERROR_UTF8);
        longer += message.size > sizeof status + 3;
    }
    assert_true(longer > 500);
}

/* promise: fuzz-mutate-nothing */
static void test_mutating_nothing(void **unused)
{
    uint8_t data[4] = {1, 2, 3, 4};
    unsigned grown = 0;

    (void)unused;
    assert_int_equal(execwire_fuzz_mutate(NULL, 3, 8, 1, NULL), 3);
    assert_int_equal(execwire_fuzz_mutate(data, 3, 0, 1, NULL), 3);
    assert_int_equal(execwire_fuzz_mutate(data, 4, 3, 1, NULL), 4);
    assert_memory_equal(data, "\1\2\3\4", 4);
    for (unsigned seed = 0; seed < 100; seed++)
        grown += execwire_fuzz_mutate(data, 0, sizeof data, seed, NULL) > 0;
    assert_true(grown > 50);
}

/* ---- States ---- */

static char text[TEXT];
static uint8_t wire[2 * TEXT];
static char json[8 * TEXT];

/* What states were seen to have. */
typedef struct sight {
    unsigned absent, present, empty, zero, unnamed, long_text, nul, wide, entries, first, last,
        most, least;
} sight;

static bool has(execwire_str s, const char *what, size_t size)
{
    for (size_t i = 0; i + size <= s.size; i++)
        if (memcmp(s.data + i, what, size) == 0)
            return true;
    return false;
}

static void note(sight *s, const execwire_state *state)
{
    s->absent += !state->has_version;
    s->present += state->has_version;
    s->empty += state->job_id.data != NULL && state->job_id.size == 0;
    s->zero += state->has_state && state->state == 0;
    s->unnamed += state->has_state && state->state > 9;
    s->long_text += state->status.size > 2048;
    s->nul += has(state->status, "", 1);
    s->wide += has(state->status, "\xF4\x8F\xBF\xBF", 4);
    s->entries += state->published_results.metadata.count > 1;
    s->first += state->has_create_time && state->create_time.seconds == -62135596800;
    s->last += state->has_create_time && state->create_time.seconds == 253402300799;
    s->most += state->has_version && state->version == INT64_MAX;
    s->least += state->has_version && state->version == INT64_MIN;
}

/* It is written, and read again as the same. */
static void check_state(const execwire_state *state)
{
    execwire_entry entries[ENTRIES];
    execwire_scratch scratch = {.entries = entries, .entry_capacity = ENTRIES};
    execwire_state again;
    execwire_error error;
    size_t size;

    if (execwire_encode(state, wire, sizeof wire, &size, &error) != EXECWIRE_OK)
        fail_msg("%s: %s", error.path, error.text);
    assert_int_equal(execwire_decode(wire, size, &scratch, &again, NULL), EXECWIRE_OK);
    assert_true(execwire_state_equal(state, &again));
    assert_int_equal(execwire_json_write(state, NULL, json, sizeof json, &size, NULL), EXECWIRE_OK);
}

/* promise: fuzz-state-is-valid */
static void test_states(void **unused)
{
    execwire_fuzz_chance chance;
    sight s = {0};
    const unsigned *counts = (const unsigned *)&s;

    (void)unused;
    execwire_fuzz_start(&chance, 1, NULL);
    for (unsigned round = 0; round < ROUNDS / 4; round++) {
        execwire_entry entries[ENTRIES];
        execwire_scratch scratch = {entries, ENTRIES, text, TEXT, 0, 0, 0};
        uint8_t in[MOST];
        size_t size = execwire_fuzz_below(&chance, MOST);
        execwire_state state;

        for (size_t i = 0; i < size; i++)
            in[i] = (uint8_t)execwire_fuzz_below(&chance, 256);
        assert_int_equal(execwire_fuzz_state(in, size, &scratch, &state, NULL), EXECWIRE_OK);
        check_state(&state);
        note(&s, &state);
    }
    for (size_t i = 0; i < sizeof s / sizeof *counts; i++)
        if (counts[i] == 0)
            fail_msg("no state had number %zu of what is looked for", i);
}

static bool is_absent(const execwire_state *state)
{
    static const execwire_state absent;

    return memcmp(state, &absent, sizeof absent) == 0;
}

/* promise: fuzz-state-errors */
static void test_room(void **unused)
{
    execwire_entry entries[ENTRIES];
    uint8_t in[MOST];
    execwire_scratch needed = {.entries = NULL};
    execwire_state state;
    execwire_error error;

    (void)unused;
    memset(in, 0x45, sizeof in); /* all fields, texts of 5 characters */
    assert_int_equal(execwire_fuzz_state(in, sizeof in, &needed, NULL, NULL), EXECWIRE_OK);
    assert_true(needed.text_size > 20 && needed.entry_count > 1);
    for (unsigned i = 0; i < 4; i++) {
        execwire_scratch scratch = {
            entries, needed.entry_count - (i & 1), text, needed.text_size - (i >> 1), 0, 0, 0};
        execwire_code code;

        memset(&state, KEPT, sizeof state);
        code = execwire_fuzz_state(in, sizeof in, &scratch, &state, &error);
        assert_int_equal(code, i == 0 ? EXECWIRE_OK : EXECWIRE_ERROR_NO_SPACE);
        assert_int_equal(scratch.text_size, needed.text_size);
        assert_int_equal(scratch.entry_count, needed.entry_count);
        if (i == 0)
            check_state(&state);
        else
            assert_true(is_absent(&state) && error.code == EXECWIRE_ERROR_NO_SPACE &&
                        error.offset == 0);
    }
}

/* promise: fuzz-state-errors */
static void test_no_bytes(void **unused)
{
    execwire_scratch wrong = {.text_capacity = 1};
    execwire_state state;
    execwire_error error;

    (void)unused;
    memset(&state, KEPT, sizeof state);
    assert_int_equal(execwire_fuzz_state(NULL, 0, NULL, &state, NULL), EXECWIRE_OK);
    assert_true(is_absent(&state));
    for (unsigned i = 0; i < 2; i++) {
        memset(&state, KEPT, sizeof state);
        assert_int_equal(i == 0 ? execwire_fuzz_state(NULL, 1, NULL, &state, &error)
                                : execwire_fuzz_state("x", 1, &wrong, &state, &error),
                         EXECWIRE_ERROR_ARGUMENT);
        assert_true(is_absent(&state) && error.code == EXECWIRE_ERROR_ARGUMENT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_kinds_of_mutations),
        cmocka_unit_test(test_callers_mutator),
        cmocka_unit_test(test_growing_lengths),
        cmocka_unit_test(test_mutating_nothing),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_no_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

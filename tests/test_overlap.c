/* A writer whose output lies in what the state points to. 64-bit hosts find out before anything is
 * written.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include <execwire/execwire.h>

#include <string.h>

#if UINTPTR_MAX > 0xFFFFFFFF

typedef execwire_code writer(const execwire_state *state, void *out, size_t capacity, size_t *size,
                             execwire_error *error);

static execwire_code write_json(const execwire_state *state, void *out, size_t capacity,
                                size_t *size, execwire_error *error)
{
    return execwire_json_write(state, NULL, out, capacity, size, error);
}

static writer *const writers[] = {execwire_encode, execwire_delimited_write, write_json};
#define WRITERS (sizeof writers / sizeof writers[0])

#define ROOM 100        /* of an output that any of these states fits */
#define OUT  (2 * ROOM) /* where it begins */

static _Alignas(execwire_entry) char memory[5 * ROOM];

/* One byte that both have is enough; without bytes there is none. */
static bool overlap(size_t at, size_t size, size_t capacity)
{
    for (size_t i = at; i < at + size; i++)
        if (i >= OUT && i < OUT + capacity)
            return true;
    return false;
}

/* Writes into ROOM, less or nothing, and holds the answer against whether the bytes that the state
 * points to, `size` at `at`, are in the output. */
static void check(const execwire_state *state, size_t at, size_t size, const char *path)
{
    static const size_t capacities[] = {0, 1, 9, ROOM};

    for (size_t w = 0; w < WRITERS; w++)
        for (size_t c = 0; c < sizeof capacities / sizeof capacities[0]; c++) {
            bool bad = overlap(at, size, capacities[c]);
            char before[sizeof memory];
            execwire_error error;
            execwire_code code;
            size_t written = 99;

            memcpy(before, memory, sizeof memory);
            code = writers[w](state, memory + OUT, capacities[c], &written, &error);
            if (bad != (code == EXECWIRE_ERROR_ARGUMENT))
                fail_msg("writer %zu, %zu bytes at %zu, capacity %zu: %s", w, size, at,
                         capacities[c], execwire_code_name(code));
            if (bad) {
                assert_string_equal(error.path, path);
                assert_int_equal(error.offset, 0);
                assert_int_equal(written, 0);
                assert_memory_equal(memory, before, sizeof memory);
            }
            memcpy(memory, before, sizeof memory);
            assert_int_equal(writers[w](state, NULL, ROOM, &written, NULL), EXECWIRE_OK);
        }
}

/* ---- Strings ---- */

static void check_string(size_t at, size_t size)
{
    const execwire_str view = {memory + at, size};
    execwire_state state = {.status = view};

    check(&state, at, size, "/Status");
    state = (execwire_state){.has_run_output = true, .run_output.std_out = view};
    check(&state, at, size, "/RunOutput/stdout");
}

/* promise: overlap-is-found */
static void test_strings_at_every_place(void **unused)
{
    (void)unused;
    memset(memory, 'x', sizeof memory);
    for (size_t size = 0; size <= 10; size++)
        for (size_t at = OUT - 12; at <= OUT + ROOM + 2; at++)
            check_string(at, size);
    for (size_t at = OUT - 40; at <= OUT; at += 20)
        check_string(at, 40);
    check_string(OUT - 1, ROOM + 2);
}

/* A text of no bytes is nowhere: the message is the one that is written elsewhere. */
static void test_an_empty_text_in_the_output(void **unused)
{
    (void)unused;
    for (size_t w = 0; w < WRITERS; w++)
        for (size_t at = OUT; at < OUT + ROOM; at += 7) {
            execwire_state state = {.job_id = {memory + at, 0}, .status = EXECWIRE_STR("s")};
            char expected[ROOM];
            size_t size;
            size_t written;

            memset(memory, 'x', sizeof memory);
            assert_int_equal(writers[w](&state, expected, ROOM, &size, NULL), EXECWIRE_OK);
            assert_int_equal(writers[w](&state, memory + OUT, ROOM, &written, NULL), EXECWIRE_OK);
            assert_int_equal(written, size);
            assert_memory_equal(memory + OUT, expected, size);
            for (size_t i = 0; i < OUT; i++)
                assert_int_equal(memory[i], 'x');
        }
}

/* ---- Maps ---- */

static void test_what_a_map_points_to(void **unused)
{
    (void)unused;
    memset(memory, 'x', sizeof memory);
    for (size_t at = OUT - 5; at <= OUT + ROOM + 1; at++) {
        execwire_entry entries[] = {{EXECWIRE_STR("a"), EXECWIRE_STR("b"), 0},
                                    {{memory + at, 4}, EXECWIRE_STR("c"), 0}};
        execwire_state state = {.has_published_results = true,
                                .published_results.metadata = {entries, 2}};

        check(&state, at, 4, "/PublishedResults/Metadata/xxxx");
        entries[1] = (execwire_entry){EXECWIRE_STR("z"), {memory + at, 4}, 0};
        check(&state, at, 4, "/PublishedResults/Metadata/z");
    }
}

static void test_the_entries_of_a_map(void **unused)
{
    static const execwire_entry entry = {{"k", 1}, {"v", 1}, 0};
    const size_t size = sizeof entry;
    const size_t step = sizeof(void *);
    size_t first = OUT - OUT % step - size;

    (void)unused;
    for (size_t at = first; at <= OUT + ROOM + step; at += step) {
        execwire_state state = {.has_published_results = true};

        memset(memory, 'x', sizeof memory);
        memcpy(memory + at, &entry, size);
        state.published_results.metadata.entries = (void *)(memory + at);
        state.published_results.metadata.count = 1;
        check(&state, at, size, "/PublishedResults/Metadata");
    }
}

/* ---- As it comes about ---- */

static void test_a_state_over_what_it_was_decoded_from(void **unused)
{
    static const char message[] = "\x22\x03j-1\x2A\x03n-1";
    execwire_state state;
    size_t size;

    (void)unused;
    memcpy(memory, message, sizeof message - 1);
    for (size_t w = 0; w < WRITERS; w++) {
        assert_int_equal(execwire_decode(memory, sizeof message - 1, NULL, &state, NULL),
                         EXECWIRE_OK);
        assert_int_equal(writers[w](&state, memory, ROOM, &size, NULL), EXECWIRE_ERROR_ARGUMENT);
        assert_memory_equal(memory, message, sizeof message - 1);
        assert_int_equal(writers[w](&state, memory + sizeof message, ROOM, &size, NULL),
                         EXECWIRE_OK);
    }
}

#else

static void test_nothing(void **unused)
{
    (void)unused;
    print_message("skipped: overlap: it is looked for on 64-bit hosts alone\n");
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#if UINTPTR_MAX > 0xFFFFFFFF
        cmocka_unit_test(test_strings_at_every_place),
        cmocka_unit_test(test_an_empty_text_in_the_output),
        cmocka_unit_test(test_what_a_map_points_to),
        cmocka_unit_test(test_the_entries_of_a_map),
        cmocka_unit_test(test_a_state_over_what_it_was_decoded_from),
#else
        cmocka_unit_test(test_nothing),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

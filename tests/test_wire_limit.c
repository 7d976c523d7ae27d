/* The largest message, for the short ways: they refuse one byte more, and never one that fits. The
 * files are compiled into this test with a largest size that a test has memory for.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#define execwire_state_check_for  small_check_for
#define execwire_state_is_good    small_is_good
#define execwire_is_good_map      small_is_good_map
#define execwire_look_around      small_look_around
#define execwire_measure_at_once  small_measure
#define execwire_write_at_once    small_write
#define execwire_encode           small_encode
#define execwire_delimited_write  small_delimited_write
#define execwire_delimited_prefix small_prefix
#define execwire_delimited_init   small_init
#define execwire_delimited_feed   small_feed
#define execwire_delimited_end    small_end

#include "support/cmocka.h"

#include <execwire/execwire.h>

#undef EXECWIRE_MAX_SIZE
#define EXECWIRE_MAX_SIZE 1000
#include "schema/around.c"
#include "schema/check.c"
#include "schema/good.c"
#include "wire/at_once.c"
#include "wire/delimited.c"
#include "wire/encode.c"

#include <string.h>

#ifdef EXECWIRE_WRITES_AT_ONCE

static char text[2 * EXECWIRE_MAX_SIZE];

typedef execwire_code writer(const execwire_state *state, void *out, size_t capacity, size_t *size,
                             execwire_error *error);

/* A message of so many bytes, with what it takes before it: measured, and written. */
static void check_call(writer *write, const execwire_state *state, size_t message_size,
                       size_t before)
{
    static char room[2 * EXECWIRE_MAX_SIZE];
    void *const outs[] = {NULL, room};

    for (size_t i = 0; i < 2; i++) {
        execwire_error error;
        size_t size = 1;
        execwire_code code = write(state, outs[i], sizeof room, &size, &error);

        if (message_size <= EXECWIRE_MAX_SIZE) {
            assert_int_equal(code, EXECWIRE_OK);
            assert_int_equal(size, before + message_size);
            continue;
        }
        assert_int_equal(code, EXECWIRE_ERROR_TOO_LARGE);
        assert_int_equal(error.code, EXECWIRE_ERROR_TOO_LARGE);
        assert_int_equal(error.offset, 0);
        assert_int_equal(size, 0);
    }
    /* what it lacks is said of a message that may be */
    if (message_size > 0 && message_size <= EXECWIRE_MAX_SIZE) {
        size_t size;

        assert_int_equal(write(state, room, before + message_size - 1, &size, NULL),
                         EXECWIRE_ERROR_NO_SPACE);
        assert_int_equal(size, before + message_size);
    }
}

/* Whether it is measured, and written behind nothing and behind a prefix: as large as the writer
 * says of it that has no limit. */
static void check(const execwire_state *state)
{
    static char room[2 * EXECWIRE_MAX_SIZE];
    const size_t expected = execwire_direct_write(state, NULL, 0);
    size_t size;

    assert_int_equal(small_measure(state, &size), expected <= EXECWIRE_MAX_SIZE);
    if (expected <= EXECWIRE_MAX_SIZE)
        assert_int_equal(size, expected);
    for (size_t before = 0; before <= 2; before++) {
        memset(room, 0x5A, sizeof room);
        assert_int_equal(small_write(state, room, sizeof room, before, &size),
                         before + expected <= EXECWIRE_MAX_SIZE);
        for (size_t i = EXECWIRE_MAX_SIZE; i < sizeof room; i++)
            assert_int_equal(room[i], 0x5A);
        if (before + expected <= EXECWIRE_MAX_SIZE)
            assert_int_equal(size, expected);
    }
    check_call(small_encode, state, expected, 0);
    check_call(small_delimited_write, state, expected, expected < 0x80 ? 1 : 2);
}

/* Bytes of texts, with what is around entries of a map at least: what is good has no more. */
static void check_good(const execwire_state *state, size_t texts)
{
    assert_int_equal(small_is_good(state, NULL, 0), texts <= EXECWIRE_MAX_SIZE);
}

static void test_two_texts(void **unused)
{
    (void)unused;
    for (size_t first = 0; first <= EXECWIRE_MAX_SIZE + 1; first += first == 1 ? 498 : 1)
        for (size_t size = 480; size <= 1004; size += size == 520 ? 465 : 1) {
            execwire_state state = {.job_id = {text, first},
                                    .has_run_output = true,
                                    .run_output.std_out = {text, size}};

            check(&state);
            check_good(&state, first + size);
        }
}

/* A key, its value, and what stands around them: six bytes at least. */
static void check_entries(size_t count, size_t key, size_t size, size_t text_size)
{
    execwire_entry entries[] = {{{text, key}, {text, size}, 0}, {{text, key + 1}, {text, 1}, 0}};
    execwire_state state = {.status = {text_size > 0 ? text : NULL, text_size},
                            .has_published_results = true,
                            .published_results.metadata = {entries, count}};
    size_t second = count == 2 ? key + 1 + 1 + 6 : 0;

    check(&state);
    check_good(&state, key + size + 6 + second + text_size);
}

static void test_entries_and_a_text(void **unused)
{
    (void)unused;
    for (size_t count = 1; count <= 2; count++)
        for (size_t key = 1; key <= 1003; key += key == 4 ? 480 : key == 500 ? 480 : 1)
            for (size_t size = 0; size <= 1003; size += size == 25 ? 455 : size == 505 ? 470 : 1) {
                check_entries(count, key, size, 0);
                check_entries(count, key, size, 3);
            }
}

/* Where there is nothing that could be looked at. */
static execwire_str nowhere(size_t size)
{
    return (execwire_str){(const char *)(uintptr_t)1, size};
}

/* In the order of the message, in which a map may come first. */
static void check_measured_unread(const execwire_state *state)
{
    size_t size;

    assert_false(small_measure(state, &size));
}

static void check_unread(const execwire_state *state)
{
    assert_false(small_is_good(state, NULL, 0));
    check_measured_unread(state);
}

/* Sizes are looked at before bytes are, whatever stands before. */
static void test_what_is_too_large_is_not_read(void **unused)
{
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 5,    SIZE_MAX - 6, SIZE_MAX - 7,
                                   1001,     SIZE_MAX - 1000, 994,          995};

    (void)unused;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const execwire_str none = nowhere(sizes[i]);
        execwire_entry entries[][2] = {
            {{none, {text, 1}, 0}, {{text, 9}, {text, 1}, 0}},
            {{{text, 1}, none, 0}, {{text, 9}, {text, 1}, 0}},
            {{{text, 1}, {text, 1}, 0}, {none, {text, 1}, 0}},
            {{{text, 1}, {text, 1}, 0}, {{text, 2}, none, 0}},
        };

        for (size_t at = 0; at < 4; at++) {
            execwire_state state = {.job_id = {text, 7},
                                    .has_published_results = true,
                                    .published_results.metadata = {entries[at], 2}};

            check_unread(&state);
        }
        check_unread(&(execwire_state){.job_id = {text, 7}, .node_id = none});
        check_unread(&(execwire_state){
            .job_id = {text, 7}, .has_run_output = true, .run_output.std_out = none});
    }
}

/* Texts, an entry of a map and what stands around it, or both leave so much room. */
static void test_what_is_too_large_behind_a_map(void **unused)
{
    execwire_entry entry = {{text, 10}, {text, 20}, 0};
    execwire_state state = {.has_published_results = true,
                            .published_results = {.metadata = {&entry, 1}}};

    (void)unused;
    state.status = nowhere(EXECWIRE_MAX_SIZE - 29);
    check_measured_unread(&state);
    state.job_id = (execwire_str){text, 1};
    state.status.size--;
    check_measured_unread(&state);
    state.published_results.name = (execwire_str){text, 7};
    state.status.size -= 7;
    check_measured_unread(&state);
}

#else

static void test_nothing(void **unused)
{
    (void)unused;
    print_message("skipped: the short ways: they are for 64-bit hosts alone\n");
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef EXECWIRE_WRITES_AT_ONCE
        cmocka_unit_test(test_two_texts),
        cmocka_unit_test(test_entries_and_a_text),
        cmocka_unit_test(test_what_is_too_large_is_not_read),
        cmocka_unit_test(test_what_is_too_large_behind_a_map),
#else
        cmocka_unit_test(test_nothing),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

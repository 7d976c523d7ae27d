/* The largest message, for the short ways: they refuse one byte more, and never one that fits. The
 * files are compiled into this test with a largest size that a test has memory for.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include <execwire/execwire.h>

#undef EXECWIRE_MAX_SIZE
#define EXECWIRE_MAX_SIZE        1000
#define execwire_state_is_good   small_is_good
#define execwire_is_good_map     small_is_good_map
#define execwire_measure_at_once small_measure
#define execwire_write_at_once   small_write
#include "schema/good.c"
#include "wire/at_once.c"

#include <string.h>

#ifdef EXECWIRE_WRITES_AT_ONCE

static char text[2 * EXECWIRE_MAX_SIZE];

/* As large as the library says of it, whose own limit is far away. */
static size_t size_of(const execwire_state *state)
{
    size_t size;

    assert_int_equal(execwire_encode(state, NULL, 0, &size, NULL), EXECWIRE_OK);
    return size;
}

/* Whether it is measured, and written behind nothing and behind a prefix. */
static void check(const execwire_state *state)
{
    static char room[2 * EXECWIRE_MAX_SIZE];
    const size_t expected = size_of(state);
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
static void test_entries_and_a_text(void **unused)
{
    (void)unused;
    for (size_t count = 1; count <= 2; count++)
        for (size_t key = 1; key <= 1003; key += key == 4 ? 480 : key == 500 ? 480 : 1)
            for (size_t size = 0; size <= 1003; size += size == 25 ? 455 : size == 505 ? 470 : 1) {
                execwire_entry entries[] = {{{text, key}, {text, size}, 0},
                                            {{text, key + 1}, {text, 1}, 0}};
                execwire_state state = {.status = {text, 3},
                                        .has_published_results = true,
                                        .published_results.metadata = {entries, count}};
                size_t second = count == 2 ? key + 1 + 1 + 6 : 0;

                check(&state);
                check_good(&state, key + size + 6 + second + 3);
            }
}

/* A size that is none of anything is refused before a byte is looked at. */
static void test_sizes_of_nothing(void **unused)
{
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 5, SIZE_MAX - 6, SIZE_MAX - 7,
                                   SIZE_MAX - 1000};

    (void)unused;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const execwire_str none = {text, sizes[i]};
        execwire_entry entries[] = {{none, {text, 1}, 0}, {{text, 1}, none, 0}};

        for (size_t at = 0; at < 3; at++) {
            execwire_state state = {.job_id = {text, 7}, .has_published_results = true};
            size_t size;

            if (at < 2)
                state.published_results.metadata = (execwire_map){&entries[at], 1};
            else
                state.published_results.cid = none;
            assert_false(small_is_good(&state, NULL, 0));
            assert_false(small_measure(&state, &size));
        }
    }
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
        cmocka_unit_test(test_sizes_of_nothing),
#else
        cmocka_unit_test(test_nothing),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

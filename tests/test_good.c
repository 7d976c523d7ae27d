/* The quick check of a state against the one that has reasons.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "schema/good.h"

#include "support/bad_states.h"

#include <stdlib.h>
#include <string.h>

#ifdef EXECWIRE_FAST_PATHS

static bool is_good(const execwire_state *state)
{
    return execwire_state_is_good(state, NULL, 0);
}

static void check_bad(const execwire_state *state, execwire_code code, size_t offset,
                      const char *path)
{
    (void)code;
    (void)offset;
    if (is_good(state))
        fail_msg("is called good: %s", path);
}

static void test_bad_states(void **unused)
{
    (void)unused;
    bad_states_each(check_bad);
}

/* One byte of a text of any size is beyond ASCII, alone or as the first of a character. */
static void test_texts(void **unused)
{
    char text[100];

    (void)unused;
    for (size_t size = 0; size <= sizeof text; size++)
        for (size_t at = 0; at <= size; at++) {
            execwire_state state = {.status = {text, size}};

            memset(text, 'a', sizeof text);
            if (at < size)
                text[at] = '\x80';
            assert_int_equal(is_good(&state), at == size);
            if (at + 1 < size) {
                memcpy(text + at, "\xC3\xA9", 2);
                assert_true(is_good(&state));
            }
        }
}

/* At the ends of both ranges, by RFC 3339's years 0001 to 9999. */
static void test_times(void **unused)
{
    static const struct {
        execwire_time time;
        bool good;
    } cases[] = {
        {{-62135596800, 0}, true},  {{-62135596801, 0}, false}, {{253402300799, 999999999}, true},
        {{253402300800, 0}, false}, {{INT64_MIN, 0}, false},    {{INT64_MAX, 0}, false},
        {{0, -1}, false},           {{0, 1000000000}, false},   {{0, INT32_MIN}, false},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        execwire_state state = {.has_create_time = true, .create_time = cases[i].time};

        assert_int_equal(is_good(&state), cases[i].good);
        state.has_create_time = false;
        assert_true(is_good(&state));
    }
}

static void test_enums(void **unused)
{
    static const struct {
        int32_t number;
        bool good;
    } cases[] = {{0, true}, {1, true}, {INT32_MAX, true}, {-1, false}, {INT32_MIN, false}};

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        execwire_state state = {.has_state = true, .state = cases[i].number};

        assert_int_equal(is_good(&state), cases[i].good);
        state.has_state = false;
        assert_true(is_good(&state));
    }
}

/* As many bytes as a message may have, and one more: no text of them is looked at to the end. */
static void test_the_largest(void **unused)
{
    char *text = calloc(LARGE_TEXT, 1);
    execwire_state state;

    (void)unused;
    assert_non_null(text);
    state = large_state(text, LARGE_TEXT - 1);
    assert_int_equal(is_good(&state), execwire_state_check(&state, NULL) == EXECWIRE_OK);
    state = large_state(text, LARGE_TEXT);
    assert_false(is_good(&state));
    free(text);
}

#else

static void test_nothing(void **unused)
{
    (void)unused;
    print_message("skipped: the quick check: it is for 64-bit hosts alone\n");
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef EXECWIRE_FAST_PATHS
        cmocka_unit_test(test_bad_states),  cmocka_unit_test(test_texts),
        cmocka_unit_test(test_times),       cmocka_unit_test(test_enums),
        cmocka_unit_test(test_the_largest),
#else
        cmocka_unit_test(test_nothing),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The check's guard against states that are too large: it never refuses one that fits. The file is
 * compiled into this test with a largest size that a test has memory for.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include <execwire/execwire.h>

#undef EXECWIRE_MAX_SIZE
#define EXECWIRE_MAX_SIZE        1000
#define execwire_state_check     small_check
#define execwire_state_check_for small_check_for
#include "schema/check.c"
#undef execwire_state_check
#undef execwire_state_check_for

#include <stdlib.h>
#include <string.h>

/* Keys "000", "001", ... and values of `value_size` bytes; returns the encoded size. */
static size_t make_map(execwire_entry *entries, size_t count, size_t value_size, char *keys,
                       execwire_state *state)
{
    static const char value[512] = "";
    size_t size;

    for (size_t i = 0; i < count; i++) {
        char *key = keys + 3 * i;

        key[0] = (char)('0' + i / 100);
        key[1] = (char)('0' + i / 10 % 10);
        key[2] = (char)('0' + i % 10);
        entries[i] = (execwire_entry){.key = {key, 3}, .value = {value, value_size}};
    }
    *state = (execwire_state){.has_published_results = true};
    state->published_results.metadata = (execwire_map){entries, count};
    assert_int_equal(execwire_encode(state, NULL, 0, &size, NULL), EXECWIRE_OK);
    return size;
}

/* As many entries as fit, for values of many sizes: one more is at most what the check leaves out.
 */
static void test_what_fits_is_let_through(void **unused)
{
    static execwire_entry entries[400];
    static char keys[1200];

    (void)unused;
    for (size_t value_size = 0; value_size <= 300; value_size++) {
        execwire_state state;
        size_t count = 1;

        while (make_map(entries, count + 1, value_size, keys, &state) <= EXECWIRE_MAX_SIZE)
            count++;
        make_map(entries, count, value_size, keys, &state);
        assert_int_equal(small_check(&state, NULL), EXECWIRE_OK);
        while ((3 + value_size + 6) * count <= EXECWIRE_MAX_SIZE)
            count++;
        make_map(entries, count, value_size, keys, &state);
        assert_int_equal(small_check(&state, NULL), EXECWIRE_ERROR_TOO_LARGE);
    }
}

static void test_strings_are_counted_together(void **unused)
{
    static char text[EXECWIRE_MAX_SIZE + 1];
    execwire_state state = {.status = {text, 600}};
    execwire_error error;

    (void)unused;
    for (size_t size = 0; size <= EXECWIRE_MAX_SIZE; size++) {
        bool fits = size <= EXECWIRE_MAX_SIZE - 600;

        state.node_id = (execwire_str){text, size};
        assert_int_equal(small_check(&state, &error),
                         fits ? EXECWIRE_OK : EXECWIRE_ERROR_TOO_LARGE);
        if (!fits)
            assert_string_equal(error.path, "/Status");
    }
    state.node_id = (execwire_str){text, SIZE_MAX};
    assert_int_equal(small_check(&state, &error), EXECWIRE_ERROR_TOO_LARGE);
    assert_string_equal(error.path, "/NodeId");
}

/* Least and greatest values, seen by the check itself and not by the short way before it. */
static void test_what_is_good_leaves_the_error_alone(void **unused)
{
    static const execwire_state good[] = {
        {.has_state = false},
        {.has_state = true, .state = 0},
        {.has_state = true, .state = INT32_MAX},
        {.has_create_time = true, .create_time = {-62135596800, 0}},
        {.has_create_time = true, .create_time = {253402300799, 999999999}},
        {.has_run_output = true, .run_output = {.has_exit_code = true, .exit_code = INT64_MIN}},
    };
    execwire_error before;

    (void)unused;
    memset(&before, 0xA5, sizeof before);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        execwire_error error = before;

        assert_int_equal(small_check(&good[i], &error), EXECWIRE_OK);
        assert_memory_equal(&error, &before, sizeof error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_fits_is_let_through),
        cmocka_unit_test(test_strings_are_counted_together),
        cmocka_unit_test(test_what_is_good_leaves_the_error_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

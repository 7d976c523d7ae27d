/* Differences between any two states: what is found turns the one into the other. The patch goes in
 * as protobuf does it, by bytes behind bytes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/difference.h"
#include "support/random_state.h"

#include <execwire/execwire.h>

#include <string.h>

#define ROOM (256 << 10)

static random_source one, other;

static size_t encode(const execwire_state *state, uint8_t *out, size_t capacity)
{
    size_t size;

    assert_int_equal(execwire_encode(state, out, capacity, &size, NULL), EXECWIRE_OK);
    return size;
}

static void assert_turns_into(const execwire_difference *difference, execwire_state predicted,
                              const execwire_state *actual)
{
    static uint8_t bytes[ROOM], expected[ROOM], got[ROOM];
    execwire_entry entries[16];
    execwire_scratch scratch = {.entries = entries, .entry_capacity = 16};
    execwire_state result;
    size_t size;

    for (size_t i = 0; i < difference->clear_count; i++)
        assert_true(execwire_difference_clear(&predicted, difference->clear[i]));
    size = encode(&predicted, bytes, sizeof bytes);
    if (difference->has_patch)
        size += encode(&difference->patch, bytes + size, sizeof bytes - size);
    assert_int_equal(execwire_decode(bytes, size, &scratch, &result, NULL), EXECWIRE_OK);
    size = encode(actual, expected, sizeof expected);
    assert_int_equal(encode(&result, got, sizeof got), size);
    assert_memory_equal(got, expected, size);
}

static void test_any_state_from_any_other(void **unused)
{
    unsigned all_cleared = 0;

    (void)unused;
    one.seed = 1;
    other.seed = 2;
    for (unsigned i = 0; i < 20000; i++) {
        execwire_state predicted, actual;
        execwire_difference difference;

        random_state(&one, &predicted);
        random_state(&other, &actual);
        execwire_difference_find(&predicted, &actual, &difference);
        assert_true(difference.clear_count <= EXECWIRE_CLEAR_MAX);
        assert_turns_into(&difference, predicted, &actual);
        all_cleared += difference.clear_count > 0 && difference.clear[0] == EXECWIRE_CLEAR_ALL;
    }
    assert_true(all_cleared > 10);
}

static void test_equal_states_in_other_memory(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < 5000; i++) {
        execwire_state predicted, actual;
        execwire_difference difference;

        one.seed = other.seed = i;
        random_state(&one, &predicted);
        random_state(&other, &actual);
        execwire_difference_find(&predicted, &actual, &difference);
        assert_int_equal(difference.clear_count, 0);
        assert_false(difference.has_patch);
    }
}

/* Field 2 of field 6: 6 * 32 + 2. */
static void test_maps(void **unused)
{
    execwire_entry left[] = {{EXECWIRE_STR("a"), EXECWIRE_STR("1"), 0},
                             {EXECWIRE_STR("b"), EXECWIRE_STR(""), 0}};
    execwire_entry right[] = {{EXECWIRE_STR("a"), EXECWIRE_STR("1"), 0},
                              {EXECWIRE_STR("b"), EXECWIRE_STR(""), 0}};
    const struct {
        size_t count;
        const char *key, *value; /* of the second entry */
        size_t cleared;
    } cases[] = {
        {2, "b", "", 0}, {1, "b", "", 1}, {2, "c", "", 1}, {2, "b", "2", 1}, {0, "b", "", 1}};

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        execwire_state predicted = {.has_published_results = true}, actual = predicted;
        execwire_difference difference;

        right[1].key = (execwire_str){cases[i].key, 1};
        right[1].value = (execwire_str){cases[i].value, strlen(cases[i].value)};
        predicted.published_results.metadata = (execwire_map){left, 2};
        actual.published_results.metadata = (execwire_map){right, cases[i].count};
        execwire_difference_find(&predicted, &actual, &difference);
        assert_int_equal(difference.clear_count, cases[i].cleared);
        assert_int_equal(difference.has_patch, cases[i].cleared > 0 && cases[i].count > 0);
        if (cases[i].cleared > 0)
            assert_int_equal(difference.clear[0], 6 * 32 + 2);
        assert_turns_into(&difference, predicted, &actual);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_state_from_any_other),
        cmocka_unit_test(test_equal_states_in_other_memory),
        cmocka_unit_test(test_maps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

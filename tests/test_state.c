/* States themselves: whether two are equal, copies, and setting members. The oracle of equality is
 * execwire_encode: equal states give equal bytes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/random_state.h"

#include <execwire/execwire.h>

#include <stdlib.h>
#include <string.h>

#define STATES 2000

static random_source source = {.seed = 2026};

/* The bytes of a state, to be freed. */
static uint8_t *encoded(const execwire_state *state, size_t *size)
{
    uint8_t *bytes;

    assert_int_equal(execwire_encode(state, NULL, 0, size, NULL), EXECWIRE_OK);
    bytes = malloc(*size + 1);
    assert_non_null(bytes);
    assert_int_equal(execwire_encode(state, bytes, *size, size, NULL), EXECWIRE_OK);
    return bytes;
}

static bool same_bytes(const execwire_state *left, const execwire_state *right)
{
    size_t left_size, right_size;
    uint8_t *left_bytes = encoded(left, &left_size);
    uint8_t *right_bytes = encoded(right, &right_size);
    bool same = left_size == right_size && memcmp(left_bytes, right_bytes, left_size) == 0;

    free(left_bytes);
    free(right_bytes);
    return same;
}

/* ---- Equal ---- */

/* A state, and what is left of its message when one byte of it is another one. */
static void test_equal_is_equal_bytes(void **unused)
{
    unsigned equal = 0, different = 0;

    (void)unused;
    for (unsigned i = 0; i < STATES; i++) {
        execwire_entry entries[16], others[16];
        execwire_scratch first = {.entries = entries, .entry_capacity = 16};
        execwire_scratch second = {.entries = others, .entry_capacity = 16};
        execwire_state made, left, right;
        uint8_t *bytes, *changed;
        size_t size;

        random_state(&source, &made);
        bytes = encoded(&made, &size);
        changed = encoded(&made, &size);
        if (size > 0)
            changed[random_below(&source, (unsigned)size)] ^=
                (uint8_t)(1u << random_below(&source, 8));
        assert_int_equal(execwire_decode(bytes, size, &first, &left, NULL), EXECWIRE_OK);
        assert_true(execwire_state_equal(&left, &made));
        if (execwire_decode(changed, size, &second, &right, NULL) == EXECWIRE_OK) {
            bool same = same_bytes(&left, &right);

            assert_int_equal(execwire_state_equal(&left, &right), same);
            assert_int_equal(execwire_state_equal(&right, &left), same);
            equal += same;
            different += !same;
        }
        free(bytes);
        free(changed);
    }
    assert_true(equal > 20 && different > 200);
}

static void test_absent_is_not_empty(void **unused)
{
    execwire_state left = {0}, right = {0};

    (void)unused;
    assert_true(execwire_state_equal(&left, &right));
    right.status = EXECWIRE_STR("");
    assert_false(execwire_state_equal(&left, &right));
    left.status = EXECWIRE_STR("");
    assert_true(execwire_state_equal(&left, &right));
    EXECWIRE_SET(&right, version, 0);
    assert_false(execwire_state_equal(&left, &right));
    left.version = 7; /* absent: its value says nothing */
    EXECWIRE_CLEAR(&right, version);
    assert_true(execwire_state_equal(&left, &right));
    right.has_run_output = true;
    assert_false(execwire_state_equal(&left, &right));
}

static void test_maps_in_their_order(void **unused)
{
    execwire_entry entries[] = {
        {.key = EXECWIRE_STR("a"), .value = EXECWIRE_STR("1")},
        {.key = EXECWIRE_STR("b"), .value = EXECWIRE_STR("2")},
    };
    execwire_entry turned[] = {entries[1], entries[0]};
    execwire_state left = {.has_published_results = true}, right = left;

    (void)unused;
    left.published_results.metadata = (execwire_map){entries, 2};
    right.published_results.metadata = (execwire_map){entries, 1};
    assert_false(execwire_state_equal(&left, &right));
    assert_false(execwire_state_equal(&right, &left));
    right.published_results.metadata = (execwire_map){turned, 2};
    assert_false(execwire_state_equal(&left, &right));
    right.published_results.metadata = (execwire_map){entries, 2};
    assert_true(execwire_state_equal(&left, &right));
    right.published_results.metadata = (execwire_map){NULL, 0};
    assert_false(execwire_state_equal(&left, &right));
}

/* promise: null-equals-nothing */
static void test_null_equals_nothing(void **unused)
{
    execwire_state state = {0};

    (void)unused;
    assert_false(execwire_state_equal(NULL, &state));
    assert_false(execwire_state_equal(&state, NULL));
    assert_false(execwire_state_equal(NULL, NULL));
}

/* ---- Copy ---- */

/* Memory of exactly these sizes, so that a byte behind it is seen by ASan and valgrind. */
static execwire_scratch lend(size_t entries, size_t text)
{
    execwire_scratch scratch = {.entry_capacity = entries, .text_capacity = text};

    scratch.entries = entries > 0 ? malloc(entries * sizeof *scratch.entries) : NULL;
    scratch.text = text > 0 ? malloc(text) : NULL;
    return scratch;
}

static void give_back(execwire_scratch *scratch)
{
    free(scratch->entries);
    free(scratch->text);
}

static void check_no_space(const execwire_state *in, size_t entries, size_t text,
                           const execwire_scratch *needed)
{
    execwire_scratch scratch = lend(entries, text);
    execwire_state state, absent = {0};
    execwire_error error;

    memset(&state, 0xAA, sizeof state);
    assert_int_equal(execwire_state_copy(in, &scratch, &state, &error), EXECWIRE_ERROR_NO_SPACE);
    assert_int_equal(error.code, EXECWIRE_ERROR_NO_SPACE);
    assert_int_equal(error.offset, 0);
    assert_int_equal(scratch.text_size, needed->text_size);
    assert_int_equal(scratch.entry_count, needed->entry_count);
    assert_memory_equal(&state, &absent, sizeof state);
    give_back(&scratch);
}

/* The copy says the same when what it was made of is gone. */
/* promise: copy-stands-alone */
static void test_copy_stands_alone(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < STATES; i++) {
        execwire_scratch needed = {0}, scratch;
        execwire_state state, copy;
        execwire_error error, untouched;
        uint8_t *before, *after;
        size_t before_size, after_size;

        memset(&error, 0xA5, sizeof error);
        untouched = error;
        random_state(&source, &state);
        before = encoded(&state, &before_size);
        assert_int_equal(execwire_state_copy(&state, &needed, NULL, &error), EXECWIRE_OK);
        scratch = lend(needed.entry_count, needed.text_size);
        assert_int_equal(execwire_state_copy(&state, &scratch, &copy, &error), EXECWIRE_OK);
        assert_memory_equal(&error, &untouched, sizeof error);
        memset(source.text, 0xAA, sizeof source.text);
        memset(source.entries, 0xAA, sizeof source.entries);
        after = encoded(&copy, &after_size);
        assert_int_equal(after_size, before_size);
        assert_memory_equal(after, before, before_size);
        assert_int_equal(scratch.text_size, needed.text_size);
        free(before);
        free(after);
        give_back(&scratch);
    }
}

/* promise: copy-errors */
static void test_copy_at_every_capacity(void **unused)
{
    execwire_entry entries[] = {
        {.key = EXECWIRE_STR("a"), .value = EXECWIRE_STR("")},
        {.key = EXECWIRE_STR("bc"), .value = EXECWIRE_STR("def")},
    };
    execwire_state state = {.status = EXECWIRE_STR("queued"), .node_id = EXECWIRE_STR("")};
    execwire_scratch needed = {0};

    (void)unused;
    state.has_published_results = true;
    state.published_results.metadata = (execwire_map){entries, 2};
    assert_int_equal(execwire_state_copy(&state, &needed, NULL, NULL), EXECWIRE_OK);
    assert_int_equal(needed.entry_count, 2);
    assert_int_equal(needed.text_size, 1 + 2 + 3 + 6);
    for (size_t text = 0; text < needed.text_size; text++)
        check_no_space(&state, 2, text, &needed);
    for (size_t count = 0; count < 2; count++)
        check_no_space(&state, count, needed.text_size, &needed);
}

/* Measuring writes nothing into memory that is there. */
static void test_measuring_a_copy(void **unused)
{
    char text[] = "untouched";
    execwire_entry entry = {.position = 7};
    execwire_entry one = {.key = EXECWIRE_STR("a"), .value = EXECWIRE_STR("b")};
    execwire_scratch scratch = {
        .entries = &entry, .entry_capacity = 1, .text = text, .text_capacity = sizeof text - 1};
    execwire_state state = {.has_published_results = true, .status = EXECWIRE_STR("queued")};

    (void)unused;
    state.published_results.metadata = (execwire_map){&one, 1};
    assert_int_equal(execwire_state_copy(&state, &scratch, NULL, NULL), EXECWIRE_OK);
    assert_true(scratch.text_size == 8 && scratch.entry_count == 1);
    assert_string_equal(text, "untouched");
    assert_true(entry.position == 7 && entry.key.data == NULL);
}

static void test_copy_onto_itself(void **unused)
{
    char text[] = "queued";
    execwire_scratch scratch = lend(0, 6);
    execwire_state state = {.status = {text, 6}};

    (void)unused;
    assert_int_equal(execwire_state_copy(&state, &scratch, &state, NULL), EXECWIRE_OK);
    memset(text, 'x', 6);
    assert_int_equal(state.status.size, 6);
    assert_memory_equal(state.status.data, "queued", 6);
    give_back(&scratch);
}

/* Views that say more than any message has: the sum must not come round to something small. */
/* promise: copy-errors */
static void test_copy_too_large(void **unused)
{
    static const char text[] = "x";
    execwire_entry entries[2] = {{.key = {text, EXECWIRE_MAX_SIZE}, .value = {text, 1}},
                                 {.key = {text, SIZE_MAX}, .value = {text, 1}}};
    execwire_state state = {.has_published_results = true}, copy, absent = {0};
    execwire_scratch needed = {0};
    execwire_error error;

    (void)unused;
    state.published_results.metadata = (execwire_map){entries, 2};
    assert_int_equal(execwire_state_copy(&state, &needed, NULL, &error), EXECWIRE_ERROR_TOO_LARGE);
    assert_int_equal(error.code, EXECWIRE_ERROR_TOO_LARGE);
    assert_int_equal(execwire_state_copy(&state, NULL, &copy, &error), EXECWIRE_ERROR_TOO_LARGE);
    assert_memory_equal(&copy, &absent, sizeof copy);
    /* too large once is too large, whatever comes behind it */
    entries[0].key.size = SIZE_MAX;
    entries[1].key.size = 1;
    assert_int_equal(execwire_state_copy(&state, &needed, NULL, &error), EXECWIRE_ERROR_TOO_LARGE);
    /* together as large as the largest message, and a byte larger */
    entries[0].key.size = 1;
    entries[1].key.size = EXECWIRE_MAX_SIZE - 3;
    assert_int_equal(execwire_state_copy(&state, &needed, NULL, &error), EXECWIRE_OK);
    assert_int_equal(needed.text_size, EXECWIRE_MAX_SIZE);
    entries[1].key.size++;
    assert_int_equal(execwire_state_copy(&state, &needed, NULL, &error), EXECWIRE_ERROR_TOO_LARGE);
    assert_int_equal(execwire_state_copy(NULL, NULL, &copy, &error), EXECWIRE_ERROR_ARGUMENT);
    assert_memory_equal(&copy, &absent, sizeof copy);
}

/* ---- Setting ---- */

static void test_set_and_clear(void **unused)
{
    execwire_state state = {0};

    (void)unused;
    EXECWIRE_SET(&state, state, EXECWIRE_EXECUTION_STATE_FAILED);
    assert_true(state.has_state);
    assert_int_equal(state.state, 8);
    state.has_run_output = true;
    EXECWIRE_SET(&state.run_output, exit_code, -1);
    assert_true(state.run_output.has_exit_code);
    assert_int_equal(state.run_output.exit_code, -1);
    EXECWIRE_CLEAR(&state, state);
    assert_false(state.has_state);
}

static void test_view_of_a_c_string(void **unused)
{
    execwire_str view = execwire_str_of("eu-1");

    (void)unused;
    assert_int_equal(view.size, 4);
    assert_memory_equal(view.data, "eu-1", 4);
    assert_non_null(execwire_str_of("").data);
    assert_int_equal(execwire_str_of("").size, 0);
    assert_null(execwire_str_of(NULL).data);
    assert_int_equal(execwire_str_of(NULL).size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_is_equal_bytes), cmocka_unit_test(test_absent_is_not_empty),
        cmocka_unit_test(test_maps_in_their_order),  cmocka_unit_test(test_null_equals_nothing),
        cmocka_unit_test(test_copy_stands_alone),    cmocka_unit_test(test_copy_at_every_capacity),
        cmocka_unit_test(test_copy_onto_itself),     cmocka_unit_test(test_copy_too_large),
        cmocka_unit_test(test_set_and_clear),        cmocka_unit_test(test_view_of_a_c_string),
        cmocka_unit_test(test_measuring_a_copy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Differences between any two states: what is found turns the one into the other. The patch goes in
 * as protobuf does it, by bytes behind bytes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/model/canonical.h"
#include "link/model/difference.h"
#include "support/random_state.h"
#include "wire/cursor.h"

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

/* What is said of `actual` where `predicted` is known. */
typedef struct difference {
    uint8_t patch[ROOM];
    size_t patch_size;
    uint8_t clear[256];
    size_t clear_size;
} difference;

static difference found;

static void find(const execwire_state *predicted, const execwire_state *actual)
{
    execwire_buffer_sink patch = execwire_sink_buffer(found.patch, sizeof found.patch);
    execwire_buffer_sink clear = execwire_sink_buffer(found.clear, sizeof found.clear);

    execwire_canonical_patch(&patch.sink, actual, predicted);
    execwire_difference_clears(&clear.sink, predicted, actual);
    found.patch_size = patch.sink.size;
    found.clear_size = clear.sink.size;
    assert_true(found.clear_size <= sizeof found.clear);
}

/* A map in the patch is instead of the one that was predicted. */
static void assert_turns_into(execwire_state predicted, const execwire_state *actual)
{
    static uint8_t bytes[2 * ROOM], expected[ROOM], got[ROOM];
    execwire_entry entries[32];
    execwire_scratch scratch = {.entries = entries, .entry_capacity = 32};
    execwire_cursor clear = {found.clear, found.clear + found.clear_size};
    execwire_state result, patch;
    size_t size;
    uint32_t path;

    while (clear.at < clear.end) {
        assert_int_equal(execwire_cursor_varint32(&clear, EXECWIRE_ERROR_VARINT, &path),
                         EXECWIRE_OK);
        assert_true(execwire_difference_clear(&predicted, path));
    }
    assert_int_equal(execwire_decode(found.patch, found.patch_size, &scratch, &patch, NULL),
                     EXECWIRE_OK);
    if (patch.published_results.metadata.count > 0)
        predicted.published_results.metadata = (execwire_map){NULL, 0};
    size = encode(&predicted, bytes, sizeof bytes);
    memcpy(bytes + size, found.patch, found.patch_size);
    size += found.patch_size;
    scratch.entry_count = 0;
    assert_int_equal(execwire_decode(bytes, size, &scratch, &result, NULL), EXECWIRE_OK);
    size = encode(actual, expected, sizeof expected);
    assert_int_equal(encode(&result, got, sizeof got), size);
    assert_memory_equal(got, expected, size);
}

static void test_any_state_from_any_other(void **unused)
{
    (void)unused;
    one.seed = 1;
    other.seed = 2;
    for (unsigned i = 0; i < 20000; i++) {
        execwire_state predicted, actual;

        random_state(&one, &predicted);
        random_state(&other, &actual);
        find(&predicted, &actual);
        assert_turns_into(predicted, &actual);
    }
}

static void test_equal_states(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < 5000; i++) {
        execwire_state predicted, actual;

        one.seed = other.seed = i;
        random_state(&one, &predicted);
        random_state(&other, &actual);
        actual.published_results.metadata = predicted.published_results.metadata;
        find(&predicted, &actual);
        assert_int_equal(found.clear_size, 0);
        assert_int_equal(found.patch_size, 0);
    }
}

/* Field 2 of field 6. A map is the same when its entries are, not when they are equal. */
static void test_maps(void **unused)
{
    execwire_entry left[] = {{EXECWIRE_STR("a"), EXECWIRE_STR("1"), 0}};
    execwire_entry right[] = {{EXECWIRE_STR("a"), EXECWIRE_STR("1"), 0}};
    execwire_state predicted = {.has_published_results = true}, actual = predicted;

    (void)unused;
    predicted.published_results.metadata = actual.published_results.metadata =
        (execwire_map){left, 1};
    find(&predicted, &actual);
    assert_int_equal(found.patch_size + found.clear_size, 0);
    actual.published_results.metadata.entries = right;
    find(&predicted, &actual);
    assert_int_equal(found.clear_size, 0);
    assert_int_equal(found.patch_size, 10);
    assert_turns_into(predicted, &actual);
    actual.published_results.metadata.count = 0;
    find(&predicted, &actual);
    assert_int_equal(found.clear_size, 1);
    assert_int_equal(found.clear[0], 6 + 2 * 32);
    assert_int_equal(found.patch_size, 0);
    assert_turns_into(predicted, &actual);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_state_from_any_other),
        cmocka_unit_test(test_equal_states),
        cmocka_unit_test(test_maps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

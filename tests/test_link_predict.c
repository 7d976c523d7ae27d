/* The prediction (docs/link.md, profile 0), and what a state has otherwise.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/difference.h"
#include "link/elapsed.h"
#include "link/predict.h"

#include <string.h>

static bool join(execwire_link_joiner *joiner, const execwire_str *parts, size_t count,
                 execwire_str *member)
{
    static char room[512];
    static size_t used;
    size_t start = used;

    (void)joiner;
    for (size_t i = 0; i < count; i++) {
        memcpy(room + used, parts[i].data, parts[i].size);
        used += parts[i].size;
    }
    *member = (execwire_str){room + start, used - start};
    return true;
}

static void assert_text(execwire_str text, const char *expected)
{
    assert_non_null(text.data);
    assert_int_equal(text.size, strlen(expected));
    assert_memory_equal(text.data, expected, text.size);
}

static execwire_state predict(execwire_link_hints hints)
{
    execwire_link_joiner joiner = {join};
    execwire_state state;

    hints.job = EXECWIRE_STR("job");
    hints.reference = EXECWIRE_STR("e-1");
    hints.number = 4;
    assert_true(execwire_link_predict(&hints, &joiner, &state));
    return state;
}

static void test_what_follows_from_a_state(void **unused)
{
    /* the desired state (-1: none) and whether there is output */
    static const int expected[][2] = {{-1, 0}, {-1, 0}, {-1, 0}, {-1, 0}, {2, 0}, {1, 0},
                                      {2, 0},  {2, 1},  {2, 1},  {2, 0},  {-1, 0}};

    (void)unused;
    for (unsigned i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        execwire_state state = predict((execwire_link_hints){.state = i});

        assert_int_equal(state.state, i);
        assert_int_equal(state.version, 4);
        assert_true(state.has_published_results);
        assert_int_equal(state.has_desired_state ? state.desired_state : -1, expected[i][0]);
        assert_int_equal(state.has_run_output, expected[i][1]);
        if (state.has_run_output)
            assert_int_equal(state.run_output.exit_code, (int)i - 7);
    }
    assert_false(predict((execwire_link_hints){.state = EXECWIRE_LINK_NO_STATE}).has_state);
}

static void test_what_follows_from_results(void **unused)
{
    execwire_state ipfs = predict((execwire_link_hints){.state = 7, .cid = EXECWIRE_STR("Qm1")});
    execwire_state s3 = predict((execwire_link_hints){
        .state = 7, .bucket = EXECWIRE_STR("b"), .region = EXECWIRE_STR("r")});

    (void)unused;
    assert_text(ipfs.published_results.cid, "Qm1");
    assert_text(ipfs.published_results.name, "ipfs://Qm1");
    assert_int_equal(ipfs.published_results.storage_source, 1);
    assert_text(s3.published_results.name, "s3://b/job/e-1/");
    assert_text(s3.published_results.s3.key, "job/e-1/");
    assert_text(s3.published_results.s3.region, "r");
    assert_text(s3.published_results.s3.checksum, "");
    assert_int_equal(s3.published_results.storage_source, 8);
}

static void test_what_is_different(void **unused)
{
    execwire_state predicted = predict((execwire_link_hints){.state = 7});
    execwire_state actual = predicted;
    execwire_difference difference;

    (void)unused;
    execwire_difference_find(&predicted, &actual, &difference);
    assert_int_equal(difference.clear_count, 0);
    assert_false(difference.has_patch);
    actual.run_output.has_exit_code = false;         /* field 7, and 1 in it */
    actual.published_results.url = EXECWIRE_STR(""); /* field 6, and 10 in it */
    execwire_difference_find(&predicted, &actual, &difference);
    assert_int_equal(difference.clear_count, 1);
    assert_int_equal(difference.clear[0], 7 * 32 + 1);
    assert_true(difference.patch.has_published_results);
    assert_false(difference.patch.has_run_output);
    assert_text(difference.patch.published_results.url, "");
    assert_true(execwire_difference_clear(&predicted, 7 * 32 + 1));
    assert_false(predicted.run_output.has_exit_code);
    assert_true(predicted.run_output.has_stdouttruncated);
    assert_false(execwire_difference_clear(&predicted, 7 * 32 + 31));
    assert_false(execwire_difference_clear(&predicted, 4 * 32 + 1)); /* a string has no fields */
    assert_true(execwire_difference_clear(&predicted, EXECWIRE_CLEAR_ALL));
    assert_false(predicted.has_run_output);
}

static void test_elapsed_times(void **unused)
{
    const execwire_time from = {100, 999999999}, before = {98, 1};
    execwire_time after;
    int64_t elapsed;

    (void)unused;
    assert_true(execwire_time_after(&from, 1, &after));
    assert_int_equal(after.seconds, 101);
    assert_int_equal(after.nanos, 0);
    assert_true(execwire_time_between(&from, &before, &elapsed));
    assert_int_equal(elapsed, -2999999998);
    assert_true(execwire_time_after(&from, elapsed, &after));
    assert_int_equal(after.seconds, 98);
    assert_int_equal(after.nanos, 1);
    /* 292 years and more do not fit */
    assert_false(execwire_time_between(&(execwire_time){-62135596800, 0}, &from, &elapsed));
    assert_false(execwire_time_after(&(execwire_time){INT64_MAX, 0}, 1000000000, &after));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_follows_from_a_state),
        cmocka_unit_test(test_what_follows_from_results),
        cmocka_unit_test(test_what_is_different),
        cmocka_unit_test(test_elapsed_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

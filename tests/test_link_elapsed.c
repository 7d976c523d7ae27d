/* The time from one time to another as one number. Expected values: seconds times 2^30, and the
 * nanoseconds, added up by hand.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/base/elapsed.h"

#define SECOND (UINT64_C(1) << EXECWIRE_ELAPSED_NANOS_BITS)

static const struct {
    execwire_time from, to;
    uint64_t elapsed;
} good[] = {
    {{0, 0}, {0, 0}, 0},
    {{0, 0}, {1, 0}, SECOND},
    {{5, 999999999}, {6, 0}, 1},
    {{5, 999999998}, {5, 999999999}, 1},
    {{-3, 1}, {7, 0}, 9 * SECOND + 999999999},
    {{-3, 0}, {7, 999999999}, 10 * SECOND + 999999999},
    {{0, 500000000}, {3, 499999999}, 2 * SECOND + 999999999},
    {{1, 7}, {INT64_C(0x100000000), 999999999}, UINT32_MAX *SECOND + 999999992},
    {{INT64_MIN, 0}, {INT64_MIN + 1, 1}, SECOND + 1},
    {{INT64_MAX - 1, 1}, {INT64_MAX, 0}, 999999999},
    {{INT64_MAX - 1, 0}, {INT64_MAX, 999999999}, SECOND + 999999999},
    {{INT64_MAX, 0}, {INT64_MAX, 999999999}, 999999999},
};

static void test_there_and_back(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        execwire_time after = {0, 0};
        uint64_t elapsed = 0;

        assert_true(execwire_time_between(&good[i].from, &good[i].to, &elapsed));
        assert_int_equal(elapsed, good[i].elapsed);
        assert_true(execwire_time_after(&good[i].from, good[i].elapsed, &after));
        assert_int_equal(after.seconds, good[i].to.seconds);
        assert_int_equal(after.nanos, good[i].to.nanos);
    }
}

static const struct {
    execwire_time from, to;
} apart[] = {
    {{5, 1}, {5, 0}},
    {{5, 0}, {4, 999999999}},
    {{0, 0}, {INT64_C(0x100000000), 0}},
    {{0, 1}, {INT64_C(0x100000000), 1}},
};

static void test_too_far_apart(void **unused)
{
    uint64_t elapsed;

    (void)unused;
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++)
        assert_false(execwire_time_between(&apart[i].from, &apart[i].to, &elapsed));
}

static const struct {
    execwire_time from;
    uint64_t elapsed;
} endless[] = {
    {{0, 0}, 1000000000}, /* nanoseconds of a whole second */
    {{0, 0}, SECOND - 1},        {{INT64_MAX, 0}, SECOND},
    {{INT64_MAX, 999999999}, 1}, {{INT64_MAX - 5, 1}, 5 * SECOND + 999999999},
};

static void test_what_is_no_time_after(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof endless / sizeof endless[0]; i++) {
        execwire_time after = {11, 22};

        assert_false(execwire_time_after(&endless[i].from, endless[i].elapsed, &after));
        assert_int_equal(after.seconds, 11);
        assert_int_equal(after.nanos, 22);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_too_far_apart),
        cmocka_unit_test(test_what_is_no_time_after),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* When a state that an engine refuses is given up.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/gateway/refusals.h"

#define SECOND 1000

static refusals r;

static int begin(void **state)
{
    (void)state;
    r = (refusals){.separator = '/'};
    return 0;
}

/* Refuses it each second in [from, to); whether it was given up, and only at the end. */
static bool refused(const char *place, unsigned from, unsigned to)
{
    bool given_up = false;

    for (unsigned i = from; i < to; i++) {
        assert_false(given_up);
        given_up = refusals_give_up(&r, place, (uint64_t)i * SECOND);
    }
    return given_up;
}

static void test_nothing_is_given_up_while_nothing_is_taken(void **state)
{
    (void)state;
    refusals_taken(&r, "p/n/before");
    assert_false(refused("p/n/e", 2, 10000));
    assert_int_equal(r.count, 1);
    refusals_taken(&r, "p/n/e");
    assert_int_equal(r.count, 0);
}

static void test_what_is_refused_beside_others(void **state)
{
    (void)state;
    assert_false(refused("p/n/e", 1, 100));
    refusals_taken(&r, "p/m/e");
    assert_true(refused("p/n/e", 100, 100 + 20)); /* since 99 */
    assert_int_equal(r.count, 0);
}

static void test_an_engine_that_was_away(void **state)
{
    (void)state;
    assert_false(refused("p/n/e", 1, 5));
    refusals_taken(&r, "p/m/e");
    assert_false(refused("p/n/e", 100, 101)); /* not tried meanwhile */
    refusals_taken(&r, "p/m/e");
    assert_true(refused("p/n/e", 101, 121)); /* since 100 */
}

static void test_what_comes_after_it(void **state)
{
    (void)state;
    assert_false(refused("p/n/e", 1, 2));
    refusals_taken(&r, "p/m/e");
    assert_true(refused("p/n/e", 2, 22));
    assert_true(refused("p/n/e", 22, 23));
    assert_true(refused("p/n/other", 23, 24));
    assert_false(refused("p/m/e", 24, 25));
    refusals_taken(&r, "p/m/e");
    refusals_taken(&r, "p/n/good"); /* the node is believed again, the place is not */
    assert_false(refused("p/n/new", 27, 28));
    assert_true(refused("p/n/e", 28, 29));
    refusals_taken(&r, "p/n/e");
    assert_false(refused("p/n/e", 31, 32));
}

/* A dot is a part of an execution's name in a topic, and separates in a subject. */
static void test_whose_place_it_is(void **state)
{
    (void)state;
    refusals_taken(&r, "p/m/e");
    assert_false(refused("p/n/e.1", 1, 2));
    refusals_taken(&r, "p/m/e");
    assert_true(refused("p/n/e.1", 2, 22));
    assert_true(refused("p/n/f", 22, 23));
    begin(NULL);
    r.separator = '.';
    assert_false(refused("p.n.e", 1, 2));
    refusals_taken(&r, "p.m.e");
    assert_true(refused("p.n.e", 2, 22));
    assert_true(refused("p.n.f", 22, 23));
    assert_false(refused("p.o.f", 23, 24));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_nothing_is_given_up_while_nothing_is_taken, begin),
        cmocka_unit_test_setup(test_what_is_refused_beside_others, begin),
        cmocka_unit_test_setup(test_an_engine_that_was_away, begin),
        cmocka_unit_test_setup(test_what_comes_after_it, begin),
        cmocka_unit_test_setup(test_whose_place_it_is, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

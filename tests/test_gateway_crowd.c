/* Ten thousand nodes that come back at once: no last state is missing, and none is wrong.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/crowd.h"
#include "support/slow.h"

static crowd *const c = &the_crowd;

static void open_reporting(unsigned count, unsigned loss)
{
    crowd_open(count / slow_one_in(8, 40, "the nodes"));
    c->loss = loss;
    for (unsigned j = 0; j < CROWD_REFS; j++)
        for (unsigned i = 0; i < c->count; i++)
            crowd_update(&c->nodes[i], j, 1, NULL);
    crowd_run(loss > 0 ? 20 * 60000 : 5000);
    crowd_assert_none_is_missing();
    assert_int_equal(c->gateway.stats.nodes, c->count);
}

/* Each has news at its new address, which nobody has heard of. */
static void move_all(void)
{
    for (unsigned i = 0; i < c->count; i++)
        c->nodes[i].source = CROWD_ELSE + i;
    for (unsigned i = 0; i < c->count; i++) {
        crowd_update(&c->nodes[i], 0, 2, NULL);
        if (c->unanswered >= CROWD_BATCH)
            crowd_answer();
    }
}

static void test_new_addresses(void **unused)
{
    (void)unused;
    open_reporting(CROWD_MOST, 0);
    move_all();
    crowd_run(5000);
    crowd_assert_none_is_missing();
    assert_int_equal(c->moved, c->count);
    assert_int_equal(c->met, c->count);
    assert_int_equal(c->gateway.stats.forgotten, 0);
    crowd_close();
}

static void test_new_addresses_with_losses(void **unused)
{
    (void)unused;
    open_reporting(CROWD_MOST / 5, 20);
    move_all();
    crowd_run(20 * 60000);
    crowd_assert_none_is_missing();
    assert_int_equal(c->met, c->count);
    crowd_close();
}

/* A gateway that knows nothing any more: what it has missed comes with the digests, in ten minutes,
 * what is news at once. */
static void test_new_gateway(void **unused)
{
    (void)unused;
    open_reporting(CROWD_MOST, 0);
    crowd_restart_gateway();
    for (unsigned i = 0; i < c->count; i++)
        c->nodes[i].got[0] = c->nodes[i].got[1] = 0;
    move_all();
    crowd_run(5000);
    for (unsigned i = 0; i < c->count; i++)
        assert_int_equal(c->nodes[i].got[0], 2);
    crowd_run(11 * 60000);
    crowd_assert_none_is_missing();
    crowd_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_addresses),
        cmocka_unit_test(test_new_addresses_with_losses),
        cmocka_unit_test(test_new_gateway),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

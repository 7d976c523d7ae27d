/* The gateway's queue of nodes that are to be answered: whoever is first, whatever came and went.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/fleet.h"

#include "gateway/due.h"

static fleet f;
/* When each is to be answered, in no order. */
static uint64_t due[FLEET_NODES];

static void start(void)
{
    fleet_init(&f);
    fleet_open(&f);
    for (unsigned i = 0; i < FLEET_NODES; i++)
        due[i] = EXECWIRE_LINK_NEVER;
}

static void set(uint32_t node, uint64_t when)
{
    due[node] = when;
    execwire_due_set(&f.gateway, node, when);
}

static uint64_t earliest(void)
{
    uint64_t least = EXECWIRE_LINK_NEVER;

    for (unsigned i = 0; i < FLEET_NODES; i++)
        if (due[i] < least)
            least = due[i];
    return least;
}

/* Nobody is before who is due earlier, and all stand where they are said to. */
static void assert_in_order(void)
{
    unsigned count = 0;

    for (unsigned i = 0; i < FLEET_NODES; i++) {
        const execwire_gateway_node *node = &f.nodes[i];

        assert_int_equal(node->due, due[i]);
        if (due[i] == EXECWIRE_LINK_NEVER)
            continue;
        count++;
        assert_int_equal(f.nodes[node->turn].queue, i);
        if (node->turn > 0)
            assert_true(f.nodes[f.nodes[(node->turn - 1) / 2].queue].due <= node->due);
    }
    assert_int_equal(f.gateway.turns, count);
}

static void assert_first(void)
{
    uint32_t first = execwire_due_first(&f.gateway);

    if (earliest() == EXECWIRE_LINK_NEVER)
        assert_int_equal(first, EXECWIRE_GATEWAY_NO_NODE);
    else
        assert_int_equal(due[first], earliest());
}

static void test_nobody(void **unused)
{
    (void)unused;
    start();
    assert_first();
    assert_in_order();
    set(5, 100);
    assert_first();
    set(5, EXECWIRE_LINK_NEVER);
    assert_first();
    assert_in_order();
}

static void test_any_order(void **unused)
{
    uint32_t random = 1;

    (void)unused;
    for (unsigned often = 1; often < 6;
         often++) { /* one in so many is not to be answered any more */
        start();
        for (unsigned i = 0; i < 3000; i++) {
            random = random * 1664525 + 1013904223;
            set((random >> 8) % FLEET_NODES,
                (random >> 16) % often == 0 ? EXECWIRE_LINK_NEVER : (random >> 20) % 100);
            assert_first();
            assert_in_order();
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_any_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

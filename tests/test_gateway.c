/* Many nodes behind one gateway: which node is whose, who makes room, and what comes back where.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "gateway/arena.h"
#include "support/fleet.h"
#include "support/link.h"

#include <stdio.h>
#include <string.h>

#define NODES 40

static fleet f;
static char output[FLEET_OUTPUT + 1];

static void start(unsigned node, const char *address)
{
    char name[16];

    snprintf(name, sizeof name, "node-%u", node);
    fleet_start(&f, node, name, address, 0);
}

static void assert_all_arrived(unsigned count, unsigned executions, int64_t version)
{
    for (unsigned i = 0; i < count; i++)
        for (unsigned j = 0; j < executions; j++)
            assert_int_equal(f.node[i].got[j], version);
    assert_int_equal(f.wrong, 0);
}

/* ---- Many nodes ---- */

static void update_all(unsigned count, unsigned executions, int64_t version, const char *text)
{
    for (unsigned j = 0; j < executions; j++)
        for (unsigned i = 0; i < count; i++)
            fleet_update(&f, i, j, version, text);
}

/* promise: acknowledged-when-polled */
/* Every node has what it said, acknowledged, and the gateway shows it. */
static void test_many_nodes(void **unused)
{
    execwire_link_view view;

    (void)unused;
    fleet_init(&f);
    fleet_open(&f);
    fleet_start_all(&f, NODES);
    update_all(NODES, 3, 1, NULL);
    update_all(NODES, 3, 2, NULL);
    assert_all_arrived(NODES, 3, 2);
    assert_int_equal(f.met, NODES);
    assert_int_equal(f.gateway.stats.nodes, NODES);
    for (unsigned i = 0; i < NODES; i++)
        assert_int_equal(execwire_link_waiting(&f.node[i].sender), 3);
    fleet_run(&f, 2000);
    for (unsigned i = 0; i < NODES; i++)
        assert_int_equal(execwire_link_waiting(&f.node[i].sender), 0);
    for (unsigned i = 0; i < NODES; i++) {
        char expected[200];
        size_t size;

        assert_true(
            execwire_gateway_view(&f.gateway, fleet_find(&f, f.node[i].name), 2, f.now, &view));
        assert_int_equal(
            execwire_encode(&f.node[i].newest[2], expected, sizeof expected, &size, NULL),
            EXECWIRE_OK);
        assert_int_equal(view.message.size, size);
        assert_memory_equal(view.message.data, expected, size);
        assert_true(view.current);
    }
    assert_false(execwire_gateway_view(&f.gateway, fleet_find(&f, "node-0"), 3, f.now, &view));
    assert_int_equal(f.moved + f.restarted, 0);
}

/* Texts that recur become words of their session, which each node has of its own. */
static void test_words(void **unused)
{
    size_t size;

    (void)unused;
    fleet_init(&f);
    fleet_open(&f);
    fleet_start_all(&f, 4);
    for (unsigned j = 0; j < 4; j++)
        for (unsigned i = 0; i < 4; i++) {
            fleet_update(&f, i, j, 1, i % 2 == 0 ? "said again and again" : "and this as well");
            fleet_run(&f, 20000);
        }
    assert_all_arrived(4, 4, 1);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(f.node[i].sender.word_count, 1);
    assert_int_equal(f.gateway.stats.link.outcomes[EXECWIRE_LINK_NO_WORD], 0);
    assert_int_equal(f.gateway.stats.link.outcomes[EXECWIRE_LINK_MISMATCH], 0);
    assert_non_null(execwire_arena_get(&f.gateway, 0, EXECWIRE_BLOCK_WORDS, &size));
    fleet_start(&f, 0, "node-0", "10.0.0.0", 9); /* another session has none of them */
    fleet_update(&f, 0, 0, 2, NULL);
    assert_null(execwire_arena_get(&f.gateway, 0, EXECWIRE_BLOCK_WORDS, &size));
}

/* With large outputs, in pieces, and a third of all frames lost: no last state is missing. */
static void test_losses(void **unused)
{
    (void)unused;
    fleet_init(&f);
    fleet_open(&f);
    fill(output, FLEET_OUTPUT / 2);
    output[FLEET_OUTPUT / 2] = 0;
    f.loss = 30;
    fleet_start_all(&f, 16);
    for (int64_t version = 1; version <= 5; version++) {
        update_all(16, 2, version, version % 2 == 1 ? output : NULL);
        fleet_run(&f, 3000);
    }
    fleet_run(&f, 20 * 60000);
    assert_all_arrived(16, 2, 5);
    assert_int_equal(f.gateway.stats.forgotten, 0);
    assert_int_equal(f.gateway.spare_assembly == UINT32_MAX, 0);
}

/* ---- Addresses ---- */

/* An address that changes in the middle of a session: the node is asked for its hello, goes on as
 * the same node, and is answered at the new one. */
static void test_address_that_changes(void **unused)
{
    uint64_t before;

    (void)unused;
    fleet_init(&f);
    fleet_open(&f);
    fleet_start_all(&f, 3);
    update_all(3, 1, 1, NULL);
    fleet_run(&f, 3000);
    strcpy(f.node[1].address, "elsewhere");
    before = f.node[1].heard;
    fleet_update(&f, 1, 0, 2, NULL);
    assert_int_equal(f.last.link.outcome, EXECWIRE_LINK_NO_SESSION);
    assert_int_equal(f.last.node, EXECWIRE_GATEWAY_NO_NODE);
    fleet_run(&f, 10000);
    assert_int_equal(f.node[1].got[0], 2);
    assert_true(f.node[1].heard > before);
    assert_int_equal(f.moved, 1);
    assert_int_equal(f.met, 3);
    assert_int_equal(f.restarted, 0);
    assert_int_equal(f.gateway.stats.nodes, 3);
    assert_int_equal(execwire_link_waiting(&f.node[1].sender), 0);
}

/* An address that another node had before. */
static void test_address_of_another(void **unused)
{
    (void)unused;
    fleet_init(&f);
    fleet_open(&f);
    fleet_start_all(&f, 2);
    update_all(2, 2, 1, NULL);
    fleet_run(&f, 3000);
    f.node[0].started = false;
    strcpy(f.node[1].address, f.node[0].address);
    f.node[0].started = true;
    f.node[0].mute = true;
    fleet_update(&f, 1, 1, 2, NULL);
    fleet_run(&f, 20000);
    assert_int_equal(f.node[1].got[1], 2);
    assert_int_equal(f.wrong, 0);
    assert_int_equal(execwire_link_waiting(&f.node[1].sender), 0);
}

/* Eight nodes behind one address, large frames as well: nothing is mixed up. */
static void test_nodes_behind_one_address(void **unused)
{
    (void)unused;
    fleet_init(&f);
    fleet_open(&f);
    fill(output, FLEET_OUTPUT);
    for (unsigned i = 0; i < EXECWIRE_GATEWAY_NODES_OF_A_SOURCE; i++)
        start(i, "all");
    for (int64_t version = 1; version <= 6; version++) {
        update_all(EXECWIRE_GATEWAY_NODES_OF_A_SOURCE, 3, version, NULL);
        fleet_run(&f, 5000);
    }
    /* who was only tried wants nothing */
    assert_int_equal(f.gateway.stats.link.outcomes[EXECWIRE_LINK_MISMATCH], 0);
    for (unsigned i = 0; i < EXECWIRE_GATEWAY_NODES_OF_A_SOURCE; i++)
        assert_int_equal(f.node[i].sender.stats.wants, 0);
    update_all(EXECWIRE_GATEWAY_NODES_OF_A_SOURCE, 3, 7, output);
    fleet_run(&f, 65000);
    assert_all_arrived(EXECWIRE_GATEWAY_NODES_OF_A_SOURCE, 3, 7);
    assert_int_equal(f.met, EXECWIRE_GATEWAY_NODES_OF_A_SOURCE);
    assert_int_equal(f.restarted, 0);
}

/* A node without a name is known by its source. */
static void test_nodes_without_names(void **unused)
{
    (void)unused;
    fleet_init(&f);
    fleet_open(&f);
    fleet_start(&f, 0, "", "10.0.0.1", 0);
    fleet_update(&f, 0, 0, 1, NULL);
    fleet_start(&f, 1, "", "10.0.0.2", 0);
    fleet_update(&f, 1, 0, 1, NULL);
    assert_int_equal(f.met, 2);
    assert_int_equal(f.states, 2);
    assert_null(execwire_gateway_name(&f.gateway, 0, output).data);
    assert_int_equal(execwire_gateway_name(&f.gateway, 0, output).size, 0);
}

/* ---- Restarts ---- */

static void test_node_that_restarts(void **unused)
{
    (void)unused;
    fleet_init(&f);
    fleet_open(&f);
    fleet_start_all(&f, 2);
    update_all(2, 2, 3, NULL);
    fleet_run(&f, 3000);
    fleet_start(&f, 1, "node-1", "10.0.0.99", 1);
    fleet_update(&f, 1, 0, 4, NULL);
    assert_int_equal(f.node[1].got[0], 4);
    assert_int_equal(f.restarted, 1);
    assert_int_equal(f.met, 2);
    assert_int_equal(f.moved, 1);
}

/* A gateway that knows nothing any more has everything again by hellos and wants. */
static void test_gateway_that_restarts(void **unused)
{
    (void)unused;
    fleet_init(&f);
    fleet_open(&f);
    fleet_start_all(&f, NODES);
    update_all(NODES, 3, 1, NULL);
    fleet_run(&f, 3000);
    for (unsigned i = 0; i < NODES; i++)
        memset(f.node[i].got, 0, sizeof f.node[i].got);
    fleet_open(&f);
    fleet_run(&f, 11 * 60000); /* a digest comes within ten minutes */
    assert_all_arrived(NODES, 3, 1);
}

/* ---- Room ---- */

/* More nodes than there are places: who was silent for longest makes room, and is said. */
static void test_too_many_nodes(void **unused)
{
    (void)unused;
    fleet_init(&f);
    f.options.node_count = 12;
    fleet_open(&f);
    fleet_start_all(&f, 13);
    update_all(12, 1, 1, NULL);
    assert_int_equal(f.gateway.stats.nodes, 12);
    fleet_update(&f, 0, 0, 2, NULL);
    fleet_update(&f, 12, 0, 1, NULL);
    assert_string_equal(f.forgotten, "node-1");
    assert_int_equal(f.gateway.stats.nodes, 12);
    assert_int_equal(f.gateway.stats.forgotten, 1);
    assert_int_equal(fleet_find(&f, "node-1"), EXECWIRE_GATEWAY_NO_NODE);
    assert_int_not_equal(fleet_find(&f, "node-0"), EXECWIRE_GATEWAY_NO_NODE);
    fleet_update(&f, 1, 0, 2, NULL); /* it is asked for its hello, and is there again */
    fleet_run(&f, 10000);
    assert_int_equal(f.node[1].got[0], 2);
}

/* All nodes at once, as after a restart: hellos of all of them come before the first state of any,
 * and nobody makes room for anybody. */
static void test_all_at_once(void **unused)
{
    static uint8_t hellos[NODES][222], firsts[NODES][222];
    size_t hello_size[NODES], first_size[NODES];

    (void)unused;
    fleet_init(&f);
    f.options.node_count = NODES;
    fleet_open(&f);
    for (unsigned i = 0; i < NODES; i++) {
        start(i, "nowhere");
        f.node[i].mute = true;
        fleet_update(&f, i, 0, 1, NULL);
        memcpy(firsts[i], f.frame, first_size[i] = f.frame_size);
        (void)execwire_link_sender_poll(&f.node[i].sender, f.now + 3600000);
        memcpy(hellos[i], f.frame, hello_size[i] = f.frame_size);
    }
    for (unsigned i = 0; i < NODES; i++)
        (void)fleet_hear(&f, f.node[i].name, hellos[i], hello_size[i]);
    for (unsigned i = 0; i < NODES; i++)
        (void)fleet_hear(&f, f.node[i].name, firsts[i], first_size[i]);
    assert_all_arrived(NODES, 1, 1);
    assert_int_equal(f.gateway.stats.forgotten, 0);
}

/* More states than there is memory: the same. */
static void test_too_little_memory(void **unused)
{
    (void)unused;
    fleet_init(&f);
    fleet_open(&f);
    fill(output, FLEET_OUTPUT);
    fleet_start_all(&f, NODES);
    for (unsigned j = 0; j < 3; j++)
        for (unsigned i = 0; i < NODES; i++) {
            fleet_update(&f, i, j, 1, output);
            fleet_run(&f, 1000);
            assert_int_equal(f.node[i].got[j], 1);
        }
    assert_true(f.gateway.stats.forgotten > 0);
    assert_true(f.gateway.stats.store_used <= f.options.store_capacity);
    assert_int_not_equal(fleet_find(&f, "node-39"), EXECWIRE_GATEWAY_NO_NODE);
    assert_int_equal(f.wrong, 0);
}

/* One node alone does not take the memory of all: of its own executions those make room that were
 * silent for longest. */
static void test_one_large_node(void **unused)
{
    (void)unused;
    fleet_init(&f);
    fleet_open(&f);
    fill(output, FLEET_OUTPUT);
    fleet_start_all(&f, 4);
    update_all(4, 1, 1, NULL);
    for (unsigned j = 0; j < FLEET_REFS; j++) {
        fleet_update(&f, 0, j, 2, output);
        fleet_run(&f, 1000);
        assert_int_equal(f.node[0].got[j], 2);
    }
    assert_true(f.gateway.stats.link.forgotten > 0);
    assert_true(f.gateway.stats.store_used < f.options.store_capacity / 8 + 8000);
    assert_int_equal(f.gateway.stats.forgotten, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_nodes),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_losses),
        cmocka_unit_test(test_address_that_changes),
        cmocka_unit_test(test_address_of_another),
        cmocka_unit_test(test_nodes_behind_one_address),
        cmocka_unit_test(test_nodes_without_names),
        cmocka_unit_test(test_node_that_restarts),
        cmocka_unit_test(test_gateway_that_restarts),
        cmocka_unit_test(test_all_at_once),
        cmocka_unit_test(test_too_many_nodes),
        cmocka_unit_test(test_too_little_memory),
        cmocka_unit_test(test_one_large_node),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

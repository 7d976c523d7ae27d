/* What a gateway knows of a node goes out as a record and comes back: what is understood after
 * that, and what is refused.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "gateway/table.h"
#include "support/fleet.h"
#include "support/link.h"

#include <stdio.h>
#include <string.h>

#define NODES 40

static fleet f;
static uint8_t records[NODES][FLEET_RECORD];
static size_t sizes[NODES];
static char output[FLEET_OUTPUT + 1];

static void save(unsigned node)
{
    sizes[node] = fleet_save(&f, fleet_find(&f, f.node[node].name), records[node]);
}

static void load(unsigned node, uint64_t age)
{
    uint32_t index;

    assert_int_equal(
        execwire_gateway_load(&f.gateway, records[node], sizes[node], age, f.now, &index, NULL),
        EXECWIRE_OK);
    assert_int_equal(index, fleet_find(&f, f.node[node].name));
}

/* The gateway is another one, which has the records of the one before. */
static void restart(unsigned nodes)
{
    for (unsigned i = 0; i < nodes; i++)
        save(i);
    fleet_open(&f);
    for (unsigned i = 0; i < nodes; i++)
        load(i, 0);
}

static void update_all(unsigned nodes, unsigned executions, int64_t version, const char *text)
{
    for (unsigned j = 0; j < executions; j++)
        for (unsigned i = 0; i < nodes; i++)
            fleet_update(&f, i, j, version, text);
}

/* ---- What comes back ---- */

static void assert_shown(unsigned node, unsigned ref)
{
    execwire_link_view view;
    char expected[FLEET_OUTPUT + 200];
    size_t size;

    assert_true(
        execwire_gateway_view(&f.gateway, fleet_find(&f, f.node[node].name), ref, f.now, &view));
    assert_int_equal(
        execwire_encode(&f.node[node].newest[ref], expected, sizeof expected, &size, NULL),
        EXECWIRE_OK);
    assert_int_equal(view.message.size, size);
    assert_memory_equal(view.message.data, expected, size);
}

/* promise: record-is-understood */
/* Updates without identity, of words, and repeats are understood at once, and nobody is asked. */
static void test_goes_on(void **unused)
{
    (void)unused;
    fleet_begin(&f, NODES);
    update_all(NODES, 3, 1, "said again and again");
    fleet_run(&f, 20000);
    update_all(NODES, 3, 2, NULL);
    fleet_run(&f, 3000);
    restart(NODES);
    assert_int_equal(f.gateway.sources.used[EXECWIRE_STANDING_KNOWN], NODES);
    assert_int_equal(f.gateway.nodes.used[EXECWIRE_STANDING_KNOWN], NODES);
    assert_int_equal(f.gateway.stats.store_used, f.gateway.arena.live);
    for (unsigned i = 0; i < NODES; i++) {
        assert_int_equal(f.sources[i].credit, 0);
        for (unsigned j = 0; j < 3; j++)
            assert_shown(i, j);
    }
    update_all(NODES, 3, 3, "said again and again");
    for (unsigned i = 0; i < NODES; i++)
        for (unsigned j = 0; j < 3; j++)
            assert_int_equal(f.node[i].got[j], 3);
    for (unsigned i = 0; i < EXECWIRE_LINK_OUTCOME_COUNT; i++)
        assert_int_equal(f.gateway.stats.link.outcomes[i],
                         i == EXECWIRE_LINK_STATE ? 3 * NODES : 0);
    fleet_run(&f, 3000);
    for (unsigned i = 0; i < NODES; i++) {
        assert_int_equal(execwire_link_waiting(&f.node[i].sender), 0);
        assert_int_equal(f.node[i].sender.stats.wants, 0);
    }
    assert_int_equal(f.gateway.stats.asked + f.gateway.stats.met, 0);
    assert_int_equal(f.gateway.stats.nodes, NODES);
    assert_int_equal(f.met, NODES);
    assert_int_equal(f.moved + f.restarted + f.wrong, 0);
}

/* Saving what was loaded gives the same bytes, ages included; `age` goes on top of them. */
static void test_again(void **unused)
{
    execwire_link_view view;
    uint8_t again[FLEET_RECORD];
    uint64_t age;
    size_t size;

    (void)unused;
    fleet_begin(&f, 1);
    update_all(1, 3, 1, "said again and again");
    fleet_run(&f, 60000);
    restart(1);
    size = fleet_save(&f, 0, again);
    assert_int_equal(size, sizes[0]);
    assert_memory_equal(again, records[0], size);
    assert_true(execwire_gateway_view(&f.gateway, 0, 0, f.now, &view));
    age = view.age_ms;
    assert_in_range(age, 50000, 60000);
    assert_true(view.current);
    f.now = 5; /* of a clock that begins with the gateway */
    fleet_open(&f);
    load(0, 3600000);
    assert_true(execwire_gateway_view(&f.gateway, 0, 0, f.now, &view));
    assert_int_equal(view.age_ms, age + 3600000);
    assert_false(view.current);
    fleet_open(&f);
    load(0, UINT64_MAX);
    assert_true(execwire_gateway_view(&f.gateway, 0, 0, f.now, &view));
    assert_int_equal(view.age_ms, (UINT64_C(1) << 41) + f.now); /* since before all time */
    assert_false(view.current);
}

/* What was not acknowledged yet is when the node says something: until then nothing is sent to
 * where nothing came from. */
static void test_owed(void **unused)
{
    uint64_t heard;

    (void)unused;
    fleet_begin(&f, 1);
    f.node[0].sender.options.salt = 0x5A175A17;
    update_all(1, 3, 1, NULL);
    assert_int_equal(execwire_link_waiting(&f.node[0].sender), 3);
    restart(1);
    heard = f.node[0].heard;
    fleet_run(&f, 1500);
    assert_int_equal(f.node[0].heard, heard);
    assert_int_equal(f.gateway.stats.withheld, 0);
    fleet_update(&f, 0, 0, 2, NULL);
    fleet_run(&f, 1000);
    assert_int_equal(execwire_link_waiting(&f.node[0].sender), 0);
    assert_int_equal(f.node[0].sender.stats.repeats, 0);
}

/* promise: record-that-is-older */
/* The node has been told more than the record says: what comes next is wanted, and nothing wrong
 * comes out. */
static void test_older_record(void **unused)
{
    (void)unused;
    fleet_begin(&f, 2);
    update_all(2, 2, 1, NULL);
    fleet_run(&f, 3000);
    save(0);
    save(1);
    for (int64_t version = 2; version < 5; version++) {
        update_all(2, 2, version, "what the record does not have");
        fleet_run(&f, 3000);
    }
    fleet_open(&f);
    load(0, 0);
    load(1, 0);
    f.states = 0;
    update_all(1, 1, 5, "what the record does not have");
    assert_int_equal(f.last.link.outcome, EXECWIRE_LINK_NO_BASE);
    assert_int_equal(f.states, 0);
    fleet_run(&f, 3000);
    assert_int_equal(f.node[0].got[0], 5);
    assert_true(f.node[0].sender.stats.wants > 0);
    fleet_run(&f, 660000); /* its digest says what else is newer */
    for (unsigned i = 0; i < 2; i++)
        for (unsigned j = 0; j < 2; j++)
            assert_shown(i, j);
    assert_int_equal(f.gateway.stats.asked, 0);
    assert_int_equal(f.wrong, 0);
}

/* A node that began another session, or was heard elsewhere, after its record was written. */
static void test_older_session(void **unused)
{
    (void)unused;
    fleet_begin(&f, 2);
    update_all(2, 2, 1, NULL);
    fleet_run(&f, 3000);
    restart(2);
    fleet_start(&f, 0, "node-0", "10.0.0.0", 1);
    fleet_update(&f, 0, 0, 2, NULL);
    fleet_update(&f, 0, 1, 2, NULL);
    strcpy(f.node[1].address, "elsewhere");
    fleet_update(&f, 1, 0, 2, NULL);
    fleet_run(&f, 10000);
    assert_int_equal(f.node[0].got[0], 2);
    assert_int_equal(f.node[1].got[0], 2);
    assert_int_equal(f.restarted, 1);
    assert_int_equal(f.moved, 1);
    assert_int_equal(f.met, 2);
    assert_int_equal(f.wrong, 0);
}

/* What is wanted still is, and what is suspect. */
static void test_wanted(void **unused)
{
    execwire_link_view view;

    (void)unused;
    fleet_begin(&f, 1);
    update_all(1, 2, 1, NULL);
    fleet_run(&f, 3000);
    save(0);
    update_all(1, 2, 2, "what the record does not have");
    fleet_run(&f, 3000);
    fleet_open(&f);
    load(0, 0);
    fleet_update(&f, 0, 0, 3, "what the record does not have");
    restart(1);
    assert_true(execwire_gateway_view(&f.gateway, 0, 0, f.now, &view));
    assert_true(view.suspect);
    assert_false(view.current);
    assert_true(execwire_gateway_view(&f.gateway, 0, 1, f.now, &view));
    assert_false(view.suspect);
    fleet_update(&f, 0, 1, 3, "what the record does not have");
    fleet_run(&f, 3000); /* before it repeats anything of its own accord */
    assert_shown(0, 0);
    assert_shown(0, 1);
}

/* ---- Room ---- */

/* A gateway with fewer places: who was loaded first makes room. */
static void test_fewer_nodes(void **unused)
{
    (void)unused;
    fleet_begin(&f, NODES);
    update_all(NODES, 1, 1, NULL);
    for (unsigned i = 0; i < NODES; i++)
        save(i);
    f.options.node_count = 12;
    f.options.source_count = 12;
    fleet_open(&f);
    for (unsigned i = 0; i < NODES; i++)
        load(i, 0);
    assert_int_equal(f.gateway.stats.nodes, 12);
    assert_string_equal(f.forgotten, "node-27");
    for (unsigned i = NODES - 12; i < NODES; i++)
        assert_shown(i, 0);
    update_all(NODES, 1, 2, NULL);
    fleet_run(&f, 30000);
    assert_int_equal(f.wrong, 0);
}

/* One with less memory: of one node no more than an eighth of it comes back, and of all nodes what
 * there is room for; and one that takes no texts of that size has the rest. */
static void test_less_memory(void **unused)
{
    execwire_link_view view;
    unsigned shown = 0;

    (void)unused;
    fleet_begin(&f, NODES);
    fill(output, FLEET_OUTPUT);
    for (unsigned j = 0; j < 4; j++)
        for (unsigned i = 0; i < 4; i++) {
            fleet_update(&f, i, j, 1, j < 3 ? output : NULL);
            fleet_run(&f, 2000);
        }
    for (unsigned i = 0; i < 4; i++)
        save(i);
    f.options.store_capacity = 64 << 10;
    f.options.text_capacity = 14 << 10;
    fleet_open(&f);
    for (unsigned i = 0; i < 4; i++)
        load(i, 0);
    assert_true(f.gateway.stats.store_used < f.options.store_capacity);
    assert_true(f.gateway.stats.link.forgotten > 0);
    assert_shown(3, 3);
    for (unsigned j = 0; j < 3; j++)
        shown += execwire_gateway_view(&f.gateway, fleet_find(&f, "node-3"), j, f.now, &view);
    assert_int_equal(shown, 1);
    f.options.text_capacity = 1000;
    fleet_open(&f);
    load(3, 0);
    assert_shown(3, 3);
    for (unsigned j = 0; j < 3; j++)
        assert_false(execwire_gateway_view(&f.gateway, 0, j, f.now, &view));
}

/* ---- Other nodes ---- */

/* A node that is there knows better. */
static void test_known_already(void **unused)
{
    (void)unused;
    fleet_begin(&f, 1);
    update_all(1, 1, 1, NULL);
    save(0);
    update_all(1, 1, 2, NULL);
    load(0, 0);
    assert_shown(0, 0);
    assert_int_equal(f.gateway.stats.nodes, 1);
}

/* A node without a name, and one that has said nothing but its hello. */
static void test_strangers(void **unused)
{
    uint8_t hello[222];
    size_t size;

    (void)unused;
    fleet_init(&f);
    fleet_open(&f);
    fleet_start(&f, 0, "", "10.0.0.1", 0);
    fleet_update(&f, 0, 0, 1, NULL);
    f.node[0].mute = true;
    (void)execwire_link_sender_poll(&f.node[0].sender, f.now + 3600000);
    memcpy(hello, f.frame, size = f.frame_size);
    fleet_open(&f);
    assert_int_equal(fleet_hear(&f, "10.0.0.1", hello, size), EXECWIRE_OK);
    assert_int_equal(f.last.link.outcome, EXECWIRE_LINK_HELLO);
    sizes[0] = fleet_save(&f, 0, records[0]);
    fleet_open(&f);
    assert_int_equal(execwire_gateway_load(&f.gateway, records[0], sizes[0], 0, f.now, NULL, NULL),
                     EXECWIRE_OK);
    assert_int_equal(f.gateway.stats.nodes, 1);
    assert_int_equal(f.gateway.sources.used[EXECWIRE_STANDING_STRANGER], 1);
    assert_int_equal(f.gateway.nodes.used[EXECWIRE_STANDING_STRANGER], 1);
    f.node[0].mute = false;
    fleet_update(&f, 0, 1, 1, NULL);
    assert_int_equal(f.last.link.outcome, EXECWIRE_LINK_STATE);
    assert_int_equal(f.last.node, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_goes_on),       cmocka_unit_test(test_again),
        cmocka_unit_test(test_owed),          cmocka_unit_test(test_older_record),
        cmocka_unit_test(test_older_session), cmocka_unit_test(test_wanted),
        cmocka_unit_test(test_fewer_nodes),   cmocka_unit_test(test_less_memory),
        cmocka_unit_test(test_known_already), cmocka_unit_test(test_strangers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

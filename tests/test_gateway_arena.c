/* Memory in blocks that move, and nodes that make room for each other in it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/fleet.h"

#include "gateway/arena.h"
#include "gateway/assemblies.h"
#include "gateway/due.h"
#include "gateway/nodes.h"
#include "gateway/table.h"
#include "link/receiver/contexts.h"

#include <stdio.h>
#include <string.h>

#define NODES    8
#define CAPACITY (64 << 10)
#define HEAD     8

static fleet f;
static uint32_t random_number;

/* What each block ought to be: its size, and the byte that it is full of. */
static struct {
    size_t size;
    uint8_t byte;
} wanted[NODES][EXECWIRE_BLOCKS];

static void add_nodes(unsigned nodes)
{
    for (unsigned i = 0; i < nodes; i++) {
        char name[16];
        size_t size = (size_t)snprintf(name, sizeof name, "node-%u", i);

        assert_int_equal(execwire_node_add(&f.gateway, (execwire_str){name, size}), i);
    }
}

static void start(unsigned nodes)
{
    fleet_init(&f);
    f.options.store_capacity = CAPACITY;
    fleet_open(&f);
    memset(wanted, 0, sizeof wanted);
    random_number = 1;
    add_nodes(nodes);
}

static unsigned chance(unsigned below)
{
    random_number = random_number * 1664525 + 1013904223;
    return (random_number >> 8) % below;
}

/* ---- Blocks ---- */

/* Its head and its bytes, in units of eight. */
static size_t span_of(size_t size)
{
    return HEAD + (size + 7) / 8 * 8;
}

static void assert_blocks(void)
{
    size_t live = 0;

    for (uint32_t node = 0; node < NODES; node++) {
        size_t used = 0;

        for (unsigned which = 0; which < EXECWIRE_BLOCKS; which++) {
            size_t size;
            const uint8_t *block = execwire_arena_get(&f.gateway, node, which, &size);

            assert_int_equal(block != NULL, wanted[node][which].byte != 0);
            assert_int_equal(size, wanted[node][which].size);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(block[i], wanted[node][which].byte);
            if (block != NULL)
                used += span_of(size);
        }
        assert_int_equal(execwire_arena_used_by(&f.gateway, node), used);
        live += used;
    }
    assert_int_equal(f.gateway.arena.live, live);
    assert_true(f.gateway.arena.top <= CAPACITY);
}

static void take(uint32_t node, unsigned which, size_t size)
{
    size_t had = wanted[node][which].size;
    uint8_t *block;

    execwire_arena_reserve(&f.gateway, span_of(size));
    block = execwire_arena_take(&f.gateway, node, which, size);
    assert_int_equal((uintptr_t)block % 8, 0);
    assert_in_range(block - (uint8_t *)f.store, HEAD, CAPACITY - size);
    for (size_t i = 0; i < size && i < had; i++)
        assert_int_equal(block[i], wanted[node][which].byte);
    wanted[node][which].size = size;
    wanted[node][which].byte = (uint8_t)(1 + chance(255));
    memset(block, wanted[node][which].byte, size);
}

static void test_blocks(void **unused)
{
    (void)unused;
    start(NODES);
    for (unsigned i = 0; i < 20000; i++) {
        uint32_t node = chance(NODES);
        unsigned which = chance(EXECWIRE_BLOCKS);
        size_t size = chance(chance(4) == 0 ? 6000 : 200);

        if (chance(4) == 0) {
            execwire_arena_drop(&f.gateway, node, which);
            wanted[node][which].size = wanted[node][which].byte = 0;
        } else if (f.gateway.arena.live + span_of(size) <= execwire_arena_limit(&f.gateway))
            take(node, which, size);
        if (i % 16 == 0)
            assert_blocks();
    }
}

/* Seven eighths may be in use, whatever the size of the blocks. */
static void test_limit(void **unused)
{
    (void)unused;
    start(NODES);
    assert_int_equal(execwire_arena_limit(&f.gateway), CAPACITY / 8 * 7);
    for (uint32_t node = 0; node < 7; node++)
        take(node, 0, CAPACITY / 8 - HEAD);
    assert_blocks();
    assert_int_equal(f.gateway.arena.live, execwire_arena_limit(&f.gateway));
    for (unsigned i = 0; i < 100; i++) {
        uint32_t node = chance(7);

        execwire_arena_drop(&f.gateway, node, 0);
        wanted[node][0].size = wanted[node][0].byte = 0;
        take(node, 0, CAPACITY / 8 - HEAD);
        assert_blocks();
    }
}

/* ---- Nodes in it ---- */

/* What strangers have is counted, whoever comes, grows, is known or makes room. */
static void assert_strange_bytes(void)
{
    size_t bytes = 0;
    unsigned nodes = 0;

    for (uint32_t i = 0; i < FLEET_NODES; i++)
        if (execwire_node_is_there(&f.gateway, i)) {
            nodes++;
            if (!execwire_table_is_known(&f.gateway.nodes, i))
                bytes += execwire_arena_used_by(&f.gateway, i);
        }
    assert_int_equal(f.gateway.strange_bytes, bytes);
    assert_int_equal(f.gateway.stats.nodes, nodes);
}

static void test_strange_bytes(void **unused)
{
    char names[16];

    (void)unused;
    start(0);
    f.options.node_count = 20;
    fleet_open(&f);
    for (unsigned i = 0; i < 3000; i++) {
        size_t size = (size_t)snprintf(names, sizeof names, "node-%u", chance(40));
        execwire_str name = {names, size};
        uint32_t node = execwire_table_find(&f.gateway.nodes, name);

        if (node == EXECWIRE_TABLE_NONE)
            node = execwire_node_add(&f.gateway, name);
        assert_true(execwire_node_prepare(&f.gateway, node, chance(EXECWIRE_LINK_MAX_REFS)));
        execwire_table_touch(&f.gateway.nodes, node);
        if (chance(6) == 0)
            execwire_node_know(&f.gateway, node);
        assert_strange_bytes();
    }
}

/* Contexts come in steps of four, those that are new are zero, and those that were there stay. */
static void test_contexts(void **unused)
{
    (void)unused;
    for (unsigned ref = 0; ref < EXECWIRE_LINK_MAX_REFS; ref++) {
        const execwire_link_context none = {.heard = 0};
        execwire_link_context *contexts;
        size_t size, before;

        start(1);
        memset(f.store, 0xEE, sizeof f.store);
        assert_true(execwire_node_prepare(&f.gateway, 0, ref / 2));
        contexts = execwire_arena_get(&f.gateway, 0, EXECWIRE_BLOCK_CONTEXTS, &before);
        contexts[0].number = 77;
        assert_true(execwire_node_prepare(&f.gateway, 0, ref));
        contexts = execwire_arena_get(&f.gateway, 0, EXECWIRE_BLOCK_CONTEXTS, &size);
        assert_int_equal(size, (ref / 4 + 1) * 4 * sizeof *contexts);
        assert_int_equal(contexts[0].number, 77);
        assert_int_equal(((uint8_t *)contexts)[size], 0xEE); /* nothing behind them */
        for (size_t i = 1; i < size / sizeof *contexts; i++)
            assert_memory_equal(&contexts[i], &none, sizeof none);
        assert_true(execwire_node_prepare(&f.gateway, 0, ref));
        assert_ptr_equal(contexts,
                         execwire_arena_get(&f.gateway, 0, EXECWIRE_BLOCK_CONTEXTS, &before));
    }
}

/* A node's turn and its room are another's when it is forgotten, and it is asked nothing. */
static void test_forgotten(void **unused)
{
    (void)unused;
    fleet_init(&f);
    f.options.node_count = 4;
    fleet_open(&f);
    assert_memory_equal(&f.nodes[4], &f.nodes[5], sizeof *f.nodes); /* behind what was lent */
    assert_int_equal(f.nodes[4].entry.bucket, 0);
    f.nodes[4].entry.standing = EXECWIRE_STANDING_KNOWN;
    assert_false(execwire_node_is_there(&f.gateway, 4));
    fleet_start_all(&f, 5);
    for (unsigned i = 0; i < 4; i++)
        fleet_update(&f, i, 0, 1, NULL);
    assert_int_equal(f.gateway.turns, 4);
    f.nodes[0].assembly = f.gateway.spare_assembly;
    f.gateway.spare_assembly = f.assemblies[f.nodes[0].assembly].next;
    fleet_update(&f, 4, 0, 1, NULL);
    assert_string_equal(f.forgotten, "node-0");
    assert_int_equal(f.gateway.turns, 4);
    assert_int_equal(f.nodes[0].assembly, UINT32_MAX);
    assert_int_equal(f.gateway.spare_assembly, 0);
    assert_int_equal(f.nodes[0].peer.has_met, true);
    assert_int_equal(f.gateway.at, EXECWIRE_GATEWAY_NO_NODE);
}

/* Whoever comes in a node's place has nothing of it. */
static void test_place_of_another(void **unused)
{
    (void)unused;
    fleet_init(&f);
    f.options.node_count = 4;
    fleet_open(&f);
    add_nodes(4);
    for (uint32_t i = 0; i < 4; i++)
        execwire_due_set(&f.gateway, i, 100 + i);
    execwire_assembly_borrow(&f.gateway, 0, 0);
    f.nodes[0].peer.session = 5;
    f.nodes[0].source = (execwire_gateway_place){3, 9};
    assert_int_equal(execwire_node_add(&f.gateway, EXECWIRE_STR("another")), 0);
    assert_int_equal(f.gateway.turns, 3);
    assert_int_equal(f.nodes[0].assembly, EXECWIRE_ASSEMBLY_NONE);
    assert_int_equal(f.gateway.spare_assembly, 0);
    assert_int_equal(f.nodes[0].peer.session, 0);
    assert_int_equal(f.nodes[0].source.index + f.nodes[0].source.life, 0);
}

/* States get an eighth more than they need, and at most an eighth of the memory. */
static void test_growing(void **unused)
{
    execwire_link_receiver *receiver = &f.gateway.receiver;

    (void)unused;
    start(1);
    assert_true(execwire_node_prepare(&f.gateway, 0, 0));
    execwire_node_enter(&f.gateway, 0);
    receiver->options.grow(receiver, 800);
    assert_int_equal(receiver->options.store_capacity, 900);
    receiver->options.grow(receiver, 7283); /* 910 more are a byte too many */
    assert_int_equal(receiver->options.store_capacity, 900);
    receiver->options.grow(receiver, 7282);
    assert_int_equal(receiver->options.store_capacity, CAPACITY / 8);
}

/* Strangers with more than a quarter of the memory push each other out; with less whoever was
 * silent for longest makes room, which is never who needs it. */
static void fill_with(unsigned strangers, unsigned known)
{
    fleet_init(&f);
    f.options.store_capacity = CAPACITY;
    f.options.text_capacity = 1000;
    fleet_open(&f);
    add_nodes(strangers + known);
    for (uint32_t i = 0; i < strangers + known; i++) {
        if (i >= strangers)
            execwire_node_know(&f.gateway, i);
        assert_true(execwire_node_prepare(&f.gateway, i, 0));
    }
}

static void grow(uint32_t node, size_t size)
{
    execwire_arena_reserve(&f.gateway, span_of(size));
    (void)execwire_arena_take(&f.gateway, node, EXECWIRE_BLOCK_STATES, size);
    if (!execwire_table_is_known(&f.gateway.nodes, node))
        f.gateway.strange_bytes += span_of(size);
}

static bool is_there(uint32_t node)
{
    return execwire_node_is_there(&f.gateway, node);
}

/* What a call of a node with so many bytes of states may take: all its blocks anew, these an eighth
 * larger and with another state. */
static size_t needed(size_t states)
{
    return EXECWIRE_LINK_MAX_REFS * sizeof(execwire_link_context) + EXECWIRE_LINK_WORDS_SIZE +
           (states + f.options.text_capacity) / 8 * 9 + 8 + 3 * EXECWIRE_ARENA_OVERHEAD;
}

/* Node 4 takes what is left but for what node 3 needs, and so much more. */
static void leave_for_node_3(size_t more)
{
    grow(3, 7000);
    grow(4, execwire_arena_limit(&f.gateway) - f.gateway.arena.live - needed(7000) - HEAD + more);
}

static void test_who_makes_room(void **unused)
{
    (void)unused;
    for (unsigned more = 0; more < 2; more++) {
        fill_with(2, 3);
        grow(0, CAPACITY / 4 - f.gateway.strange_bytes - HEAD + 8 * more);
        assert_int_equal(f.gateway.strange_bytes, CAPACITY / 4 + 8 * more);
        grow(2, 3000);
        leave_for_node_3(8);
        assert_true(execwire_node_prepare(&f.gateway, 3, 0));
        assert_int_equal(is_there(0), more == 0);
        assert_int_equal(is_there(2), more == 1);
        assert_true(is_there(1) && is_there(3) && is_there(4));
    }
}

/* To the byte, in units of eight. */
static void test_when_room_is_made(void **unused)
{
    (void)unused;
    for (unsigned more = 0; more < 2; more++) {
        fill_with(2, 3);
        grow(2, 3000);
        leave_for_node_3(8 * more);
        assert_true(execwire_node_prepare(&f.gateway, 3, 0));
        assert_int_equal(is_there(2), more == 0);
    }
}

/* The oldest does not make room for itself. */
static void test_oldest_needs_room(void **unused)
{
    (void)unused;
    fill_with(0, 5);
    execwire_table_touch(&f.gateway.nodes, 0);
    execwire_table_touch(&f.gateway.nodes, 1);
    execwire_table_touch(&f.gateway.nodes, 2);
    leave_for_node_3(8);
    assert_true(execwire_node_prepare(&f.gateway, 3, 0));
    assert_true(is_there(3));
    assert_false(is_there(4));
    assert_true(is_there(0) && is_there(1) && is_there(2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_strange_bytes),
        cmocka_unit_test(test_contexts),
        cmocka_unit_test(test_forgotten),
        cmocka_unit_test(test_who_makes_room),
        cmocka_unit_test(test_place_of_another),
        cmocka_unit_test(test_growing),
        cmocka_unit_test(test_oldest_needs_room),
        cmocka_unit_test(test_when_room_is_made),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

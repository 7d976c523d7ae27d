/* What a gateway knows of a node goes out as a record and comes back: what is understood after
 * that, and what is refused.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "base/crc32.h"
#include "support/fleet.h"
#include "support/link.h"

#include <stdio.h>
#include <string.h>

#define NODES  40
#define RECORD (64 << 10)

static fleet f;
static uint8_t records[NODES][RECORD];
static size_t sizes[NODES];
static char output[FLEET_OUTPUT + 1];

static void open_fleet(unsigned nodes)
{
    fleet_init(&f);
    fleet_open(&f);
    for (unsigned i = 0; i < nodes; i++) {
        char name[16], address[16];

        snprintf(name, sizeof name, "node-%u", i);
        snprintf(address, sizeof address, "10.0.0.%u", i);
        fleet_start(&f, i, name, address, 0);
    }
}

static void save_as(unsigned node, uint32_t index)
{
    assert_int_equal(
        execwire_gateway_save(&f.gateway, index, f.now, records[node], RECORD, &sizes[node], NULL),
        EXECWIRE_OK);
}

static void save(unsigned node)
{
    save_as(node, fleet_find(&f, f.node[node].name));
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
    open_fleet(NODES);
    update_all(NODES, 3, 1, "said again and again");
    fleet_run(&f, 20000);
    update_all(NODES, 3, 2, NULL);
    fleet_run(&f, 3000);
    restart(NODES);
    for (unsigned i = 0; i < NODES; i++)
        for (unsigned j = 0; j < 3; j++)
            assert_shown(i, j);
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
    uint8_t again[RECORD];
    uint64_t age;
    size_t size;

    (void)unused;
    open_fleet(1);
    update_all(1, 3, 1, "said again and again");
    fleet_run(&f, 60000);
    restart(1);
    assert_int_equal(execwire_gateway_save(&f.gateway, 0, f.now, again, RECORD, &size, NULL),
                     EXECWIRE_OK);
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
    assert_false(view.current);
}

/* What was not acknowledged yet is when the node says something: until then nothing is sent to
 * where nothing came from. */
static void test_owed(void **unused)
{
    uint64_t heard;

    (void)unused;
    open_fleet(1);
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
    open_fleet(2);
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
    open_fleet(2);
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
    open_fleet(1);
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
    open_fleet(NODES);
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
    open_fleet(NODES);
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
    assert_false(execwire_gateway_view(&f.gateway, 0, 0, f.now, &view));
}

/* ---- What is refused ---- */

/* All that a gateway has. */
typedef struct everything {
    execwire_gateway gateway;
    execwire_gateway_node nodes[FLEET_NODES];
    execwire_gateway_source sources[4 * FLEET_NODES];
    uint64_t store[sizeof f.store / sizeof f.store[0]];
} everything;

static void remember(everything *e)
{
    e->gateway = f.gateway;
    memcpy(e->nodes, f.nodes, sizeof f.nodes);
    memcpy(e->sources, f.sources, sizeof f.sources);
    memcpy(e->store, f.store, sizeof f.store);
}

static void assert_refused(const uint8_t *record, size_t size)
{
    static everything before;
    execwire_error error = {.code = EXECWIRE_OK};
    uint32_t node = 7;

    remember(&before);
    assert_int_equal(execwire_gateway_load(&f.gateway, record, size, 0, f.now, &node, &error),
                     EXECWIRE_ERROR_RECORD);
    assert_int_equal(error.code, EXECWIRE_ERROR_RECORD);
    assert_true(error.offset <= size);
    assert_int_equal(node, EXECWIRE_GATEWAY_NO_NODE);
    before.gateway.receiver.state = f.gateway.receiver.state; /* outdated by any call */
    assert_memory_equal(&before.gateway, &f.gateway, sizeof f.gateway);
    assert_memory_equal(before.nodes, f.nodes, sizeof f.nodes);
    assert_memory_equal(before.sources, f.sources, sizeof f.sources);
    assert_memory_equal(before.store, f.store, sizeof f.store);
}

/* promise: record-is-whole */
/* Every bit, every shorter one, and one that goes on. */
static void test_damaged(void **unused)
{
    uint8_t damaged[RECORD];

    (void)unused;
    open_fleet(2);
    update_all(2, 2, 1, NULL);
    fleet_run(&f, 3000);
    save(0);
    fleet_open(&f);
    fleet_update(&f, 1, 0, 2, NULL);
    fleet_run(&f, 1000);
    assert_true(sizes[0] < 200);
    for (size_t bit = 0; bit < 8 * sizes[0]; bit++) {
        memcpy(damaged, records[0], sizes[0]);
        damaged[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_refused(damaged, sizes[0]);
    }
    for (size_t size = 0; size < sizes[0]; size++)
        assert_refused(records[0], size);
    memcpy(damaged, records[0], sizes[0]);
    damaged[sizes[0]] = 0;
    assert_refused(damaged, sizes[0] + 1);
    load(0, 0);
}

/* ---- The format, by its table in docs/gateway.md ---- */

/* A named node at the source "at", with the word "wo", one execution whose state is the message
 * 0a 01 6a, its job_id "j", and another that is wanted. */
static const uint8_t by_hand[] = {
    'E',  'W',  'G', 'N', 1,             /* */
    0x07,                                /* known, named, hello */
    2,    'n',  '0',                     /* key */
    2,    'a',  't',                     /* source */
    5,                                   /* session */
    0xAC, 0x02,                          /* salt: 300 */
    0,                                   /* epoch */
    9,                                   /* check of the hello */
    0x90, 0x4E,                          /* 10 s since the session was heard */
    0,                                   /* and since the source was */
    3,    2,    'w', 'o',                /* words */
    1,    0x11, 4,   0,   0, 0x90, 0x4E, /* ref, known and owed, number, generation, newer, age */
    3,    0x0A, 1,   'j',                /* message */
    3,    0x08, 0,   0,   0, 0,    0,    /* ref, wanted */
    0,    0,    0,   0};

/* With the check that zlib.crc32 gives. */
#define BY_HAND_CHECK UINT32_C(0x292980CF)

static void seal(uint8_t *record, size_t size)
{
    uint32_t check = execwire_crc32(0, record, size - 4);

    for (unsigned i = 0; i < 4; i++)
        record[size - 4 + i] = (uint8_t)(check >> (8 * i));
}

/* promise: record-format */
static void test_format(void **unused)
{
    execwire_link_view view;
    uint8_t record[sizeof by_hand], again[RECORD];
    char name[EXECWIRE_LINK_NODE_SIZE];
    size_t size;

    (void)unused;
    open_fleet(0);
    memcpy(record, by_hand, sizeof by_hand);
    for (unsigned i = 0; i < 4; i++)
        record[sizeof record - 4 + i] = (uint8_t)(BY_HAND_CHECK >> (8 * i));
    f.now = 20000;
    assert_int_equal(execwire_gateway_load(&f.gateway, record, sizeof record, 0, f.now, NULL, NULL),
                     EXECWIRE_OK);
    assert_int_equal(execwire_gateway_name(&f.gateway, 0, name).size, 2);
    assert_memory_equal(name, "n0", 2);
    assert_true(execwire_gateway_view(&f.gateway, 0, 1, f.now, &view));
    assert_int_equal(view.number, 4);
    assert_int_equal(view.age_ms, 10000);
    assert_int_equal(view.message.size, 3);
    assert_memory_equal(view.message.data, "\x0A\x01j", 3);
    assert_false(execwire_gateway_view(&f.gateway, 0, 3, f.now, &view));
    assert_int_equal(execwire_gateway_save(&f.gateway, 0, f.now, again, sizeof again, &size, NULL),
                     EXECWIRE_OK);
    assert_int_equal(size, sizeof record);
    assert_memory_equal(again, record, size);
}

/* What is damaged on purpose. */
static const struct {
    size_t at;
    uint8_t value;
} nonsense[] = {
    {0, 'F'},   /* something else */
    {4, 2},     /* another version */
    {5, 0x47},  /* a flag that there is not */
    {6, 0},     /* no key */
    {6, 65},    /* a key that is too long */
    {9, 61},    /* a source that is too long */
    {20, 4},    /* words that reach too far */
    {21, 1},    /* and those that do not come out even */
    {21, 3},    /* */
    {24, 128},  /* a ref that there is not */
    {35, 1},    /* refs that do not ascend */
    {25, 0x31}, /* a flag that there is not */
    {25, 0x13}, /* what is of an earlier session is not acknowledged */
    {25, 0x10}, /* nor what is not known, */
    {25, 0x00}, /* which has no state either */
    {31, 2},    /* a message that ends too early: what comes next is no execution */
    {31, 99},   /* */
    {33, 2},    /* one that is cut off */
    {34, 0xFF}, /* that is no UTF-8 */
    {32, 0x7A}, /* that has a field that there is not */
};

/* Under a check that is right. */
static void test_nonsense(void **unused)
{
    uint8_t record[sizeof by_hand];

    (void)unused;
    open_fleet(0);
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        memcpy(record, by_hand, sizeof record);
        record[nonsense[i].at] = nonsense[i].value;
        seal(record, sizeof record);
        assert_refused(record, sizeof record);
    }
    for (size_t size = 4; size < sizeof record; size++) {
        memcpy(record, by_hand, sizeof record);
        seal(record, size);
        if (size != 28 && size != 39) /* after so many bytes another one ends */
            assert_refused(record, size);
    }
}

/* ---- Arguments ---- */

/* Every capacity: what is too small is refused with the size that is needed, and nothing is written
 * behind it. */
static void test_capacities(void **unused)
{
    execwire_error error;
    uint8_t out[512];
    size_t needed, size;

    (void)unused;
    open_fleet(1);
    update_all(1, 2, 1, "said again and again");
    save(0);
    assert_int_equal(execwire_gateway_save(&f.gateway, 0, f.now, NULL, 0, &needed, NULL),
                     EXECWIRE_OK);
    assert_int_equal(needed, sizes[0]);
    for (size_t capacity = 0; capacity < needed; capacity++) {
        memset(out, 0xAA, sizeof out);
        assert_int_equal(execwire_gateway_save(&f.gateway, 0, f.now, out, capacity, &size, &error),
                         EXECWIRE_ERROR_NO_SPACE);
        assert_int_equal(error.code, EXECWIRE_ERROR_NO_SPACE);
        assert_int_equal(size, needed);
        for (size_t i = capacity; i < sizeof out; i++)
            assert_int_equal(out[i], 0xAA);
    }
    assert_int_equal(execwire_gateway_save(&f.gateway, 0, f.now, out, needed, &size, NULL),
                     EXECWIRE_OK);
    assert_memory_equal(out, records[0], needed);
}

/* A node that is there knows better. */
static void test_known_already(void **unused)
{
    (void)unused;
    open_fleet(1);
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
    save_as(0, 0);
    fleet_open(&f);
    assert_int_equal(execwire_gateway_load(&f.gateway, records[0], sizes[0], 0, f.now, NULL, NULL),
                     EXECWIRE_OK);
    assert_int_equal(f.gateway.stats.nodes, 1);
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
        cmocka_unit_test(test_damaged),       cmocka_unit_test(test_format),
        cmocka_unit_test(test_nonsense),      cmocka_unit_test(test_capacities),
        cmocka_unit_test(test_known_already), cmocka_unit_test(test_strangers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The record of a node: its bytes, and what is refused.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "base/crc32.h"
#include "gateway/record.h"
#include "support/fleet.h"

#include <string.h>

static fleet f;
static uint8_t saved[FLEET_RECORD];
static size_t saved_size; /* of it */

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
    uint8_t damaged[FLEET_RECORD];

    (void)unused;
    fleet_begin(&f, 2);
    for (unsigned i = 0; i < 4; i++)
        fleet_update(&f, i / 2, i % 2, 1, NULL);
    fleet_run(&f, 3000);
    saved_size = fleet_save(&f, fleet_find(&f, "node-0"), saved);
    fleet_open(&f);
    fleet_update(&f, 1, 0, 2, NULL);
    fleet_run(&f, 1000);
    assert_true(saved_size < 200);
    for (size_t bit = 0; bit < 8 * saved_size; bit++) {
        memcpy(damaged, saved, saved_size);
        damaged[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_refused(damaged, saved_size);
    }
    for (size_t size = 0; size < saved_size; size++)
        assert_refused(saved, size);
    memcpy(damaged, saved, saved_size);
    damaged[saved_size] = 0;
    assert_refused(damaged, saved_size + 1);
    assert_int_equal(execwire_gateway_load(&f.gateway, saved, saved_size, 0, f.now, NULL, NULL),
                     EXECWIRE_OK);
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
    uint8_t record[sizeof by_hand], again[FLEET_RECORD];
    char name[EXECWIRE_LINK_NODE_SIZE];
    size_t size;

    (void)unused;
    fleet_begin(&f, 0);
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
    size = fleet_save(&f, 0, again);
    assert_int_equal(size, sizeof record);
    assert_memory_equal(again, record, size);
}

/* Of an execution may be known no more than that a number has passed. */
static void test_number_alone(void **unused)
{
    uint8_t record[sizeof by_hand], again[FLEET_RECORD];

    (void)unused;
    fleet_begin(&f, 0);
    f.now = 20000;
    memcpy(record, by_hand, sizeof by_hand);
    record[36] = 0; /* not wanted */
    record[39] = 1; /* newer */
    seal(record, sizeof record);
    assert_int_equal(execwire_gateway_load(&f.gateway, record, sizeof record, 0, f.now, NULL, NULL),
                     EXECWIRE_OK);
    assert_int_equal(fleet_save(&f, 0, again), sizeof record);
    assert_memory_equal(again, record, sizeof record);
}

/* Every member has a value of its own, and all of them come back. */
static void test_all_members(void **unused)
{
    uint8_t record[] = {
        'E',  'W',  'G',  'N',  1,    /* */
        0x3F,                         /* all flags */
        2,    'n',  '1',              /* key */
        2,    'a',  't',              /* source */
        0xFF, 0xFF, 0xFF, 0xFF, 0x0F, /* session */
        7,    9,    0xAC, 0x02,       /* salt, epoch -5, check of the hello */
        0x90, 0x4E, 0x88, 0x27,       /* 10 s and 5 s */
        3,    2,    'w',  'o',        /* words */
        2,    0x0F, 6,    0xAC, 0x02, /* ref, all flags but one, number, generation */
        8,    0x90, 0x4E,             /* newer, age */
        3,    0x0A, 1,    'j',        /* message */
        0,    0,    0,    0};
    uint8_t again[FLEET_RECORD];
    size_t size;

    (void)unused;
    fleet_begin(&f, 0);
    f.now = 20000;
    seal(record, sizeof record);
    assert_int_equal(execwire_gateway_load(&f.gateway, record, sizeof record, 0, f.now, NULL, NULL),
                     EXECWIRE_OK);
    size = fleet_save(&f, 0, again);
    assert_int_equal(size, sizeof record);
    assert_memory_equal(again, record, size);
}

/* Each flag alone and with each other is a bit of its byte. */
static void test_flags_of_a_node(void **unused)
{
    (void)unused;
    for (unsigned flags = 0; flags < 64; flags++) {
        uint8_t bytes[64];
        execwire_record record = {.key = EXECWIRE_STR("n"), .known = (flags & 1) != 0}, again;
        execwire_buffer_sink out = execwire_sink_buffer(bytes, sizeof bytes);

        record.peer.node_size = (flags & 2) != 0;
        record.peer.has_hello = (flags & 4) != 0;
        record.peer.has_epoch = (flags & 8) != 0;
        record.peer.want_hello = (flags & 16) != 0;
        record.peer.owes_hello = (flags & 32) != 0;
        execwire_record_put(&out.sink, &record);
        assert_int_equal(bytes[5], flags);
        out.sink.size += 4;
        seal(bytes, out.sink.size);
        assert_int_equal(execwire_record_read(bytes, out.sink.size, &again, NULL), EXECWIRE_OK);
        assert_int_equal(again.known, record.known);
        assert_int_equal(again.peer.node_size, record.peer.node_size);
        assert_int_equal(again.peer.node[0], record.peer.node_size > 0 ? 'n' : 0);
        assert_int_equal(again.peer.has_hello, record.peer.has_hello);
        assert_int_equal(again.peer.has_met, record.peer.has_hello);
        assert_int_equal(again.peer.has_session, record.peer.has_hello);
        assert_int_equal(again.peer.has_epoch, record.peer.has_epoch);
        assert_int_equal(again.peer.want_hello, record.peer.want_hello);
        assert_int_equal(again.peer.owes_hello, record.peer.owes_hello);
    }
}

/* What is not known is at most wanted, and of an earlier session nothing is acknowledged. */
static bool is_consistent(unsigned flags)
{
    return (flags & 1) != 0 ? (flags & 0x12) != 0x12 : (flags & 0x16) == 0;
}

static void test_flags_of_an_execution(void **unused)
{
    (void)unused;
    for (unsigned flags = 0; flags < 32; flags++) {
        uint8_t bytes[64];
        const execwire_record record = {.key = EXECWIRE_STR("n")};
        const execwire_record_execution execution = {.ref = 2,
                                                     .known = (flags & 1) != 0,
                                                     .earlier = (flags & 2) != 0,
                                                     .suspect = (flags & 4) != 0,
                                                     .want = (flags & 8) != 0,
                                                     .owed = (flags & 16) != 0};
        execwire_record_execution again;
        execwire_record read;
        execwire_buffer_sink out = execwire_sink_buffer(bytes, sizeof bytes);
        size_t before;

        execwire_record_put(&out.sink, &record);
        before = out.sink.size;
        execwire_record_put_execution(&out.sink, &execution);
        assert_int_equal(bytes[before + 1], flags);
        out.sink.size += 4;
        seal(bytes, out.sink.size);
        assert_int_equal(execwire_record_read(bytes, out.sink.size, &read, NULL),
                         is_consistent(flags) ? EXECWIRE_OK : EXECWIRE_ERROR_RECORD);
        if (!is_consistent(flags))
            continue;
        assert_true(execwire_record_next(&read, &again));
        assert_int_equal(again.known, execution.known);
        assert_int_equal(again.earlier, execution.earlier);
        assert_int_equal(again.suspect, execution.suspect);
        assert_int_equal(again.want, execution.want);
        assert_int_equal(again.owed, execution.owed);
        assert_false(execwire_record_next(&read, &again));
    }
}

/* A record of no executions with this key and so many words, all of them empty. Returns its size.
 */
static size_t make_record(uint8_t *record, unsigned key_size, unsigned words)
{
    uint8_t *at = record;

    memcpy(at, "EWGN\1\4", 6);
    at += 6;
    *at++ = (uint8_t)key_size;
    memset(at, 'k', key_size);
    at += key_size;
    memset(at, 0, 7); /* the source, and six numbers */
    at += 7;
    *at++ = (uint8_t)words;
    memset(at, 0, words);
    at += words + 4;
    seal(record, (size_t)(at - record));
    return (size_t)(at - record);
}

static void test_limits(void **unused)
{
    uint8_t record[200];
    size_t size = make_record(record, EXECWIRE_LINK_NODE_SIZE, EXECWIRE_LINK_MAX_WORDS);

    (void)unused;
    fleet_begin(&f, 0);
    assert_int_equal(execwire_gateway_load(&f.gateway, record, size, 0, f.now, NULL, NULL),
                     EXECWIRE_OK);
    assert_refused(record, make_record(record, EXECWIRE_LINK_NODE_SIZE + 1, 1));
    assert_refused(record, make_record(record, 0, 1));
    assert_refused(record, make_record(record, 1, EXECWIRE_LINK_MAX_WORDS + 1));
}

/* A source of one byte is one; a session of 33 bits is none. */
static void test_session_and_source(void **unused)
{
    uint8_t record[] = {'E',  'W',  'G',  'N',  1,    0, /* */
                        1,    'k',  1,    's',           /* key, source */
                        0xFF, 0xFF, 0xFF, 0xFF, 0x0F,    /* session */
                        0,    0,    0,    0,    0,    0, /* salt, epoch, check, ages, words */
                        0,    0,    0,    0};

    (void)unused;
    fleet_begin(&f, 0);
    seal(record, sizeof record);
    assert_int_equal(execwire_gateway_load(&f.gateway, record, sizeof record, 0, f.now, NULL, NULL),
                     EXECWIRE_OK);
    assert_int_equal(f.gateway.stats.sources, 1);
    assert_int_equal(f.nodes[0].peer.session, UINT32_MAX);
    record[14] = 0x1F;
    seal(record, sizeof record);
    assert_refused(record, sizeof record);
}

/* What is damaged on purpose. */
static const struct {
    size_t at;
    uint8_t value;
} nonsense[] = {
    {0, 'F'},   /* something else */
    {4, 2},     /* another version */
    {5, 0x40},  /* a flag that there is not */
    {5, 0x47},  /* */
    {6, 0},     /* no key */
    {6, 65},    /* a key that is too long */
    {9, 61},    /* a source that is too long */
    {20, 4},    /* words that reach too far */
    {21, 1},    /* and those that do not come out even */
    {21, 3},    /* */
    {24, 128},  /* a ref that there is not */
    {35, 1},    /* refs that do not ascend */
    {36, 0x20}, /* a flag that there is not */
    {25, 0x20}, /* a flag that there is not */
    {25, 0x31}, /* */
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
    fleet_begin(&f, 0);
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

/* ---- Room for a record ---- */

/* Every capacity: what is too small is refused with the size that is needed, and nothing is written
 * behind it. */
static void test_capacities(void **unused)
{
    execwire_error error;
    uint8_t out[512];
    size_t needed, size;

    (void)unused;
    fleet_begin(&f, 1);
    fleet_update(&f, 0, 0, 1, "said again and again");
    fleet_update(&f, 0, 1, 1, NULL);
    saved_size = fleet_save(&f, fleet_find(&f, "node-0"), saved);
    assert_int_equal(execwire_gateway_save(&f.gateway, 0, f.now, NULL, 0, &needed, NULL),
                     EXECWIRE_OK);
    assert_int_equal(needed, saved_size);
    for (size_t capacity = 0; capacity < needed; capacity++) {
        memset(out, 0xAA, sizeof out);
        assert_int_equal(execwire_gateway_save(&f.gateway, 0, f.now, out, capacity, &size, &error),
                         EXECWIRE_ERROR_NO_SPACE);
        assert_int_equal(error.code, EXECWIRE_ERROR_NO_SPACE);
        assert_int_equal(error.offset, 0);
        assert_int_equal(size, needed);
        for (size_t i = capacity; i < sizeof out; i++)
            assert_int_equal(out[i], 0xAA);
    }
    assert_int_equal(execwire_gateway_save(&f.gateway, 0, f.now, out, needed, &size, NULL),
                     EXECWIRE_OK);
    assert_memory_equal(out, saved, needed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number_alone),    cmocka_unit_test(test_session_and_source),
        cmocka_unit_test(test_damaged),         cmocka_unit_test(test_format),
        cmocka_unit_test(test_all_members),     cmocka_unit_test(test_limits),
        cmocka_unit_test(test_nonsense),        cmocka_unit_test(test_capacities),
        cmocka_unit_test(test_flags_of_a_node), cmocka_unit_test(test_flags_of_an_execution),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What becomes of each kind of frame at the gateway: whose it is, what is said of it, and what is
 * counted.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/fleet.h"
#include "support/frames.h"
#include "support/link.h"

#include "link/frame/control.h"
#include "link/frame/update.h"

#include <stdio.h>
#include <string.h>

static fleet f;
static char output[FLEET_OUTPUT + 1];

typedef struct recorded {
    uint8_t bytes[222];
    size_t size;
} recorded;

/* What a node says of an execution's version, which gets lost. */
static recorded lost_update(unsigned node, unsigned execution, int64_t version)
{
    recorded r;

    f.node[node].mute = true;
    fleet_update(&f, node, execution, version, NULL);
    f.node[node].mute = false;
    memcpy(r.bytes, f.frame, r.size = f.frame_size);
    return r;
}

/* What it says when its timers are due: a hello, or a digest. Its clock is in the future then. */
static recorded lost_timer(unsigned node, uint64_t after)
{
    recorded r;

    f.node[node].mute = true;
    f.frame_size = 0;
    (void)execwire_link_sender_poll(&f.node[node].sender, f.now + after);
    f.node[node].mute = false;
    assert_true(f.frame_size > 0);
    memcpy(r.bytes, f.frame, r.size = f.frame_size);
    return r;
}

static execwire_link_outcome hear_from(const char *address, const recorded *r)
{
    assert_int_equal(fleet_hear(&f, address, r->bytes, r->size), EXECWIRE_OK);
    return f.last.link.outcome;
}

static uint32_t counted(execwire_link_outcome outcome)
{
    return f.gateway.stats.link.outcomes[outcome];
}

/* The hello or the digest of a node that said one thing. */
static recorded record(bool digest)
{
    fleet_begin(&f, 1);
    fleet_update(&f, 0, 0, 1, NULL);
    if (digest)
        fleet_run(&f, 3000);
    return lost_timer(0, digest ? 660000 : 3600000);
}

/* ---- What is counted ---- */

static void test_feedback(void **unused)
{
    recorded acks, wants;
    execwire_str to;
    uint64_t bytes;

    (void)unused;
    fleet_begin(&f, 2);
    fleet_update(&f, 0, 0, 1, NULL);
    f.now += 10000;
    (void)execwire_gateway_poll(&f.gateway, f.now, acks.bytes, sizeof acks.bytes, &acks.size, &to);
    wants = lost_update(1, 0, 1);
    assert_int_equal(hear_from("nowhere", &wants), EXECWIRE_LINK_NO_SESSION);
    (void)execwire_gateway_poll(&f.gateway, f.now, wants.bytes, sizeof wants.bytes, &wants.size,
                                &to);
    bytes = f.gateway.stats.link.bytes;
    assert_int_equal(hear_from("10.0.0.0", &acks), EXECWIRE_LINK_FEEDBACK);
    assert_int_equal(hear_from("10.0.0.0", &wants), EXECWIRE_LINK_FEEDBACK);
    assert_int_equal(counted(EXECWIRE_LINK_FEEDBACK), 2);
    assert_int_equal(f.gateway.stats.link.bytes, bytes + acks.size + wants.size);
    assert_int_equal(f.last.node, EXECWIRE_GATEWAY_NO_NODE);
}

/* Each byte and each frame once, whoever was asked whose it is. */
static void test_counts(void **unused)
{
    uint64_t said;

    (void)unused;
    fleet_init(&f);
    fleet_open(&f);
    for (unsigned i = 0; i < 3; i++) {
        char name[16];

        snprintf(name, sizeof name, "node-%u", i);
        fleet_start(&f, i, name, "all", 0);
        fleet_update(&f, i, 0, 1, NULL);
    }
    for (int64_t version = 2; version < 12; version++)
        for (unsigned i = 0; i < 3; i++)
            fleet_update(&f, i, 0, version, NULL);
    said = f.node[0].said + f.node[1].said + f.node[2].said;
    assert_int_equal(f.gateway.stats.link.bytes, said);
    assert_int_equal(counted(EXECWIRE_LINK_STATE), 3 * 11);
    assert_int_equal(counted(EXECWIRE_LINK_HELLO), 3);
    assert_int_equal(f.gateway.stats.met, 3);
    assert_int_equal(f.gateway.stats.moved, 0);
    assert_int_equal(f.gateway.stats.store_used, f.gateway.arena.live);
    assert_true(f.gateway.stats.store_used > 0);
    (void)fleet_hear(&f, "all", "\x07", 1);
    assert_int_equal(f.gateway.stats.link.malformed, 1);
    assert_int_equal(f.gateway.stats.link.bytes, said + 1);
    for (unsigned i = 0; i < EXECWIRE_LINK_OUTCOME_COUNT; i++)
        if (i != EXECWIRE_LINK_STATE && i != EXECWIRE_LINK_HELLO)
            assert_int_equal(counted(i), 0);
}

/* promise: gateway-receive */
/* A frame with a wrong check is an error, whether one node can have said it or two; of the node
 * nothing has changed. */
static void test_wrong_check(void **unused)
{
    (void)unused;
    for (unsigned nodes = 1; nodes < 3; nodes++) {
        const execwire_gateway_event nothing = {.node = EXECWIRE_GATEWAY_NO_NODE};
        recorded digest;

        fleet_init(&f);
        fleet_open(&f);
        fleet_start(&f, 0, "node-0", "all", 0);
        fleet_update(&f, 0, 0, 1, NULL);
        if (nodes > 1) {
            fleet_start(&f, 1, "node-1", "all", 0);
            fleet_update(&f, 1, 0, 1, NULL);
        }
        fleet_run(&f, 3000);
        digest = lost_timer(0, 660000);
        digest.bytes[2] ^= 1;
        assert_int_equal(fleet_hear(&f, "all", digest.bytes, digest.size),
                         EXECWIRE_ERROR_LINK_FRAME);
        assert_memory_equal(&f.last, &nothing, sizeof nothing);
        assert_int_equal(f.gateway.stats.link.malformed, 1);
        digest.bytes[2] ^= 1;
        assert_int_equal(hear_from("all", &digest), EXECWIRE_LINK_DIGEST);
        assert_int_equal(f.last.node, 0);
    }
}

/* ---- Hellos ---- */

/* A hello is made by hand, in a world's frame. */
static recorded make_hello(size_t name_size, unsigned profile)
{
    static const char name[100] = "a name of many characters, more than there is room for in the "
                                  "struct of a node, and some more";
    recorded r;
    size_t check_at;

    begin();
    check_at = execwire_control_put_check(&w.out.sink);
    execwire_sink_bytes_field(&w.out.sink, EXECWIRE_FRAME_NODE, name, name_size);
    if (profile > 0)
        put_number(EXECWIRE_FRAME_PROFILE, profile);
    put_number(EXECWIRE_FRAME_SESSION, 5);
    (void)execwire_control_finish(w.frame, w.out.sink.size, check_at, (execwire_str){NULL, 0}, 0);
    memcpy(r.bytes, w.frame, r.size = w.out.sink.size);
    return r;
}

static void test_other_hellos(void **unused)
{
    recorded r;

    (void)unused;
    fleet_begin(&f, 0);
    r = make_hello(10, 1);
    assert_int_equal(hear_from("here", &r), EXECWIRE_LINK_PROFILE);
    assert_int_equal(counted(EXECWIRE_LINK_PROFILE), 1);
    r = make_hello(EXECWIRE_LINK_NODE_SIZE + 1, 0);
    assert_int_equal(hear_from("here", &r), EXECWIRE_LINK_OTHER_NODE);
    assert_int_equal(counted(EXECWIRE_LINK_OTHER_NODE), 1);
    assert_int_equal(f.gateway.stats.nodes, 0);
    assert_int_equal(f.last.node, EXECWIRE_GATEWAY_NO_NODE);
    r = make_hello(EXECWIRE_LINK_NODE_SIZE, 0);
    assert_int_equal(hear_from("here", &r), EXECWIRE_LINK_HELLO);
    assert_int_equal(f.gateway.stats.met, 1);
    assert_int_equal(f.last.node, 0);
}

/* It is the node's, and counts. */
static void test_old_hello(void **unused)
{
    recorded hello;

    (void)unused;
    fleet_begin(&f, 1);
    (void)lost_update(0, 0, 1);
    hello = lost_timer(0, 3600000);
    fleet_start(&f, 0, "node-0", "10.0.0.0", 7);
    fleet_update(&f, 0, 0, 1, NULL);
    assert_int_equal(hear_from("10.0.0.0", &hello), EXECWIRE_LINK_OLD_SESSION);
    assert_int_equal(f.last.node, 0);
    assert_int_equal(counted(EXECWIRE_LINK_OLD_SESSION), 1);
}

/* The key of a node without a name is a byte that no name has, and its source: it stands in its
 * record behind five bytes of magic and one of flags. */
static void test_key_without_name(void **unused)
{
    static uint8_t record[FLEET_RECORD];
    const uint8_t key[] = "\x09\xFF"
                          "10.0.0.1";

    (void)unused;
    fleet_begin(&f, 0);
    memset(output, 'x', sizeof output);
    fleet_start(&f, 0, "", "10.0.0.1", 0);
    fleet_update(&f, 0, 0, 1, NULL);
    (void)fleet_save(&f, 0, record);
    assert_memory_equal(record + 6, key, sizeof key - 1);
}

/* ---- Repeats ---- */

/* Of two nodes behind one address it is the one's that has said it, though the other one has the
 * same number of the same execution and was heard last. */
static void test_repeats(void **unused)
{
    recorded first, next;

    (void)unused;
    fleet_init(&f);
    fleet_open(&f);
    for (unsigned i = 0; i < 2; i++) {
        char name[16];

        snprintf(name, sizeof name, "node-%u", i);
        fleet_start(&f, i, name, "all", 0);
        fleet_update(&f, i, 0, 1, NULL);
        if (i == 0)
            memcpy(first.bytes, f.frame, first.size = f.frame_size);
    }
    assert_int_equal(hear_from("all", &first), EXECWIRE_LINK_REPEATED);
    assert_int_equal(f.last.node, 0);
    fleet_update(&f, 0, 0, 2, NULL);
    memcpy(next.bytes, f.frame, next.size = f.frame_size);
    fleet_update(&f, 1, 0, 2, NULL);
    assert_int_equal(f.last.node, 1);
    assert_int_equal(hear_from("all", &next), EXECWIRE_LINK_REPEATED);
    assert_int_equal(f.last.node, 0);
    assert_int_equal(counted(EXECWIRE_LINK_STATE), 4);
    assert_int_equal(counted(EXECWIRE_LINK_REPEATED), 2);
    assert_int_equal(counted(EXECWIRE_LINK_MISMATCH), 0);
}

/* What a node has said before its newest state can be anybody's recording: where it comes from
 * elsewhere, a node that is known there is asked for its hello all the same. */
static void test_old_repeats(void **unused)
{
    recorded hello = record(false), said[3];

    (void)unused;
    for (unsigned i = 0; i < 3; i++) {
        fleet_begin(&f, 1);
        for (int64_t version = 1; version <= 3; version++) {
            fleet_update(&f, 0, 0, version, NULL);
            memcpy(said[version - 1].bytes, f.frame, said[version - 1].size = f.frame_size);
            fleet_run(&f, 3000);
        }
        assert_int_equal(hear_from("elsewhere", &hello), EXECWIRE_LINK_HELLO);
        assert_int_equal(hear_from("10.0.0.0", &said[i]), EXECWIRE_LINK_REPEATED);
        assert_int_equal(f.gateway.asking_count, 0);
        assert_int_equal(hear_from("elsewhere", &said[i]), EXECWIRE_LINK_REPEATED);
        assert_int_equal(f.last.node, 0);
        assert_int_equal(f.gateway.asking_count, i < 2);
    }
}

/* A source that is understood again is asked at once when it is not. */
static void test_understood(void **unused)
{
    recorded hello = record(false), update;

    (void)unused;
    fleet_begin(&f, 1);
    update = lost_update(0, 0, 1);
    assert_int_equal(hear_from("here", &update), EXECWIRE_LINK_NO_SESSION);
    assert_int_equal(f.sources[0].asks, 1);
    assert_int_equal(hear_from("here", &hello), EXECWIRE_LINK_HELLO);
    assert_int_equal(f.sources[0].asks, 0);
}

/* ---- Where a node is ---- */

/* Both are believed from elsewhere when the node has been silent for more than half a minute. */
static void test_moves(void **unused)
{
    const recorded hello = record(false), digest = record(true);

    (void)unused;
    for (unsigned kind = 0; kind < 2; kind++)
        for (uint64_t silent = 29999; silent < 30003; silent++) {
            fleet_begin(&f, 1);
            fleet_update(&f, 0, 0, 1, NULL);
            if (kind == 1) /* so that the node is known there */
                assert_int_equal(hear_from("elsewhere", &hello), EXECWIRE_LINK_HELLO);
            f.now += silent;
            assert_int_equal(hear_from("elsewhere", kind == 0 ? &hello : &digest),
                             kind == 0 ? EXECWIRE_LINK_HELLO : EXECWIRE_LINK_DIGEST);
            assert_int_equal(f.last.moved, silent > 30000);
            assert_int_equal(f.gateway.stats.moved, silent > 30000);
        }
}

/* Whatever a digest tells of is wanted, up to the highest ref, and nobody is asked for a hello. */
static void test_all_of_a_digest(void **unused)
{
    recorded hello = {.size = 0}, digest;

    (void)unused;
    for (unsigned i = 0; i < 2; i++) {
        fleet_begin(&f, 1);
        for (unsigned j = 0; j < FLEET_REFS; j++)
            fleet_update(&f, 0, j, 1, NULL);
        if (i == 0)
            hello = lost_timer(0, 3600000);
    }
    fleet_run(&f, 3000);
    digest = lost_timer(0, 660000);
    fleet_open(&f);
    memset(f.node[0].got, 0, sizeof f.node[0].got);
    assert_int_equal(hear_from("10.0.0.0", &hello), EXECWIRE_LINK_HELLO);
    assert_int_equal(hear_from("10.0.0.0", &digest), EXECWIRE_LINK_DIGEST);
    fleet_run(&f, 10000);
    for (unsigned i = 0; i < FLEET_REFS; i++)
        assert_int_equal(f.node[0].got[i], 1);
    assert_int_equal(f.gateway.stats.asked, 0);
}

/* Of a digest that nobody understands, as many as an ask has room for are asked for beside the
 * hello. */
static void test_large_digest(void **unused)
{
    char live[200];
    execwire_buffer_sink entries = execwire_sink_buffer(live, sizeof live);
    size_t check_at;

    (void)unused;
    fleet_begin(&f, 0);
    for (unsigned ref = 0; ref < 40; ref++)
        execwire_sink_varint(&entries.sink, execwire_live_of(ref, 1, 1));
    begin();
    check_at = execwire_control_put_check(&w.out.sink);
    execwire_sink_bytes_field(&w.out.sink, EXECWIRE_FRAME_LIVE, live, entries.sink.size);
    put_number(EXECWIRE_FRAME_SESSION, 5);
    (void)execwire_control_finish(w.frame, w.out.sink.size, check_at, (execwire_str){NULL, 0}, 0);
    assert_int_equal(fleet_hear(&f, "here", w.frame, w.out.sink.size), EXECWIRE_OK);
    assert_int_equal(f.last.link.outcome, EXECWIRE_LINK_NO_SESSION);
    assert_int_equal(f.gateway.asking[0].ref_count, sizeof f.gateway.asking[0].refs);
    for (unsigned i = 0; i < sizeof f.gateway.asking[0].refs; i++)
        assert_int_equal(f.gateway.asking[0].refs[i], i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_feedback),        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_wrong_check),     cmocka_unit_test(test_other_hellos),
        cmocka_unit_test(test_old_hello),       cmocka_unit_test(test_key_without_name),
        cmocka_unit_test(test_repeats),         cmocka_unit_test(test_old_repeats),
        cmocka_unit_test(test_understood),      cmocka_unit_test(test_moves),
        cmocka_unit_test(test_all_of_a_digest), cmocka_unit_test(test_large_digest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

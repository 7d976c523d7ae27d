/* What anybody can do to a gateway who can send it frames: take his own share, and no more; and
 * what he can make it send, and to whom.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/fleet.h"
#include "support/link.h"

#include "gateway/sources.h"

#include <stdio.h>
#include <string.h>

#define GOOD  40
#define FLOOD 20000

static fleet f;
static char output[FLEET_OUTPUT + 1];

static void open_with(unsigned nodes)
{
    fleet_init(&f);
    fleet_open(&f);
    for (unsigned i = 0; i < nodes; i++) {
        char name[16], address[24];

        snprintf(name, sizeof name, "node-%u", i);
        snprintf(address, sizeof address, "10.0.0.%u", i);
        fleet_start(&f, i, name, address, 0);
        fleet_update(&f, i, 0, 1, NULL);
    }
    fleet_run(&f, 3000);
    f.states = 0;
}

/* Has a forger say something under any name, which ends up in f.frame and nowhere else. */
static void forge(unsigned name, bool hello)
{
    fleet_node *forger = &f.node[FLEET_NODES - 1];
    char text[16];

    snprintf(text, sizeof text, "forged-%u", name);
    fleet_start(&f, FLEET_NODES - 1, text, "nowhere", 0);
    forger->mute = true;
    fleet_update(&f, FLEET_NODES - 1, 0, 1, NULL);
    if (hello)
        (void)execwire_link_sender_poll(&forger->sender, f.now + 3600000);
    forger->started = false;
}

/* Asserts that good nodes notice nothing: all are known, and what they say comes out. */
static void assert_unharmed(int64_t version)
{
    for (unsigned i = 0; i < GOOD; i++) {
        fleet_update(&f, i, 0, version, NULL);
        assert_int_equal(f.last.link.outcome, EXECWIRE_LINK_STATE);
        assert_int_equal(f.node[i].got[0], version);
    }
    assert_int_equal(f.wrong, 0);
}

/* ---- Floods ---- */

static void test_garbage(void **unused)
{
    uint32_t random = 1;

    (void)unused;
    open_with(GOOD);
    for (unsigned i = 0; i < FLOOD; i++) {
        uint8_t bytes[40];
        char address[16];

        for (unsigned j = 0; j < sizeof bytes; j++)
            bytes[j] = (uint8_t)((random = random * 1664525 + 1013904223) >> 24);
        snprintf(address, sizeof address, "garbage-%u", i);
        (void)fleet_hear(&f, address, bytes, 1 + i % sizeof bytes);
    }
    assert_int_equal(f.states, 0);
    assert_int_equal(f.gateway.stats.nodes, GOOD);
    assert_int_equal(f.gateway.stats.forgotten, 0);
    assert_int_equal(f.gateway.stats.sources, f.options.source_count);
    assert_unharmed(2);
    assert_int_equal(f.moved, 0);
}

/* promise: a-quarter-for-strangers */
/* Frames of nodes that there are not, from as many addresses. */
static void test_forged_nodes(void **unused)
{
    (void)unused;
    open_with(GOOD);
    for (unsigned i = 0; i < FLOOD; i++) {
        char address[16];

        forge(i, true);
        snprintf(address, sizeof address, "forger-%u", i);
        assert_int_equal(fleet_hear(&f, address, f.frame, f.frame_size), EXECWIRE_OK);
        if (i % 100 == 0)
            fleet_run(&f, 100);
    }
    assert_true(f.met > GOOD);
    assert_int_equal(f.gateway.stats.nodes, f.options.node_count);
    for (unsigned i = 0; i < GOOD; i++)
        assert_int_not_equal(fleet_find(&f, f.node[i].name), EXECWIRE_GATEWAY_NO_NODE);
    assert_unharmed(2);
    assert_int_equal(f.moved, 0);
}

/* A recorded hello from elsewhere takes no answers away from the node. */
static void test_recorded_hello(void **unused)
{
    uint8_t hello[222];
    size_t size;

    (void)unused;
    open_with(1);
    fleet_start(&f, 0, "node-0", f.node[0].address, 0);
    f.node[0].mute = true;
    fleet_update(&f, 0, 0, 1, NULL);
    (void)execwire_link_sender_poll(&f.node[0].sender, f.now + 3600000);
    memcpy(hello, f.frame, size = f.frame_size);
    open_with(1);
    assert_int_equal(fleet_hear(&f, "stranger", hello, size), EXECWIRE_OK);
    assert_int_equal(f.last.link.outcome, EXECWIRE_LINK_HELLO);
    assert_false(f.last.moved);
    f.now += 31000; /* when its own address is silent it does */
    assert_int_equal(fleet_hear(&f, "stranger", hello, size), EXECWIRE_OK);
    assert_true(f.last.moved);
    fleet_update(&f, 0, 0, 2, NULL);
    assert_true(f.last.moved);
    assert_int_equal(f.node[0].got[0], 2);
}

/* ---- Rations ---- */

/* promise: texts-by-source */
/* Texts that come to nothing: each known source has eight a second, all strangers together eight;
 * what the node says meanwhile is looked into. */
static void test_texts_that_come_to_nothing(void **unused)
{
    uint8_t hello[222], forged[222];
    size_t hello_size, size;
    unsigned tried = 0;

    (void)unused;
    memset(output, 'a', 100);
    output[100] = '\0';
    forge(0, true);
    open_with(1);
    fleet_start(&f, 1, "node-0", "10.0.0.0", 1);
    f.node[1].mute = true;
    fleet_update(&f, 1, 0, 1, output);
    memcpy(forged, f.frame, size = f.frame_size);
    forged[size - 1] ^= 1; /* of the check, or of the text: the check is wrong either way */
    (void)execwire_link_sender_poll(&f.node[1].sender, f.now + 3600000);
    memcpy(hello, f.frame, hello_size = f.frame_size);
    f.node[1].started = false;
    open_with(1);
    for (unsigned i = 0; i < 1000; i++) {
        char address[16];

        snprintf(address, sizeof address, "bad-%u", i);
        assert_int_equal(fleet_hear(&f, address, hello, hello_size), EXECWIRE_OK);
        (void)fleet_hear(&f, address, forged, size);
        tried += f.last.link.outcome == EXECWIRE_LINK_MISMATCH;
    }
    assert_int_equal(tried, 8);
    assert_int_equal(f.gateway.stats.link.outcomes[EXECWIRE_LINK_BUSY], 1000 - 8);
}

/* The same from strangers, while a node that is known sends such texts: they are looked into. */
static void test_known_nodes_are_not_busy(void **unused)
{
    uint8_t forged[222];
    size_t size;

    (void)unused;
    open_with(2);
    memset(output, 'a', 100);
    output[100] = '\0';
    f.node[0].mute = true;
    fleet_update(&f, 0, 0, 2, output);
    f.node[0].mute = false;
    memcpy(forged, f.frame, size = f.frame_size);
    for (unsigned i = 0; i < size; i++) /* one of its bits is one of the check's */
        for (unsigned j = 0; j < 8; j++) {
            forged[i] ^= (uint8_t)(1u << j);
            (void)fleet_hear(&f, "10.0.0.0", forged, size);
            forged[i] ^= (uint8_t)(1u << j);
        }
    assert_true(f.gateway.stats.link.outcomes[EXECWIRE_LINK_BUSY] > 0);
    fleet_update(&f, 1, 0, 2, output);
    assert_int_equal(f.last.link.outcome, EXECWIRE_LINK_STATE);
    assert_int_equal(f.node[1].got[0], 2);
    assert_int_equal(f.wrong, 0);
}

/* ---- What is sent to whom ---- */

/* promise: three-times */
static void test_bytes_to_who_may_not_have_asked(void **unused)
{
    uint64_t said = 0, heard = 0;
    unsigned kinds = 0;

    (void)unused;
    open_with(4);
    fill(output, FLEET_OUTPUT);
    for (unsigned i = 0; i < 5000; i++) {
        uint8_t out[222];
        execwire_str to;
        size_t size;

        if (i % 7 == 0)
            forge(i % 50, i % 2 == 0);
        else if (i % 7 == 1) {
            f.node[i % 4].mute = true;
            fleet_update(&f, i % 4, 0, 2 + i, i % 21 == 1 ? output : NULL);
        } else
            (void)execwire_link_sender_poll(&f.node[i % 4].sender, f.now);
        (void)fleet_hear(&f, "victim", f.frame, f.frame_size);
        said += f.frame_size;
        f.now += 137;
        do {
            (void)execwire_gateway_poll(&f.gateway, f.now, out, sizeof out, &size, &to);
            if (to.size == 6 && memcmp(to.data, "victim", 6) == 0) {
                heard += size;
                kinds++;
                assert_true(heard <= 3 * said);
            }
        } while (size > 0);
    }
    assert_true(kinds > 10); /* it was sent something at all */
}

/* To the byte, and what came long ago is no reason to send much now. */
static void test_three_times(void **unused)
{
    uint32_t source;

    (void)unused;
    open_with(0);
    source = execwire_source_hear(&f.gateway, EXECWIRE_STR("here"), 10);
    assert_false(execwire_source_spend(&f.gateway, source, 31));
    assert_true(execwire_source_spend(&f.gateway, source, 29));
    assert_false(execwire_source_spend(&f.gateway, source, 2));
    assert_true(execwire_source_spend(&f.gateway, source, 1));
    assert_int_equal(f.gateway.stats.withheld, 2);
    assert_int_equal(f.gateway.stats.sent, 30);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(execwire_source_hear(&f.gateway, EXECWIRE_STR("here"), SIZE_MAX), source);
    assert_int_equal(execwire_source_credit(&f.gateway, source), 65536);
}

/* One frame alone, as small as can be, cannot make it send more than three times that. */
static void test_one_small_frame(void **unused)
{
    uint8_t out[222];
    execwire_str to;
    size_t size;
    static const uint8_t hello_words[] = {0x7D, 0, 0, 0, 0, 0xD8, 0x01, 0x01, 0xAA, 0x01, 0x00};

    (void)unused;
    open_with(0);
    for (size_t cut = 1; cut <= sizeof hello_words; cut++) {
        char address[16];

        snprintf(address, sizeof address, "one-%zu", cut);
        (void)fleet_hear(&f, address, hello_words, cut);
        do {
            (void)execwire_gateway_poll(&f.gateway, f.now, out, sizeof out, &size, &to);
            assert_true(size <= 3 * cut);
        } while (size > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_forged_nodes),
        cmocka_unit_test(test_recorded_hello),
        cmocka_unit_test(test_texts_that_come_to_nothing),
        cmocka_unit_test(test_known_nodes_are_not_busy),
        cmocka_unit_test(test_bytes_to_who_may_not_have_asked),
        cmocka_unit_test(test_three_times),
        cmocka_unit_test(test_one_small_frame),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Sealed frames: what both ends do for each other, and what sizes they take.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/toy_crypto.h"

#include <string.h>

#define MOST 256

static toy crypto;
static execwire_seal_options options;
static execwire_seal_key key;
static execwire_seal_node node;
static execwire_seal_peer peer;
static uint32_t stored;
static bool store_fails;

static bool reserve(void *context, uint32_t session)
{
    (void)context;
    if (!store_fails)
        stored = session;
    return !store_fails;
}

static void start_node(void)
{
    assert_int_equal(execwire_seal_node_init(&node, &options, &key, stored, reserve, NULL, NULL),
                     EXECWIRE_OK);
}

static void start_peer(void)
{
    assert_int_equal(execwire_seal_peer_init(&peer, &options, &key, 1, NULL, NULL), EXECWIRE_OK);
}

static void start(bool one_way, uint8_t cid_size, uint8_t tag_size)
{
    toy_free(&crypto);
    toy_init(&crypto, 1);
    options = (execwire_seal_options){.crypto = &crypto.crypto,
                                      .name = {"node-7", 6},
                                      .cid = {0xC1, 0xD2},
                                      .cid_size = cid_size,
                                      .tag_size = tag_size,
                                      .one_way = one_way};
    key = (execwire_seal_key){.id = 3, .key = "sixteen bytes.."};
    stored = 0;
    store_fails = false;
    start_node();
    start_peer();
}

typedef struct sealed {
    uint8_t bytes[MOST];
    size_t size;
} sealed;

static sealed from_node(const char *frame)
{
    sealed s;

    assert_int_equal(execwire_seal_node_write(&node, frame, strlen(frame), s.bytes, sizeof s.bytes,
                                              &s.size, NULL),
                     EXECWIRE_OK);
    return s;
}

static sealed from_peer(const char *frame)
{
    sealed s;

    assert_int_equal(execwire_seal_peer_write(&peer, frame, strlen(frame), s.bytes, sizeof s.bytes,
                                              &s.size, NULL),
                     EXECWIRE_OK);
    return s;
}

static sealed challenge(void)
{
    sealed s;

    assert_int_equal(execwire_seal_peer_challenge(&peer, s.bytes, sizeof s.bytes, &s.size, NULL),
                     EXECWIRE_OK);
    return s;
}

static execwire_seal_outcome at_peer(const sealed *s, const char *expected)
{
    execwire_seal_outcome outcome;
    uint8_t out[MOST];
    size_t size;

    assert_int_equal(
        execwire_seal_peer_open(&peer, s->bytes, s->size, out, sizeof out, &size, &outcome, NULL),
        EXECWIRE_OK);
    assert_int_equal(size, outcome == EXECWIRE_SEAL_OPENED ? strlen(expected) : 0);
    if (outcome == EXECWIRE_SEAL_OPENED)
        assert_memory_equal(out, expected, size);
    return outcome;
}

static execwire_seal_outcome at_node(const sealed *s, const char *expected)
{
    execwire_seal_outcome outcome;
    uint8_t out[MOST];
    size_t size;

    assert_int_equal(
        execwire_seal_node_open(&node, s->bytes, s->size, out, sizeof out, &size, &outcome, NULL),
        EXECWIRE_OK);
    assert_int_equal(size, outcome == EXECWIRE_SEAL_OPENED ? strlen(expected) : 0);
    if (outcome == EXECWIRE_SEAL_OPENED)
        assert_memory_equal(out, expected, size);
    return outcome;
}

/* The gateway proves the node, which then has its session. */
static void meet(void)
{
    sealed s = from_node("first");

    assert_int_equal(at_peer(&s, "first"), EXECWIRE_SEAL_UNPROVEN); /* it may be a recording */
    s = challenge();
    assert_int_equal(at_node(&s, ""), EXECWIRE_SEAL_CHALLENGED);
    s = from_node("again");
    assert_int_equal(at_peer(&s, "again"), EXECWIRE_SEAL_OPENED);
    s = from_peer("welcome");
    assert_int_equal(at_node(&s, "welcome"), EXECWIRE_SEAL_OPENED);
}

/* ---- What is meant to work ---- */

static void test_two_way(void **unused)
{
    (void)unused;
    for (uint8_t cid = 0; cid <= 2; cid++)
        for (uint8_t tag = 4; tag <= 8; tag += 4) {
            start(false, cid, tag);
            meet();
            for (unsigned i = 0; i < 1000; i++) {
                sealed s = from_node("up");

                assert_int_equal(s.size, cid + 1 + 2 + tag); /* short: one byte */
                assert_int_equal(at_peer(&s, "up"), EXECWIRE_SEAL_OPENED);
                if (i % 3 == 0) {
                    s = from_peer("down");
                    assert_int_equal(at_node(&s, "down"), EXECWIRE_SEAL_OPENED);
                }
            }
            assert_int_equal(crypto.repeated, 0);
        }
}

static void test_one_way(void **unused)
{
    size_t bytes = 0;

    (void)unused;
    start(true, 0, 8);
    for (unsigned i = 0; i < 320; i++) {
        sealed s = from_node("up");

        bytes += s.size;
        assert_int_equal(at_peer(&s, "up"), EXECWIRE_SEAL_OPENED);
    }
    /* a byte, but each 32nd has session, salt and number: 4 + 8 + 4 more */
    assert_int_equal(bytes, 320 * (2 + 1 + 8) + 10 * 16);
    assert_int_equal(peer.newest.session, 1);
    assert_int_equal(peer.newest.next, 320);
    assert_memory_equal(peer.newest.salt, node.salt, sizeof node.salt);
}

/* Whatever is lost, the next long frame finds the way again. */
static void test_losses(void **unused)
{
    (void)unused;
    for (unsigned lost = 1; lost < 400; lost += 13) {
        unsigned more = 0;
        sealed s;

        start(false, 0, 8);
        meet();
        for (unsigned i = 0; i < lost; i++)
            (void)from_node("lost");
        do {
            s = from_node("found");
            more++;
        } while (at_peer(&s, "found") != EXECWIRE_SEAL_OPENED && more < 20);
        assert_in_range(more, 1, lost < 64 ? 1 : 8);
    }
}

/* The way up is lost for so long that numbers do not fit any more, while the way down works: the
 * gateway asks. */
static void test_one_direction_lost(void **unused)
{
    sealed s;

    (void)unused;
    start(false, 0, 8);
    meet();
    for (unsigned i = 0; i < 100; i++) {
        (void)from_node("lost");
        s = from_peer("heard");
        assert_int_equal(at_node(&s, "heard"), EXECWIRE_SEAL_OPENED);
    }
    s = from_node("short");
    assert_int_equal(at_peer(&s, "short"), EXECWIRE_SEAL_UNPROVEN);
    s = challenge();
    assert_int_equal(at_node(&s, ""), EXECWIRE_SEAL_CHALLENGED);
    s = from_node("found");
    assert_int_equal(at_peer(&s, "found"), EXECWIRE_SEAL_OPENED);
    assert_int_equal(node.session, 2); /* the same one */
}

/* Frames that overtake each other are opened once each, in any order within the window. */
static void test_reordering(void **unused)
{
    sealed frames[64];

    (void)unused;
    start(false, 2, 8);
    meet();
    for (unsigned i = 0; i < 64; i++)
        frames[i] = from_node("one of many");
    for (unsigned i = 64; i-- > 0;)
        assert_int_equal(at_peer(&frames[i], "one of many"), EXECWIRE_SEAL_OPENED);
    for (unsigned i = 0; i < 64; i++)
        assert_int_equal(at_peer(&frames[i], "one of many"), EXECWIRE_SEAL_REPLAYED);
}

/* What is older than the window is not opened, though nobody has seen it. */
static void test_too_late(void **unused)
{
    sealed late;

    (void)unused;
    start(false, 0, 8);
    meet();
    late = from_node("late");
    for (unsigned i = 0; i < 64; i++) {
        sealed s = from_node("in time");

        assert_int_equal(at_peer(&s, "in time"), EXECWIRE_SEAL_OPENED);
    }
    assert_int_not_equal(at_peer(&late, "late"), EXECWIRE_SEAL_OPENED);
}

/* The gateway asks, where it has not heard a session yet, and challenges what it hears of. */
static void prove(const char *frame)
{
    sealed s = from_node(frame);

    while (at_peer(&s, frame) == EXECWIRE_SEAL_UNPROVEN) {
        s = challenge();
        assert_int_equal(at_node(&s, ""), EXECWIRE_SEAL_CHALLENGED);
        s = from_node(frame);
    }
    s = from_peer("welcome");
    assert_int_equal(at_node(&s, "welcome"), EXECWIRE_SEAL_OPENED);
}

/* A gateway that is started anew asks for a long frame, and challenges the session that it has. */
static void test_gateway_restart(void **unused)
{
    (void)unused;
    start(false, 0, 8);
    meet();
    for (unsigned i = 0; i < 100; i++)
        (void)from_node("unheard");
    start_peer();
    prove("here");
    assert_int_equal(peer.outcomes[EXECWIRE_SEAL_UNPROVEN], 2);
    assert_int_equal(crypto.repeated, 0);
}

/* The other key is tried where its id is named; a session stays with its key. */
static void test_key_change(void **unused)
{
    const execwire_seal_key both[] = {{.id = 3, .key = "sixteen bytes.."},
                                      {.id = 4, .key = "sixteen others."}};

    (void)unused;
    start(false, 0, 8);
    assert_int_equal(execwire_seal_peer_init(&peer, &options, both, 2, NULL, NULL), EXECWIRE_OK);
    meet();
    key = both[1];
    start_node();
    prove("with the new key");
    assert_int_equal(peer.active, 1);
    /* a gateway that is new asks with the key that the node has */
    assert_int_equal(execwire_seal_peer_init(&peer, &options, both, 2, NULL, NULL), EXECWIRE_OK);
    start_node();
    prove("again");
}

/* A key seals no more than it may: another session begins. */
static void test_most_frames(void **unused)
{
    sealed s;

    (void)unused;
    start(false, 0, 8);
    meet();
    node.up.next = EXECWIRE_SEAL_MOST_FRAMES - 1;
    node.silent = 0;
    peer.up.next = node.up.next;
    s = from_node("the last");
    assert_int_equal(at_peer(&s, "the last"), EXECWIRE_SEAL_OPENED);
    prove("the first");
    assert_in_range(node.up.next, 1, 2);
    peer.down.next = EXECWIRE_SEAL_MOST_FRAMES;
    assert_int_equal(
        execwire_seal_peer_write(&peer, "x", 1, s.bytes, sizeof s.bytes, &s.size, NULL),
        EXECWIRE_ERROR_SEAL);
}

/* ---- Sizes and refusals ---- */

/* promise: seal-overhead */
/* promise: seal-write */
/* promise: seal-changes-nothing */
/* At every capacity a writer says what it needs, writes nothing beyond, and has changed nothing. */
static void test_capacities(void **unused)
{
    (void)unused;
    for (unsigned frames = 0; frames < 40; frames++) {
        uint8_t out[MOST];
        size_t size, needed;

        start(false, 2, 8);
        meet();
        node.silent = node.up.next;
        for (unsigned i = 0; i < frames; i++) {
            (void)from_node("up");
            (void)from_peer("down");
        }
        assert_int_equal(execwire_seal_node_write(&node, "frame", 5, NULL, 0, &needed, NULL),
                         EXECWIRE_ERROR_NO_SPACE);
        assert_in_range(needed, 5, 5 + EXECWIRE_SEAL_OVERHEAD);
        for (size_t capacity = 0; capacity < needed; capacity++) {
            memset(out, 0xEE, sizeof out);
            assert_int_equal(
                execwire_seal_node_write(&node, "frame", 5, out, capacity, &size, NULL),
                EXECWIRE_ERROR_NO_SPACE);
            assert_int_equal(size, needed);
            assert_int_equal(
                execwire_seal_peer_write(&peer, "f", 1, out, capacity % 10, &size, NULL),
                EXECWIRE_ERROR_NO_SPACE);
            assert_int_equal(execwire_seal_peer_challenge(&peer, out, capacity % 19, &size, NULL),
                             EXECWIRE_ERROR_NO_SPACE);
            assert_int_equal(size, 2 + 1 + 8 + 8);
            for (size_t i = 0; i < sizeof out; i++)
                assert_int_equal(out[i], 0xEE);
        }
        assert_int_equal(execwire_seal_node_write(&node, "frame", 5, out, needed, &size, NULL),
                         EXECWIRE_OK);
        assert_int_equal(size, needed);
        for (size_t i = size; i < sizeof out; i++)
            assert_int_equal(out[i], 0xEE);
    }
}

/* promise: seal-open */
static void test_room_to_open(void **unused)
{
    execwire_seal_outcome outcome;
    uint8_t out[8];
    sealed s;
    size_t size;

    (void)unused;
    start(false, 0, 8);
    meet();
    s = from_node("12345");
    for (size_t capacity = 0; capacity < 5; capacity++) {
        assert_int_equal(
            execwire_seal_peer_open(&peer, s.bytes, s.size, out, capacity, &size, &outcome, NULL),
            EXECWIRE_ERROR_NO_SPACE);
        assert_int_equal(size, 5);
    }
    assert_int_equal(at_peer(&s, "12345"), EXECWIRE_SEAL_OPENED);
    s = from_peer("12345");
    for (size_t capacity = 0; capacity < 5; capacity++)
        assert_int_equal(
            execwire_seal_node_open(&node, s.bytes, s.size, out, capacity, &size, &outcome, NULL),
            EXECWIRE_ERROR_NO_SPACE);
    assert_int_equal(at_node(&s, "12345"), EXECWIRE_SEAL_OPENED);
}

/* Sessions are stored before they are used, some at a time; without that nothing is sealed. */
static void test_sessions(void **unused)
{
    uint8_t out[MOST];
    size_t size;

    (void)unused;
    start(false, 0, 8);
    (void)from_node("first");
    assert_int_equal(stored, 1 + EXECWIRE_SEAL_SESSIONS);
    assert_int_equal(node.session, 1);
    start_node();
    (void)from_node("first");
    assert_int_equal(node.session, 1 + EXECWIRE_SEAL_SESSIONS);
    store_fails = true;
    start_node();
    assert_int_equal(execwire_seal_node_write(&node, "x", 1, out, sizeof out, &size, NULL),
                     EXECWIRE_ERROR_SEAL);
    store_fails = false;
    (void)from_node("now it is stored");
    stored = UINT32_MAX - EXECWIRE_SEAL_SESSIONS + 1;
    start_node();
    assert_int_equal(execwire_seal_node_write(&node, "x", 1, out, sizeof out, &size, NULL),
                     EXECWIRE_ERROR_SEAL);
}

/* When the crypto fails, the call does, and no nonce comes again. */
static void test_crypto_fails(void **unused)
{
    (void)unused;
    for (unsigned call = 1; call < 6; call++) {
        uint8_t out[MOST];
        size_t size;
        sealed s;

        start(false, 0, 8);
        meet();
        node.begun = false;
        crypto.fail_after = call;
        if (execwire_seal_node_write(&node, "x", 1, out, sizeof out, &size, NULL) != EXECWIRE_OK)
            assert_in_range(call, 1, 3);
        crypto.fail_after = 0;
        s = from_node("good");
        crypto.fail_after = call;
        (void)at_peer(&s, "good");
        crypto.fail_after = 0;
        s = from_node("next");
        (void)at_peer(&s, "next");
        assert_int_equal(crypto.repeated, 0);
    }
}

static void test_wiped(void **unused)
{
    const execwire_seal_node no_node = {.session = 0};
    const execwire_seal_peer no_peer = {.session = 0};

    (void)unused;
    start(false, 0, 8);
    meet();
    execwire_seal_node_end(&node);
    execwire_seal_peer_end(&peer);
    assert_memory_equal(&node, &no_node, sizeof node);
    assert_memory_equal(&peer, &no_peer, sizeof peer);
    execwire_seal_node_end(NULL);
    execwire_seal_peer_end(NULL);
}

static int clean(void **unused)
{
    (void)unused;
    toy_free(&crypto);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_way),         cmocka_unit_test(test_one_way),
        cmocka_unit_test(test_losses),          cmocka_unit_test(test_one_direction_lost),
        cmocka_unit_test(test_reordering),      cmocka_unit_test(test_too_late),
        cmocka_unit_test(test_gateway_restart), cmocka_unit_test(test_key_change),
        cmocka_unit_test(test_most_frames),     cmocka_unit_test(test_capacities),
        cmocka_unit_test(test_room_to_open),    cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_crypto_fails),    cmocka_unit_test(test_wiped),
    };

    return cmocka_run_group_tests(tests, NULL, clean);
}

/* Sealed frames: what both ends do for each other, and what sizes they take.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/pair.h"

#include <string.h>

/* ---- What is meant to work ---- */

static void test_two_way(void **unused)
{
    (void)unused;
    for (uint8_t cid = 0; cid <= 2; cid++)
        for (uint8_t tag = 4; tag <= 8; tag += 4) {
            pair_start(false, cid, tag);
            pair_meet();
            for (unsigned i = 0; i < 1000; i++) {
                pair_frame s = pair_from_node("up");

                assert_int_equal(s.size, cid + 1 + 2 + tag); /* short: one byte */
                assert_int_equal(pair_at_peer(&s, "up"), EXECWIRE_SEAL_OPENED);
                if (i % 3 == 0) {
                    s = pair_from_peer("down");
                    assert_int_equal(pair_at_node(&s, "down"), EXECWIRE_SEAL_OPENED);
                }
            }
            assert_int_equal(pair.crypto.repeated, 0);
        }
}

static void test_one_way(void **unused)
{
    size_t bytes = 0;

    (void)unused;
    pair_start(true, 0, 8);
    for (unsigned i = 0; i < 320; i++) {
        pair_frame s = pair_from_node("up");

        bytes += s.size;
        assert_int_equal(pair_at_peer(&s, "up"), EXECWIRE_SEAL_OPENED);
    }
    /* a byte, but each 32nd has session, salt and number: 4 + 8 + 4 more */
    assert_int_equal(bytes, 320 * (2 + 1 + 8) + 10 * 16);
    assert_int_equal(pair.peer.newest.session, 1);
    assert_int_equal(pair.peer.newest.next, 320);
    assert_memory_equal(pair.peer.newest.salt, pair.node.salts[0], sizeof pair.node.salts[0]);
}

/* Whatever is lost, the next long frame finds the way again. */
static void test_losses(void **unused)
{
    (void)unused;
    for (unsigned lost = 1; lost < 400; lost += 13) {
        unsigned more = 0;
        pair_frame s;

        pair_start(false, 0, 8);
        pair_meet();
        for (unsigned i = 0; i < lost; i++)
            (void)pair_from_node("lost");
        do {
            s = pair_from_node("found");
            more++;
        } while (pair_at_peer(&s, "found") != EXECWIRE_SEAL_OPENED && more < 20);
        assert_in_range(more, 1, lost < 64 ? 1 : 8);
    }
}

/* The way up is lost for so long that numbers do not fit any more, while the way down works: the
 * gateway asks. */
static void test_one_direction_lost(void **unused)
{
    pair_frame s;

    (void)unused;
    pair_start(false, 0, 8);
    pair_meet();
    for (unsigned i = 0; i < 100; i++) {
        (void)pair_from_node("lost");
        s = pair_from_peer("heard");
        assert_int_equal(pair_at_node(&s, "heard"), EXECWIRE_SEAL_OPENED);
    }
    s = pair_from_node("short");
    assert_int_equal(pair_at_peer(&s, "short"), EXECWIRE_SEAL_UNPROVEN);
    s = pair_challenge();
    assert_int_equal(pair_at_node(&s, ""), EXECWIRE_SEAL_CHALLENGED);
    s = pair_from_node("found");
    assert_int_equal(pair_at_peer(&s, "found"), EXECWIRE_SEAL_OPENED);
    assert_int_equal(pair.node.up.session, 2); /* the same one */
}

/* Frames that overtake each other are opened once each, in any order within the window. */
static void test_reordering(void **unused)
{
    pair_frame frames[64];

    (void)unused;
    pair_start(false, 2, 8);
    pair_meet();
    for (unsigned i = 0; i < 64; i++)
        frames[i] = pair_from_node("one of many");
    for (unsigned i = 64; i-- > 0;)
        assert_int_equal(pair_at_peer(&frames[i], "one of many"), EXECWIRE_SEAL_OPENED);
    for (unsigned i = 0; i < 64; i++)
        assert_int_equal(pair_at_peer(&frames[i], "one of many"), EXECWIRE_SEAL_REPLAYED);
}

/* What is older than the window is not opened, though nobody has seen it. */
static void test_too_late(void **unused)
{
    pair_frame late;

    (void)unused;
    pair_start(false, 0, 8);
    pair_meet();
    late = pair_from_node("late");
    for (unsigned i = 0; i < 64; i++) {
        pair_frame s = pair_from_node("in time");

        assert_int_equal(pair_at_peer(&s, "in time"), EXECWIRE_SEAL_OPENED);
    }
    assert_int_not_equal(pair_at_peer(&late, "late"), EXECWIRE_SEAL_OPENED);
}

/* The gateway asks, where it has not heard a session yet, and challenges what it hears of. */
static void prove(const char *frame)
{
    pair_frame s = pair_from_node(frame);

    while (pair_at_peer(&s, frame) == EXECWIRE_SEAL_UNPROVEN) {
        s = pair_challenge();
        assert_int_equal(pair_at_node(&s, ""), EXECWIRE_SEAL_CHALLENGED);
        s = pair_from_node(frame);
    }
    s = pair_from_peer("welcome");
    assert_int_equal(pair_at_node(&s, "welcome"), EXECWIRE_SEAL_OPENED);
}

/* A gateway that is started anew asks for a long frame, and challenges the session that it has. */
static void test_gateway_restart(void **unused)
{
    (void)unused;
    pair_start(false, 0, 8);
    pair_meet();
    for (unsigned i = 0; i < 100; i++)
        (void)pair_from_node("unheard");
    pair_start_peer(NULL);
    prove("here");
    assert_int_equal(pair.peer.outcomes[EXECWIRE_SEAL_UNPROVEN], 2);
    assert_int_equal(pair.crypto.repeated, 0);
}

/* The other key is tried where its id is named; a session stays with its key. */
static void test_key_change(void **unused)
{
    const execwire_seal_key both[] = {{.id = 3, .key = "sixteen bytes.."},
                                      {.id = 4, .key = "sixteen others."}};

    (void)unused;
    pair_start(false, 0, 8);
    assert_int_equal(execwire_seal_peer_init(&pair.peer, &pair.options, both, 2, NULL, NULL),
                     EXECWIRE_OK);
    pair_meet();
    pair.key = both[1];
    pair_start_node();
    prove("with the new key");
    assert_int_equal(pair.peer.active, 1);
    /* a gateway that is new asks with the key that the node has */
    assert_int_equal(execwire_seal_peer_init(&pair.peer, &pair.options, both, 2, NULL, NULL),
                     EXECWIRE_OK);
    pair_start_node();
    prove("again");
}

/* A key seals no more than it may: another session begins. */
static void test_most_frames(void **unused)
{
    pair_frame s;

    (void)unused;
    pair_start(false, 0, 8);
    pair_meet();
    pair.node.up.next = EXECWIRE_SEAL_MOST_FRAMES - 1;
    pair.node.silent = 0;
    pair.peer.up.next = pair.node.up.next;
    s = pair_from_node("the last");
    assert_int_equal(pair_at_peer(&s, "the last"), EXECWIRE_SEAL_OPENED);
    prove("the first");
    assert_in_range(pair.node.up.next, 1, 2);
    pair.peer.down.next = EXECWIRE_SEAL_MOST_FRAMES;
    assert_int_equal(
        execwire_seal_peer_write(&pair.peer, "x", 1, s.bytes, sizeof s.bytes, &s.size, NULL),
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
        uint8_t out[PAIR_MOST];
        size_t size, needed;

        pair_start(false, 2, 8);
        pair_meet();
        pair.node.silent = pair.node.up.next;
        for (unsigned i = 0; i < frames; i++) {
            (void)pair_from_node("up");
            (void)pair_from_peer("down");
        }
        assert_int_equal(execwire_seal_node_write(&pair.node, "frame", 5, NULL, 0, &needed, NULL),
                         EXECWIRE_ERROR_NO_SPACE);
        assert_in_range(needed, 5, 5 + EXECWIRE_SEAL_OVERHEAD);
        for (size_t capacity = 0; capacity < needed; capacity++) {
            memset(out, 0xEE, sizeof out);
            assert_int_equal(
                execwire_seal_node_write(&pair.node, "frame", 5, out, capacity, &size, NULL),
                EXECWIRE_ERROR_NO_SPACE);
            assert_int_equal(size, needed);
            assert_int_equal(
                execwire_seal_peer_write(&pair.peer, "f", 1, out, capacity % 10, &size, NULL),
                EXECWIRE_ERROR_NO_SPACE);
            assert_int_equal(
                execwire_seal_peer_challenge(&pair.peer, out, capacity % 19, &size, NULL),
                EXECWIRE_ERROR_NO_SPACE);
            assert_int_equal(size, 2 + 1 + 8 + 8);
            for (size_t i = 0; i < sizeof out; i++)
                assert_int_equal(out[i], 0xEE);
        }
        assert_int_equal(execwire_seal_node_write(&pair.node, "frame", 5, out, needed, &size, NULL),
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
    pair_frame s;
    size_t size;

    (void)unused;
    pair_start(false, 0, 8);
    pair_meet();
    s = pair_from_node("12345");
    for (size_t capacity = 0; capacity < 5; capacity++) {
        assert_int_equal(execwire_seal_peer_open(&pair.peer, s.bytes, s.size, out, capacity, &size,
                                                 &outcome, NULL),
                         EXECWIRE_ERROR_NO_SPACE);
        assert_int_equal(size, 5);
    }
    assert_int_equal(pair_at_peer(&s, "12345"), EXECWIRE_SEAL_OPENED);
    s = pair_from_peer("12345");
    for (size_t capacity = 0; capacity < 5; capacity++)
        assert_int_equal(execwire_seal_node_open(&pair.node, s.bytes, s.size, out, capacity, &size,
                                                 &outcome, NULL),
                         EXECWIRE_ERROR_NO_SPACE);
    assert_int_equal(pair_at_node(&s, "12345"), EXECWIRE_SEAL_OPENED);
}

/* Sessions are stored before they are used, some at a time; without that nothing is sealed. */
static void test_sessions(void **unused)
{
    uint8_t out[PAIR_MOST];
    size_t size;

    (void)unused;
    pair_start(false, 0, 8);
    (void)pair_from_node("first");
    assert_int_equal(pair.stored, 1 + EXECWIRE_SEAL_SESSIONS);
    assert_int_equal(pair.node.up.session, 1);
    pair_start_node();
    (void)pair_from_node("first");
    assert_int_equal(pair.node.up.session, 1 + EXECWIRE_SEAL_SESSIONS);
    pair.store_fails = true;
    pair_start_node();
    assert_int_equal(execwire_seal_node_write(&pair.node, "x", 1, out, sizeof out, &size, NULL),
                     EXECWIRE_ERROR_SEAL);
    pair.store_fails = false;
    (void)pair_from_node("now it is stored");
    pair.stored = UINT32_MAX - EXECWIRE_SEAL_SESSIONS;
    pair_start_node();
    (void)pair_from_node("the last that can be stored");
    assert_int_equal(pair.stored, UINT32_MAX);
    pair.stored = UINT32_MAX - EXECWIRE_SEAL_SESSIONS + 1;
    pair_start_node();
    assert_int_equal(execwire_seal_node_write(&pair.node, "x", 1, out, sizeof out, &size, NULL),
                     EXECWIRE_ERROR_SEAL);
}

/* When the crypto fails, the call does, and no nonce comes again. */
static void test_crypto_fails(void **unused)
{
    (void)unused;
    for (unsigned call = 1; call < 6; call++) {
        uint8_t out[PAIR_MOST];
        size_t size;
        pair_frame s;

        pair_start(false, 0, 8);
        pair_meet();
        pair.node.begun = false;
        pair.crypto.fail_after = call;
        if (execwire_seal_node_write(&pair.node, "x", 1, out, sizeof out, &size, NULL) !=
            EXECWIRE_OK)
            assert_in_range(call, 1, 3);
        pair.crypto.fail_after = 0;
        s = pair_from_node("good");
        pair.crypto.fail_after = call;
        (void)pair_at_peer(&s, "good");
        pair.crypto.fail_after = 0;
        s = pair_from_node("next");
        (void)pair_at_peer(&s, "next");
        assert_int_equal(pair.crypto.repeated, 0);
    }
}

static void test_wiped(void **unused)
{
    const execwire_seal_node no_node = {.begun = false};
    const execwire_seal_peer no_peer = {.session = 0};

    (void)unused;
    pair_start(false, 0, 8);
    pair_meet();
    execwire_seal_node_end(&pair.node);
    execwire_seal_peer_end(&pair.peer);
    assert_memory_equal(&pair.node, &no_node, sizeof pair.node);
    assert_memory_equal(&pair.peer, &no_peer, sizeof pair.peer);
    execwire_seal_node_end(NULL);
    execwire_seal_peer_end(NULL);
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

    return cmocka_run_group_tests(tests, NULL, pair_clean);
}

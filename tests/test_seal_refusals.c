/* What the ends of sealed frames refuse of each other and of the cryptography, and that nothing has
 * changed then.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/fails.h"
#include "support/pair.h"

#include "seal/way.h"

#include <string.h>

static uint8_t large[EXECWIRE_SEAL_MOST + 1];
static uint8_t out[EXECWIRE_SEAL_MOST + EXECWIRE_SEAL_OVERHEAD];

static void start(void)
{
    pair_start(false, 2, 8);
    pair_meet();
}

/* ---- Sizes ---- */

/* promise: seal-write */
static void test_gateway_writes(void **unused)
{
    execwire_seal_outcome outcome;
    execwire_error error;
    size_t size;

    (void)unused;
    start();
    FAILS(ARGUMENT, execwire_seal_peer_write(&pair.peer, NULL, 1, out, sizeof out, &size, &error));
    FAILS(ARGUMENT, execwire_seal_peer_write(&pair.peer, "x", 1, NULL, 1, &size, &error));
    FAILS(ARGUMENT, execwire_seal_peer_write(&pair.peer, "x", 1, out, sizeof out, NULL, &error));
    FAILS(TOO_LARGE, execwire_seal_peer_write(&pair.peer, large, sizeof large, out, sizeof out,
                                              &size, &error));
    assert_int_equal(execwire_seal_peer_write(&pair.peer, large, EXECWIRE_SEAL_MOST, out,
                                              sizeof out, &size, NULL),
                     EXECWIRE_OK);
    assert_int_equal(
        execwire_seal_node_open(&pair.node, out, size, large, sizeof large, &size, &outcome, NULL),
        EXECWIRE_OK);
    assert_int_equal(outcome, EXECWIRE_SEAL_OPENED);
    assert_int_equal(size, EXECWIRE_SEAL_MOST);
    pair.peer.down.next = EXECWIRE_SEAL_MOST_FRAMES;
    FAILS(SEAL, execwire_seal_peer_write(&pair.peer, "x", 1, out, sizeof out, &size, &error));
}

/* No bytes are a frame as well, and no frame. */
static void test_nothing(void **unused)
{
    execwire_seal_outcome outcome;
    uint8_t sealed[PAIR_MOST];
    size_t size;

    (void)unused;
    start();
    assert_int_equal(
        execwire_seal_node_write(&pair.node, NULL, 0, sealed, sizeof sealed, &size, NULL),
        EXECWIRE_OK);
    assert_int_equal(
        execwire_seal_peer_open(&pair.peer, sealed, size, NULL, 0, &size, &outcome, NULL),
        EXECWIRE_OK);
    assert_int_equal(outcome, EXECWIRE_SEAL_OPENED);
    assert_int_equal(
        execwire_seal_peer_write(&pair.peer, NULL, 0, sealed, sizeof sealed, &size, NULL),
        EXECWIRE_OK);
    assert_int_equal(
        execwire_seal_node_open(&pair.node, sealed, size, NULL, 0, &size, &outcome, NULL),
        EXECWIRE_OK);
    assert_int_equal(outcome, EXECWIRE_SEAL_OPENED);
    assert_int_equal(execwire_seal_node_open(&pair.node, NULL, 0, NULL, 0, &size, &outcome, NULL),
                     EXECWIRE_OK);
    assert_int_equal(outcome, EXECWIRE_SEAL_FORGED);
    assert_int_equal(execwire_seal_peer_open(&pair.peer, NULL, 0, NULL, 0, &size, &outcome, NULL),
                     EXECWIRE_OK);
    assert_int_equal(outcome, EXECWIRE_SEAL_FORGED);
}

/* promise: seal-changes-nothing */
static void test_no_room(void **unused)
{
    execwire_seal_outcome outcome;
    execwire_error error;
    pair_frame s;
    size_t size;
    uint32_t next;

    (void)unused;
    start();
    next = pair.peer.down.next;
    FAILS(NO_SPACE, execwire_seal_peer_write(&pair.peer, "x", 1, NULL, 0, &size, &error));
    assert_int_equal(pair.peer.down.next, next);
    assert_int_equal(execwire_seal_peer_write(&pair.peer, "x", 1, out, size, &size, NULL),
                     EXECWIRE_OK);
    next = pair.node.up.next;
    FAILS(NO_SPACE, execwire_seal_node_write(&pair.node, "x", 1, NULL, 0, &size, &error));
    assert_int_equal(pair.node.up.next, next);
    FAILS(NO_SPACE, execwire_seal_peer_challenge(&pair.peer, NULL, 0, &size, &error));
    s = pair_from_peer("12345");
    FAILS(NO_SPACE,
          execwire_seal_node_open(&pair.node, s.bytes, s.size, out, 4, &size, &outcome, &error));
    s = pair_from_node("12345");
    FAILS(NO_SPACE,
          execwire_seal_peer_open(&pair.peer, s.bytes, s.size, out, 4, &size, &outcome, &error));
    assert_int_equal(
        execwire_seal_peer_open(&pair.peer, s.bytes, s.size, out, 5, &size, &outcome, NULL),
        EXECWIRE_OK);
    assert_int_equal(outcome, EXECWIRE_SEAL_OPENED);
}

/* ---- The cryptography ---- */

static void test_crypto_fails_to_seal(void **unused)
{
    execwire_error error;
    size_t size = 99;

    (void)unused;
    start();
    pair.crypto.fail_after = 1;
    FAILS(SEAL, execwire_seal_node_write(&pair.node, "x", 1, out, sizeof out, &size, &error));
    assert_int_equal(size, 0);
    for (unsigned call = 1; call < 4; call++) { /* the salt, the key, the tag */
        pair.node.begun = false;
        pair.crypto.fail_after = call;
        size = 99;
        FAILS(SEAL, execwire_seal_node_write(&pair.node, "x", 1, out, sizeof out, &size, &error));
        assert_int_equal(size, 0);
    }
    start();
    pair.crypto.fail_after = 1;
    size = 99;
    FAILS(SEAL, execwire_seal_peer_write(&pair.peer, "x", 1, out, sizeof out, &size, &error));
    assert_int_equal(size, 0);
}

/* Its random bytes, its key, its tag. */
static void test_crypto_fails_to_challenge(void **unused)
{
    execwire_error error;
    size_t size;

    (void)unused;
    for (unsigned call = 1; call < 4; call++) {
        start();
        pair.crypto.fail_after = call;
        FAILS(SEAL, execwire_seal_peer_challenge(&pair.peer, out, sizeof out, &size, &error));
    }
}

/* A session that is proven, but whose keys cannot be made, is not there, nor the one before it,
 * whose keys are lost; the next frame tries anew. */
static void test_crypto_fails_to_accept(void **unused)
{
    pair_frame s;

    (void)unused;
    pair_start(false, 0, 8);
    pair_meet();
    pair_start_node();
    s = pair_from_node("first");
    assert_int_equal(pair_at_peer(&s, "first"), EXECWIRE_SEAL_UNPROVEN);
    assert_true(pair.peer.has_session);
    s = pair_challenge();
    assert_int_equal(pair_at_node(&s, ""), EXECWIRE_SEAL_CHALLENGED);
    s = pair_from_node("again");
    pair.crypto.fail_after = 2;
    assert_int_equal(pair_at_peer(&s, "again"), EXECWIRE_SEAL_FORGED);
    assert_false(pair.peer.has_session);
    assert_int_equal(pair_at_peer(&s, "again"), EXECWIRE_SEAL_OPENED);
}

/* ---- Whose frames they are ---- */

/* A frame with another connection id is nobody's, and no key has failed. */
static void test_other_connection(void **unused)
{
    pair_frame s;

    (void)unused;
    start();
    s = pair_from_node("up");
    s.bytes[1] ^= 1;
    assert_int_equal(pair_at_peer(&s, ""), EXECWIRE_SEAL_FORGED);
    assert_int_equal(pair.peer.failures[0], 0);
    s = pair_from_peer("down");
    s.bytes[0] ^= 1;
    assert_int_equal(pair_at_node(&s, ""), EXECWIRE_SEAL_FORGED);
    assert_int_equal(pair.node.outcomes[EXECWIRE_SEAL_FORGED], 1);
    assert_int_equal(pair.node.outcomes[EXECWIRE_SEAL_OPENED], 1);
}

/* A key that there is not has not failed either. */
static void test_other_key(void **unused)
{
    execwire_seal_peer before;
    pair_frame s;

    (void)unused;
    pair_start(false, 0, 8);
    pair.node.key.id = 4;
    s = pair_from_node("up");
    before = pair.peer;
    before.outcomes[EXECWIRE_SEAL_FORGED]++;
    assert_int_equal(pair_at_peer(&s, ""), EXECWIRE_SEAL_FORGED);
    assert_memory_equal(&pair.peer, &before, sizeof before);
}

/* What is no frame is none of key 0. */
static void test_no_frame(void **unused)
{
    const pair_frame s = {.bytes = {0x80}, .size = 60};

    (void)unused;
    pair_start(false, 0, 8);
    pair.peer.keys[0].id = 0;
    assert_int_equal(pair_at_peer(&s, ""), EXECWIRE_SEAL_FORGED);
    assert_int_equal(pair.peer.failures[0], 0);
}

/* Another session is another one, though its salt be the same. */
static void test_same_salt(void **unused)
{
    pair_frame s;

    (void)unused;
    start();
    pair.node.up.session += 7;
    pair.node.asked = true;
    assert_true(execwire_way_begin(&pair.node.up, &pair.options, &pair.key, pair.node.salts[0],
                                   sizeof pair.node.salts[0]));
    s = pair_from_node("of another session");
    assert_int_equal(pair_at_peer(&s, ""), EXECWIRE_SEAL_UNPROVEN);
    assert_int_equal(pair.peer.claim, pair.node.up.session);
}

/* A short frame that cannot be opened takes back what a recording claimed: a question comes next.
 */
static void test_claim_that_is_taken_back(void **unused)
{
    pair_frame recorded, s;

    (void)unused;
    pair_start(false, 0, 8);
    recorded = pair_from_node("recorded");
    pair_start_node();
    pair_meet();
    assert_int_equal(pair_at_peer(&recorded, ""), EXECWIRE_SEAL_UNPROVEN);
    s = pair_from_node("short");
    s.bytes[s.size - 1] ^= 1;
    assert_int_equal(pair_at_peer(&s, ""), EXECWIRE_SEAL_UNPROVEN);
    s = pair_challenge();
    assert_int_equal(s.bytes[0], 0xA3);
}

/* A challenge is nothing to who has begun no session, has another key, or hears nothing. */
static void test_challenges(void **unused)
{
    const uint8_t no_salt[EXECWIRE_SEAL_SALT_SIZE] = {0};
    pair_frame s;

    (void)unused;
    pair_start(false, 0, 8);
    pair.peer.has_claim = true;
    memcpy(pair.peer.claim_salt, no_salt, sizeof no_salt);
    s = pair_challenge();
    assert_int_equal(pair_at_node(&s, ""), EXECWIRE_SEAL_FORGED);
    for (unsigned i = 0; i < 3; i++) {
        pair_start(false, 0, 8);
        s = pair_from_node("first");
        assert_int_equal(pair_at_peer(&s, ""), EXECWIRE_SEAL_UNPROVEN);
        if (i == 1)
            pair.peer.keys[0].id = 4;
        pair.node.options.one_way = i == 2;
        s = pair_challenge();
        assert_int_equal(pair_at_node(&s, ""),
                         i == 0 ? EXECWIRE_SEAL_CHALLENGED : EXECWIRE_SEAL_FORGED);
    }
}

/* The gateway's first frame names the node's key. */
static void test_other_key_from_gateway(void **unused)
{
    pair_frame s;

    (void)unused;
    pair_start(false, 0, 8);
    s = pair_from_node("first");
    assert_int_equal(pair_at_peer(&s, ""), EXECWIRE_SEAL_UNPROVEN);
    s = pair_challenge();
    assert_int_equal(pair_at_node(&s, ""), EXECWIRE_SEAL_CHALLENGED);
    s = pair_from_node("again");
    assert_int_equal(pair_at_peer(&s, "again"), EXECWIRE_SEAL_OPENED);
    pair.peer.keys[0].id = 4;
    s = pair_from_peer("welcome");
    assert_int_equal(pair_at_node(&s, ""), EXECWIRE_SEAL_FORGED);
}

/* ---- Wiping ---- */

static void test_wipe(void **unused)
{
    uint8_t bytes[] = {1, 2, 3, 4, 5};
    const uint8_t wiped[] = {1, 0, 0, 0, 5};

    (void)unused;
    execwire_seal_wipe(bytes + 1, 3);
    assert_memory_equal(bytes, wiped, sizeof wiped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gateway_writes),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_crypto_fails_to_seal),
        cmocka_unit_test(test_crypto_fails_to_challenge),
        cmocka_unit_test(test_crypto_fails_to_accept),
        cmocka_unit_test(test_other_connection),
        cmocka_unit_test(test_other_key),
        cmocka_unit_test(test_no_frame),
        cmocka_unit_test(test_same_salt),
        cmocka_unit_test(test_claim_that_is_taken_back),
        cmocka_unit_test(test_challenges),
        cmocka_unit_test(test_other_key_from_gateway),
        cmocka_unit_test(test_wipe),
    };

    return cmocka_run_group_tests(tests, NULL, pair_clean);
}

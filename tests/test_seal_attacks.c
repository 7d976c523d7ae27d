/* Sealed frames under attack: each row of the table in docs/sealed.md.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/air.h"

#include <stdio.h>
#include <string.h>

static void replay_all_to_node(void)
{
    for (unsigned i = 0; i < air.down_count; i++)
        assert_int_not_equal(air_at_node(air.down[i].bytes, air.down[i].size),
                             EXECWIRE_SEAL_OPENED);
}

/* ---- The table ---- */

/* attack: forged */
static void test_forged(void **unused)
{
    uint64_t seed = 1;

    (void)unused;
    air_start(false);
    air_talk(20);
    for (unsigned i = 0; i < 200000; i++) {
        uint8_t bytes[48];
        size_t size = i % sizeof bytes;

        for (size_t j = 0; j < size; j++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
            bytes[j] = (uint8_t)(seed >> 56);
        }
        assert_int_not_equal(air_at_peer(bytes, size), EXECWIRE_SEAL_OPENED);
        assert_int_not_equal(air_at_node(bytes, size), EXECWIRE_SEAL_OPENED);
    }
    air_assert_well();
}

/* attack: flipped, truncated, longer */
static void test_changed(void **unused)
{
    (void)unused;
    for (unsigned kind = 0; kind < 4; kind++) {
        air_frame s;

        air_start(false);
        if (kind > 0)
            air_talk(kind == 1 ? 1 : 10);
        s = kind == 2 ? *air_peer_sends() : kind == 3 ? *air_peer_challenges() : *air_node_sends();
        for (size_t bit = 0; bit < 8 * s.size; bit++) {
            s.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_not_equal(kind < 2 ? air_at_peer(s.bytes, s.size)
                                          : air_at_node(s.bytes, s.size),
                                 EXECWIRE_SEAL_OPENED);
            assert_true(kind < 3 || air_at_node(s.bytes, s.size) != EXECWIRE_SEAL_CHALLENGED);
            s.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        for (size_t size = 0; size <= s.size + 3; size++)
            if (size != s.size)
                assert_int_not_equal(kind < 2 ? air_at_peer(s.bytes, size)
                                              : air_at_node(s.bytes, size),
                                     EXECWIRE_SEAL_OPENED);
        air_assert_well();
    }
}

/* attack: replayed, in the session and across sessions */
static void test_replayed(void **unused)
{
    (void)unused;
    air_start(false);
    air_talk(200);
    air_replay_to_peer();
    replay_all_to_node();
    air_assert_well();
    pair_start_node(); /* its next session */
    air_talk(50);
    air_replay_to_peer();
    replay_all_to_node();
    air_assert_well();
}

/* promise: sealed-two-way */
/* attack: the gateway was started anew, without its store */
static void test_gateway_lost_its_store(void **unused)
{
    (void)unused;
    for (unsigned sessions = 1; sessions < 4; sessions++) {
        air_start(false);
        for (unsigned i = 0; i < sessions; i++) {
            pair_start_node();
            air_talk(30);
        }
        pair_start_peer(NULL);
        air_replay_to_peer();
        (void)air_peer_challenges();
        air_replay_to_peer();
        air_assert_well();
        air_replay_to_peer();
        replay_all_to_node();
    }
}

/* attack: the node was started anew, without its counter */
static void test_node_lost_its_counter(void **unused)
{
    uint32_t session;

    (void)unused;
    air_start(false);
    air_talk(30);
    session = pair.node.up.session;
    pair.stored = 0;
    pair_start_node();
    air_assert_well();
    assert_in_range(pair.node.up.session, 1,
                    session + 1); /* a number that was used, and yet another key */
    air_replay_to_peer();
    replay_all_to_node();
    pair.stored = 0;
    pair_start_node();
    pair_start_peer(NULL);
    air_replay_to_peer();
    air_assert_well();
}

/* attack: two nodes with swapped keys; a node that says it is another one */
static void test_swapped(void **unused)
{
    execwire_seal_options other;
    execwire_seal_node stranger;
    uint8_t out[AIR_MOST];
    size_t size;

    (void)unused;
    air_start(false);
    air_talk(10);
    other = pair.options;
    for (unsigned i = 0; i < 2; i++) {
        execwire_seal_key of_other = pair.key;

        if (i == 0)
            of_other.key[5] ^= 1;
        else
            other.name = (execwire_str){"node-8", 6};
        assert_int_equal(execwire_seal_node_init(&stranger, &other, &of_other, 1000,
                                                 pair.node.reserve, NULL, NULL),
                         EXECWIRE_OK);
        assert_int_equal(execwire_seal_node_write(&stranger, "x", 1, out, AIR_MOST, &size, NULL),
                         EXECWIRE_OK);
        assert_int_equal(air_at_peer(out, size), EXECWIRE_SEAL_FORGED);
    }
    air_assert_well();
}

/* attack: reflected */
static void test_reflected(void **unused)
{
    (void)unused;
    air_start(false);
    air_talk(100);
    for (unsigned i = 0; i < air.up_count; i++)
        assert_int_not_equal(air_at_node(air.up[i].bytes, air.up[i].size), EXECWIRE_SEAL_OPENED);
    for (unsigned i = 0; i < air.down_count; i++)
        assert_int_not_equal(air_at_peer(air.down[i].bytes, air.down[i].size),
                             EXECWIRE_SEAL_OPENED);
    air_assert_well();
}

/* attack: old challenges and questions. They move nothing but the size of the next frame. */
static void test_old_challenge(void **unused)
{
    unsigned recorded;
    uint32_t before;

    (void)unused;
    air_start(false);
    air_talk(20);
    pair_start_peer(NULL);
    air_talk(80);
    recorded = air.down_count;
    before = pair.node.up.session;
    assert_int_equal(before, 3); /* its first one, and one for each challenge */
    for (unsigned i = 0; i < recorded; i++) {
        if (air.down[i].number == UINT32_MAX)
            (void)air_at_node(air.down[i].bytes, air.down[i].size);
        air_talk(1);
    }
    assert_int_equal(pair.node.up.session, before);
    air_replay_to_peer();
    replay_all_to_node();
    air_assert_well();
}

/* attack: downgrade */
static void test_downgrade(void **unused)
{
    static const uint8_t plain[] = {0x08, 0x80, 0x11, 0x1a, 0x02, 0x20, 0x1f, 0x72, 0x0c, 0x0a};
    const air_frame *s;

    (void)unused;
    air_start(false);
    air_talk(20);
    assert_int_not_equal(air_at_peer(plain, sizeof plain), EXECWIRE_SEAL_OPENED);
    assert_int_not_equal(air_at_node(plain, sizeof plain), EXECWIRE_SEAL_OPENED);
    s = air_node_sends();
    pair.peer.options.tag_size = 4; /* whoever agreed on less is not understood */
    assert_int_not_equal(air_at_peer(s->bytes, s->size), EXECWIRE_SEAL_OPENED);
    pair.peer.options.tag_size = 8;
    air_assert_well();
}

/* promise: seal-retired */
/* attack: guessing for long */
static void test_retired(void **unused)
{
    const air_frame *s;

    (void)unused;
    air_start(false);
    air_talk(10);
    s = air_node_sends();
    pair.peer.failures[0] = EXECWIRE_SEAL_MOST_FAILURES - 1;
    pair.node.outcomes[EXECWIRE_SEAL_FORGED] = EXECWIRE_SEAL_MOST_FAILURES - 1;
    assert_int_equal(air_at_peer("xxxxxxxxxx", 10), EXECWIRE_SEAL_UNPROVEN);
    assert_int_equal(air_at_peer(s->bytes, s->size), EXECWIRE_SEAL_RETIRED);
    assert_int_equal(air_at_node("xxxxxxxxxx", 10), EXECWIRE_SEAL_FORGED);
    s = air_peer_sends();
    assert_int_equal(air_at_node(s->bytes, s->size), EXECWIRE_SEAL_RETIRED);
}

/* ---- All at once ---- */

static unsigned chance(uint64_t *seed, unsigned most)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (unsigned)(*seed >> 33) % most;
}

/* Something on the air that was recorded, perhaps changed. */
static void attack(uint64_t *seed)
{
    bool is_up = chance(seed, 2) == 0;
    unsigned count = is_up ? air.up_count : air.down_count;
    air_frame s;

    if (count == 0)
        return;
    s = (is_up ? air.up : air.down)[chance(seed, count)];
    if (chance(seed, 3) == 0)
        s.bytes[chance(seed, (unsigned)s.size)] ^= (uint8_t)(1u << chance(seed, 8));
    if (chance(seed, 2) == 0)
        (void)air_at_peer(s.bytes, s.size);
    else
        (void)air_at_node(s.bytes, s.size);
}

/* Reboots, lost stores, losses, recordings and changed frames in any order: nothing is opened that
 * was not sealed, nothing twice, no nonce is used twice, and in the end both understand each other.
 */
static void test_all_at_once(void **unused)
{
    (void)unused;
    for (uint64_t run = 0; run < 200; run++) {
        uint64_t seed = run;

        air_start(false);
        for (unsigned step = 0; step < 300; step++) {
            unsigned what = chance(&seed, 100);

            if (what < 2)
                pair_start_node();
            else if (what < 3)
                pair.stored = 0;
            else if (what < 5)
                pair_start_peer(NULL);
            else if (what < 20)
                (void)air_node_sends();
            else if (what < 60)
                air_talk(1);
            else
                attack(&seed);
        }
        air_assert_well();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forged),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_replayed),
        cmocka_unit_test(test_gateway_lost_its_store),
        cmocka_unit_test(test_node_lost_its_counter),
        cmocka_unit_test(test_swapped),
        cmocka_unit_test(test_reflected),
        cmocka_unit_test(test_old_challenge),
        cmocka_unit_test(test_downgrade),
        cmocka_unit_test(test_retired),
        cmocka_unit_test(test_all_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, pair_clean);
}

/* Sealed frames where nothing comes back: what a gateway has stored decides. Rows of the table in
 * docs/sealed.md.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/air.h"

static void restart_peer(void)
{
    const execwire_seal_newest kept = pair.peer.newest;

    pair_start_peer(&kept);
}

static void replay_all_to_restarted_peer(void)
{
    restart_peer();
    for (unsigned i = 0; i < air.up_count; i++)
        assert_in_range(air_at_peer(air.up[i].bytes, air.up[i].size), EXECWIRE_SEAL_FORGED,
                        EXECWIRE_SEAL_OLD);
}

/* promise: seal-newest */
/* attack: one-way, where nobody can be asked: what was stored decides */
static void test_one_way(void **unused)
{
    (void)unused;
    air_start(true);
    air_talk(100);
    air_replay_to_peer();
    replay_all_to_restarted_peer();
    pair_start_node();
    air_assert_well();
}

/* promise: seal-goes-on. A session that a gateway was started anew in: its next long frame is
 * opened, and nothing that went before it, also of what came late. */
static void test_one_way_goes_on(void **unused)
{
    (void)unused;
    for (unsigned before = 1; before < 200; before += 7) {
        unsigned held;

        air_start(true);
        air_talk(before);
        replay_all_to_restarted_peer();
        held = air.up_count;
        (void)air_node_sends(); /* overtaken by all that follows */
        air_talk(32);
        (void)air_at_peer(air.up[held].bytes, air.up[held].size);
        for (unsigned i = 0; i < held; i++)
            assert_int_not_equal(air_at_peer(air.up[i].bytes, air.up[i].size),
                                 EXECWIRE_SEAL_OPENED);
        assert_true(pair.peer.has_session);
        assert_int_equal(pair.peer.session, 1);
        air_assert_well();
        replay_all_to_restarted_peer();
    }
}

/* The first one behind what was stored is new, if it is long. */
static void test_one_way_next_number(void **unused)
{
    (void)unused;
    air_start(true);
    air_talk(32);
    restart_peer();
    assert_int_equal(pair.peer.newest.next, 32);
    (void)air_node_sends();
    assert_int_equal(air_at_peer(air.up[32].bytes, air.up[32].size), EXECWIRE_SEAL_OPENED);
}

/* A node whose chance is not one has the same salt in each session: the next one is another, and
 * none of its frames was opened before. */
static void test_one_way_same_salt_again(void **unused)
{
    uint64_t chance;
    pair_frame s;

    (void)unused;
    pair_start(true, 0, 8);
    chance = pair.crypto.next_random;
    for (unsigned i = 0; i < 40; i++) {
        s = pair_from_node("of the first session");
        assert_int_equal(pair_at_peer(&s, "of the first session"), EXECWIRE_SEAL_OPENED);
    }
    pair.crypto.next_random = chance;
    pair_start_node();
    s = pair_from_node("of the next");
    assert_memory_equal(pair.node.salts[0], pair.peer.salt, EXECWIRE_SEAL_SALT_SIZE);
    assert_int_equal(pair_at_peer(&s, "of the next"), EXECWIRE_SEAL_OPENED);
    s = pair_from_node("short");
    assert_int_equal(pair_at_peer(&s, "short"), EXECWIRE_SEAL_OPENED);
}

/* A node that lost its counter is in a session of this number again, with another salt. */
static void test_one_way_same_number_again(void **unused)
{
    (void)unused;
    air_start(true);
    air_talk(100);
    pair.stored = 0;
    pair_start_node();
    (void)air_node_sends();
    replay_all_to_restarted_peer();
    for (unsigned i = 0; i < 200; i++)
        (void)air_node_sends();
    replay_all_to_restarted_peer();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_way),
        cmocka_unit_test(test_one_way_goes_on),
        cmocka_unit_test(test_one_way_next_number),
        cmocka_unit_test(test_one_way_same_salt_again),
        cmocka_unit_test(test_one_way_same_number_again),
    };

    return cmocka_run_group_tests(tests, NULL, pair_clean);
}

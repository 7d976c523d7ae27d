/* Sealed frames under attack: each row of the table in docs/sealed.md.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/toy_crypto.h"

#include <stdio.h>
#include <string.h>

#define MOST     128
#define RECORDED 4096

typedef struct sealed {
    uint8_t bytes[MOST];
    size_t size;
    unsigned number; /* of the frame, as its bytes have it */
} sealed;

/* A node and its gateway, with all that went over the air. */
static toy crypto;
static execwire_seal_options options;
static execwire_seal_key key;
static execwire_seal_node node;
static execwire_seal_peer peer;
static uint32_t stored;
static sealed up[RECORDED];
static sealed down[RECORDED];
static unsigned up_count, down_count, frame_count;
static bool was_opened[2 * RECORDED];

static bool reserve(void *context, uint32_t session)
{
    (void)context;
    stored = session;
    return true;
}

static void start_node(void)
{
    assert_int_equal(execwire_seal_node_init(&node, &options, &key, stored, reserve, NULL, NULL),
                     EXECWIRE_OK);
}

static void start_peer(const execwire_seal_newest *newest)
{
    assert_int_equal(execwire_seal_peer_init(&peer, &options, &key, 1, newest, NULL), EXECWIRE_OK);
}

static void start(bool one_way)
{
    toy_free(&crypto);
    toy_init(&crypto, 7);
    options = (execwire_seal_options){
        .crypto = &crypto.crypto, .name = {"node-7", 6}, .tag_size = 8, .one_way = one_way};
    key = (execwire_seal_key){.id = 3, .key = "sixteen bytes.."};
    stored = 0;
    up_count = down_count = frame_count = 0;
    memset(was_opened, 0, sizeof was_opened);
    start_node();
    start_peer(NULL);
}

/* Each frame has its own number in it, so that whatever is opened says which it was. */
static const sealed *node_sends(void)
{
    sealed *s = &up[up_count++];
    unsigned number = frame_count++;

    assert_in_range(up_count, 1, RECORDED);
    s->number = number;
    assert_int_equal(
        execwire_seal_node_write(&node, &number, sizeof number, s->bytes, MOST, &s->size, NULL),
        EXECWIRE_OK);
    return s;
}

static const sealed *peer_sends(void)
{
    sealed *s = &down[down_count++];
    unsigned number = frame_count++;

    assert_in_range(down_count, 1, RECORDED);
    s->number = number;
    assert_int_equal(
        execwire_seal_peer_write(&peer, &number, sizeof number, s->bytes, MOST, &s->size, NULL),
        EXECWIRE_OK);
    return s;
}

static const sealed *peer_challenges(void)
{
    sealed *s = &down[down_count++];

    s->number = UINT32_MAX;
    assert_int_equal(execwire_seal_peer_challenge(&peer, s->bytes, MOST, &s->size, NULL),
                     EXECWIRE_OK);
    return s;
}

/* What is opened was sealed by the other end, and is opened once in all. */
static void judge(execwire_seal_outcome outcome, const uint8_t *out, size_t size)
{
    unsigned number;

    assert_int_equal(size, outcome == EXECWIRE_SEAL_OPENED ? sizeof number : 0);
    if (outcome != EXECWIRE_SEAL_OPENED)
        return;
    memcpy(&number, out, sizeof number);
    assert_in_range(number, 0, frame_count - 1);
    assert_false(was_opened[number]);
    was_opened[number] = true;
}

static execwire_seal_outcome at_peer(const void *bytes, size_t size)
{
    execwire_seal_outcome outcome;
    uint8_t out[MOST];
    size_t opened;

    assert_int_equal(
        execwire_seal_peer_open(&peer, bytes, size, out, MOST, &opened, &outcome, NULL),
        EXECWIRE_OK);
    judge(outcome, out, opened);
    return outcome;
}

static execwire_seal_outcome at_node(const void *bytes, size_t size)
{
    execwire_seal_outcome outcome;
    uint8_t out[MOST];
    size_t opened;

    assert_int_equal(
        execwire_seal_node_open(&node, bytes, size, out, MOST, &opened, &outcome, NULL),
        EXECWIRE_OK);
    judge(outcome, out, opened);
    return outcome;
}

/* Frames both ways, with the challenges that it takes. */
static void talk(unsigned frames)
{
    for (unsigned i = 0; i < frames; i++) {
        const sealed *s = node_sends();

        if (at_peer(s->bytes, s->size) == EXECWIRE_SEAL_UNPROVEN) {
            s = peer_challenges();
            (void)at_node(s->bytes, s->size);
        } else if (peer.has_session && !options.one_way) {
            s = peer_sends();
            (void)at_node(s->bytes, s->size);
        }
    }
}

/* They understand each other: of the next frames the last ones arrive, both ways. */
static void assert_well(void)
{
    const sealed *s;

    talk(80);
    s = node_sends();
    assert_int_equal(at_peer(s->bytes, s->size), EXECWIRE_SEAL_OPENED);
    if (options.one_way)
        return;
    s = peer_sends();
    assert_int_equal(at_node(s->bytes, s->size), EXECWIRE_SEAL_OPENED);
    assert_int_equal(crypto.repeated, 0);
}

static void replay_all_to_peer(void)
{
    for (unsigned i = 0; i < up_count; i++)
        assert_int_not_equal(at_peer(up[i].bytes, up[i].size), EXECWIRE_SEAL_OPENED);
}

static void replay_all_to_node(void)
{
    for (unsigned i = 0; i < down_count; i++)
        assert_int_not_equal(at_node(down[i].bytes, down[i].size), EXECWIRE_SEAL_OPENED);
}

/* ---- The table ---- */

/* attack: forged */
static void test_forged(void **unused)
{
    uint64_t seed = 1;

    (void)unused;
    start(false);
    talk(20);
    for (unsigned i = 0; i < 200000; i++) {
        uint8_t bytes[48];
        size_t size = i % sizeof bytes;

        for (size_t j = 0; j < size; j++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
            bytes[j] = (uint8_t)(seed >> 56);
        }
        assert_int_not_equal(at_peer(bytes, size), EXECWIRE_SEAL_OPENED);
        assert_int_not_equal(at_node(bytes, size), EXECWIRE_SEAL_OPENED);
    }
    assert_well();
}

/* attack: flipped, truncated, longer */
static void test_changed(void **unused)
{
    (void)unused;
    for (unsigned kind = 0; kind < 4; kind++) {
        sealed s;

        start(false);
        if (kind > 0)
            talk(kind == 1 ? 1 : 10);
        s = kind == 2 ? *peer_sends() : kind == 3 ? *peer_challenges() : *node_sends();
        for (size_t bit = 0; bit < 8 * s.size; bit++) {
            s.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_not_equal(kind < 2 ? at_peer(s.bytes, s.size) : at_node(s.bytes, s.size),
                                 EXECWIRE_SEAL_OPENED);
            assert_true(kind < 3 || at_node(s.bytes, s.size) != EXECWIRE_SEAL_CHALLENGED);
            s.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        for (size_t size = 0; size <= s.size + 3; size++)
            if (size != s.size)
                assert_int_not_equal(kind < 2 ? at_peer(s.bytes, size) : at_node(s.bytes, size),
                                     EXECWIRE_SEAL_OPENED);
        assert_well();
    }
}

/* attack: replayed, in the session and across sessions */
static void test_replayed(void **unused)
{
    (void)unused;
    start(false);
    talk(200);
    replay_all_to_peer();
    replay_all_to_node();
    assert_well();
    start_node(); /* its next session */
    talk(50);
    replay_all_to_peer();
    replay_all_to_node();
    assert_well();
}

/* promise: sealed-two-way */
/* attack: the gateway was started anew, without its store */
static void test_gateway_lost_its_store(void **unused)
{
    (void)unused;
    for (unsigned sessions = 1; sessions < 4; sessions++) {
        start(false);
        for (unsigned i = 0; i < sessions; i++) {
            start_node();
            talk(30);
        }
        start_peer(NULL);
        replay_all_to_peer();
        (void)peer_challenges();
        replay_all_to_peer();
        assert_well();
        replay_all_to_peer();
        replay_all_to_node();
    }
}

/* attack: the node was started anew, without its counter */
static void test_node_lost_its_counter(void **unused)
{
    uint32_t session;

    (void)unused;
    start(false);
    talk(30);
    session = node.session;
    stored = 0;
    start_node();
    assert_well();
    assert_in_range(node.session, 1, session + 1); /* a number that was used, and yet another key */
    replay_all_to_peer();
    replay_all_to_node();
    stored = 0;
    start_node();
    start_peer(NULL);
    replay_all_to_peer();
    assert_well();
}

/* attack: two nodes with swapped keys; a node that says it is another one */
static void test_swapped(void **unused)
{
    execwire_seal_options other;
    execwire_seal_node stranger;
    uint8_t out[MOST];
    size_t size;

    (void)unused;
    start(false);
    talk(10);
    other = options;
    for (unsigned i = 0; i < 2; i++) {
        execwire_seal_key of_other = key;

        if (i == 0)
            of_other.key[5] ^= 1;
        else
            other.name = (execwire_str){"node-8", 6};
        assert_int_equal(
            execwire_seal_node_init(&stranger, &other, &of_other, 1000, reserve, NULL, NULL),
            EXECWIRE_OK);
        assert_int_equal(execwire_seal_node_write(&stranger, "x", 1, out, MOST, &size, NULL),
                         EXECWIRE_OK);
        assert_int_equal(at_peer(out, size), EXECWIRE_SEAL_FORGED);
    }
    assert_well();
}

/* attack: reflected */
static void test_reflected(void **unused)
{
    (void)unused;
    start(false);
    talk(100);
    for (unsigned i = 0; i < up_count; i++)
        assert_int_not_equal(at_node(up[i].bytes, up[i].size), EXECWIRE_SEAL_OPENED);
    for (unsigned i = 0; i < down_count; i++)
        assert_int_not_equal(at_peer(down[i].bytes, down[i].size), EXECWIRE_SEAL_OPENED);
    assert_well();
}

/* attack: old challenges and questions. They move nothing but the size of the next frame. */
static void test_old_challenge(void **unused)
{
    unsigned recorded;
    uint32_t before;

    (void)unused;
    start(false);
    talk(20);
    start_peer(NULL);
    talk(80);
    recorded = down_count;
    before = node.session;
    assert_int_equal(before, 3); /* its first one, and one for each challenge */
    for (unsigned i = 0; i < recorded; i++) {
        if (down[i].number == UINT32_MAX)
            (void)at_node(down[i].bytes, down[i].size);
        talk(1);
    }
    assert_int_equal(node.session, before);
    replay_all_to_peer();
    replay_all_to_node();
    assert_well();
}

/* attack: downgrade */
static void test_downgrade(void **unused)
{
    static const uint8_t plain[] = {0x08, 0x80, 0x11, 0x1a, 0x02, 0x20, 0x1f, 0x72, 0x0c, 0x0a};
    const sealed *s;

    (void)unused;
    start(false);
    talk(20);
    assert_int_not_equal(at_peer(plain, sizeof plain), EXECWIRE_SEAL_OPENED);
    assert_int_not_equal(at_node(plain, sizeof plain), EXECWIRE_SEAL_OPENED);
    s = node_sends();
    peer.options.tag_size = 4; /* whoever agreed on less is not understood */
    assert_int_not_equal(at_peer(s->bytes, s->size), EXECWIRE_SEAL_OPENED);
    peer.options.tag_size = 8;
    assert_well();
}

static void restart_peer(void)
{
    const execwire_seal_newest kept = peer.newest;

    start_peer(&kept);
}

static void replay_all_to_restarted_peer(void)
{
    restart_peer();
    for (unsigned i = 0; i < up_count; i++)
        assert_in_range(at_peer(up[i].bytes, up[i].size), EXECWIRE_SEAL_FORGED, EXECWIRE_SEAL_OLD);
}

/* promise: seal-newest */
/* attack: one-way, where nobody can be asked: what was stored decides */
static void test_one_way(void **unused)
{
    (void)unused;
    start(true);
    talk(100);
    replay_all_to_peer();
    replay_all_to_restarted_peer();
    start_node();
    assert_well();
}

/* promise: seal-goes-on. A session that a gateway was started anew in: its next long frame is
 * opened, and nothing that went before it, also of what came late. */
static void test_one_way_goes_on(void **unused)
{
    (void)unused;
    for (unsigned before = 1; before < 200; before += 7) {
        unsigned held;

        start(true);
        talk(before);
        replay_all_to_restarted_peer();
        held = up_count;
        (void)node_sends(); /* overtaken by all that follows */
        talk(32);
        (void)at_peer(up[held].bytes, up[held].size);
        for (unsigned i = 0; i < held; i++)
            assert_int_not_equal(at_peer(up[i].bytes, up[i].size), EXECWIRE_SEAL_OPENED);
        assert_true(peer.has_session);
        assert_int_equal(peer.session, 1);
        assert_well();
        replay_all_to_restarted_peer();
    }
}

/* A node that lost its counter is in a session of this number again, with another salt. */
static void test_one_way_same_number_again(void **unused)
{
    (void)unused;
    start(true);
    talk(100);
    stored = 0;
    start_node();
    (void)node_sends();
    replay_all_to_restarted_peer();
    for (unsigned i = 0; i < 200; i++)
        (void)node_sends();
    replay_all_to_restarted_peer();
}

/* promise: seal-retired */
/* attack: guessing for long */
static void test_retired(void **unused)
{
    const sealed *s;

    (void)unused;
    start(false);
    talk(10);
    s = node_sends();
    peer.failures[0] = EXECWIRE_SEAL_MOST_FAILURES - 1;
    node.failures = EXECWIRE_SEAL_MOST_FAILURES - 1;
    assert_int_equal(at_peer("xxxxxxxxxx", 10), EXECWIRE_SEAL_UNPROVEN);
    assert_int_equal(at_peer(s->bytes, s->size), EXECWIRE_SEAL_RETIRED);
    assert_int_equal(at_node("xxxxxxxxxx", 10), EXECWIRE_SEAL_FORGED);
    s = peer_sends();
    assert_int_equal(at_node(s->bytes, s->size), EXECWIRE_SEAL_RETIRED);
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
    unsigned count = is_up ? up_count : down_count;
    sealed s;

    if (count == 0)
        return;
    s = (is_up ? up : down)[chance(seed, count)];
    if (chance(seed, 3) == 0)
        s.bytes[chance(seed, (unsigned)s.size)] ^= (uint8_t)(1u << chance(seed, 8));
    if (chance(seed, 2) == 0)
        (void)at_peer(s.bytes, s.size);
    else
        (void)at_node(s.bytes, s.size);
}

/* Reboots, lost stores, losses, recordings and changed frames in any order: nothing is opened that
 * was not sealed, nothing twice, no nonce is used twice, and in the end both understand each other.
 */
static void test_all_at_once(void **unused)
{
    (void)unused;
    for (uint64_t run = 0; run < 200; run++) {
        uint64_t seed = run;

        start(false);
        for (unsigned step = 0; step < 300; step++) {
            unsigned what = chance(&seed, 100);

            if (what < 2)
                start_node();
            else if (what < 3)
                stored = 0;
            else if (what < 5)
                start_peer(NULL);
            else if (what < 20)
                (void)node_sends();
            else if (what < 60)
                talk(1);
            else
                attack(&seed);
        }
        assert_well();
    }
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
        cmocka_unit_test(test_forged),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_replayed),
        cmocka_unit_test(test_gateway_lost_its_store),
        cmocka_unit_test(test_node_lost_its_counter),
        cmocka_unit_test(test_swapped),
        cmocka_unit_test(test_reflected),
        cmocka_unit_test(test_old_challenge),
        cmocka_unit_test(test_downgrade),
        cmocka_unit_test(test_one_way),
        cmocka_unit_test(test_one_way_goes_on),
        cmocka_unit_test(test_one_way_same_number_again),
        cmocka_unit_test(test_retired),
        cmocka_unit_test(test_all_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, clean);
}

/* The numbers of sealed frames: which are long, which are opened in what order, and where they end.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/pair.h"

#include "seal/way.h"

#include <string.h>

/* ---- Which frames are long ---- */

static bool is_long(const pair_frame *s)
{
    return (s->bytes[pair.options.cid_size] & 0x80) != 0;
}

static void test_long_while_nobody_answers(void **unused)
{
    pair_frame s;

    (void)unused;
    pair_start(false, 0, 8);
    for (unsigned i = 0; i < 200; i++) {
        s = pair_from_node("up");
        assert_int_equal(is_long(&s), i % 8 == 0);
    }
}

static void test_long_one_way(void **unused)
{
    pair_frame s;

    (void)unused;
    pair_start(true, 0, 8);
    for (unsigned i = 0; i < 200; i++) {
        s = pair_from_node("up");
        assert_int_equal(is_long(&s), i % 32 == 0);
    }
}

/* After an answer each eighth is, but not of the next 48. */
static void test_long_when_silent(void **unused)
{
    (void)unused;
    for (unsigned before = 1; before < 9; before++) {
        pair_frame s;

        pair_start(false, 0, 8);
        pair_meet();
        while (pair.node.up.next < before)
            (void)pair_from_node("up");
        s = pair_from_peer("down");
        assert_int_equal(pair_at_node(&s, "down"), EXECWIRE_SEAL_OPENED);
        for (unsigned i = before; i < before + 120; i++) {
            s = pair_from_node("up");
            assert_int_equal(is_long(&s), i % 8 == 0 && i - before >= 48);
        }
    }
}

/* A question is answered by one long frame. */
static void test_long_when_asked(void **unused)
{
    pair_frame s;

    (void)unused;
    pair_start(false, 0, 8);
    pair_meet();
    s = pair_challenge(); /* with a session and no other in sight it is a question */
    assert_int_equal(s.bytes[0], 0xA3);
    assert_int_equal(pair_at_node(&s, ""), EXECWIRE_SEAL_CHALLENGED);
    s = pair_from_node("up");
    assert_true(is_long(&s));
    s = pair_from_node("up");
    assert_false(is_long(&s));
}

static bool echoes(const pair_frame *s)
{
    return is_long(s) && (s->bytes[0] & 0x20) != 0;
}

/* Long frames echo the challenge until the gateway has answered in their session. */
static void test_echoes_until_answered(void **unused)
{
    pair_frame s;

    (void)unused;
    pair_start(false, 0, 8);
    s = pair_from_node("up");
    assert_false(echoes(&s));
    assert_int_equal(pair_at_peer(&s, "up"), EXECWIRE_SEAL_UNPROVEN);
    s = pair_challenge();
    assert_int_equal(pair_at_node(&s, ""), EXECWIRE_SEAL_CHALLENGED);
    for (unsigned i = 0; i < 50; i++) {
        s = pair_from_node("up");
        assert_int_equal(echoes(&s), i % 8 == 0);
    }
    pair_start(false, 0, 8);
    pair_meet();
    s = pair_challenge();
    assert_int_equal(pair_at_node(&s, ""), EXECWIRE_SEAL_CHALLENGED);
    s = pair_from_node("up");
    assert_true(is_long(&s));
    assert_false(echoes(&s));
}

static void test_long_from_gateway(void **unused)
{
    pair_frame s;

    (void)unused;
    pair_start(false, 0, 8);
    pair_meet(); /* which takes the first one */
    for (unsigned i = 1; i < 200; i++) {
        s = pair_from_peer("down");
        assert_int_equal(is_long(&s), i < 4 || i % 16 == 0);
        assert_int_equal(pair_at_node(&s, "down"), EXECWIRE_SEAL_OPENED);
    }
}

/* ---- Which are opened ---- */

/* A frame of the session with that number. */
static pair_frame numbered(uint32_t number, execwire_form_kind kind)
{
    execwire_seal_node node = pair.node;
    execwire_sealing sealing = {.number = number, .from = "x", .frame_size = 1};
    pair_frame s;

    node.up.next = number;
    node.echoes = false;
    node.asked = kind == EXECWIRE_FORM_LONG;
    sealing.form = s.bytes;
    sealing.form_size = execwire_form_write_up(&node, s.bytes);
    sealing.to = s.bytes + sealing.form_size;
    assert_true(execwire_way_seal(&node.up, &pair.options, &sealing));
    s.size = sealing.form_size + 1 + pair.options.tag_size;
    return s;
}

static execwire_seal_outcome open_number(uint32_t number, execwire_form_kind kind)
{
    pair_frame s = numbered(number, kind);

    return pair_at_peer(&s, "x");
}

/* After a jump of any size, each of the 63 before the newest is opened once if it was not before.
 */
static void test_window(void **unused)
{
    const uint32_t first = 1000;

    (void)unused;
    for (uint32_t jump = 1; jump < 130; jump++) {
        uint32_t newest = first + jump;

        pair_start(false, 0, 8);
        pair_meet();
        for (uint32_t number = first - 70; number <= first; number += 2)
            assert_int_equal(open_number(number, EXECWIRE_FORM_LONG), EXECWIRE_SEAL_OPENED);
        assert_int_equal(open_number(newest, EXECWIRE_FORM_LONG), EXECWIRE_SEAL_OPENED);
        for (uint32_t number = newest - 64; number <= newest; number++) {
            bool opened = number == newest || (number <= first && (first - number) % 2 == 0);
            bool late = newest - number >= 64;

            assert_int_equal(open_number(number, EXECWIRE_FORM_SHORT),
                             opened && !late ? EXECWIRE_SEAL_REPLAYED
                             : late          ? EXECWIRE_SEAL_UNPROVEN
                                             : EXECWIRE_SEAL_OPENED);
            assert_int_equal(open_number(number, EXECWIRE_FORM_LONG), EXECWIRE_SEAL_REPLAYED);
        }
    }
}

/* Of a short number the one is meant that is nearest: 63 ahead, and 64 behind. */
static void test_nearest(void **unused)
{
    (void)unused;
    pair_start(false, 0, 8);
    pair_meet();
    assert_int_equal(open_number(1000, EXECWIRE_FORM_LONG), EXECWIRE_SEAL_OPENED);
    assert_int_equal(open_number(1064, EXECWIRE_FORM_SHORT), EXECWIRE_SEAL_OPENED);
    assert_int_equal(pair.peer.up.next, 1065);
    assert_int_equal(open_number(1065 + 64, EXECWIRE_FORM_SHORT), EXECWIRE_SEAL_UNPROVEN);
    assert_int_equal(pair.peer.up.next, 1065);
}

/* The first number is nearest as well; none is below it. */
static void test_first_number(void **unused)
{
    pair_frame s;

    (void)unused;
    pair_start(false, 0, 8);
    (void)pair_from_node("unheard");
    s = pair_from_node("lost");
    s = numbered(0, EXECWIRE_FORM_LONG);
    assert_int_equal(pair_at_peer(&s, ""), EXECWIRE_SEAL_UNPROVEN);
    s = pair_challenge();
    pair.node.answered = true;
    assert_int_equal(pair_at_node(&s, ""), EXECWIRE_SEAL_CHALLENGED);
    (void)pair_from_node("lost");
    assert_false(pair.node.answered); /* in the next session, which this began */
    (void)pair_from_node("lost");
    pair.node.up.next = 8;
    s = pair_from_node("found");
    assert_int_equal(pair_at_peer(&s, "found"), EXECWIRE_SEAL_OPENED);
    assert_int_equal(open_number(0, EXECWIRE_FORM_SHORT), EXECWIRE_SEAL_OPENED);
    assert_int_equal(open_number(0, EXECWIRE_FORM_SHORT), EXECWIRE_SEAL_REPLAYED);
    assert_int_equal(open_number(UINT32_MAX, EXECWIRE_FORM_SHORT), EXECWIRE_SEAL_UNPROVEN);
}

/* ---- Where they end ---- */

static void test_last_number(void **unused)
{
    const uint32_t last = EXECWIRE_SEAL_MOST_FRAMES - 1;

    (void)unused;
    pair_start(false, 0, 8);
    pair_meet();
    assert_int_equal(open_number(last + 1, EXECWIRE_FORM_LONG), EXECWIRE_SEAL_FORGED);
    pair.peer.up.next = last - 5;
    assert_int_equal(open_number(last + 1, EXECWIRE_FORM_SHORT), EXECWIRE_SEAL_UNPROVEN);
    assert_int_equal(open_number(last, EXECWIRE_FORM_SHORT), EXECWIRE_SEAL_OPENED);
}

/* A session does not begin beyond the last number either. */
static void test_last_number_first(void **unused)
{
    (void)unused;
    pair_start(true, 0, 8);
    (void)pair_from_node("unheard");
    assert_int_equal(open_number(EXECWIRE_SEAL_MOST_FRAMES, EXECWIRE_FORM_LONG),
                     EXECWIRE_SEAL_FORGED);
    assert_int_equal(open_number(EXECWIRE_SEAL_MOST_FRAMES - 1, EXECWIRE_FORM_LONG),
                     EXECWIRE_SEAL_OPENED);
}

/* Who has sealed the last one begins another session, without the old answer. */
static void test_next_session(void **unused)
{
    pair_frame s;
    uint32_t session;

    (void)unused;
    pair_start(false, 0, 8);
    pair_meet();
    session = pair.node.up.session;
    pair.node.up.next = EXECWIRE_SEAL_MOST_FRAMES - 1;
    pair.node.silent = 0;
    s = pair_from_node("the last");
    assert_false(is_long(&s));
    assert_int_equal(pair.node.up.session, session);
    s = pair_from_node("the first");
    assert_true(is_long(&s));
    assert_int_equal(pair.node.up.session, session + 1);
    assert_int_equal(pair.node.up.next, 1);
    for (unsigned number = 4; number <= 16; number += 12) {
        pair.peer.down.next = number;
        s = pair_from_peer("of the session before");
        assert_int_equal(is_long(&s), number == 16);
        assert_int_equal(pair_at_node(&s, ""), EXECWIRE_SEAL_FORGED);
    }
}

/* Where no other session can begin, the one that is over is. */
static void test_no_next_session(void **unused)
{
    uint8_t out[PAIR_MOST];
    pair_frame s;
    size_t size;

    (void)unused;
    pair_start(false, 0, 8);
    pair_meet();
    pair.node.up.next = EXECWIRE_SEAL_MOST_FRAMES;
    pair.crypto.fail_after = 1;
    assert_int_equal(execwire_seal_node_write(&pair.node, "x", 1, out, sizeof out, &size, NULL),
                     EXECWIRE_ERROR_SEAL);
    s = pair_from_peer("of the session before");
    assert_int_equal(pair_at_node(&s, ""), EXECWIRE_SEAL_FORGED);
}

/* One number is stored for sixteen sessions. */
static void test_stores(void **unused)
{
    (void)unused;
    pair_start(false, 0, 8);
    for (unsigned session = 1; session <= 3 * EXECWIRE_SEAL_SESSIONS; session++) {
        pair.node.begun = false;
        (void)pair_from_node("first");
        assert_int_equal(pair.node.up.session, session);
        assert_int_equal(pair.stores,
                         (session + EXECWIRE_SEAL_SESSIONS - 1) / EXECWIRE_SEAL_SESSIONS);
        assert_true(pair.stored > session);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long_while_nobody_answers),
        cmocka_unit_test(test_long_one_way),
        cmocka_unit_test(test_long_when_silent),
        cmocka_unit_test(test_long_when_asked),
        cmocka_unit_test(test_echoes_until_answered),
        cmocka_unit_test(test_long_from_gateway),
        cmocka_unit_test(test_window),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_first_number),
        cmocka_unit_test(test_last_number),
        cmocka_unit_test(test_last_number_first),
        cmocka_unit_test(test_next_session),
        cmocka_unit_test(test_no_next_session),
        cmocka_unit_test(test_stores),
    };

    return cmocka_run_group_tests(tests, NULL, pair_clean);
}

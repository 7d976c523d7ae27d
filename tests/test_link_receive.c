/* What a receiver makes of a frame that is good, late, doubled or another's: what it keeps,
 * acknowledges, wants and counts. Expected: docs/link.md, "Rules of both ends".
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/frame/control.h"
#include "link/frame/update.h"
#include "support/frames.h"

#include <string.h>

/* Two minutes without anything good. */
#define SESSION_MS 120000
#define FRESH_MS   1200000

/* A state of ref 0 in a generation, with its identity. */
static execwire_link_outcome hear_identity(uint32_t generation, uint32_t number)
{
    const execwire_state state = plain(number);

    begin_update(3, number);
    put_hex(EXECWIRE_FRAME_IDS, IDS);
    put_check(&state, generation, number);
    if (generation > 0)
        put_number(EXECWIRE_FRAME_GENERATION, generation);
    assert_int_equal(hear(), EXECWIRE_OK);
    return w.event.outcome;
}

/* A state of ref 0 without it. */
static execwire_link_outcome hear_delta(uint32_t number)
{
    const execwire_state state = plain(number);

    begin_update(3, number);
    put_check(&state, w.contexts[0].generation, number);
    assert_int_equal(hear(), EXECWIRE_OK);
    return w.event.outcome;
}

static void hear_digest(uint32_t generation, uint32_t number)
{
    size_t check_at;
    execwire_sink size = {NULL, 0};
    uint32_t entry = execwire_live_of(0, generation, number);

    begin();
    check_at = execwire_control_put_check(&w.out.sink);
    execwire_sink_varint(&size, entry);
    execwire_sink_head(&w.out.sink, EXECWIRE_FRAME_LIVE, size.size);
    execwire_sink_varint(&w.out.sink, entry);
    put_number(EXECWIRE_FRAME_SESSION, w.session);
    (void)execwire_control_finish(w.frame, w.out.sink.size, check_at, EXECWIRE_STR("node"), 0);
    assert_heard(EXECWIRE_LINK_DIGEST);
}

/* ---- Memory ---- */

/* It need not be clean when it is lent, and what is not lent stays as it is. */
static void test_memory_that_is_not_clean(void **unused)
{
    static execwire_link_context contexts[3];
    static execwire_link_transfer transfers[3];
    execwire_link_receiver_options options;
    execwire_link_receiver receiver;
    execwire_link_view view;

    (void)unused;
    open_receiver();
    options = w.receiver.options;
    options.contexts = contexts;
    options.transfers = transfers;
    options.context_count = options.transfer_count = 2;
    memset(contexts, 0x55, sizeof contexts);
    memset(transfers, 0x55, sizeof transfers);
    memset(&receiver, 0x55, sizeof receiver);
    assert_int_equal(execwire_link_receiver_init(&receiver, &options, NULL), EXECWIRE_OK);
    for (unsigned i = 0; i < 2; i++) {
        assert_memory_equal(&contexts[i], &(execwire_link_context){.known = false},
                            sizeof contexts[i]);
        assert_int_equal(transfers[i].whole, 0);
        assert_false(execwire_link_receiver_view(&receiver, i, 0, &view));
    }
    assert_int_equal(contexts[2].number, 0x55555555);
    assert_int_equal(transfers[2].whole, 0x55555555);
    memset(&view, 0x55, sizeof view);
    assert_false(execwire_link_receiver_view(&receiver, 2, 0, &view));
    assert_memory_equal(&view, &(execwire_link_view){.current = false}, sizeof view);
    assert_int_equal(receiver.stats.bytes, 0);
}

static void test_freshness(void **unused)
{
    execwire_link_view view;

    (void)unused;
    open_session();
    hear_plain();
    for (uint64_t age = FRESH_MS - 1; age < FRESH_MS + 2; age++) {
        assert_true(execwire_link_receiver_view(&w.receiver, 0, age, &view));
        assert_int_equal(view.age_ms, age);
        assert_int_equal(view.current, age <= FRESH_MS);
    }
    w.receiver.options.fresh_ms = 7;
    assert_true(execwire_link_receiver_view(&w.receiver, 0, 7, &view) && view.current);
    assert_true(execwire_link_receiver_view(&w.receiver, 0, 8, &view) && !view.current);
}

/* ---- What comes again ---- */

/* A state that comes again is acknowledged again, and news of its session. */
static void test_a_state_again(void **unused)
{
    (void)unused;
    open_session();
    hear_plain();
    assert_int_equal(w.receiver.peer.owed, 1);
    w.contexts[0].owed = false;
    w.receiver.peer.owed = 0;
    w.contexts[0].want = w.contexts[0].suspect = true;
    w.contexts[0].asks = 5;
    w.now = 50000;
    assert_int_equal(hear_identity(0, 1), EXECWIRE_LINK_REPEATED);
    assert_int_equal(w.event.number, 1);
    assert_true(w.event.has_ref);
    assert_int_equal(w.event.ref, 0);
    assert_int_equal(w.receiver.peer.owed, 1);
    assert_int_equal(w.contexts[0].heard, 50000);
    assert_false(w.contexts[0].want || w.contexts[0].suspect);
    assert_int_equal(w.contexts[0].asks, 0);
    assert_int_equal(w.receiver.peer.session_heard, 50000);
}

/* One that is not stored is not acknowledged: one that is older, or another one of that number. */
static void test_what_is_not_newer(void **unused)
{
    (void)unused;
    open_session();
    assert_int_equal(hear_identity(3, 6), EXECWIRE_LINK_STATE);
    w.contexts[0].owed = false;
    w.receiver.peer.owed = 0;
    w.contexts[0].suspect = true;
    w.now = 50000;
    assert_int_equal(hear_identity(3, 5), EXECWIRE_LINK_REPEATED);
    assert_int_equal(w.event.number, 5);
    assert_int_equal(hear_identity(2, 9), EXECWIRE_LINK_REPEATED);
    assert_int_equal(hear_delta(4), EXECWIRE_LINK_REPEATED);
    assert_int_equal(w.receiver.peer.owed, 0);
    assert_int_equal(w.contexts[0].heard, 0);
    assert_true(w.contexts[0].suspect);
    assert_int_equal(w.receiver.peer.session_heard, 0);
    assert_int_equal(w.contexts[0].number, 6);
    assert_int_equal(hear_delta(7), EXECWIRE_LINK_STATE);
    assert_int_equal(w.receiver.peer.owed, 1);
}

/* ---- Suspicion ---- */

/* A digest says that there is number 9: what comes before that ends no suspicion. */
static void test_suspicion_ends_with_what_it_was_of(void **unused)
{
    (void)unused;
    open_session();
    hear_plain();
    hear_digest(0, 9);
    assert_true(w.contexts[0].suspect && w.contexts[0].want);
    w.now = 1000;
    assert_int_equal(hear_identity(0, 8), EXECWIRE_LINK_STATE);
    assert_true(w.contexts[0].suspect && w.contexts[0].want);
    assert_int_equal(w.contexts[0].heard, 0);
    assert_int_equal(hear_delta(9), EXECWIRE_LINK_STATE);
    assert_false(w.contexts[0].suspect || w.contexts[0].want);
    assert_int_equal(w.contexts[0].heard, 1000);
}

/* What was said of an execution is not said of the next one that has its ref. */
static void test_suspicion_of_another_execution(void **unused)
{
    (void)unused;
    open_session();
    hear_plain();
    hear_digest(0, 9);
    assert_int_equal(hear_identity(1, 3), EXECWIRE_LINK_STATE);
    assert_false(w.contexts[0].suspect || w.contexts[0].want);
}

/* After a new session a digest may come before the states that it is of. */
static void test_suspicion_in_a_new_session(void **unused)
{
    (void)unused;
    open_session();
    hear_plain();
    meet(6, "node", true);
    hear_digest(0, 5);
    assert_true(w.contexts[0].suspect && w.contexts[0].want);
    assert_int_equal(hear_identity(0, 3), EXECWIRE_LINK_STATE); /* a late one */
    assert_true(w.contexts[0].suspect && w.contexts[0].want);
    assert_int_equal(hear_delta(5), EXECWIRE_LINK_STATE);
    assert_false(w.contexts[0].suspect || w.contexts[0].want);
}

/* ---- Sessions ---- */

static void test_states_of_other_sessions(void **unused)
{
    static const struct {
        uint32_t session;
        execwire_link_outcome expected;
    } cases[] = {
        {4, EXECWIRE_LINK_OLD_SESSION}, {5, EXECWIRE_LINK_STATE}, {6, EXECWIRE_LINK_NO_SESSION}};

    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        const execwire_state state = plain(1);

        open_session();
        begin_update(3, 1);
        put_hex(EXECWIRE_FRAME_IDS, IDS);
        put_check(&state, 0, 1);
        put_number(EXECWIRE_FRAME_SESSION, cases[i].session);
        assert_heard(cases[i].expected);
        assert_int_equal(w.receiver.peer.want_hello, cases[i].session == 6);
        assert_int_equal(w.contexts[0].want, cases[i].session == 6);
    }
}

/* States of the session before are no bases, nor are they what repeats are of. */
static void test_states_of_before(void **unused)
{
    const execwire_state state = plain(1);

    (void)unused;
    open_session();
    hear_plain();
    meet(6, "node", true);
    assert_int_equal(hear_delta(2), EXECWIRE_LINK_NO_IDENTITY);
    assert_true(w.contexts[0].want);
    w.session = 5;
    begin_update(3, 1);
    put_hex(EXECWIRE_FRAME_IDS, IDS);
    put_check(&state, 0, 1); /* of session 5, in which it was known */
    assert_heard(EXECWIRE_LINK_MISMATCH);
    assert_true(w.receiver.peer.want_hello);
    w.session = 6;
    w.contexts[0].generation = 4;
    assert_int_equal(hear_identity(0, 1), EXECWIRE_LINK_STATE); /* whatever was before */
    assert_int_equal(w.contexts[0].generation, 0);
}

/* An older session is believed two minutes after the last state, new or again. */
static void test_news_of_a_session(void **unused)
{
    (void)unused;
    for (unsigned again = 0; again < 2; again++) {
        size_t check_at;

        open_session();
        hear_plain();
        w.now = 100000;
        if (again)
            assert_int_equal(hear_identity(0, 1), EXECWIRE_LINK_REPEATED);
        else
            assert_int_equal(hear_delta(2), EXECWIRE_LINK_STATE);
        w.now += SESSION_MS;
        begin();
        check_at = execwire_control_put_check(&w.out.sink);
        execwire_sink_bytes_field(&w.out.sink, EXECWIRE_FRAME_NODE, "node", 4);
        put_number(EXECWIRE_FRAME_SESSION, 4);
        (void)execwire_control_finish(w.frame, w.out.sink.size, check_at, (execwire_str){NULL, 0},
                                      0);
        assert_heard(EXECWIRE_LINK_OLD_SESSION);
        w.now++;
        meet(4, "node", true);
    }
}

/* ---- Pieces ---- */

/* The frame that was written in one piece, as one of a ref's number. */
static void put_into_a_piece(unsigned ref, uint32_t number)
{
    uint8_t whole[1024];
    size_t size;

    pack();
    size = w.out.sink.size;
    memcpy(whole, w.frame, size);
    begin();
    put_number(EXECWIRE_FRAME_UPDATE, execwire_piece_head(ref, 3, 0, number));
    put_number(EXECWIRE_FRAME_WHOLE, size);
    execwire_sink_bytes_field(&w.out.sink, EXECWIRE_FRAME_PIECE, whole, size);
}

static void test_a_frame_in_pieces(void **unused)
{
    const execwire_state state = plain(2);

    (void)unused;
    open_session();
    hear_plain();
    begin_update(3, 2);
    put_check(&state, 0, 2);
    put_into_a_piece(0, 2);
    assert_heard(EXECWIRE_LINK_STATE);
    assert_came_out(&state);
    w.contexts[0].owed = false;
    w.receiver.peer.owed = 0;
    begin_update(3, 2);
    put_check(&state, 0, 2);
    put_into_a_piece(0, 2);
    assert_heard(EXECWIRE_LINK_REPEATED);
    assert_int_equal(w.event.number, 2);
    assert_int_equal(w.receiver.peer.owed, 1);
    w.contexts[0].known = false; /* what is not there is not repeated */
    begin_update(3, 2);
    put_check(&state, 0, 2);
    put_into_a_piece(0, 2);
    assert_heard(EXECWIRE_LINK_NO_IDENTITY);
}

/* A transfer of what is known by now ends. */
static void test_a_state_ends_its_transfers(void **unused)
{
    (void)unused;
    open_session();
    hear_plain();
    begin();
    put_number(EXECWIRE_FRAME_UPDATE, execwire_piece_head(0, 3, 0, 2));
    put_number(EXECWIRE_FRAME_WHOLE, 500);
    put_hex(EXECWIRE_FRAME_PIECE, "00");
    assert_heard(EXECWIRE_LINK_PIECE);
    assert_int_equal(w.transfers[0].whole, 500);
    assert_int_equal(hear_delta(3), EXECWIRE_LINK_STATE);
    assert_int_equal(w.transfers[0].whole, 0);
}

/* What pieces make up has to be a state's frame, of their own ref. */
static void test_pieces_of_something_else(void **unused)
{
    const execwire_state state = plain(2);

    (void)unused;
    open_session();
    hear_plain();
    begin_update(3, 2);
    put_check(&state, 0, 2);
    put_into_a_piece(1, 2);
    assert_refused(EXECWIRE_ERROR_LINK_FRAME, 0, "");
    begin();
    put_hex(EXECWIRE_FRAME_ACKS, "01000000");
    put_into_a_piece(0, 2);
    assert_refused(EXECWIRE_ERROR_LINK_FRAME, 0, "");
    begin();
    put_hex(EXECWIRE_FRAME_IDS, "00");
    put_into_a_piece(0, 2);
    assert_refused(EXECWIRE_ERROR_LINK_FRAME, 3, "");
    begin_update(3, 2);
    put_hex(EXECWIRE_FRAME_OUT, "c001"); /* a UUID of one byte */
    put_wrong_check();
    put_into_a_piece(0, 2);
    assert_refused(EXECWIRE_ERROR_LINK_TEXT, 6 + 2 + 2, "/out");
    assert_int_equal(w.receiver.stats.malformed, 4);
    assert_int_equal(w.contexts[0].number, 1);
}

/* ---- Refs and numbers ---- */

static void test_refs(void **unused)
{
    (void)unused;
    open_session();
    for (unsigned ref = 0; ref < REFS + 2; ref++) {
        begin();
        put_number(EXECWIRE_FRAME_UPDATE, ref | 3 << 7);
        put_wrong_check();
        assert_heard(ref < REFS ? EXECWIRE_LINK_NO_IDENTITY : EXECWIRE_LINK_NO_ROOM);
        assert_true(w.event.has_ref);
        assert_int_equal(w.event.ref, ref);
        assert_int_equal(w.event.number, 0);
    }
}

static void test_counting(void **unused)
{
    uint64_t bytes;

    (void)unused;
    open_session();
    hear_plain();
    bytes = w.receiver.stats.bytes;
    (void)hear_delta(2);
    assert_int_equal(w.receiver.stats.bytes,
                     bytes + 6 + 2); /* a number that is not the usual one */
    (void)hear_delta(3);
    (void)hear_delta(3);
    assert_int_equal(w.receiver.stats.bytes, bytes + 6 + 2 + 2 * 6);
    assert_int_equal(w.receiver.stats.outcomes[EXECWIRE_LINK_HELLO], 1);
    assert_int_equal(w.receiver.stats.outcomes[EXECWIRE_LINK_STATE], 3);
    assert_int_equal(w.receiver.stats.outcomes[EXECWIRE_LINK_REPEATED], 1);
    assert_int_equal(w.receiver.stats.outcomes[EXECWIRE_LINK_MISMATCH], 0);
    assert_int_equal(w.receiver.stats.malformed, 0);
    begin();
    assert_refused(EXECWIRE_ERROR_LINK_FRAME, 0, "");
    assert_int_equal(w.receiver.stats.malformed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_that_is_not_clean),
        cmocka_unit_test(test_freshness),
        cmocka_unit_test(test_a_state_again),
        cmocka_unit_test(test_what_is_not_newer),
        cmocka_unit_test(test_suspicion_ends_with_what_it_was_of),
        cmocka_unit_test(test_suspicion_of_another_execution),
        cmocka_unit_test(test_suspicion_in_a_new_session),
        cmocka_unit_test(test_states_of_other_sessions),
        cmocka_unit_test(test_states_of_before),
        cmocka_unit_test(test_news_of_a_session),
        cmocka_unit_test(test_a_frame_in_pieces),
        cmocka_unit_test(test_a_state_ends_its_transfers),
        cmocka_unit_test(test_pieces_of_something_else),
        cmocka_unit_test(test_refs),
        cmocka_unit_test(test_counting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

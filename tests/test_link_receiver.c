/* What a receiver makes of frames, by a sender whose frames are held back, changed or lost.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/frame/frame.h"
#include "support/lent.h"
#include "support/link.h"

#include <execwire/link.h>

#include <string.h>

#define REFS 8

typedef struct world {
    execwire_link_sender sender;
    execwire_link_receiver receiver;
    execwire_link_execution executions[REFS];
    execwire_link_context contexts[REFS];
    execwire_link_transfer transfers[2];
    uint8_t frame[512];
    char words[128];
    execwire_link_packing packing;
    char store[8192], text[8192], pieces[8192];
    uint8_t said[64][512];
    size_t said_size[64];
    unsigned said_count;
    const execwire_state *newest;
    execwire_link_event event;
    execwire_error error;
} world;

static world w;

static void say(void *context, const void *frame, size_t size)
{
    (void)context;
    assert_true(w.said_count < 64);
    memcpy(w.said[w.said_count], frame, size);
    w.said_size[w.said_count++] = size;
}

static const execwire_state *recall(void *context, unsigned ref)
{
    (void)context;
    (void)ref;
    return w.newest;
}

static void open_sender(execwire_link_mode mode, size_t mtu, uint32_t stored)
{
    const execwire_link_sender_options options = {.mode = mode,
                                                  .node = EXECWIRE_STR(NODE),
                                                  LENT_TO_SENDER(&w),
                                                  .mtu = mtu,
                                                  LENT_TEXTS(&w),
                                                  .emit = say,
                                                  .recall = recall};

    assert_int_equal(execwire_link_sender_init(&w.sender, &options, NULL), EXECWIRE_OK);
    execwire_link_restore_session(&w.sender, stored);
}

static execwire_link_receiver_options receiver_options(execwire_link_mode mode)
{
    return (execwire_link_receiver_options){.mode = mode, LENT_TO_RECEIVER(&w)};
}

static void open_receiver(execwire_link_mode mode)
{
    const execwire_link_receiver_options options = receiver_options(mode);

    assert_int_equal(execwire_link_receiver_init(&w.receiver, &options, NULL), EXECWIRE_OK);
}

static void open_world(execwire_link_mode mode, size_t mtu)
{
    memset(&w, 0, sizeof w);
    open_sender(mode, mtu, 0);
    open_receiver(mode);
}

static void update(const execwire_state *state, uint64_t now)
{
    w.newest = state;
    assert_int_equal(execwire_link_update(&w.sender, state, now, NULL, NULL), EXECWIRE_OK);
}

static execwire_link_outcome hear(unsigned index, uint64_t now)
{
    assert_true(index < w.said_count);
    assert_int_equal(execwire_link_receive(&w.receiver, w.said[index], w.said_size[index], now,
                                           &w.event, &w.error),
                     EXECWIRE_OK);
    return w.event.outcome;
}

static void assert_event_is(const execwire_state *state)
{
    static char expected[4096], got[4096];
    size_t expected_size, size;

    assert_non_null(w.event.state);
    assert_int_equal(execwire_encode(state, expected, sizeof expected, &expected_size, NULL),
                     EXECWIRE_OK);
    assert_int_equal(execwire_encode(w.event.state, got, sizeof got, &size, NULL), EXECWIRE_OK);
    assert_int_equal(size, expected_size);
    assert_memory_equal(got, expected, size);
    assert_int_equal(w.event.message.size, size);
    assert_memory_equal(w.event.message.data, expected, size);
}

/* The feedback that is due, back to the sender. */
static size_t answer(uint64_t now)
{
    uint8_t frame[222];
    size_t size;

    (void)execwire_link_receiver_poll(&w.receiver, now, frame, sizeof frame, &size);
    if (size > 0)
        assert_int_equal(execwire_link_feedback(&w.sender, frame, size, NULL), EXECWIRE_OK);
    return size;
}

static void test_states_come_out(void **unused)
{
    execwire_state first = make_state(1, 1), next = make_state(2, 2);
    execwire_link_view view;

    (void)unused;
    open_world(EXECWIRE_LINK_TWO_WAY, 222);
    update(&first, 0);
    update(&next, 10);
    assert_int_equal(hear(0, 0), EXECWIRE_LINK_HELLO);
    assert_int_equal(hear(1, 0), EXECWIRE_LINK_STATE);
    assert_event_is(&first);
    assert_int_equal(w.event.ref, 0);
    assert_int_equal(w.event.number, 1);
    assert_int_equal(hear(2, 1000), EXECWIRE_LINK_STATE);
    assert_event_is(&next);
    assert_int_equal(hear(2, 1500), EXECWIRE_LINK_REPEATED);
    assert_int_equal(hear(1, 2000), EXECWIRE_LINK_REPEATED);
    assert_null(w.event.state);
    assert_true(execwire_link_receiver_view(&w.receiver, 0, 2500, &view));
    assert_int_equal(view.number, 2);
    assert_int_equal(view.age_ms, 1000);
    assert_true(view.current);
    assert_false(view.suspect);
    assert_true(execwire_link_receiver_view(&w.receiver, 0, 1500 + 1200001, &view));
    assert_false(view.current);
    assert_false(execwire_link_receiver_view(&w.receiver, 1, 0, &view));
    assert_false(execwire_link_receiver_view(&w.receiver, REFS, 0, &view));
}

static void test_a_lost_identity_is_wanted(void **unused)
{
    execwire_state first = make_state(1, 1), next = make_state(2, 2);

    (void)unused;
    open_world(EXECWIRE_LINK_TWO_WAY, 222);
    update(&first, 0);
    update(&next, 10);
    hear(0, 0);
    assert_int_equal(hear(2, 10), EXECWIRE_LINK_NO_IDENTITY);
    assert_true(answer(10) > 0);
    while (execwire_link_sender_poll(&w.sender, 2300) <= 2300)
        ;
    assert_int_equal(hear(3, 2300), EXECWIRE_LINK_STATE);
    assert_event_is(&next);
    assert_int_equal(w.sender.stats.wants, 1);
}

static void test_a_lost_hello_is_wanted(void **unused)
{
    execwire_state first = make_state(1, 1);

    (void)unused;
    open_world(EXECWIRE_LINK_TWO_WAY, 222);
    update(&first, 0);
    assert_int_equal(hear(1, 0), EXECWIRE_LINK_NO_SESSION);
    assert_true(answer(0) > 0);
    (void)execwire_link_sender_poll(&w.sender, 100);
    assert_int_equal(hear(2, 100), EXECWIRE_LINK_HELLO);
    assert_int_equal(hear(1, 200), EXECWIRE_LINK_STATE);
    assert_event_is(&first);
}

/* promise: nothing-before-the-check */
static void test_a_damaged_state_is_not_stored(void **unused)
{
    execwire_state first = make_state(1, 1), next = make_state(2, 2);
    execwire_link_view view;

    (void)unused;
    open_world(EXECWIRE_LINK_TWO_WAY, 222);
    update(&first, 0);
    update(&next, 10);
    hear(0, 0);
    hear(1, 0);
    w.said[2][3] ^= 1; /* a nanosecond or so */
    assert_int_equal(hear(2, 10), EXECWIRE_LINK_MISMATCH);
    assert_null(w.event.state);
    assert_true(execwire_link_receiver_view(&w.receiver, 0, 10, &view));
    assert_int_equal(view.number, 1);
    assert_true(view.suspect);
    assert_false(view.current);
    w.said[2][3] ^= 1;
    assert_int_equal(hear(2, 20), EXECWIRE_LINK_STATE);
    assert_true(execwire_link_receiver_view(&w.receiver, 0, 20, &view));
    assert_false(view.suspect);
}

static void test_a_damaged_hello_is_refused(void **unused)
{
    execwire_state first = make_state(1, 1);

    (void)unused;
    open_world(EXECWIRE_LINK_TWO_WAY, 222);
    update(&first, 0);
    w.said[0][8] ^= 1;
    assert_int_equal(
        execwire_link_receive(&w.receiver, w.said[0], w.said_size[0], 0, &w.event, &w.error),
        EXECWIRE_ERROR_LINK_FRAME);
    assert_int_equal(w.receiver.stats.malformed, 1);
    assert_int_equal(hear(1, 0), EXECWIRE_LINK_NO_SESSION);
}

static void test_sessions(void **unused)
{
    execwire_state first = make_state(1, 1), other = make_state(1, 2);
    execwire_link_view view;

    (void)unused;
    open_world(EXECWIRE_LINK_ONE_WAY, 222);
    update(&first, 0);
    hear(0, 0);
    hear(1, 0);
    open_sender(EXECWIRE_LINK_ONE_WAY, 222, 1);
    update(&other, 10);
    assert_int_equal(hear(3, 10), EXECWIRE_LINK_NO_SESSION); /* its hello is yet to come */
    assert_int_equal(hear(2, 10), EXECWIRE_LINK_HELLO);
    assert_true(execwire_link_receiver_view(&w.receiver, 0, 10, &view));
    assert_true(view.suspect);
    assert_int_equal(hear(3, 10), EXECWIRE_LINK_STATE);
    assert_event_is(&other);
    assert_int_equal(hear(0, 20), EXECWIRE_LINK_OLD_SESSION);
    assert_int_equal(hear(1, 20), EXECWIRE_LINK_OLD_SESSION);
}

/* promise: one-node */
static void test_another_nodes_hello_changes_nothing(void **unused)
{
    execwire_state first = make_state(1, 1), next = make_state(2, 2);

    (void)unused;
    open_world(EXECWIRE_LINK_TWO_WAY, 222);
    update(&first, 0);
    hear(0, 0);
    hear(1, 0);
    open_sender(EXECWIRE_LINK_TWO_WAY, 222, 7);
    w.sender.options.node = EXECWIRE_STR("another");
    update(&first, 0);
    assert_int_equal(hear(2, 0), EXECWIRE_LINK_OTHER_NODE);
    open_sender(EXECWIRE_LINK_TWO_WAY, 222, 0);
    update(&first, 0);
    update(&next, 0);
    assert_int_equal(hear(6, 0), EXECWIRE_LINK_STATE);
}

static void test_a_digest(void **unused)
{
    execwire_state first = make_state(1, 1), next = make_state(2, 2);
    execwire_link_view view;
    unsigned last;

    (void)unused;
    open_world(EXECWIRE_LINK_TWO_WAY, 222);
    update(&first, 0);
    hear(0, 0);
    hear(1, 0);
    update(&next, 10); /* lost */
    for (uint64_t now = 10; now <= 600300; now += 100)
        while (execwire_link_sender_poll(&w.sender, now) <= now && w.said_count < 60)
            ;
    last = w.said_count - 1;
    assert_int_equal(hear(last, 600300), EXECWIRE_LINK_DIGEST);
    assert_true(execwire_link_receiver_view(&w.receiver, 0, 600300, &view));
    assert_true(view.suspect);
    assert_true(answer(601000) > 0);
    assert_int_equal(w.sender.stats.wants, 1);
    /* one that says what is known confirms it */
    assert_int_equal(hear(2, 601000), EXECWIRE_LINK_STATE);
    assert_int_equal(hear(last, 700000), EXECWIRE_LINK_DIGEST);
    assert_true(execwire_link_receiver_view(&w.receiver, 0, 700100, &view));
    assert_int_equal(view.age_ms, 100);
    assert_true(view.current);
}

static void test_missing_pieces_are_repaired(void **unused)
{
    static char output[1500];
    execwire_state state = make_state(1, 7);
    unsigned count;

    (void)unused;
    fill(output, sizeof output);
    state.has_run_output = true;
    state.run_output.std_out = (execwire_str){output, sizeof output};
    open_world(EXECWIRE_LINK_TWO_WAY, 222);
    update(&state, 0);
    count = w.said_count;
    assert_true(count > 5);
    hear(0, 0);
    for (unsigned i = 1; i < count; i++)
        if (i != 2 && i != count - 1)
            assert_int_equal(hear(i, 0), EXECWIRE_LINK_PIECE);
    assert_int_equal(hear(3, 0), EXECWIRE_LINK_PIECE); /* twice */
    assert_true(answer(600) > 0);
    assert_int_equal(w.said_count, count + 2);
    assert_int_equal(hear(count + 1, 700), EXECWIRE_LINK_PIECE);
    assert_int_equal(hear(count, 700), EXECWIRE_LINK_STATE);
    assert_event_is(&state);
    assert_int_equal(hear(4, 800), EXECWIRE_LINK_REPEATED);
}

static void test_words_are_learned(void **unused)
{
    execwire_state first = make_state(1, 8), next = make_state(2, 8), third = make_state(3, 8);
    execwire_state fourth = make_state(4, 8);

    (void)unused;
    open_world(EXECWIRE_LINK_TWO_WAY, 222);
    first.status = next.status = third.status = fourth.status = EXECWIRE_STR("no room left here");
    update(&first, 0);
    hear(0, 0);
    hear(1, 0);
    answer(600);
    update(&next, 1000); /* the status comes again: frame 2 makes it a word */
    assert_int_equal(hear(2, 1000), EXECWIRE_LINK_HELLO);
    assert_int_equal(hear(3, 1000), EXECWIRE_LINK_STATE);
    assert_event_is(&next);
    answer(2000);
    third.run_output.std_out = EXECWIRE_STR("x");
    third.has_run_output = true;
    update(&third, 3000);
    assert_true(w.said_size[4] < w.said_size[1]);
    assert_int_equal(hear(4, 3000), EXECWIRE_LINK_STATE);
    assert_event_is(&third);
    /* a receiver that has not the word */
    open_receiver(EXECWIRE_LINK_TWO_WAY);
    hear(0, 4000);
    hear(1, 4000);
    w.sender.parts_known = 2;
    assert_int_equal(hear(4, 4000), EXECWIRE_LINK_NO_WORD);
}

static void test_a_base(void **unused)
{
    execwire_state first = make_state(1, 7), next = make_state(2, 7);

    (void)unused;
    first.has_run_output = next.has_run_output = true;
    first.run_output.std_out = next.run_output.std_out = EXECWIRE_STR(
        "a long output that is still the same in the next update of this execution, too "
        "long for a word of the session");
    open_world(EXECWIRE_LINK_TWO_WAY, 222);
    update(&first, 0);
    hear(0, 0);
    hear(1, 0);
    answer(600);
    update(&next, 1000);
    assert_int_equal(w.said_size[2], 19); /* update, check, number, base, clear: no desired state */
    assert_int_equal(hear(2, 1000), EXECWIRE_LINK_STATE);
    assert_event_is(&next);
    assert_int_equal(hear(2, 1000), EXECWIRE_LINK_REPEATED);
    open_receiver(EXECWIRE_LINK_TWO_WAY);
    hear(0, 0);
    assert_int_equal(hear(2, 0), EXECWIRE_LINK_NO_IDENTITY);
}

static void test_the_silent_make_room(void **unused)
{
    execwire_state states[6];
    static const char *const jobs[] = {"a", "b", "c", "d", "e", "f"};
    execwire_link_view view;

    (void)unused;
    open_world(EXECWIRE_LINK_LOSSLESS, 222);
    w.receiver.options.store_capacity = 500;
    for (unsigned i = 0; i < 6; i++) {
        states[i] = make_state(1, 1);
        states[i].job_id = (execwire_str){jobs[i], 1};
        update(&states[i], i);
    }
    hear(0, 0);
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(hear(i + 1, 10 + i), EXECWIRE_LINK_STATE);
        assert_event_is(&states[i]);
    }
    assert_true(w.receiver.stats.forgotten > 0);
    assert_false(execwire_link_receiver_view(&w.receiver, 0, 100, &view));
    assert_true(execwire_link_receiver_view(&w.receiver, 5, 100, &view));
    w.receiver.options.store_capacity = 50;
    open_sender(EXECWIRE_LINK_LOSSLESS, 222, 1);
    update(&states[0], 0);
    hear(7, 0);
    assert_int_equal(hear(8, 0), EXECWIRE_LINK_NO_ROOM);
}

/* promise: ok-is-well-formed */
static void test_what_is_not_for_a_receiver(void **unused)
{
    /* LinkFrame(acks=[1]); LinkFrame(update=8, check=0), of state 0, whose usual number is 0 */
    static const uint8_t acks[] = {0x12, 4, 1, 0, 0, 0}, far[] = {0x88, 0, 0, 0, 0, 0};
    execwire_link_receiver_options options = receiver_options(EXECWIRE_LINK_TWO_WAY);

    (void)unused;
    open_world(EXECWIRE_LINK_TWO_WAY, 222);
    assert_int_equal(execwire_link_receive(&w.receiver, acks, sizeof acks, 0, &w.event, NULL),
                     EXECWIRE_OK);
    assert_int_equal(w.event.outcome, EXECWIRE_LINK_FEEDBACK);
    assert_int_equal(execwire_link_receive(&w.receiver, far, sizeof far, 0, &w.event, NULL),
                     EXECWIRE_OK);
    assert_int_equal(w.event.outcome, EXECWIRE_LINK_NO_ROOM); /* ref 8 of 8 */
    assert_int_equal(execwire_link_receive(&w.receiver, NULL, 0, 0, NULL, &w.error),
                     EXECWIRE_ERROR_ARGUMENT);
    options.context_count = 0;
    assert_int_equal(execwire_link_receiver_init(&w.receiver, &options, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_string_equal(execwire_link_outcome_name(EXECWIRE_LINK_NO_WORD), "EXECWIRE_LINK_NO_WORD");
    assert_string_equal(execwire_link_outcome_text(EXECWIRE_LINK_STATE), "a new state");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states_come_out),
        cmocka_unit_test(test_a_lost_identity_is_wanted),
        cmocka_unit_test(test_a_lost_hello_is_wanted),
        cmocka_unit_test(test_a_damaged_state_is_not_stored),
        cmocka_unit_test(test_a_damaged_hello_is_refused),
        cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_another_nodes_hello_changes_nothing),
        cmocka_unit_test(test_a_digest),
        cmocka_unit_test(test_missing_pieces_are_repaired),
        cmocka_unit_test(test_words_are_learned),
        cmocka_unit_test(test_a_base),
        cmocka_unit_test(test_the_silent_make_room),
        cmocka_unit_test(test_what_is_not_for_a_receiver),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

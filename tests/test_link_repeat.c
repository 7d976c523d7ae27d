/* When a sender says a state again, in what form, and what it does for feedback. Expected: the
 * rules of docs/link.md, the intervals of include/execwire/link.h in ticks of 128 ms.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/frame/update.h"
#include "link/sender/executions.h"
#include "link/sender/repeat.h"
#include "link/sender/timers.h"
#include "support/link.h"
#include "support/talk.h"

#include <string.h>

#define HOUR UINT64_C(3600000)

enum {
    ACKED = EXECWIRE_EXECUTION_ACKED,
    TERMINAL = EXECWIRE_EXECUTION_TERMINAL,
    KNOWN = EXECWIRE_EXECUTION_KNOWN,
    ONCE = EXECWIRE_EXECUTION_ONCE,
    WANTED = EXECWIRE_EXECUTION_WANTED,
    IDENTIFIED = EXECWIRE_EXECUTION_IDENTIFIED,
    SESSION = EXECWIRE_EXECUTION_SESSION,
    REPAIRED = EXECWIRE_EXECUTION_REPAIRED
};

/* A sender whose hello is known and whose digests are far away. */
static void begin_known(execwire_link_mode mode)
{
    talk_init(mode);
    t.timing.digest_ms = t.timing.hello_ms = HOUR;
    talk_open();
}

static void forget_hello(void)
{
    t.sender.parts_known = 1;
    t.sender.hello_tries = 0;
    t.sender.hello_check = 0;
    t.count = 0;
}

/* ---- When ---- */

/* The ticks between the frames of a state, and which of them have the identity. */
static void assert_repeats(const uint32_t *ticks, const bool *identities, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(execwire_repeat_poll(&t.sender), ticks[i]);
        t.sender.now = (uint16_t)(t.sender.now + ticks[i] - 1);
        assert_int_equal(execwire_repeat_poll(&t.sender), 1);
        assert_int_equal(t.count, i);
        t.sender.now++;
        assert_int_equal(execwire_repeat_poll(&t.sender), 0);
        assert_int_equal(t.count, i + 1);
        assert_int_equal(talk_frame(i).kind,
                         identities[i] ? EXECWIRE_FRAME_KIND_IDENTITY : EXECWIRE_FRAME_KIND_DELTA);
        assert_int_equal(t.sender.stats.repeats, i + 1);
        assert_int_equal(t.sender.stats.given_up, i + 1 == count);
        assert_int_equal(execwire_link_waiting(&t.sender), i + 1 < count);
    }
    assert_int_equal(execwire_repeat_poll(&t.sender), EXECWIRE_SENDER_NEVER);
}

static void test_two_way_identities(void **unused)
{
    static const uint32_t ticks[] = {24, 48, 96, 192, 384, 768, 1536, 3072, 6144};
    static const bool identities[] = {true, true, true, true, true, true, true, true, true};
    const execwire_state state = make_state(1, 1);

    (void)unused;
    begin_known(EXECWIRE_LINK_TWO_WAY);
    (void)talk_update(&state);
    forget_hello();
    assert_repeats(ticks, identities, 9);
}

/* Two repeats go by what the receiver knows; then they have the identity. */
static const bool third_identity[] = {false, false, true, true, true, true, true, true, true};

/* The first four go by the round trip, which takes less than a tick: 500 ms are four ticks, and one
 * as nothing may be early. What goes later is urgent. */
static void test_two_way_deltas(void **unused)
{
    static const uint32_t ticks[] = {5, 5, 10, 20, 96, 192, 384, 768, 1536};

    (void)unused;
    for (unsigned done = 0; done < 2; done++) {
        const execwire_state first = make_state(1, 1), next = make_state(2, done ? 7 : 2);

        begin_known(EXECWIRE_LINK_TWO_WAY);
        (void)talk_update(&first);
        talk_acknowledge(1);
        (void)talk_update(&next);
        forget_hello();
        assert_repeats(ticks, third_identity, 9);
    }
}

/* No round trip is known where all that was acknowledged had been said again: the intervals are the
 * timing's, and those of a final state are urgent, as those after a frame with the identity. */
static void test_two_way_deltas_by_timing(void **unused)
{
    static const uint32_t ticks[2][9] = {{63, 126, 252, 192, 384, 768, 1536, 3072, 6144},
                                         {24, 48, 96, 192, 384, 768, 1536, 3072, 6144}};

    (void)unused;
    for (unsigned done = 0; done < 2; done++) {
        const execwire_state first = make_state(1, 1), next = make_state(2, done ? 7 : 2);

        begin_known(EXECWIRE_LINK_TWO_WAY);
        (void)talk_update(&first);
        t.sender.now = 24;
        assert_int_equal(execwire_repeat_poll(&t.sender), 0);
        talk_acknowledge(t.count - 1);
        (void)talk_update(&next);
        forget_hello();
        t.sender.stats.repeats = 0;
        assert_repeats(ticks[done], third_identity, 9);
    }
}

/* One-way after 1, 4 and 16 s, and then twice as long each time; the first time without the
 * identity.
 */
static void test_one_way(void **unused)
{
    static const uint32_t ticks[] = {8, 32, 126, 252, 504, 1008};
    static const bool identities[] = {false, true, true, true, true, true};

    (void)unused;
    for (unsigned done = 0; done < 2; done++) {
        const execwire_state first = make_state(1, 1), next = make_state(2, 1);
        const execwire_state third = make_state(3, done ? 7 : 2);

        begin_known(EXECWIRE_LINK_ONE_WAY);
        t.timing.tries = 6;
        talk_open();
        (void)talk_update(&first);
        (void)talk_update(&next); /* one-way the first two have the identity */
        (void)talk_update(&third);
        assert_int_equal(talk_frame(2).kind, EXECWIRE_FRAME_KIND_IDENTITY);
        assert_int_equal(talk_frame(3).kind, EXECWIRE_FRAME_KIND_DELTA);
        forget_hello();
        assert_repeats(ticks, identities, 6);
    }
}

/* What goes again by what the receiver knows is the frame that it was. */
static void test_a_delta_again(void **unused)
{
    const execwire_state first = make_state(1, 1), next = make_state(2, 1);

    (void)unused;
    begin_known(EXECWIRE_LINK_TWO_WAY);
    (void)talk_update(&first);
    talk_acknowledge(0);
    talk_acknowledge(1);
    (void)talk_update(&next);
    t.sender.now = 63;
    assert_int_equal(execwire_repeat_poll(&t.sender), 0);
    assert_int_equal(t.size[3], t.size[2]);
    assert_memory_equal(t.said[3], t.said[2], t.size[2]);
}

/* A call says one thing: the hello, a state, a digest, in that order; also where the next one is
 * due within a tick. */
static void test_one_thing_at_a_time(void **unused)
{
    static const execwire_frame_kind kinds[] = {
        EXECWIRE_FRAME_KIND_HELLO, EXECWIRE_FRAME_KIND_IDENTITY, EXECWIRE_FRAME_KIND_DIGEST};
    const execwire_state state = make_state(1, 1);

    (void)unused;
    for (unsigned late = 0; late < 3; late++) { /* the first ones are due in a tick */
        unsigned first;

        talk_begin(EXECWIRE_LINK_TWO_WAY);
        (void)talk_update(&state);
        t.now = 1024 * 128;
        t.sender.digest_sent = (uint16_t)(1024 - 4688);
        t.sender.hello_sent = (uint16_t)(1024 - 24 + (late > 0));
        t.executions[0].sent = (uint16_t)(1024 - 24 + (late > 1));
        first = t.count;
        for (unsigned i = late; i < 3; i++) {
            assert_int_equal(execwire_link_sender_poll(&t.sender, t.now), t.now);
            assert_int_equal(t.count, first + i - late + 1);
            assert_int_equal(talk_frame(t.count - 1).kind, kinds[i]);
        }
        assert_int_equal(execwire_link_sender_poll(&t.sender, t.now),
                         t.now + (late > 0 ? 128 : 48 * 128));
    }
}

/* Of several that are due the one that was said longest ago, also where the clock goes around. */
static void test_the_longest_wait_first(void **unused)
{
    static const char *const jobs[] = {"a", "b", "c", "d"};
    static const unsigned order[] = {2, 0, 3, 1};
    execwire_state states[4];

    (void)unused;
    for (unsigned start = 0; start < 2; start++) {
        begin_known(EXECWIRE_LINK_TWO_WAY);
        for (unsigned i = 0; i < 4; i++) {
            states[i] = make_state(1, 1);
            states[i].job_id = (execwire_str){jobs[i], 1};
            (void)talk_update(&states[i]);
        }
        forget_hello();
        t.sender.now = start == 0 ? 60000 : 10;
        for (unsigned i = 0; i < 4; i++)
            t.executions[order[i]].sent = (uint16_t)(t.sender.now - 1000 + i);
        t.executions[TALK_EXECUTIONS] = t.executions[2]; /* which is not lent */
        for (unsigned i = 0; i < 4; i++) {
            assert_int_equal(execwire_repeat_poll(&t.sender), 0);
            assert_int_equal(talk_frame(i).ref, order[i]);
            assert_int_equal(t.executions[order[i]].sent, t.sender.now);
        }
        assert_int_equal(execwire_repeat_poll(&t.sender), 48);
        assert_int_equal(execwire_link_waiting(&t.sender), 4);
    }
}

/* ---- Flags ---- */

/* What a sender notes of a state, by mode, and whether it is final. */
static void test_what_is_noted(void **unused)
{
    static const unsigned first[] = {KNOWN | ONCE | IDENTIFIED | SESSION,
                                     ONCE | IDENTIFIED | SESSION,
                                     ACKED | KNOWN | ONCE | IDENTIFIED};
    static const unsigned next[] = {KNOWN | ONCE, KNOWN | ONCE | IDENTIFIED | SESSION,
                                    ACKED | KNOWN | ONCE};

    (void)unused;
    for (int mode = EXECWIRE_LINK_TWO_WAY; mode <= EXECWIRE_LINK_LOSSLESS; mode++) {
        const execwire_state one = make_state(1, 1), two = make_state(2, 7),
                             other = make_state(3, 1);

        begin_known((execwire_link_mode)mode);
        (void)talk_update(&one);
        assert_int_equal(t.executions[0].flags, first[mode]);
        t.executions[0].flags |= WANTED | REPAIRED | TERMINAL;
        t.executions[0].tries = 3;
        (void)talk_update(&two);
        assert_int_equal(t.executions[0].flags, next[mode] | TERMINAL);
        assert_int_equal(t.executions[0].tries, 0);
        assert_int_equal(t.sender.stats.updates, 2);
        assert_int_equal(t.sender.stats.identities, mode == EXECWIRE_LINK_ONE_WAY ? 2 : 1);
        assert_int_equal(t.sender.stats.deltas, mode == EXECWIRE_LINK_ONE_WAY ? 0 : 1);
        (void)talk_update(&other);
        assert_int_equal(t.executions[0].flags & TERMINAL, 0);
        assert_int_equal(t.sender.stats.frames, t.count);
        assert_int_equal(t.sender.stats.bytes, t.size[0] + t.size[1] + t.size[2] + t.size[3]);
    }
}

/* The session's number goes with identities until the hello is known. */
static void test_the_session_in_identities(void **unused)
{
    execwire_state state = make_state(1, 1);

    (void)unused;
    begin_known(EXECWIRE_LINK_TWO_WAY);
    (void)talk_update(&state);
    assert_int_equal(talk_frame(1).value[EXECWIRE_FRAME_SESSION], 1);
    talk_acknowledge(0);
    state.job_id = EXECWIRE_STR("other");
    (void)talk_update(&state);
    assert_int_equal(talk_frame(2).value[EXECWIRE_FRAME_SESSION], 0);
    assert_int_equal(t.executions[1].flags & SESSION, 0);
}

/* ---- Acknowledgments ---- */

static void test_acknowledgments(void **unused)
{
    const execwire_state first = make_state(1, 1), next = make_state(2, 1);

    (void)unused;
    begin_known(EXECWIRE_LINK_TWO_WAY);
    (void)talk_update(&first);
    t.executions[0].flags = 0;
    t.executions[TALK_EXECUTIONS] = t.executions[0];
    for (unsigned i = 0; i < 2; i++) { /* once more is nothing new */
        talk_acknowledge(1);
        assert_int_equal(t.executions[0].flags, ACKED | KNOWN);
        assert_int_equal(t.sender.stats.acks, 1);
    }
    assert_int_equal(t.executions[TALK_EXECUTIONS].flags, 0);
    (void)talk_update(&next);
    talk_acknowledge(1); /* of the state before */
    assert_int_equal(t.executions[0].flags & ACKED, 0);
    assert_int_equal(t.sender.stats.acks, 1);
}

/* Where nothing comes back, it is well-formed and changes nothing. */
static void test_feedback_where_there_is_none(void **unused)
{
    const execwire_state state = make_state(1, 1);

    (void)unused;
    for (int mode = EXECWIRE_LINK_ONE_WAY; mode <= EXECWIRE_LINK_LOSSLESS; mode++) {
        begin_known((execwire_link_mode)mode);
        (void)talk_update(&state);
        talk_acknowledge(1);
        talk_want(0);
        talk_want(EXECWIRE_WANT_HELLO);
        assert_int_equal(t.sender.stats.acks + t.sender.stats.wants, 0);
        assert_int_equal(t.executions[0].flags & WANTED, 0);
        assert_false(t.sender.hello_wanted);
    }
}

/* The round trip is measured by what was sent once, up to the next time that the sender is told. */
static void test_what_measures_the_round_trip(void **unused)
{
    const execwire_state first = make_state(1, 1);

    (void)unused;
    for (unsigned again = 0; again < 3; again++) {
        begin_known(EXECWIRE_LINK_TWO_WAY);
        t.sender.rtt_smooth = 0;
        (void)talk_update(&first);
        if (again == 1)
            t.executions[0].tries = 1;
        if (again == 2)
            t.executions[0].flags |= REPAIRED;
        talk_acknowledge(t.count - 1);
        assert_int_equal(t.sender.rtt_smooth, 0);
        t.now = 10 * 128;
        (void)execwire_link_sender_poll(&t.sender, t.now);
        assert_int_equal(t.sender.rtt_smooth / 8, again == 0 ? 10 : 0);
        t.now = 0;
    }
}

/* ---- Wants ---- */

/* The first time at once, after a tick; then each two seconds, and for the budget; it counts as a
 * try. */
static void test_wants(void **unused)
{
    const execwire_state first = make_state(1, 1), next = make_state(2, 1);

    (void)unused;
    begin_known(EXECWIRE_LINK_TWO_WAY);
    (void)talk_update(&first);
    talk_acknowledge(1);
    (void)talk_update(&next);
    forget_hello();
    t.sender.rtt_smooth = 0; /* repeats by the clock are far away */
    talk_want(0);
    assert_int_equal(t.executions[0].flags, KNOWN | ONCE | WANTED);
    assert_int_equal(execwire_repeat_poll(&t.sender), 1);
    t.sender.now = 1;
    assert_int_equal(execwire_repeat_poll(&t.sender), 0);
    assert_int_equal(talk_frame(0).kind, EXECWIRE_FRAME_KIND_IDENTITY);
    assert_int_equal(t.executions[0].flags, KNOWN | ONCE | IDENTIFIED);
    assert_int_equal(t.executions[0].tries, 1);
    assert_int_equal(t.sender.budget, 31);
    assert_false(t.sender.asked);
    talk_want(0);
    assert_int_equal(execwire_repeat_poll(&t.sender), 16);
    t.sender.budget = 0;
    t.sender.budget_since = 14;
    t.sender.now = 17;
    assert_int_equal(execwire_repeat_poll(&t.sender), 13);
    t.sender.budget = 1;
    assert_int_equal(execwire_repeat_poll(&t.sender), 0);
    assert_int_equal(t.sender.budget, 0);
    assert_int_equal(t.executions[0].tries, 2);
}

/* What is due by the clock does not go to the account of who wants it. */
static void test_a_wanted_repeat_that_is_due(void **unused)
{
    const execwire_state state = make_state(1, 1);

    (void)unused;
    begin_known(EXECWIRE_LINK_TWO_WAY);
    (void)talk_update(&state);
    forget_hello();
    talk_want(0);
    t.sender.now = 24;
    assert_int_equal(execwire_repeat_poll(&t.sender), 0);
    assert_int_equal(t.sender.budget, 32);
    talk_want(0);
    t.sender.now = 24 + 47;
    assert_int_equal(execwire_repeat_poll(&t.sender), 0);
    assert_int_equal(t.sender.budget, 31);
}

/* A state that is acknowledged waits for nothing, though it is wanted again, however often. */
static void test_wants_of_what_is_acknowledged(void **unused)
{
    const execwire_state state = make_state(1, 7);

    (void)unused;
    begin_known(EXECWIRE_LINK_TWO_WAY);
    (void)talk_update(&state);
    talk_acknowledge(1);
    forget_hello();
    for (unsigned i = 0; i < 12; i++) {
        talk_want(0);
        t.sender.now = (uint16_t)(t.sender.now + 16);
        assert_int_equal(execwire_repeat_poll(&t.sender), 0);
        assert_int_equal(t.count, i + 1);
        assert_int_equal(t.executions[0].flags & (ACKED | WANTED), ACKED);
        assert_int_equal(t.executions[0].tries, i < 9 ? i + 1 : 9);
        assert_int_equal(execwire_repeat_poll(&t.sender), EXECWIRE_SENDER_NEVER);
        assert_int_equal(execwire_link_waiting(&t.sender), 0);
    }
    assert_int_equal(t.sender.stats.given_up, 0);
}

/* Refs that there are not, and executions that are over, are not wanted. */
static void test_wants_of_nothing(void **unused)
{
    const execwire_state state = make_state(1, 1);

    (void)unused;
    begin_known(EXECWIRE_LINK_TWO_WAY);
    (void)talk_update(&state);
    t.executions[TALK_EXECUTIONS].number = 1;
    talk_want(1);
    talk_want(TALK_EXECUTIONS);
    talk_want(127);
    assert_int_equal(t.sender.stats.wants, 3);
    for (unsigned i = 1; i <= TALK_EXECUTIONS; i++)
        assert_int_equal(t.executions[i].flags, 0);
    talk_want(0);
    assert_true((t.executions[0].flags & WANTED) != 0);
    t.newest[0] = NULL; /* the caller has it no more */
    t.sender.now = 1;
    assert_int_equal(execwire_repeat_poll(&t.sender), 0);
    assert_int_equal(t.executions[0].flags & (WANTED | ACKED | TERMINAL), ACKED | TERMINAL);
    assert_int_equal(execwire_repeat_poll(&t.sender), EXECWIRE_SENDER_NEVER);
    assert_int_equal(execwire_link_waiting(&t.sender), 0);
}

/* A newer state takes the place of one that is wanted, and has the identity then. */
static void test_a_newer_state_instead(void **unused)
{
    const execwire_state first = make_state(1, 1), next = make_state(2, 1),
                         other = make_state(3, 1);

    (void)unused;
    for (unsigned wanted = 0; wanted < 2; wanted++) {
        begin_known(EXECWIRE_LINK_TWO_WAY);
        (void)talk_update(&first);
        talk_acknowledge(1);
        (void)talk_update(&next);
        forget_hello();
        t.newest[0] = &other;
        if (wanted)
            talk_want(0);
        t.sender.now = 63;
        assert_int_equal(execwire_repeat_poll(&t.sender), 0);
        assert_int_equal(talk_frame(0).kind,
                         wanted ? EXECWIRE_FRAME_KIND_IDENTITY : EXECWIRE_FRAME_KIND_DELTA);
        assert_int_equal(t.executions[0].number, 3);
        assert_int_equal(t.sender.stats.repeats, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_way_identities),
        cmocka_unit_test(test_two_way_deltas),
        cmocka_unit_test(test_two_way_deltas_by_timing),
        cmocka_unit_test(test_one_way),
        cmocka_unit_test(test_a_delta_again),
        cmocka_unit_test(test_one_thing_at_a_time),
        cmocka_unit_test(test_the_longest_wait_first),
        cmocka_unit_test(test_what_is_noted),
        cmocka_unit_test(test_the_session_in_identities),
        cmocka_unit_test(test_acknowledgments),
        cmocka_unit_test(test_feedback_where_there_is_none),
        cmocka_unit_test(test_what_measures_the_round_trip),
        cmocka_unit_test(test_wants),
        cmocka_unit_test(test_a_wanted_repeat_that_is_due),
        cmocka_unit_test(test_wants_of_nothing),
        cmocka_unit_test(test_wants_of_what_is_acknowledged),
        cmocka_unit_test(test_a_newer_state_instead),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

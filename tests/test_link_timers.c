/* The sender's intervals in ticks of 128 ms, its clock, and its budget for what is wanted of it;
 * the receiver's patience with pieces. Expected values: the defaults of include/execwire/link.h,
 * divided by hand; nothing may be early, so that each is a tick more.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/receiver/timers.h"
#include "link/sender/budget.h"
#include "link/sender/timers.h"

#include <string.h>

#define HOUR 28126 /* 3,600,000 / 128, and one */

static execwire_link_sender sender;

/* A sender with nothing but these intervals; the bytes behind them are 0. */
static void set_timing(execwire_link_mode mode, const execwire_link_timing *timing)
{
    memset(&sender, 0, sizeof sender);
    sender.options.mode = mode;
    sender.options.timing = timing;
    execwire_sender_set_timing(&sender);
    for (size_t i = 0; i < sizeof sender.seen / sizeof sender.seen[0]; i++)
        assert_int_equal(sender.seen[i], 0);
}

static void test_defaults(void **unused)
{
    static const struct {
        uint16_t intervals[6]; /* urgent, repeat, identity, want, hello, digest */
        uint8_t tries;
    } expected[] = {
        [EXECWIRE_LINK_TWO_WAY] = {{24, 63, 1, 16, HOUR, 4688}, 9},
        [EXECWIRE_LINK_ONE_WAY] = {{8, 32, 126, 1, 4688, 4688}, 4},
        [EXECWIRE_LINK_LOSSLESS] = {{24, 63, 1, 16, HOUR, 4688}, 9},
    };
    const execwire_link_timing none = {.tries = 0};

    (void)unused;
    for (int mode = EXECWIRE_LINK_TWO_WAY; mode <= EXECWIRE_LINK_LOSSLESS; mode++)
        for (unsigned given = 0; given < 2; given++) {
            set_timing((execwire_link_mode)mode, given ? &none : NULL);
            assert_memory_equal(sender.intervals, expected[mode].intervals,
                                sizeof sender.intervals);
            assert_int_equal(sender.tries, expected[mode].tries);
        }
}

static void test_chosen_intervals(void **unused)
{
    static const uint16_t expected[6] = {1, 2, 3, HOUR, 2, HOUR};
    const execwire_link_timing timing = {.urgent_ms = 1,
                                         .repeat_ms = 128,
                                         .identity_ms = 383,
                                         .want_ms = 3600000,
                                         .hello_ms = 255,
                                         .digest_ms = UINT32_MAX,
                                         .tries = 15};

    (void)unused;
    for (int mode = EXECWIRE_LINK_TWO_WAY; mode <= EXECWIRE_LINK_LOSSLESS; mode++) {
        set_timing((execwire_link_mode)mode, &timing);
        assert_memory_equal(sender.intervals, expected, sizeof expected);
        assert_int_equal(sender.tries, 15);
    }
}

/* Twice as long each time, up to an hour. */
static void test_backoff(void **unused)
{
    (void)unused;
    assert_int_equal(execwire_sender_backoff(24, 0), 24);
    assert_int_equal(execwire_sender_backoff(24, 1), 48);
    assert_int_equal(execwire_sender_backoff(1, 14), 16384);
    assert_int_equal(execwire_sender_backoff(24, 10), 24576);
    assert_int_equal(execwire_sender_backoff(24, 11), HOUR);
    for (uint32_t ticks = HOUR - 2; ticks < HOUR + 3; ticks++)
        assert_int_equal(execwire_sender_backoff(ticks, 0), ticks < HOUR ? ticks : HOUR);
    assert_int_equal(execwire_sender_backoff(HOUR, 15), HOUR);
}

/* The sender's time goes forward with the caller's, and stands still when that goes back. */
static void test_the_clock(void **unused)
{
    static const struct {
        uint64_t clock;
        uint32_t passed;
        uint16_t now;
    } steps[] = {
        {0, 0, 0},
        {127, 127, 0},
        {128, 128, 1},
        {100, 128, 1},
        {228, 256, 2},
        {228, 256, 2},
        {UINT64_C(8388800), 8388828, 1},
        {0, 8388828, 1},
        {1000, 8389828, 9},
    };

    (void)unused;
    memset(&sender, 0, sizeof sender);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        execwire_sender_set_clock(&sender, steps[i].clock);
        assert_int_equal(sender.passed, steps[i].passed);
        assert_int_equal(sender.now, steps[i].now);
        assert_int_equal(sender.clock, steps[i].clock);
    }
}

/* At the beginning of a tick, by the caller's clock. */
static void test_when_ticks_are_over(void **unused)
{
    (void)unused;
    memset(&sender, 0, sizeof sender);
    execwire_sender_set_clock(&sender, 1000); /* 7 ticks and 104 ms */
    assert_int_equal(execwire_sender_due(&sender, 1000, 0), 1000);
    assert_int_equal(execwire_sender_due(&sender, 1000, 1), 1024);
    assert_int_equal(execwire_sender_due(&sender, 1000, 3), 1280);
    assert_int_equal(execwire_sender_due(&sender, 5000, 3), 5280);
    assert_int_equal(execwire_sender_due(&sender, 1000, HOUR), 1000 + HOUR * 128 - 104);
    assert_int_equal(execwire_sender_due(&sender, 1000, EXECWIRE_SENDER_NEVER),
                     EXECWIRE_LINK_NEVER);
    assert_int_equal(execwire_sender_due(&sender, UINT64_MAX - 10, 1), EXECWIRE_LINK_NEVER);
    assert_int_equal(execwire_sender_due(&sender, UINT64_MAX - 24, 1), EXECWIRE_LINK_NEVER);
}

static void test_waiting(void **unused)
{
    (void)unused;
    memset(&sender, 0, sizeof sender);
    for (unsigned now = 0; now < 0x20000; now += 0xFFF) {
        uint16_t since = (uint16_t)(now - 5);

        sender.now = (uint16_t)now; /* which goes around */
        assert_int_equal(execwire_sender_wait(&sender, since, 7), 2);
        assert_int_equal(execwire_sender_wait(&sender, since, 6), 1);
        assert_int_equal(execwire_sender_wait(&sender, since, 5), 0);
        assert_int_equal(execwire_sender_wait(&sender, since, 4), 0);
        assert_int_equal(execwire_sender_wait(&sender, since, 0), 0);
    }
    assert_int_equal(execwire_sender_sooner(2, 3), 2);
    assert_int_equal(execwire_sender_sooner(3, 2), 2);
}

/* ---- The budget ---- */

/* 32 frames in each interval between wants, of those that are asked for alone. */
static void test_the_budget(void **unused)
{
    const execwire_link_timing timing = {.want_ms = 1000}; /* 8 ticks */

    (void)unused;
    set_timing(EXECWIRE_LINK_TWO_WAY, &timing);
    sender.now = 100;
    assert_int_equal(execwire_sender_budget(&sender), 32);
    assert_int_equal(sender.budget_since, 100);
    assert_int_equal(execwire_sender_budget_wait(&sender), 8);
    for (unsigned i = 0; i < 50; i++)
        assert_true(execwire_sender_may_send(&sender));
    assert_int_equal(sender.budget, 32);
    sender.asked = true;
    for (unsigned i = 0; i < 32; i++) {
        assert_true(execwire_sender_may_send(&sender));
        assert_int_equal(sender.budget, 31 - i);
    }
    for (unsigned i = 0; i < 10; i++)
        assert_false(execwire_sender_may_send(&sender));
    sender.asked = false;
    assert_true(execwire_sender_may_send(&sender));
    for (sender.now = 101; sender.now < 108; sender.now++) {
        assert_int_equal(execwire_sender_budget(&sender), 0);
        assert_int_equal(execwire_sender_budget_wait(&sender), 108 - sender.now);
    }
    assert_int_equal(execwire_sender_budget_wait(&sender), 0);
    assert_int_equal(execwire_sender_budget(&sender), 32);
    assert_int_equal(sender.budget_since, 108);
    sender.budget = 5;
    sender.now = 109;
    assert_int_equal(execwire_sender_budget(&sender), 5);
}

/* ---- The receiver ---- */

/* Twice the time that a piece took, if that is longer than acknowledgments wait. A longer time
 * counts at once, of a shorter one a quarter of what it is shorter; what takes longer than 30 s
 * does not. */
static void test_patience(void **unused)
{
    static const struct {
        uint64_t gap;
        uint32_t patience;
    } steps[] = {{0, 100},       {50, 100},      {51, 102},      {1000, 2000},
                 {600, 1800},    {900, 1800},    {0, 1350},      {30001, 1350},
                 {30000, 60000}, {29997, 60000}, {29996, 59998}, {UINT64_MAX, 59998}};
    execwire_link_receiver receiver;

    (void)unused;
    memset(&receiver, 0, sizeof receiver);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        execwire_receiver_note_gap(&receiver, steps[i].gap);
        assert_int_equal(execwire_receiver_patience(&receiver), steps[i].patience);
    }
    receiver.options.ack_ms = 70000;
    assert_int_equal(execwire_receiver_patience(&receiver), 70000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),   cmocka_unit_test(test_chosen_intervals),
        cmocka_unit_test(test_backoff),    cmocka_unit_test(test_the_clock),
        cmocka_unit_test(test_waiting),    cmocka_unit_test(test_when_ticks_are_over),
        cmocka_unit_test(test_the_budget), cmocka_unit_test(test_patience),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The round trip, as RFC 6298 has it, in ticks of 128 ms. Expected values: by hand, from its
 * sections 2 and 5; a timeout is a tick more, as nothing may be early, and 5 ticks at least.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/sender/rtt.h"
#include "link/sender/timers.h"

#include <string.h>

#define BY_TIMING 24

static execwire_link_sender sender;

static void begin(void)
{
    memset(&sender, 0, sizeof sender);
}

static uint32_t timeout_of(unsigned tries)
{
    return execwire_rtt_interval(&sender, BY_TIMING, tries);
}

/* A frame is sent once, and acknowledged so many ticks later. */
static void measure(unsigned ticks)
{
    uint16_t sent = sender.now;

    execwire_rtt_acked(&sender, sent, false);
    sender.now = (uint16_t)(sent + ticks);
    execwire_rtt_measure(&sender);
}

/* Nothing is known: what the timing says, twice as long with each try. */
static void test_nothing_measured(void **unused)
{
    (void)unused;
    begin();
    execwire_rtt_measure(&sender);
    for (unsigned tries = 0; tries < 8; tries++)
        assert_int_equal(timeout_of(tries), BY_TIMING << tries);
}

/* SRTT is R, RTTVAR R/2, and the timeout SRTT + 4 RTTVAR: three times R, a tick as 4 RTTVAR is
 * never none, and the tick more. */
static void test_the_first_measurement(void **unused)
{
    (void)unused;
    for (unsigned ticks = 0; ticks < 2000; ticks++) {
        begin();
        measure(ticks);
        assert_int_equal(timeout_of(0), ticks == 0 ? 5 : 3 * ticks + 2);
    }
}

/* Measured at the next time that is told, and once. */
static void test_measured_once(void **unused)
{
    (void)unused;
    begin();
    sender.now = UINT16_MAX - 9; /* the clock goes around */
    measure(20);
    assert_in_range(timeout_of(0), 60, 62);
    sender.now = 5000;
    execwire_rtt_measure(&sender);
    assert_in_range(timeout_of(0), 60, 62);
}

/* A round trip that stays the same takes its variation away, and one that changes is followed. */
static void test_it_follows(void **unused)
{
    (void)unused;
    begin();
    measure(100);
    for (unsigned i = 0; i < 100; i++)
        measure(100);
    assert_in_range(timeout_of(0), 101, 105);
    measure(200); /* SRTT 112, RTTVAR 25: by itself 213 */
    assert_in_range(timeout_of(0), 200, 216);
    for (unsigned i = 0; i < 100; i++)
        measure(10);
    assert_in_range(timeout_of(0), 11, 16);
}

/* A round trip that gets shorter varies as well: SRTT 87.5, RTTVAR 25. */
static void test_it_varies_downwards(void **unused)
{
    (void)unused;
    begin();
    for (unsigned i = 0; i <= 100; i++)
        measure(100);
    measure(0);
    assert_in_range(timeout_of(0), 187, 192);
}

/* A fourth is taken off 4 RTTVAR each time, in whole ticks: of 3 it is none. The timeout is SRTT
 * and these, and the tick more. */
static void test_nothing_varies(void **unused)
{
    (void)unused;
    begin();
    for (unsigned i = 0; i <= 100; i++)
        measure(100);
    assert_int_equal(timeout_of(0), 100 + 3 + 1);
}

/* 500 ms at least, however near the other end is. */
static void test_the_floor(void **unused)
{
    (void)unused;
    begin();
    for (unsigned i = 0; i < 50; i++)
        measure(0);
    assert_int_equal(timeout_of(0), 5);
}

static void acked_again(unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        execwire_rtt_acked(&sender, 0, true);
    execwire_rtt_measure(&sender);
}

/* Karn's rule: what was sent again measures nothing. Where nothing else comes the timeout is too
 * short: it doubles with four. */
static void test_what_was_sent_again(void **unused)
{
    uint32_t before;

    (void)unused;
    begin();
    for (unsigned i = 0; i < 10; i++)
        measure(10);
    for (unsigned round = 0; round < 4; round++) {
        before = timeout_of(0);
        sender.now = (uint16_t)(sender.now + before);
        acked_again(3);
        assert_int_equal(timeout_of(0), before);
        acked_again(1);
        assert_in_range(timeout_of(0), before + 1, 2 * before);
    }
    assert_true(before > 30);
    acked_again(3);
    measure(10);
    before = timeout_of(0);
    sender.now = (uint16_t)(sender.now + before);
    acked_again(1); /* not the fourth in a row */
    assert_int_equal(timeout_of(0), before);
}

/* A link that was down: what two hundred executions had sent is acknowledged at once, and says no
 * more than four of them do. The next doubling comes a timeout later. */
static void test_it_doubles_once_in_a_timeout(void **unused)
{
    uint32_t before;

    (void)unused;
    begin();
    for (unsigned i = 0; i < 10; i++)
        measure(10);
    before = timeout_of(0);
    sender.now = (uint16_t)(sender.now + before);
    acked_again(200);
    assert_in_range(timeout_of(0), before + 1, 2 * before);
    before = timeout_of(0);
    sender.now = (uint16_t)(sender.now + before - 1);
    acked_again(200);
    assert_int_equal(timeout_of(0), before);
    sender.now++;
    acked_again(200);
    assert_in_range(timeout_of(0), before + 1, 2 * before);
}

/* Nothing of that makes it longer than two minutes (a round trip of 1 s and RFC 6298's minute, from
 * which it doubled last). */
static void test_it_ends_at_minutes(void **unused)
{
    (void)unused;
    begin();
    measure(10);
    for (unsigned i = 0; i < 200; i++) {
        sender.now = (uint16_t)(sender.now + 2000);
        acked_again(4);
    }
    assert_in_range(timeout_of(0), 60000 / 128, (1280 + 2 * 60000) / 128);
}

/* Four times RTTVAR doubles, and a tick, up to a minute; from there on it does not. */
static void test_the_last_doubling(void **unused)
{
    const uint16_t minute = 60000 / 128;

    (void)unused;
    for (unsigned more = 0; more < 2; more++) {
        uint32_t before;

        begin();
        measure(10);
        sender.rtt_variation = (uint16_t)(minute + more);
        before = timeout_of(0);
        sender.now = (uint16_t)(sender.now + before);
        acked_again(4);
        assert_int_equal(timeout_of(0), before + (more == 0 ? minute + 1 : 0));
    }
}

/* The first two of a state's repeats after one timeout each, two more after twice as long each;
 * what comes after that goes by the timing. */
static void test_tries(void **unused)
{
    static const uint32_t expected[] = {5, 5, 10, 20, 4 * BY_TIMING, 8 * BY_TIMING};

    (void)unused;
    begin();
    measure(0);
    for (unsigned tries = 0; tries < 6; tries++)
        assert_int_equal(timeout_of(tries), expected[tries]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_measured),
        cmocka_unit_test(test_the_first_measurement),
        cmocka_unit_test(test_measured_once),
        cmocka_unit_test(test_it_follows),
        cmocka_unit_test(test_it_varies_downwards),
        cmocka_unit_test(test_nothing_varies),
        cmocka_unit_test(test_the_floor),
        cmocka_unit_test(test_what_was_sent_again),
        cmocka_unit_test(test_it_doubles_once_in_a_timeout),
        cmocka_unit_test(test_it_ends_at_minutes),
        cmocka_unit_test(test_the_last_doubling),
        cmocka_unit_test(test_tries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

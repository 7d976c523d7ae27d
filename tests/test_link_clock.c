/* A sender whose caller's clock does what clocks do: 32 bits of it go around, it goes back, it
 * comes to its end.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/ends.h"
#include "support/slow.h"

#define HOUR UINT64_C(3600000)

static ends e;

/* A sender that nobody hears, with ten executions that it repeats. */
static void open_sender(uint64_t now)
{
    ends_init(&e, EXECWIRE_LINK_TWO_WAY);
    ends_open_sender(&e, 0);
    ends_open_receiver(&e);
    e.down = true;
    e.now = now;
    for (unsigned i = 0; i < 10; i++)
        (void)ends_update(&e, i, 1, true);
}

/* The frames of ten minutes, in each second of them, with the clock that so many bits are left of.
 */
static void count_frames(uint64_t start, uint64_t mask, unsigned counts[600])
{
    open_sender(start & mask);
    for (unsigned second = 0; second < 600; second++) {
        unsigned before = e.count;

        for (unsigned step = 0; step < 20; step++) {
            e.now = (start + second * 1000 + step * 50) & mask;
            while (execwire_link_sender_poll(&e.sender, e.now) == e.now)
                ;
        }
        counts[second] = e.count - before;
    }
}

/* The time since the last call is lost: 50 ms. A frame may fall into the next second by that. */
static void test_a_clock_of_32_bits(void **unused)
{
    static unsigned wide[600], narrow[600];
    const unsigned step = 700 * slow_one_in(3, 9, "the starts");
    unsigned wide_sum = 0, narrow_sum = 0;

    (void)unused;
    for (uint64_t before = 0; before < 40000; before += step) {
        uint64_t start = UINT32_MAX - before;

        count_frames(start, UINT64_MAX, wide);
        count_frames(start, UINT32_MAX, narrow);
        for (unsigned second = 0; second < 600; second++) {
            wide_sum += wide[second];
            narrow_sum += narrow[second];
            assert_in_range(narrow_sum, wide_sum - wide[second], wide_sum);
        }
        wide_sum = narrow_sum = 0;
    }
}

/* How many frames are sent at once when a clock goes to another time, ten seconds after the update.
 */
static unsigned frames_after_step(uint64_t to)
{
    unsigned before;

    open_sender(100 * HOUR);
    for (; e.now < 100 * HOUR + 10000; e.now += 50)
        while (execwire_link_sender_poll(&e.sender, e.now) == e.now)
            ;
    before = e.count;
    e.now = to;
    while (execwire_link_sender_poll(&e.sender, e.now) == e.now)
        ;
    return e.count - before;
}

static void test_a_clock_that_goes_back(void **unused)
{
    (void)unused;
    assert_int_equal(frames_after_step(100 * HOUR + 9000), 0);
    assert_int_equal(frames_after_step(99 * HOUR), 0);
    assert_int_equal(frames_after_step(0), 0);
    assert_true(frames_after_step(100 * HOUR + 60000) >= 10);
}

/* Time goes on from there: the repeats come as they would have. */
static void test_after_a_step_back(void **unused)
{
    (void)unused;
    open_sender(100 * HOUR);
    e.now = 50 * HOUR;
    ends_run(&e, 600000);
    assert_int_equal(e.sender.stats.given_up, 0);
    ends_run(&e, 2 * HOUR);
    assert_int_equal(e.sender.stats.given_up, 10);
    assert_int_equal(e.sender.stats.repeats, 90);
}

static void test_the_end_of_time(void **unused)
{
    (void)unused;
    open_sender(UINT64_MAX - 10000);
    for (e.now = UINT64_MAX - 10000; e.now < UINT64_MAX; e.now++) {
        uint64_t due;

        do
            due = execwire_link_sender_poll(&e.sender, e.now);
        while (due == e.now);
        assert_true(due > e.now);
    }
    assert_true(e.sender.stats.repeats >= 10);
}

/* ---- The session's number, which comes from wherever the caller stored it ---- */

static void test_session_numbers_go_around(void **unused)
{
    static const uint32_t stored[] = {0, 1, UINT32_MAX - 1, UINT32_MAX};
    static const uint32_t expected[] = {1, 2, UINT32_MAX, 1};

    (void)unused;
    for (size_t i = 0; i < 4; i++) {
        ends_init(&e, EXECWIRE_LINK_TWO_WAY);
        ends_open_sender(&e, stored[i]);
        ends_open_receiver(&e);
        assert_int_equal(execwire_link_session(&e.sender), expected[i]);
        (void)ends_update(&e, 0, 1, true);
        assert_int_equal(e.got[0], 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_clock_of_32_bits),
        cmocka_unit_test(test_a_clock_that_goes_back),
        cmocka_unit_test(test_after_a_step_back),
        cmocka_unit_test(test_the_end_of_time),
        cmocka_unit_test(test_session_numbers_go_around),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a receiver owes its sender: acknowledgments of all that is stored, and no rest before what
 * is newer has come, whatever the caller's clock does.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/ends.h"

#include <string.h>

static ends e;

static void open_ends(uint64_t now)
{
    ends_init(&e, EXECWIRE_LINK_TWO_WAY);
    e.now = now;
    ends_open_sender(&e, 0);
    ends_open_receiver(&e);
}

/* ---- Acknowledgments ---- */

/* As many executions as there are refs end at once, on a line that loses nothing: each is
 * acknowledged before it would be repeated. */
static void test_all_refs_are_acknowledged_at_once(void **unused)
{
    (void)unused;
    open_ends(0);
    for (unsigned i = 0; i < EXECWIRE_LINK_MAX_REFS; i++)
        (void)ends_update(&e, i, 3, true);
    ends_run(&e, 2000);
    assert_int_equal(ends_arrived(&e, 0, EXECWIRE_LINK_MAX_REFS, 3), EXECWIRE_LINK_MAX_REFS);
    assert_int_equal(e.sender.stats.acks, EXECWIRE_LINK_MAX_REFS + 1); /* and the hello */
    ends_run(&e, 3600000);
    assert_int_equal(e.sender.stats.repeats, 0);
    assert_int_equal(e.sender.stats.given_up, 0);
}

/* A state that has to make room, or that a new session lets go, owes nothing any more. */
static void test_what_is_forgotten_is_not_acknowledged(void **unused)
{
    (void)unused;
    ends_init(&e, EXECWIRE_LINK_TWO_WAY);
    e.receiving.store_capacity = 120; /* two states, or a little more */
    ends_open_sender(&e, 0);
    ends_open_receiver(&e);
    for (unsigned i = 0; i < 20; i++)
        (void)ends_update(&e, i, 3, true);
    assert_true(e.receiver.stats.forgotten > 10);
    assert_int_equal(e.receiver.peer.owed, 20 - e.receiver.stats.forgotten);
    ends_run(&e, 600);
    assert_int_equal(e.receiver.peer.owed, 0);
    (void)ends_update(&e, 30, 3, true);
    assert_int_equal(e.receiver.peer.owed, 1);
    ends_open_sender(&e, 7);
    (void)ends_update(&e, 31, 3, true);
    assert_int_equal(e.receiver.peer.owed, 1); /* of the new session */
    ends_run(&e, 600);
    assert_int_equal(e.receiver.peer.owed, 0);
}

/* ---- Suspicion ---- */

/* A digest says that there is a newer state; then the known one comes once more. */
static void test_a_late_duplicate_ends_no_suspicion(void **unused)
{
    uint8_t known[222];
    size_t size;
    execwire_link_view view;

    (void)unused;
    open_ends(0);
    (void)ends_update(&e, 0, 1, false);
    memcpy(known, e.last, size = e.last_size);
    ends_run(&e, 1000);
    e.down = true;
    (void)ends_update(&e, 0, 2, false);
    e.now += 600000;
    while (execwire_link_sender_poll(&e.sender, e.now) <= e.now && e.last[0] != 0x7D)
        ; /* the digest begins with its check */
    e.down = false;
    assert_int_equal(execwire_link_receive(&e.receiver, e.last, e.last_size, e.now, NULL, NULL),
                     EXECWIRE_OK);
    assert_true(execwire_link_receiver_view(&e.receiver, 0, e.now, &view) && view.suspect);
    assert_int_equal(execwire_link_receive(&e.receiver, known, size, e.now, NULL, NULL),
                     EXECWIRE_OK);
    assert_true(execwire_link_receiver_view(&e.receiver, 0, e.now, &view) && view.suspect);
    assert_true(e.contexts[0].want);
    ends_run(&e, 5000);
    assert_int_equal(e.got[0], 2);
    assert_true(execwire_link_receiver_view(&e.receiver, 0, e.now, &view) && !view.suspect);
}

/* ---- Clocks ---- */

/* A clock of 32 bits that goes around, or one that is set back: the receiver goes on answering. */
static void test_a_clock_that_goes_back(void **unused)
{
    static const uint64_t before[] = {UINT32_MAX - 300, 50000000, 1000};
    static const uint64_t after[] = {200, 0, 0};

    (void)unused;
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
        execwire_link_view view;

        open_ends(before[i]);
        (void)ends_update(&e, 0, 1, false);
        ends_poll(&e);
        e.now = after[i];
        (void)ends_update(&e, 1, 1, true);
        assert_true(execwire_link_receiver_view(&e.receiver, 1, e.now, &view));
        assert_true(view.current && view.age_ms == 0);
        ends_run(&e, 700);
        assert_int_equal(e.sender.stats.acks, 3);
        assert_int_equal(e.sender.stats.repeats, 0);
        assert_true(execwire_link_receiver_view(&e.receiver, 1, e.now, &view));
        assert_int_equal(view.age_ms, 700);
    }
}

/* What poll returns is a time of the caller's clock, also when that has gone back. */
static void test_when_it_is_due_is_in_the_callers_time(void **unused)
{
    uint8_t out[222];
    size_t size;

    (void)unused;
    open_ends(1000000);
    ends_poll(&e);
    (void)ends_update(&e, 0, 1, true);
    assert_int_equal(execwire_link_receiver_poll(&e.receiver, 1000000, out, sizeof out, &size),
                     1000100);
    assert_int_equal(execwire_link_receiver_poll(&e.receiver, 10, out, sizeof out, &size), 110);
    assert_int_equal(execwire_link_receiver_poll(&e.receiver, 109, out, sizeof out, &size), 110);
    assert_int_equal(size, 0);
    assert_int_equal(execwire_link_receiver_poll(&e.receiver, 510, out, sizeof out, &size),
                     EXECWIRE_LINK_NEVER);
    assert_true(size > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_refs_are_acknowledged_at_once),
        cmocka_unit_test(test_what_is_forgotten_is_not_acknowledged),
        cmocka_unit_test(test_a_late_duplicate_ends_no_suspicion),
        cmocka_unit_test(test_a_clock_that_goes_back),
        cmocka_unit_test(test_when_it_is_due_is_in_the_callers_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What came or went while nobody heard: whatever was lost, what is said after that arrives, and
 * nothing is acknowledged that the receiver has not stored.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/ends.h"

#include "link/frame/frame.h"
#include "link/frame/values.h"

#include <string.h>

#define MINUTE UINT64_C(60000)

static ends e;

static void open_ends(execwire_link_mode mode, size_t refs)
{
    ends_init(&e, mode);
    e.sending.execution_count = refs;
    ends_open_sender(&e, 0);
    ends_open_receiver(&e);
}

/* ---- Refs that changed hands ---- */

/* Executions of which nothing is heard. */
static void lose(unsigned *execution, unsigned count)
{
    e.down = true;
    for (unsigned end = *execution + count; *execution < end; ++*execution) {
        (void)ends_update(&e, *execution, 1, true);
        e.now += 10;
    }
    e.down = false;
}

static void test_executions_that_were_lost_take_none_with_them(void **unused)
{
    static const unsigned lost[] = {1, 7, 8, 9, 15, 16, 127, 128, 255, 256, 257, 4095, 4096, 4097};

    (void)unused;
    for (int mode = EXECWIRE_LINK_TWO_WAY; mode <= EXECWIRE_LINK_LOSSLESS; mode++)
        for (size_t i = 0; i < sizeof lost / sizeof lost[0]; i++) {
            unsigned execution = 1;

            open_ends((execwire_link_mode)mode, 1);
            (void)ends_update(&e, 0, 1, true);
            lose(&execution, lost[i]);
            for (unsigned end = execution + 12; execution < end; execution++) {
                (void)ends_update(&e, execution, 1, true);
                if (e.got[execution] != 1)
                    fail_msg("mode %d: the %u. execution after %u that were lost", mode,
                             execution - lost[i], lost[i]);
            }
        }
}

/* The same with frames in pieces, whose heads have less room for a generation. */
static void test_large_executions_after_those_that_were_lost(void **unused)
{
    static char output[2500];
    static const unsigned lost[] = {8, 15, 16, 17, 31, 4095};

    (void)unused;
    memset(output, 'x', sizeof output);
    for (size_t i = 0; i < sizeof lost / sizeof lost[0]; i++) {
        unsigned execution = 1;

        open_ends(EXECWIRE_LINK_TWO_WAY, 1);
        (void)ends_update(&e, 0, 3, true);
        lose(&execution, lost[i]);
        e.output = (execwire_str){output, sizeof output};
        for (unsigned end = execution + 20; execution < end; execution++) {
            (void)ends_update(&e, execution, 3, true);
            assert_int_equal(e.got[execution], 3);
        }
    }
}

static void test_one_way_all_refs_change_hands_unheard(void **unused)
{
    const unsigned count = 1024;
    unsigned execution = 0;

    (void)unused;
    open_ends(EXECWIRE_LINK_ONE_WAY, EXECWIRE_LINK_MAX_REFS);
    for (; execution < count; execution++)
        (void)ends_update(&e, execution, 1, true);
    lose(&execution, count);
    for (; execution < 3 * count; execution++)
        (void)ends_update(&e, execution, 1, true);
    assert_int_equal(ends_arrived(&e, 0, count, 1), count);
    assert_int_equal(ends_arrived(&e, 2 * count, 3 * count, 1), count);
}

/* An execution that stays open while another ref goes round: what it says is still understood. */
static void test_an_execution_that_outlives_thousands(void **unused)
{
    (void)unused;
    open_ends(EXECWIRE_LINK_TWO_WAY, 2);
    for (unsigned execution = 1; execution < 5000; execution++) {
        if (execution % 500 == 1) {
            (void)ends_update(&e, 0, execution, false);
            ends_run(&e, 1000);
            assert_int_equal(e.got[0], execution);
        }
        (void)ends_update(&e, execution, 1, true);
        ends_run(&e, 600);
        assert_int_equal(e.got[execution], 1);
    }
    (void)ends_update(&e, 0, 5000, true);
    ends_run(&e, 10000);
    assert_int_equal(e.got[0], 5000);
    assert_int_equal(e.sender.stats.given_up, 0);
}

/* ---- Acknowledgments ---- */

/* The checks that the receiver acknowledges now. */
static unsigned acknowledged(uint64_t now, uint32_t checks[], unsigned most)
{
    uint8_t out[222];
    execwire_frame frame;
    unsigned count = 0;
    size_t size;

    (void)execwire_link_receiver_poll(&e.receiver, now, out, sizeof out, &size);
    if (size == 0)
        return 0;
    assert_int_equal(execwire_frame_read(out, size, &frame, NULL), EXECWIRE_OK);
    while (count < most &&
           execwire_frame_next_fixed32(&frame.bytes[EXECWIRE_FRAME_ACKS], &checks[count]))
        count++;
    return count;
}

static void test_an_older_state_that_comes_late_is_not_acknowledged(void **unused)
{
    uint32_t checks[8];
    uint8_t late[222];
    size_t size;

    (void)unused;
    open_ends(EXECWIRE_LINK_TWO_WAY, 1);
    (void)ends_update(&e, 0, 1, false);
    memcpy(late, e.last, size = e.last_size);
    (void)ends_update(&e, 0, 2, false);
    (void)acknowledged(1000, checks, 8);
    assert_int_equal(execwire_link_receive(&e.receiver, late, size, 1000, NULL, NULL), EXECWIRE_OK);
    assert_int_equal(acknowledged(2000, checks, 8), 0);
    assert_int_equal(execwire_link_receive(&e.receiver, e.last, e.last_size, 2000, NULL, NULL),
                     EXECWIRE_OK);
    assert_int_equal(acknowledged(3000, checks, 8), 1);
    assert_int_equal(checks[0], e.executions[0].check);
}

/* ---- A session's number that is used twice ---- */

/* A first sender's fifteen executions, and then a second one's, which are others. Returns how many
 * of the second one's last states arrived. */
static unsigned use_twice(uint32_t first_salt, uint32_t second_salt)
{
    ends_init(&e, EXECWIRE_LINK_TWO_WAY);
    ends_open_receiver(&e);
    e.sending.salt = first_salt;
    ends_open_sender(&e, 41);
    for (unsigned i = 0; i < 15; i++)
        (void)ends_update(&e, i, 2, true);
    ends_run(&e, 2000);
    assert_int_equal(ends_arrived(&e, 0, 15, 2), 15);
    e.sending.salt = second_salt;
    ends_open_sender(&e, 41);
    for (unsigned i = 0; i < 30; i++)
        (void)ends_update(&e, 100 + i, i < 15 ? 1 : 2, true);
    ends_run(&e, 120 * MINUTE);
    return ends_arrived(&e, 100, 115, 1) + ends_arrived(&e, 115, 130, 2);
}

static void test_a_salt_tells_sessions_of_the_same_number_apart(void **unused)
{
    (void)unused;
    assert_int_equal(use_twice(0x12345678, 0x12345679), 30);
    assert_int_equal(e.sender.stats.given_up, 0);
    assert_int_equal(use_twice(0, 1), 30);
    assert_int_equal(use_twice(1, 0), 30);
}

/* Without one, what is not stored is not acknowledged either: the sender knows. */
static void test_without_a_salt_the_sender_is_told(void **unused)
{
    unsigned arrived;

    (void)unused;
    arrived = use_twice(0, 0);
    assert_true(arrived < 30);
    assert_int_equal(e.sender.stats.given_up, 30 - arrived);
}

/* Words and digests hold for their session: those of one with another salt are not taken for its.
 */
static void test_words_and_digests_have_the_salt(void **unused)
{
    uint8_t late[222];
    size_t size;

    (void)unused;
    ends_init(&e, EXECWIRE_LINK_TWO_WAY);
    ends_open_receiver(&e);
    for (uint32_t salt = 7; salt < 9; salt++) {
        e.sending.salt = salt;
        ends_open_sender(&e, 41);
        e.output = EXECWIRE_STR("what is said twice becomes a word");
        (void)ends_update(&e, salt, 1, false);
        (void)ends_update(&e, salt, 2, false);
        ends_run(&e, MINUTE);
        assert_int_equal(e.receiver.peer.word_count, 1);
        if (salt == 7) /* a digest comes last */
            ends_run(&e, 10 * MINUTE);
        if (salt == 7)
            memcpy(late, e.last, size = e.last_size);
    }
    assert_int_equal(e.receiver.stats.outcomes[EXECWIRE_LINK_DIGEST], 1);
    assert_int_equal(e.receiver.stats.malformed, 0);
    assert_int_equal(execwire_link_receive(&e.receiver, late, size, e.now, NULL, NULL),
                     EXECWIRE_ERROR_LINK_FRAME);
}

/* Where the smallest hello has no room for both, the node goes, and the salt does not. */
static void test_a_salt_without_room(void **unused)
{
    (void)unused;
    ends_init(&e, EXECWIRE_LINK_TWO_WAY);
    e.sending.mtu = EXECWIRE_LINK_MIN_MTU;
    e.sending.node = EXECWIRE_STR("QmRAXc7RK4DTnf47sb5d5tC399845YezAsspUfzEM47eDt");
    e.sending.salt = 7;
    ends_open_sender(&e, UINT32_MAX - 10);
    ends_open_receiver(&e);
    (void)ends_update(&e, 0, 1, false);
    assert_int_equal(e.got[0], 1);
    assert_int_equal(e.receiver.peer.salt, 0);
    assert_int_equal(e.receiver.peer.node_size, 32);
    ends_open_sender(&e, 1); /* with a short number there is room */
    ends_open_receiver(&e);
    (void)ends_update(&e, 0, 1, false);
    assert_int_equal(e.got[0], 1);
    assert_int_equal(e.receiver.peer.salt, 7);
}

/* A frame of the first one that comes late is not taken for the second one's. */
static void test_a_late_state_of_the_same_number(void **unused)
{
    uint8_t late[222];
    size_t size;

    (void)unused;
    ends_init(&e, EXECWIRE_LINK_TWO_WAY);
    ends_open_receiver(&e);
    e.sending.salt = 7;
    ends_open_sender(&e, 41);
    (void)ends_update(&e, 0, 1, false);
    memcpy(late, e.last, size = e.last_size);
    e.sending.salt = 8;
    ends_open_sender(&e, 41);
    (void)ends_update(&e, 1, 1, false);
    e.got[0] = 0;
    assert_int_equal(execwire_link_receive(&e.receiver, late, size, 1000, NULL, NULL), EXECWIRE_OK);
    assert_int_equal(e.receiver.stats.outcomes[EXECWIRE_LINK_MISMATCH], 1);
}

/* ---- A receiver that starts anew ---- */

static void test_lossless_a_receiver_that_starts_anew(void **unused)
{
    const execwire_link_timing timing = {.hello_ms = 600000};

    (void)unused;
    ends_init(&e, EXECWIRE_LINK_LOSSLESS);
    e.sending.timing = &timing;
    ends_open_sender(&e, 0);
    ends_open_receiver(&e);
    (void)ends_update(&e, 0, 1, false); /* idle from here on */
    (void)ends_update(&e, 1, 1, false);
    e.now = 5 * MINUTE;
    ends_open_receiver(&e);
    e.got[0] = 0;
    for (int64_t version = 2; version < 20; version++) {
        (void)ends_update(&e, 1, version, false);
        ends_run(&e, MINUTE);
        assert_int_equal(e.got[1], e.now > 10 * MINUTE + 128 ? version : 1);
    }
    assert_int_equal(e.got[0], 1);
}

/* Without `recall`, and without execwire_link_sender_poll, which lossless senders need not call. */
static void test_lossless_without_recall(void **unused)
{
    const execwire_link_timing timing = {.hello_ms = 600000};

    (void)unused;
    ends_init(&e, EXECWIRE_LINK_LOSSLESS);
    e.sending.timing = &timing;
    e.sending.recall = NULL;
    ends_open_sender(&e, 0);
    ends_open_receiver(&e);
    (void)ends_update(&e, 0, 1, false);
    ends_open_receiver(&e);
    e.now = 11 * MINUTE;
    (void)ends_update(&e, 0, 2, false);
    assert_int_equal(e.got[0], 2);
    ends_run(&e, 60 * MINUTE);
    (void)ends_update(&e, 0, 3, false);
    assert_int_equal(e.got[0], 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_executions_that_were_lost_take_none_with_them),
        cmocka_unit_test(test_large_executions_after_those_that_were_lost),
        cmocka_unit_test(test_one_way_all_refs_change_hands_unheard),
        cmocka_unit_test(test_an_execution_that_outlives_thousands),
        cmocka_unit_test(test_an_older_state_that_comes_late_is_not_acknowledged),
        cmocka_unit_test(test_a_salt_tells_sessions_of_the_same_number_apart),
        cmocka_unit_test(test_without_a_salt_the_sender_is_told),
        cmocka_unit_test(test_words_and_digests_have_the_salt),
        cmocka_unit_test(test_a_salt_without_room),
        cmocka_unit_test(test_a_late_state_of_the_same_number),
        cmocka_unit_test(test_lossless_a_receiver_that_starts_anew),
        cmocka_unit_test(test_lossless_without_recall),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

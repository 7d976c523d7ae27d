/* What a receiver says back, and when: to the millisecond, and as much as fits into frames of every
 * size. Expected values: the rules of docs/link.md and the intervals of its own header.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/base/sink.h"
#include "link/frame/feedback.h"
#include "link/frame/values.h"
#include "link/receiver/owed.h"
#include "support/heads.h"
#include "support/lent.h"

#include <execwire/link.h>
#include <execwire/link_frame.h>

#include <string.h>

#define REFS      EXECWIRE_LINK_MAX_REFS
#define HELLO     EXECWIRE_WANT_HELLO
#define TRANSFERS 3
#define WANT_MS   500
#define ACK_MS    100
/* How often the same thing is asked for. */
#define ASKS 8

static struct {
    execwire_link_receiver receiver;
    /* the last ones are not lent */
    execwire_link_context contexts[REFS + 1];
    execwire_link_transfer transfers[TRANSFERS + 1];
    char store[256], text[256], pieces[TRANSFERS * 9 * 128];
    uint8_t out[256];
} w;

/* What an answer says. */
typedef struct answer {
    size_t size;
    uint64_t due;
    unsigned acks, wants, repairs;
    bool wants_hello;
    uint32_t last_ack, last_want;
    execwire_repair repair[16];
} answer;

static void open_receiver(size_t refs, size_t transfers)
{
    execwire_link_receiver_options options = {LENT_TO_RECEIVER(&w)};

    options.context_count = refs;
    options.transfer_count = transfers;
    options.piece_capacity = transfers * 9 * 128;
    memset(&w, 0, sizeof w);
    assert_int_equal(execwire_link_receiver_init(&w.receiver, &options, NULL), EXECWIRE_OK);
    w.contexts[refs] = (execwire_link_context){.want = true, .owed = true};
    w.transfers[transfers] = (execwire_link_transfer){.whole = 100};
}

/* So many states wait for their acknowledgment since `now`. */
static void owe(unsigned count, uint64_t now)
{
    for (unsigned i = 0; i < count; i++) {
        w.contexts[i].check = 0x1000 + i;
        execwire_owed_ack(&w.receiver, &w.contexts[i], now);
    }
}

static answer read_answer(answer a)
{
    execwire_str fields[EXECWIRE_FEEDBACK_FIELDS];
    uint32_t value;

    assert_int_equal(execwire_feedback_read(w.out, a.size, fields, NULL), EXECWIRE_OK);
    for (; execwire_frame_next_fixed32(&fields[EXECWIRE_FEEDBACK_ACKS], &value); a.acks++)
        a.last_ack = value;
    while (execwire_frame_next_number(&fields[EXECWIRE_FEEDBACK_WANTS], &value))
        if (value == HELLO)
            a.wants_hello = true;
        else {
            a.wants++;
            a.last_want = value;
        }
    while (execwire_frame_next_repair(&fields[EXECWIRE_FEEDBACK_REPAIRS], &a.repair[a.repairs]))
        a.repairs++;
    assert_int_equal(fields[EXECWIRE_FEEDBACK_REPAIRS].size, 0);
    return a;
}

/* Polls with so much room; nothing is written behind it. */
static answer poll_into(uint64_t now, size_t capacity)
{
    answer a = {0};

    memset(w.out, 0xEE, sizeof w.out);
    a.due = execwire_link_receiver_poll(&w.receiver, now, w.out, capacity, &a.size);
    assert_true(a.size <= capacity);
    for (size_t i = a.size; i < sizeof w.out; i++)
        assert_true(i < capacity || w.out[i] == 0xEE);
    return a.size > 0 ? read_answer(a) : a;
}

static answer poll_at(uint64_t now)
{
    return poll_into(now, 222);
}

/* ---- Acknowledgments ---- */

/* Up to seven wait a tenth of a second for others; eight go at once. */
static void test_acks_wait_for_others(void **unused)
{
    (void)unused;
    for (unsigned count = 1; count < 12; count++)
        for (unsigned hello = 0; hello < 2; hello++) {
            uint64_t due = count + hello < 8 ? 1000 + ACK_MS : 1000;
            answer a;

            open_receiver(REFS, 0);
            if (hello)
                execwire_owed_ack_hello(&w.receiver, 7, 1000);
            owe(count, 1000 + hello);
            owe(count, 1300); /* once more, which is nothing new */
            assert_int_equal(w.receiver.peer.ack_since, 1000);
            if (due > 1000) {
                a = poll_at(due - 1);
                assert_int_equal(a.due, due);
                assert_int_equal(a.size, 0);
            }
            a = poll_at(due);
            assert_int_equal(a.acks, count + hello);
            assert_int_equal(a.size, 2 + 4 * a.acks);
            assert_int_equal(a.due, EXECWIRE_LINK_NEVER);
            assert_int_equal(w.receiver.stats.feedbacks, 1);
            assert_int_equal(poll_at(due).size, 0);
            assert_int_equal(w.receiver.stats.feedbacks, 1);
        }
}

/* ---- Asking ---- */

/* It is asked for at `now`, and then ever more slowly. */
static void assert_asks(uint64_t now, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        answer a = poll_at(now);

        assert_int_equal(a.wants_hello + a.wants + a.repairs, 1);
        if (i + 1 == times)
            assert_int_equal(a.due, EXECWIRE_LINK_NEVER);
        else {
            assert_int_equal(a.due, now + ((uint64_t)WANT_MS << i));
            now = a.due;
            a = poll_at(now - 1);
            assert_int_equal(a.size, 0);
            assert_int_equal(a.due, now);
        }
    }
    assert_int_equal(poll_at(now + 1000000000).size, 0);
    assert_int_equal(w.receiver.stats.feedbacks, times);
}

static void test_asking_for_a_hello(void **unused)
{
    (void)unused;
    open_receiver(REFS, 1);
    execwire_owed_want_hello(&w.receiver);
    assert_asks(100, ASKS);
    execwire_owed_want_hello(&w.receiver); /* and once for each new reason */
    assert_int_equal(poll_at(2000000000).due, EXECWIRE_LINK_NEVER);
    assert_int_equal(w.receiver.stats.feedbacks, ASKS + 1);
}

/* Who was heard of as long ago as a session may be silent is asked on. */
static void test_asking_as_long_as_a_session_is_fresh(void **unused)
{
    (void)unused;
    for (unsigned late = 0; late < 2; late++) {
        uint64_t now = 100 + late;

        open_receiver(REFS, 1);
        w.receiver.options.want_ms = 1;
        w.receiver.options.fresh_ms = 127; /* 1 + 2 + 4 + ... + 64 */
        w.receiver.peer.has_session = true;
        w.receiver.peer.session_heard = 100;
        execwire_owed_want(&w.contexts[0]);
        for (unsigned i = 1; i < ASKS; i++)
            now = poll_at(now).due;
        assert_int_equal(now, 227 + late);
        assert_int_equal(poll_at(now).due == EXECWIRE_LINK_NEVER, late);
    }
}

static void test_asking_for_a_ref(void **unused)
{
    static const unsigned refs[] = {0, 1, 64, REFS - 1};

    (void)unused;
    for (size_t i = 0; i < 4; i++) {
        open_receiver(REFS, 1);
        execwire_owed_want(&w.contexts[refs[i]]);
        assert_asks(100, ASKS);
        execwire_owed_want(&w.contexts[refs[i]]);
        assert_int_equal(poll_at(2000000000).last_want, refs[i]);
        assert_int_equal(poll_at(2000000000).size, 0);
    }
}

/* A piece of a frame of `whole` bytes: of ref 5, state 1, and a number of its own. */
static void hear_piece(unsigned number, uint32_t offset, uint32_t whole, size_t size, uint64_t now)
{
    static const char zeros[200];
    uint8_t frame[256];
    execwire_buffer_sink out = execwire_sink_buffer(frame, sizeof frame);
    execwire_link_event event;

    execwire_sink_varint_field(&out.sink, EXECWIRE_FRAME_UPDATE, (number + 5) | 1 << 7);
    execwire_sink_varint_field(&out.sink, EXECWIRE_FRAME_OFFSET, offset);
    execwire_sink_varint_field(&out.sink, EXECWIRE_FRAME_WHOLE, whole);
    execwire_sink_bytes_field(&out.sink, EXECWIRE_FRAME_PIECE, zeros, size);
    assert_int_equal(execwire_link_receive(&w.receiver, frame, pack_frame(frame, out.sink.size),
                                           now, &event, NULL),
                     EXECWIRE_OK);
    assert_int_equal(event.outcome, EXECWIRE_LINK_PIECE);
}

static void test_asking_for_pieces(void **unused)
{
    (void)unused;
    open_receiver(REFS, 1);
    hear_piece(0, 0, 1000, 20, 100);
    assert_int_equal(poll_at(100 + ACK_MS - 1).due, 100 + ACK_MS);
    assert_int_equal(poll_at(100 + ACK_MS - 1).size, 0);
    assert_asks(100 + ACK_MS, ASKS);
    assert_int_equal(w.transfers[0].whole, 0); /* given up */
}

/* ---- Repairs ---- */

static void assert_repair(const answer *a, unsigned index, uint32_t offset, uint32_t size)
{
    assert_true(index < a->repairs);
    assert_int_equal(a->repair[index].update, 5 | 1 << 7);
    assert_int_equal(a->repair[index].whole, 1000);
    assert_int_equal(a->repair[index].offset, offset);
    assert_int_equal(a->repair[index].size, size);
}

/* Parts of a frame of which six runs of bytes are missing. */
static void hear_parts(void)
{
    static const uint32_t there[][2] = {{1, 8}, {20, 1}, {30, 9}, {100, 2}, {200, 16}, {999, 1}};

    for (size_t i = 0; i < 6; i++)
        hear_piece(0, there[i][0], 1000, there[i][1], 0);
}

/* Four runs of bytes that are missing at a time, from the frame's first byte to its last. */
static void test_the_first_four_holes(void **unused)
{
    answer a;

    (void)unused;
    open_receiver(REFS, TRANSFERS);
    hear_parts();
    a = poll_at(ACK_MS);
    assert_int_equal(a.repairs, 4);
    assert_repair(&a, 0, 0, 1);
    assert_repair(&a, 1, 9, 11);
    assert_repair(&a, 2, 21, 9);
    assert_repair(&a, 3, 39, 61);
    for (size_t i = 0; i < 4; i++)
        hear_piece(0, a.repair[i].offset, 1000, a.repair[i].size, 600);
    hear_piece(0, 999, 1000, 1, 700); /* nothing new */
    /* 600 ms from the first pieces to the next ones; the three after that came at once, and each
     * took a quarter off: 254. A piece may take twice that. */
    a = poll_at(600 + 2 * 254 - 1);
    assert_int_equal(a.repairs, 0);
    a = poll_at(600 + 2 * 254);
    assert_int_equal(a.repairs, 2);
    assert_repair(&a, 0, 102, 98);
    assert_repair(&a, 1, 216, 783);
}

/* A transfer that is not due waits, whichever place it has; a free one lacks nothing. */
static void test_only_what_is_due(void **unused)
{
    for (unsigned late = 0; late < 2; late++) {
        answer a;

        (void)unused;
        open_receiver(REFS, TRANSFERS);
        hear_piece(0, 0, 900, 10, late == 0 ? 0 : 300);
        w.transfers[0].ask_next = late == 0 ? 800 : 500;
        hear_piece(1, 0, 901, 10, 300);
        w.transfers[1].ask_next = late == 0 ? 500 : 800;
        assert_int_equal(poll_at(499).due, 500);
        a = poll_at(500);
        assert_int_equal(a.repairs, 1);
        assert_int_equal(a.repair[0].whole, late == 0 ? 901 : 900);
        assert_int_equal(a.due, 800);
        a = poll_at(800);
        assert_int_equal(a.repairs, 1);
        assert_int_equal(a.repair[0].whole, late == 0 ? 900 : 901);
        assert_int_equal(a.due, 500 + WANT_MS);
    }
}

/* ---- Frames of every size ---- */

static size_t at_most(size_t value, size_t most)
{
    return value < most ? value : most;
}

/* How many repairs fit, of which each is counted as 20 bytes before it is known, and which take 120
 * together at most. */
static unsigned fitting_repairs(const answer *a, size_t room)
{
    execwire_sink size = {NULL, 0};
    unsigned count = 0;

    for (; count < 4 && at_most(room, 120) >= size.size + 20; count++) {
        execwire_sink_varint(&size, a->repair[count].update);
        execwire_sink_varint(&size, a->repair[count].whole);
        execwire_sink_varint(&size, a->repair[count].offset);
        execwire_sink_varint(&size, a->repair[count].size);
    }
    return count;
}

/* What an answer has room for where so many acks, wants and a frame's repairs wait. The head of
 * wants and of repairs is counted as 4 bytes. */
static void assert_filled(const answer *a, size_t capacity, unsigned acks, unsigned refs,
                          bool hello, bool parts)
{
    size_t room = capacity - 5, used = 0, fitting = at_most(at_most((room - 2) / 4, 31), acks);

    assert_int_equal(a->acks, fitting);
    room -= fitting > 0 ? 2 + 4 * fitting : 0;
    assert_int_equal(a->wants_hello, hello && room >= 6);
    used = a->wants_hello ? 2 : 0;
    assert_int_equal(a->wants, room < 6 ? 0 : at_most(refs, room - 4 - used));
    used += a->wants;
    room -= used == 0 ? 0 : used + (used < 128 ? 3 : 4);
    assert_int_equal(a->repairs, parts && room > 4 ? fitting_repairs(a, room - 4) : 0);
}

static void assert_all_is_said(size_t capacity, unsigned acks, unsigned refs, bool hello,
                               bool parts)
{
    answer a;

    open_receiver(REFS, 1);
    owe(acks, 0);
    for (unsigned i = 0; i < refs; i++)
        execwire_owed_want(&w.contexts[i]);
    if (hello)
        execwire_owed_want_hello(&w.receiver);
    if (parts)
        hear_parts();
    do {
        a = poll_into(1000, capacity);
        assert_true(a.size > 0);
        assert_filled(&a, capacity, acks, refs, hello, parts);
        acks -= a.acks;
        refs -= a.wants;
        hello = hello && !a.wants_hello;
        parts = parts && a.repairs == 0;
        assert_int_equal(a.due == 1000, acks > 0 || refs > 0 || hello || parts);
    } while (a.due == 1000);
    assert_int_equal(acks + refs + hello + parts, 0);
}

static void test_every_capacity(void **unused)
{
    static const unsigned counts[] = {0, 1, 5, 9, 10, 11, 12, 30, 31, 32, REFS};

    (void)unused;
    for (size_t capacity = EXECWIRE_LINK_MIN_MTU; capacity < 180; capacity++)
        for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
            for (unsigned kinds = 0; kinds < 12; kinds++) {
                const unsigned refs[] = {0, 40, REFS};

                if (counts[i] > 0 || kinds > 0)
                    assert_all_is_said(capacity, counts[i], refs[kinds / 4], kinds & 1, kinds & 2);
            }
    open_receiver(REFS, 0);
    owe(9, 0);
    assert_int_equal(poll_into(0, EXECWIRE_LINK_MIN_MTU - 1).size, 0);
    assert_int_equal(poll_into(0, EXECWIRE_LINK_MIN_MTU).acks, 9);
}

/* ---- Memory ---- */

/* What is behind the memory that was lent says nothing. */
static void test_what_is_not_lent(void **unused)
{
    answer a;

    (void)unused;
    open_receiver(6, 1);
    a = poll_at(10000);
    assert_int_equal(a.size, 0);
    assert_int_equal(a.due, EXECWIRE_LINK_NEVER);
    hear_piece(0, 0, 1000, 1, 10000);
    execwire_owed_want(&w.contexts[5]);
    a = poll_at(10600);
    assert_int_equal(a.wants, 1);
    assert_int_equal(a.last_want, 5);
    assert_int_equal(a.repairs, 1);
    assert_int_equal(a.due, 10600 + WANT_MS);
    assert_true(w.contexts[6].want && w.contexts[6].owed && w.transfers[1].whole == 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_acks_wait_for_others),
        cmocka_unit_test(test_asking_for_a_hello),
        cmocka_unit_test(test_asking_as_long_as_a_session_is_fresh),
        cmocka_unit_test(test_asking_for_a_ref),
        cmocka_unit_test(test_asking_for_pieces),
        cmocka_unit_test(test_the_first_four_holes),
        cmocka_unit_test(test_only_what_is_due),
        cmocka_unit_test(test_every_capacity),
        cmocka_unit_test(test_what_is_not_lent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

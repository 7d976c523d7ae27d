/* Frames in pieces, as a sender says them and says parts of them again, within its budget.
 * Expected: docs/link.md, "Rules of both ends".
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/frame/values.h"
#include "link/sender/executions.h"
#include "link/sender/repeat.h"
#include "support/link.h"
#include "support/talk.h"

#include <stdio.h>
#include <string.h>

/* What a draft for repairs costs of the budget, which is 32 frames. */
#define DRAFT  4
#define BUDGET 32

static char output[2000];
static execwire_state large;

/* A sender that has said a large state, as the second one of its execution or the first. */
static void say_large(bool identity, size_t size)
{
    const execwire_state first = make_state(1, 1);

    fill(output, sizeof output);
    large = make_state(2, 7);
    large.has_run_output = true;
    large.run_output.std_out = (execwire_str){output, size};
    talk_begin(EXECWIRE_LINK_TWO_WAY);
    if (!identity) {
        (void)talk_update(&first);
        talk_acknowledge(1);
    }
    (void)talk_update(&large);
    talk_acknowledge(0);
}

/* The head of the pieces' frame, and its size. */
static uint32_t head, whole;

/* All pieces from a frame that was said on make up a frame. Returns how many there are. */
static unsigned read_pieces(unsigned first)
{
    unsigned index = first;
    uint32_t at = 0;

    for (; index < t.count; index++) {
        execwire_frame piece = talk_frame(index);

        assert_int_equal(piece.kind, EXECWIRE_FRAME_KIND_PIECE);
        assert_int_equal(piece.value[EXECWIRE_FRAME_OFFSET], at);
        head = (uint32_t)piece.value[EXECWIRE_FRAME_UPDATE];
        whole = (uint32_t)piece.value[EXECWIRE_FRAME_WHOLE];
        at += (uint32_t)piece.bytes[EXECWIRE_FRAME_PIECE].size;
    }
    assert_int_equal(at, whole);
    return index - first;
}

/* ---- Pieces ---- */

/* A frame that fits the MTU is one, of any size up to it; a byte more makes pieces. */
static void test_frames_around_the_mtu(void **unused)
{
    bool fitted = false, split = false;

    (void)unused;
    for (size_t size = 120; size < 220; size++) {
        execwire_frame frame;

        say_large(true, size);
        frame = talk_frame(1);
        if (frame.kind == EXECWIRE_FRAME_KIND_IDENTITY) {
            assert_int_equal(t.count, 2);
            assert_false(split);
            assert_int_equal(t.sender.stats.pieces, 0);
            fitted = fitted || t.size[1] == 222;
            continue;
        }
        assert_int_equal(read_pieces(1), 2);
        assert_int_equal(t.sender.stats.pieces, 2);
        split = split || whole == 223;
    }
    assert_true(fitted && split);
}

static void test_pieces_are_counted(void **unused)
{
    uint64_t bytes = 0;

    (void)unused;
    say_large(true, 1500);
    assert_int_equal(read_pieces(1), t.sender.stats.pieces);
    for (unsigned i = 0; i < t.count; i++)
        bytes += t.size[i];
    assert_int_equal(t.sender.stats.frames, t.count);
    assert_int_equal(t.sender.stats.bytes, bytes);
    assert_int_equal(t.sender.stats.identities, 1);
    assert_int_equal(t.sender.budget, BUDGET);
}

/* ---- Repairs ---- */

/* What was said for a repair are pieces that were said before, of these indexes on. */
static void assert_again(unsigned before, unsigned first, unsigned count)
{
    assert_int_equal(t.count, before + count);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(t.size[before + i], t.size[first + i]);
        assert_memory_equal(t.said[before + i], t.said[first + i], t.size[first + i]);
    }
}

/* The pieces that have some of the bytes that lack, of identities and of deltas. */
static void test_the_pieces_that_lack(void **unused)
{
    (void)unused;
    for (unsigned identity = 0; identity < 2; identity++) {
        unsigned first = identity ? 1 : 2, before;
        uint32_t second; /* where the second piece begins */

        say_large(identity != 0, 1500);
        (void)read_pieces(first);
        before = t.count;
        talk_want_repair(head, whole, 0, 1);
        assert_again(before, first, 1);
        assert_int_equal(t.sender.budget, BUDGET - DRAFT - 1);
        assert_int_equal(t.sender.stats.wants, 1);
        assert_false(t.sender.asked);
        assert_int_equal(t.executions[0].flags & EXECWIRE_EXECUTION_REPAIRED,
                         EXECWIRE_EXECUTION_REPAIRED);
        assert_int_equal(t.executions[0].flags & EXECWIRE_EXECUTION_ACKED, 0);
        t.count = before;
        second = (uint32_t)talk_frame(first + 1).value[EXECWIRE_FRAME_OFFSET];
        talk_want_repair(head, whole, second - 1, 2); /* the ends of two */
        assert_again(before, first, 2);
        t.count = before;
        talk_want_repair(head, whole, second, 1);
        assert_again(before, first + 1, 1);
        t.count = before;
        talk_want_repair(head, whole, whole - 1, 100); /* beyond the end */
        assert_again(before, before - 1, 1);
        assert_int_equal(t.sender.stats.wants, 4);
    }
}

/* Nothing is sent for another frame, and no state is looked at where the repair shows that. */
static void test_repairs_of_other_frames(void **unused)
{
    (void)unused;
    say_large(true, 1500);
    (void)read_pieces(1);
    t.executions[TALK_EXECUTIONS] = t.executions[0]; /* which is not lent */
    {
        unsigned before = t.count;

        talk_want_repair(head + (1u << 11), whole, 0, 1); /* number */
        talk_want_repair(head + (1u << 14), whole, 0, 1); /* generation */
        talk_want_repair(head + 1, whole, 0, 1);          /* ref */
        talk_want_repair(head + TALK_EXECUTIONS, whole, 0, 1);
        talk_want_repair(head, 222, 0, 1);       /* no large one */
        talk_want_repair(head, whole, whole, 1); /* behind its end */
        assert_int_equal(t.recalls, 0);
        assert_int_equal(t.sender.budget, BUDGET);
        talk_want_repair(head ^ (1u << 7), whole, 0, 1); /* state */
        talk_want_repair(head, whole + 1, 0, 1);
        talk_want_repair(head, 223, 0, 1);
        assert_int_equal(t.recalls, 3);
        assert_int_equal(t.sender.budget, BUDGET - 3 * DRAFT);
        t.newest[0] = NULL; /* gone */
        talk_want_repair(head, whole, 0, 1);
        assert_int_equal(t.count, before);
        assert_int_equal(t.sender.stats.wants, 0);
        assert_int_equal(t.executions[0].flags & EXECWIRE_EXECUTION_REPAIRED, 0);
    }
}

/* A state that is newer than the last frame has no part in it. */
static void test_a_repair_of_an_older_state(void **unused)
{
    execwire_state newer;
    unsigned before;

    (void)unused;
    say_large(true, 1500);
    (void)read_pieces(1);
    before = t.count;
    newer = large;
    newer.update_time.seconds++;
    t.newest[0] = &newer;
    talk_want_repair(head, whole, 0, 1);
    assert_int_equal(t.recalls, 1);
    assert_int_equal(t.count, before);
}

/* ---- The budget ---- */

/* Drafts that match nothing: so many until the next interval. */
static void test_drafts_are_counted(void **unused)
{
    (void)unused;
    say_large(true, 1500);
    (void)read_pieces(1);
    for (unsigned i = 0; i < 20; i++)
        talk_want_repair(head, whole + 1 + i, 0, 1);
    assert_int_equal(t.recalls, 7); /* one frame must be left for what it is made for */
    assert_int_equal(t.sender.budget, BUDGET - 7 * DRAFT);
    t.sender.budget = 5;
    talk_want_repair(head, whole, 0, 500);
    assert_int_equal(t.recalls, 8);
    assert_int_equal(t.sender.budget, 0);
    t.sender.budget = 4;
    talk_want_repair(head, whole, 0, 1);
    assert_int_equal(t.recalls, 8);
}

/* So many repairs of a head, a whole, an offset and a size each, in one feedback. */
static void feed_repairs(const execwire_repair *repairs, unsigned count)
{
    char hex[400];
    size_t used = 0, at;
    uint8_t bytes[180];

    for (unsigned i = 0; i < count; i++)
        for (unsigned k = 0; k < 4; k++) {
            const uint32_t numbers[] = {repairs[i].update, repairs[i].whole, repairs[i].offset,
                                        repairs[i].size};
            uint32_t value = numbers[k];

            for (; value >= 0x80; value >>= 7)
                bytes[used++] = (uint8_t)(value | 0x80);
            bytes[used++] = (uint8_t)value;
        }
    assert_true(used < 128);
    at = (size_t)sprintf(hex, "ca01%02x", (unsigned)used);
    for (size_t i = 0; i < used; i++)
        at += (size_t)sprintf(hex + at, "%02x", bytes[i]);
    talk_feed(hex);
}

/* Repairs of one frame need one draft; at most eight in a feedback. */
static void test_many_repairs(void **unused)
{
    (void)unused;
    for (unsigned count = 1; count < 12; count++) {
        execwire_repair repairs[12];
        unsigned before, served = count < 8 ? count : 8;

        say_large(true, 1500);
        (void)read_pieces(1);
        before = t.count;
        for (unsigned i = 0; i < count; i++)
            repairs[i] = (execwire_repair){head, whole, 210 * (i % 3), 1};
        feed_repairs(repairs, count);
        assert_int_equal(t.count, before + served);
        assert_int_equal(t.recalls, 1);
        assert_int_equal(t.sender.stats.wants, served);
        assert_int_equal(t.sender.budget, BUDGET - DRAFT - served);
    }
}

/* Each frame has a draft of its own; one that is not there ends nothing. */
static void test_repairs_of_several_frames(void **unused)
{
    execwire_state second;
    uint32_t first_head, first_whole;
    unsigned before;

    (void)unused;
    say_large(true, 1500);
    (void)read_pieces(1);
    first_head = head;
    first_whole = whole;
    before = t.count;
    second = large;
    second.job_id = EXECWIRE_STR("second");
    (void)talk_update(&second);
    (void)read_pieces(before);
    before = t.count;
    feed_repairs((const execwire_repair[]){{first_head, first_whole, 0, 1},
                                           {head, whole, 0, 1},
                                           {head, whole + 1, 0, 1},
                                           {head, whole, 0, 1},
                                           {first_head, first_whole, 0, 1}},
                 5);
    assert_int_equal(t.count, before + 4);
    assert_int_equal(t.recalls, 5);
    assert_int_equal(t.sender.budget, BUDGET - 5 * DRAFT - 4);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(talk_frame(before + i).ref, i == 0 || i == 3 ? 0 : 1);
}

/* When the budget is used up, the rest is left out. */
static void test_the_budget_ends_repairs(void **unused)
{
    unsigned before;

    (void)unused;
    say_large(true, 1500);
    (void)read_pieces(1);
    before = t.count;
    t.sender.budget = DRAFT + 2;
    feed_repairs(
        (const execwire_repair[]){{head, whole, 0, 1}, {head, whole, 0, 1}, {head, whole, 0, 1}},
        3);
    assert_int_equal(t.count, before + 2);
    assert_int_equal(t.sender.stats.wants, 2);
    assert_int_equal(t.sender.budget, 0);
    assert_int_equal(t.sender.stats.pieces, t.count - 1);
}

/* A wanted state that is cut short is no try: what is left is wanted again. */
static void test_a_wanted_state_that_is_cut_short(void **unused)
{
    unsigned before;

    (void)unused;
    say_large(true, 1500);
    before = t.count;
    talk_want(0);
    t.now = 128;
    t.sender.budget = 3;
    assert_int_equal(execwire_link_sender_poll(&t.sender, t.now), t.now);
    assert_int_equal(t.count, before + 3);
    assert_int_equal(t.executions[0].tries, 0);
    assert_int_equal(t.executions[0].sent, 0);
    assert_int_equal(t.sender.stats.repeats, 1);
    assert_false(t.sender.asked);
}

/* ---- Repairs and repeats ---- */

/* Of the first two repeats of a large frame, the last piece, as it was said before. */
static void test_the_last_piece_again(void **unused)
{
    unsigned last, before;

    (void)unused;
    say_large(false, 1500);
    last = 1 + read_pieces(2);
    assert_int_equal(t.count, last + 1);
    for (unsigned i = 0; i < 2; i++) {
        t.sender.now = (uint16_t)(t.sender.now + 200);
        assert_int_equal(execwire_repeat_poll(&t.sender), 0);
        assert_int_equal(t.count, last + 2 + i);
        assert_int_equal(t.size[t.count - 1], t.size[last]);
        assert_memory_equal(t.said[t.count - 1], t.said[last], t.size[last]);
    }
    before = t.count;
    t.sender.now = (uint16_t)(t.sender.now + 200);
    assert_int_equal(execwire_repeat_poll(&t.sender), 0);
    assert_int_equal(read_pieces(before), t.count - before);
}

/* One-way, a large frame always has the identity, and a small one not in its first repeat: all
 * repeats are parities of the pieces that were said first, half as many and never the same
 * (test_link_parity.c has their bytes). */
static void test_one_way_of_the_same_pieces(void **unused)
{
    const execwire_state first = make_state(1, 1), next = make_state(2, 1);
    unsigned pieces, half;

    (void)unused;
    fill(output, sizeof output);
    large = make_state(3, 7);
    large.has_run_output = true;
    large.run_output.std_out = (execwire_str){output, 1500};
    talk_begin(EXECWIRE_LINK_ONE_WAY);
    (void)talk_update(&first);
    (void)talk_update(&next);
    pieces = t.count;
    (void)talk_update(&large);
    pieces = read_pieces(pieces);
    assert_true(pieces > 2);
    half = (pieces + 1) / 2;
    for (unsigned i = 0; i < 3; i++) {
        unsigned before = t.count;

        t.sender.now = (uint16_t)(t.sender.now + 2000);
        assert_int_equal(execwire_repeat_poll(&t.sender), 0);
        assert_int_equal(t.count, before + half);
        for (unsigned k = 0; k < half; k++) {
            execwire_frame parity = talk_frame(before + k);

            assert_int_equal(parity.kind, EXECWIRE_FRAME_KIND_PIECE);
            assert_int_equal(parity.value[EXECWIRE_FRAME_UPDATE], head);
            assert_int_equal(parity.value[EXECWIRE_FRAME_WHOLE], whole);
            assert_int_equal(parity.value[EXECWIRE_FRAME_OFFSET], whole + i * half + k + 1);
        }
    }
    assert_int_equal(t.sender.stats.deltas, 0);
    assert_int_equal(t.sender.stats.identities, 6);
}

/* One-way, what just fits the MTU is no large frame: it goes without the identity. */
static void test_one_way_around_the_mtu(void **unused)
{
    const execwire_state first = make_state(1, 1), next = make_state(2, 1);
    size_t largest = 0;

    (void)unused;
    fill(output, sizeof output);
    for (size_t size = 120; size < 260; size++) {
        execwire_frame frame;

        large = make_state(3, 7);
        large.has_run_output = true;
        large.run_output.std_out = (execwire_str){output, size};
        talk_begin(EXECWIRE_LINK_ONE_WAY);
        (void)talk_update(&first);
        (void)talk_update(&next);
        (void)talk_update(&large);
        frame = talk_frame(t.count - 1);
        if (frame.kind == EXECWIRE_FRAME_KIND_DELTA && t.size[t.count - 1] > largest)
            largest = t.size[t.count - 1];
    }
    assert_int_equal(largest, 222);
}

/* What was repaired takes the place of a repeat, not of two in a row, and counts as a try. */
static void test_repairs_instead_of_repeats(void **unused)
{
    (void)unused;
    say_large(true, 1500);
    (void)read_pieces(1);
    t.sender.now = 24;
    for (unsigned i = 0; i < 4; i++) {
        unsigned before;

        t.executions[0].flags |= EXECWIRE_EXECUTION_REPAIRED;
        before = t.count;
        t.sender.now = (uint16_t)(t.sender.now + 4000);
        assert_int_equal(execwire_repeat_poll(&t.sender), 0);
        if (i % 2 == 0)
            assert_int_equal(t.count, before);
        else if (i == 1)
            assert_int_equal(t.count, before + 1); /* the last piece */
        else
            assert_true(t.count > before + 5);
        assert_int_equal(t.executions[0].flags & EXECWIRE_EXECUTION_REPAIRED, 0);
        assert_int_equal(t.executions[0].tries, i + 1);
        assert_int_equal(t.executions[0].sent, t.sender.now);
    }
    assert_int_equal(t.sender.stats.repeats, 2);
    t.executions[0].flags |= EXECWIRE_EXECUTION_REPAIRED;
    talk_want(0); /* what is wanted is the whole */
    t.sender.now = (uint16_t)(t.sender.now + 4000);
    assert_int_equal(execwire_repeat_poll(&t.sender), 0);
    assert_int_equal(t.sender.stats.repeats, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames_around_the_mtu),
        cmocka_unit_test(test_pieces_are_counted),
        cmocka_unit_test(test_the_pieces_that_lack),
        cmocka_unit_test(test_repairs_of_other_frames),
        cmocka_unit_test(test_a_repair_of_an_older_state),
        cmocka_unit_test(test_drafts_are_counted),
        cmocka_unit_test(test_many_repairs),
        cmocka_unit_test(test_repairs_of_several_frames),
        cmocka_unit_test(test_the_budget_ends_repairs),
        cmocka_unit_test(test_a_wanted_state_that_is_cut_short),
        cmocka_unit_test(test_the_last_piece_again),
        cmocka_unit_test(test_one_way_of_the_same_pieces),
        cmocka_unit_test(test_one_way_around_the_mtu),
        cmocka_unit_test(test_repairs_instead_of_repeats),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Large frames out of their pieces: what memory holds, which transfer gives way, what is left of
 * one. The sizes are those of receiver/assembly.h: a byte for eight of a frame.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/base/sink.h"
#include "link/frame/update.h"
#include "link/receiver/assembly.h"
#include "link/receiver/contexts.h"
#include "support/lent.h"

#include <string.h>

#define TRANSFERS 3
#define SHARE     905           /* of memory; 100 * 9, and 5 that are of no use */
#define LARGEST   (100 * 8 - 1) /* the largest frame that fits */
#define PATIENCE  8000          /* milliseconds: four times 2 s */

static struct {
    execwire_link_receiver receiver;
    execwire_link_context contexts[8];
    execwire_link_transfer transfers[TRANSFERS + 1]; /* the last one is not lent */
    char store[64], text[64];
    uint8_t pieces[TRANSFERS * SHARE + 64]; /* nor is what is behind the shares */
    execwire_str whole;
} w;

static void open_receiver(size_t transfers)
{
    execwire_link_receiver_options options = {LENT_TO_RECEIVER(&w)};

    options.context_count = 8;
    options.transfer_count = transfers;
    options.piece_capacity = transfers * SHARE;
    memset(&w, 0, sizeof w);
    memset(w.pieces, 0xEE, sizeof w.pieces);
    assert_int_equal(execwire_link_receiver_init(&w.receiver, &options, NULL), EXECWIRE_OK);
    w.transfers[transfers].whole = 77;
}

/* The byte of a frame at a place. */
static char byte_at(uint32_t head, uint32_t at)
{
    return (char)(head * 7 + at * 3 + at / 256);
}

/* `size` bytes at `offset` of the frame of a ref's number, which is `whole` bytes large. */
static execwire_link_outcome take(unsigned ref, uint32_t number, uint32_t offset, uint32_t whole,
                                  uint32_t size, uint64_t now)
{
    static char bytes[1000];
    uint32_t head = execwire_piece_head(ref, 1, 0, number);
    execwire_frame frame = {.value = {[EXECWIRE_FRAME_UPDATE] = head,
                                      [EXECWIRE_FRAME_OFFSET] = offset,
                                      [EXECWIRE_FRAME_WHOLE] = whole},
                            .bytes = {[EXECWIRE_FRAME_PIECE] = {bytes, size}}};

    for (uint32_t i = 0; i < size; i++)
        bytes[i] = byte_at(head, offset + i);
    return execwire_assembly_take(&w.receiver, &frame, now, &w.whole);
}

static void assert_whole(unsigned ref, uint32_t number, size_t size)
{
    uint32_t head = execwire_piece_head(ref, 1, 0, number);

    assert_non_null(w.whole.data);
    assert_int_equal(w.whole.size, size);
    for (uint32_t i = 0; i < size; i++)
        assert_int_equal(w.whole.data[i], byte_at(head, i));
}

/* ---- Memory ---- */

/* As many of the largest frames as there are transfers, at the same time, from their last bytes to
 * their first. */
static void test_the_largest_frames(void **unused)
{
    (void)unused;
    open_receiver(TRANSFERS);
    for (uint32_t at = LARGEST; at-- > 1;)
        for (unsigned ref = 0; ref < TRANSFERS; ref++) {
            assert_int_equal(take(ref, 1, at, LARGEST, 1, 0), EXECWIRE_LINK_PIECE);
            assert_null(w.whole.data);
        }
    for (unsigned ref = 0; ref < TRANSFERS; ref++) {
        assert_int_equal(w.transfers[ref].got, LARGEST - 1);
        assert_int_equal(take(ref, 1, 0, LARGEST, 1, 0), EXECWIRE_LINK_PIECE);
        assert_whole(ref, 1, LARGEST);
    }
    for (size_t i = TRANSFERS * 900; i < sizeof w.pieces; i++)
        assert_int_equal(w.pieces[i], 0xEE);
    assert_int_equal(w.transfers[TRANSFERS].whole, 77);
}

static void test_what_does_not_fit(void **unused)
{
    (void)unused;
    open_receiver(1);
    assert_int_equal(take(0, 1, 0, LARGEST + 1, 1, 0), EXECWIRE_LINK_NO_ROOM);
    assert_int_equal(take(0, 1, 0, LARGEST, 1, 0), EXECWIRE_LINK_PIECE);
    open_receiver(0);
    assert_int_equal(take(0, 1, 0, 10, 1, 0), EXECWIRE_LINK_NO_ROOM);
}

static void test_pieces_that_are_none(void **unused)
{
    (void)unused;
    open_receiver(TRANSFERS);
    assert_int_equal(take(0, 1, 5, 10, 0, 0), EXECWIRE_LINK_MISMATCH);
    assert_int_equal(take(0, 1, 5, 10, 6, 0), EXECWIRE_LINK_MISMATCH);
    assert_int_equal(take(0, 1, UINT32_MAX, 10, 6, 0), EXECWIRE_LINK_MISMATCH);
    assert_int_equal(w.transfers[0].whole, 0);
    assert_int_equal(take(0, 1, 5, 10, 5, 0), EXECWIRE_LINK_PIECE);
}

/* A frame that is there begins anew. */
static void test_a_frame_that_comes_twice(void **unused)
{
    (void)unused;
    open_receiver(TRANSFERS);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(take(0, 1, 0, 10, 5, 0), EXECWIRE_LINK_PIECE);
        assert_null(w.whole.data);
        assert_int_equal(take(0, 1, 3, 10, 7, 0), EXECWIRE_LINK_PIECE);
        assert_whole(0, 1, 10);
    }
}

/* ---- Transfers ---- */

/* Frames differ by size or by update. */
static void test_which_transfer(void **unused)
{
    (void)unused;
    open_receiver(TRANSFERS);
    (void)take(0, 1, 0, 100, 10, 0);
    (void)take(1, 1, 10, 100, 10, 0);
    (void)take(1, 1, 20, 101, 10, 0);
    for (unsigned i = 0; i < TRANSFERS; i++)
        assert_int_equal(w.transfers[i].got, 10);
    (void)take(1, 1, 30, 101, 10, 0);
    assert_int_equal(w.transfers[2].got, 20);
}

/* A ref has two of them that go on; others have the rest. */
static void test_transfers_of_a_ref(void **unused)
{
    (void)unused;
    open_receiver(TRANSFERS);
    assert_int_equal(take(0, 1, 0, 100, 10, 0), EXECWIRE_LINK_PIECE);
    assert_int_equal(take(0, 2, 0, 100, 10, 0), EXECWIRE_LINK_PIECE);
    assert_int_equal(take(0, 3, 0, 100, 10, PATIENCE), EXECWIRE_LINK_NO_ROOM);
    assert_int_equal(take(1, 3, 0, 100, 10, 0), EXECWIRE_LINK_PIECE);
    assert_int_equal(take(2, 3, 0, 100, 10, PATIENCE), EXECWIRE_LINK_NO_ROOM);
    assert_int_equal(take(0, 3, 0, 100, 10, PATIENCE + 1), EXECWIRE_LINK_PIECE);
    assert_int_equal(execwire_piece_number(w.transfers[2].update), 3);
}

/* What is free is taken before what stands still, wherever it is. */
static void test_a_free_transfer_is_taken_first(void **unused)
{
    (void)unused;
    for (unsigned index = 0; index < TRANSFERS; index++) {
        open_receiver(TRANSFERS);
        for (unsigned ref = 0; ref < TRANSFERS; ref++)
            (void)take(ref, 1, 0, 100, 10, 0);
        w.transfers[index].whole = 0;
        (void)take(4, 1, 0, 100, 20, PATIENCE + 1);
        for (unsigned i = 0; i < TRANSFERS; i++)
            assert_int_equal(w.transfers[i].got, i == index ? 20 : 10);
    }
}

/* Of what is no more than known the transfers end. */
static void test_forgetting(void **unused)
{
    for (unsigned shift = 0; shift < TRANSFERS; shift++) {
        (void)unused;
        open_receiver(TRANSFERS);
        for (unsigned i = 0; i < TRANSFERS; i++)
            w.transfers[(i + shift) % TRANSFERS] = (execwire_link_transfer){
                .whole = 100, .update = execwire_piece_head(i < 2 ? 5 : 6, 1, 0, i == 1 ? 3 : 2)};
        w.transfers[TRANSFERS].update = execwire_piece_head(5, 1, 0, 1);
        w.contexts[5] = (execwire_link_context){.known = true, .number = 2};
        w.contexts[6] = (execwire_link_context){.known = true, .number = 9};
        execwire_assembly_forget(&w.receiver, 5);
        for (unsigned i = 0; i < TRANSFERS; i++)
            assert_int_equal(w.transfers[(i + shift) % TRANSFERS].whole, i == 0 ? 0 : 100);
        assert_int_equal(w.transfers[TRANSFERS].whole, 77);
    }
}

static void test_what_is_missing(void **unused)
{
    execwire_repair repair;

    (void)unused;
    open_receiver(TRANSFERS);
    (void)take(0, 1, 10, 100, 10, 0);
    (void)take(0, 1, 50, 100, 1, 0);
    assert_true(execwire_assembly_missing(&w.receiver, &w.transfers[0], 0, &repair));
    assert_int_equal(repair.update, execwire_piece_head(0, 1, 0, 1));
    assert_int_equal(repair.whole, 100);
    assert_int_equal(repair.offset, 0);
    assert_int_equal(repair.size, 10);
    assert_true(execwire_assembly_missing(&w.receiver, &w.transfers[0], 10, &repair));
    assert_int_equal(repair.offset, 20);
    assert_int_equal(repair.size, 30);
    assert_true(execwire_assembly_missing(&w.receiver, &w.transfers[0], 50, &repair));
    assert_int_equal(repair.offset, 51);
    assert_int_equal(repair.size, 49);
    assert_false(execwire_assembly_missing(&w.receiver, &w.transfers[0], 100, &repair));
    (void)take(0, 1, 98, 100, 2, 0);
    assert_false(execwire_assembly_missing(&w.receiver, &w.transfers[0], 98, &repair));
}

/* ---- Patience ---- */

/* What makes progress is asked for again soon, though half as often as it was asked in vain. */
static void test_progress_after_asking(void **unused)
{
    (void)unused;
    open_receiver(TRANSFERS);
    (void)take(0, 1, 0, 100, 10, 1000);
    assert_int_equal(w.transfers[0].ask_next, 1100);
    assert_int_equal(w.transfers[0].heard, 1000);
    w.transfers[0].asks = 5;
    w.transfers[0].ask_next = 90000;
    (void)take(0, 1, 0, 100, 10, 2000); /* nothing new */
    assert_int_equal(w.transfers[0].asks, 5);
    assert_int_equal(w.transfers[0].ask_next, 90000);
    (void)take(0, 1, 9, 100, 2, 3000);
    assert_int_equal(w.transfers[0].asks, 2);
    /* 2 s from one piece to the next: the one after it may take twice that */
    assert_int_equal(w.transfers[0].ask_next, 7000);
    assert_int_equal(w.transfers[0].heard, 3000);
}

/* ---- What a context knows ---- */

static void test_what_a_context_knows(void **unused)
{
    const execwire_link_context known = {.known = true, .number = 7, .generation = 0x35};
    execwire_link_context other = known;

    (void)unused;
    assert_true(execwire_context_knows(&known, 5, 7));
    assert_true(execwire_context_knows(&known, 5, 6));
    assert_false(execwire_context_knows(&known, 5, 8));
    assert_false(execwire_context_knows(&known, 4, 7));
    other.earlier = true;
    assert_false(execwire_context_knows(&other, 5, 7));
    assert_false(execwire_context_knows(&other, 4, 7));
    other = known;
    other.known = false;
    assert_false(execwire_context_knows(&other, 5, 7));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_largest_frames),
        cmocka_unit_test(test_what_does_not_fit),
        cmocka_unit_test(test_pieces_that_are_none),
        cmocka_unit_test(test_a_frame_that_comes_twice),
        cmocka_unit_test(test_which_transfer),
        cmocka_unit_test(test_transfers_of_a_ref),
        cmocka_unit_test(test_a_free_transfer_is_taken_first),
        cmocka_unit_test(test_forgetting),
        cmocka_unit_test(test_what_is_missing),
        cmocka_unit_test(test_progress_after_asking),
        cmocka_unit_test(test_what_a_context_knows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

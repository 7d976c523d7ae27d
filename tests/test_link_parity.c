/* Parity of large frames where nothing comes back: what a sender says of it, and what a receiver
 * makes of it. Expected: sums of products by logarithms to the base 2, which generates the field
 * that link.proto names.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/frame/update.h"
#include "link/receiver/assembly.h"
#include "link/sender/repeat.h"
#include "support/lent.h"
#include "support/link.h"
#include "support/talk.h"

#include <string.h>

#define COUNT 5
#define STEP  40
#define WHOLE (COUNT * STEP - 7)

static uint8_t power[255], logarithm[256];

static void make_logarithms(void)
{
    unsigned value = 1;

    for (unsigned i = 0; i < 255; i++) {
        power[i] = (uint8_t)value;
        logarithm[value] = (uint8_t)i;
        value = value * 2 >= 256 ? value * 2 ^ 0x11D : value * 2;
    }
}

/* The byte of a parity at a place. */
static uint8_t parity_at(const uint8_t *frame, size_t size, size_t step, unsigned number, size_t at)
{
    uint8_t sum = 0;

    for (unsigned piece = 0; piece * step < size; piece++)
        if (piece * step + at < size && frame[piece * step + at] != 0)
            sum ^= power[(logarithm[frame[piece * step + at]] +
                          piece * (unsigned)logarithm[number * 89 % 256]) %
                         255];
    return sum;
}

/* ---- The sender ---- */

static void assert_parity(unsigned index, const uint8_t *frame, size_t size, size_t step,
                          unsigned number)
{
    const execwire_frame said = talk_frame(index);
    execwire_str piece = said.bytes[EXECWIRE_FRAME_PIECE];

    assert_int_equal(said.kind, EXECWIRE_FRAME_KIND_PIECE);
    assert_int_equal(said.value[EXECWIRE_FRAME_WHOLE], size);
    assert_int_equal(said.value[EXECWIRE_FRAME_OFFSET], size + number);
    assert_int_equal(piece.size, step);
    for (size_t at = 0; at < step; at++)
        assert_int_equal((uint8_t)piece.data[at], parity_at(frame, size, step, number, at));
}

/* Puts the pieces from `first` on together. Returns how many they are. */
static unsigned join(unsigned first, uint8_t *frame, size_t *size)
{
    unsigned count = 0;

    for (*size = 0; first + count < t.count; count++) {
        execwire_str piece = talk_frame(first + count).bytes[EXECWIRE_FRAME_PIECE];

        assert_int_equal(talk_frame(first + count).value[EXECWIRE_FRAME_OFFSET], *size);
        memcpy(frame + *size, piece.data, piece.size);
        *size += piece.size;
    }
    return count;
}

/* Half as many as pieces, in each repeat others; also where a text is compressed, which is not kept
 * from one to the next. */
static void test_repeats_are_parity(void **unused)
{
    static char output[900];
    uint8_t frame[1200];
    execwire_state state = make_state(5, 7);
    unsigned first, count, half, number = 1;
    size_t size, step;

    (void)unused;
    fill(output, sizeof output);
    state.has_run_output = true;
    state.run_output.std_out = (execwire_str){output, sizeof output};
    state.has_published_results = state.published_results.has_s3 = true;
    state.published_results.s3.bucket = EXECWIRE_STR("No such file or directory, no such file");
    talk_init(EXECWIRE_LINK_ONE_WAY);
    t.options.word_capacity = 0;
    t.timing.digest_ms = t.timing.hello_ms = 3600000;
    t.options.mtu = 128;
    talk_open();
    (void)talk_update(&state);
    for (first = 0; talk_frame(first).kind != EXECWIRE_FRAME_KIND_PIECE; first++)
        ;
    count = join(first, frame, &size);
    half = (count + 1) / 2;
    step = (size + count - 1) / count;
    assert_true(count >= 7);
    assert_int_equal(size, talk_frame(first).value[EXECWIRE_FRAME_WHOLE]);
    t.sender.parts_known = 1; /* no more hellos */
    for (unsigned repeat = 0; repeat < 4; repeat++) {
        unsigned next = t.count;

        (void)talk_until_said();
        (void)talk_poll();
        assert_int_equal(t.count, next + half);
        for (unsigned i = 0; i < half; i++)
            assert_parity(next + i, frame, size, step, number++);
    }
    assert_int_equal(t.sender.stats.pieces, count + 4 * half);
}

#define MTU 51

/* A state of a large frame, and what is said of it at first and again. */
typedef struct said_twice {
    size_t whole, head, step; /* of the frame; before a piece of it, the first one; its bytes */
    size_t first, again;      /* frames */
    bool parity;              /* again */
} said_twice;

/* False: the frame is not large. */
static bool say_twice(execwire_link_mode mode, size_t text_size, said_twice *said)
{
    static char text[2700];
    execwire_state state = make_state(1, 1);
    execwire_frame piece;

    fill(text, text_size);
    state.status = (execwire_str){text, text_size};
    talk_init(mode);
    t.options.mtu = MTU;
    t.options.packing = NULL;
    t.options.word_capacity = 0;
    talk_open();
    (void)talk_update(&state);
    if (t.count == 2) /* with the hello */
        return false;
    piece = talk_frame(1);
    said->whole = (size_t)piece.value[EXECWIRE_FRAME_WHOLE];
    said->step = piece.bytes[EXECWIRE_FRAME_PIECE].size;
    said->head = t.size[1] - said->step;
    said->first = t.count - 1;
    t.sender.now = 24;
    assert_int_equal(execwire_repeat_poll(&t.sender), 0);
    said->again = t.count - 1 - said->first;
    said->parity = talk_frame(t.count - 1).value[EXECWIRE_FRAME_OFFSET] >= said->whole;
    return true;
}

/* Before each piece there is room for any offset, which with parity's numbers is up to twice the
 * frame's size. One-way the pieces are as small as so many can be. */
static void test_how_large_pieces_are(void **unused)
{
    said_twice said;

    (void)unused;
    for (size_t size = 0; size < 240; size++) {
        size_t room, count;

        if (!say_twice(EXECWIRE_LINK_TWO_WAY, size, &said))
            continue;
        room = MTU - said.head - (2 * said.whole < 128 ? 0 : 1); /* of offset 0 it is one byte */
        count = (said.whole + room - 1) / room;
        assert_int_equal(said.step, room);
        assert_int_equal(said.first, count);
        assert_int_equal(said.again, 1); /* the last one, be it of a byte */
        assert_true(say_twice(EXECWIRE_LINK_ONE_WAY, size, &said));
        room = MTU - said.head - (2 * said.whole < 128 ? 0 : 1);
        count = (said.whole + room - 1) / room;
        assert_int_equal(said.first, count);
        assert_int_equal(said.step, (said.whole + count - 1) / count);
    }
}

/* Not where the frame without its identity, of 40 bytes less, may have gone as one, nor where it is
 * larger than 50 MTUs beside that. */
static void test_which_frames_have_parity(void **unused)
{
    said_twice said;
    unsigned without = 0;

    (void)unused;
    for (size_t size = 0; size < 2650; size += size == 120 ? 2400 : 1) {
        if (!say_twice(EXECWIRE_LINK_ONE_WAY, size, &said))
            continue;
        assert_int_equal(said.parity, said.whole >= MTU + 40 && said.whole < 51 * MTU + 40);
        assert_int_equal(said.again, said.parity ? (said.first + 1) / 2 : said.first);
        without += !said.parity;
    }
    assert_true(without >= 39 + 40); /* of both kinds */
}

/* ---- The receiver ---- */

static struct {
    execwire_link_receiver receiver;
    execwire_link_context contexts[2];
    execwire_link_transfer transfers[1];
    char store[64], text[64];
    uint8_t pieces[9 * 64];
    execwire_str whole;
} w;

static uint8_t sent[WHOLE];

/* `room`: a byte for eight of a frame and what is kept of parity. */
static void open_receiver(execwire_link_mode mode, size_t room)
{
    execwire_link_receiver_options options = {.mode = mode, LENT_TO_RECEIVER(&w)};

    options.piece_capacity = room;
    w.whole = (execwire_str){NULL, 0};
    memset(w.pieces, 0xEE, sizeof w.pieces);
    assert_int_equal(execwire_link_receiver_init(&w.receiver, &options, NULL), EXECWIRE_OK);
    for (unsigned i = 0; i < WHOLE; i++)
        sent[i] = (uint8_t)(i * 7 + i / 11);
}

static execwire_link_outcome take_of(size_t whole, size_t offset, const uint8_t *bytes, size_t size,
                                     uint64_t now)
{
    execwire_frame frame = {.value = {[EXECWIRE_FRAME_UPDATE] = execwire_piece_head(1, 7, 0, 5),
                                      [EXECWIRE_FRAME_OFFSET] = offset,
                                      [EXECWIRE_FRAME_WHOLE] = whole},
                            .bytes = {[EXECWIRE_FRAME_PIECE] = {(const char *)bytes, size}}};

    return execwire_assembly_take(&w.receiver, &frame, now, &w.whole);
}

static execwire_link_outcome take(size_t offset, const uint8_t *bytes, size_t size)
{
    return take_of(WHOLE, offset, bytes, size, 0);
}

static execwire_link_outcome take_parity(unsigned number, size_t size)
{
    uint8_t parity[STEP];

    for (size_t at = 0; at < size; at++)
        parity[at] = parity_at(sent, WHOLE, STEP, number, at);
    return take(WHOLE + number, parity, size);
}

static void take_piece(unsigned piece)
{
    size_t at = (size_t)piece * STEP;

    assert_int_equal(take(at, sent + at, WHOLE - at < STEP ? WHOLE - at : STEP),
                     EXECWIRE_LINK_PIECE);
}

static void assert_whole(void)
{
    assert_int_equal(w.whole.size, WHOLE);
    assert_memory_equal(w.whole.data, sent, WHOLE);
}

/* Whichever pieces are lost, as many of parity make up for them, before or after the others. */
static void test_any_pieces_lost(void **unused)
{
    (void)unused;
    for (unsigned lost = 1; lost < 1u << COUNT; lost++)
        for (unsigned late = 0; late < 2; late++) {
            unsigned number = 1;

            open_receiver(EXECWIRE_LINK_ONE_WAY, sizeof w.pieces);
            for (unsigned piece = 0; piece < COUNT; piece++)
                if ((lost >> piece & 1) == 0 && !late)
                    take_piece(piece);
            for (unsigned piece = 0; piece < COUNT; piece++)
                if ((lost >> piece & 1) != 0) {
                    assert_null(w.whole.data);
                    assert_int_equal(take_parity(number++, STEP), EXECWIRE_LINK_PIECE);
                }
            for (unsigned piece = 0; piece < COUNT; piece++)
                if ((lost >> piece & 1) == 0 && late) {
                    assert_null(w.whole.data);
                    take_piece(piece);
                }
            assert_whole();
        }
}

/* The last piece, be it of a byte, less than the others by one, or as large. */
static void test_frames_of_any_size(void **unused)
{
    const size_t step = 8;

    (void)unused;
    for (size_t whole = step + 1; whole < 5 * step; whole++) {
        uint8_t parity[8];
        size_t at = 0;

        open_receiver(EXECWIRE_LINK_ONE_WAY, sizeof w.pieces);
        for (; at + step < whole; at += step)
            assert_int_equal(take_of(whole, at, sent + at, step, 0), EXECWIRE_LINK_PIECE);
        for (size_t i = 0; i < step; i++)
            parity[i] = parity_at(sent, whole, step, 1, i);
        assert_int_equal(take_of(whole, whole + 1, parity, step, 0), EXECWIRE_LINK_PIECE);
        assert_int_equal(w.whole.size, whole);
        assert_memory_equal(w.whole.data, sent, whole);
    }
}

/* Parity of more than 64 pieces is not kept. */
static void test_the_most_pieces(void **unused)
{
    (void)unused;
    for (size_t more = 0; more < 2; more++) {
        open_receiver(EXECWIRE_LINK_ONE_WAY, sizeof w.pieces);
        assert_int_equal(take_of(256 + more, 300, sent, 4, 0), EXECWIRE_LINK_PIECE);
        assert_int_equal(w.transfers[0].rows, 1 - more);
    }
}

/* Numbers go up to the frame's size. That of 0 is the first piece. */
static void test_numbers_of_parity(void **unused)
{
    (void)unused;
    open_receiver(EXECWIRE_LINK_ONE_WAY, sizeof w.pieces);
    assert_int_equal(take_of(40, 81, sent, 20, 0), EXECWIRE_LINK_MISMATCH);
    assert_int_equal(take_of(0, 0, sent, 20, 0), EXECWIRE_LINK_MISMATCH);
    assert_int_equal(w.transfers[0].whole, 0);
    assert_int_equal(take_of(40, 80, sent, 20, 0), EXECWIRE_LINK_PIECE);
    assert_int_equal(w.transfers[0].rows, 1);
    open_receiver(EXECWIRE_LINK_ONE_WAY, sizeof w.pieces);
    assert_int_equal(take_of(40, 40, sent, 20, 0), EXECWIRE_LINK_PIECE);
    assert_null(w.whole.data);
    assert_int_equal(take_of(40, 20, sent + 20, 20, 0), EXECWIRE_LINK_PIECE);
    assert_int_equal(w.whole.size, 40);
    assert_memory_equal(w.whole.data, sent, 40);
    assert_int_equal(take_of(1, 0, sent, 1, 0), EXECWIRE_LINK_PIECE);
    assert_int_equal(w.whole.size, 1);
}

/* It is not kept, nor does it keep the transfer alive. */
static void test_parity_of_another_size_is_no_progress(void **unused)
{
    (void)unused;
    open_receiver(EXECWIRE_LINK_ONE_WAY, sizeof w.pieces);
    assert_int_equal(take_of(WHOLE, WHOLE + 1, sent, STEP, 7), EXECWIRE_LINK_PIECE);
    assert_int_equal(take_of(WHOLE, WHOLE + 2, sent, STEP - 1, 50), EXECWIRE_LINK_PIECE);
    assert_int_equal(w.transfers[0].rows, 1);
    assert_int_equal(w.transfers[0].step, STEP);
    assert_int_equal(w.transfers[0].heard, 7);
}

/* What says nothing new does not count. */
static void test_the_same_parity_twice(void **unused)
{
    (void)unused;
    open_receiver(EXECWIRE_LINK_ONE_WAY, sizeof w.pieces);
    for (unsigned piece = 2; piece < COUNT; piece++)
        take_piece(piece);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(take_parity(3, STEP), EXECWIRE_LINK_PIECE);
    assert_null(w.whole.data);
    assert_int_equal(take_parity(4, STEP), EXECWIRE_LINK_PIECE);
    assert_whole();
}

/* Parity of another size, without room, where pieces can be asked for; nothing beyond what is lent
 * is written. */
static void test_parity_of_no_use(void **unused)
{
    const size_t room = 9 * 32; /* 256 bytes: the frame and one of parity */

    (void)unused;
    open_receiver(EXECWIRE_LINK_TWO_WAY, sizeof w.pieces);
    assert_int_equal(take_parity(1, STEP), EXECWIRE_LINK_MISMATCH);
    open_receiver(EXECWIRE_LINK_ONE_WAY, room);
    for (unsigned number = 1; number < 4; number++)
        (void)take_parity(number, STEP);
    (void)take_parity(4, STEP - 1);
    (void)take_parity(5, 1); /* of too many pieces */
    assert_int_equal(w.transfers[0].rows, 1);
    for (size_t i = room; i < sizeof w.pieces; i++)
        assert_int_equal(w.pieces[i], 0xEE);
    for (unsigned piece = 0; piece < COUNT - 1; piece++)
        take_piece(piece);
    assert_whole();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repeats_are_parity),
        cmocka_unit_test(test_how_large_pieces_are),
        cmocka_unit_test(test_which_frames_have_parity),
        cmocka_unit_test(test_any_pieces_lost),
        cmocka_unit_test(test_frames_of_any_size),
        cmocka_unit_test(test_the_most_pieces),
        cmocka_unit_test(test_numbers_of_parity),
        cmocka_unit_test(test_parity_of_another_size_is_no_progress),
        cmocka_unit_test(test_the_same_parity_twice),
        cmocka_unit_test(test_parity_of_no_use),
    };

    make_logarithms();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

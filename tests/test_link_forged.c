/* What anybody can do to a receiver who sends it frames, whose checks are right: no more than
 * docs/link.md says, and nothing for ever.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/ends.h"
#include "support/heads.h"
#include "support/link.h"
#include "support/slow.h"

#include "link/base/sink.h"
#include "link/frame/control.h"
#include "link/frame/frame.h"
#include "wire/format.h"

#include <string.h>

static ends e;

static void open_ends(void)
{
    ends_init(&e, EXECWIRE_LINK_TWO_WAY);
    ends_open_sender(&e, 0);
    ends_open_receiver(&e);
}

static execwire_link_outcome receive(const void *frame, size_t size)
{
    execwire_link_event event;

    if (execwire_link_receive(&e.receiver, frame, size, e.now, &event, NULL) != EXECWIRE_OK)
        return EXECWIRE_LINK_OUTCOME_COUNT;
    return event.outcome;
}

/* ---- Sessions ---- */

/* LinkFrame(node, session) with its check, as anybody can write it. */
static execwire_link_outcome forge_hello(const char *node, uint32_t session)
{
    uint8_t bytes[64];
    execwire_buffer_sink out = execwire_sink_buffer(bytes, sizeof bytes);
    size_t at = execwire_control_put_check(&out.sink);

    execwire_sink_bytes_field(&out.sink, EXECWIRE_FRAME_NODE, node, strlen(node));
    execwire_sink_varint_field(&out.sink, EXECWIRE_FRAME_SESSION, session);
    (void)execwire_control_finish(bytes, out.sink.size, at, (execwire_str){NULL, 0}, 0);
    return receive(bytes, out.sink.size);
}

/* The highest session that there is shuts the node out for some minutes, not for ever. */
static void test_a_forged_session_ends(void **unused)
{
    (void)unused;
    open_ends();
    (void)ends_update(&e, 0, 1, false);
    ends_run(&e, 1000);
    assert_int_equal(e.got[0], 1);
    assert_int_equal(forge_hello("node", UINT32_MAX), EXECWIRE_LINK_HELLO);
    for (int64_t version = 2; version < 40; version++) {
        (void)ends_update(&e, 0, version, false);
        ends_run(&e, 10000);
    }
    assert_int_equal(e.got[0], 39);
    assert_int_equal(e.receiver.peer.session, 1);
}

/* While its own session goes on, an older hello changes nothing. */
static void test_an_old_hello_changes_nothing_while_there_is_news(void **unused)
{
    (void)unused;
    open_ends();
    ends_open_sender(&e, 41);
    for (int64_t version = 1; version < 40; version++) {
        (void)ends_update(&e, 0, version, false);
        ends_run(&e, 10000);
        assert_int_equal(forge_hello("node", 7), EXECWIRE_LINK_OLD_SESSION);
        assert_int_equal(e.got[0], version);
    }
    assert_int_equal(forge_hello("another", 43), EXECWIRE_LINK_OTHER_NODE);
    assert_int_equal(e.receiver.peer.session, 42);
}

/* ---- Pieces ---- */

/* Offset, size of the whole and piece, in the update of a frame in pieces. */
static execwire_link_outcome forge_piece(uint64_t update, uint32_t offset, uint32_t whole,
                                         const char *bytes, size_t size)
{
    uint8_t frame[300];
    execwire_buffer_sink out = execwire_sink_buffer(frame, sizeof frame);

    execwire_sink_varint_field(&out.sink, EXECWIRE_FRAME_UPDATE, update);
    execwire_sink_varint_field(&out.sink, EXECWIRE_FRAME_OFFSET, offset);
    execwire_sink_varint_field(&out.sink, EXECWIRE_FRAME_WHOLE, whole);
    execwire_sink_bytes_field(&out.sink, EXECWIRE_FRAME_PIECE, bytes, size);
    return receive(frame, pack_frame(frame, out.sink.size));
}

/* What is there already is not written over. */
static void test_the_first_piece_is_kept(void **unused)
{
    execwire_frame first;
    static char output[1500];
    static const char rubbish[100] = "rubbish";

    (void)unused;
    fill(output, sizeof output);
    open_ends();
    ends_run(&e, 1000);
    e.output = (execwire_str){output, sizeof output};
    e.loss = 40; /* some pieces arrive */
    (void)ends_update(&e, 0, 3, true);
    e.loss = 0;
    assert_int_equal(e.got[0], 0);
    assert_int_equal(execwire_frame_read(e.last, e.last_size, &first, NULL), EXECWIRE_OK);
    assert_int_equal(first.kind, EXECWIRE_FRAME_KIND_PIECE);
    assert_true(e.transfers[0].got > 100 && e.transfers[0].got < e.transfers[0].whole);
    {
        uint32_t got = e.transfers[0].got, whole = e.transfers[0].whole;
        const uint8_t *bits = (const uint8_t *)e.pieces + e.receiving.piece_capacity / 4 / 9 * 8;

        for (uint32_t at = 0; at + sizeof rubbish <= whole; at++) {
            bool there = true;

            for (uint32_t i = 0; i < sizeof rubbish; i++)
                there = there && (bits[(at + i) / 8] >> ((at + i) % 8) & 1) != 0;
            if (there)
                (void)forge_piece(first.value[EXECWIRE_FRAME_UPDATE], at, whole, rubbish,
                                  sizeof rubbish);
        }
        assert_int_equal(e.transfers[0].got, got);
    }
    ends_run(&e, 20000);
    assert_int_equal(e.got[0], 3);
    assert_int_equal(e.sender.stats.repeats, 0); /* its pieces were of use */
}

/* A stranger's pieces of one ref take two transfers and no more. */
static void test_a_ref_has_two_transfers(void **unused)
{
    (void)unused;
    open_ends();
    (void)ends_update(&e, 0, 1, false);
    for (uint64_t number = 1; number <= 8; number++) {
        /* ref 5, state 1, number modulo 8 */
        uint64_t update = 5 | 1 << 7 | (number & 7) << 11;
        execwire_link_outcome outcome = forge_piece(update, 0, 900, "x", 1);

        assert_int_equal(outcome, number <= 2 ? EXECWIRE_LINK_PIECE : EXECWIRE_LINK_NO_ROOM);
    }
    assert_int_equal(forge_piece(6 | 1 << 7 | 1 << 11, 0, 900, "x", 1), EXECWIRE_LINK_PIECE);
}

/* ---- Texts ---- */

/* A delta whose output is compressed and whose check is wrong. */
static execwire_link_outcome forge_text(uint64_t number)
{
    /* a size of 2,000 bytes, and bits that are as good as any */
    static const uint8_t text[] = {0xFA, 0xD0, 0x0F, 0x12, 0x34, 0x56, 0x78, 0x9A,
                                   0xBC, 0xDE, 0xF0, 0x11, 0x22, 0x33, 0x44, 0x55};
    uint8_t frame[64];
    execwire_buffer_sink out = execwire_sink_buffer(frame, sizeof frame);

    execwire_sink_varint_field(&out.sink, EXECWIRE_FRAME_UPDATE, 1 << 7 | (number & 7) << 11);
    execwire_sink_bytes_field(&out.sink, EXECWIRE_FRAME_OUT, text, sizeof text);
    execwire_sink_tag(&out.sink, EXECWIRE_FRAME_CHECK, EXECWIRE_WIRE_FIXED32);
    execwire_sink_fixed32(&out.sink, 0x12345678);
    return receive(frame, pack_frame(frame, out.sink.size));
}

/* In a second eight of them are looked into, however many there are; then the node's own come
 * through again, whose texts cost nothing of that. */
static void test_texts_that_come_to_nothing(void **unused)
{
    static char output[700];
    const unsigned seconds = 20 / slow_one_in(4, 10, "the seconds");

    (void)unused;
    memset(output, 'a', sizeof output);
    for (size_t i = 0; i < sizeof output; i += 9)
        output[i] = '\n';
    open_ends();
    (void)ends_update(&e, 0, 1, false);
    e.output = (execwire_str){output, sizeof output};
    for (unsigned second = 0; second < seconds; second++) {
        unsigned looked_into = 0;

        e.now += 1000;
        (void)ends_update(&e, 1 + second, 1, true);
        assert_int_equal(e.got[1 + second], 1);
        for (unsigned i = 0; i < 500; i++)
            looked_into += forge_text(i) != EXECWIRE_LINK_BUSY;
        assert_int_equal(looked_into, 8);
    }
    /* what was not looked into is repeated */
    for (unsigned i = 0; i < 20; i++)
        (void)forge_text(i);
    (void)ends_update(&e, 50, 1, true);
    assert_int_equal(e.got[50], 0);
    ends_run(&e, 10000);
    assert_int_equal(e.got[50], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_forged_session_ends),
        cmocka_unit_test(test_an_old_hello_changes_nothing_while_there_is_news),
        cmocka_unit_test(test_the_first_piece_is_kept),
        cmocka_unit_test(test_a_ref_has_two_transfers),
        cmocka_unit_test(test_texts_that_come_to_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

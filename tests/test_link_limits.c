/* Both ends of a link where something runs out: numbers, names, room for a list, patience.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "base/crc32.h"
#include "link/frame/frame.h"
#include "link/frame/values.h"
#include "link/sender/executions.h"
#include "support/hex.h"
#include "support/lent.h"
#include "support/link.h"

#include <execwire/link.h>

#include <string.h>

#define REFS   EXECWIRE_LINK_MAX_REFS
#define FRAMES 256
/* Between two asks, in milliseconds. */
#define LONGEST_PAUSE (500 << 8)

typedef struct world {
    execwire_link_sender sender;
    execwire_link_receiver receiver;
    execwire_link_execution executions[REFS];
    execwire_link_context contexts[REFS];
    execwire_link_transfer transfers[2];
    uint8_t frame[512];
    char store[65536], text[8192], pieces[8192];
    uint8_t said[FRAMES][512];
    size_t said_size[FRAMES];
    unsigned said_count, heard_count;
    bool lost;                          /* what is said now is */
    const execwire_state *newest[REFS]; /* by ref */
    execwire_link_event event;
} world;

static world w;

static void say(void *context, const void *frame, size_t size)
{
    (void)context;
    if (w.lost)
        return;
    assert_true(w.said_count < FRAMES);
    memcpy(w.said[w.said_count], frame, size);
    w.said_size[w.said_count++] = size;
}

static const execwire_state *recall(void *context, unsigned ref)
{
    (void)context;
    return w.newest[ref];
}

static void open_world(execwire_link_mode mode, execwire_str node, size_t mtu)
{
    static const execwire_link_timing timing = {.digest_ms = 1};
    const execwire_link_sender_options to = {.mode = mode,
                                             .timing = &timing,
                                             .node = node,
                                             LENT_TO_SENDER(&w),
                                             .mtu = mtu,
                                             .emit = say,
                                             .recall = recall};
    const execwire_link_receiver_options from = {.mode = mode, LENT_TO_RECEIVER(&w)};

    memset(&w, 0, sizeof w);
    assert_int_equal(execwire_link_sender_init(&w.sender, &to, NULL), EXECWIRE_OK);
    assert_int_equal(execwire_link_receiver_init(&w.receiver, &from, NULL), EXECWIRE_OK);
}

static unsigned update(const execwire_state *state, uint64_t now)
{
    unsigned ref = REFS;

    assert_int_equal(execwire_link_update(&w.sender, state, now, &ref, NULL), EXECWIRE_OK);
    w.newest[ref] = state;
    return ref;
}

static execwire_link_outcome hear(unsigned index, uint64_t now)
{
    assert_true(index < w.said_count);
    assert_int_equal(
        execwire_link_receive(&w.receiver, w.said[index], w.said_size[index], now, &w.event, NULL),
        EXECWIRE_OK);
    return w.event.outcome;
}

/* All that was not heard yet; the outcome of the last. */
static execwire_link_outcome hear_rest(uint64_t now)
{
    execwire_link_outcome outcome = EXECWIRE_LINK_OUTCOME_COUNT;

    while (w.heard_count < w.said_count)
        outcome = hear(w.heard_count++, now);
    return outcome;
}

/* A text that is not compressed to much less. */
static void assert_event_is(const execwire_state *state)
{
    static char expected[4096];
    size_t size;

    assert_non_null(w.event.state);
    assert_int_equal(execwire_encode(state, expected, sizeof expected, &size, NULL), EXECWIRE_OK);
    assert_int_equal(w.event.message.size, size);
    assert_memory_equal(w.event.message.data, expected, size);
}

/* ---- Numbers ---- */

static void test_versions_beyond_all_numbers(void **unused)
{
    static const int64_t versions[] = {65533, 65534, 65535, 65536, 65537, INT64_MAX, 3, -1, 65535};

    (void)unused;
    for (int mode = EXECWIRE_LINK_TWO_WAY; mode <= EXECWIRE_LINK_LOSSLESS; mode++) {
        open_world((execwire_link_mode)mode, EXECWIRE_STR(NODE), 222);
        for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
            execwire_state state = make_state(versions[i], 3);

            update(&state, 0);
            assert_int_equal(hear_rest(0), EXECWIRE_LINK_STATE);
            assert_event_is(&state);
        }
    }
}

/* ---- Nodes ---- */

static void test_nodes_that_a_hello_has_no_room_for(void **unused)
{
    static const char *const nodes[] = {
        "",
        "n",
        "thirty-two-bytes-look-like-a-hash",
        "sixty-three-bytes-go-with-a-hello-but-not-with-the-least-of-mtu",
        "sixty-four-bytes-go-with-a-hello-but-not-with-the-least-of-mtu-1",
        "sixty-five-bytes-do-not-go-with-any-hello-and-go-with-identities-"};

    (void)unused;
    for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++)
        for (size_t cut = 0; cut < 2; cut++)
            for (size_t mtu = EXECWIRE_LINK_MIN_MTU; mtu < 100; mtu++) {
                execwire_str node = {nodes[i], strlen(nodes[i])};
                execwire_state state = make_state(1, 1);

                node.size -= cut < node.size ? cut : 0;
                open_world(EXECWIRE_LINK_LOSSLESS, node, mtu);
                state.node_id = node;
                update(&state, 0);
                for (unsigned k = 0; k < w.said_count; k++)
                    assert_true(w.said_size[k] <= mtu);
                assert_int_equal(hear_rest(0), EXECWIRE_LINK_STATE);
                assert_event_is(&state);
            }
}

/* ---- Repeats ---- */

/* What is recalled is the newest state, which the sender may not have been given. */
static void test_a_repeat_of_a_newer_state(void **unused)
{
    execwire_state first = make_state(1, 1), next = make_state(2, 2);

    (void)unused;
    open_world(EXECWIRE_LINK_TWO_WAY, EXECWIRE_STR(NODE), 222);
    update(&first, 0);
    hear_rest(0);
    w.newest[0] = &next;
    (void)execwire_link_sender_poll(&w.sender, 3200); /* the hello */
    (void)execwire_link_sender_poll(&w.sender, 3200);
    assert_int_equal(hear_rest(3200), EXECWIRE_LINK_STATE);
    assert_event_is(&next);
}

/* A frame of feedback: these fields, and before them the check. */
static void feed(const char *hex)
{
    uint8_t frame[128] = {0x7D};
    size_t size = from_hex(hex, frame + 5);
    uint32_t crc = execwire_crc32(0, frame + 5, size);

    for (unsigned i = 0; i < 4; i++)
        frame[1 + i] = (uint8_t)(crc >> (8 * i));
    assert_int_equal(execwire_link_feedback(&w.sender, frame, 5 + size, NULL), EXECWIRE_OK);
}

/* LinkFrame.repairs of the frame that was sent: update 2176, which is of ref 0, whole, offset,
 * size. */
static void want_repair(uint64_t whole, const char *offset_and_size)
{
    char hex[64];

    snprintf(hex, sizeof hex, "ca01%02x8011%02x%02x%s", 4 + (unsigned)strlen(offset_and_size) / 2,
             (unsigned)(whole & 127) | 128, (unsigned)(whole >> 7), offset_and_size);
    feed(hex);
}

static void test_repairs_of_what_there_is_not(void **unused)
{
    static const char *const cases[] = {
        "ca01028011",           /* update alone */
        "ca01038011ff",         /* whole cut off */
        "ca010780118080808010", /* whole beyond 32 bits */
        "ca01047f640001",       /* ref 127, which has no execution */
        "ca01058011640001",     /* of a frame of 100 bytes, which was not sent */
        "ca01058111640001",     /* of ref 1 */
    };
    static char output[1400];
    execwire_state state = make_state(1, 1);
    execwire_frame piece;
    unsigned before;

    (void)unused;
    fill(output, sizeof output);
    open_world(EXECWIRE_LINK_TWO_WAY, EXECWIRE_STR(NODE), 222);
    state.has_run_output = true;
    state.run_output.std_out = (execwire_str){output, sizeof output};
    update(&state, 0);
    assert_int_equal(execwire_frame_read(w.said[1], w.said_size[1], &piece, NULL), EXECWIRE_OK);
    before = w.said_count;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        feed(cases[i]);
    want_repair(piece.value[EXECWIRE_FRAME_WHOLE], "ffff0301"); /* beyond its end */
    assert_int_equal(w.said_count, before);
    want_repair(piece.value[EXECWIRE_FRAME_WHOLE], "0001");
    assert_int_equal(w.said_count, before + 1);
    assert_int_equal(w.said_size[before], w.said_size[1]);
    assert_memory_equal(w.said[before], w.said[1], w.said_size[1]);
    assert_int_equal(execwire_link_feedback(NULL, "", 0, NULL), EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_link_feedback(&w.sender, NULL, 0, NULL), EXECWIRE_ERROR_ARGUMENT);
}

/* ---- Many executions ---- */

static execwire_state many[REFS];

/* Opens so many executions, with numbers from 60,000 on. */
static void open_many(unsigned count, uint64_t now)
{
    static char references[REFS][4];

    for (unsigned i = 0; i < count; i++) {
        memcpy(references[i], (char[]){'e', '-', (char)('a' + i / 16), (char)('a' + i % 16)}, 4);
        many[i] = make_state(60000 + i, 1);
        many[i].compute_reference = (execwire_str){references[i], 4};
        assert_int_equal(update(&many[i], now), i);
    }
}

/* What the receiver has to say at a time, in the smallest frames: its acks and its wants. */
static void ask(uint64_t now, unsigned *acks, unsigned wants[EXECWIRE_WANT_HELLO + 1])
{
    uint8_t out[EXECWIRE_LINK_MIN_MTU];
    uint64_t due;
    uint32_t ack, want;

    do {
        execwire_frame frame;
        size_t size;

        due = execwire_link_receiver_poll(&w.receiver, now, out, sizeof out, &size);
        if (size == 0)
            continue;
        assert_true(size <= sizeof out);
        assert_int_equal(execwire_frame_read(out, size, &frame, NULL), EXECWIRE_OK);
        while (execwire_frame_next_fixed32(&frame.bytes[EXECWIRE_FRAME_ACKS], &ack))
            ++*acks;
        while (execwire_frame_next_number(&frame.bytes[EXECWIRE_FRAME_WANTS], &want))
            wants[want]++;
        assert_int_equal(execwire_link_feedback(&w.sender, out, size, NULL), EXECWIRE_OK);
    } while (due <= now);
}

static void test_a_digest_of_all_refs_in_the_smallest_frames(void **unused)
{
    unsigned wants[EXECWIRE_WANT_HELLO + 1] = {0}, acks = 0, listed[REFS] = {0};
    uint32_t entry;

    (void)unused;
    open_world(EXECWIRE_LINK_TWO_WAY, EXECWIRE_STR(NODE), EXECWIRE_LINK_MIN_MTU);
    open_many(1, 0);
    hear_rest(0);
    ask(1000, &acks, wants);
    w.lost = true;
    open_many(REFS, 1000);
    w.lost = false;
    (void)execwire_link_sender_poll(&w.sender, 1001);
    w.receiver.options.context_count = 100; /* the others are none of its business */
    for (; w.heard_count < w.said_count; w.heard_count++) {
        execwire_frame frame;

        assert_true(w.said_size[w.heard_count] <= EXECWIRE_LINK_MIN_MTU);
        assert_int_equal(hear(w.heard_count, 1001), EXECWIRE_LINK_DIGEST);
        assert_int_equal(
            execwire_frame_read(w.said[w.heard_count], w.said_size[w.heard_count], &frame, NULL),
            EXECWIRE_OK);
        while (execwire_frame_next_number(&frame.bytes[EXECWIRE_FRAME_LIVE], &entry)) {
            listed[entry & 127]++;
            assert_int_equal(entry >> 11, 60000 + (entry & 127));
        }
    }
    ask(1001, &acks, wants);
    for (unsigned i = 0; i < REFS; i++) {
        assert_int_equal(listed[i], 1);
        assert_int_equal(wants[i], i > 0 && i < 100);
        assert_false(i >= 100 && w.contexts[i].want);
    }
}

/* Eight entries of four bytes fill the smallest frame; after them there is nothing to list. */
static void test_a_digest_that_fills_its_frame(void **unused)
{
    unsigned before;

    (void)unused;
    open_world(EXECWIRE_LINK_TWO_WAY, EXECWIRE_STR(NODE), EXECWIRE_LINK_MIN_MTU);
    open_many(1, 0);
    hear_rest(0);
    open_many(9, 1000);
    w.executions[8].flags |= EXECWIRE_EXECUTION_ACKED | EXECWIRE_EXECUTION_TERMINAL;
    before = w.said_count;
    w.heard_count = before;
    (void)execwire_link_sender_poll(&w.sender, 1001);
    assert_int_equal(hear_rest(1001), EXECWIRE_LINK_DIGEST);
    assert_int_equal(w.said_count, before + 1);
    assert_int_equal(w.said_size[before], 5 + 3 + 8 * 4 + 3); /* check, head, entries, session */
}

/* Acknowledgments that take two answers. */
#define MANY 16

/* An answer of 51 bytes has room for 11 acks, and none for wants then. */
static void test_more_answers_than_fit_one_frame(void **unused)
{
    unsigned wants[EXECWIRE_WANT_HELLO + 1] = {0}, acks = 0;
    execwire_state next;

    (void)unused;
    open_world(EXECWIRE_LINK_TWO_WAY, EXECWIRE_STR(NODE), 222);
    open_many(MANY - 1, 0);
    hear_rest(0); /* a hello and 15 states */
    next = make_state(1, 1);
    next.update_time = (execwire_time){next.create_time.seconds + 1, 0};
    (void)update(&next, 0);
    w.said[w.heard_count][3] ^= 1; /* a nanosecond or so */
    assert_int_equal(hear_rest(0), EXECWIRE_LINK_MISMATCH);
    ask(1000, &acks, wants);
    assert_int_equal(acks, MANY);
    assert_int_equal(w.sender.stats.acks, MANY);
    assert_int_equal(wants[MANY - 1], 1);
    assert_int_equal(wants[EXECWIRE_WANT_HELLO], 1);
    assert_int_equal(w.sender.stats.wants, 2);
}

/* Three large frames in pieces, and room for two: one gives way that made no progress for longer
 * than four wants take, 8 s. */
static void test_more_large_frames_than_transfers(void **unused)
{
    static char output[500];
    unsigned first[4];

    (void)unused;
    fill(output, sizeof output);
    open_world(EXECWIRE_LINK_TWO_WAY, EXECWIRE_STR(NODE), 100);
    open_many(1, 0);
    hear_rest(0);
    for (unsigned i = 0; i < 3; i++) {
        first[i] = w.said_count;
        many[i].state = EXECWIRE_EXECUTION_STATE_COMPLETED;
        many[i].has_run_output = true;
        many[i].run_output.std_out = (execwire_str){output, sizeof output - i};
        (void)update(&many[i], i);
    }
    first[3] = w.said_count;
    assert_int_equal(hear(first[0], 10), EXECWIRE_LINK_PIECE);
    assert_int_equal(hear(first[1], 11), EXECWIRE_LINK_PIECE);
    assert_int_equal(hear(first[2], 8000), EXECWIRE_LINK_NO_ROOM);
    for (unsigned k = first[2]; k < first[3]; k++)
        (void)hear(k, 8011);
    assert_event_is(&many[2]);
    for (unsigned k = first[1] + 1; k < first[2]; k++)
        (void)hear(k, 8020);
    assert_event_is(&many[1]);
    for (unsigned k = first[0] + 1; k < first[1]; k++)
        assert_int_equal(hear(k, 8030), EXECWIRE_LINK_PIECE);
    assert_int_equal(hear(first[0], 8040), EXECWIRE_LINK_STATE);
    assert_event_is(&many[0]);
}

/* ---- Patience ---- */

/* Asks for as long as the receiver has something to ask; each pause is at least twice the one
 * before, or the longest, 128 times the first. Returns how often it asked. */
static unsigned ask_in_vain(void)
{
    uint64_t now = 10000, before = 0, pause = 0, due;
    unsigned count = 0;
    execwire_frame frame;
    uint8_t out[222];
    size_t size;

    for (;;) {
        due = execwire_link_receiver_poll(&w.receiver, now, out, sizeof out, &size);
        if (size > 0 && execwire_frame_read(out, size, &frame, NULL) == EXECWIRE_OK &&
            frame.kind == EXECWIRE_FRAME_KIND_FEEDBACK) {
            assert_true(count < 2 || now - before >= 2 * pause || now - before == LONGEST_PAUSE);
            pause = count > 0 ? now - before : 0;
            before = now;
            count++;
        }
        if (due == EXECWIRE_LINK_NEVER)
            return count;
        now = due;
    }
}

static void test_asking_in_vain_ends(void **unused)
{
    execwire_state first = make_state(1, 1), next = make_state(2, 2);
    static char output[400];

    (void)unused;
    open_world(EXECWIRE_LINK_TWO_WAY, EXECWIRE_STR(NODE), 222);
    update(&first, 0);
    update(&next, 0);
    assert_int_equal(hear(1, 0), EXECWIRE_LINK_NO_SESSION); /* wants the hello, and the ref */
    assert_int_equal(ask_in_vain(), 8);
    assert_int_equal(hear(0, 0), EXECWIRE_LINK_HELLO);
    assert_int_equal(hear(2, 0), EXECWIRE_LINK_NO_IDENTITY); /* the ref again */
    /* at 0.5 s, 1 s, ... 64 s after each other, and every 128 s until 20 min after the hello */
    assert_int_equal(ask_in_vain(), 17);
    fill(output, sizeof output);
    next.version = 3;
    next.has_run_output = true;
    next.run_output.std_out = (execwire_str){output, sizeof output};
    update(&next, 0);
    assert_int_equal(hear(3, 0), EXECWIRE_LINK_PIECE); /* the others are lost */
    assert_int_equal(ask_in_vain(), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions_beyond_all_numbers),
        cmocka_unit_test(test_nodes_that_a_hello_has_no_room_for),
        cmocka_unit_test(test_a_repeat_of_a_newer_state),
        cmocka_unit_test(test_repairs_of_what_there_is_not),
        cmocka_unit_test(test_a_digest_of_all_refs_in_the_smallest_frames),
        cmocka_unit_test(test_a_digest_that_fills_its_frame),
        cmocka_unit_test(test_more_answers_than_fit_one_frame),
        cmocka_unit_test(test_more_large_frames_than_transfers),
        cmocka_unit_test(test_asking_in_vain_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

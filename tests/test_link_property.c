/* Any state that the codec can encode survives the link: 100,000 of them, in each mode, by frames
 * that all are what link.proto says and fit the MTU.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/random_state.h"
#include "support/slow.h"

#include "base/crc32.h"
#include "link/frame/frame.h"
#include "link/model/canonical.h"
#include "support/lent.h"

#include <execwire/link.h>

#include <stdio.h>
#include <string.h>

#define STORE_SIZE (1 << 20)

typedef struct ends {
    execwire_link_sender sender;
    execwire_link_receiver receiver;
    execwire_link_execution executions[EXECWIRE_LINK_MAX_REFS];
    execwire_link_context contexts[EXECWIRE_LINK_MAX_REFS];
    execwire_link_transfer transfers[2];
    execwire_entry entries[32];
    char frame[2048], words[200];
    execwire_link_packing packing;
    char store[STORE_SIZE], text[STORE_SIZE], pieces[STORE_SIZE];
    size_t mtu;
    uint64_t now;
    uint8_t got[STORE_SIZE]; /* the state that came out last */
    size_t got_size;
    unsigned got_count;
    bool answers;
    unsigned with_base;  /* frames that came with one */
    unsigned mismatches; /* of them: the sender took the large fields for those that it had sent */
} ends;

static void receive(void *context, const void *frame, size_t size)
{
    ends *e = context;
    execwire_link_event event;
    execwire_error error = {.path = ""};
    execwire_frame parts;

    assert_true(size <= e->mtu);
    if (execwire_link_receive(&e->receiver, frame, size, e->now, &event, &error) != EXECWIRE_OK)
        fail_msg("%s at %zu: %s", error.path, error.offset, error.text);
    if (execwire_frame_read(frame, size, &parts, NULL) == EXECWIRE_OK &&
        execwire_frame_has(&parts, EXECWIRE_FRAME_BASE)) {
        e->with_base++;
        e->mismatches += event.outcome == EXECWIRE_LINK_MISMATCH;
        if (event.outcome == EXECWIRE_LINK_MISMATCH)
            return;
    }
    if (event.outcome > EXECWIRE_LINK_PIECE)
        fail_msg("%s", execwire_link_outcome_name(event.outcome));
    if (event.state == NULL)
        return;
    assert_int_equal(execwire_encode(event.state, e->got, sizeof e->got, &e->got_size, NULL),
                     EXECWIRE_OK);
    assert_int_equal(e->got_size, event.message.size);
    assert_memory_equal(e->got, event.message.data, e->got_size);
    e->got_count++;
}

static const execwire_state *recall(void *context, unsigned ref)
{
    (void)context;
    (void)ref;
    return NULL;
}

static void open_ends(ends *e, execwire_link_mode mode, size_t mtu, size_t refs)
{
    execwire_link_sender_options to = {
        .mode = mode,
        .node = EXECWIRE_STR("QmRAXc7RK4DTnf47sb5d5tC399845YezAsspUfzEM47eDt"),
        LENT_TO_SENDER(e),
        .mtu = mtu,
        LENT_TEXTS(e),
        .emit = receive,
        .recall = recall,
        .context = e};
    execwire_link_receiver_options from = {.mode = mode, LENT_TO_RECEIVER(e), LENT_ENTRIES(e)};

    to.execution_count = from.context_count = refs;
    memset(e, 0, sizeof *e);
    e->mtu = mtu;
    assert_int_equal(execwire_link_sender_init(&e->sender, &to, NULL), EXECWIRE_OK);
    assert_int_equal(execwire_link_receiver_init(&e->receiver, &from, NULL), EXECWIRE_OK);
}

/* What the receiver has to say, back to the sender. */
static void answer(ends *e)
{
    uint8_t frame[EXECWIRE_LINK_MIN_MTU];
    size_t size;

    e->now += 1000;
    (void)execwire_link_receiver_poll(&e->receiver, e->now, frame, sizeof frame, &size);
    if (size > 0)
        assert_int_equal(execwire_link_feedback(&e->sender, frame, size, NULL), EXECWIRE_OK);
    (void)execwire_link_sender_poll(&e->sender, e->now); /* words */
}

/* Carries a state over. A state may be equal to the last one of its execution; then nothing comes.
 */
static void carry(ends *e, const execwire_state *state)
{
    static uint8_t sent[STORE_SIZE];
    uint32_t unchanged = e->sender.stats.unchanged;
    execwire_error error = {.path = ""};
    size_t size;

    assert_int_equal(execwire_encode(state, sent, sizeof sent, &size, NULL), EXECWIRE_OK);
    e->got_count = 0;
    e->now += 1000;
    if (execwire_link_update(&e->sender, state, e->now, NULL, &error) != EXECWIRE_OK)
        fail_msg("%s: %s", error.path, error.text);
    if (e->sender.stats.unchanged > unchanged)
        return;
    for (unsigned i = 0; e->answers && e->got_count == 0 && i < 10; i++)
        answer(e);
    assert_int_equal(e->got_count, 1);
    assert_int_equal(e->got_size, size);
    assert_memory_equal(e->got, sent, size);
}

static ends both;
static random_source source;

/* How many of the states there is time for. */
static unsigned in_time(unsigned count)
{
    return count / slow_one_in(10, 50, "the states");
}

/* The execution's next state, whose large fields stay as they are. */
static void go_on(execwire_state *state)
{
    state->has_version = state->has_state = true;
    state->version = (state->version & 0xFFFF) + 1;
    state->state = (int32_t)random_below(&source, 10);
}

static void carry_many(unsigned count)
{
    execwire_state state;

    random_state(&source, &state);
    for (unsigned i = in_time(count); i > 0; i--) {
        switch (random_below(&source, 3)) {
        case 0:
            random_state(&source, &state);
            break;
        case 1:
            random_update(&source, random_below(&source, 40), &state);
            break;
        default:
            go_on(&state);
        }
        carry(&both, &state);
        if (both.answers)
            answer(&both);
    }
}

/* promise: exactly-the-senders-state */
static void test_any_state_survives_a_lossless_link(void **unused)
{
    (void)unused;
    source.seed = 1;
    open_ends(&both, EXECWIRE_LINK_LOSSLESS, 2048, EXECWIRE_LINK_MAX_REFS);
    carry_many(40000);
}

static void test_any_state_survives_the_smallest_frames(void **unused)
{
    (void)unused;
    source.seed = 2;
    open_ends(&both, EXECWIRE_LINK_ONE_WAY, EXECWIRE_LINK_MIN_MTU, EXECWIRE_LINK_MAX_REFS);
    carry_many(30000);
}

static void test_any_state_survives_refs_that_are_used_again(void **unused)
{
    (void)unused;
    source.seed = 3;
    open_ends(&both, EXECWIRE_LINK_TWO_WAY, 222, 8);
    carry_many(14000);
    assert_true(both.sender.stats.reused > both.sender.stats.updates / 4);
    open_ends(&both, EXECWIRE_LINK_TWO_WAY, 222, 1);
    carry_many(1000);
}

/* With acknowledgments, frames refer to words and to the large fields of the state before. */
static void test_any_state_survives_what_is_left_out_of_frames(void **unused)
{
    (void)unused;
    source.seed = 5;
    open_ends(&both, EXECWIRE_LINK_TWO_WAY, 222, EXECWIRE_LINK_MAX_REFS);
    both.answers = true;
    carry_many(15000);
    assert_true(both.with_base > both.sender.stats.updates / 20);
    assert_in_range(both.mismatches, 0, both.sender.stats.updates / 2000);
    assert_true(both.receiver.peer.word_count > 1);
}

static void test_canonical_bytes_are_those_of_encode(void **unused)
{
    static uint8_t encoded[STORE_SIZE];

    (void)unused;
    source.seed = 4;
    for (unsigned i = 0; i < in_time(20000); i++) {
        execwire_state state;
        execwire_buffer_sink out = execwire_sink_buffer(both.text, sizeof both.text);
        execwire_crc_sink checksum = execwire_sink_crc(0);
        size_t size;

        random_state(&source, &state);
        execwire_canonical_write(&out.sink, &state);
        execwire_canonical_write(&checksum.sink, &state);
        assert_int_equal(execwire_encode(&state, encoded, sizeof encoded, &size, NULL),
                         EXECWIRE_OK);
        assert_int_equal(out.sink.size, size);
        assert_memory_equal(both.text, encoded, size);
        assert_int_equal(checksum.crc, execwire_crc32(0, encoded, size));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonical_bytes_are_those_of_encode),
        cmocka_unit_test(test_any_state_survives_a_lossless_link),
        cmocka_unit_test(test_any_state_survives_the_smallest_frames),
        cmocka_unit_test(test_any_state_survives_refs_that_are_used_again),
        cmocka_unit_test(test_any_state_survives_what_is_left_out_of_frames),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What anybody can make a sender do who sends it feedback: no more than docs/link.md says, and not
 * that the receiver misses anything.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/ends.h"
#include "support/link.h"
#include "support/slow.h"

#include "link/base/sink.h"
#include "link/frame/frame.h"

#include <string.h>

#define MINUTE UINT64_C(60000)
/* As docs/link.md has it: in each want_ms so many frames of the MTU, and in one more. */
#define WANT_MS 2000
#define BUDGET  32
#define DRAFT   4

static ends e;
static char output[3000];

static void open_ends(void)
{
    ends_init(&e, EXECWIRE_LINK_TWO_WAY);
    ends_open_sender(&e, 0);
    ends_open_receiver(&e);
    fill(output, sizeof output);
}

static uint64_t most_bytes(uint64_t ms)
{
    return (ms / WANT_MS + 2) * BUDGET * e.sending.mtu;
}

/* ---- Forged feedback ---- */

static uint32_t random_number(void)
{
    e.seed = e.seed * 1664525 + 1013904223; /* Numerical Recipes' generator */
    return e.seed >> 8;
}

/* Packed numbers as a field. */
static void feed_numbers(unsigned field, const uint32_t numbers[], size_t count)
{
    uint8_t bytes[200], fields[240];
    execwire_buffer_sink packed = execwire_sink_buffer(bytes, sizeof bytes);
    execwire_buffer_sink out = execwire_sink_buffer(fields, sizeof fields);

    for (size_t i = 0; i < count; i++)
        execwire_sink_varint(&packed.sink, numbers[i]);
    assert_true(packed.sink.size <= sizeof bytes);
    execwire_sink_bytes_field(&out.sink, field, bytes, packed.sink.size);
    assert_int_equal(ends_feed(&e, fields, out.sink.size), EXECWIRE_OK);
}

/* All of a frame, eight times; `update` and `whole` are known, or all but right. */
static void feed_repairs(uint32_t update, uint32_t whole)
{
    uint32_t numbers[32];

    for (unsigned i = 0; i < 8; i++)
        memcpy(&numbers[4 * i], (uint32_t[]){update, whole, 0, whole}, 16);
    feed_numbers(EXECWIRE_FRAME_REPAIRS, numbers, 32);
}

static void feed_wants(unsigned first, unsigned count)
{
    uint32_t wants[65];

    for (unsigned i = 0; i < count; i++)
        wants[i] = (first + i) % (EXECWIRE_WANT_HELLO + 1);
    feed_numbers(EXECWIRE_FRAME_WANTS, wants, count);
}

/* What the stranger has heard: heads of large frames. */
static struct {
    uint32_t update;
    uint32_t whole;
} heard[EXECWIRE_LINK_MAX_REFS];
static unsigned heard_count;

static void listen(void)
{
    execwire_frame frame;

    if (execwire_frame_read(e.last, e.last_size, &frame, NULL) != EXECWIRE_OK ||
        frame.kind != EXECWIRE_FRAME_KIND_PIECE)
        return;
    heard[heard_count % EXECWIRE_LINK_MAX_REFS].update =
        (uint32_t)frame.value[EXECWIRE_FRAME_UPDATE];
    heard[heard_count++ % EXECWIRE_LINK_MAX_REFS].whole =
        (uint32_t)frame.value[EXECWIRE_FRAME_WHOLE];
}

static void attack(void)
{
    unsigned known = heard_count < EXECWIRE_LINK_MAX_REFS ? heard_count : EXECWIRE_LINK_MAX_REFS;
    unsigned which = known > 0 ? random_number() % known : 0;

    switch (random_number() % 4) {
    case 0:
        feed_wants(random_number() % 129, 64);
        break;
    case 1:
        feed_wants(EXECWIRE_WANT_HELLO, 1);
        break;
    case 2:
        feed_repairs(heard[which].update, heard[which].whole);
        break;
    default:
        feed_repairs(heard[which].update, heard[which].whole + 1);
    }
}

/* ---- What it comes to ---- */

/* Nothing is left to say, and then 10,000 times somebody wants something. */
/* promise: wants-are-budgeted */
static void test_forged_feedback_moves_no_more_than_its_budget(void **unused)
{
    const uint64_t ms = 10 * MINUTE;
    uint64_t before;

    (void)unused;
    open_ends();
    heard_count = 0;
    for (unsigned i = 0; i < 100; i++) {
        e.output = (execwire_str){i % 2 == 0 ? output : NULL, sizeof output};
        (void)ends_update(&e, i, 5, i % 4 != 0);
        listen();
        ends_run(&e, 600);
    }
    ends_run(&e, 10 * MINUTE);
    assert_int_equal(ends_arrived(&e, 0, 100, 5), 100);
    assert_true(heard_count >= 50);
    before = e.said;
    for (unsigned i = 0; i < 10000; i++) {
        attack();
        e.now += ms / 10000;
        ends_poll(&e);
    }
    print_message("%llu bytes, of %llu at most\n", (unsigned long long)(e.said - before),
                  (unsigned long long)most_bytes(ms));
    assert_in_range(e.said - before, 0, most_bytes(ms));
}

/* One frame of feedback alone, which used to send 8.5 MB. */
static void test_one_forged_feedback(void **unused)
{
    static char large[900000];
    uint64_t before;

    (void)unused;
    open_ends();
    heard_count = 0;
    fill(large, sizeof large);
    e.output = (execwire_str){large, sizeof large};
    (void)ends_update(&e, 0, 5, true);
    listen();
    ends_run(&e, 5000);
    assert_int_equal(e.got[0], 5);
    before = e.count;
    feed_wants(EXECWIRE_WANT_HELLO, 1);
    ends_poll(&e);
    assert_int_equal(e.count - before, 1);
    feed_repairs(heard[0].update, heard[0].whole);
    assert_int_equal(e.count - before, BUDGET - DRAFT);
    feed_wants(0, 64);
    ends_poll(&e);
    assert_int_equal(e.count - before, BUDGET - DRAFT);
}

/* All refs are wanted all the time: each has its turn. */
static void test_wants_have_their_turns(void **unused)
{
    (void)unused;
    open_ends();
    for (unsigned i = 0; i < 100; i++) {
        (void)ends_update(&e, i, 5, false);
        e.got[i] = 0;
    }
    ends_run(&e, MINUTE);
    ends_open_receiver(&e);
    for (unsigned i = 0; i < 100; i++) {
        feed_wants(0, 64);
        feed_wants(64, 65);
        ends_run(&e, 100);
    }
    assert_int_equal(ends_arrived(&e, 0, 100, 5), 100);
}

/* Where nothing comes back, nothing is believed to have come from there. */
static void test_feedback_where_there_is_none(void **unused)
{
    (void)unused;
    for (int mode = EXECWIRE_LINK_ONE_WAY; mode <= EXECWIRE_LINK_LOSSLESS; mode++) {
        unsigned before;

        open_ends();
        e.sending.mode = e.receiving.mode = (execwire_link_mode)mode;
        ends_open_sender(&e, 0);
        ends_open_receiver(&e);
        (void)ends_update(&e, 0, 5, false);
        ends_run(&e, 5 * MINUTE);
        before = e.count;
        feed_wants(0, 64);
        feed_wants(EXECWIRE_WANT_HELLO, 1);
        ends_run(&e, 4000);
        assert_int_equal(e.count, before);
    }
}

/* Each time that somebody wants it, but once in an interval. */
static void test_hellos_that_are_wanted(void **unused)
{
    unsigned before;

    (void)unused;
    open_ends();
    (void)ends_update(&e, 0, 5, true);
    ends_run(&e, 5000);
    before = e.count;
    e.down = true; /* nobody acknowledges it */
    for (unsigned i = 0; i < 1000; i++) {
        feed_wants(EXECWIRE_WANT_HELLO, 1);
        e.now += 10;
        ends_poll(&e);
    }
    assert_in_range(e.count - before, 4, 7);
}

/* Drafts for what matches no frame are counted as well: the texts of one take long to compress. */
static unsigned recalls;

static const execwire_state *count_recalls(void *context, unsigned ref)
{
    recalls++;
    return &((ends *)context)->newest[ref];
}

static void test_repairs_that_match_nothing_cost_little(void **unused)
{
    (void)unused;
    open_ends();
    heard_count = recalls = 0;
    e.output = (execwire_str){output, sizeof output};
    e.sender.options.recall = count_recalls;
    (void)ends_update(&e, 0, 5, true);
    listen();
    feed_repairs(heard[0].update + (1 << 11), heard[0].whole); /* another number */
    feed_repairs(heard[0].update + (1 << 14), heard[0].whole); /* another generation */
    feed_repairs(heard[0].update + 1, heard[0].whole);         /* another ref */
    feed_repairs(heard[0].update, 222);                        /* a frame that is no large one */
    assert_int_equal(recalls, 0);
    for (unsigned i = 0; i < 100; i++)
        feed_repairs(heard[0].update, heard[0].whole + 1 + i);
    assert_in_range(recalls, 1, 8);
}

/* A fifth of all frames is lost, and a stranger takes the whole budget for himself. */
static void test_last_states_arrive_in_spite_of_it(void **unused)
{
    const unsigned executions = 100 / slow_one_in(4, 10, "the executions");
    uint64_t honest = 0;

    (void)unused;
    for (unsigned attacked = 0; attacked < 2; attacked++) {
        open_ends();
        heard_count = 0;
        e.loss = 20;
        for (unsigned step = 0; step < 100 * executions; step++) {
            unsigned execution = step / 4 % executions;

            if (step < 4 * executions) {
                unsigned version = 1 + step % 4;

                e.output = (execwire_str){version == 4 && step % 3 == 0 ? output : NULL, 900};
                (void)ends_update(&e, execution, version, version == 4);
                listen();
            }
            if (attacked)
                attack();
            ends_poll(&e);
            e.now += 60;
        }
        ends_run(&e, 60 * MINUTE);
        assert_int_equal(ends_arrived(&e, 0, executions, 4), executions);
        if (!attacked)
            honest = e.said;
    }
    print_message("%llu bytes without the stranger, %llu with him\n", (unsigned long long)honest,
                  (unsigned long long)e.said);
    assert_in_range(e.said, honest / 2, 2 * honest + most_bytes(600000));
}

/* What the receiver wants is lost, each time: repeats bring the identity, which it lacks. */
static void test_a_state_arrives_without_wants(void **unused)
{
    (void)unused;
    open_ends();
    e.no_wants = true;
    (void)ends_update(&e, 1, 1, false);
    ends_run(&e, 2000);
    e.down = true;
    (void)ends_update(&e, 0, 1, false);
    e.down = false;
    (void)ends_update(&e, 0, 2, true);
    assert_int_equal(e.got[0], 0);
    ends_run(&e, MINUTE);
    assert_int_equal(e.got[0], 2);
    assert_int_equal(e.sender.stats.given_up, 0);
}

/* A stranger wants the same piece before each repeat, which it takes the place of. */
static void test_repairs_do_not_keep_the_rest_away(void **unused)
{
    (void)unused;
    open_ends();
    heard_count = 0;
    e.no_wants = e.down = true;
    e.output = (execwire_str){output, sizeof output};
    (void)ends_update(&e, 0, 1, true);
    listen();
    for (unsigned i = 0; i < 3000 && e.got[0] == 0; i++) {
        e.down = false;
        feed_numbers(EXECWIRE_FRAME_REPAIRS, (uint32_t[]){heard[0].update, heard[0].whole, 0, 1},
                     4);
        ends_run(&e, 100);
    }
    assert_int_equal(e.got[0], 1);
}

/* He wants the state all the time, of which the budget lets no more go than the beginning. */
static void test_wants_do_not_keep_the_rest_away(void **unused)
{
    static char large[10000];

    (void)unused;
    open_ends();
    fill(large, sizeof large);
    e.no_wants = e.down = true;
    e.output = (execwire_str){large, sizeof large};
    (void)ends_update(&e, 0, 1, true);
    e.down = false;
    for (unsigned i = 0; i < 3000 && e.got[0] == 0; i++) {
        feed_wants(0, 1);
        ends_run(&e, 100);
    }
    assert_int_equal(e.got[0], 1);
}

/* ---- A receiver that cannot hold a state ---- */

static void test_what_there_is_no_room_for_is_given_up(void **unused)
{
    static char whole[935000];
    const size_t large = sizeof whole / slow_one_in(4, 10, "a large output");

    (void)unused;
    ends_init(&e, EXECWIRE_LINK_TWO_WAY);
    e.receiving.piece_capacity = 65536;
    ends_open_sender(&e, 0);
    ends_open_receiver(&e);
    fill(whole, large);
    e.output = (execwire_str){whole, large};
    (void)ends_update(&e, 0, 5, true);
    ends_run(&e, 180 * MINUTE);
    assert_int_equal(e.got[0], 0);
    assert_int_equal(e.sender.stats.given_up, 1);
    print_message("sent %.2f times\n", (double)e.said / (double)large);
    /* once and seven times again, as of two repeats the last piece goes alone, and what 18 digests
     * make the receiver want */
    assert_in_range(e.said, 8 * large, 8 * large + large / 2 + 18 * 9 * BUDGET * 222);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forged_feedback_moves_no_more_than_its_budget),
        cmocka_unit_test(test_one_forged_feedback),
        cmocka_unit_test(test_wants_have_their_turns),
        cmocka_unit_test(test_feedback_where_there_is_none),
        cmocka_unit_test(test_wants_do_not_keep_the_rest_away),
        cmocka_unit_test(test_hellos_that_are_wanted),
        cmocka_unit_test(test_a_state_arrives_without_wants),
        cmocka_unit_test(test_repairs_do_not_keep_the_rest_away),
        cmocka_unit_test(test_repairs_that_match_nothing_cost_little),
        cmocka_unit_test(test_last_states_arrive_in_spite_of_it),
        cmocka_unit_test(test_what_there_is_no_room_for_is_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

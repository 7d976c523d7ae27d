/* What a sender says, and when. Expected frames: tests/support/link_frame.py,
 * which is python3-protobuf with link.proto, zlib.crc32,
 * uuid and base58 computed in Python.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/frame/frame.h"
#include "support/hex.h"
#include "support/lent.h"
#include "support/link.h"

#include <execwire/link.h>

#define HELLO                                                                                      \
    "7d0b45a67992012029fb388c22e44cb637f01210c3707a90b405420fb169779edfb5b9342405157f9801b0f7"     \
    "f3d20cd80101"
#define IDENTITY                                                                                   \
    "8011b74470db20edbcba3acc6a72884ab649fcbce49be8180a6bd4f4572abffcd3c12ef8901ba8610500"
#define DELTA     "8065a90a035ad73d3184"
#define COMPLETED "8067b544c9ae3954d2d64207726573756c74734a0465752d7752046f6b20f572043a020806"

typedef struct world {
    execwire_link_sender sender;
    execwire_link_execution executions[EXECWIRE_LINK_MAX_REFS];
    char words[128];
    execwire_link_packing packing;
    uint8_t frame[512];
    uint8_t said[64][512];
    size_t said_size[64];
    unsigned said_count;
    execwire_state *states[EXECWIRE_LINK_MAX_REFS];
} world;

static world w;

static void say(void *context, const void *frame, size_t size)
{
    world *to = context;

    assert_true(to->said_count < 64 && size <= to->sender.options.mtu);
    memcpy(to->said[to->said_count], frame, size);
    to->said_size[to->said_count++] = size;
}

static const execwire_state *recall(void *context, unsigned ref)
{
    return ((world *)context)->states[ref];
}

static execwire_link_sender_options options_for(execwire_link_mode mode)
{
    return (execwire_link_sender_options){.mode = mode,
                                          .node = EXECWIRE_STR(NODE),
                                          LENT_TO_SENDER(&w),
                                          .mtu = 222,
                                          LENT_TEXTS(&w),
                                          .emit = say,
                                          .recall = recall,
                                          .context = &w};
}

static void open_sender(execwire_link_mode mode)
{
    execwire_link_sender_options options;

    memset(&w, 0, sizeof w);
    options = options_for(mode);
    assert_int_equal(execwire_link_sender_init(&w.sender, &options, NULL), EXECWIRE_OK);
}

static unsigned update(execwire_state *state, uint64_t now)
{
    unsigned ref = 999;

    assert_int_equal(execwire_link_update(&w.sender, state, now, &ref, NULL), EXECWIRE_OK);
    w.states[ref] = state;
    return ref;
}

/* A sender that has this to say at 0. */
static void open_with(execwire_link_mode mode, execwire_state *state)
{
    open_sender(mode);
    update(state, 0);
}

static void assert_said(unsigned index, const char *hex)
{
    uint8_t expected[512];
    size_t size = from_hex(hex, expected);

    assert_true(index < w.said_count);
    assert_int_equal(w.said_size[index], size);
    assert_memory_equal(w.said[index], expected, size);
}

static execwire_frame read_said(unsigned index)
{
    execwire_frame frame;

    assert_true(index < w.said_count);
    assert_int_equal(execwire_frame_read(w.said[index], w.said_size[index], &frame, NULL),
                     EXECWIRE_OK);
    return frame;
}

/* Polls at `now` until nothing more is said. Returns when it wants to be called again. */
static uint64_t poll_all(uint64_t now)
{
    uint64_t next;

    do
        next = execwire_link_sender_poll(&w.sender, now);
    while (next <= now);
    return next;
}

/* Acknowledges a frame that was said. */
static void acknowledge(unsigned index)
{
    execwire_frame frame = read_said(index);
    uint8_t feedback[6] = {EXECWIRE_FRAME_ACKS << 3 | 2, 4};

    for (unsigned i = 0; i < 4; i++)
        feedback[2 + i] = (uint8_t)(frame.value[EXECWIRE_FRAME_CHECK] >> (8 * i));
    assert_int_equal(execwire_link_feedback(&w.sender, feedback, sizeof feedback, NULL),
                     EXECWIRE_OK);
}

static void test_frames(void **unused)
{
    execwire_state first = make_state(1, 1), running = make_state(4, 5), done = make_state(5, 7);

    (void)unused;
    running.update_time = (execwire_time){1697545697, 526693060};
    running.has_desired_state = done.has_desired_state = true;
    running.desired_state = 1;
    done.desired_state = 2;
    done.update_time = (execwire_time){1697545698, 875228368};
    done.published_results.has_storage_source = done.published_results.has_s3 = true;
    done.published_results.storage_source = 8;
    done.published_results.name = EXECWIRE_STR("s3://results/" JOB "/" REFERENCE "/");
    done.published_results.s3.bucket = EXECWIRE_STR("results");
    done.published_results.s3.region = EXECWIRE_STR("eu-w");
    done.published_results.s3.key = EXECWIRE_STR(JOB "/" REFERENCE "/");
    done.published_results.s3.checksum = done.published_results.s3.version_id = EXECWIRE_STR("");
    done.has_run_output = done.run_output.has_exit_code = true;
    done.run_output.exit_code = 3;
    done.run_output.has_stderrtruncated = done.run_output.has_stdouttruncated = true;
    done.run_output.runner_error = done.run_output.std_err = EXECWIRE_STR("");
    done.run_output.std_out = EXECWIRE_STR("ok " JOB);
    open_sender(EXECWIRE_LINK_LOSSLESS);
    w.sender.options.word_capacity = 0;
    assert_int_equal(update(&first, 0), 0);
    assert_said(0, HELLO);
    assert_said(1, IDENTITY);
    assert_int_equal(update(&running, 1), 0);
    assert_said(2, DELTA);
    update(&done, 2);
    assert_said(3, COMPLETED);
    assert_int_equal(w.said_count, 4);
    assert_in_range(poll_all(1000000), 3600000, 3600256); /* the hello, each hour */
    assert_int_equal(w.said_count, 4);
}

/* A version that is not the usual one of the state costs two to four bytes and no identity. */
static void test_versions_that_jump(void **unused)
{
    static const int64_t versions[] = {1, 4, 9, 15, 16, 400, 65535};
    execwire_state state = make_state(1, 1);

    (void)unused;
    open_sender(EXECWIRE_LINK_TWO_WAY);
    for (unsigned i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        execwire_frame frame;

        state.version = versions[i];
        update(&state, 0);
        acknowledge(i + 1);
        frame = read_said(i + 1);
        assert_int_equal(execwire_frame_has(&frame, EXECWIRE_FRAME_NUMBER), i > 0);
        assert_int_equal(frame.value[EXECWIRE_FRAME_NUMBER], i > 0 ? versions[i] : 0);
    }
    assert_int_equal(w.sender.stats.identities, 1);
}

/* promise: equal-is-not-sent */
static void test_an_equal_state_is_not_sent(void **unused)
{
    execwire_state state = make_state(1, 1);

    (void)unused;
    open_with(EXECWIRE_LINK_LOSSLESS, &state);
    update(&state, 10);
    assert_int_equal(w.said_count, 2);
    assert_int_equal(w.sender.stats.unchanged, 1);
}

/* promise: early-polls-do-no-harm */
static void test_repeats_until_acknowledged(void **unused)
{
    execwire_state state = make_state(1, 1), next = make_state(2, 2);

    (void)unused;
    open_with(EXECWIRE_LINK_TWO_WAY, &state);
    assert_int_equal(w.said_count, 2);
    acknowledge(0);
    poll_all(2900);
    assert_int_equal(w.said_count, 2);
    poll_all(3300); /* an identity after three seconds */
    assert_int_equal(w.said_count, 3);
    assert_said(2, IDENTITY);
    acknowledge(2);
    poll_all(100000);
    assert_int_equal(w.said_count, 3);
    update(&next, 100000);
    assert_int_equal(read_said(3).kind, EXECWIRE_FRAME_KIND_DELTA);
    poll_all(107900);
    assert_int_equal(w.said_count, 4);
    poll_all(108300); /* another update after eight, then sixteen */
    assert_int_equal(w.said_count, 5);
    poll_all(124000);
    assert_int_equal(w.said_count, 5);
    poll_all(124600);
    assert_int_equal(w.said_count, 6);
    assert_int_equal(w.sender.stats.repeats, 3);
}

/* promise: tries-end */
static void test_gives_up(void **unused)
{
    const execwire_link_timing timing = {.tries = 2, .hello_ms = 3600000, .digest_ms = 3600000};
    execwire_link_sender_options options;
    execwire_state state = make_state(1, 1);

    (void)unused;
    open_sender(EXECWIRE_LINK_TWO_WAY);
    options = options_for(EXECWIRE_LINK_TWO_WAY);
    options.timing = &timing;
    assert_int_equal(execwire_link_sender_init(&w.sender, &options, NULL), EXECWIRE_OK);
    update(&state, 0);
    acknowledge(0);
    for (uint64_t now = 0; now < 1000000; now += 100)
        poll_all(now);
    assert_int_equal(w.sender.stats.repeats, 2);
    assert_int_equal(w.sender.stats.given_up, 1);
    assert_int_equal(w.said_count, 4);
}

static void test_the_hello_is_repeated(void **unused)
{
    execwire_state state = make_state(1, 1);

    (void)unused;
    open_with(EXECWIRE_LINK_TWO_WAY, &state);
    acknowledge(1);
    poll_all(3000);
    assert_int_equal(w.said_count, 2);
    poll_all(3100);
    poll_all(9300);
    assert_int_equal(w.said_count, 4);
    assert_said(2, HELLO);
    assert_said(3, HELLO);
    acknowledge(3);
    poll_all(500000);
    assert_int_equal(w.said_count, 4);
}

static void feed(const char *hex, execwire_code expected)
{
    uint8_t frame[64];
    size_t size = from_hex(hex, frame);
    execwire_error error = {0};

    assert_int_equal(execwire_link_feedback(&w.sender, frame, size, &error), expected);
    assert_int_equal(error.code, expected);
}

static void test_wants(void **unused)
{
    execwire_state state = make_state(1, 1), next = make_state(2, 2);

    (void)unused;
    open_with(EXECWIRE_LINK_TWO_WAY, &state);
    acknowledge(0);
    acknowledge(1);
    update(&next, 10000);
    acknowledge(2);
    /* LinkFrame(wants=[0, 128]) with its zlib.crc32 */
    feed("7d9f30b38ec20103008001", EXECWIRE_OK);
    poll_all(20000);
    assert_int_equal(w.said_count, 5);
    assert_said(3, HELLO);
    assert_int_equal(read_said(4).kind, EXECWIRE_FRAME_KIND_IDENTITY);
}

/* LinkFrame(wants=[0]) with its zlib.crc32 */
#define WANT_0 "7de7a2d9e5c2010100"

static void test_the_first_want_is_answered_at_once(void **unused)
{
    execwire_state state = make_state(1, 1), next = make_state(2, 2);

    (void)unused;
    open_with(EXECWIRE_LINK_TWO_WAY, &state);
    acknowledge(0);
    acknowledge(1);
    update(&next, 20000);
    feed(WANT_0, EXECWIRE_OK);
    poll_all(20200);
    assert_int_equal(w.said_count, 4);
    assert_int_equal(read_said(3).kind, EXECWIRE_FRAME_KIND_IDENTITY);
    feed(WANT_0, EXECWIRE_OK);
    poll_all(22000);
    assert_int_equal(w.said_count, 4);
    poll_all(22400); /* two seconds after */
    assert_int_equal(w.said_count, 5);
}

static void test_damaged_feedback(void **unused)
{
    execwire_state state = make_state(1, 1);

    (void)unused;
    open_with(EXECWIRE_LINK_TWO_WAY, &state);
    feed("7d9e30b38ec20103008001", EXECWIRE_ERROR_LINK_FRAME);
    feed(DELTA, EXECWIRE_ERROR_LINK_FRAME);
    feed("1204010203", EXECWIRE_ERROR_TRUNCATED);
    assert_int_equal(w.sender.stats.refused, 3);
    assert_int_equal(w.sender.stats.wants, 0);
}

static void test_one_way_repeats_by_the_clock(void **unused)
{
    execwire_state state = make_state(1, 1), next = make_state(2, 2), third = make_state(3, 3);
    unsigned identities = 0, deltas = 0, hellos = 0;

    (void)unused;
    open_with(EXECWIRE_LINK_ONE_WAY, &state);
    update(&next, 10);
    update(&third, 20);
    assert_int_equal(read_said(1).kind, EXECWIRE_FRAME_KIND_IDENTITY);
    assert_int_equal(read_said(2).kind, EXECWIRE_FRAME_KIND_IDENTITY);
    assert_int_equal(read_said(3).kind, EXECWIRE_FRAME_KIND_DELTA);
    for (uint64_t now = 0; now < 500000; now += 50)
        poll_all(now);
    for (unsigned i = 4; i < w.said_count; i++) {
        identities += read_said(i).kind == EXECWIRE_FRAME_KIND_IDENTITY;
        deltas += read_said(i).kind == EXECWIRE_FRAME_KIND_DELTA;
        hellos += read_said(i).kind == EXECWIRE_FRAME_KIND_HELLO;
    }
    assert_int_equal(deltas, 1);     /* after 1 s */
    assert_int_equal(identities, 3); /* after 4, 16 and 32 s */
    assert_int_equal(hellos, 5);     /* the first six times, in all */
}

static void test_one_way_a_terminal_state_is_urgent(void **unused)
{
    execwire_state state = make_state(1, 7);

    (void)unused;
    open_with(EXECWIRE_LINK_ONE_WAY, &state);
    poll_all(900);
    assert_int_equal(w.sender.stats.repeats, 0);
    poll_all(1200);
    assert_int_equal(w.sender.stats.repeats, 1);
}

/* How many hellos were said from `first` on, with or without words. */
static unsigned count_hellos(unsigned first, bool with_words)
{
    unsigned count = 0;

    for (unsigned i = first; i < w.said_count; i++) {
        execwire_frame frame = read_said(i);

        count += frame.kind == EXECWIRE_FRAME_KIND_HELLO &&
                 execwire_frame_has(&frame, EXECWIRE_FRAME_WORDS) == with_words;
    }
    return count;
}

static void test_one_way_new_words_go_without_the_rest(void **unused)
{
    execwire_state state = make_state(1, 1), next = make_state(2, 2);
    unsigned before;

    (void)unused;
    open_sender(EXECWIRE_LINK_ONE_WAY);
    state.status = next.status = EXECWIRE_STR("no room left here");
    update(&state, 0);
    for (uint64_t now = 0; now < 40000; now += 100)
        poll_all(now);
    assert_int_equal(count_hellos(0, false), 6);
    before = w.said_count;
    update(&next, 40000); /* the status comes again: it becomes a word */
    for (uint64_t now = 40000; now < 100000; now += 100)
        poll_all(now);
    assert_int_equal(count_hellos(before, true), 6);
    assert_int_equal(count_hellos(before, false), 0);
    before = w.said_count;
    poll_all(700000); /* every ten minutes all of it */
    assert_int_equal(count_hellos(before, true), 1);
    assert_int_equal(count_hellos(before, false), 1);
}

static void test_a_ref_is_used_again(void **unused)
{
    execwire_state states[4];
    unsigned refs[4];
    static const char *const jobs[] = {"a", "b", "c", "d"};

    (void)unused;
    open_sender(EXECWIRE_LINK_LOSSLESS);
    w.sender.options.execution_count = 2;
    for (unsigned i = 0; i < 4; i++) {
        states[i] = make_state(1, i == 1 ? 7 : 1);
        states[i].job_id = (execwire_str){jobs[i], 1};
        refs[i] = update(&states[i], 1000 * i);
    }
    assert_int_equal(refs[0], 0);
    assert_int_equal(refs[1], 1);
    assert_int_equal(refs[2], 1); /* of the one that ended */
    assert_int_equal(refs[3], 0); /* of the oldest */
    assert_int_equal(w.sender.stats.reused, 1);
}

static void test_an_execution_that_is_gone(void **unused)
{
    execwire_state state = make_state(1, 1);

    (void)unused;
    open_with(EXECWIRE_LINK_TWO_WAY, &state);
    acknowledge(0);
    w.states[0] = NULL;
    for (uint64_t now = 0; now < 100000; now += 100)
        poll_all(now);
    assert_int_equal(w.said_count, 2);
}

static void test_the_session_counter(void **unused)
{
    execwire_state state = make_state(1, 1);

    (void)unused;
    open_sender(EXECWIRE_LINK_LOSSLESS);
    assert_int_equal(execwire_link_session(&w.sender), 1);
    execwire_link_restore_session(&w.sender, 41);
    assert_int_equal(execwire_link_session(&w.sender), 42);
    execwire_link_restore_session(&w.sender, UINT32_MAX - 1);
    assert_int_equal(execwire_link_session(&w.sender), UINT32_MAX);
    execwire_link_restore_session(&w.sender, UINT32_MAX); /* 0 is no session */
    assert_int_equal(execwire_link_session(&w.sender), 1);
    execwire_link_restore_session(&w.sender, 41);
    update(&state, 0);
    assert_int_equal(read_said(0).value[EXECWIRE_FRAME_SESSION], 42);
}

/* promise: refused-is-not-sent */
static void test_what_is_refused(void **unused)
{
    execwire_state state = make_state(1, 1);
    execwire_error error;

    (void)unused;
    open_sender(EXECWIRE_LINK_TWO_WAY);
    state.job_id = EXECWIRE_STR("\xFF");
    assert_int_equal(execwire_link_update(&w.sender, &state, 0, NULL, &error), EXECWIRE_ERROR_UTF8);
    assert_string_equal(error.path, "/JobID");
    assert_int_equal(error.offset, 0);
    assert_int_equal(w.said_count, 0);
    assert_int_equal(execwire_link_update(&w.sender, NULL, 0, NULL, &error),
                     EXECWIRE_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_versions_that_jump),
        cmocka_unit_test(test_an_equal_state_is_not_sent),
        cmocka_unit_test(test_repeats_until_acknowledged),
        cmocka_unit_test(test_gives_up),
        cmocka_unit_test(test_the_hello_is_repeated),
        cmocka_unit_test(test_wants),
        cmocka_unit_test(test_the_first_want_is_answered_at_once),
        cmocka_unit_test(test_damaged_feedback),
        cmocka_unit_test(test_one_way_repeats_by_the_clock),
        cmocka_unit_test(test_one_way_a_terminal_state_is_urgent),
        cmocka_unit_test(test_one_way_new_words_go_without_the_rest),
        cmocka_unit_test(test_a_ref_is_used_again),
        cmocka_unit_test(test_an_execution_that_is_gone),
        cmocka_unit_test(test_the_session_counter),
        cmocka_unit_test(test_what_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

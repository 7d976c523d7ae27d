/* What a sender makes of a state: which field says what of it, and that the state comes out at the
 * other end whatever of it the fields cannot say. Expected: docs/link.md, and what
 * proto/execwire/v1/link.proto says of each field.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/frame/update.h"
#include "support/lent.h"
#include "support/link.h"
#include "support/talk.h"

#include <string.h>

#define HASH "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n"
#define CID1 "bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
/* The elapsed time has 20 bits of seconds. */
#define LONGEST ((1 << 20) - 1)

static struct {
    execwire_link_receiver receiver;
    execwire_link_context contexts[TALK_EXECUTIONS];
    execwire_link_transfer transfers[1];
    char store[16384], text[16384], pieces[16384];
    unsigned heard;
    bool deaf; /* to hellos with words */
} r;

static void begin_both(execwire_link_mode mode, execwire_str node)
{
    const execwire_link_receiver_options options = {.mode = mode, LENT_TO_RECEIVER(&r)};

    talk_init(mode);
    t.options.node = node;
    t.options.mtu = 512;
    t.options.word_capacity = 0;
    talk_open();
    memset(&r, 0, sizeof r);
    assert_int_equal(execwire_link_receiver_init(&r.receiver, &options, NULL), EXECWIRE_OK);
}

/* Says a state, which comes out at the other end as it is. Returns its frame. */
static execwire_frame say(const execwire_state *state)
{
    char expected[8192];
    execwire_frame frame;
    execwire_link_event event = {.outcome = EXECWIRE_LINK_OUTCOME_COUNT};
    size_t size;

    assert_int_equal(execwire_encode(state, expected, sizeof expected, &size, NULL), EXECWIRE_OK);
    (void)talk_update(state);
    for (; r.heard < t.count; r.heard++) {
        frame = talk_frame(r.heard);
        if (r.deaf && execwire_frame_has(&frame, EXECWIRE_FRAME_WORDS))
            continue;
        assert_int_equal(
            execwire_link_receive(&r.receiver, t.said[r.heard], t.size[r.heard], 0, &event, NULL),
            EXECWIRE_OK);
    }
    assert_int_equal(event.outcome, EXECWIRE_LINK_STATE);
    assert_int_equal(event.message.size, size);
    assert_memory_equal(event.message.data, expected, size);
    return talk_frame(t.count - 1);
}

static bool has(const execwire_frame *frame, unsigned field)
{
    return execwire_frame_has(frame, field);
}

/* Whether the state follows from the fields, without a patch or anything to clear. */
static bool follows(const execwire_frame *frame)
{
    return !has(frame, EXECWIRE_FRAME_PATCH) && !has(frame, EXECWIRE_FRAME_CLEAR);
}

/* The first state of an execution, to a receiver that has heard nothing of it. */
static execwire_frame say_first(const execwire_state *state)
{
    execwire_frame frame;

    begin_both(EXECWIRE_LINK_LOSSLESS, EXECWIRE_STR(NODE));
    frame = say(state);
    assert_int_equal(frame.kind, EXECWIRE_FRAME_KIND_IDENTITY);
    return frame;
}

/* ---- The identity ---- */

/* The session's node is not said again, another hash as such, all else in the patch. */
static void test_nodes(void **unused)
{
    static const execwire_str sessions[] = {{NODE, 46}, {"node", 4}, {NULL, 0}};
    static const execwire_str nodes[] = {{NODE, 46},  {HASH, 46}, {"node", 4},
                                         {"nodf", 4}, {"", 0},    {NULL, 0}};

    (void)unused;
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 6; k++) {
            execwire_state state = make_state(1, 1), next = make_state(2, 1);
            bool same = sessions[i].data == nodes[k].data;
            bool hash = nodes[k].size == 46 && !same;
            execwire_frame frame;

            begin_both(EXECWIRE_LINK_LOSSLESS, sessions[i]);
            state.node_id = next.node_id = nodes[k];
            frame = say(&state);
            assert_int_equal(frame.bytes[EXECWIRE_FRAME_NODE].size, hash ? 32 : 0);
            assert_int_equal(has(&frame, EXECWIRE_FRAME_NODE), hash);
            assert_int_equal(has(&frame, EXECWIRE_FRAME_PATCH),
                             !same && !hash && nodes[k].data != NULL);
            assert_int_equal(has(&frame, EXECWIRE_FRAME_CLEAR), !same && nodes[k].data == NULL);
            frame = say(&next);
            assert_true(follows(&frame));
        }
}

static void test_numbers_of_identities(void **unused)
{
    (void)unused;
    for (int64_t version = 1; version < 12; version++) {
        const execwire_state state = make_state(version, 1);
        execwire_frame frame = say_first(&state);

        assert_int_equal(frame.number, version);
        assert_int_equal(has(&frame, EXECWIRE_FRAME_NUMBER), version != 1); /* of state 1 */
    }
}

/* ---- Times ---- */

/* Of an update at these seconds and nanoseconds after it was created. */
static execwire_frame say_elapsed(int64_t seconds, int32_t nanos)
{
    execwire_state state = make_state(1, 1);

    state.create_time.nanos = 5;
    state.update_time = (execwire_time){state.create_time.seconds + seconds, 5 + nanos};
    return say_first(&state);
}

static void test_elapsed_times(void **unused)
{
    execwire_frame frame = say_elapsed(3, 7);

    (void)unused;
    assert_true(follows(&frame));
    assert_int_equal(execwire_update_elapsed(frame.value[EXECWIRE_FRAME_UPDATE]),
                     (UINT64_C(3) << 30) + 7);
    frame = say_elapsed(LONGEST, 999999000);
    assert_true(follows(&frame));
    for (int64_t seconds = LONGEST + 1; seconds < LONGEST + 3; seconds++) {
        frame = say_elapsed(seconds, 0);
        assert_true(has(&frame, EXECWIRE_FRAME_PATCH));
        assert_int_equal(execwire_update_elapsed(frame.value[EXECWIRE_FRAME_UPDATE]), 0);
    }
    frame = say_elapsed(-1, 0); /* before it was created */
    assert_true(has(&frame, EXECWIRE_FRAME_PATCH));
    assert_int_equal(execwire_update_elapsed(frame.value[EXECWIRE_FRAME_UPDATE]), 0);
}

static void test_absent_times(void **unused)
{
    execwire_state state = make_state(1, 1);
    execwire_frame frame;

    (void)unused;
    state.has_update_time = false;
    frame = say_first(&state);
    assert_true(has(&frame, EXECWIRE_FRAME_CREATED));
    assert_true(has(&frame, EXECWIRE_FRAME_CLEAR));
    assert_int_equal(execwire_update_elapsed(frame.value[EXECWIRE_FRAME_UPDATE]), 0);
    state.has_create_time = false;
    frame = say_first(&state);
    assert_false(has(&frame, EXECWIRE_FRAME_CREATED));
    assert_true(follows(&frame));
    assert_int_equal(execwire_update_elapsed(frame.value[EXECWIRE_FRAME_UPDATE]), 0);
    state.has_update_time = true;
    frame = say_first(&state);
    assert_true(has(&frame, EXECWIRE_FRAME_PATCH));
    assert_int_equal(execwire_update_elapsed(frame.value[EXECWIRE_FRAME_UPDATE]), 0);
}

/* What a frame may expand to bounds compressed texts alone. */
static void test_a_long_text_that_is_not_compressed(void **unused)
{
    static char status[5000];
    execwire_state state = make_state(1, 1);

    (void)unused;
    fill(status, sizeof status);
    state.status = (execwire_str){status, sizeof status};
    begin_both(EXECWIRE_LINK_LOSSLESS, EXECWIRE_STR(NODE));
    t.sender.options.packing = NULL;
    (void)say(&state);
}

/* An execution that was created before the epoch: its time is in a patch, once. */
static void test_before_the_epoch(void **unused)
{
    const execwire_state first = make_state(1, 1);
    execwire_state early = make_state(1, 1), next;
    execwire_frame frame;

    (void)unused;
    begin_both(EXECWIRE_LINK_LOSSLESS, EXECWIRE_STR(NODE));
    frame = say(&first);
    assert_int_equal(frame.value[EXECWIRE_FRAME_CREATED], 90286107); /* nanoseconds */
    early.job_id = EXECWIRE_STR("20edbcba-3acc-4672-884a-b649fcbce49c");
    early.create_time.seconds--;
    early.update_time.seconds--;
    frame = say(&early);
    assert_false(has(&frame, EXECWIRE_FRAME_CREATED));
    assert_true(has(&frame, EXECWIRE_FRAME_PATCH));
    next = early;
    next.version = 2;
    next.update_time.seconds++;
    frame = say(&next);
    assert_int_equal(frame.kind, EXECWIRE_FRAME_KIND_DELTA);
    assert_true(follows(&frame));
}

/* ---- Facts ---- */

static void test_numbers_of_states(void **unused)
{
    (void)unused;
    for (int32_t number = 0; number < 18; number++) {
        execwire_state state = make_state(1, number);
        bool fits = number < 15;
        execwire_frame frame;

        state.has_run_output = number == 7 || number == 8;
        frame = say_first(&state);
        assert_int_equal(frame.state, fits ? (unsigned)number : 15);
        assert_int_equal(has(&frame, EXECWIRE_FRAME_PATCH), !fits);
        state.has_state = false; /* whatever is there */
        frame = say_first(&state);
        assert_int_equal(frame.state, 15);
    }
}

/* Results of IPFS or S3 as they follow from what is said of them. */
static execwire_state with_results(execwire_str cid, execwire_str bucket)
{
    execwire_state state = make_state(1, 1);
    execwire_storage_spec *results = &state.published_results;

    results->has_storage_source = true;
    results->storage_source = bucket.data != NULL ? 8 : 1;
    results->cid = cid;
    results->name = EXECWIRE_STR("ipfs://" HASH);
    if (bucket.data != NULL) {
        results->has_s3 = true;
        results->name = EXECWIRE_STR("s3://bucket/" JOB "/" REFERENCE "/");
        results->s3 = (execwire_s3_storage_spec){.bucket = bucket,
                                                 .key = EXECWIRE_STR(JOB "/" REFERENCE "/"),
                                                 .region = EXECWIRE_STR("r"),
                                                 .checksum = EXECWIRE_STR(""),
                                                 .version_id = EXECWIRE_STR("")};
    }
    return state;
}

static void test_content_identifiers(void **unused)
{
    static const execwire_str cids[] = {{HASH, 46}, {CID1, 59}, {"Qm1", 3}, {NULL, 0}};
    static const size_t sizes[] = {32, 36, 0, 0};

    (void)unused;
    for (size_t i = 0; i < 4; i++) {
        execwire_state state = with_results(cids[i], (execwire_str){NULL, 0});
        execwire_frame frame;

        if (i == 1)
            state.published_results.name = EXECWIRE_STR("ipfs://" CID1);
        frame = say_first(&state);
        assert_int_equal(frame.bytes[EXECWIRE_FRAME_CID].size, sizes[i]);
        assert_int_equal(has(&frame, EXECWIRE_FRAME_CID), sizes[i] > 0);
        assert_int_equal(follows(&frame), sizes[i] > 0);
    }
}

/* A name that does not follow, be it as long as the one that would, is in the patch; one that is
 * not there is taken away. */
static void test_names_of_results(void **unused)
{
    static const execwire_str names[] = {
        {"s3://bucket/" JOB "/" REFERENCE "/", 12 + 36 + 1 + 38 + 1},
        {"s4://bucket/" JOB "/" REFERENCE "/", 12 + 36 + 1 + 38 + 1},
        {"s3://bucket/" JOB "/" REFERENCE, 12 + 36 + 1 + 38},
        {"a name that is longer than any that is predicted", 48},
        {"", 0},
        {NULL, 0},
    };

    (void)unused;
    for (size_t i = 0; i < 6; i++) {
        execwire_state state = with_results((execwire_str){NULL, 0}, EXECWIRE_STR("bucket"));
        execwire_frame frame;

        state.published_results.name = names[i];
        frame = say_first(&state);
        assert_int_equal(frame.bytes[EXECWIRE_FRAME_BUCKET].size, 6);
        assert_int_equal(frame.bytes[EXECWIRE_FRAME_REGION].size, 1);
        assert_int_equal(has(&frame, EXECWIRE_FRAME_PATCH), i > 0 && i < 5);
        assert_int_equal(has(&frame, EXECWIRE_FRAME_CLEAR), i == 5);
    }
}

/* Texts have a field each, from one byte on. */
static void test_texts(void **unused)
{
    execwire_state state = make_state(1, 1);
    execwire_frame frame;

    (void)unused;
    state.status = EXECWIRE_STR("E");
    frame = say_first(&state);
    assert_int_equal(frame.bytes[EXECWIRE_FRAME_STATUS].size, 1);
    assert_true(follows(&frame));
    state.status = EXECWIRE_STR("");
    frame = say_first(&state);
    assert_false(has(&frame, EXECWIRE_FRAME_STATUS));
    assert_int_equal(frame.bytes[EXECWIRE_FRAME_PATCH].size, 2);
}

/* ---- Bases and words ---- */

/* What a receiver has of the large fields is not said again, once it is acknowledged. */
static void test_bases(void **unused)
{
    (void)unused;
    for (unsigned acked = 0; acked < 2; acked++)
        for (unsigned large = 0; large < 2; large++) {
            execwire_state state = with_results((execwire_str){HASH, 46}, (execwire_str){NULL, 0});
            execwire_frame frame;

            begin_both(EXECWIRE_LINK_TWO_WAY, EXECWIRE_STR(NODE));
            if (large)
                state.status = EXECWIRE_STR("status");
            state.state = 7; /* final, and not acknowledged */
            state.has_run_output = false;
            (void)say(&state);
            if (acked)
                talk_acknowledge(1);
            state.version = 2;
            state.update_time.nanos++;
            frame = say(&state);
            assert_int_equal(frame.value[EXECWIRE_FRAME_BASE], acked && large ? 1 : 0);
            assert_int_equal(has(&frame, EXECWIRE_FRAME_CID), !(acked && large));
        }
}

/* Of texts that are too large together for a frame the first one goes as it is. */
static void test_texts_that_are_too_large_together(void **unused)
{
    static char text[2048];
    execwire_state state = {.has_run_output = true,
                            .run_output.std_out = {text, sizeof text},
                            .run_output.std_err = {text, sizeof text},
                            .status = {text, 0}};
    execwire_frame frame;

    (void)unused;
    memset(text, ' ', sizeof text);
    for (unsigned status = 512; status < 514; status++) {
        begin_both(EXECWIRE_LINK_TWO_WAY, EXECWIRE_STR(NODE));
        state.status.size = status;
        frame = say(&state);
        assert_int_equal(frame.kind == EXECWIRE_FRAME_KIND_PIECE, status == 513);
    }
}

/* promise: packing-is-not-kept */
static void test_what_is_left_of_packing(void **unused)
{
    execwire_state state = {.has_version = true,
                            .version = 1,
                            .has_run_output = true,
                            .run_output.std_out =
                                EXECWIRE_STR("Permission denied, permission denied")};
    execwire_frame first, second;

    (void)unused;
    begin_both(EXECWIRE_LINK_TWO_WAY, EXECWIRE_STR(NODE));
    first = say(&state);
    memset(&t.packing, 0xFF, sizeof t.packing);
    state.version = 2;
    second = say(&state);
    assert_int_equal(first.bytes[EXECWIRE_FRAME_OUT].size, second.bytes[EXECWIRE_FRAME_OUT].size);
    assert_true(second.bytes[EXECWIRE_FRAME_OUT].size < 36);
}

/* Words are referred to when the receiver has them, not before. */
static void test_words_that_are_not_known(void **unused)
{
    execwire_state state = with_results((execwire_str){NULL, 0}, EXECWIRE_STR("bucket"));
    execwire_frame frame;

    (void)unused;
    for (unsigned known = 0; known < 3; known++) { /* nothing, the hello, its words as well */
        begin_both(EXECWIRE_LINK_TWO_WAY, EXECWIRE_STR(NODE));
        t.options.word_capacity = sizeof t.words;
        talk_open();
        r.deaf = known < 2;
        state.version = 1;
        state.published_results.s3.region = EXECWIRE_STR("r");
        (void)say(&state);
        if (known > 0)
            talk_acknowledge(0);
        (void)talk_poll(); /* the bucket, as a word */
        assert_int_equal(t.sender.word_count, 1);
        if (known > 1)
            talk_acknowledge(2);
        state.version = 2;
        state.published_results.s3.region = EXECWIRE_STR("region"); /* another word */
        frame = say(&state);
        assert_int_equal(frame.bytes[EXECWIRE_FRAME_BUCKET].size, known > 1 ? 1 : 6);
        assert_int_equal(frame.bytes[EXECWIRE_FRAME_REGION].size, 6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_numbers_of_identities),
        cmocka_unit_test(test_elapsed_times),
        cmocka_unit_test(test_absent_times),
        cmocka_unit_test(test_a_long_text_that_is_not_compressed),
        cmocka_unit_test(test_before_the_epoch),
        cmocka_unit_test(test_numbers_of_states),
        cmocka_unit_test(test_content_identifiers),
        cmocka_unit_test(test_texts_that_are_too_large_together),
        cmocka_unit_test(test_what_is_left_of_packing),
        cmocka_unit_test(test_names_of_results),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_bases),
        cmocka_unit_test(test_words_that_are_not_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

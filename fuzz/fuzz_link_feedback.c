/* Any bytes as feedback: nothing is read or written too far, an error changes nothing but its
 * count, and whatever is wanted, the sender sends no more than it may.
 *
 * Input: frames, each after its size in one byte, to a sender that has sent a few states. One of
 * odd size comes long after the one before, others at once.
 *
 * SPDX-License-Identifier: Apache-2.0 */
/* promise: wants-are-budgeted */
#include "support.h"

#include <execwire/link.h>

#include <stdlib.h>
#include <string.h>

#define REFS        4
#define EXECUTIONS  5 /* one has lost its ref */
#define WORDS_SIZE  100
#define OUTPUT_SIZE 300
#define LONG_MS     1500 /* from one frame to the next */
#define SHORT_MS    50
#define WANT_MS     2000
#define MOST_WANTED 32 /* frames in this time */

typedef struct sending {
    execwire_link_sender sender;
    execwire_link_execution *executions;
    void *frame;
    char *words;
    execwire_link_packing packing;
    execwire_state newest[REFS];
    char jobs[EXECUTIONS][2];
    char output[OUTPUT_SIZE];
    unsigned frames; /* since this was set to 0 */
} sending;

static void emit(void *context, const void *frame, size_t size)
{
    sending *s = context;

    (void)frame;
    FUZZ_REQUIRE(size <= EXECWIRE_LINK_MIN_MTU);
    s->frames++;
}

static const execwire_state *recall(void *context, unsigned ref)
{
    FUZZ_REQUIRE(ref < REFS);
    return &((sending *)context)->newest[ref];
}

static void open_sender(sending *s)
{
    execwire_link_sender_options options = {.mode = EXECWIRE_LINK_TWO_WAY,
                                            .node = EXECWIRE_STR("node"),
                                            .execution_count = REFS,
                                            .mtu = EXECWIRE_LINK_MIN_MTU,
                                            .word_capacity = WORDS_SIZE,
                                            .emit = emit,
                                            .recall = recall,
                                            .context = s};

    memset(s, 0, sizeof *s);
    options.executions = s->executions = fuzz_block(REFS * sizeof *s->executions);
    options.frame = s->frame = fuzz_block(EXECWIRE_LINK_MIN_MTU);
    options.packing = &s->packing;
    options.words = s->words = fuzz_block(WORDS_SIZE);
    FUZZ_REQUIRE(execwire_link_sender_init(&s->sender, &options, NULL) == EXECWIRE_OK);
    execwire_link_restore_session(&s->sender, 6);
}

/* The last execution has its output, which takes pieces. */
static void update(sending *s, unsigned execution)
{
    execwire_state state = {.job_id = {s->jobs[execution], sizeof s->jobs[execution]},
                            .node_id = EXECWIRE_STR("node"),
                            .has_create_time = true,
                            .create_time = {1697545688 + execution, 0},
                            .has_update_time = true,
                            .update_time = {1697545690 + execution, 0},
                            .has_version = true,
                            .version = 3,
                            .has_state = true,
                            .state = EXECWIRE_EXECUTION_STATE_BID_ACCEPTED};
    unsigned ref;

    s->jobs[execution][0] = s->jobs[execution][1] = (char)('a' + execution);
    if (execution + 1 == EXECUTIONS) {
        state.has_run_output = true;
        state.run_output.std_out = (execwire_str){s->output, sizeof s->output};
    }
    FUZZ_REQUIRE(execwire_link_update(&s->sender, &state, execution, &ref, NULL) == EXECWIRE_OK);
    s->newest[ref] = state;
}

static void start(sending *s)
{
    open_sender(s);
    for (size_t i = 0; i < sizeof s->output; i++) /* does not compress */
        s->output[i] = (char)('!' + (i * i * 7 + i / 9) % 90);
    for (unsigned i = 0; i < EXECUTIONS; i++)
        update(s, i);
}

/* An error leaves all as it was but for the count of such frames. */
static void give(sending *s, const uint8_t *in, size_t size)
{
    execwire_link_sender before;
    execwire_link_execution executions[REFS];
    execwire_error error;
    uint8_t *frame = fuzz_block(size);
    execwire_code code;

    memcpy(&before, &s->sender, sizeof before);
    memcpy(executions, s->executions, sizeof executions);
    memcpy(frame, in, size);
    code = execwire_link_feedback(&s->sender, frame, size, &error);
    free(frame);
    if (code == EXECWIRE_OK)
        return;
    FUZZ_REQUIRE(fuzz_good_error(&error, code, size));
    before.stats.refused++;
    FUZZ_REQUIRE(memcmp(&before, &s->sender, sizeof before) == 0);
    FUZZ_REQUIRE(memcmp(executions, s->executions, sizeof executions) == 0);
}

static void send_due(sending *s, uint64_t now)
{
    uint64_t due;

    do
        due = execwire_link_sender_poll(&s->sender, now);
    while (due <= now);
}

/* What is wanted may fill the ends of two intervals; what the sender repeats by its own clock,
 * hello, digest and executions, is little beside it. */
static void run(const uint8_t *in, size_t size)
{
    sending s;
    uint64_t now = 0, since = 0;

    start(&s);
    s.frames = 0;
    while (size > 0) {
        size_t frame = fuzz_next_frame(&in, &size);

        give(&s, in - frame, frame);
        now += frame % 2 != 0 ? LONG_MS : SHORT_MS;
        send_due(&s, now);
        if (now - since < WANT_MS)
            continue;
        FUZZ_REQUIRE(s.frames <= 2 * MOST_WANTED + 10 * REFS);
        since = now;
        s.frames = 0;
    }
    free(s.executions);
    free(s.frame);
    free(s.words);
}

/* ---- Mutation ---- */

static void seal(execwire_fuzz_buffer *b, size_t begin, size_t end)
{
    const uint8_t *at = b->data + begin;
    size_t size = b->size - begin;

    while (size > 0 && (size_t)(at - b->data) < end) {
        uint8_t *frame = b->data + (at - b->data) + 1;
        size_t frame_size = fuzz_next_frame(&at, &size);

        fuzz_seal_feedback(frame, frame_size);
    }
}

static size_t mutate(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity)
{
    return fuzz_mutate_frames(c, data, size, capacity, seal);
}

const fuzz_target fuzz_this_target = {.name = "link_feedback", .run = run, .mutate = mutate};

/* A sender and a receiver under a channel that does as the input says: every state that comes out
 * is one that the sender had.
 *
 * Input: a list of steps, two bytes each: what to do, and with what.
 *
 * SPDX-License-Identifier: Apache-2.0 */
/* promise: exactly-the-senders-state */
#include "support.h"
#include "support/lent.h"

#include <execwire/link.h>

#include <stdlib.h>
#include <string.h>

#define REFS       3
#define EXECUTIONS 6
#define KEPT       64 /* frames that the channel may deliver; states that the sender had */
#define LARGEST    1024

typedef struct pair {
    execwire_link_sender sender;
    execwire_link_receiver receiver;
    execwire_link_execution executions[REFS];
    execwire_link_context contexts[REFS];
    execwire_link_transfer transfers[2];
    char frame[EXECWIRE_LINK_MIN_MTU], words[100];
    char store[4096], text[8192], pieces[4096];
    uint8_t frames[KEPT][EXECWIRE_LINK_MIN_MTU];
    size_t frame_sizes[KEPT];
    size_t frame_count;
    uint8_t states[KEPT][LARGEST];
    size_t state_sizes[KEPT];
    size_t state_count;
    execwire_state newest[REFS];
    char jobs[EXECUTIONS][2];
    char outputs[KEPT][300];
    uint64_t now;
} pair;

static void emit(void *context, const void *frame, size_t size)
{
    pair *p = context;
    size_t at = p->frame_count++ % KEPT;

    FUZZ_REQUIRE(size <= EXECWIRE_LINK_MIN_MTU);
    memcpy(p->frames[at], frame, size);
    p->frame_sizes[at] = size;
}

static const execwire_state *recall(void *context, unsigned ref)
{
    return &((pair *)context)->newest[ref];
}

static void open_sender(pair *p)
{
    const execwire_link_sender_options options = {.mode = EXECWIRE_LINK_TWO_WAY,
                                                  .node = EXECWIRE_STR("node"),
                                                  LENT_TO_SENDER(p),
                                                  .mtu = sizeof p->frame,
                                                  LENT_WORDS(p),
                                                  .emit = emit,
                                                  .recall = recall,
                                                  .context = p};
    uint32_t stored = p->sender.session;

    FUZZ_REQUIRE(execwire_link_sender_init(&p->sender, &options, NULL) == EXECWIRE_OK);
    execwire_link_restore_session(&p->sender, stored);
}

static void open_receiver(pair *p)
{
    const execwire_link_receiver_options options = {.mode = EXECWIRE_LINK_TWO_WAY,
                                                    LENT_TO_RECEIVER(p)};

    FUZZ_REQUIRE(execwire_link_receiver_init(&p->receiver, &options, NULL) == EXECWIRE_OK);
}

/* A new state of an execution that the byte chooses. */
static void update(pair *p, uint8_t what)
{
    size_t at = p->state_count++ % KEPT;
    unsigned execution = what % EXECUTIONS, ref;
    execwire_state state = {.job_id = {p->jobs[execution], 2},
                            .node_id = EXECWIRE_STR("node"),
                            .has_create_time = true,
                            .create_time = {1697545688 + execution, 0},
                            .has_update_time = true,
                            .update_time = {1697545688 + (int64_t)p->state_count, what},
                            .has_version = true,
                            .version = (int64_t)p->state_count,
                            .has_state = true,
                            .state = 1 + what % 9};

    if (what >= 128) {
        memset(p->outputs[at], 'a' + what % 20, sizeof p->outputs[at]);
        for (size_t i = 0; i < sizeof p->outputs[at]; i += 1 + i % 7)
            p->outputs[at][i] = (char)('!' + (i * what) % 90);
        state.has_run_output = true;
        state.run_output.std_out = (execwire_str){p->outputs[at], sizeof p->outputs[at]};
    }
    FUZZ_REQUIRE(execwire_encode(&state, p->states[at], LARGEST, &p->state_sizes[at], NULL) ==
                 EXECWIRE_OK);
    FUZZ_REQUIRE(execwire_link_update(&p->sender, &state, p->now, &ref, NULL) == EXECWIRE_OK);
    p->newest[ref] = state;
}

static bool was_had(const pair *p, execwire_str message)
{
    for (size_t i = 0; i < KEPT; i++)
        if (p->state_sizes[i] == message.size &&
            memcmp(p->states[i], message.data, message.size) == 0)
            return true;
    return false;
}

static void deliver(pair *p, uint8_t which, uint8_t flip)
{
    size_t at = which % KEPT;
    uint8_t frame[EXECWIRE_LINK_MIN_MTU];
    execwire_link_event event;

    if (p->frame_sizes[at] == 0)
        return;
    memcpy(frame, p->frames[at], p->frame_sizes[at]);
    if (flip != 0)
        frame[flip % p->frame_sizes[at]] ^= (uint8_t)(1u << flip % 8);
    (void)execwire_link_receive(&p->receiver, frame, p->frame_sizes[at], p->now, &event, NULL);
    FUZZ_REQUIRE(event.state == NULL || was_had(p, event.message));
}

static void answer(pair *p, bool lost)
{
    uint8_t frame[EXECWIRE_LINK_MIN_MTU];
    size_t size;

    (void)execwire_link_receiver_poll(&p->receiver, p->now, frame, sizeof frame, &size);
    if (size > 0 && !lost)
        FUZZ_REQUIRE(execwire_link_feedback(&p->sender, frame, size, NULL) == EXECWIRE_OK);
}

static void step(pair *p, uint8_t what, uint8_t with)
{
    switch (what % 8) {
    case 0:
    case 1:
        if (p->state_count < KEPT) /* all that the sender had is kept */
            update(p, with);
        break;
    case 2:
        deliver(p, (uint8_t)(p->frame_count - 1 - with % 8), 0);
        break;
    case 3:
        deliver(p, with, 0);
        break;
    case 4:
        deliver(p, with, what);
        break;
    case 5:
        (void)execwire_link_sender_poll(&p->sender, p->now);
        break;
    case 6:
        answer(p, with % 4 == 0);
        break;
    default:
        p->now += with * 200u;
        if (with == 255)
            open_receiver(p);
        if (with == 254)
            open_sender(p);
    }
}

static void run(const uint8_t *in, size_t size)
{
    pair *p = fuzz_block(sizeof *p);

    memset(p, 0, sizeof *p);
    for (unsigned i = 0; i < EXECUTIONS; i++)
        p->jobs[i][0] = (char)('a' + i);
    open_sender(p);
    open_receiver(p);
    for (; size >= 2; in += 2, size -= 2)
        step(p, in[0], in[1]);
    free(p);
}

/* ---- Mutation ---- */

#define STEP_SIZE 2

/* Whole steps are changed, put in, repeated and taken out, so that those behind them stay what they
 * are. */
static size_t mutate(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity)
{
    execwire_fuzz_buffer b = {data, size, capacity};
    uint8_t steps[8 * STEP_SIZE];
    size_t count = size / STEP_SIZE;
    size_t at, some;

    if (count == 0 || execwire_fuzz_below(c, 2) == 0)
        return c->bytes(c, data, size, capacity);
    at = execwire_fuzz_below(c, count);
    some = 1 + execwire_fuzz_below(c, 8);
    if (some > count - at)
        some = count - at;
    memcpy(steps, data + at * STEP_SIZE, some * STEP_SIZE);
    switch (execwire_fuzz_below(c, 4)) {
    case 0:
        (void)execwire_fuzz_splice(&b, at * STEP_SIZE, some * STEP_SIZE, NULL, 0);
        break;
    case 1:
        (void)execwire_fuzz_splice(&b, execwire_fuzz_below(c, count) * STEP_SIZE, 0, steps,
                                   some * STEP_SIZE);
        break;
    case 2:
        steps[0] = (uint8_t)execwire_fuzz_below(c, 8);
        steps[1] = (uint8_t)execwire_fuzz_below(c, 256);
        (void)execwire_fuzz_splice(&b, at * STEP_SIZE, 0, steps, STEP_SIZE);
        break;
    default:
        data[at * STEP_SIZE + execwire_fuzz_below(c, STEP_SIZE)] =
            (uint8_t)execwire_fuzz_below(c, 256);
    }
    return b.size;
}

const fuzz_target fuzz_this_target = {.name = "link_pair", .run = run, .mutate = mutate};

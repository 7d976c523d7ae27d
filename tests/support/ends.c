/* SPDX-License-Identifier: Apache-2.0 */
/* promise: mtu-is-kept */
#include "cmocka.h"

#include "ends.h"
#include "lent.h"

#include "base/crc32.h"
#include "link/frame/frame.h"

#include <stdio.h>
#include <string.h>

#define ACKS_TAG (EXECWIRE_FRAME_ACKS << 3 | 2)

static bool is_lost(ends *e)
{
    e->seed = e->seed * 1664525 + 1013904223; /* Numerical Recipes' generator */
    return e->down || (e->seed >> 8) % 100 < e->loss;
}

/* Of the job id that ends_update gives. */
static unsigned number_of(execwire_str job)
{
    unsigned number = 0;

    for (size_t i = 1; i < job.size; i++)
        number = number * 10 + (unsigned)(job.data[i] - '0');
    return number;
}

static void note(ends *e, const execwire_link_event *event)
{
    unsigned execution;

    if (event->state == NULL)
        return;
    execution = number_of(event->state->job_id);
    assert_true(execution < ENDS_EXECUTIONS);
    e->got[execution] = event->state->version;
    e->states++;
}

static void emit(void *context, const void *frame, size_t size)
{
    ends *e = context;
    execwire_link_event event;

    assert_true(size <= e->sending.mtu);
    e->said += size;
    e->count++;
    memcpy(e->last, frame, size);
    e->last_size = size;
    if (is_lost(e))
        return;
    (void)execwire_link_receive(&e->receiver, frame, size, e->now, &event, NULL);
    note(e, &event);
}

static const execwire_state *recall(void *context, unsigned ref)
{
    return &((ends *)context)->newest[ref];
}

void ends_init(ends *e, execwire_link_mode mode)
{
    memset(e, 0, offsetof(ends, store));
    e->seed = 1;
    e->sending = (execwire_link_sender_options){.mode = mode,
                                                .node = EXECWIRE_STR("node"),
                                                LENT_TO_SENDER(e),
                                                .mtu = 222,
                                                LENT_TEXTS(e),
                                                .emit = emit,
                                                .recall = recall,
                                                .context = e};
    e->receiving = (execwire_link_receiver_options){.mode = mode, LENT_TO_RECEIVER(e)};
}

void ends_open_sender(ends *e, uint32_t stored)
{
    assert_int_equal(execwire_link_sender_init(&e->sender, &e->sending, NULL), EXECWIRE_OK);
    execwire_link_restore_session(&e->sender, stored);
}

void ends_open_receiver(ends *e)
{
    assert_int_equal(execwire_link_receiver_init(&e->receiver, &e->receiving, NULL), EXECWIRE_OK);
}

unsigned ends_update(ends *e, unsigned execution, int64_t version, bool final)
{
    char job[sizeof e->jobs[0]];
    size_t size = (size_t)snprintf(job, sizeof job, "j%u", execution);
    execwire_state state = {.job_id = {job, size},
                            .node_id = EXECWIRE_STR("node"),
                            .has_create_time = true,
                            .create_time = {1697545688, 0},
                            .has_update_time = true,
                            .update_time = {1697545688 + version, (int32_t)execution},
                            .has_version = true,
                            .version = version,
                            .has_state = true,
                            .state = final ? EXECWIRE_EXECUTION_STATE_COMPLETED
                                           : EXECWIRE_EXECUTION_STATE_BID_ACCEPTED};
    unsigned ref = EXECWIRE_LINK_MAX_REFS;

    if (e->output.data != NULL) {
        state.has_run_output = true;
        state.run_output.std_out = e->output;
    }
    assert_int_equal(execwire_link_update(&e->sender, &state, e->now, &ref, NULL), EXECWIRE_OK);
    memcpy(e->jobs[ref], job, sizeof job);
    state.job_id.data = e->jobs[ref];
    e->newest[ref] = state;
    return ref;
}

static void answer(ends *e)
{
    uint8_t frame[222];
    uint64_t due;
    size_t size;

    do {
        due = execwire_link_receiver_poll(&e->receiver, e->now, frame, sizeof frame, &size);
        if (size > 0 && !is_lost(e) && !(e->no_wants && frame[0] != ACKS_TAG))
            assert_int_equal(execwire_link_feedback(&e->sender, frame, size, NULL), EXECWIRE_OK);
    } while (due <= e->now);
}

void ends_poll(ends *e)
{
    answer(e);
    while (execwire_link_sender_poll(&e->sender, e->now) <= e->now)
        ;
}

void ends_run(ends *e, uint64_t ms)
{
    for (uint64_t end = e->now + ms; e->now < end; e->now += 100)
        ends_poll(e);
}

unsigned ends_arrived(const ends *e, unsigned first, unsigned end, int64_t version)
{
    unsigned count = 0;

    for (unsigned i = first; i < end; i++)
        count += e->got[i] == version;
    return count;
}

execwire_code ends_feed(ends *e, const uint8_t *fields, size_t size)
{
    uint8_t frame[256] = {EXECWIRE_FRAME_CHECK << 3 | 5};
    uint32_t crc = execwire_crc32(0, fields, size);

    assert_true(size <= sizeof frame - 5);
    for (unsigned i = 0; i < 4; i++)
        frame[1 + i] = (uint8_t)(crc >> (8 * i));
    memcpy(frame + 5, fields, size);
    return execwire_link_feedback(&e->sender, frame, 5 + size, NULL);
}

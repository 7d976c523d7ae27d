/* The node of main.c with another main: it hands its states to the link layer, which sends each as
 * a small frame and repeats what the line loses until the other end has acknowledged it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "air.h"
#include "board.h"
#include "execwire-link.h"
#include "obey.h"
#include "state.h"
#include "trace.h"

#define EXECUTIONS 8 /* whose last state may wait to be acknowledged at the same time */

/* A line answers sooner than a radio, with a gateway that acknowledges after 50 ms. */
static const execwire_link_timing timing = {
    .urgent_ms = 300, .repeat_ms = 600, .want_ms = 300, .digest_ms = 10000};

static job current;
static job newest[EXECUTIONS]; /* by ref: what may have to be repeated */
static execwire_state recalled;

static execwire_link_sender sender;
static execwire_link_execution executions[EXECUTIONS];
static uint8_t frame[AIR_MTU];
static char words[128];
static execwire_link_packing packing;

/* The link's time, which does not wrap as the clock does. */
static uint64_t link_now(void)
{
    static uint64_t now;

    now += clock_now() - (uint32_t)now;
    return now;
}

static void emit(void *context, const void *data, size_t size)
{
    (void)context;
    air_send(data, size);
}

static const execwire_state *recall(void *context, unsigned ref)
{
    (void)context;
    state_of(&newest[ref], &recalled);
    return &recalled;
}

/* Each start is a session of its own, whose number is stored before its first frame. */
static void start_session(void)
{
    execwire_link_restore_session(&sender, board_recall());
    board_remember(execwire_link_session(&sender));
}

static execwire_code start_link(void)
{
    const execwire_link_sender_options options = {.mode = EXECWIRE_LINK_TWO_WAY,
                                                  .timing = &timing,
                                                  .node = NODE_ID,
                                                  .executions = executions,
                                                  .execution_count = EXECUTIONS,
                                                  .frame = frame,
                                                  .mtu = sizeof frame,
                                                  .words = words,
                                                  .word_capacity = sizeof words,
                                                  .packing = &packing,
                                                  .emit = emit,
                                                  .recall = recall};
    execwire_code code = execwire_link_sender_init(&sender, &options, NULL);

    if (code == EXECWIRE_OK)
        start_session();
    return code;
}

static void report(const char *word)
{
    execwire_state state;
    unsigned ref;

    state_of(&current, &state);
    if (execwire_link_update(&sender, &state, link_now(), &ref, NULL) != EXECWIRE_OK) {
        trace_word("unsent");
        return;
    }
    newest[ref] = current;
    trace_job(word, &current);
}

/* Feedback and requests come over the same line. Neither can be taken for the other: field 1 is a
 * number in a frame, and the reference in a state. */
static void listen(void)
{
    execwire_str in;

    while ((in = air_next()).data != NULL)
        if (execwire_link_feedback(&sender, in.data, in.size, NULL) != EXECWIRE_OK &&
            obey(&current, in, clock_now()))
            report("stopped");
}

int main(void)
{
    board_start();
    if (start_link() != EXECWIRE_OK || !air_start())
        return 1;
    job_start(&current, 1, clock_now());
    report("sent");
    for (;;) {
        if (job_advance(&current, clock_now()))
            report("sent");
        listen();
        execwire_link_sender_poll(&sender, link_now());
        clock_wait();
    }
}

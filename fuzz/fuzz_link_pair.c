/* A sender and a receiver under a channel that does as the input says: every state that comes out
 * is one that the sender had.
 *
 * Input: a list of steps, two bytes each: what to do, and with what.
 *
 * SPDX-License-Identifier: Apache-2.0 */
/* promise: exactly-the-senders-state */
#include "steps.h"
#include "support.h"
#include "support/lent.h"

#include <execwire/link.h>

#include <stdlib.h>
#include <string.h>

#define REFS 3
#define KEPT 64 /* frames that the channel may deliver */

typedef struct pair {
    execwire_link_sender sender;
    execwire_link_receiver receiver;
    execwire_link_execution executions[REFS];
    execwire_link_context contexts[REFS];
    execwire_link_transfer transfers[2];
    char frame[EXECWIRE_LINK_MIN_MTU], words[100];
    execwire_link_packing packing;
    char store[4096], text[8192], pieces[4096];
    uint8_t frames[KEPT][EXECWIRE_LINK_MIN_MTU];
    size_t frame_sizes[KEPT];
    size_t frame_count;
    fuzz_history states;
    execwire_state newest[REFS];
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
                                                  LENT_TEXTS(p),
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

static void update(pair *p, uint8_t what)
{
    execwire_state state;
    unsigned ref;

    if (!fuzz_new_state(&p->states, EXECWIRE_STR("node"), what, &state))
        return;
    FUZZ_REQUIRE(execwire_link_update(&p->sender, &state, p->now, &ref, NULL) == EXECWIRE_OK);
    p->newest[ref] = state;
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
    FUZZ_REQUIRE(event.state == NULL || fuzz_was_had(&p->states, event.message));
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
    open_sender(p);
    open_receiver(p);
    for (; size >= 2; in += 2, size -= 2)
        step(p, in[0], in[1]);
    free(p);
}

static size_t mutate(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity)
{
    return fuzz_mutate_steps(c, data, size, capacity, 8);
}

const fuzz_target fuzz_this_target = {.name = "link_pair", .run = run, .mutate = mutate};

/* Any bytes as frames: nothing is read or written too far, what is stored is a valid state, and an
 * error leaves all as it was.
 *
 * Input: frames, each after its size in one byte, to receivers with a little memory, one for each
 * way.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <execwire/link.h>

#include <stdlib.h>
#include <string.h>

#define REFS        4
#define STORE_SIZE  512
#define TEXT_SIZE   2048
#define PIECES_SIZE 600
#define STEP_MS     700 /* from one frame to the next */

typedef struct memory {
    execwire_link_context *contexts;
    execwire_link_transfer *transfers;
    execwire_entry *entries;
    void *store, *text, *pieces;
} memory;

static void open_receiver(execwire_link_receiver *receiver, memory *m, execwire_link_mode mode)
{
    execwire_link_receiver_options options = {.mode = mode,
                                              .context_count = REFS,
                                              .store_capacity = STORE_SIZE,
                                              .text_capacity = TEXT_SIZE,
                                              .entry_capacity = 2,
                                              .transfer_count = 2,
                                              .piece_capacity = PIECES_SIZE};

    options.contexts = m->contexts = fuzz_block(REFS * sizeof *m->contexts);
    options.transfers = m->transfers = fuzz_block(2 * sizeof *m->transfers);
    options.entries = m->entries = fuzz_block(2 * sizeof *m->entries);
    options.store = m->store = fuzz_block(STORE_SIZE);
    options.text = m->text = fuzz_block(TEXT_SIZE);
    options.pieces = m->pieces = fuzz_block(PIECES_SIZE);
    FUZZ_REQUIRE(execwire_link_receiver_init(receiver, &options, NULL) == EXECWIRE_OK);
}

static void check_event(const execwire_link_event *event)
{
    FUZZ_REQUIRE(event->outcome < EXECWIRE_LINK_OUTCOME_COUNT);
    FUZZ_REQUIRE((event->state != NULL) == (event->outcome == EXECWIRE_LINK_STATE));
    if (event->state != NULL) {
        fuzz_bytes again = fuzz_encode(event->state, 0);

        FUZZ_REQUIRE(again.size == event->message.size);
        FUZZ_REQUIRE(memcmp(again.data, event->message.data, again.size) == 0);
        free(again.data);
    }
}

static void poll_receiver(execwire_link_receiver *receiver, uint64_t now)
{
    uint8_t *out = fuzz_block(EXECWIRE_LINK_MIN_MTU);
    size_t size;

    (void)execwire_link_receiver_poll(receiver, now, out, EXECWIRE_LINK_MIN_MTU, &size);
    FUZZ_REQUIRE(size <= EXECWIRE_LINK_MIN_MTU);
    free(out);
}

/* What is stored is a state. */
static void check_views(const execwire_link_receiver *receiver, uint64_t now)
{
    for (unsigned ref = 0; ref <= REFS; ref++) {
        execwire_link_view view;
        bool known = execwire_link_receiver_view(receiver, ref, now, &view);

        FUZZ_REQUIRE(known == (view.message.data != NULL));
        if (known)
            FUZZ_REQUIRE(execwire_check(view.message.data, view.message.size, NULL, NULL) ==
                         EXECWIRE_OK);
    }
}

static void give(execwire_link_receiver *receiver, const uint8_t *in, size_t size, uint64_t now)
{
    const execwire_link_receiver_options *options = &receiver->options;
    execwire_link_context contexts[REFS];
    uint8_t store[STORE_SIZE];
    size_t used = receiver->peer.store_used;
    execwire_link_event event;
    execwire_error error;
    uint8_t *frame = fuzz_block(size);
    execwire_code code;

    memcpy(contexts, options->contexts, sizeof contexts);
    memcpy(store, options->store, used);
    memcpy(frame, in, size);
    code = execwire_link_receive(receiver, frame, size, now, &event, &error);
    if (code == EXECWIRE_OK)
        check_event(&event);
    else {
        FUZZ_REQUIRE(fuzz_good_error(&error, code, PIECES_SIZE) && event.state == NULL);
        FUZZ_REQUIRE(memcmp(contexts, options->contexts, sizeof contexts) == 0);
        FUZZ_REQUIRE(used == receiver->peer.store_used && memcmp(store, options->store, used) == 0);
    }
    free(frame);
    poll_receiver(receiver, now);
    check_views(receiver, now);
}

static void close_memory(const memory *m)
{
    free(m->contexts);
    free(m->transfers);
    free(m->entries);
    free(m->store);
    free(m->text);
    free(m->pieces);
}

static void run_in(execwire_link_mode mode, const uint8_t *in, size_t size)
{
    execwire_link_receiver receiver;
    memory m;
    uint64_t now = 0;

    open_receiver(&receiver, &m, mode);
    while (size > 0) {
        size_t frame = fuzz_next_frame(&in, &size);

        give(&receiver, in - frame, frame, now += STEP_MS);
    }
    close_memory(&m);
}

/* Parity is taken where nothing comes back, and feedback made where it does. */
static void run(const uint8_t *in, size_t size)
{
    run_in(EXECWIRE_LINK_TWO_WAY, in, size);
    run_in(EXECWIRE_LINK_ONE_WAY, in, size);
}

/* ---- Mutation ---- */

static void seal(execwire_fuzz_buffer *b, size_t begin, size_t end)
{
    execwire_link_receiver receiver;
    memory m;
    uint64_t now = 0;
    const uint8_t *at = b->data;
    size_t size = b->size;

    open_receiver(&receiver, &m, EXECWIRE_LINK_TWO_WAY);
    while (size > 0 && (size_t)(at - b->data) < end) {
        uint8_t *frame = b->data + (at - b->data) + 1;
        bool sealed = at >= b->data + begin;
        size_t frame_size = fuzz_next_frame(&at, &size);

        if (sealed)
            fuzz_seal_frame(&receiver, frame, frame_size);
        (void)execwire_link_receive(&receiver, frame, frame_size, now += STEP_MS, NULL, NULL);
    }
    close_memory(&m);
}

static size_t mutate(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity)
{
    return fuzz_mutate_frames(c, data, size, capacity, seal);
}

const fuzz_target fuzz_this_target = {.name = "link_recv", .run = run, .mutate = mutate};

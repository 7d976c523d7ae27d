/* Any bytes as frames: nothing is read or written too far, what is stored is a valid state, and an
 * error leaves all as it was.
 *
 * Input: frames, each after its size in one byte, to a receiver with a little memory.
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

typedef struct memory {
    execwire_link_context *contexts;
    execwire_link_transfer *transfers;
    execwire_entry *entries;
    void *store, *text, *pieces;
} memory;

static void open_receiver(execwire_link_receiver *receiver, memory *m)
{
    execwire_link_receiver_options options = {.mode = EXECWIRE_LINK_TWO_WAY,
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

static void give(execwire_link_receiver *receiver, const uint8_t *in, size_t size, uint64_t now)
{
    execwire_link_event event;
    execwire_error error;
    uint8_t *frame = fuzz_block(size);
    execwire_status status;

    memcpy(frame, in, size);
    status = execwire_link_receive(receiver, frame, size, now, &event, &error);
    if (status == EXECWIRE_OK)
        check_event(&event);
    else
        FUZZ_REQUIRE(error.code == status && event.state == NULL);
    free(frame);
    poll_receiver(receiver, now);
}

static void run(const uint8_t *in, size_t size)
{
    execwire_link_receiver receiver;
    memory m;
    uint64_t now = 0;

    open_receiver(&receiver, &m);
    while (size > 0) {
        size_t frame = in[0] < size - 1 ? in[0] : size - 1;

        give(&receiver, in + 1, frame, now += 700);
        in += 1 + frame;
        size -= 1 + frame;
    }
    free(m.contexts);
    free(m.transfers);
    free(m.entries);
    free(m.store);
    free(m.text);
    free(m.pieces);
}

const fuzz_target fuzz_this_target = {"link_recv", run, NULL};

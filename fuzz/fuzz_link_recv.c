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
#define STEP_MS     700 /* from one frame to the next */

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

static void close_memory(const memory *m)
{
    free(m->contexts);
    free(m->transfers);
    free(m->entries);
    free(m->store);
    free(m->text);
    free(m->pieces);
}

/* Takes the next frame out of the input. */
static size_t next_frame(const uint8_t **in, size_t *size)
{
    size_t frame = **in < *size - 1 ? **in : *size - 1;

    *in += 1 + frame;
    *size -= 1 + frame;
    return frame;
}

static void run(const uint8_t *in, size_t size)
{
    execwire_link_receiver receiver;
    memory m;
    uint64_t now = 0;

    open_receiver(&receiver, &m);
    while (size > 0) {
        size_t frame = next_frame(&in, &size);

        give(&receiver, in - frame, frame, now += STEP_MS);
    }
    close_memory(&m);
}

/* ---- Mutation ---- */

#define MOST_FRAMES 64

/* Where the frames begin, each with its size before it, and where the last one ends. */
static size_t find_frames(const fuzz_buffer *b, size_t starts[MOST_FRAMES + 1])
{
    const uint8_t *at = b->data;
    size_t size = b->size;
    size_t count = 0;

    while (count < MOST_FRAMES && size > 0) {
        starts[count++] = (size_t)(at - b->data);
        (void)next_frame(&at, &size);
    }
    starts[count] = (size_t)(at - b->data);
    return count;
}

/* Puts a frame, mutated or not, in the place of `old` bytes. */
static void put_frame(fuzz_chance *c, fuzz_buffer *b, size_t at, size_t old, size_t from,
                      size_t from_size)
{
    uint8_t frame[1 + UINT8_MAX];
    fuzz_buffer message = {frame + 1, from_size - 1, UINT8_MAX};

    memcpy(frame, b->data + from, from_size);
    if (fuzz_below(c, 4) > 0)
        fuzz_mutate_fields(c, &message);
    frame[0] = (uint8_t)message.size;
    (void)fuzz_splice(b, at, old, frame, 1 + message.size);
}

/* Seals the frames that begin there, up to before `end`. */
static void seal(fuzz_buffer *b, size_t begin, size_t end)
{
    execwire_link_receiver receiver;
    memory m;
    uint64_t now = 0;
    const uint8_t *at = b->data;
    size_t size = b->size;

    open_receiver(&receiver, &m);
    while (size > 0 && (size_t)(at - b->data) < end) {
        size_t start = (size_t)(at - b->data);
        size_t frame = next_frame(&at, &size);

        if (start >= begin)
            fuzz_seal_frame(&receiver, b->data + start + 1, frame);
        (void)execwire_link_receive(&receiver, b->data + start + 1, frame, now += STEP_MS, NULL,
                                    NULL);
    }
    close_memory(&m);
}

/* Takes a frame out, mutates it, or puts it somewhere else as well. What follows from it, of a
 * hello all that comes after it, has to be sealed too; it takes time, and is not always done. */
static size_t mutate(fuzz_chance *c, uint8_t *data, size_t size, size_t capacity)
{
    fuzz_buffer b = {data, size, capacity};
    size_t starts[MOST_FRAMES + 1];
    size_t count = find_frames(&b, starts);
    size_t one, at, one_size;

    if (count == 0 || fuzz_below(c, 4) == 0)
        return c->bytes(data, size, capacity);
    one = fuzz_below(c, count);
    one_size = starts[one + 1] - starts[one];
    at = starts[fuzz_below(c, 4) > 0 ? one : fuzz_below(c, count)];
    if (fuzz_below(c, 8) == 0)
        (void)fuzz_splice(&b, at = starts[one], one_size, NULL, 0);
    else
        put_frame(c, &b, at, at == starts[one] ? one_size : 0, starts[one], one_size);
    seal(&b, at, fuzz_below(c, 4) > 0 ? at + 1 : b.size);
    return b.size;
}

const fuzz_target fuzz_this_target = {.name = "link_recv", .run = run, .mutate = mutate};

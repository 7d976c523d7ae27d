/* Frames as no sender made them: mutated, spliced, delivered to the wrong receiver or in another
 * session. What comes out has to be a state that the receiver's own sender had.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "link_attack.h"
#include "support/lent.h"

#include <execwire/link.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STORE_SIZE (256 << 10)
#define LARGE      300 /* frames that take long to read are taken less often */

typedef struct recorded {
    uint8_t *data;
    size_t size;
    unsigned node;
} recorded;

typedef struct attack {
    const load *all;
    recorded *frames;
    size_t count;
    unsigned node; /* that is sending */
    uint64_t seed;
} attack;

static void expect(execwire_code code)
{
    if (code != EXECWIRE_OK)
        abort();
}

/* ---- What the senders say ---- */

static void record(void *context, const void *frame, size_t size)
{
    attack *a = context;
    uint8_t *copy = malloc(size);

    memcpy(copy, frame, size);
    a->frames = realloc(a->frames, (a->count + 1) * sizeof *a->frames);
    a->frames[a->count++] = (recorded){copy, size, a->node};
}

static void record_node(attack *a, unsigned node)
{
    static execwire_link_execution executions[EXECWIRE_LINK_MAX_REFS];
    static char frame[4096], words[256];
    static execwire_link_packing packing;
    execwire_link_sender sender;
    execwire_link_sender_options options = {.mode = EXECWIRE_LINK_LOSSLESS,
                                            .executions = executions,
                                            .execution_count = 24,
                                            .frame = frame,
                                            .mtu = 222,
                                            .words = words,
                                            .word_capacity = sizeof words,
                                            .packing = &packing,
                                            .emit = record,
                                            .context = a};

    a->node = node;
    for (size_t i = 0; i < a->all->count; i++)
        if (a->all->updates[i].node == node)
            options.node = a->all->updates[i].state.node_id;
    expect(execwire_link_sender_init(&sender, &options, NULL));
    for (size_t i = 0; i < a->all->count; i++)
        if (a->all->updates[i].node == node)
            expect(execwire_link_update(&sender, &a->all->updates[i].state, a->all->updates[i].ms,
                                        NULL, NULL));
}

/* ---- What is made of it ---- */

static const recorded *pick(attack *a)
{
    const recorded *frame;

    do
        frame = &a->frames[next_random(&a->seed) % a->count];
    while (frame->size > LARGE && next_random(&a->seed) % 20 != 0);
    return frame;
}

static size_t mutate(attack *a, uint8_t *frame, size_t size)
{
    unsigned changes = 1 + (unsigned)(next_random(&a->seed) % 4);

    while (changes-- > 0 && size > 1) {
        size_t at = next_random(&a->seed) % size;

        switch (next_random(&a->seed) % 5) {
        case 0:
            frame[at] ^= (uint8_t)(1u << next_random(&a->seed) % 8);
            break;
        case 1:
            frame[at] = (uint8_t)next_random(&a->seed);
            break;
        case 2:
            memmove(frame + at, frame + at + 1, --size - at);
            break;
        case 3:
            memmove(frame + at + 1, frame + at, size++ - at);
            break;
        default:
            frame[at]++;
        }
    }
    return size;
}

/* The beginning of one frame and the end of another. */
static size_t splice(attack *a, uint8_t *frame, size_t size)
{
    const recorded *other = pick(a);
    size_t head = next_random(&a->seed) % size;
    size_t tail = next_random(&a->seed) % other->size;

    memcpy(frame + head, other->data + other->size - tail, tail);
    return head + tail;
}

/* ---- What comes out ---- */

static bool is_own(const attack *a, unsigned node, execwire_str message)
{
    for (size_t i = 0; i < a->all->count; i++) {
        const update *u = &a->all->updates[i];

        if (u->node == node && u->wire.size == message.size &&
            memcmp(u->wire.data, message.data, message.size) == 0)
            return true;
    }
    return false;
}

typedef struct victim {
    execwire_link_receiver receiver;
    execwire_link_context contexts[EXECWIRE_LINK_MAX_REFS];
    execwire_link_transfer transfers[4];
    char store[STORE_SIZE], text[STORE_SIZE], pieces[STORE_SIZE];
} victim;

static void reset(victim *v)
{
    const execwire_link_receiver_options options = {.mode = EXECWIRE_LINK_TWO_WAY,
                                                    LENT_TO_RECEIVER(v)};

    expect(execwire_link_receiver_init(&v->receiver, &options, NULL));
}

/* One frame that is not as it was sent: to a receiver that has heard some that are. */
static void strike(attack *a, victim *v, unsigned node, attack_results *results)
{
    const recorded *from = pick(a);
    static uint8_t frame[8192];
    size_t size = from->size;
    execwire_link_event event;
    unsigned kind = (unsigned)(next_random(&a->seed) % 4);

    memcpy(frame, from->data, size);
    if (kind < 2)
        size = mutate(a, frame, size);
    else if (kind == 2)
        size = splice(a, frame, size);
    results->frames++;
    (void)execwire_link_receive(&v->receiver, frame, size, results->frames, &event, NULL);
    if (event.state == NULL)
        return;
    results->states++;
    results->wrong += !is_own(a, node, event.message);
}

static void hear(attack *a, victim *v, unsigned node, size_t at, attack_results *results)
{
    execwire_link_event event;

    if (a->frames[at].node != node)
        return;
    (void)execwire_link_receive(&v->receiver, a->frames[at].data, a->frames[at].size,
                                results->frames, &event, NULL);
    if (event.state != NULL)
        results->wrong += !is_own(a, node, event.message);
}

attack_results attack_receivers(const load *all, uint64_t frames, uint64_t seed)
{
    static victim v;
    attack a = {.all = all, .seed = seed};
    attack_results results = {0};

    for (unsigned node = 0; node < all->nodes; node++)
        record_node(&a, node);
    while (results.frames < frames) {
        unsigned node = (unsigned)(next_random(&a.seed) % all->nodes);

        reset(&v);
        for (size_t at = 0; at < a.count && results.frames < frames; at++) {
            hear(&a, &v, node, at, &results);
            if (a.frames[at].node == node)
                for (unsigned i = 0; i < 200; i++)
                    strike(&a, &v, node, &results);
        }
    }
    for (size_t i = 0; i < a.count; i++)
        free(a.frames[i].data);
    free(a.frames);
    return results;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/frame_queue.h"

#include "cli/base/io.h"
#include "cli/base/report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct queued_frame {
    queued_frame *next;
    size_t source_size;
    size_t size;
    char bytes[]; /* the source and the frame */
};

bool frame_queue_open(frame_queue *q)
{
    *q = (frame_queue){.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (q->fd < 0)
        return report_errno("eventfd") == OUTCOME_GOOD;
    (void)pthread_mutex_init(&q->mutex, NULL); /* never fails where mutexes are plain memory */
    return true;
}

static void free_taken(frame_queue *q)
{
    for (unsigned i = 0; i < q->taken_count; i++)
        free(q->taken[i]);
    q->taken_count = 0;
}

void frame_queue_close(frame_queue *q)
{
    bool more;

    do
        (void)frame_queue_take(q, &more);
    while (more);
    free_taken(q);
    (void)io_close(q->fd);
    (void)pthread_mutex_destroy(&q->mutex);
}

/* ---- In ---- */

static queued_frame *new_frame(execwire_str from, const void *frame, size_t size)
{
    queued_frame *made = malloc(sizeof *made + from.size + size);

    if (made == NULL)
        return NULL;
    *made = (queued_frame){.source_size = from.size, .size = size};
    memcpy(made->bytes, from.data, from.size);
    if (size > 0)
        memcpy(made->bytes + from.size, frame, size);
    return made;
}

static size_t size_of(const queued_frame *frame)
{
    return sizeof *frame + frame->source_size + frame->size;
}

/* The descriptor counts to one: that it can be read says that there are frames. */
static void append(frame_queue *q, queued_frame *frame)
{
    const uint64_t one = 1;

    if (q->first == NULL) {
        q->first = frame;
        (void)!write(q->fd, &one, sizeof one);
    } else {
        q->last->next = frame;
    }
    q->last = frame;
    q->count++;
    q->bytes += size_of(frame);
}

void frame_queue_put(frame_queue *q, execwire_str from, const void *frame, size_t size)
{
    bool named = from.size > 0 && from.size <= CARRIER_SOURCE_SIZE;
    queued_frame *made = named && size <= FRAME_QUEUE_BYTES ? new_frame(from, frame, size) : NULL;
    bool fits;

    (void)pthread_mutex_lock(&q->mutex);
    fits = made != NULL && q->count < FRAME_QUEUE_FRAMES &&
           size_of(made) <= FRAME_QUEUE_BYTES - q->bytes;
    if (fits)
        append(q, made);
    else
        q->dropped++;
    (void)pthread_mutex_unlock(&q->mutex);
    if (!fits)
        free(made);
}

/* ---- Out ---- */

static queued_frame *remove_first(frame_queue *q)
{
    queued_frame *frame = q->first;
    uint64_t was;

    q->first = frame->next;
    q->count--;
    q->bytes -= size_of(frame);
    if (q->first == NULL)
        (void)!read(q->fd, &was, sizeof was);
    return frame;
}

unsigned frame_queue_take(frame_queue *q, bool *more)
{
    free_taken(q);
    (void)pthread_mutex_lock(&q->mutex);
    while (q->first != NULL && q->taken_count < CARRIER_BATCH)
        q->taken[q->taken_count++] = remove_first(q);
    *more = q->first != NULL;
    (void)pthread_mutex_unlock(&q->mutex);
    return q->taken_count;
}

carrier_frame frame_queue_at(const frame_queue *q, unsigned index)
{
    const queued_frame *frame = q->taken[index];

    return (carrier_frame){{frame->bytes, frame->source_size},
                           {frame->bytes + frame->source_size, frame->size}};
}

uint64_t frame_queue_dropped(frame_queue *q)
{
    uint64_t dropped;

    (void)pthread_mutex_lock(&q->mutex);
    dropped = q->dropped;
    (void)pthread_mutex_unlock(&q->mutex);
    return dropped;
}

/* Frames that a broker's thread has taken and that wait for the gateway's: a queue of bounded
 * length and size between two threads, and a descriptor that can be read as long as it has any.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_FRAME_QUEUE_H
#define EXECWIRE_CLI_FRAME_QUEUE_H

#include "cli/carrier/carrier.h"

#include <pthread.h>

/* Frames and bytes that wait at most; what comes then is dropped, and counted. */
#define FRAME_QUEUE_FRAMES 65536
#define FRAME_QUEUE_BYTES  ((size_t)64 << 20)

typedef struct queued_frame queued_frame;

typedef struct frame_queue {
    pthread_mutex_t mutex;
    int fd; /* to wait for */
    queued_frame *first;
    queued_frame *last;
    size_t count;
    size_t bytes;
    uint64_t dropped;
    queued_frame *taken[CARRIER_BATCH]; /* by the last call of take */
    unsigned taken_count;
} frame_queue;

/* False: reported. */
EXECWIRE_MUST_USE bool frame_queue_open(frame_queue *q);
void frame_queue_close(frame_queue *q);

/* Puts a frame in, from any thread. A source that is empty or longer than CARRIER_SOURCE_SIZE, and
 * what there is no room for, is dropped. */
void frame_queue_put(frame_queue *q, execwire_str from, const void *frame, size_t size);

/* Takes at most CARRIER_BATCH frames, which are valid until the next call. Returns how many;
 * `*more`: others wait. */
unsigned frame_queue_take(frame_queue *q, bool *more);
carrier_frame frame_queue_at(const frame_queue *q, unsigned index);

/* So many were dropped so far. */
uint64_t frame_queue_dropped(frame_queue *q);

#endif

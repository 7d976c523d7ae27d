/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/link_files.h"

#include "cli/base/report.h"
#include "cli/link.h"

#include <fcntl.h>
#include <stdlib.h>

/* No feedback in a file is larger. */
#define FEEDBACK_SIZE 65536

typedef struct file_carrier {
    carrier base; /* comes first */
    const framing *as;
    output *out;
    void *room;
    input back;
    messages feedback;
    record frame;
    bool ready; /* it can be read once */
    bool begun; /* what was read may have more frames */
    bool dry;   /* it has been, and there may be more later */
} file_carrier;

/* The input's `wait`: one read each time that there is something. */
static bool may_read(void *context)
{
    file_carrier *f = context;
    bool ready = f->ready;

    f->dry = !ready;
    f->ready = false;
    return ready;
}

/* What is no frame is dropped: repeats make up for it. */
static unsigned receive(carrier *c, bool *more)
{
    file_carrier *f = (file_carrier *)c;
    next_result next;
    fault why;

    f->ready |= !f->begun;
    do
        next = messages_next(&f->feedback, &f->frame, &why);
    while (next == NEXT_BAD);
    *more = f->begun = next == NEXT_RECORD;
    c->failed = next == NEXT_FAILED && !f->dry;
    if (next == NEXT_END || c->failed)
        c->fd = -1;
    return next == NEXT_RECORD;
}

static carrier_frame frame(const carrier *c, unsigned index)
{
    const file_carrier *f = (const file_carrier *)c;

    (void)index;
    return (carrier_frame){CARRIER_OTHER_END, {f->frame.data, f->frame.size}};
}

static void *room(carrier *c)
{
    return ((file_carrier *)c)->room;
}

static void send_to(carrier *c, execwire_str source, size_t size)
{
    file_carrier *f = (file_carrier *)c;

    (void)source;
    link_put(f->out, f->as, f->room, size);
}

static void close_files(carrier *c)
{
    file_carrier *f = (file_carrier *)c;

    if (f->back.buffer != NULL)
        input_close(&f->back);
    free(f->room);
    free(f);
}

carrier *link_open_files(output *out, const framing *as, const char *back, size_t mtu)
{
    static const carrier_kind kind = {.name = "files",
                                      .receive = receive,
                                      .frame = frame,
                                      .room = room,
                                      .send = send_to,
                                      .describe = carrier_describe_text,
                                      .close = close_files};
    file_carrier *f;
    int fd = -1;

    if (back != NULL && !link_open_back(back, O_RDONLY, &fd))
        return NULL;
    f = reallocate(NULL, sizeof *f);
    *f = (file_carrier){
        .base = {.kind = &kind, .fd = fd}, .as = as, .out = out, .room = reallocate(NULL, mtu)};
    if (back == NULL)
        return &f->base;
    input_use(&f->back, back, fd, out);
    f->back.wait = may_read;
    f->back.wait_context = f;
    messages_init(&f->feedback, &f->back, as, FEEDBACK_SIZE);
    return &f->base;
}

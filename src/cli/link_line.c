/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/link_line.h"

#include "cli/base/report.h"
#include "cli/carrier/sealed.h"
#include "cli/link.h"

#include <fcntl.h>
#include <string.h>

/* No feedback in a file is larger. */
#define FEEDBACK_SIZE 65536

/* ---- Start and end ---- */

/* The input's `wait`: one read each time that there is something. */
static bool may_read(void *context)
{
    link_line *line = context;
    bool ready = line->ready;

    line->dry = !ready;
    line->ready = false;
    return ready;
}

/* The counter of the sessions that seal frames stands beside the keys. */
static carrier *seal(carrier *over, const link_options *options, const keys *k)
{
    static const char ending[] = ".session";
    size_t size = strlen(options->keys);
    char *path = reallocate(NULL, size + sizeof ending);

    memcpy(path, options->keys, size);
    memcpy(path + size, ending, sizeof ending);
    return carrier_seal_node(over, link_mtu(options), k, options->node, path);
}

static bool open_carrier(link_line *line, const link_options *options, bool two_way)
{
    keys k = {.count = 0};

    if (options->keys != NULL && !keys_read(&k, options->keys))
        return false;
    line->carrier = options->udp != NULL ? carrier_open_udp_node(options->udp, options->mtu)
                                         : options->open_broker(options->broker, options->mtu);
    if (line->carrier != NULL && options->keys != NULL)
        line->carrier = seal(line->carrier, options, &k);
    keys_free(&k);
    if (line->carrier != NULL && two_way)
        line->fd = line->carrier->fd;
    return line->carrier != NULL;
}

bool link_line_open(link_line *line, const link_options *options, bool two_way)
{
    int fd;

    line->fd = -1;
    if (options->udp != NULL || options->broker != NULL)
        return open_carrier(line, options, two_way);
    if (options->back == NULL)
        return true;
    if (!link_open_back(options->back, O_RDONLY, &fd))
        return false;
    input_use(&line->back, options->back, fd, line->out);
    line->back.wait = may_read;
    line->back.wait_context = line;
    messages_init(&line->feedback, &line->back, line->as, FEEDBACK_SIZE);
    line->fd = fd;
    return true;
}

void link_line_close(link_line *line)
{
    if (line->carrier != NULL)
        line->carrier->kind->close(line->carrier);
    if (line->back.buffer != NULL)
        input_close(&line->back);
}

/* ---- Frames ---- */

void link_line_put(link_line *line, const void *frame, size_t size)
{
    carrier *c = line->carrier;

    if (c == NULL) {
        link_put(line->out, line->as, frame, size);
        return;
    }
    memcpy(c->kind->room(c), frame, size);
    c->kind->send(c, CARRIER_OTHER_END, size);
    carrier_flush(c);
}

static void take_carried(carrier *c, frame_taker *take, void *context)
{
    unsigned count;

    do {
        count = c->kind->receive(c);
        for (unsigned i = 0; i < count; i++) {
            carrier_frame frame = c->kind->frame(c, i);

            take(context, frame.bytes.data, frame.bytes.size);
        }
    } while (count == CARRIER_BATCH);
}

/* What is no frame is dropped: repeats make up for it. */
static void take_filed(link_line *line, frame_taker *take, void *context)
{
    next_result next;
    record frame;
    fault why;

    line->ready = true;
    do {
        next = messages_next(&line->feedback, &frame, &why);
        if (next == NEXT_RECORD)
            take(context, frame.data, frame.size);
    } while (next == NEXT_RECORD || next == NEXT_BAD);
    line->failed = next == NEXT_FAILED && !line->dry;
    if (next == NEXT_END || line->failed)
        line->fd = -1;
}

void link_line_take(link_line *line, frame_taker *take, void *context)
{
    if (line->carrier != NULL)
        take_carried(line->carrier, take, context);
    else
        take_filed(line, take, context);
}

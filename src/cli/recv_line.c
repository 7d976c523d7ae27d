/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/recv_line.h"

#include "cli/base/report.h"
#include "cli/carrier/sealed.h"
#include "cli/link.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- Below the seal ---- */

static unsigned receive(carrier *c, bool *more)
{
    recv_line *line = (recv_line *)c;
    unsigned waiting = line->waiting;

    *more = false;
    line->waiting = 0;
    return waiting;
}

static carrier_frame frame(const carrier *c, unsigned index)
{
    (void)index;
    return ((const recv_line *)c)->came;
}

static void *room(carrier *c)
{
    return ((recv_line *)c)->room;
}

/* The source of a datagram is the socket's address. */
static void send_to(carrier *c, execwire_str source, size_t size)
{
    recv_line *line = (recv_line *)c;

    if (line->has_udp)
        udp_send_to(&line->udp, source.data, source.size, line->room, size);
    else if (line->back.buffer != NULL)
        link_put(&line->back, line->as, line->room, size);
}

static void close_none(carrier *c)
{
    (void)c; /* recv_line_close does */
}

static carrier *seal(recv_line *line, const link_options *options, const char *state)
{
    static const carrier_kind kind = {.name = "line",
                                      .receive = receive,
                                      .frame = frame,
                                      .room = room,
                                      .send = send_to,
                                      .describe = carrier_describe_text,
                                      .close = close_none};
    carrier *sealed = NULL;
    keys k;

    if (!keys_read(&k, options->keys))
        return NULL;
    line->base = (carrier){.kind = &kind, .fd = -1};
    line->room = reallocate(NULL, options->mtu);
    if (keys_select(&k, options->node))
        sealed = carrier_seal_gateway(&line->base, link_mtu(options), &k, state);
    keys_free(&k);
    return sealed;
}

/* ---- Start and end ---- */

static bool open_back(recv_line *line, const char *back)
{
    int fd;

    if (!link_open_back(back, O_WRONLY | O_CREAT | O_APPEND, &fd))
        return false;
    output_use(&line->back, back, fd);
    return true;
}

bool recv_line_open(recv_line *line, const link_options *options, const framing *as,
                    const char *state)
{
    line->as = as;
    if (options->back != NULL && !open_back(line, options->back))
        return false;
    if (options->keys == NULL)
        return true;
    line->sealed = seal(line, options, state);
    return line->sealed != NULL;
}

outcome recv_line_listen(recv_line *line, const char *place, input *in)
{
    if (in->fd != STDIN_FILENO) {
        report("link recv: --udp takes the place of files");
        return OUTCOME_USAGE;
    }
    if (!udp_bind(&line->udp, place))
        return OUTCOME_IO;
    line->has_udp = true;
    in->name = place;
    in->fd = line->udp.fd;
    in->datagrams = true;
    return OUTCOME_GOOD;
}

bool recv_line_settle(recv_line *line)
{
    return line->back.buffer == NULL || output_settle(&line->back);
}

outcome recv_line_close(recv_line *line)
{
    if (line->sealed != NULL)
        line->sealed->kind->close(line->sealed);
    free(line->room);
    return line->back.buffer != NULL ? output_close(&line->back, true) : OUTCOME_GOOD;
}

/* ---- Frames ---- */

void recv_line_meet(recv_line *line)
{
    if (line->has_udp)
        udp_meet(&line->udp);
}

bool recv_line_take(recv_line *line, const record *came, execwire_str *frame, bool *failed)
{
    carrier *sealed = line->sealed;
    carrier_frame opened;
    bool more; /* each frame is taken by itself */

    *failed = false;
    *frame = (execwire_str){came->data, came->size};
    if (sealed == NULL)
        return true;
    line->came = (carrier_frame){{(const char *)&line->udp.heard, line->udp.heard_size}, *frame};
    line->waiting = 1;
    if (sealed->kind->receive(sealed, &more) == 0) {
        *failed = sealed->failed;
        return false;
    }
    opened = sealed->kind->frame(sealed, 0);
    line->source = opened.source;
    *frame = opened.bytes;
    return true;
}

void recv_line_trust(recv_line *line, udp_proof proof, uint64_t now)
{
    udp_trust(&line->udp, proof, now);
}

void recv_line_put(recv_line *line, const void *frame, size_t size)
{
    carrier *sealed = line->sealed;

    if (sealed != NULL) {
        carrier_send(sealed, line->source, frame, size);
        carrier_flush(sealed);
    } else if (line->has_udp)
        udp_send(&line->udp, frame, size);
    else if (line->back.buffer != NULL)
        link_put(&line->back, line->as, frame, size);
}

/* Frames of one node on a serial line, as <execwire/serial.h> frames them, both ways. The source is
 * the device's name.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/io.h"
#include "cli/base/log.h"
#include "cli/carrier/carrier.h"

#include <execwire/serial.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The largest frame of a link. */
#define LARGEST 65507
/* A frame of no bytes with one zero: a piece has no more frames than are taken at once, so that
 * nothing of it is left that nobody is woken for. */
#define SMALLEST EXECWIRE_SERIAL_SIZE(0) - 1
#define PIECE    (CARRIER_BATCH * (SMALLEST))
/* What waits for a slow line; frames beyond that are lost. */
#define WAITING 16384

typedef struct serial_carrier {
    carrier base; /* comes first */
    const char *device;
    execwire_serial_reader reader;
    time_t tried;                       /* when it was opened last, while it is away */
    uint64_t lost;                      /* before it was opened last */
    execwire_str frames[CARRIER_BATCH]; /* in `taken` */
    unsigned count;
    size_t waiting;
    char *frame; /* that goes out */
    char out[WAITING];
    char room[LARGEST + EXECWIRE_SERIAL_CRC_SIZE]; /* of the reader */
    char taken[LARGEST + PIECE];
} serial_carrier;

/* ---- The device ---- */

/* -1 with errno. */
static int open_device(const char *device)
{
    int fd = io_open(device, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    int why;

    if (fd < 0 || (isatty(fd) && io_make_raw(fd)))
        return fd;
    why = errno;
    (void)io_close(fd);
    errno = why;
    return -1;
}

static void begin(serial_carrier *s)
{
    execwire_serial_init(&s->reader, s->room, sizeof s->room);
    s->lost = s->base.lost;
    s->waiting = 0;
}

static void lose_device(serial_carrier *s, const char *why)
{
    log_event(&(log_about){LOG_LEVEL_WARNING, "carrier_lost", {NULL, 0}, s->device},
              "%s is away: %s", s->device, why);
    (void)io_close(s->base.fd);
    s->base.fd = -1;
}

/* Tries once a second to find a device that is away. */
static void look_for_device(serial_carrier *s)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec == s->tried)
        return;
    s->tried = now.tv_sec;
    s->base.fd = open_device(s->device);
    if (s->base.fd < 0)
        return;
    begin(s);
    log_event(&(log_about){.event = "carrier_back", .at = s->device}, "%s is back", s->device);
}

/* ---- Frames that come ---- */

static void take_piece(serial_carrier *s, const char *piece, size_t size)
{
    size_t filled = 0;
    size_t used;

    for (size_t at = 0; at < size; at += used) {
        execwire_str message;

        (void)execwire_serial_feed(&s->reader, piece + at, size - at, &used, &message, NULL);
        if (message.data == NULL)
            continue;
        if (message.size > 0)
            memcpy(s->taken + filled, message.data, message.size);
        s->frames[s->count++] = (execwire_str){s->taken + filled, message.size};
        filled += message.size;
    }
    s->base.lost = s->lost + s->reader.dropped;
}

static unsigned receive(carrier *c, bool *more)
{
    serial_carrier *s = (serial_carrier *)c;
    char piece[PIECE];
    ssize_t got;

    s->count = 0;
    *more = false;
    if (c->fd < 0)
        look_for_device(s);
    if (c->fd < 0)
        return 0;
    got = read(c->fd, piece, sizeof piece);
    *more = got > 0;
    if (got > 0)
        take_piece(s, piece, (size_t)got);
    else if (got == 0)
        lose_device(s, "hung up");
    else if (errno != EAGAIN && errno != EINTR)
        lose_device(s, strerror(errno));
    return s->count;
}

/* Of a long name the end, which tells devices apart. */
static execwire_str source_of(const char *device)
{
    size_t size = strlen(device);
    size_t left_out = size > CARRIER_SOURCE_SIZE ? size - CARRIER_SOURCE_SIZE : 0;

    return (execwire_str){device + left_out, size - left_out};
}

static carrier_frame frame(const carrier *c, unsigned index)
{
    const serial_carrier *s = (const serial_carrier *)c;

    return (carrier_frame){source_of(s->device), s->frames[index]};
}

/* ---- Frames that go ---- */

static void *room(carrier *c)
{
    return ((serial_carrier *)c)->frame;
}

static void send_to(carrier *c, execwire_str source, size_t size)
{
    serial_carrier *s = (serial_carrier *)c;
    size_t written;

    (void)source;
    if (c->fd >= 0 &&
        execwire_serial_write(s->frame, size, s->out + s->waiting, sizeof s->out - s->waiting,
                              &written, NULL) == EXECWIRE_OK)
        s->waiting += written;
}

/* What the line does not take now waits for the next time. */
static void flush(carrier *c)
{
    serial_carrier *s = (serial_carrier *)c;
    ssize_t written = c->fd >= 0 && s->waiting > 0 ? write(c->fd, s->out, s->waiting) : 0;

    if (written <= 0)
        return;
    s->waiting -= (size_t)written;
    memmove(s->out, s->out + written, s->waiting);
}

/* ---- Start and end ---- */

static void close_serial(carrier *c)
{
    serial_carrier *s = (serial_carrier *)c;

    flush(c);
    if (c->fd >= 0)
        (void)io_close(c->fd);
    free(s->frame);
    free(s);
}

carrier *carrier_open_serial(const char *device, size_t mtu)
{
    static const carrier_kind kind = {.name = "device",
                                      .receive = receive,
                                      .frame = frame,
                                      .room = room,
                                      .send = send_to,
                                      .flush = flush,
                                      .describe = carrier_describe_text,
                                      .close = close_serial};
    int fd = open_device(device);
    serial_carrier *s;

    if (fd < 0) {
        report("%s: %s", device, errno == ENOTTY ? "no serial line" : strerror(errno));
        return NULL;
    }
    s = memset(reallocate(NULL, sizeof *s), 0, sizeof *s);
    s->base = (carrier){.kind = &kind, .fd = fd};
    s->device = device;
    s->frame = reallocate(NULL, mtu);
    begin(s);
    return &s->base;
}

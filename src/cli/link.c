/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/link.h"

#include "cli/base/io.h"
#include "cli/carrier/sealed.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

uint64_t link_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

size_t link_mtu(const link_options *link)
{
    return link->keys != NULL ? carrier_sealed_mtu(link->mtu) : link->mtu;
}

bool link_seal_fits(const link_options *link, const char *command)
{
    if (link->keys == NULL || link_mtu(link) > 0)
        return true;
    report("%s: --keys needs a larger --mtu: 35 bytes of a frame may be its seal", command);
    return false;
}

outcome link_mode(const link_options *link, const char *command, execwire_link_mode *mode)
{
    bool carried = link->udp != NULL || link->broker != NULL;
    bool back = link->back != NULL || carried;

    *mode = EXECWIRE_LINK_TWO_WAY;
    if (link->lossless)
        *mode = EXECWIRE_LINK_LOSSLESS;
    else if (link->one_way)
        *mode = EXECWIRE_LINK_ONE_WAY;
    if (link->one_way && link->lossless)
        report("%s: --one-way and --lossless contradict each other", command);
    else if (*mode == EXECWIRE_LINK_TWO_WAY && !back)
        report("%s: a way back is missing: --back or --udp, else --one-way or --lossless", command);
    else if (link->udp != NULL && link->broker != NULL)
        report("%s: --udp and a broker contradict each other", command);
    else if (*mode != EXECWIRE_LINK_TWO_WAY && link->back != NULL)
        report("%s: nothing comes back with --one-way and --lossless", command);
    else if (carried && link->back != NULL)
        report("%s: %s has its own way back", command, link->udp != NULL ? "--udp" : "a broker");
    else if (carried && link->lossless)
        report("%s: %s is not lossless", command, link->udp != NULL ? "UDP" : "a broker");
    else if (link_seal_fits(link, command))
        return OUTCOME_GOOD;
    return OUTCOME_USAGE;
}

/* The number that digits say; a descriptor that is never open for one that is too large. */
static int number_of(const char *digits)
{
    int number = 0;

    for (; *digits != '\0' && number < INT_MAX / 10; digits++)
        number = number * 10 + (*digits - '0');
    return *digits == '\0' ? number : INT_MAX;
}

bool link_open_back(const char *back, int flags, int *fd)
{
    if (back[strspn(back, "0123456789")] == '\0')
        *fd = dup(number_of(back));
    else
        *fd = io_open(back, flags);
    if (*fd >= 0)
        return true;
    (void)report_errno(back);
    return false;
}

typedef struct wrapping {
    const framing *as;
    const void *frame;
    size_t size;
} wrapping;

static execwire_code wrap_frame(const void *what, void *room, size_t capacity, size_t *size,
                                execwire_error *error)
{
    const wrapping *w = what;

    return w->as->wrap(w->frame, w->size, room, capacity, size, error);
}

void link_put(output *out, const framing *as, const void *frame, size_t size)
{
    execwire_error error;

    if (output_append(out, wrap_frame, &(wrapping){as, frame, size}, &error) == EXECWIRE_OK)
        return;
    (void)report_error(out->name, "", &error);
    out->failed = true;
}

/* How long poll may wait, in milliseconds; -1 for ever. */
static int time_left(uint64_t due)
{
    uint64_t now = link_now();

    if (due == EXECWIRE_LINK_NEVER)
        return -1;
    if (due <= now)
        return 0;
    return due - now < INT_MAX ? (int)(due - now) : INT_MAX;
}

bool link_wait(int one, bool *has_one, int other, bool *has_other, uint64_t due)
{
    struct pollfd fds[] = {{.fd = one, .events = POLLIN}, {.fd = other, .events = POLLIN}};
    int got;

    do
        got = poll(fds, 2, time_left(due));
    while (got < 0 && errno == EINTR);
    *has_one = got > 0 && fds[0].revents != 0;
    *has_other = got > 0 && fds[1].revents != 0;
    if (got < 0)
        (void)report_errno("poll");
    return got >= 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "link/sender/timers.h"

#include <stddef.h>

/* Of an interval, in ticks: an hour, and one as nothing may be early. */
#define LONGEST_INTERVAL (3600000 / EXECWIRE_TICK + 1)

/* The defaults in seconds, two-way or lossless and one-way. */
static const uint16_t usual_intervals[2][EXECWIRE_SENDER_INTERVALS] = {
    {3, 8, 0, 2, 3600, 600},
    {1, 4, 16, 0, 600, 600},
};

#define USUAL_TRIES         9
#define USUAL_ONE_WAY_TRIES 4

_Static_assert(offsetof(execwire_link_timing, digest_ms) ==
                   EXECWIRE_SENDER_DIGEST * sizeof(uint32_t),
               "the intervals are the first members, in their order");

static uint32_t chosen_ms(const execwire_link_timing *timing, size_t interval)
{
    const void *member = (const char *)timing + interval * sizeof(uint32_t);

    return *(const uint32_t *)member;
}

void execwire_sender_set_timing(execwire_link_sender *sender)
{
    const execwire_link_timing *timing = sender->options.timing;
    execwire_link_mode mode = sender->options.mode;

    for (size_t i = 0; i < EXECWIRE_SENDER_INTERVALS; i++) {
        uint32_t ms = timing != NULL ? chosen_ms(timing, i) : 0;

        if (ms == 0)
            ms = usual_intervals[mode == EXECWIRE_LINK_ONE_WAY][i] * 1000u;
        sender->intervals[i] = (uint16_t)execwire_sender_backoff(ms / EXECWIRE_TICK + 1, 0);
    }
    sender->tries = timing != NULL ? timing->tries : 0;
    if (sender->tries == 0)
        sender->tries = mode == EXECWIRE_LINK_ONE_WAY ? USUAL_ONE_WAY_TRIES : USUAL_TRIES;
}

void execwire_sender_set_clock(execwire_link_sender *sender, uint64_t now)
{
    if (now > sender->clock)
        sender->passed += (uint32_t)(now - sender->clock);
    sender->clock = now;
    sender->now = (uint16_t)(sender->passed / EXECWIRE_TICK);
}

uint64_t execwire_sender_due(const execwire_link_sender *sender, uint64_t now, uint32_t ticks)
{
    uint64_t due;

    if (ticks == 0)
        return now;
    if (ticks == EXECWIRE_SENDER_NEVER)
        return EXECWIRE_LINK_NEVER;
    due = now + (ticks * EXECWIRE_TICK - sender->passed % EXECWIRE_TICK); /* an hour at most */
    return due > now ? due : EXECWIRE_LINK_NEVER;
}

uint32_t execwire_sender_backoff(uint32_t interval, unsigned tries)
{
    interval <<= tries;
    return interval < LONGEST_INTERVAL ? interval : LONGEST_INTERVAL;
}

uint32_t execwire_sender_spread(const execwire_link_sender *sender, unsigned tries)
{
    unsigned interval = tries < EXECWIRE_SENDER_IDENTITY ? tries : EXECWIRE_SENDER_IDENTITY;

    return execwire_sender_backoff(sender->intervals[interval], tries - interval);
}

uint32_t execwire_sender_wait(const execwire_link_sender *sender, uint16_t since, uint32_t interval)
{
    uint16_t passed = (uint16_t)(sender->now - since);

    return passed < interval ? interval - passed : 0;
}

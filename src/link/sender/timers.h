/* The sender's clock, in ticks of 16 bits, and its intervals.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_SENDER_TIMERS_H
#define EXECWIRE_LINK_SENDER_TIMERS_H

#include <execwire/link.h>

/* A tick is so many milliseconds (a power of 2): the clock goes around after 2.3 hours. */
#define EXECWIRE_TICK 128u
/* Ticks that never pass. */
#define EXECWIRE_SENDER_NEVER UINT32_MAX

/* The intervals of a sender, in the order of execwire_link_timing. */
enum {
    EXECWIRE_SENDER_URGENT,
    EXECWIRE_SENDER_REPEAT,
    EXECWIRE_SENDER_IDENTITY,
    EXECWIRE_SENDER_WANT,
    EXECWIRE_SENDER_HELLO,
    EXECWIRE_SENDER_DIGEST,
    EXECWIRE_SENDER_INTERVALS
};

/* Takes the intervals, with their defaults where they are 0, and the tries. */
void execwire_sender_set_timing(execwire_link_sender *sender);

/* Time passes as the caller's clock goes forward. One that goes back, or around, stands still. */
void execwire_sender_set_clock(execwire_link_sender *sender, uint64_t now);

/* When, by the caller's clock, so many ticks from `now` on are over. */
uint64_t execwire_sender_due(const execwire_link_sender *sender, uint64_t now, uint32_t ticks);

/* An interval that doubles with each try, at most an hour. */
uint32_t execwire_sender_backoff(uint32_t interval, unsigned tries);

/* One-way, the ticks until something is said again: urgent, repeat and identity one after the
 * other, and then twice as long with each try. */
uint32_t execwire_sender_spread(const execwire_link_sender *sender, unsigned tries);

/* The ticks until an interval is over; 0: it is. */
uint32_t execwire_sender_wait(const execwire_link_sender *sender, uint16_t since,
                              uint32_t interval);

static inline uint32_t execwire_sender_sooner(uint32_t left, uint32_t right)
{
    return left < right ? left : right;
}

#endif

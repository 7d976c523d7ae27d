/* The receiver's clock and intervals, in milliseconds.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_RECEIVER_TIMERS_H
#define EXECWIRE_LINK_RECEIVER_TIMERS_H

#include <execwire/link.h>

/* After so long without anything good of a session, one with an older number is believed. */
#define EXECWIRE_RECEIVER_SESSION_MS 120000

/* The receiver's time at a time of the caller's clock: that goes on where a clock went back. */
uint64_t execwire_receiver_time(const execwire_link_receiver *receiver, uint64_t now);
uint64_t execwire_receiver_set_clock(execwire_link_receiver *receiver, uint64_t now);

/* The intervals of the options, with their defaults where they are 0. */
uint32_t execwire_receiver_ack_interval(const execwire_link_receiver *receiver);
uint32_t execwire_receiver_want_interval(const execwire_link_receiver *receiver);
uint32_t execwire_receiver_fresh_interval(const execwire_link_receiver *receiver);

/* How long a piece may take after the one before it. Measured is how long pieces took: on a slow
 * line what is on its way is not to be asked for. */
uint32_t execwire_receiver_patience(const execwire_link_receiver *receiver);
void execwire_receiver_note_gap(execwire_link_receiver *receiver, uint64_t gap);

#endif

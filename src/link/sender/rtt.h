/* How long it takes until a frame is acknowledged, and how long to wait for that (RFC 6298).
 *
 * Measured is in ticks what was sent once: of what was repeated nobody can say which frame an
 * acknowledgment is for (section 3, Karn's rule).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_SENDER_RTT_H
#define EXECWIRE_LINK_SENDER_RTT_H

#include <execwire/link.h>

/* What was sent at `sent` has been acknowledged; `repeated`: and was sent again meanwhile. When
 * that came, the next call with a time says. */
void execwire_rtt_acked(execwire_link_sender *sender, uint16_t sent, bool repeated);

/* Takes the measurement whose end is now. */
void execwire_rtt_measure(execwire_link_sender *sender);

/* The ticks until what was sent is sent again, so many tries after the first time: by the round
 * trip where that is known, in the first tries, and else by an interval of the timing. */
uint32_t execwire_rtt_interval(const execwire_link_sender *sender, uint32_t interval,
                               unsigned tries);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "link/sender/rtt.h"

#include "link/sender/timers.h"

/* The shortest timeout where the timing has none that is shorter: 500 ms, and a tick as nothing may
 * be early. RFC 6298 has 1 s (section 2.4), for senders that share the line with many others. */
#define LEAST_TIMEOUT (500 / EXECWIRE_TICK + 2)
/* After so many tries the link may be down: what the timing says is longer, and lasts. */
#define MAX_TRIES_BY_RTT 4
/* After so many acknowledgments in a row that cannot be measured the timeout is too short. */
#define MAX_UNCLEAR 4
/* From this variation on it is not: a minute (section 2.5). */
#define LONGEST_VARIATION (60000 / EXECWIRE_TICK)

/* What is smoothed is kept in parts of a tick (Jacobson, RFC 6298's reference [JK88]). */
#define SMOOTH_PARTS    8
#define VARIATION_PARTS 4

static uint32_t timeout(const execwire_link_sender *sender)
{
    return sender->rtt_smooth / SMOOTH_PARTS + sender->rtt_variation + 1u;
}

/* Twice as long, once in a timeout: all that was sent before it was raised went by the old one, and
 * says nothing of the new one (section 5.5 doubles once for each expiry). */
static void raise_timeout(execwire_link_sender *sender)
{
    uint16_t passed = (uint16_t)(sender->now - sender->rtt_since);

    if (sender->rtt_ends || passed < timeout(sender) || sender->rtt_variation > LONGEST_VARIATION)
        return;
    sender->rtt_variation = (uint16_t)(2 * sender->rtt_variation + 1);
    sender->rtt_since = sender->now;
}

void execwire_rtt_acked(execwire_link_sender *sender, uint16_t sent, bool repeated)
{
    if (!repeated) {
        sender->rtt_unclear = 0;
        sender->rtt_since = sent;
        sender->rtt_ends = true;
    } else if (++sender->rtt_unclear % MAX_UNCLEAR == 0)
        raise_timeout(sender);
}

/* Section 2, with alpha 1/8 and beta 1/4. A difference of less than a tick is none. */
void execwire_rtt_measure(execwire_link_sender *sender)
{
    int rtt = (uint16_t)(sender->now - sender->rtt_since) * SMOOTH_PARTS;
    int off = (rtt - sender->rtt_smooth) / SMOOTH_PARTS;

    if (!sender->rtt_ends)
        return;
    sender->rtt_ends = false;
    if (sender->rtt_smooth == 0) {
        sender->rtt_smooth = (uint16_t)(rtt + 1);
        sender->rtt_variation = (uint16_t)(rtt / 4 + 1);
        return;
    }
    sender->rtt_smooth = (uint16_t)(sender->rtt_smooth + off);
    if (off < 0)
        off = -off;
    sender->rtt_variation =
        (uint16_t)(sender->rtt_variation + off - sender->rtt_variation / VARIATION_PARTS);
}

uint32_t execwire_rtt_interval(const execwire_link_sender *sender, uint32_t interval,
                               unsigned tries)
{
    uint32_t least = execwire_sender_sooner(interval, LEAST_TIMEOUT);
    uint32_t ticks = timeout(sender);

    if (sender->rtt_smooth == 0)
        return execwire_sender_backoff(interval, tries);
    if (tries >= MAX_TRIES_BY_RTT)
        return execwire_sender_backoff(interval, tries - MAX_TRIES_BY_RTT / 2);
    return execwire_sender_backoff(ticks > least ? ticks : least, tries - (tries > 0));
}

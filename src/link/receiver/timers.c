/* SPDX-License-Identifier: Apache-2.0 */
#include "link/receiver/timers.h"

#define ACK_MS   100
#define WANT_MS  500
#define FRESH_MS 1200000

uint64_t execwire_receiver_time(const execwire_link_receiver *receiver, uint64_t now)
{
    return receiver->passed + (now > receiver->clock ? now - receiver->clock : 0);
}

uint64_t execwire_receiver_set_clock(execwire_link_receiver *receiver, uint64_t now)
{
    receiver->passed = execwire_receiver_time(receiver, now);
    receiver->clock = now;
    return receiver->passed;
}

/* Pieces that come further apart are not of one frame. */
#define LONGEST_GAP_MS 30000

static uint32_t chosen_or(uint32_t chosen, uint32_t usual)
{
    return chosen != 0 ? chosen : usual;
}

uint32_t execwire_receiver_ack_interval(const execwire_link_receiver *receiver)
{
    return chosen_or(receiver->options.ack_ms, ACK_MS);
}

uint32_t execwire_receiver_want_interval(const execwire_link_receiver *receiver)
{
    return chosen_or(receiver->options.want_ms, WANT_MS);
}

uint32_t execwire_receiver_fresh_interval(const execwire_link_receiver *receiver)
{
    return chosen_or(receiver->options.fresh_ms, FRESH_MS);
}

uint32_t execwire_receiver_patience(const execwire_link_receiver *receiver)
{
    uint32_t usual = execwire_receiver_ack_interval(receiver);
    uint32_t slow = 2u * receiver->peer.piece_gap;

    return slow > usual ? slow : usual;
}

/* A longer one counts at once, shorter ones by and by. */
void execwire_receiver_note_gap(execwire_link_receiver *receiver, uint64_t gap)
{
    uint16_t *longest = &receiver->peer.piece_gap;

    if (gap <= LONGEST_GAP_MS)
        *longest = (uint16_t)(gap > *longest ? gap : *longest - (*longest - gap) / 4);
}

/* Parity of a large frame: it is kept until the frame lacks no more pieces than there are of it,
 * and gives those then.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_RECEIVER_PARITY_H
#define EXECWIRE_LINK_RECEIVER_PARITY_H

#include <execwire/link.h>

/* Where a frame comes together. */
typedef struct execwire_parity_room {
    execwire_link_transfer *transfer;
    uint8_t *bytes;  /* the frame, and behind it what is kept of parity */
    size_t capacity; /* of them */
    uint8_t *bits;   /* the bytes of the frame that are there */
} execwire_parity_room;

/* Keeps parity of that number. False: it is none of this frame, or there is no room. */
bool execwire_parity_keep(const execwire_parity_room *room, uint32_t number, execwire_str piece);

/* Completes the frame where what is there says the rest of it. */
void execwire_parity_solve(const execwire_parity_room *room);

#endif

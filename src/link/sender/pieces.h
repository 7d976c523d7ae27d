/* Handing frames out: in one, or in pieces.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_SENDER_PIECES_H
#define EXECWIRE_LINK_SENDER_PIECES_H

#include "link/sender/draft.h"

/* Hands the frame out that is in the sender's frame buffer. */
void execwire_sender_emit(execwire_link_sender *sender, size_t size);

/* Writes a draft and hands it out: in one frame, or in pieces where that is larger than the MTU. Of
 * the pieces only those that have some of the bytes from `from` to before `to`; where there are
 * none in between parity instead, that of the execution's next repeat: a piece for two. False: not
 * all of them, as what was asked for went beyond the budget. */
bool execwire_pieces_send(execwire_link_sender *sender, const execwire_draft *draft, size_t from,
                          size_t to);

#endif

/* Sending an execution's state: in what form, and what is noted of it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_SENDER_SEND_H
#define EXECWIRE_LINK_SENDER_SEND_H

#include <execwire/link.h>

/* What a frame is like. */
enum {
    EXECWIRE_SEND_IDENTITY = 1, /* with the identity */
    EXECWIRE_SEND_PART = 2 /* where it is large, two-way the last piece alone, one-way parity */
};

/* Sends a state that the receiver cannot have yet. */
void execwire_send_new(execwire_link_sender *sender, execwire_link_execution *execution,
                       const execwire_state *state);

/* Sends the last state again, in that form. False: not all that this means, as what was asked for
 * went beyond the budget. */
bool execwire_send_again(execwire_link_sender *sender, execwire_link_execution *execution,
                         const execwire_state *state, unsigned form);

#endif

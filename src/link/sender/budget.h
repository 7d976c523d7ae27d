/* What is sent because the receiver asks for it, which anybody can make up: so many frames in an
 * interval between wants, whatever comes back.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_SENDER_BUDGET_H
#define EXECWIRE_LINK_SENDER_BUDGET_H

#include <execwire/link.h>

#define EXECWIRE_SENDER_BUDGET 32

/* The frames that are left. */
unsigned execwire_sender_budget(execwire_link_sender *sender);

/* The ticks until there are as many again. */
uint32_t execwire_sender_budget_wait(const execwire_link_sender *sender);

/* Whether the next frame may go: one that is asked for is taken off the budget. */
bool execwire_sender_may_send(execwire_link_sender *sender);

#endif

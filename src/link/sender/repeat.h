/* When a state is sent again, and in what form: all policy of repeats.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_SENDER_REPEAT_H
#define EXECWIRE_LINK_SENDER_REPEAT_H

#include <execwire/link.h>

/* Whether an execution's state is to be repeated at some time, whatever the receiver wants. */
bool execwire_repeat_waits(const execwire_link_sender *sender,
                           const execwire_link_execution *execution);

/* Repeats the state that is due and was sent longest ago. Returns the ticks until the next one is,
 * 0 when one was. */
uint32_t execwire_repeat_poll(execwire_link_sender *sender);

#endif

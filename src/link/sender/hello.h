/* The hello: the session with its node and epoch, and in further frames its words.
 *
 * Two-way, a hello is repeated until it is acknowledged, and words are used after that. One-way,
 * all hellos are said four times, then now and then; words are used after the fourth time.
 * Lossless, they are said once, and now and then for a receiver that was started anew.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_SENDER_HELLO_H
#define EXECWIRE_LINK_SENDER_HELLO_H

#include <execwire/link.h>

/* Leaves the node out of the options that no hello can name. */
void execwire_hello_open(execwire_link_sender *sender);

/* Opens the session with the first state. */
void execwire_hello_start(execwire_link_sender *sender, const execwire_state *state);

/* Makes words of texts of a state that recur, before it is sent, and says them. */
void execwire_hello_learn(execwire_link_sender *sender, const execwire_state *state);

/* The receiver has the hello that was sent last. */
void execwire_hello_acked(execwire_link_sender *sender);

/* Sends the hello when that is due. Returns the ticks until it is, 0 when it was sent. */
uint32_t execwire_hello_poll(execwire_link_sender *sender);

#endif

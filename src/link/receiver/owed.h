/* What is to be said to the sender: acknowledgments, and what is wanted of it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_RECEIVER_OWED_H
#define EXECWIRE_LINK_RECEIVER_OWED_H

#include <execwire/link.h>

/* How many checks are to be acknowledged. */
size_t execwire_owed_acks(const execwire_link_receiver *receiver);

/* What came is to be acknowledged; `now` is the receiver's time. */
void execwire_owed_ack(execwire_link_receiver *receiver, execwire_link_context *context,
                       uint64_t now);
void execwire_owed_ack_hello(execwire_link_receiver *receiver, uint32_t check, uint64_t now);

/* What a context said is not to be acknowledged any more. */
void execwire_owed_forget(execwire_link_receiver *receiver, execwire_link_context *context);

static inline void execwire_owed_want(execwire_link_context *context)
{
    context->want = true;
}

static inline void execwire_owed_want_hello(execwire_link_receiver *receiver)
{
    receiver->peer.want_hello = true;
}

#endif

/* The newest states, one after the other in the caller's memory.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_RECEIVER_STORE_H
#define EXECWIRE_LINK_RECEIVER_STORE_H

#include <execwire/link.h>

/* Keeps a message as the newest of a context, if need be in place of those that were silent for
 * longest. False when it is larger than the whole store. */
bool execwire_store_put(execwire_link_receiver *receiver, execwire_link_context *context,
                        execwire_str message);

/* A context's message, valid until the next one is kept. */
execwire_str execwire_store_get(const execwire_link_receiver *receiver,
                                const execwire_link_context *context);

#endif

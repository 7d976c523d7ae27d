/* The digest: which executions are open, and the number of each.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_SENDER_DIGEST_H
#define EXECWIRE_LINK_SENDER_DIGEST_H

#include <execwire/link.h>

/* Sends the digest when that is due. Returns the ticks until it is, 0 when it was sent. */
uint32_t execwire_digest_poll(execwire_link_sender *sender);

#endif

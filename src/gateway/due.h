/* Which node is to be answered next: a heap, in places that the nodes lend.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_GATEWAY_DUE_H
#define EXECWIRE_GATEWAY_DUE_H

#include <execwire/gateway.h>

/* Says when a node is to be answered; EXECWIRE_LINK_NEVER: not at all. */
void execwire_due_set(execwire_gateway *gateway, uint32_t node, uint64_t due);

/* The node that is to be answered first; EXECWIRE_GATEWAY_NO_NODE where none is. */
uint32_t execwire_due_first(const execwire_gateway *gateway);

#endif

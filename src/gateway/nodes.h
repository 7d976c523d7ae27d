/* The nodes, and the receiver that is one of them at a time.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_GATEWAY_NODES_H
#define EXECWIRE_GATEWAY_NODES_H

#include <execwire/gateway.h>

/* A node without a name is told by its first source: its key is this byte and the source. UTF-8 has
 * no such byte, and of the digests of keys that are names too few begin with it to matter. */
#define EXECWIRE_NODE_IS_SOURCE '\xFF'

void execwire_nodes_init(execwire_gateway *gateway);

/* Whether there is a gateway and it has a node of that number. */
bool execwire_node_is_there(const execwire_gateway *gateway, uint32_t node);

/* Its name as a state has it, absent where it has none. */
execwire_str execwire_node_name(const execwire_gateway *gateway, uint32_t node,
                                char text[EXECWIRE_LINK_NODE_SIZE]);

/* Adds a node with that key, a stranger; others may have to make room. */
uint32_t execwire_node_add(execwire_gateway *gateway, execwire_str name);

/* A node has given a state: it is a stranger no more. */
void execwire_node_know(execwire_gateway *gateway, uint32_t node);

/* Sees to it that the node's contexts reach as far as `ref`, and that there is memory for whatever
 * comes next; others may have to make room. False: there is none, as too little was lent. */
bool execwire_node_prepare(execwire_gateway *gateway, uint32_t node, unsigned ref);

/* Lets the receiver be the node. */
void execwire_node_enter(execwire_gateway *gateway, uint32_t node);

/* Keeps what the receiver knows now of the node that it is. */
void execwire_node_leave(execwire_gateway *gateway, uint64_t now);

/* Forgets it, and the node is as it was but for its blocks. */
void execwire_node_abandon(execwire_gateway *gateway);

#endif

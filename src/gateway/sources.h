/* Where frames come from: what each may cost, and which nodes it has.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_GATEWAY_SOURCES_H
#define EXECWIRE_GATEWAY_SOURCES_H

#include "gateway/table.h"

#include <execwire/gateway.h>

void execwire_sources_init(execwire_gateway *gateway);

/* Bytes have come from a source, which is a stranger if it is new; others may have to make room. */
uint32_t execwire_source_hear(execwire_gateway *gateway, execwire_str key, size_t size);

/* It has given a state: it is a stranger no more. */
void execwire_source_know(execwire_gateway *gateway, uint32_t source);

/* A node was heard there. */
void execwire_source_bind(execwire_gateway *gateway, uint32_t source, uint32_t node);
/* Its nodes, the one heard last first. Returns how many there are. */
unsigned execwire_source_nodes(const execwire_gateway *gateway, uint32_t source,
                               execwire_gateway_place nodes[EXECWIRE_GATEWAY_NODES_OF_A_SOURCE]);

/* Bytes that it may be sent. */
size_t execwire_source_credit(const execwire_gateway *gateway, uint32_t source);

/* Whether it may be sent so many bytes, which count then. */
bool execwire_source_spend(execwire_gateway *gateway, uint32_t source, size_t size);

/* What it said makes no sense without a hello: returns what it is to be asked beside that, without
 * refs as yet; NULL where it is not to be asked now. `now` is the receiver's time. */
execwire_gateway_ask *execwire_source_ask(execwire_gateway *gateway, uint32_t source, uint64_t now);
/* It makes sense again. */
void execwire_source_understood(execwire_gateway *gateway, uint32_t source);
/* Takes the next that is to be asked. False: there is none. */
bool execwire_source_next_asked(execwire_gateway *gateway, execwire_gateway_ask *ask);

/* The receiver goes on from what came to nothing of this source; and what did is kept for it. */
void execwire_source_begin(execwire_gateway *gateway, uint32_t source);
void execwire_source_end(execwire_gateway *gateway, uint32_t source);

#endif

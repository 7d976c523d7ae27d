/* Room for large frames that come in pieces. A node has some as long as it takes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_GATEWAY_ASSEMBLIES_H
#define EXECWIRE_GATEWAY_ASSEMBLIES_H

#include <execwire/gateway.h>

#define EXECWIRE_ASSEMBLY_NONE UINT32_MAX

void execwire_assemblies_init(execwire_gateway *gateway);

/* Gives a node room if it has none and there is some: of strangers a quarter has it at most, and
 * those without progress make way. `now` is the receiver's time. */
void execwire_assembly_borrow(execwire_gateway *gateway, uint32_t node, uint64_t now);

/* Lets the receiver work with what the node has. */
void execwire_assembly_lend(execwire_gateway *gateway, uint32_t node);

/* Takes back what the node has no more use for; or all of it. */
void execwire_assembly_return(execwire_gateway *gateway, uint32_t node);
void execwire_assembly_release(execwire_gateway *gateway, uint32_t node);

/* Where the bytes of the frame come together that the node waits for more pieces of; NULL: it does
 * not. They are there until another piece comes, also when the frame is whole. */
const void *execwire_assembly_of(const execwire_gateway *gateway, uint32_t node, uint32_t update,
                                 uint32_t whole);

#endif

/* Carriers whose frames are sealed (docs/sealed.md): what others sent is dropped, and counted.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_SEALED_H
#define EXECWIRE_CLI_SEALED_H

#include "cli/carrier/carrier.h"
#include "cli/carrier/keys.h"

/* What is left of an MTU for the frames inside; 0: not enough for a link. */
size_t carrier_sealed_mtu(size_t mtu);

/* A node's end over another carrier, which it closes in any case; `mtu` is that of the frames
 * inside.
 *
 * key      the node's
 * session  the path of a file that has the number of sessions; freed in any case
 * one_way  nothing comes back
 *
 * NULL: reported. */
carrier *carrier_seal_node(carrier *over, size_t mtu, const node_key *key, char *session,
                           bool one_way);

/* A gateway's end for all nodes that have a key; the same. A source is a node's connection id, so
 * that its address may change.
 *
 * state  NULL: two-way. One-way the keys are one node's, and this is the path of a file that has
 *        what was heard of it; lent. What cannot be stored there is dropped, and the carrier has
 *        failed. */
carrier *carrier_seal_gateway(carrier *over, size_t mtu, const keys *k, const char *state);

/* From now on a gateway's end has these nodes. Whose keys are as they were goes on as before; where
 * keys are others, node and gateway begin another session. False: reported, and nothing has
 * changed. */
EXECWIRE_MUST_USE bool carrier_sealed_rekey(carrier *c, const keys *k);

#endif

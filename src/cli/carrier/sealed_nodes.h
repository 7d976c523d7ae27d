/* The nodes that have keys, as a gateway sees them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_SEALED_NODES_H
#define EXECWIRE_CLI_SEALED_NODES_H

#include "cli/carrier/carrier.h"
#include "cli/carrier/keys.h"

typedef struct sealed_node {
    char name[EXECWIRE_SEAL_NAME_SIZE + 1];
    execwire_seal_peer peer;
    char address[CARRIER_SOURCE_SIZE]; /* a source of the carrier below */
    size_t address_size;
} sealed_node;

typedef struct sealed_nodes {
    sealed_node **by_cid; /* NULL: there are none yet */
} sealed_nodes;

/* What a node's key says of its end; `name` gets the node's, and is lent. */
execwire_seal_options sealed_options(const execwire_seal_crypto *crypto, const node_key *key,
                                     char name[EXECWIRE_SEAL_NAME_SIZE + 1], bool one_way);

/* From now on the nodes are those of `k`. A node whose keys are as they were goes on in its
 * session; `crypto` is lent. `newest`: one-way, what was heard of them; NULL: two-way. False:
 * reported, and all is as it was. */
EXECWIRE_MUST_USE bool sealed_nodes_set(sealed_nodes *s, const execwire_seal_crypto *crypto,
                                        const keys *k, const execwire_seal_newest *newest);
void sealed_nodes_free(sealed_nodes *s);

/* The node of a connection id; NULL: there is none. */
sealed_node *sealed_nodes_find(const sealed_nodes *s, const char cid[EXECWIRE_SEAL_CID_SIZE]);

#endif

/* Who works which partition, of gateways that share a key-value bucket of JetStream: a key for each
 * partition that is worked, and one for each gateway that lives. Keys end with the bucket's TTL
 * unless they are written anew. Each call waits for the server: they are for a thread of their own.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_NATS_LEASES_H
#define EXECWIRE_CLI_NATS_LEASES_H

#include "cli/carrier/nats_server.h"

#ifdef EXECWIRE_LIBNATS

/* Partitions at most. */
#define NATS_LEASES_MOST 64

typedef struct nats_leases {
    unsigned count;             /* of partitions */
    kvStore *bucket;            /* NULL: it is not open */
    uint64_t ttl;               /* milliseconds that a key stays */
    natsInbox *inbox;           /* made for its name alone, which no two have */
    const char *id;             /* of this gateway */
    unsigned gateways;          /* that lived at the last look, this one among them */
    bool has[NATS_LEASES_MOST]; /* a gateway, at the last look */
} nats_leases;

/* Finds the bucket. False: `*why`, and nothing is to be closed. */
EXECWIRE_MUST_USE bool nats_leases_open(nats_leases *l, unsigned count, jsCtx *stream,
                                        const char *bucket, const char **why);
/* Takes back that this gateway lives. */
void nats_leases_close(nats_leases *l);

/* Says that this gateway lives, and looks who else does, and which partitions are worked. */
EXECWIRE_MUST_USE bool nats_leases_look(nats_leases *l);

/* At most so many are for this gateway. */
unsigned nats_leases_share(const nats_leases *l);

/* A lease is this gateway's for the TTL from before the call on, if it succeeds: nobody else has
 * it. */
EXECWIRE_MUST_USE bool nats_leases_take(nats_leases *l, unsigned partition, uint64_t *revision);
EXECWIRE_MUST_USE bool nats_leases_renew(nats_leases *l, unsigned partition, uint64_t *revision);
/* Lets others have one that is still this gateway's. */
void nats_leases_drop(nats_leases *l, unsigned partition);

#endif
#endif

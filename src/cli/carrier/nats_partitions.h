/* Frames of nodes in a stream of JetStream, at PREFIX.PARTITION.NODE.up, of which this gateway
 * works the partitions that it has leases for: nobody else does meanwhile. A source is
 * PARTITION.NODE.
 *
 * A partition's consumer is made anew by who takes the partition, from the first frame on that
 * was not acknowledged: what another gateway had in hand when it died comes at once.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_NATS_PARTITIONS_H
#define EXECWIRE_CLI_NATS_PARTITIONS_H

#include "cli/carrier/frame_queue.h"
#include "cli/carrier/nats_leases.h"

#ifdef EXECWIRE_LIBNATS

#define NATS_PARTITIONS_PARAMETERS "partitions", "stream", "bucket"

typedef struct nats_partitions nats_partitions;

/* As a server's URL has it, which stays; frames come into the queue. `*p` is NULL where it asks for
 * no partitions. False: reported. */
EXECWIRE_MUST_USE bool nats_partitions_new(nats_partitions **p, const nats_server *server,
                                           frame_queue *frames);
void nats_partitions_free(nats_partitions *p); /* when no thread of the library calls back */

/* Works over the server's connection, in place of the one before; and no more, when it hands its
 * partitions over. */
void nats_partitions_start(nats_partitions *p);
void nats_partitions_stop(nats_partitions *p);

/* Takes frames of the queue, those of partitions that are worked still. Returns how many; `*more`:
 * others wait. */
unsigned nats_partitions_take(nats_partitions *p, bool *more);
carrier_frame nats_partitions_at(const nats_partitions *p, unsigned index);

/* All that was taken is safe: it is acknowledged to the stream. */
void nats_partitions_settle(nats_partitions *p);

/* The node of a source; absent where this gateway has nothing to tell it. */
execwire_str nats_partitions_node(nats_partitions *p, execwire_str source);

#endif
#endif

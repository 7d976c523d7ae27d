/* Frames of many nodes on one UDP port, many at a time. A source is the node's address.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_GATEWAY_UDP_H
#define EXECWIRE_CLI_GATEWAY_UDP_H

#include <execwire/types.h>

#include "cli/report.h"

#include <stddef.h>

/* Datagrams that are taken or sent with one call of the system, at most. */
#define HUB_BATCH 64

typedef struct hub_batch hub_batch;

typedef struct hub {
    int fd;
    size_t mtu; /* of what is sent */
    hub_batch *in;
    hub_batch *out;
} hub;

/* Opens a socket that is bound to "[HOST:]PORT". False: reported. */
EXECWIRE_MUST_USE bool hub_open(hub *h, const char *place, size_t mtu);
void hub_close(hub *h);

/* Takes the datagrams that are there. Returns how many; their bytes and sources are valid until the
 * next call. */
unsigned hub_receive(hub *h);
execwire_str hub_frame(const hub *h, unsigned index);
execwire_str hub_source(const hub *h, unsigned index);

/* Room for a frame of the MTU, and sends so many bytes of it to a source, or loses them; they may
 * wait for hub_flush. */
void *hub_room(hub *h);
void hub_send(hub *h, execwire_str source, size_t size);
void hub_flush(hub *h);

/* A source for people, such as "[::1]:4000"; in `text`. */
const char *hub_name(execwire_str source, char text[80]);

#endif

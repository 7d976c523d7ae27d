/* Sockets: an end of a link over UDP, a datagram a frame; and what listens for connections.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_SOCKET_H
#define EXECWIRE_CLI_SOCKET_H

#include <execwire/error.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/* An end of a link over UDP, a datagram a frame. */
typedef struct udp_end {
    int fd;                        /* none is 0 */
    struct sockaddr_storage heard; /* where the last datagram came from */
    struct sockaddr_storage peer;  /* where frames go to */
    socklen_t heard_size;
    socklen_t peer_size; /* 0: nobody has said anything yet */
    bool trusted;        /* `peer` has said something good */
    uint64_t trusted_at; /* when it did so last */
} udp_end;

/* What a datagram said for who sent it. */
typedef enum udp_proof {
    UDP_NOTHING,
    UDP_GOOD, /* something that is right, and that may have been recorded */
    UDP_NEWS  /* something that is right and new */
} udp_proof;

/* Opens a socket that only talks with `place`, "HOST:PORT"; or one that is bound to it, where HOST
 * may be left out. False: reported. */
EXECWIRE_MUST_USE bool udp_connect(udp_end *end, const char *place);
EXECWIRE_MUST_USE bool udp_bind(udp_end *end, const char *place);

/* Listens at "[HOST:]PORT" for connections. False: reported. */
EXECWIRE_MUST_USE bool tcp_listen(int *fd, const char *place);

/* Notes where the next datagram comes from. Frames go there as long as nobody is trusted. */
void udp_meet(udp_end *end);
/* What came from there says so much: with news, frames go there from now on. With what is good they
 * do as long as nobody is trusted, or when who is has been silent for half a minute. */
void udp_trust(udp_end *end, udp_proof proof, uint64_t now);

/* Nothing where no socket was opened. */
void udp_close(udp_end *end);

/* Sends a datagram, or loses it. */
void udp_send(const udp_end *end, const void *frame, size_t size);
/* The same to an address that `heard` had, whoever is trusted. */
void udp_send_to(const udp_end *end, const void *address, size_t address_size, const void *frame,
                 size_t size);

#endif

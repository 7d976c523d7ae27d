/* What the two ends of `execwire link` share: the clock, the options' meaning, the session's number
 * in a file, and UDP.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_LINK_H
#define EXECWIRE_CLI_LINK_H

#include "cli/link_options.h"

#include <sys/socket.h>

/* What a frame has beside its state, at most; and what a large one of states of `most` bytes takes
 * of what a receiver is lent for pieces, where a byte costs itself and a bit. */
#define LINK_FRAME_OVERHEAD    4096
#define LINK_TRANSFER_OF(most) (((most) + LINK_FRAME_OVERHEAD) / 8 * 9 + 18)

/* Milliseconds of a clock that never goes back. */
uint64_t link_now(void);

/* What the options say of the link; a contradiction is reported. */
outcome link_mode(const link_options *link, const char *command, execwire_link_mode *mode);

/* Opens --back, a number or a name; `flags` as those of open. False: reported. */
EXECWIRE_MUST_USE bool link_open_back(const char *back, int flags, int *fd);

/* Appends a frame as it stands in a file. */
void link_put(output *out, const framing *as, const void *frame, size_t size);

/* Waits until one of the descriptors has something to read (-1: none; `*has` says so) or the time
 * has come. False: reported. */
EXECWIRE_MUST_USE bool link_wait(int one, bool *has_one, int other, bool *has_other, uint64_t due);

/* ---- link_session.c ---- */

/* Reads the number that the file has, 0 where there is none. False: reported. */
EXECWIRE_MUST_USE bool link_session_read(const char *path, uint32_t *session);
/* Puts another one in its place, so that a crash leaves one of the two. False: reported. */
EXECWIRE_MUST_USE bool link_session_write(const char *path, uint32_t session);

/* ---- link_udp.c ---- */

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
/* A datagram that is there; -1: none. */
ssize_t udp_receive(const udp_end *end, void *frame, size_t capacity);

#endif

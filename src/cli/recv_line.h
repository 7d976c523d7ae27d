/* The line of a receiver: frames that came in a file or over UDP, which may be sealed, and the way
 * back to who sent them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_RECV_LINE_H
#define EXECWIRE_CLI_RECV_LINE_H

#include "cli/carrier/socket.h"
#include "cli/framing.h"
#include "cli/link_options.h"

typedef struct recv_line {
    carrier base;    /* what came last, below the seal */
    carrier *sealed; /* NULL: frames are as they came */
    const framing *as;
    output back;
    udp_end udp;
    bool has_udp;
    carrier_frame came;
    unsigned waiting; /* frames that nobody has taken: 1 or none */
    void *room;       /* for a frame that goes back */
    execwire_str source;
} recv_line;

/* Opens --back and --keys; `state` is the path of a file for a way on which nothing comes back,
 * NULL otherwise. All zero before; it must not move. False: reported. */
EXECWIRE_MUST_USE bool recv_line_open(recv_line *line, const link_options *options,
                                      const framing *as, const char *state);

/* Puts the socket of --udp in the place of a file. */
outcome recv_line_listen(recv_line *line, const char *place, input *in);

/* Notes where the datagram comes from that can be read now. */
void recv_line_meet(recv_line *line);

/* Takes a frame as it came, and says what was in it. False: it is not of who has the key, or no
 * frame may be believed any more, which `failed` says. */
EXECWIRE_MUST_USE bool recv_line_take(recv_line *line, const record *came, execwire_str *frame,
                                      bool *failed);

/* What the frame says of who sent it. */
void recv_line_trust(recv_line *line, udp_proof proof, uint64_t now);

/* Sends a frame back, or loses it. */
void recv_line_put(recv_line *line, const void *frame, size_t size);

/* False: reported. */
EXECWIRE_MUST_USE bool recv_line_settle(recv_line *line);
outcome recv_line_close(recv_line *line);

#endif

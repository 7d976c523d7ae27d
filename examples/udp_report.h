/* udp_report: execution states over UDP, as frames of execwire's link layer. Link it with a program
 * that has states of one execution at a time, as node_agent does.
 *
 *     udp_report_open(place, session_file, node_id)
 *     udp_report_send(state)        at each new state
 *     udp_report_tend()             now and then: takes what comes back, repeats what got lost
 *     udp_report_close()            until the last state is acknowledged
 *
 * The other end is `execwire link recv --udp PORT`. There is no authentication in UDP or in the
 * frames: run it inside WireGuard or the like.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_UDP_REPORT_H
#define EXAMPLES_UDP_REPORT_H

#include <execwire/execwire.h>

/* All of these return NULL when all went well, else what did not, valid until the next call.
 *
 * place    "HOST:PORT"
 * session  a file that holds the number of the last session; it is made when it is not there
 * node     the node_id of all states; its text is used until udp_report_close */
const char *udp_report_open(const char *place, const char *session, execwire_str node);

/* The state has to stay as it is whenever another function of this header is called, until the next
 * one is sent. */
const char *udp_report_send(const execwire_state *state);

void udp_report_tend(void);

/* Waits for at most twelve seconds. */
const char *udp_report_close(void);

#endif

/* Sockets that whoever starts the command has opened for it, as sd_listen_fds(3) has it. They are
 * there before the command is, and stay while it is started anew.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_INHERITED_H
#define EXECWIRE_CLI_INHERITED_H

/* The descriptor of the first; others follow it. */
#define INHERITED_FIRST 3

/* How many there are: LISTEN_FDS, where LISTEN_PID is this process. */
unsigned inherited_count(void);

#endif

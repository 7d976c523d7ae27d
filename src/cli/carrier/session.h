/* What has to be known of sessions after a restart: numbers in a file, one on each line.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_SESSION_H
#define EXECWIRE_CLI_SESSION_H

#include <execwire/seal.h>

/* Reads the number of a session, 0 where there is no file. False: reported. */
EXECWIRE_MUST_USE bool session_read(const char *path, uint32_t *session);
/* Puts another one in its place, so that a crash leaves one of the two. False: reported. */
EXECWIRE_MUST_USE bool session_write(const char *path, uint32_t session);

/* The same with what was heard of a one-way node: its newest session, the newest frame in it, and
 * its salt as two numbers. */
EXECWIRE_MUST_USE bool session_read_newest(const char *path, execwire_seal_newest *newest);
EXECWIRE_MUST_USE bool session_write_newest(const char *path, const execwire_seal_newest *newest);

#endif

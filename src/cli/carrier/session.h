/* A session's number in a file, which survives restarts.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_SESSION_H
#define EXECWIRE_CLI_SESSION_H

#include <execwire/error.h>

#include <stdbool.h>
#include <stdint.h>

/* Reads the number that the file has, 0 where there is none. False: reported. */
EXECWIRE_MUST_USE bool session_read(const char *path, uint32_t *session);
/* Puts another one in its place, so that a crash leaves one of the two. False: reported. */
EXECWIRE_MUST_USE bool session_write(const char *path, uint32_t session);

#endif

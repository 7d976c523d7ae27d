/* A state as a message of NATS: subject, headers, and an id that a repeat of it has as well.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_GATEWAY_NATS_STATE_H
#define EXECWIRE_CLI_GATEWAY_NATS_STATE_H

#include "cli/gateway/engine.h"

#if defined(EXECWIRE_LIBNATS) && defined(EXECWIRE_LIBCRYPTO)

#include "cli/carrier/nats_server.h"

/* Finds the library that makes ids. False: reported. */
EXECWIRE_MUST_USE bool nats_state_load(void);

/* The message of a state, at PREFIX.NODE.EXECUTION. */
natsMsg *nats_state_message(const delivery *d, const char *prefix);

#endif
#endif

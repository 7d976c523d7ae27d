/* Consumers of a stream of JetStream, that one gateway after the other works.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_NATS_CONSUMER_H
#define EXECWIRE_CLI_NATS_CONSUMER_H

#include "cli/carrier/nats_server.h"

#ifdef EXECWIRE_LIBNATS

/* Makes the consumer of this name, of messages at a subject, in place of the one that there may be:
 * it begins behind what was acknowledged to that, and whoever still listens to that hears no more.
 * False: `*why`. */
EXECWIRE_MUST_USE bool nats_consumer_make(jsCtx *stream, const char *stream_name, const char *name,
                                          const char *subject, const char **why);

#endif
#endif

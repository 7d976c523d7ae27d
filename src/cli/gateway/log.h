/* What a gateway says on standard error, a line each.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_GATEWAY_LOG_H
#define EXECWIRE_CLI_GATEWAY_LOG_H

#include "cli/gateway/carriers.h"

#include <execwire/gateway.h>

/* What became of a node, by an event; nothing where that is nothing new. */
void log_node(const execwire_gateway *gateway, const execwire_gateway_event *event,
              const carriers *from, execwire_str source);

/* A node made room for others. */
void log_forgotten(execwire_str name);

/* So many nodes of a file of --state were read, and the rest of it could not be. */
void log_damaged(const char *path, unsigned nodes);

/* A state is larger than there is room for. */
void log_no_room(size_t max_message);

/* States wait for engines, so long already; or they do no more. */
void log_waiting(uint64_t milliseconds);
void log_settled(uint64_t milliseconds);

/* After SIGHUP: whether the output file was opened anew. */
void log_opened(const char *name, bool anew);

/* And whether the nodes' keys are those of the file by now, or stay as they are. */
void log_keys(const char *path, bool anew);

/* What it did in all, at its end; carriers lost so many frames. */
void log_summary(uint64_t frames, uint64_t lost, const execwire_gateway_stats *stats);

/* Sets how all this is said, at once: "text" or "json". */
bool log_option(void *out, const char *argument);

#endif

/* What happens while a command runs for long, told on standard error: a line of text each, or an
 * object of JSON. From any thread.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_LOG_H
#define EXECWIRE_CLI_LOG_H

#include "cli/base/report.h"

typedef enum log_level {
    LOG_LEVEL_INFO,
    LOG_LEVEL_WARNING, /* somebody may have to do something */
    LOG_LEVEL_ERROR    /* something is lost, or not done */
} log_level;

/* What a line is about. As text it is the message alone: that names node and place as well. */
typedef struct log_about {
    log_level level;
    const char *event; /* a name for programs, such as "node_new" */
    execwire_str node; /* may be absent */
    const char *at;    /* a source, a broker or a file; NULL: none */
} log_about;

void log_event(const log_about *about, const char *format, ...) PRINTF_LIKE(2, 3);

/* From now on all that is said on standard error, errors included, is JSON, an object a line with
 * time, level, event, node and at, as far as there are such, and message; or text again. */
void log_as_json(bool json);

#endif

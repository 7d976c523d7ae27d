/* The messages of one input file as states, whatever form they are in; says what is wrong with
 * those that are none.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_SOURCE_H
#define EXECWIRE_CLI_SOURCE_H

#include "cli/messages.h"
#include "cli/options.h"
#include "cli/values.h"

typedef struct source {
    const cli_options *options;
    input in;
    bool json; /* which of the next two is used */
    values values;
    messages messages;
    execwire_scratch scratch; /* grows as needed */
    uint64_t good;            /* messages */
    uint64_t bad;
    uint64_t unknown; /* fields or keys */
} source;

/* Opens a file. */
outcome source_open(source *s, const cli_options *options, const char *path, bool json,
                    output *out);

/* The next state, valid until the next call. What is bad has been reported. */
next_result source_next(source *s, execwire_state *state, record *from);

/* The next message as it stands, for protobuf only; what is bad has not been reported. */
next_result source_next_message(source *s, record *message, messages_error *error);

/* Reports what is wrong with a message, and counts it. */
next_result source_refuse_message(source *s, const record *message, const messages_error *error);

void source_close(source *s);

#endif

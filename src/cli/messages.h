/* Finds the protobuf messages in a file: each after its length, or one as hexadecimal digits on
 * each line, or a single one.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_MESSAGES_H
#define EXECWIRE_CLI_MESSAGES_H

#include "cli/options.h"
#include "cli/record.h"

typedef struct messages {
    input *in;
    const cli_options *options;
    uint64_t number;
    size_t pending; /* bytes of the current message, to be taken */
    uint64_t skip;  /* bytes of a message that is too large, to be taken */
    bool skip_line;
    bool done; /* the file has nothing more that could be read */
} messages;

/* Errors are about the current message. Those that say where in the message are about its bytes;
 * the others are about its length or its digits. */
typedef struct messages_error {
    execwire_error error;
    bool in_length;  /* in the length before the message */
    uint64_t column; /* in the line of digits, from 1; 0 when it is not about one */
} messages_error;

void messages_init(messages *m, input *in, const cli_options *options);

/* The next message. A record that is cut off has what there is of it. */
next_result messages_next(messages *m, record *message, messages_error *error);

#endif

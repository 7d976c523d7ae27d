/* What the command line asks for.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_OPTIONS_H
#define EXECWIRE_CLI_OPTIONS_H

#include "cli/framing.h"

#include <execwire/link.h>

/* Of `execwire link`. */
typedef struct cli_link_options {
    bool one_way;
    bool lossless;
    bool protobuf; /* states are delimited protobuf, not JSON */
    bool status;
    size_t mtu;
    const char *back;    /* a file, or a descriptor's number; may be NULL, as the next two */
    const char *session; /* a file */
    const char *udp;     /* a place */
    execwire_link_timing timing;
    uint32_t ack_ms; /* of the receiver, as the next two */
    uint32_t want_ms;
    uint32_t fresh_ms;
} cli_link_options;

typedef struct cli_options {
    const char *output; /* NULL: standard output */
    execwire_json_options json;
    const framing *framing;
    size_t max_message;
    bool single;
    bool from_json;
    bool keep_going;
    bool quiet;
    bool link_frames; /* inspect: frames of a link, not states */
    cli_link_options link;
    bool help;
    bool version;
    const char *const *files; /* of the arguments, or "-" */
    size_t file_count;
} cli_options;

/* Which of the options that are not for all commands a command has use for. */
enum {
    CONCERNS_KEYS = 1,         /* --form, --enums */
    CONCERNS_LAYOUT = 2,       /* --pretty */
    CONCERNS_UNKNOWN_KEYS = 4, /* --ignore-unknown */
    CONCERNS_INPUT = 8,        /* --json */
    CONCERNS_SINGLE = 16,      /* --single */
    CONCERNS_FRAMES = 32,      /* --link */
    CONCERNS_LINK = 64,        /* those of both ends of a link */
    CONCERNS_SENDER = 128,     /* those of one end */
    CONCERNS_RECEIVER = 256
};

/* Reads the arguments that follow the last word of a command's name, which is the first of them;
 * moves the files behind the options. Wrong ones are reported, and so are those that this command
 * has no use for. */
outcome options_read(cli_options *o, const char *command, unsigned concerns, int count,
                     char **arguments);

/* Lists the options that concern a command. */
void options_help(output *out, unsigned concerns);

#endif

/* What the command line asks for.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_OPTIONS_H
#define EXECWIRE_CLI_OPTIONS_H

#include "cli/framing.h"

typedef struct cli_options {
    const char *output; /* NULL: standard output */
    execwire_json_options json;
    const framing *framing;
    size_t max_message;
    bool single;
    bool from_json;
    bool keep_going;
    bool quiet;
    bool help;
    bool version;
    char **files; /* of the arguments, or "-" */
    size_t file_count;
} cli_options;

/* Which of the options that are not for all commands a command has use for. */
enum {
    CONCERNS_KEYS = 1,         /* --form, --enums */
    CONCERNS_LAYOUT = 2,       /* --pretty */
    CONCERNS_UNKNOWN_KEYS = 4, /* --ignore-unknown */
    CONCERNS_INPUT = 8         /* --json */
};

/* Reads the arguments that follow a command's name, which is the first of them; moves the files
 * behind the options. Wrong ones are reported. Other commands' options are taken and do nothing,
 * but for --json, which would promise something. */
outcome options_read(cli_options *o, unsigned concerns, int count, char **arguments);

/* Lists the options that concern a command. */
void options_help(output *out, unsigned concerns);

#endif

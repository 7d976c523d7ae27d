/* What the command line asks for.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_OPTIONS_H
#define EXECWIRE_CLI_OPTIONS_H

#include "cli/report.h"

#include <execwire/execwire.h>

typedef struct cli_options {
    const char *output; /* NULL: standard output */
    execwire_json_options json;
    size_t max_message;
    bool single;
    bool hex;
    bool from_json;
    bool keep_going;
    bool quiet;
    bool help;
    bool version;
    const char **files;
    size_t file_count; /* at least one: "-" */
} cli_options;

/* Reads the arguments behind the command's name, which is for errors only. `o->files` is to be
 * freed. Wrong ones are reported. */
outcome options_read(cli_options *o, const char *command, int count, char **arguments);

#endif

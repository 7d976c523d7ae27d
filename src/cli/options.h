/* The options that many verbs have.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_OPTIONS_H
#define EXECWIRE_CLI_OPTIONS_H

#include "cli/base/option.h"
#include "cli/framing.h"

/* What a verb's struct begins with: what its files hold, and how it runs. */
typedef struct cli_options {
    const char *output; /* NULL: standard output */
    const framing *framing;
    size_t max_message;
    bool from_json; /* the files hold JSON values, not protobuf */
    bool frames;    /* they hold frames of a link */
    bool single;
    bool wrapped;   /* text of a message may stand on many lines */
    const char *at; /* a JSON Pointer to the states in larger documents; may be NULL */
    bool ignore_unknown;
    bool keep_going;
    size_t jobs; /* threads that convert */
    bool quiet;
    colour_when colour;
    bool help;
    bool version;
    const char *const *files; /* of the arguments, or "-" */
    size_t file_count;
} cli_options;

/* Of all that no option says anything of. */
#define CLI_DEFAULTS                                                                               \
    .framing = &framing_delimited, .max_message = EXECWIRE_DEFAULT_MAX_MESSAGE, .jobs = 1

/* Groups for a cli_options. Every verb has the first two. */
extern const option_group options_messages; /* --hex, --base64, --serial, --max-message */
extern const option_group options_run;      /* --output, --keep-going, --quiet, --version, --help */
extern const option_group options_jobs;     /* --jobs */
extern const option_group options_colour;   /* --color */
extern const option_group options_single;
extern const option_group options_wrapped; /* --wrapped */
extern const option_group options_input;   /* --json */
extern const option_group options_at;      /* --at */
extern const option_group options_unknown; /* --ignore-unknown */

/* Groups for the execwire_json_options of what a verb writes. */
extern const option_group options_keys;   /* --form, --enums */
extern const option_group options_layout; /* --pretty */

/* What follows from the options, and the files, of which the first is the argument of this
 * number. */
void options_complete(cli_options *o, int first, int count, char **arguments);

/* Sets `framing_delimited`. */
bool options_delimited(void *framing, const char *argument);

#endif

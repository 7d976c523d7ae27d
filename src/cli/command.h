/* What the commands have in common: each handles the messages of all files, one after the other.
 * A new one is its cli_command and a line in main.c's table.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_COMMAND_H
#define EXECWIRE_CLI_COMMAND_H

#include "cli/source.h"

typedef struct cli_command cli_command;

/* One run of a command. */
typedef struct cli_job {
    const cli_command *command;
    const cli_options *options;
    const void *verb_options; /* the command's own struct, which begins with `options` */
    output out;
    uint64_t unknown; /* fields or keys in all files so far */
    uint64_t dropped; /* damaged frames, the same */
    void *own;        /* the command's own memory; freed */
} cli_job;

struct cli_command {
    const char *name; /* of one word, or of two, the first of which is "link" */
    const char *summary;
    const char *example;       /* a command line, for the help */
    const option_use *options; /* which it has */
    const void *defaults;      /* of its struct, which begins with a cli_options */
    size_t options_size;
    const char *unknown;  /* how to say that there were unknown fields; NULL: not at all */
    bool writes_messages; /* or a link's frames */
    /* What to do instead where a terminal cannot show what comes out; NULL: it can, as it can where
     * there is no such function. */
    const char *(*remedy)(const void *verb_options);
    /* Exit statuses are those of diff(1): OUTCOME_DATA is a difference, and OUTCOME_USAGE whatever
     * went wrong. */
    bool compares;
    bool appends;  /* to the output file, which has to have at once what is written */
    bool no_files; /* takes none, and reads no standard input */
    outcome (*run)(cli_job *job); /* does all of the work; NULL: `file` does, file by file */
    outcome (*file)(cli_job *job, source *from);
    outcome (*finish)(cli_job *job, bool good); /* after the last file; NULL: nothing */
};

extern const cli_command encode_command;
extern const cli_command decode_command;
extern const cli_command inspect_command;
extern const cli_command stats_command;
extern const cli_command check_command;
extern const cli_command diff_command;
extern const cli_command link_send_command;
extern const cli_command link_recv_command;
extern const cli_command gateway_command;
extern const cli_command keys_command;

/* What a command does with a state. OUTCOME_DATA: nothing, as `why` says; what else went wrong has
 * been reported. */
typedef outcome state_handler(cli_job *job, const execwire_state *state, const record *from,
                              fault *why);

/* Reads and handles the next message: as source_next; NEXT_BAD as well when it could not be used,
 * and is not counted as good then. */
next_result command_next(cli_job *job, source *from, state_handler *handle, record *seen,
                         fault *why);

/* Calls `handle` with each state of a file, as long as the options say; NULL only reads them. One
 * that it could not use is a bad message like one that cannot be read. */
outcome command_each(cli_job *job, source *from, state_handler *handle);

/* Writes a state as JSON and a newline, or as a message, all of it or nothing; as a state_handler
 * does. */
outcome command_write_json(cli_job *job, const execwire_state *state,
                           const execwire_json_options *json, fault *why);
outcome command_write_message(cli_job *job, const execwire_state *state, const framing *as,
                              fault *why);

/* A command's `remedy` when it writes messages as this framing has them. */
const char *command_remedy(const framing *as);

/* Runs a command. */
outcome command_run(const cli_command *command, const void *verb_options);

#endif

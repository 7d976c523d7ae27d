/* The messages of one input file as states, whatever form they are in; says what is wrong with
 * those that are none.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_SOURCE_H
#define EXECWIRE_CLI_SOURCE_H

#include "cli/options.h"
#include "cli/values.h"

typedef struct source {
    const cli_options *options;
    const option_use *takes; /* the options that the verb has, for hints */
    execwire_json_options reading;
    input in;
    bool json; /* which of the next two is used */
    values values;
    messages messages;
    execwire_scratch scratch; /* grows as needed */
    uint64_t first;           /* of a piece: where in the file it begins */
    uint64_t good;            /* messages */
    uint64_t bad;
    uint64_t unknown; /* fields or keys */
} source;

/* Opens a file. */
outcome source_open(source *s, const cli_options *options, const option_use *takes,
                    const char *path, output *out);

/* The next message as it stands; what is bad has not been reported. */
next_result source_next_record(source *s, record *next, fault *why);

/* The same as a state, which is counted. A JSON value is looked through for its end only if need
 * be. */
next_result source_next(source *s, record *next, execwire_state *state, fault *why);

/* ---- A file that is read in pieces, each by a source of its own ---- */

/* Takes what is done with. True: the next byte begins a message, and what follows can be read in
 * pieces. */
bool source_settle(source *s);

/* Bytes at the beginning of what is there that are whole messages, as far as can be told without
 * reading them; of what is wrong, all of it. `now`: there is no more for now. */
size_t source_whole(const source *s, bool now);

/* Moves so many bytes to a source of their own: zero, or one of before, which source_close still is
 * for. */
void source_split(source *s, source *piece, size_t size);

/* Goes back to where a piece begins, and takes its bytes up to `end` in the file, which are whole
 * messages; what it has counted of messages stays. */
void source_retake(source *piece, uint64_t end);

/* Goes on behind what was taken of a piece: messages, lines and what else is counted are as if they
 * had been read here. */
void source_follow(source *s, const source *piece);

/* ---- What is bad ---- */

/* Reports what is wrong with a message. */
void source_report(const source *s, const record *bad, const fault *why);
/* Reports it, and counts it. */
void source_refuse(source *s, const record *bad, const fault *why);

void source_close(source *s);

#endif

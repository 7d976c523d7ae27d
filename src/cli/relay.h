/* A file's messages, handled by several threads in turns: one reads a piece of the file while
 * others convert theirs, and what comes of them goes out in the order of the file.
 *
 * Only what is good and plain is handled here. At the first message that is bad, too large for a
 * piece, or inside of something that is open, all that is read and not done is put back, and
 * whoever reads one message after the other goes on from there: what is said of it, and where, is
 * the same for any number of threads.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_RELAY_H
#define EXECWIRE_CLI_RELAY_H

#include "cli/command.h"

/* Handles messages of a file, between messages, as long as all are good: `handle` is called by
 * threads of its own, `job->options->jobs` in number with this one, each with a job of its own
 * whose output is memory. The memory that is used is that of twice as many pieces. Returns when all
 * is read, when something is not for threads, or when the output has failed; the source and
 * `job->out` are then as if one message had been handled after the other. */
void relay_run(cli_job *job, source *from, state_handler *handle);

#endif

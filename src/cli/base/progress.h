/* A bar for people who wait.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_PROGRESS_H
#define EXECWIRE_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct progress {
    uint64_t total; /* bytes; 0: nothing is shown */
    uint64_t shown; /* when, in milliseconds */
} progress;

/* Standard error must be a terminal that the output is not on, and the input a large file. */
void progress_start(progress *bar, int input, int output, bool quiet);

/* Shows that `done` bytes have been read, unless something was shown a moment ago. */
void progress_show(progress *bar, uint64_t done);

#endif

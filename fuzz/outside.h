/* What the command has of the outside while it is fuzzed, instead of files, clock and chance. Its
 * objects are those of the program, but for the name of main; the linker gives them other io_read,
 * io_write, link_now, link_wait, time and getrandom (--wrap). So there is no process to start, and
 * the same input does the same again.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_OUTSIDE_H
#define FUZZ_OUTSIDE_H

#include <stddef.h>
#include <stdint.h>

/* src/cli/main.c is compiled with -Dmain=execwire_main. */
int execwire_main(int count, char **arguments);

/* What is still to be read, and what was written. */
typedef struct outside_file {
    const uint8_t *in;
    size_t in_size;
    char *out; /* to be freed */
    size_t out_size;
} outside_file;

typedef struct outside {
    outside_file standard; /* input and output */
    outside_file error;
    outside_file back; /* the descriptor OUTSIDE_BACK */
    size_t piece;      /* no read gets more; 0: all that there is */
    uint64_t now;      /* passes where the command has nothing to do but to wait for it */
    unsigned waits;
} outside;

/* A descriptor that is open while the command runs, for --back. */
#define OUTSIDE_BACK "100"

/* Runs the command, and returns its exit status. Where it would wait for ever, or leaves a
 * descriptor open, the program ends. */
int outside_run(outside *o, int count, char **arguments);

#endif

/* Where the command writes to.
 *
 * The first failure is reported and remembered; what is written after it is dropped. So only those
 * who could stop early look at `failed`.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_OUTPUT_H
#define EXECWIRE_CLI_OUTPUT_H

#include "cli/base/colour.h"
#include "cli/base/replace.h"

#include <stddef.h>
#include <stdint.h>

typedef struct output {
    const char *name; /* for errors */
    int fd;
    bool regular;     /* a file: nobody waits for what is still in the buffer */
    bool held;        /* nothing may go out before it is known that all is good */
    bool failed;      /* and said so */
    bool colour;      /* whoever reads it wants that */
    replacement file; /* whose descriptor is this one, if it has any */
    uint64_t written; /* bytes */
    char *buffer;
    size_t size;
    size_t capacity;
} output;

/* Makes a closed pipe, and a file that may not grow, errors like any other. */
void output_prepare_signals(void);

/* Opens `path`; NULL and "-" are standard output. A regular file is replaced in output_close, when
 * all of it is there; devices and pipes are written as they are. */
outcome output_open(output *out, const char *path);

/* The same, but a file is added to as it goes. */
outcome output_append_to(output *out, const char *path);

/* Goes on, after output_append_to, in the file that has its name now, when that is a regular one or
 * is to be made: another program has renamed the one before. False: reported, or there is no such
 * file; it goes on as it was. */
EXECWIRE_MUST_USE bool output_open_anew(output *out);

/* Writes to a descriptor as it is. The buffer is the caller's to free. */
void output_use(output *out, const char *name, int fd);

/* Writes into memory as the calls of the library do; NO_SPACE says how much room is enough. */
typedef execwire_code output_writer(const void *what, void *room, size_t capacity, size_t *size,
                                    execwire_error *error);

/* Appends what `write` makes of `what`, in as much room as it asks for; after its other errors
 * nothing. What it says of the room is not believed: a writer that has taken more than it had, or
 * that asks for what it had, is a mistake in execwire and ends the command. */
execwire_code output_append(output *out, output_writer *write, const void *what,
                            execwire_error *error);

/* Memory alone: nothing goes out. The buffer is the caller's to free, and `size` to set to 0. */
void output_use_memory(output *out);

/* Appends bytes, or text as printf does. */
void output_put(output *out, const char *text, size_t size);
void output_print(output *out, const char *format, ...) PRINTF_LIKE(2, 3);

/* output_put, and what is large goes out at once, without a copy. */
void output_pass(output *out, const char *text, size_t size);

/* What follows has this colour, where colour is wanted. */
void output_colour(output *out, colour c);

/* Called before the command may have to wait for input: lets everything be seen that is done.
 * False: failed. */
EXECWIRE_MUST_USE bool output_settle(output *out);

/* Writes the rest, and puts the file in its place. Without `keep` it drops what is held, and the
 * file. */
outcome output_close(output *out, bool keep);

#endif

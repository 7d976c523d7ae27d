/* Where the command reads from: a window that moves over the bytes of one file.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_INPUT_H
#define EXECWIRE_CLI_INPUT_H

#include "cli/base/output.h"
#include "cli/base/progress.h"

#include <stdint.h>

typedef struct input {
    const char *name; /* for errors; "<stdin>" */
    int fd;
    output *out; /* shown before waiting for more */
    /* Called before a read, which may block; NULL: nothing. False: give up, which is INPUT_FAILED
     * but leaves all as it is; what is wrong, if anything, has been reported. */
    bool (*wait)(void *context);
    void *wait_context;
    char *buffer;
    size_t capacity;
    size_t start; /* of the bytes not taken yet, in the buffer */
    size_t end;
    uint64_t offset; /* of the same in the file */
    bool at_end;     /* the file has no more than the buffer */
    int failure;     /* errno of a read ahead that failed; input_more tells of it */
    bool datagrams;  /* each read is a message, an empty one too: there is no end */
    progress progress;
} input;

typedef enum EXECWIRE_MUST_USE input_result { INPUT_MORE, INPUT_END, INPUT_FAILED } input_result;

/* Opens `path`; "-" is standard input. */
outcome input_open(input *in, const char *path, output *out, bool quiet);

/* The same with a descriptor, which input_close closes. */
void input_use(input *in, const char *name, int fd, output *out);

/* Reads what there is, at least a byte: the bytes not taken stay, perhaps at another address.
 * INPUT_FAILED has been reported. */
input_result input_more(input *in);

static inline char *input_data(const input *in)
{
    return in->buffer + in->start;
}

static inline size_t input_size(const input *in)
{
    return in->end - in->start;
}

/* Takes bytes that are there. */
static inline void input_take(input *in, size_t size)
{
    in->start += size;
    in->offset += size;
}

/* Reads until `size` bytes are there. */
input_result input_need(input *in, uint64_t size);

/* ---- For a file that is read in pieces ---- */

/* As input_more, but shows nothing before it. False: there is no more, or reading failed, which
 * input_more tells of. */
bool input_read_ahead(input *in);

/* Moves the first `size` of the bytes that are there into `piece`, which has no more than them:
 * zero, or one of before, which input_close still is for. Only what is behind them is copied. */
void input_split(input *in, input *piece, size_t size);

/* Puts what pieces have left back before the bytes that are there. They are in order, and nothing
 * is missing between. */
void input_unite(input *in, const input *const *pieces, size_t count);

void input_close(input *in);

#endif

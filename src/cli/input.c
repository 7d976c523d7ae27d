/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/input.h"

#include "cli/base/io.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_SIZE ((size_t)256 << 10)

void input_use(input *in, const char *name, int fd, output *out)
{
    *in = (input){.name = name, .fd = fd, .out = out, .capacity = 2 * BLOCK_SIZE};
    in->buffer = reallocate(NULL, in->capacity);
}

outcome input_open(input *in, const char *path, output *out, bool quiet)
{
    bool standard = strcmp(path, "-") == 0;
    bool same;

    *in = (input){.name = standard ? "<stdin>" : path, .fd = STDIN_FILENO, .out = out};
    if (!standard)
        in->fd = io_open(path, O_RDONLY);
    if (in->fd < 0 || !io_same_file(in->fd, out->fd, &same))
        return report_errno(in->name);
    if (same) { /* would read for ever what it writes */
        report("%s: the input is also the output (-o can replace it)", in->name);
        return OUTCOME_IO;
    }
    input_use(in, in->name, in->fd, out);
    progress_start(&in->progress, in->fd, out->fd, quiet);
    return OUTCOME_GOOD;
}

/* A block's room behind the bytes that are there. */
static void make_room(input *in)
{
    size_t size = input_size(in);

    if (in->capacity - in->end >= BLOCK_SIZE)
        return;
    if (in->start > 0)
        memmove(in->buffer, in->buffer + in->start, size);
    in->start = 0;
    in->end = size;
    if (in->capacity - size >= BLOCK_SIZE)
        return;
    in->buffer = reallocate_array(in->buffer, in->capacity, 2);
    in->capacity *= 2;
}

input_result input_more(input *in)
{
    ssize_t got;

    if (in->at_end)
        return INPUT_END;
    if (!output_settle(in->out) || (in->wait != NULL && !in->wait(in->wait_context)))
        return INPUT_FAILED;
    make_room(in);
    got = io_read(in->fd, in->buffer + in->end, BLOCK_SIZE);
    if (got < 0) {
        (void)report_errno(in->name);
        return INPUT_FAILED;
    }
    in->at_end = got == 0 && !in->datagrams;
    in->end += (size_t)got;
    progress_show(&in->progress, in->offset + input_size(in));
    return in->at_end ? INPUT_END : INPUT_MORE;
}

input_result input_need(input *in, uint64_t size)
{
    while (input_size(in) < size) {
        input_result result = input_more(in);

        if (result != INPUT_MORE)
            return result;
    }
    return INPUT_MORE;
}

void input_close(input *in)
{
    report_progress(NULL);
    if (in->fd > STDIN_FILENO)
        (void)io_close(in->fd);
    free(in->buffer);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/input.h"

#include "cli/base/io.h"

#include <errno.h>
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

bool input_read_ahead(input *in)
{
    ssize_t got;

    if (in->at_end || in->failure != 0)
        return false;
    make_room(in);
    got = io_read(in->fd, in->buffer + in->end, BLOCK_SIZE);
    if (got < 0) {
        in->failure = errno;
        return false;
    }
    in->at_end = got == 0 && !in->datagrams;
    in->end += (size_t)got;
    return !in->at_end;
}

/* One failure is told of once: what comes after it may be there. */
static input_result fail(input *in)
{
    errno = in->failure;
    in->failure = 0;
    (void)report_errno(in->name);
    return INPUT_FAILED;
}

input_result input_more(input *in)
{
    bool more;

    if (in->at_end)
        return INPUT_END;
    if (!output_settle(in->out) || (in->wait != NULL && !in->wait(in->wait_context)))
        return INPUT_FAILED;
    more = input_read_ahead(in);
    if (in->failure != 0)
        return fail(in);
    progress_show(&in->progress, in->offset + input_size(in));
    return more ? INPUT_MORE : INPUT_END;
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

void input_split(input *in, input *piece, size_t size)
{
    size_t left = input_size(in) - size;
    char *buffer = piece->buffer;
    size_t capacity = piece->capacity;

    if (capacity < left + BLOCK_SIZE) {
        capacity = left + 2 * BLOCK_SIZE;
        buffer = reallocate(buffer, capacity);
    }
    memcpy(buffer, input_data(in) + size, left);
    *piece = (input){.name = in->name,
                     .fd = -1,
                     .buffer = in->buffer,
                     .capacity = in->capacity,
                     .start = in->start,
                     .end = in->start + size,
                     .offset = in->offset,
                     .at_end = true};
    in->buffer = buffer;
    in->capacity = capacity;
    in->start = 0;
    in->end = left;
    in->offset += size;
}

void input_unite(input *in, const input *const *pieces, size_t count)
{
    size_t size = 0;
    size_t used = 0;
    char *buffer;

    for (size_t i = 0; i < count; i++)
        size += input_size(pieces[i]);
    if (size == 0)
        return;
    in->capacity = size + input_size(in) + BLOCK_SIZE;
    buffer = reallocate(NULL, in->capacity);
    for (size_t i = 0; i < count; i++) {
        memcpy(buffer + used, input_data(pieces[i]), input_size(pieces[i]));
        used += input_size(pieces[i]);
    }
    memcpy(buffer + used, input_data(in), input_size(in));
    used += input_size(in);
    free(in->buffer);
    in->buffer = buffer;
    in->start = 0;
    in->end = used;
    in->offset -= size;
}

void input_close(input *in)
{
    report_progress(NULL);
    if (in->fd > STDIN_FILENO)
        (void)io_close(in->fd);
    free(in->buffer);
}

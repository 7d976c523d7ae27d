/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/output.h"

#include "cli/base/format.h"
#include "cli/base/io.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE ((size_t)256 << 10)

/* ---- Opening ---- */

void output_prepare_signals(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
}

void output_use(output *out, const char *name, int fd)
{
    *out = (output){.name = name, .fd = fd, .capacity = BUFFER_SIZE, .file.fd = -1};
    out->buffer = reallocate(NULL, out->capacity);
}

void output_use_memory(output *out)
{
    output_use(out, NULL, -1);
    out->held = true;
}

/* -1: reported. */
static int open_path(const char *path, replacement *file)
{
    struct stat about;
    int fd;

    if (stat(path, &about) != 0 || S_ISREG(about.st_mode))
        return replace_begin(file, path) ? file->fd : -1;
    fd = io_open(path, O_WRONLY);
    if (fd < 0)
        (void)report_errno(path);
    return fd;
}

static bool is_standard(const char *path)
{
    return path == NULL || strcmp(path, "-") == 0;
}

/* A file to add to; -1: reported. */
static int open_end(const char *path)
{
    int fd = io_open(path, O_WRONLY | O_CREAT | O_APPEND);

    if (fd < 0)
        (void)report_errno(path);
    return fd;
}

outcome output_append_to(output *out, const char *path)
{
    int fd = is_standard(path) ? STDOUT_FILENO : open_end(path);

    if (fd < 0)
        return OUTCOME_IO;
    output_use(out, is_standard(path) ? "<stdout>" : path, fd);
    return OUTCOME_GOOD;
}

outcome output_open(output *out, const char *path)
{
    bool standard = is_standard(path);
    const char *name = standard ? "<stdout>" : path;
    replacement file = {.fd = -1};
    int fd = standard ? STDOUT_FILENO : open_path(path, &file);
    struct stat about;

    *out = (output){.name = name, .fd = fd, .file = file};
    if (fd < 0)
        return OUTCOME_IO;
    if (fstat(fd, &about) != 0) {
        (void)report_errno(name);
        if (file.fd < 0)
            (void)io_close(fd);
        replace_drop(&out->file);
        return OUTCOME_IO;
    }
    output_use(out, name, fd);
    out->file = file;
    out->regular = S_ISREG(about.st_mode);
    return OUTCOME_GOOD;
}

/* ---- Writing ---- */

static void fail(output *out)
{
    if (!out->failed)
        (void)report_errno(out->name);
    out->failed = true;
}

static void write_out(output *out, const char *text, size_t size)
{
    if (!out->failed && io_write(out->fd, text, size))
        out->written += size;
    else
        fail(out);
}

static void flush(output *out)
{
    if (out->held)
        return;
    write_out(out, out->buffer, out->size);
    out->size = 0;
}

bool output_settle(output *out)
{
    if (!out->regular)
        flush(out);
    return !out->failed;
}

/* Makes room for `size` more bytes behind buffer + size. */
static void make_room(output *out, size_t size)
{
    if (size > out->capacity - out->size)
        flush(out);
    if (size <= out->capacity - out->size)
        return;
    if (size > SIZE_MAX - out->size - BUFFER_SIZE)
        out_of_memory();
    out->capacity = out->size + size + BUFFER_SIZE;
    out->buffer = reallocate(out->buffer, out->capacity);
}

execwire_code output_append(output *out, output_writer *write, const void *what,
                            execwire_error *error)
{
    for (;;) {
        size_t room = out->capacity - out->size;
        size_t size = 0;
        execwire_code code = write(what, out->buffer + out->size, room, &size, error);

        if (code != EXECWIRE_OK && code != EXECWIRE_ERROR_NO_SPACE)
            return code;
        if ((code == EXECWIRE_OK) != (size <= room)) {
            report("a mistake in execwire: %zu bytes in room for %zu", size, room);
            exit(OUTCOME_IO);
        }
        if (code == EXECWIRE_OK) {
            out->size += size;
            return EXECWIRE_OK;
        }
        make_room(out, size);
    }
}

void output_put(output *out, const char *text, size_t size)
{
    make_room(out, size);
    memcpy(out->buffer + out->size, text, size);
    out->size += size;
}

void output_pass(output *out, const char *text, size_t size)
{
    if (out->held || size < BUFFER_SIZE / 4) {
        output_put(out, text, size);
        return;
    }
    flush(out);
    write_out(out, text, size);
}

void output_print(output *out, const char *format, ...)
{
    for (;;) {
        size_t room = out->capacity - out->size;
        size_t size;
        va_list arguments;

        va_start(arguments, format);
        size = format_list(out->buffer + out->size, room, format, arguments);
        va_end(arguments);
        if (size < room) {
            out->size += size;
            return;
        }
        make_room(out, size + 1);
    }
}

void output_colour(output *out, colour c)
{
    if (out->colour)
        output_print(out, "%s", colour_sequence(c));
}

/* Puts a file in its place, or drops it. */
static void close_file(output *out, bool keep)
{
    if (!keep || out->failed)
        replace_drop(&out->file);
    else if (!replace_finish(&out->file))
        fail(out);
}

bool output_open_anew(output *out)
{
    struct stat about;
    int fd = -1;

    flush(out);
    if (out->fd != STDOUT_FILENO && (stat(out->name, &about) != 0 || S_ISREG(about.st_mode)))
        fd = open_end(out->name);
    if (fd < 0)
        return false;
    if (!io_close(out->fd))
        fail(out);
    out->fd = fd;
    return true;
}

outcome output_close(output *out, bool keep)
{
    if (keep)
        out->held = false;
    flush(out);
    if (out->file.fd >= 0)
        close_file(out, keep);
    else if (!io_close(out->fd))
        fail(out);
    free(out->buffer);
    return out->failed ? OUTCOME_IO : OUTCOME_GOOD;
}

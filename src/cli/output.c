/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/output.h"

#include "cli/format.h"
#include "cli/io.h"

#include <errno.h>
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

/* The name of the file being written, and the one that it will get. `temporary` is the first as
 * long as there is such a file. */
static char *written;
static char *target;
static char *volatile temporary;

static const int ending_signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
#define ENDING_SIGNALS (sizeof ending_signals / sizeof *ending_signals)

/* ---- The temporary file ---- */

static void remove_temporary(void)
{
    if (temporary != NULL)
        unlink(temporary);
    temporary = NULL;
}

static void end_by_signal(int number)
{
    remove_temporary();
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

void output_prepare_signals(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < ENDING_SIGNALS; i++)
        if (signal(ending_signals[i], end_by_signal) == SIG_IGN)
            (void)signal(ending_signals[i], SIG_IGN); /* as under nohup */
    (void)atexit(remove_temporary);
}

/* The permissions of a file that is there already, or those of any new file. */
static mode_t permissions(const struct stat *existing)
{
    mode_t mask;

    if (existing != NULL)
        return existing->st_mode & 0777;
    mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* mkstemp that no ending signal comes between. */
static int make_temporary(void)
{
    sigset_t ending;
    sigset_t before;
    int fd;

    sigemptyset(&ending);
    for (size_t i = 0; i < ENDING_SIGNALS; i++)
        sigaddset(&ending, ending_signals[i]);
    sigprocmask(SIG_BLOCK, &ending, &before);
    fd = mkstemp(written);
    if (fd >= 0)
        temporary = written;
    sigprocmask(SIG_SETMASK, &before, NULL);
    return fd;
}

/* A file in the folder of the file itself, behind all symbolic links. */
static int open_temporary(const char *path, const struct stat *existing)
{
    static const char pattern[] = ".execwire-XXXXXX";
    const char *slash;
    size_t folder;
    int fd;

    target = existing != NULL ? realpath(path, NULL) : strdup(path);
    if (target == NULL)
        return -1;
    slash = strrchr(target, '/');
    folder = slash != NULL ? (size_t)(slash - target) + 1 : 0;
    written = reallocate(NULL, folder + sizeof pattern);
    memcpy(written, target, folder);
    memcpy(written + folder, pattern, sizeof pattern);
    fd = make_temporary();
    if (fd >= 0)
        (void)fchmod(fd, permissions(existing)); /* where modes mean something */
    return fd;
}

static int open_file(const char *path)
{
    struct stat about;
    bool exists = stat(path, &about) == 0;

    if (!exists && errno == ENOENT)
        return open_temporary(path, NULL);
    if (!exists || (S_ISREG(about.st_mode) && access(path, W_OK) != 0))
        return -1;
    if (S_ISREG(about.st_mode))
        return open_temporary(path, &about);
    return open(path, O_WRONLY | O_NOCTTY);
}

void output_use(output *out, const char *name, int fd)
{
    *out = (output){.name = name, .fd = fd, .capacity = BUFFER_SIZE};
    out->buffer = reallocate(NULL, out->capacity);
}

outcome output_open(output *out, const char *path)
{
    bool standard = path == NULL || strcmp(path, "-") == 0;
    int fd = standard ? STDOUT_FILENO : open_file(path);
    struct stat about;

    *out = (output){.name = standard ? "<stdout>" : path, .fd = fd};
    if (fd < 0 || fstat(fd, &about) != 0)
        return report_errno(out->name);
    output_use(out, out->name, fd);
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

static void flush(output *out)
{
    if (out->held)
        return;
    if (!out->failed && !io_write(out->fd, out->buffer, out->size))
        fail(out);
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
    size_t wanted;

    if (size > out->capacity - out->size)
        flush(out);
    if (size <= out->capacity - out->size)
        return;
    wanted = out->size + size + BUFFER_SIZE;
    out->capacity = wanted > size ? wanted : SIZE_MAX; /* which nobody has */
    out->buffer = reallocate(out->buffer, out->capacity);
}

execwire_status output_append(output *out, output_writer *write, const void *what,
                              execwire_error *error)
{
    for (;;) {
        size_t room = out->capacity - out->size;
        size_t size = 0;
        execwire_status status = write(what, out->buffer + out->size, room, &size, error);

        if (status != EXECWIRE_OK && status != EXECWIRE_ERROR_NO_SPACE)
            return status;
        if ((status == EXECWIRE_OK) != (size <= room)) {
            report("a mistake in execwire: %zu bytes in room for %zu", size, room);
            exit(OUTCOME_IO);
        }
        if (status == EXECWIRE_OK) {
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

outcome output_close(output *out, bool keep)
{
    if (keep)
        out->held = false;
    flush(out);
    if (close(out->fd) != 0)
        fail(out);
    if (keep && !out->failed && temporary != NULL) {
        if (rename(temporary, target) == 0)
            temporary = NULL;
        else
            fail(out);
    }
    remove_temporary();
    free(out->buffer);
    free(written);
    free(target);
    return out->failed ? OUTCOME_IO : OUTCOME_GOOD;
}

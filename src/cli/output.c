/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE ((size_t)256 << 10)

/* The file being written, and the name that it will get. */
static char *volatile temporary;
static char *target;

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
    signal(number, SIG_DFL);
    raise(number);
}

void output_prepare_signals(void)
{
    static const int numbers[] = {SIGHUP, SIGINT, SIGTERM};
    struct sigaction action = {.sa_handler = SIG_IGN};

    sigaction(SIGPIPE, &action, NULL);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        sigaction(numbers[i], NULL, &action);
        if (action.sa_handler == SIG_IGN)
            continue; /* as under nohup */
        action.sa_handler = end_by_signal;
        sigaction(numbers[i], &action, NULL);
    }
    atexit(remove_temporary);
}

/* The permissions of a file that is there already, or those of any new file. */
static mode_t permissions(const struct stat *existing)
{
    mode_t mask;

    if (existing != NULL)
        return existing->st_mode & 07777;
    mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* A name beside the file itself, behind all symbolic links. -1 when its folder takes no file. */
static int open_temporary(const char *path, const struct stat *existing)
{
    char *name;
    int fd;

    target = existing != NULL ? realpath(path, NULL) : strdup(path);
    if (target == NULL)
        return -1;
    name = reallocate(NULL, strlen(target) + sizeof ".XXXXXX");
    strcpy(name, target);
    strcat(name, ".XXXXXX");
    fd = mkstemp(name);
    if (fd >= 0 && fchmod(fd, permissions(existing)) == 0) {
        temporary = name;
        return fd;
    }
    if (fd >= 0) {
        unlink(name);
        close(fd);
    }
    free(name);
    return -1;
}

static int open_file(const char *path)
{
    struct stat about;
    bool exists = stat(path, &about) == 0;
    int fd = -1;

    if (exists && S_ISDIR(about.st_mode)) {
        errno = EISDIR;
        return -1;
    }
    if (!exists || (S_ISREG(about.st_mode) && access(path, W_OK) == 0))
        fd = open_temporary(path, exists ? &about : NULL);
    return fd >= 0 ? fd : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY, 0666);
}

outcome output_open(output *out, const char *path)
{
    struct stat about;

    *out = (output){.name = path != NULL ? path : "<stdout>", .fd = STDOUT_FILENO};
    if (path != NULL)
        out->fd = open_file(path);
    if (out->fd < 0 || fstat(out->fd, &about) != 0)
        return report_errno(out->name);
    out->regular = S_ISREG(about.st_mode);
    out->capacity = BUFFER_SIZE;
    out->buffer = reallocate(NULL, out->capacity);
    return OUTCOME_GOOD;
}

/* ---- Writing ---- */

static bool may_retry(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLOUT};

    if (errno == EAGAIN)
        return poll(&wait, 1, -1) >= 0 || errno == EINTR;
    return errno == EINTR;
}

outcome output_flush(output *out)
{
    size_t done = 0;

    if (out->failed)
        return OUTCOME_IO;
    if (out->held)
        return OUTCOME_GOOD;
    while (done < out->size) {
        ssize_t written = write(out->fd, out->buffer + done, out->size - done);

        if (written < 0 && !may_retry(out->fd)) {
            out->failed = true;
            return report_errno(out->name);
        }
        done += written > 0 ? (size_t)written : 0;
    }
    out->size = 0;
    return OUTCOME_GOOD;
}

outcome output_settle(output *out)
{
    return out->regular ? OUTCOME_GOOD : output_flush(out);
}

outcome output_room(output *out, size_t size)
{
    outcome result;

    if (size <= out->capacity - out->size)
        return OUTCOME_GOOD;
    result = output_flush(out);
    if (result != OUTCOME_GOOD || size <= out->capacity - out->size)
        return result;
    out->capacity = out->size + size + BUFFER_SIZE;
    out->buffer = reallocate(out->buffer, out->capacity);
    return OUTCOME_GOOD;
}

outcome output_put(output *out, const char *text, size_t size)
{
    outcome result = output_room(out, size);

    if (result != OUTCOME_GOOD)
        return result;
    memcpy(out->buffer + out->size, text, size);
    out->size += size;
    return OUTCOME_GOOD;
}

outcome output_print(output *out, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    int size;

    va_start(arguments, format);
    size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= sizeof text)
        size = sizeof text - 1;
    return output_put(out, text, (size_t)size);
}

outcome output_close(output *out, bool keep)
{
    outcome result;

    if (keep)
        out->held = false;
    result = output_flush(out);
    if (close(out->fd) != 0 && result == OUTCOME_GOOD)
        result = report_errno(out->name);
    if (keep && result == OUTCOME_GOOD && temporary != NULL) {
        if (rename(temporary, target) == 0)
            temporary = NULL;
        else
            result = report_errno(out->name);
    }
    remove_temporary();
    free(out->buffer);
    free(target);
    return result;
}

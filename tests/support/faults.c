/* Lets one call of a program fail, as the system would: preloaded (LD_PRELOAD), it counts the calls
 * that may, and looks at what the program leaves behind. The program's environment has
 *
 *   FAULT         "KIND N": the Nth call to which the kind applies, counted from 1; "KIND N+": and
 * all calls of that name after it. The kinds are fail       an error that is usual for the call
 *                   interrupt  EINTR, of a call that may wait
 *                   short      of several bytes one is read or written
 *                   empty      none is written
 *   FAULT_REPORT  a file that gets one line when main returns or exit is called: the name of the
 * call
 *                 ("-": it did not come), "main" or "exit", blocks of memory that are not freed,
 *                 descriptors that are not closed.
 *
 * The C library's own calls are its own, but for those of malloc. What is called here instead does
 * the same under another name.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* RTLD_NEXT, ppoll */
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

#define MOST_DESCRIPTORS 64

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

static char kind[16];
static unsigned long number;
static bool onwards;

static bool running;        /* main */
static unsigned long count; /* calls that the kind applies to */
static const char *hit;     /* the call that failed */
static long blocks;
static bool before[MOST_DESCRIPTORS]; /* which descriptors there were before main */

/* ---- Whose turn it is ---- */

static bool is_due(const char *of, const char *name)
{
    if (!running || strcmp(kind, of) != 0)
        return false;
    if (hit != NULL)
        return onwards && strcmp(hit, name) == 0;
    if (++count != number)
        return false;
    hit = name;
    return true;
}

static bool fails(const char *name, int error)
{
    bool due = is_due("fail", name);

    if (due)
        errno = error;
    return due;
}

static bool is_interrupted(const char *name)
{
    bool due = is_due("interrupt", name);

    if (due)
        errno = EINTR;
    return due;
}

/* ---- Files ---- */

ssize_t read(int fd, void *out, size_t size)
{
    if (is_interrupted("read") || fails("read", EIO))
        return -1;
    if (size > 1 && is_due("short", "read"))
        size = 1;
    return readv(fd, &(struct iovec){out, size}, 1);
}

ssize_t write(int fd, const void *text, size_t size)
{
    if (is_interrupted("write") || fails("write", ENOSPC))
        return -1;
    if (is_due("empty", "write"))
        return 0;
    if (size > 1 && is_due("short", "write"))
        size = 1;
    return writev(fd, &(struct iovec){(void *)text, size}, 1);
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    mode_t mode;

    va_start(arguments, flags);
    mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (is_interrupted("open") || fails("open", EMFILE))
        return -1;
    return openat(AT_FDCWD, path, flags, mode);
}

/* As Linux has it, the descriptor is closed whatever is returned. */
int close(int fd)
{
    int result = (int)syscall(SYS_close, fd);

    return is_interrupted("close") || fails("close", EIO) ? -1 : result;
}

int dup(int fd)
{
    return fails("dup", EMFILE) ? -1 : (int)syscall(SYS_dup, fd);
}

int fsync(int fd)
{
    (void)fd; /* no machine crashes here */
    return is_interrupted("fsync") || fails("fsync", EIO) ? -1 : 0;
}

int rename(const char *from, const char *to)
{
    return fails("rename", EACCES) ? -1 : renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int mkstemp(char *name)
{
    return fails("mkstemp", ENOSPC) ? -1 : mkostemp(name, 0);
}

int stat(const char *path, struct stat *about)
{
    return fails("stat", EIO) ? -1 : fstatat(AT_FDCWD, path, about, 0);
}

int fstat(int fd, struct stat *about)
{
    return fails("fstat", EIO) ? -1 : fstatat(fd, "", about, AT_EMPTY_PATH);
}

int access(const char *path, int mode)
{
    return fails("access", EACCES) ? -1 : (int)syscall(SYS_access, path, mode);
}

int fchmod(int fd, mode_t mode)
{
    return fails("fchmod", EPERM) ? -1 : (int)syscall(SYS_fchmod, fd, mode);
}

ssize_t readlink(const char *path, char *to, size_t size)
{
    return fails("readlink", EIO) ? -1 : readlinkat(AT_FDCWD, path, to, size);
}

int poll(struct pollfd *fds, nfds_t size, int timeout)
{
    const struct timespec limit = {timeout / 1000, timeout % 1000 * 1000000};

    if (is_interrupted("poll") || fails("poll", ENOMEM))
        return -1;
    return ppoll(fds, size, timeout < 0 ? NULL : &limit, NULL);
}

int socket(int domain, int type, int protocol)
{
    return fails("socket", EMFILE) ? -1 : (int)syscall(SYS_socket, domain, type, protocol);
}

int tcsetattr(int fd, int when, const struct termios *settings)
{
    int (*real)(int, int, const struct termios *);

    *(void **)&real = dlsym(RTLD_NEXT, "tcsetattr");
    return fails("tcsetattr", EIO) ? -1 : real(fd, when, settings);
}

/* ---- Memory ---- */

void *malloc(size_t size)
{
    void *memory = fails("malloc", ENOMEM) ? NULL : __libc_malloc(size);

    blocks += running && memory != NULL;
    return memory;
}

void *calloc(size_t items, size_t size)
{
    void *memory = fails("calloc", ENOMEM) ? NULL : __libc_calloc(items, size);

    blocks += running && memory != NULL;
    return memory;
}

void *realloc(void *memory, size_t size)
{
    void *larger = fails("realloc", ENOMEM) ? NULL : __libc_realloc(memory, size);

    blocks += running && memory == NULL && larger != NULL;
    return larger;
}

void free(void *memory)
{
    blocks -= running && memory != NULL;
    __libc_free(memory);
}

/* ---- The start and the end ---- */

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static void tell(const char *end)
{
    const char *path = getenv("FAULT_REPORT");
    int left = 0;

    running = false;
    for (int fd = 0; fd < MOST_DESCRIPTORS; fd++)
        left += !before[fd] && is_open(fd);
    if (path != NULL) {
        int fd = openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

        dprintf(fd, "%s %s %ld %d\n", hit != NULL ? hit : "-", end, blocks, left);
        syscall(SYS_close, fd);
    }
}

static int (*real_main)(int, char **, char **);

static int watched_main(int words, char **arguments, char **environment)
{
    const char *fault = getenv("FAULT");
    char plus = '\0';
    int result;

    if (fault != NULL)
        onwards = sscanf(fault, "%15s %lu%c", kind, &number, &plus) == 3 && plus == '+';
    for (int fd = 0; fd < MOST_DESCRIPTORS; fd++)
        before[fd] = is_open(fd);
    running = true;
    result = real_main(words, arguments, environment);
    tell("main");
    return result;
}

typedef int starter(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void),
                    void (*)(void), void *);
starter __libc_start_main;

int __libc_start_main(int (*program)(int, char **, char **), int words, char **arguments,
                      void (*init)(void), void (*fini)(void), void (*unload)(void), void *stack)
{
    starter *real;

    *(void **)&real = dlsym(RTLD_NEXT, "__libc_start_main");
    real_main = program;
    return real(watched_main, words, arguments, init, fini, unload, stack);
}

typedef void ender(int);

_Noreturn void exit(int status)
{
    ender *real;

    *(void **)&real = dlsym(RTLD_NEXT, "exit");
    if (running)
        tell("exit");
    real(status);
    abort();
}

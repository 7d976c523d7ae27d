/* SPDX-License-Identifier: Apache-2.0 */
#include "outside.h"

#include "support.h"

#include "cli/base/io.h"
#include "cli/link.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/* What the command is given where it asks for the time of day or for chance: the same always. */
#define TIME_OF_DAY 1697545688
#define CHANCE      0xA5

/* Of the run; NULL: none, and the wrapped calls are what they always are. */
static outside *running;

/* ---- Descriptors ---- */

static outside_file *file_of(int fd)
{
    if (running == NULL)
        return NULL;
    if (fd == STDIN_FILENO || fd == STDOUT_FILENO)
        return &running->standard;
    if (fd == STDERR_FILENO)
        return &running->error;
    return fd == atoi(OUTSIDE_BACK) ? &running->back : NULL;
}

ssize_t __real_io_read(int fd, char *out, size_t size);
ssize_t __wrap_io_read(int fd, char *out, size_t size);
ssize_t __wrap_io_read(int fd, char *out, size_t size)
{
    outside_file *file = file_of(fd);

    if (file == NULL)
        return __real_io_read(fd, out, size);
    if (running->piece > 0 && size > running->piece)
        size = running->piece;
    if (size > file->in_size)
        size = file->in_size;
    if (size > 0)
        memcpy(out, file->in, size);
    file->in += size;
    file->in_size -= size;
    return (ssize_t)size;
}

bool __real_io_write(int fd, const char *text, size_t size);
bool __wrap_io_write(int fd, const char *text, size_t size);
bool __wrap_io_write(int fd, const char *text, size_t size)
{
    outside_file *file = file_of(fd);

    if (file == NULL)
        return __real_io_write(fd, text, size);
    if (size == 0)
        return true;
    file->out = realloc(file->out, file->out_size + size);
    FUZZ_REQUIRE(file->out != NULL);
    memcpy(file->out + file->out_size, text, size);
    file->out_size += size;
    return true;
}

/* ---- Time ---- */

uint64_t __real_link_now(void);
uint64_t __wrap_link_now(void);
uint64_t __wrap_link_now(void)
{
    return running != NULL ? running->now : __real_link_now();
}

/* Files always have something to read, if only their end. What comes back does so every other time,
 * and time passes as long as nothing is there. */
bool __wrap_link_wait(int one, bool *has_one, int other, bool *has_other, uint64_t due);
bool __wrap_link_wait(int one, bool *has_one, int other, bool *has_other, uint64_t due)
{
    FUZZ_REQUIRE(running != NULL);
    *has_one = one >= 0;
    *has_other = other >= 0 && (due == EXECWIRE_LINK_NEVER || ++running->waits % 2 == 0);
    if (*has_one || *has_other)
        return true;
    FUZZ_REQUIRE(due != EXECWIRE_LINK_NEVER);
    if (due > running->now)
        running->now = due;
    return true;
}

time_t __real_time(time_t *now);
time_t __wrap_time(time_t *now);
time_t __wrap_time(time_t *now)
{
    return running != NULL ? TIME_OF_DAY : __real_time(now);
}

ssize_t __real_getrandom(void *out, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *out, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *out, size_t size, unsigned flags)
{
    if (running == NULL)
        return __real_getrandom(out, size, flags);
    memset(out, CHANCE, size);
    return (ssize_t)size;
}

/* ---- A run ---- */

static int nothing = -1; /* a descriptor that is nobody's file */
static int saved_out;

static int find_free(void)
{
    int fd = dup(nothing);

    FUZZ_REQUIRE(fd >= 0);
    close(fd);
    return fd;
}

static void prepare(void)
{
    nothing = open("/dev/null", O_RDWR);
    saved_out = dup(STDOUT_FILENO);
    FUZZ_REQUIRE(nothing >= 0 && saved_out >= 0);
    FUZZ_REQUIRE(dup2(nothing, STDIN_FILENO) == STDIN_FILENO);
    FUZZ_REQUIRE(dup2(nothing, atoi(OUTSIDE_BACK)) == atoi(OUTSIDE_BACK));
}

/* The command closes its output, and nothing else that it did not open. */
int outside_run(outside *o, int count, char **arguments)
{
    int next_free, status;

    if (nothing < 0)
        prepare();
    next_free = find_free();
    FUZZ_REQUIRE(dup2(nothing, STDOUT_FILENO) == STDOUT_FILENO);
    optind = 0; /* getopt_long starts anew */
    running = o;
    status = execwire_main(count, arguments);
    running = NULL;
    FUZZ_REQUIRE(dup2(saved_out, STDOUT_FILENO) == STDOUT_FILENO);
    FUZZ_REQUIRE(find_free() == next_free);
    return status;
}

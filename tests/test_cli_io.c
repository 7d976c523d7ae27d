/* Calls of the system that fail, are interrupted, or do half of it: what becomes of them. The calls
 * of this program go through the linker (--wrap): each answers as it is told to.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define FD 1234 /* nobody's */

/* What a call is to say, and with which errno where that is below 0. */
typedef struct answer {
    long result;
    int error;
} answer;

static const answer *answers, *polls; /* the next one of each */
static short polled;

static int say(const answer **next)
{
    const answer *now = (*next)++;

    if (now->result < 0)
        errno = now->error;
    return (int)now->result;
}

/* ---- In place of the system's ---- */

/* what open is called where files are larger than 2 GiB */
int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, mode_t mode);
ssize_t __real_read(int fd, void *out, size_t size);
ssize_t __wrap_read(int fd, void *out, size_t size);
ssize_t __real_write(int fd, const void *text, size_t size);
ssize_t __wrap_write(int fd, const void *text, size_t size);
int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_fsync(int fd);
int __wrap_poll(struct pollfd *fds, nfds_t count, int milliseconds);
int __wrap_tcgetattr(int fd, struct termios *settings);
int __wrap_tcsetattr(int fd, int when, const struct termios *settings);

int __wrap_open64(const char *path, int flags, mode_t mode)
{
    if (strcmp(path, "path") != 0)
        return __real_open64(path, flags, mode);
    assert_int_equal(flags, O_RDWR | O_CREAT | O_NOCTTY);
    assert_int_equal(mode, 0666);
    return say(&answers);
}

static const char source[] = "0123456789";
static size_t taken; /* of `source`, or written */

ssize_t __wrap_read(int fd, void *out, size_t size)
{
    int result;

    if (fd != FD)
        return __real_read(fd, out, size);
    result = say(&answers);
    assert_true(result <= (int)size);
    for (int i = 0; i < result; i++)
        ((char *)out)[i] = source[taken++];
    return result;
}

static char written[20];

ssize_t __wrap_write(int fd, const void *text, size_t size)
{
    int result;

    if (fd != FD)
        return __real_write(fd, text, size);
    result = say(&answers);
    assert_true(result <= (int)size);
    if (result > 0) {
        memcpy(written + taken, text, (size_t)result);
        taken += (size_t)result;
    }
    return result;
}

int __wrap_close(int fd)
{
    return fd == FD ? say(&answers) : __real_close(fd);
}

int __wrap_fsync(int fd)
{
    assert_int_equal(fd, FD);
    return say(&answers);
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int milliseconds)
{
    assert_int_equal(count, 1);
    assert_int_equal(fds->fd, FD);
    assert_true(milliseconds < 0); /* without end */
    polled = fds->events;
    return say(&polls);
}

static struct termios device;
static int applied; /* how often */

int __wrap_tcgetattr(int fd, struct termios *settings)
{
    assert_int_equal(fd, FD);
    *settings = device;
    return say(&answers);
}

int __wrap_tcsetattr(int fd, int when, const struct termios *settings)
{
    assert_int_equal(fd, FD);
    assert_int_equal(when, TCSANOW);
    device = *settings;
    applied++;
    return say(&answers);
}

static void prepare(const answer *these, const answer *of_polls)
{
    answers = these;
    polls = of_polls;
    polled = 0;
    taken = 0;
    memset(written, 0, sizeof written);
    errno = 0;
}

/* ---- What becomes of it ---- */

static void test_open(void **state)
{
    const answer interrupted[] = {{-1, EINTR}, {-1, EINTR}, {FD, 0}};
    const answer first[] = {{0, 0}, {-1, EINTR}};
    const answer failed[] = {{-1, EACCES}, {FD, 0}};

    (void)state;
    prepare(interrupted, NULL);
    assert_int_equal(io_open("path", O_RDWR | O_CREAT), FD);
    prepare(first, NULL);
    assert_int_equal(io_open("path", O_RDWR | O_CREAT), 0);
    prepare(failed, NULL);
    assert_int_equal(io_open("path", O_RDWR | O_CREAT), -1);
    assert_int_equal(errno, EACCES);
}

static void test_close(void **state)
{
    const answer all[] = {{0, 0}, {-1, EINTR}, {-1, ENOSPC}};

    (void)state;
    prepare(all, NULL);
    assert_true(io_close(FD));
    assert_true(io_close(FD)); /* Linux has closed it */
    assert_false(io_close(FD));
    assert_int_equal(errno, ENOSPC);
}

static void test_flush(void **state)
{
    const answer interrupted[] = {{-1, EINTR}, {-1, EINTR}, {0, 0}};
    const int harmless[] = {EINVAL, ENOTSUP, EROFS};
    const answer failed[] = {{-1, EIO}, {0, 0}};

    (void)state;
    prepare(interrupted, NULL);
    assert_true(io_flush_to_disk(FD));
    assert_ptr_equal(answers, interrupted + 3);
    for (size_t i = 0; i < 3; i++) {
        prepare(&(answer){-1, harmless[i]}, NULL);
        assert_true(io_flush_to_disk(FD));
    }
    prepare(failed, NULL);
    assert_false(io_flush_to_disk(FD));
    assert_int_equal(errno, EIO);
}

static void test_read(void **state)
{
    const answer waits[] = {{-1, EINTR}, {-1, EAGAIN}, {-1, EAGAIN}, {3, 0}};
    const answer ready[] = {{1, 0}, {-1, EINTR}};
    const answer at_end[] = {{0, 0}, {3, 0}};
    const answer failed[] = {{-1, EIO}, {3, 0}};
    const answer again[] = {{-1, EAGAIN}, {3, 0}};
    const answer no_memory[] = {{-1, ENOMEM}};
    char out[4] = "";

    (void)state;
    prepare(waits, ready);
    assert_int_equal(io_read(FD, out, 3), 3);
    assert_string_equal(out, "012");
    assert_int_equal(polled, POLLIN);
    assert_ptr_equal(polls, ready + 2);
    prepare(at_end, NULL);
    assert_int_equal(io_read(FD, out, 3), 0);
    prepare(failed, NULL);
    assert_int_equal(io_read(FD, out, 3), -1);
    assert_int_equal(errno, EIO);
    prepare(again, no_memory);
    assert_int_equal(io_read(FD, out, 3), -1);
}

static void test_read_all(void **state)
{
    const answer pieces[] = {{3, 0}, {-1, EINTR}, {1, 0}, {4, 0}};
    const answer ends[] = {{3, 0}, {0, 0}, {1, 0}};
    const answer fails[] = {{3, 0}, {-1, EIO}, {1, 0}};
    char out[9] = "";

    (void)state;
    prepare(pieces, NULL);
    assert_int_equal(io_read_all(FD, out, 8), 8);
    assert_string_equal(out, "01234567");
    assert_ptr_equal(answers, pieces + 4);
    prepare(ends, NULL);
    assert_int_equal(io_read_all(FD, out, 8), 3);
    prepare(fails, NULL);
    assert_int_equal(io_read_all(FD, out, 8), -1);
    assert_int_equal(errno, EIO);
    prepare(ends + 1, NULL);
    assert_int_equal(io_read_all(FD, out, 8), 0);
    prepare(NULL, NULL);
    assert_int_equal(io_read_all(FD, out, 0), 0);
}

static void test_write(void **state)
{
    const answer pieces[] = {{3, 0}, {-1, EINTR}, {1, 0}, {-1, EAGAIN}, {6, 0}};
    const answer ready[] = {{1, 0}};
    const answer nothing[] = {{3, 0}, {0, 0}, {7, 0}};
    const answer failed[] = {{3, 0}, {-1, ENOSPC}, {7, 0}};

    (void)state;
    prepare(pieces, ready);
    assert_true(io_write(FD, source, 10));
    assert_string_equal(written, source);
    assert_int_equal(polled, POLLOUT);
    assert_ptr_equal(answers, pieces + 5);
    prepare(nothing, NULL);
    assert_false(io_write(FD, source, 10));
    assert_int_equal(errno, EIO);
    assert_string_equal(written, "012");
    prepare(failed, NULL);
    assert_false(io_write(FD, source, 10));
    assert_int_equal(errno, ENOSPC);
    prepare(NULL, NULL);
    assert_true(io_write(FD, source, 0));
}

/* POSIX's list of what changes bytes, edits lines, or makes signals; termios(3), cfmakeraw. */
static void test_raw(void **state)
{
    const tcflag_t changing =
        BRKINT | ICRNL | IGNCR | INLCR | INPCK | ISTRIP | IXOFF | IXON | PARMRK;
    const tcflag_t local = ECHO | ECHONL | ICANON | IEXTEN | ISIG;
    const answer good[] = {{0, 0}, {0, 0}};
    const answer refused[] = {{0, 0}, {-1, EIO}};
    const answer none[] = {{-1, ENOTTY}};
    const struct {
        tcflag_t before, control;
    } cases[] = {{(tcflag_t)-1, (tcflag_t) ~(CSIZE | PARENB) | CS8}, {0, CLOCAL | CREAD | CS8}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        tcflag_t before = cases[i].before;

        prepare(good, NULL);
        device =
            (struct termios){before, before, before, before, .c_cc = {[VMIN] = 9, [VTIME] = 9}};
        assert_true(io_make_raw(FD));
        assert_int_equal(device.c_iflag, before & ~changing);
        assert_int_equal(device.c_oflag, before & ~(tcflag_t)OPOST);
        assert_int_equal(device.c_lflag, before & ~local);
        assert_int_equal(device.c_cflag, cases[i].control);
        assert_int_equal(device.c_cc[VMIN], 1);
        assert_int_equal(device.c_cc[VTIME], 0);
    }
    prepare(refused, NULL);
    assert_false(io_make_raw(FD));
    applied = 0;
    prepare(none, NULL);
    assert_true(io_make_raw(FD)); /* no terminal */
    assert_int_equal(applied, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open), cmocka_unit_test(test_close),    cmocka_unit_test(test_flush),
        cmocka_unit_test(test_read), cmocka_unit_test(test_read_all), cmocka_unit_test(test_write),
        cmocka_unit_test(test_raw)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

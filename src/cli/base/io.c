/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

_Static_assert(sizeof(off_t) >= 8, "files are larger than 2 GiB: -D_FILE_OFFSET_BITS=64");

static bool may_retry(int fd, short events)
{
    struct pollfd wait = {.fd = fd, .events = events};

    if (errno == EAGAIN)
        return poll(&wait, 1, -1) >= 0 || errno == EINTR;
    return errno == EINTR;
}

int io_open(const char *path, int flags)
{
    int fd;

    do
        fd = open(path, flags | O_NOCTTY, 0666);
    while (fd < 0 && errno == EINTR);
    return fd;
}

bool io_close(int fd)
{
    return close(fd) == 0 || errno == EINTR;
}

bool io_flush_to_disk(int fd)
{
    while (fsync(fd) != 0)
        if (errno != EINTR)
            return errno == EINVAL || errno == ENOTSUP || errno == EROFS;
    return true;
}

ssize_t io_read(int fd, char *out, size_t size)
{
    ssize_t got;

    do
        got = read(fd, out, size);
    while (got < 0 && may_retry(fd, POLLIN));
    return got;
}

ssize_t io_read_all(int fd, char *out, size_t size)
{
    size_t used = 0;
    ssize_t got = 1;

    while (used < size && got > 0) {
        got = io_read(fd, out + used, size - used);
        used += got > 0 ? (size_t)got : 0;
    }
    return got < 0 ? got : (ssize_t)used;
}

bool io_write(int fd, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, text, size);

        if (written < 0 && !may_retry(fd, POLLOUT))
            return false;
        if (written < 0)
            continue;
        if (written == 0) { /* again and again, perhaps */
            errno = EIO;
            return false;
        }
        text += written;
        size -= (size_t)written;
    }
    return true;
}

bool io_make_raw(int fd)
{
    struct termios settings;

    if (tcgetattr(fd, &settings) != 0)
        return true;
    settings.c_iflag &=
        (tcflag_t) ~(BRKINT | ICRNL | IGNCR | INLCR | INPCK | ISTRIP | IXOFF | IXON | PARMRK);
    settings.c_oflag &= (tcflag_t)~OPOST;
    settings.c_lflag &= (tcflag_t) ~(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
    settings.c_cflag &= (tcflag_t) ~(CSIZE | PARENB);
    settings.c_cflag |= CLOCAL | CREAD | CS8;
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    return tcsetattr(fd, TCSANOW, &settings) == 0;
}

bool io_same_file(int one, int other, bool *same)
{
    struct stat a;
    struct stat b;

    if (fstat(one, &a) != 0 || fstat(other, &b) != 0)
        return false;
    *same = S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
    return true;
}

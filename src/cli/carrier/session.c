/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/session.h"

#include "base/ascii.h"
#include "cli/base/format.h"
#include "cli/base/io.h"
#include "cli/base/replace.h"
#include "cli/base/report.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define NUMBER_SIZE 16 /* a number of 32 bits, its newline, and more */

/* A decimal number and a newline. */
static bool read_number(const char *text, uint32_t *number)
{
    uint64_t value = 0;
    size_t i = 0;

    for (; execwire_is_digit(text[i]) && value <= UINT32_MAX; i++)
        value = value * 10 + (uint64_t)(text[i] - '0');
    *number = (uint32_t)value;
    return i > 0 && strcmp(text + i, "\n") == 0 && value <= UINT32_MAX;
}

bool session_read(const char *path, uint32_t *session)
{
    char text[NUMBER_SIZE + 1] = "";
    int fd = io_open(path, O_RDONLY);
    ssize_t got;

    *session = 0;
    if (fd < 0 && errno == ENOENT)
        return true;
    got = fd >= 0 ? io_read_all(fd, text, NUMBER_SIZE) : -1;
    if (got < 0)
        (void)report_errno(path);
    if (fd >= 0)
        (void)io_close(fd);
    if (got < 0 || read_number(text, session))
        return got >= 0;
    report("%s: not the number of a session", path);
    return false;
}

bool session_write(const char *path, uint32_t session)
{
    char text[NUMBER_SIZE];
    size_t size = format(text, sizeof text, "%" PRIu32 "\n", session);
    replacement file;

    if (!replace_begin(&file, path))
        return false;
    if (io_write(file.fd, text, size) && replace_finish(&file))
        return true;
    (void)report_errno(path);
    replace_drop(&file);
    return false;
}

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
#define MOST        4  /* numbers in a file */

/* ---- Numbers ---- */

/* A decimal number and a newline. NULL: something else; or what stands behind it. */
static const char *read_number(const char *text, uint32_t *number)
{
    uint64_t value = 0;
    size_t i = 0;

    for (; execwire_is_digit(text[i]) && value <= UINT32_MAX; i++)
        value = value * 10 + (uint64_t)(text[i] - '0');
    *number = (uint32_t)value;
    return i > 0 && text[i] == '\n' && value <= UINT32_MAX ? text + i + 1 : NULL;
}

/* The text of a file, nothing where there is none. False: reported. */
static bool read_text(const char *path, char *text, size_t size, bool *exists)
{
    int fd = io_open(path, O_RDONLY);
    ssize_t got;

    *exists = fd >= 0 || errno != ENOENT;
    if (!*exists)
        return true;
    got = fd >= 0 ? io_read_all(fd, text, size) : -1;
    if (got < 0)
        (void)report_errno(path);
    if (fd >= 0)
        (void)io_close(fd);
    return got >= 0;
}

/* All 0 where there is no file. */
static bool read_numbers(const char *path, const char *what, uint32_t *numbers, size_t count)
{
    char text[MOST * NUMBER_SIZE + 1] = "";
    const char *at = text;
    bool exists;

    memset(numbers, 0, count * sizeof *numbers);
    if (!read_text(path, text, count * NUMBER_SIZE, &exists))
        return false;
    for (size_t i = 0; exists && at != NULL && i < count; i++)
        at = read_number(at, &numbers[i]);
    if (!exists || (at != NULL && *at == '\0'))
        return true;
    report("%s: not %s", path, what);
    return false;
}

static bool write_numbers(const char *path, const uint32_t *numbers, size_t count)
{
    char text[MOST * NUMBER_SIZE];
    size_t size = 0;
    replacement file;

    for (size_t i = 0; i < count; i++)
        size += format(text + size, sizeof text - size, "%" PRIu32 "\n", numbers[i]);
    if (!replace_begin(&file, path))
        return false;
    if (io_write(file.fd, text, size) && replace_finish(&file))
        return true;
    (void)report_errno(path);
    replace_drop(&file);
    return false;
}

/* ---- Sessions ---- */

bool session_read(const char *path, uint32_t *session)
{
    return read_numbers(path, "the number of a session", session, 1);
}

bool session_write(const char *path, uint32_t session)
{
    return write_numbers(path, &session, 1);
}

bool session_read_newest(const char *path, execwire_seal_newest *newest)
{
    uint32_t numbers[MOST];

    if (!read_numbers(path, "what was heard of a node", numbers, MOST))
        return false;
    *newest = (execwire_seal_newest){.session = numbers[0], .next = numbers[1]};
    for (unsigned i = 0; i < EXECWIRE_SEAL_SALT_SIZE; i++)
        newest->salt[i] = (uint8_t)(numbers[2 + i / 4] >> (24 - 8 * (i % 4)));
    return true;
}

bool session_write_newest(const char *path, const execwire_seal_newest *newest)
{
    uint32_t numbers[MOST] = {newest->session, newest->next};

    for (unsigned i = 0; i < EXECWIRE_SEAL_SALT_SIZE; i++)
        numbers[2 + i / 4] = numbers[2 + i / 4] << 8 | newest->salt[i];
    return write_numbers(path, numbers, MOST);
}

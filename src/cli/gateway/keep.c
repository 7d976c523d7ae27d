/* SPDX-License-Identifier: Apache-2.0 */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
#define _DEFAULT_SOURCE /* flock */
#include "cli/gateway/keep.h"

#include "cli/base/io.h"
#include "cli/base/replace.h"
#include "cli/gateway/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NO_FILE     UINT8_MAX
#define PREFIX_SIZE 4
/* What replace.h calls a file that has not taken its place; who was killed leaves one. */
#define UNFINISHED "execwire-"

/* ---- Files ---- */

static void name_file(const keep *k, unsigned file, char path[PATH_MAX])
{
    (void)format(path, PATH_MAX, "%s/nodes-%02x", k->folder, file);
}

/* By its name, so that a node's file is the same in the next gateway; those without one share one.
 */
static uint8_t file_by_name(const execwire_gateway *gateway, uint32_t node)
{
    char text[EXECWIRE_LINK_NODE_SIZE];
    execwire_str name = execwire_gateway_name(gateway, node, text);
    uint32_t hash = UINT32_C(2166136261); /* FNV-1a */

    for (size_t i = 0; i < name.size; i++)
        hash = (hash ^ (unsigned char)name.data[i]) * UINT32_C(16777619);
    return (uint8_t)((hash ^ hash >> 16) % KEEP_FILES);
}

static void change(keep *k, unsigned file, uint64_t now)
{
    if (k->due[file] == EXECWIRE_LINK_NEVER)
        k->due[file] = now + KEEP_MS;
}

/* ---- The folder ---- */

static bool lock_folder(keep *k)
{
    k->fd = io_open(k->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (k->fd >= 0 && flock(k->fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (k->fd >= 0 && errno == EWOULDBLOCK)
        report("%s: another gateway has it for its --state", k->folder);
    else
        (void)report_errno(k->folder);
    return false;
}

/* Takes away what gateways left that were killed while they wrote. */
static void clean_folder(const keep *k)
{
    DIR *folder = opendir(k->folder);
    const struct dirent *entry;

    if (folder == NULL)
        return;
    while ((entry = readdir(folder)) != NULL)
        if (strncmp(entry->d_name, "." UNFINISHED, strlen("." UNFINISHED)) == 0)
            (void)unlinkat(k->fd, entry->d_name, 0);
    (void)closedir(folder);
}

/* Finds out at once whether files can be written. */
static bool try_folder(const keep *k)
{
    char path[PATH_MAX];
    replacement file;

    name_file(k, 0, path);
    if (!replace_begin(&file, path))
        return false;
    replace_drop(&file);
    return true;
}

bool keep_open(keep *k, const char *folder, size_t max_nodes)
{
    *k = (keep){.folder = folder, .fd = -1};
    if (folder == NULL)
        return true;
    for (unsigned file = 0; file < KEEP_FILES; file++)
        k->due[file] = EXECWIRE_LINK_NEVER;
    k->file_of = memset(reallocate(NULL, max_nodes), NO_FILE, max_nodes);
    if (!lock_folder(k))
        return false;
    clean_folder(k);
    return try_folder(k);
}

void keep_close(keep *k)
{
    if (k->folder != NULL && k->fd >= 0)
        (void)io_close(k->fd);
    free(k->file_of);
    free(k->bytes);
    *k = (keep){.fd = -1};
}

/* ---- Reading ---- */

static void make_room(keep *k, size_t size)
{
    if (size <= k->capacity)
        return;
    k->capacity = size + size / 2;
    k->bytes = reallocate(k->bytes, k->capacity);
}

/* Milliseconds since a file was written. */
static uint64_t age_of(const struct stat *about)
{
    struct timespec now;
    int64_t age;

    clock_gettime(CLOCK_REALTIME, &now);
    age = ((int64_t)now.tv_sec - (int64_t)about->st_mtim.tv_sec) * 1000;
    return age > 0 ? (uint64_t)age : 0;
}

static size_t read_prefix(const char prefix[PREFIX_SIZE])
{
    size_t size = 0;

    for (unsigned i = PREFIX_SIZE; i-- > 0;)
        size = size << 8 | (unsigned char)prefix[i];
    return size;
}

/* Reads the next record, which is no longer than the rest of its file. Returns its size; 0 at the
 * end, -1 where there is none. */
static ssize_t read_record(keep *k, int fd, off_t *left)
{
    char prefix[PREFIX_SIZE];
    ssize_t got = io_read_all(fd, prefix, sizeof prefix);
    size_t size;

    if (got == 0)
        return 0;
    if (got != PREFIX_SIZE)
        return -1;
    size = read_prefix(prefix);
    *left -= PREFIX_SIZE;
    if (size == 0 || *left < (off_t)size)
        return -1;
    *left -= (off_t)size;
    make_room(k, size);
    return io_read_all(fd, k->bytes, size) == (ssize_t)size ? (ssize_t)size : -1;
}

/* Loads the nodes of a file that is open. False: some were not read. */
static bool load_nodes(keep *k, execwire_gateway *gateway, int fd, uint64_t now, unsigned *nodes)
{
    struct stat about;
    bool all = fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
    off_t left = all ? about.st_size : 0;
    ssize_t size;

    if (!all)
        return false;
    while ((size = read_record(k, fd, &left)) > 0) {
        uint32_t node;

        if (execwire_gateway_load(gateway, k->bytes, (size_t)size, age_of(&about), now, &node,
                                  NULL) == EXECWIRE_OK) {
            k->file_of[node] = file_by_name(gateway, node);
            ++*nodes;
        } else
            all = false;
    }
    return all && size == 0;
}

/* What is damaged is written anew, so that it is said once. */
static void load_file(keep *k, execwire_gateway *gateway, unsigned file, uint64_t now)
{
    char path[PATH_MAX];
    unsigned nodes = 0;
    int fd;

    name_file(k, file, path);
    fd = io_open(path, O_RDONLY | O_NONBLOCK);
    if (fd < 0) {
        if (errno != ENOENT)
            (void)report_errno(path);
        return;
    }
    if (!load_nodes(k, gateway, fd, now, &nodes)) {
        log_damaged(path, nodes);
        change(k, file, now);
    }
    (void)io_close(fd);
}

void keep_load(keep *k, execwire_gateway *gateway, uint64_t now)
{
    if (k->folder == NULL)
        return;
    for (unsigned file = 0; file < KEEP_FILES; file++)
        load_file(k, gateway, file, now);
}

/* ---- What has changed ---- */

void keep_note(keep *k, const execwire_gateway *gateway, uint32_t node, uint64_t now)
{
    if (k->folder == NULL || node == EXECWIRE_GATEWAY_NO_NODE)
        return;
    if (k->file_of[node] == NO_FILE)
        k->file_of[node] = file_by_name(gateway, node);
    change(k, k->file_of[node], now);
}

void keep_forget(keep *k, uint32_t node, uint64_t now)
{
    if (k->folder == NULL || k->file_of[node] == NO_FILE)
        return;
    change(k, k->file_of[node], now);
    k->file_of[node] = NO_FILE;
}

static unsigned next_file(const keep *k)
{
    unsigned next = 0;

    for (unsigned file = 1; file < KEEP_FILES; file++)
        if (k->due[file] < k->due[next])
            next = file;
    return next;
}

uint64_t keep_due(const keep *k)
{
    return k->folder != NULL ? k->due[next_file(k)] : EXECWIRE_LINK_NEVER;
}

/* ---- Writing ---- */

static void put_record(keep *k, const execwire_gateway *gateway, uint32_t node, uint64_t now)
{
    size_t size;

    make_room(k, k->used + PREFIX_SIZE);
    while (execwire_gateway_save(gateway, node, now, k->bytes + k->used + PREFIX_SIZE,
                                 k->capacity - k->used - PREFIX_SIZE, &size,
                                 NULL) == EXECWIRE_ERROR_NO_SPACE)
        make_room(k, k->used + PREFIX_SIZE + size);
    if (size == 0) /* a node that has made room */
        return;
    for (unsigned i = 0; i < PREFIX_SIZE; i++)
        k->bytes[k->used + i] = (char)(size >> (8 * i));
    k->used += PREFIX_SIZE + size;
}

static bool write_file(keep *k, const execwire_gateway *gateway, unsigned file, uint64_t now)
{
    char path[PATH_MAX];
    replacement written;

    k->used = 0;
    for (uint32_t node = 0; node < gateway->options.node_count; node++)
        if (k->file_of[node] == file)
            put_record(k, gateway, node, now);
    name_file(k, file, path);
    if (!replace_begin(&written, path))
        return false;
    if (io_write(written.fd, k->bytes, k->used) && replace_finish(&written))
        return true;
    (void)report_errno(path);
    replace_drop(&written);
    return false;
}

/* After a failure nothing is tried for as long as files wait as a rule. */
static void put_off(keep *k, uint64_t now)
{
    for (unsigned file = 0; file < KEEP_FILES; file++)
        if (k->due[file] < now + KEEP_MS)
            k->due[file] = now + KEEP_MS;
}

bool keep_write_due(keep *k, const execwire_gateway *gateway, uint64_t now)
{
    unsigned file = next_file(k);

    if (k->folder == NULL || k->due[file] > now)
        return true;
    if (!write_file(k, gateway, file, now)) {
        put_off(k, now);
        return false;
    }
    k->due[file] = EXECWIRE_LINK_NEVER;
    return true;
}

bool keep_write_all(keep *k, const execwire_gateway *gateway, uint64_t now)
{
    while (keep_due(k) != EXECWIRE_LINK_NEVER)
        if (!keep_write_due(k, gateway, now + KEEP_MS))
            return false;
    return true;
}

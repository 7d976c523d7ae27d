/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/replace.h"

#include "cli/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_LINKS 40 /* as Linux follows */

/* What has to be done when the program ends. Nothing is handed to a signal's handler, nor to what
 * atexit calls: so this belongs to the process, as do its signals. */
static volatile struct ending {
    bool prepared;                   /* the handler is in its place */
    char *temporaries[REPLACEMENTS]; /* the names of the new files that there are */
} ending;

/* ---- When the program ends ---- */

static void drop_all(void)
{
    for (unsigned slot = 0; slot < REPLACEMENTS; slot++) {
        if (ending.temporaries[slot] != NULL)
            unlink(ending.temporaries[slot]);
        ending.temporaries[slot] = NULL;
    }
}

/* The signal comes again, with its usual effect, when this returns. */
static void end_by_signal(int number)
{
    drop_all();
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

/* Whether a signal does not end a program that does not ask for it. */
static bool is_harmless(int number)
{
    return number == SIGCHLD || number == SIGCONT || number == SIGURG || number == SIGWINCH ||
           number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
}

/* Takes all signals that would end the program. Those that are ignored, as under nohup, stay so,
 * and what somebody else takes is his. */
static void prepare(void)
{
    struct sigaction ours = {.sa_handler = end_by_signal};
    struct sigaction now;

    if (ending.prepared)
        return;
    ending.prepared = true;
    (void)atexit(drop_all);
    sigfillset(&ours.sa_mask);
    for (int number = 1; number <= SIGRTMAX; number++) {
        bool usual = sigaction(number, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) == 0 &&
                     now.sa_handler == SIG_DFL;

        if (usual && !is_harmless(number))
            (void)sigaction(number, &ours, NULL); /* of SIGKILL and SIGSTOP nothing comes */
    }
}

/* ---- Names ---- */

/* Bytes of the folder's name in a path, with its slash. */
static size_t folder_size(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

/* What `name` means in the folder of the file `path`. */
static char *beside(const char *path, const char *name, size_t size)
{
    size_t folder = size > 0 && name[0] == '/' ? 0 : folder_size(path);
    char *joined = reallocate(NULL, folder + size + 1);

    memcpy(joined, path, folder);
    memcpy(joined + folder, name, size);
    joined[folder + size] = '\0';
    return joined;
}

/* Where a path leads behind all symbolic links; there need not be a file. NULL with errno. */
static char *follow(const char *path)
{
    char *at = beside("", path, strlen(path));
    char link[PATH_MAX];
    int links = 0;

    for (; links <= MOST_LINKS; links++) {
        ssize_t size = readlink(at, link, sizeof link);
        char *next;

        if (size < 0 && (errno == EINVAL || errno == ENOENT))
            return at;
        if (size < 0)
            break;
        next = beside(at, link, (size_t)size);
        free(at);
        at = next;
    }
    if (links > MOST_LINKS)
        errno = ELOOP;
    free(at);
    return NULL;
}

/* ---- The new file ---- */

/* mkstemp that no signal comes between. */
static int make_temporary(char *name)
{
    unsigned slot = 0;
    sigset_t all;
    sigset_t before;
    int fd;

    while (ending.temporaries[slot] != NULL)
        slot++;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    fd = mkstemp(name);
    if (fd >= 0)
        ending.temporaries[slot] = name;
    sigprocmask(SIG_SETMASK, &before, NULL);
    return fd;
}

/* Forgets it, and takes it away unless it has its place. */
static void forget_temporary(const char *name, bool placed)
{
    for (unsigned slot = 0; slot < REPLACEMENTS; slot++) {
        if (name == NULL || ending.temporaries[slot] != name)
            continue;
        if (!placed)
            unlink(name);
        ending.temporaries[slot] = NULL;
    }
}

/* The permissions of any new file. */
static mode_t usual_permissions(void)
{
    mode_t mask = umask(0);

    umask(mask);
    return 0666 & ~mask;
}

/* Makes the new file like the old one, or like any where there is none. False: reported. */
static bool make_alike(int fd, const char *path, const struct stat *old)
{
    struct stat new;

    if (old == NULL) {
        (void)fchmod(fd, usual_permissions()); /* where modes mean something */
        return true;
    }
    if (fstat(fd, &new) != 0) {
        (void)report_errno(path);
        return false;
    }
    if ((new.st_uid != old->st_uid || new.st_gid != old->st_gid) &&
        fchown(fd, old->st_uid, old->st_gid) != 0) {
        report("%s: a new file in its place cannot have its owner and group (>FILE keeps them)",
               path);
        return false;
    }
    (void)fchmod(fd, old->st_mode & 0777);
    return true;
}

/* What is at `path`: false with errno when nothing can be written there. */
static bool look(const char *path, struct stat *about, bool *exists)
{
    *exists = stat(path, about) == 0;
    if (!*exists)
        return errno == ENOENT;
    if (S_ISREG(about->st_mode))
        return access(path, W_OK) == 0;
    errno = S_ISDIR(about->st_mode) ? EISDIR : EINVAL;
    return false;
}

bool replace_begin(replacement *r, const char *path)
{
    static const char pattern[] = ".execwire-XXXXXX";
    struct stat about;
    bool exists;

    *r = (replacement){.fd = -1};
    prepare();
    if (look(path, &about, &exists))
        r->target = follow(path);
    if (r->target != NULL) {
        r->written = beside(r->target, pattern, sizeof pattern - 1);
        r->fd = make_temporary(r->written);
    }
    if (r->fd >= 0 && make_alike(r->fd, path, exists ? &about : NULL))
        return true;
    if (r->fd < 0)
        (void)report_errno(path);
    replace_drop(r);
    return false;
}

/* ---- Its end ---- */

/* errno stays. */
static void close_quietly(int fd)
{
    int why = errno;

    if (fd >= 0)
        (void)io_close(fd);
    errno = why;
}

/* The folder, in which the new file's name will be, -1 where it may be written to but not read:
 * then the system chooses when to flush it. What else may fail comes before the old file is gone.
 */
static bool open_folder(const char *path, int *folder)
{
    char *name = beside(path, ".", 1);

    *folder = io_open(name, O_RDONLY | O_DIRECTORY);
    free(name);
    return *folder >= 0 || errno == EACCES;
}

static void forget(replacement *r)
{
    free(r->target);
    free(r->written);
    *r = (replacement){.fd = -1};
}

bool replace_finish(replacement *r)
{
    int folder;
    bool good = open_folder(r->target, &folder) && io_flush_to_disk(r->fd);

    if (good) {
        good = io_close(r->fd);
        r->fd = -1;
    }
    if (good && rename(r->written, r->target) == 0) {
        forget_temporary(r->written, true);
        good = folder < 0 || io_flush_to_disk(folder);
        forget(r);
    } else {
        good = false;
        replace_drop(r);
    }
    close_quietly(folder);
    return good;
}

void replace_drop(replacement *r)
{
    int why = errno;

    close_quietly(r->fd);
    forget_temporary(r->written, false);
    forget(r);
    errno = why;
}

/* A file that is written beside the one whose place it takes when it is whole: whatever happens, a
 * crash of the machine included, there is the old one or the new one. When the program exits or is
 * ended by a signal, new ones that are not whole are taken away.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_REPLACE_H
#define EXECWIRE_CLI_REPLACE_H

#include "cli/base/report.h"

/* How many there may be at the same time. */
#define REPLACEMENTS 2

typedef struct replacement {
    int fd;        /* to write to; -1: there is none */
    char *target;  /* behind all symbolic links; need not exist */
    char *written; /* its name until then */
} replacement;

/* Begins one for a regular file, or for none that is there yet. It has owner, group and permissions
 * of the old one. False: reported, and there is none. */
EXECWIRE_MUST_USE bool replace_begin(replacement *r, const char *path);

/* Flushes the new file to the disk, closes it and puts it in its place. False with errno, and the
 * old one is as it was, unless all that failed was to flush the folder. */
EXECWIRE_MUST_USE bool replace_finish(replacement *r);

/* Leaves the old file as it is; errno as well. Nothing when there is no new one. */
void replace_drop(replacement *r);

#endif

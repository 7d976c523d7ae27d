/* SPDX-License-Identifier: Apache-2.0
 *
 * Takes from the environment which mutant to run, or the file in which to mark those that are
 * reached. The file is mapped, so that processes that die by a signal mark theirs too. */
#define _DEFAULT_SOURCE
#include "mutants.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

unsigned execwire_mutant = EXECWIRE_MUTANTS;
#ifdef EXECWIRE_MARK
_Alignas(65536) unsigned char execwire_marks[EXECWIRE_MUTANTS];
#endif

__attribute__((constructor)) static void start(void)
{
#ifdef EXECWIRE_MARK
    const char *path = getenv("EXECWIRE_MARKS");
    int file = path != NULL ? open(path, O_RDWR) : -1;

    if (file < 0)
        return;
    if (mmap(execwire_marks, sizeof execwire_marks, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
             file, 0) == MAP_FAILED)
        abort();
    close(file);
#else
    const char *number = getenv("EXECWIRE_MUTANT");

    if (number != NULL)
        execwire_mutant = (unsigned)strtoul(number, NULL, 10);
#endif
}

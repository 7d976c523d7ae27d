/* SPDX-License-Identifier: Apache-2.0 */
#include "text/path.h"

#include <execwire/printable.h>

#include <string.h>

#ifndef EXECWIRE_NO_TEXTS

/* Room for one character of a path. */
#define CHARACTER_SIZE 4

/* One character of a name as it goes into a path: RFC 6901, section 3, escapes '~' and '/'. What is
 * not printable is a question mark. Returns how many bytes it makes; `*size` of the name were
 * taken. */
static size_t path_character(const char *name, size_t *size, char out[CHARACTER_SIZE])
{
    bool printable;

    *size = execwire_next_printable(name, *size, &printable);
    memcpy(out, printable ? name : "?", printable ? *size : 1);
    if (*name != '~' && *name != '/')
        return printable ? *size : 1;
    out[0] = '~';
    out[1] = *name == '~' ? '0' : '1';
    return 2;
}

/* Ends a path that is longer than its room in "...", without cutting a character or an escape in
 * two. */
static void shorten(char path[EXECWIRE_PATH_SIZE])
{
    size_t end = EXECWIRE_PATH_SIZE - sizeof "...";

    while (((unsigned char)path[end] & 0xC0) == 0x80)
        end--;
    end -= path[end - 1] == '~';
    memcpy(path + end, "...", sizeof "...");
}

execwire_code execwire_fail_in(execwire_error *error, execwire_code code, const char *name,
                               size_t name_size)
{
    char path[EXECWIRE_PATH_SIZE + CHARACTER_SIZE];
    size_t used = 1;

    if (error == NULL)
        return code;
    path[0] = '/';
    for (size_t at = 0; at < name_size && used < EXECWIRE_PATH_SIZE;) {
        size_t taken = name_size - at;

        used += path_character(name + at, &taken, path + used);
        at += taken;
    }
    for (size_t i = 0; error->path[i] != '\0' && used < EXECWIRE_PATH_SIZE; i++)
        path[used++] = error->path[i];
    if (used >= EXECWIRE_PATH_SIZE)
        shorten(path);
    else
        path[used] = '\0';
    memcpy(error->path, path, EXECWIRE_PATH_SIZE);
    return error->code;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "status/status.h"

#include <execwire/execwire.h>

#include <string.h>

#define TEXT_OF(number)              #number
#define VERSION(major, minor, patch) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)

const char *execwire_version(void)
{
    return VERSION(EXECWIRE_VERSION_MAJOR, EXECWIRE_VERSION_MINOR, EXECWIRE_VERSION_PATCH);
}

#ifndef EXECWIRE_NO_TEXTS

static const struct {
    const char *name;
    const char *text;
} statuses[] = {
#define STATUS(name, text) {"EXECWIRE_" #name, text},
    EXECWIRE_STATUS_LIST(STATUS)
#undef STATUS
};

static execwire_status known(execwire_status status)
{
    return (unsigned)status < EXECWIRE_STATUS_COUNT ? status : EXECWIRE_ERROR_ARGUMENT;
}

const char *execwire_status_name(execwire_status status)
{
    return statuses[known(status)].name;
}

const char *execwire_status_text(execwire_status status)
{
    return statuses[known(status)].text;
}

execwire_status execwire_fail_found(execwire_error *error, execwire_status code, size_t offset,
                                    const char *found)
{
    if (error != NULL) {
        error->code = code;
        error->offset = offset;
        error->text = execwire_status_text(code);
        error->found = found;
        error->path[0] = '\0';
    }
    return code;
}

execwire_status execwire_fail(execwire_error *error, execwire_status code, size_t offset)
{
    return execwire_fail_found(error, code, offset, NULL);
}

/* One byte of a name as it goes into a path: RFC 6901, section 3, escapes '~' and '/'. Returns
 * how many characters it makes. */
static size_t path_bytes(char byte, char out[2])
{
    out[0] = byte;
    out[1] = '\0';
    if (byte == '~' || byte == '/') {
        out[0] = '~';
        out[1] = byte == '~' ? '0' : '1';
        return 2;
    }
    if ((unsigned char)byte < 0x20 || byte == 0x7F)
        out[0] = '?';
    return 1;
}

/* Ends a path that is longer than its room in "...", without cutting a character or an escape in
 * two. */
static void shorten(char path[EXECWIRE_PATH_SIZE])
{
    size_t end = EXECWIRE_PATH_SIZE - sizeof "...";

    while (end > 1 && ((unsigned char)path[end] & 0xC0) == 0x80)
        end--;
    end -= path[end - 1] == '~';
    memcpy(path + end, "...", sizeof "...");
}

execwire_status execwire_fail_in(execwire_error *error, execwire_status code, const char *name,
                                 size_t name_size)
{
    char path[EXECWIRE_PATH_SIZE + 2];
    size_t used = 1;

    if (error == NULL)
        return code;
    path[0] = '/';
    for (size_t i = 0; i < name_size && used < EXECWIRE_PATH_SIZE; i++)
        used += path_bytes(name[i], path + used);
    for (size_t i = 0; error->path[i] != '\0' && used < EXECWIRE_PATH_SIZE; i++)
        path[used++] = error->path[i];
    if (used >= EXECWIRE_PATH_SIZE)
        shorten(path);
    else
        path[used] = '\0';
    memcpy(error->path, path, EXECWIRE_PATH_SIZE);
    return error->code;
}

#else

const char *execwire_status_name(execwire_status status)
{
    (void)status;
    return "";
}

const char *execwire_status_text(execwire_status status)
{
    (void)status;
    return "";
}

execwire_status execwire_fail(execwire_error *error, execwire_status code, size_t offset)
{
    if (error != NULL)
        *error = (execwire_error){.code = code, .offset = offset, .text = ""};
    return code;
}

#endif

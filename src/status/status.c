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

static execwire_status status_index(execwire_status status)
{
    return (unsigned)status < EXECWIRE_STATUS_COUNT ? status : EXECWIRE_ERROR_ARGUMENT;
}

const char *execwire_status_name(execwire_status status)
{
    return statuses[status_index(status)].name;
}

const char *execwire_status_text(execwire_status status)
{
    return statuses[status_index(status)].text;
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

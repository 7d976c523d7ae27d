/* SPDX-License-Identifier: Apache-2.0 */
#include "error/error.h"

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
} codes[] = {
#define CODE(name, text) {"EXECWIRE_" #name, text},
    EXECWIRE_CODE_LIST(CODE)
#undef CODE
};

static execwire_code code_index(execwire_code code)
{
    return (unsigned)code < EXECWIRE_CODE_COUNT ? code : EXECWIRE_ERROR_ARGUMENT;
}

const char *execwire_code_name(execwire_code code)
{
    return codes[code_index(code)].name;
}

const char *execwire_code_text(execwire_code code)
{
    return codes[code_index(code)].text;
}

execwire_code execwire_fail_found(execwire_error *error, execwire_code code, size_t offset,
                                  const char *found)
{
    if (error != NULL) {
        error->code = code;
        error->offset = offset;
        error->text = execwire_code_text(code);
        error->found = found;
        error->path[0] = '\0';
    }
    return code;
}

execwire_code execwire_fail(execwire_error *error, execwire_code code, size_t offset)
{
    return execwire_fail_found(error, code, offset, NULL);
}

#else

const char *execwire_code_name(execwire_code code)
{
    (void)code;
    return "";
}

const char *execwire_code_text(execwire_code code)
{
    (void)code;
    return "";
}

execwire_code execwire_fail(execwire_error *error, execwire_code code, size_t offset)
{
    if (error != NULL)
        *error = (execwire_error){.code = code, .offset = offset, .text = ""};
    return code;
}

#endif

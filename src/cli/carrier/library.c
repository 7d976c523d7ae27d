/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/library.h"

#include "cli/base/report.h"

#include <dlfcn.h>
#include <string.h>

bool library_load(const char *soname, const char *option, const library_call *calls, size_t count)
{
    void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);

    if (library == NULL) {
        report("%s needs %s, which is not installed", option, soname);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        void *address = dlsym(library, calls[i].name);

        if (address == NULL) {
            report("%s needs %s with %s", option, soname, calls[i].name);
            return false;
        }
        memcpy(calls[i].at, &address, sizeof address); /* as POSIX has it for dlsym */
    }
    return true;
}

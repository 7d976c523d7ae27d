/* An execwire of before, out of its shared library: how much faster or slower a change makes it.
 * The library must have the state's layout of now, as EXECWIRE_ABI says.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "subject.h"

#include <execwire/execwire.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
    __typeof__(&execwire_json_read) json_read;
    __typeof__(&execwire_json_write) json_write;
    __typeof__(&execwire_decode) decode;
    __typeof__(&execwire_encode) encode;
} before;

#define execwire_json_read  before.json_read
#define execwire_json_write before.json_write
#define execwire_decode     before.decode
#define execwire_encode     before.encode
#define subject_execwire    subject_before
#define SUBJECT_NAME        "execwire, before"
#include "subject_execwire.c"

static void *symbol(void *library, const char *name)
{
    void *found = dlsym(library, name);

    if (found == NULL) {
        fprintf(stderr, "bench: %s\n", dlerror());
        exit(1);
    }
    return found;
}

void subject_before_load(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    if (library == NULL) {
        fprintf(stderr, "bench: %s\n", dlerror());
        exit(1);
    }
    *(void **)&before.json_read = symbol(library, "execwire_json_read");
    *(void **)&before.json_write = symbol(library, "execwire_json_write");
    *(void **)&before.decode = symbol(library, "execwire_decode");
    *(void **)&before.encode = symbol(library, "execwire_encode");
}

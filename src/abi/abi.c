/* SPDX-License-Identifier: Apache-2.0 */
#include <execwire/abi.h>

#include <string.h>

#include "structs.h"

int execwire_abi(void)
{
    return EXECWIRE_ABI;
}

static const struct {
    const char *name;
    size_t size;
} structs[] = {
#define STRUCT(type) {#type, sizeof(type)},
    EXECWIRE_STRUCTS(STRUCT)
#undef STRUCT
};

size_t execwire_sizeof(const char *name)
{
    size_t length;

    if (name == NULL)
        return 0;
    length = strlen(name);
    for (size_t i = 0; i < sizeof structs / sizeof *structs; i++)
        if (strlen(structs[i].name) == length && memcmp(structs[i].name, name, length) == 0)
            return structs[i].size;
    return 0;
}

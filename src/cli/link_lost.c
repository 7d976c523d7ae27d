/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/link_lost.h"

#include "cli/base/report.h"

#include <stdlib.h>

void link_lose(link_lost *of, uint32_t identity)
{
    if (of->count == of->capacity) {
        of->capacity = 2 * of->capacity + 16;
        of->identities = reallocate_array(of->identities, of->capacity, sizeof *of->identities);
    }
    of->identities[of->count++] = identity;
}

void link_find_again(link_lost *of, uint32_t identity)
{
    size_t kept = 0;

    for (size_t i = 0; i < of->count; i++)
        if (of->identities[i] != identity)
            of->identities[kept++] = of->identities[i];
    of->count = kept;
}

void link_forget_lost(link_lost *of)
{
    free(of->identities);
}

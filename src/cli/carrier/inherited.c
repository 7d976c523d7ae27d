/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/inherited.h"

#include "cli/base/option.h"

#include <stdlib.h>
#include <unistd.h>

/* A number of the environment; 0: there is none. */
static size_t number_of(const char *name)
{
    const char *text = getenv(name);
    size_t number = 0;

    return text != NULL && option_size(&number, text) ? number : 0;
}

unsigned inherited_count(void)
{
    bool ours = number_of("LISTEN_PID") == (size_t)getpid();

    return ours ? (unsigned)number_of("LISTEN_FDS") : 0; /* at most EXECWIRE_MAX_SIZE */
}

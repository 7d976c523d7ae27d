/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/colour.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool colour_wanted(colour_when when, int fd)
{
    const char *no = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    bool can = terminal == NULL || strcmp(terminal, "dumb") != 0;

    if (when != COLOUR_AUTO)
        return when == COLOUR_ALWAYS;
    return (no == NULL || *no == '\0') && can && isatty(fd);
}

const char *colour_sequence(colour c)
{
    static const char *const sequences[] = {
        [COLOUR_PLAIN] = "\033[0m", [COLOUR_BOLD] = "\033[1m",   [COLOUR_DIM] = "\033[2m",
        [COLOUR_RED] = "\033[31m",  [COLOUR_GREEN] = "\033[32m", [COLOUR_CYAN] = "\033[36m"};

    return sequences[c];
}

/* Colour, for people at a terminal.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_COLOUR_H
#define EXECWIRE_CLI_COLOUR_H

#include <stdbool.h>

typedef enum colour_when {
    COLOUR_AUTO, /* where a terminal shows it, unless NO_COLOR or TERM=dumb says otherwise */
    COLOUR_ALWAYS,
    COLOUR_NEVER
} colour_when;

typedef enum colour {
    COLOUR_PLAIN,
    COLOUR_BOLD,  /* titles */
    COLOUR_DIM,   /* bytes */
    COLOUR_RED,   /* what is wrong, or gone */
    COLOUR_GREEN, /* values, and what is new */
    COLOUR_CYAN   /* names */
} colour;

/* Whether what goes to a descriptor is to have colour. */
bool colour_wanted(colour_when when, int fd);

/* What a terminal takes for the start of a colour, or for the end of any: COLOUR_PLAIN. */
const char *colour_sequence(colour c);

#endif

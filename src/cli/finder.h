/* Finds the end of a JSON object that arrives in pieces, looking at each byte once.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_FINDER_H
#define EXECWIRE_CLI_FINDER_H

#include <execwire/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero before the first byte. */
typedef struct finder {
    size_t at;        /* bytes looked at, from the start of the object */
    unsigned depth;   /* open objects and arrays */
    uint64_t objects; /* a bit for each of the innermost 64: whether it is an object */
    char last;        /* the last byte that is not white space; 'v' inside a word or number */
    bool in_string;
    bool escaped; /* the next byte is part of an escape sequence */
} finder;

typedef enum EXECWIRE_MUST_USE finder_result {
    FINDER_MORE,  /* the object goes on */
    FINDER_FOUND, /* it ends before `at` */
    FINDER_BROKEN /* what stands before `at` cannot be the start of any object */
} finder_result;

/* Looks at the bytes from `at` up to `size`. Not every broken object is seen to be broken; one that
 * can be mistaken for the objects behind it is. */
finder_result finder_look(finder *f, const char *text, size_t size);

#endif

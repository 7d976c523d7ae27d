/* Finds the JSON values in a file: one after the other, on lines of their own or not, or in an
 * array. Where a value ends is found without reading anything twice, in memory bounded by the
 * largest value.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_VALUES_H
#define EXECWIRE_CLI_VALUES_H

#include "cli/record.h"

typedef enum values_place {
    PLACE_TOP,         /* a value, an array, or the end */
    PLACE_ARRAY_FIRST, /* a value or the closing bracket */
    PLACE_ARRAY_VALUE, /* a value, after a comma */
    PLACE_ARRAY_NEXT,  /* a comma or the closing bracket */
    PLACE_RESUMED      /* behind something broken, in an array or not: any of these */
} values_place;

typedef struct values {
    input *in;
    size_t max;
    values_place place;
    uint64_t number;
    uint64_t line;       /* of the next byte, from 1 */
    uint64_t line_start; /* offset in the file of that line */
    uint64_t looked;     /* offset up to which the buffer was searched for the line's end */
    size_t pending;      /* bytes of the current value, to be taken */
    bool lost;           /* the current value has no certain end */
} values;

void values_init(values *v, input *in, size_t max);

/* The next value's bytes. A guess is to be read, and settled if that fails. */
next_result values_next(values *v, record *value, execwire_error *error);

/* Finds out where a guessed value really ends. When it has no end, because it is broken, its size
 * includes the byte that shows this, and the next value is looked for at the next line that
 * begins with one. */
next_result values_settle(values *v, record *value, execwire_error *error);

/* The line and column, in bytes from 1, of a byte of the current value. */
void values_locate(const values *v, size_t offset, uint64_t *line, uint64_t *column);

#endif

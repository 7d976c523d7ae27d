/* Finds the JSON values in a file: one after the other, on lines of their own or not, or in an
 * array. A value ends where reading it does, so its bytes are looked at once; only one that is not
 * all there yet, or broken, is looked through for its end (cli/finder.h). Memory is bounded by the
 * largest value. With a pointer the values are those that it names in larger documents, which may
 * have any size.
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
    size_t pending;      /* bytes of the current value, to be taken */
    bool broken;         /* the current value has no end: nothing tells where the next begins */
    bool named;          /* `walk` goes to the values, and nothing of the above says a place */
    execwire_json_walk walk;
} values;

/* `pointer` is a good one; NULL: values stand one after the other, or in an array. */
void values_init(values *v, input *in, size_t max, const char *pointer);

/* The next value: where it begins, and what is there of it and of what follows, as much as a value
 * may have. Whoever reads it says where it ends, or has that found out. */
next_result values_next(values *v, record *value, execwire_error *error);

/* It has been read, and ends after so many bytes. */
void values_end(values *v, record *value, size_t size);

/* Finds its end, reading more if need be. When it has none, because it is broken, its size includes
 * the byte that shows this, and the next value is looked for at the next line that begins with
 * one. */
next_result values_find_end(values *v, record *value, execwire_error *error);

/* Takes what is done with, so that others can read on. False, and nothing: something is open, an
 * array or what is broken, that they would have to know of. */
bool values_settle(values *v);

/* How many of the bytes that are there, which begin between values, are probably whole ones: those
 * before the last line that begins with an object. */
size_t values_whole(const values *v);

/* The same when there are none, and no more for now: all, when they end as a value does, or are
 * broken. */
size_t values_whole_now(const values *v);

/* Takes `size` bytes of whole values, and counts their lines. */
void values_take(values *v, size_t size);

/* Counts the lines that were taken of a piece of the file. */
void values_follow(values *v, const values *piece);

/* The line and column, in bytes from 1, of a byte of the current value. */
void values_locate(const values *v, size_t offset, uint64_t *line, uint64_t *column);

#endif

/* Mutations of protobuf messages that know what a message is made of: one in which a field is
 * another, lengths and all.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_FUZZ_MUTATE_H
#define EXECWIRE_FUZZ_MUTATE_H

#include <execwire/fuzz.h>

/* Where a mutation's chances come from, and what mutates what are just bytes. */
typedef struct execwire_fuzz_chance {
    uint64_t seed;
    /* returns the new size; the capacity is not 0 */
    size_t (*bytes)(struct execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity);
    execwire_fuzz_mutator *mutator; /* of the caller, for `bytes` */
} execwire_fuzz_chance;

/* With the caller's mutator, or a simple one where that is NULL. */
void execwire_fuzz_start(execwire_fuzz_chance *c, unsigned seed, execwire_fuzz_mutator *mutator);

/* Below `count`, which is not 0. */
size_t execwire_fuzz_below(execwire_fuzz_chance *c, size_t count);

/* Bytes that are mutated in place. */
typedef struct execwire_fuzz_buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
} execwire_fuzz_buffer;

/* Puts bytes in the place of `old` others; they may not lie in the buffer. False: no room, and
 * nothing is changed. */
bool execwire_fuzz_splice(execwire_fuzz_buffer *b, size_t at, size_t old, const void *with,
                          size_t size);

/* Of a protobuf message: changes a value, takes a field out, repeats it or puts in another one. */
void execwire_fuzz_fields(execwire_fuzz_chance *c, execwire_fuzz_buffer *message);

/* The same, or another mutation of its bytes, of a message behind its length, which is made right.
 */
void execwire_fuzz_prefixed(execwire_fuzz_chance *c, execwire_fuzz_buffer *b, size_t start,
                            size_t end);

/* Half of the time of a message's fields, else of its bytes. */
size_t execwire_fuzz_message(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity);

#endif

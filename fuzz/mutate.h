/* Mutations that know what an input is made of, for targets to whose checks libFuzzer's own hardly
 * ever get through: a message in which one field is another, lengths and all, and what stands
 * around it sealed anew.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include <execwire/link.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the mutation's chances come from. */
typedef struct fuzz_chance {
    uint64_t seed;
    /* libFuzzer's own mutation; returns the new size */
    size_t (*bytes)(uint8_t *data, size_t size, size_t capacity);
} fuzz_chance;

/* Below `count`, which is not 0. */
size_t fuzz_below(fuzz_chance *c, size_t count);

/* Bytes that are mutated in place. */
typedef struct fuzz_buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
} fuzz_buffer;

/* Puts bytes in the place of `old` others; they may not lie in the buffer. False: no room, and
 * nothing is changed. */
bool fuzz_splice(fuzz_buffer *b, size_t at, size_t old, const void *with, size_t size);

/* ---- fields.c ---- */

/* Of a protobuf message: changes a value, takes a field out, repeats it or puts in another one. */
void fuzz_mutate_fields(fuzz_chance *c, fuzz_buffer *message);

/* The same, or libFuzzer's own, of a message behind its length, which is made right. */
void fuzz_mutate_prefixed(fuzz_chance *c, fuzz_buffer *b, size_t start, size_t end);

/* Where the value of the first field with this tag is; NULL: nowhere. */
uint8_t *fuzz_find_field(uint8_t *message, size_t size, uint64_t tag);

/* For a fuzz_target whose input is one message. */
size_t fuzz_mutate_message(fuzz_chance *c, uint8_t *data, size_t size, size_t capacity);

/* ---- frames.c ---- */

/* Takes the next of an input's frames, each after its size in one byte; `*in` is behind it then. */
size_t fuzz_next_frame(const uint8_t **in, size_t *size);

/* Seals the frames of an input that begin there, up to before `end`. */
typedef void fuzz_seal(fuzz_buffer *b, size_t begin, size_t end);

/* Of such an input: takes a frame out, mutates it, or puts it somewhere else as well. */
size_t fuzz_mutate_frames(fuzz_chance *c, uint8_t *data, size_t size, size_t capacity,
                          fuzz_seal *seal);

/* ---- seal.c ---- */

/* Puts the check into a frame that is all right but for it, for this receiver as it is. */
void fuzz_seal_frame(execwire_link_receiver *receiver, uint8_t *frame, size_t size);

/* The same with feedback, which is for all senders alike. */
void fuzz_seal_feedback(uint8_t *frame, size_t size);

#endif

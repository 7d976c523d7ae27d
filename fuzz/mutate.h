/* Mutations that know what an input is made of, for targets to whose checks libFuzzer's own hardly
 * ever get through: those of a message, which users have as well (src/fuzz/), of lists of frames,
 * and what stands around a frame sealed anew.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include "fuzz/mutate.h"

#include <execwire/link.h>

/* ---- frames.c ---- */

/* Takes the next of an input's frames, each after its size in one byte; `*in` is behind it then. */
size_t fuzz_next_frame(const uint8_t **in, size_t *size);

/* Seals the frames of an input that begin there, up to before `end`. */
typedef void fuzz_seal(execwire_fuzz_buffer *b, size_t begin, size_t end);

/* Of such an input: takes a frame out, mutates it, or puts it somewhere else as well. */
size_t fuzz_mutate_frames(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity,
                          fuzz_seal *seal);

/* ---- seal.c ---- */

/* Puts the check into a frame that is all right but for it, for this receiver as it is. */
void fuzz_seal_frame(execwire_link_receiver *receiver, uint8_t *frame, size_t size);

/* The same with feedback, which is for all senders alike. */
void fuzz_seal_feedback(uint8_t *frame, size_t size);

#endif

/* For those who fuzz programs of their own that take or give execution states: a mutator that knows
 * what a message is made of, and a generator of states. docs/fuzzing.md has a target to copy.
 *
 * It is in libexecwire; a program that does not call it does not get it from the static library.
 * There is no heap in here, and no chance but what the caller gives: the same arguments have the
 * same result.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_FUZZ_H
#define EXECWIRE_FUZZ_H

#include <execwire/execwire.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Mutates bytes in place, given room for `capacity` of them, which is not 0. Returns their new
 * size. libFuzzer's LLVMFuzzerMutate is one. */
typedef size_t execwire_fuzz_mutator(uint8_t *data, size_t size, size_t capacity);

/* Mutates a protobuf message in place: one field's value becomes another one, at any depth, or a
 * field goes, comes or comes twice; the lengths around it are right. Half of the time its bytes are
 * mutated as they are, as what is broken has to be met as well. Any bytes are taken for a message,
 * and none.
 *
 * capacity  room at `data`, in bytes; the message does not grow beyond it
 * seed      where all chances come from
 * mutator   mutates what are just bytes, such as strings; NULL: a simple one
 *
 * Returns the new size; `size`, with nothing changed, where `data` is NULL, or the capacity is 0 or
 * below the size. libFuzzer calls it by
 *
 *     size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned seed)
 *     {
 *         return execwire_fuzz_mutate(data, size, capacity, seed, LLVMFuzzerMutate);
 *     } */
EXECWIRE_API size_t execwire_fuzz_mutate(uint8_t *data, size_t size, size_t capacity, unsigned seed,
                                         execwire_fuzz_mutator *mutator);

/* Makes a state of any bytes, one that execwire_encode takes: fields present and absent, numbers at
 * the ends of their ranges, enums without a name, texts that are empty, of any script, with NUL
 * bytes, or much too long. Similar bytes make similar states, so that a fuzzer that is led by
 * coverage is led here, too. What the bytes do not reach is absent. Strings of the state lie in the
 * scratch's text. A NULL `state` measures what the scratch needs.
 *
 * Errors: NO_SPACE (entry_count and text_size say what is needed), ARGUMENT. */
EXECWIRE_API execwire_code execwire_fuzz_state(const void *in, size_t in_size,
                                               execwire_scratch *scratch, execwire_state *state,
                                               execwire_error *error);

#ifdef __cplusplus
}
#endif

#endif

/* The target of this program under libFuzzer.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t capacity); /* libFuzzer's own */

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
    fuzz_this_target.run(in, size);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned seed)
{
    execwire_fuzz_chance chance;

    if (fuzz_this_target.mutate == NULL)
        return LLVMFuzzerMutate(data, size, capacity);
    execwire_fuzz_start(&chance, seed, LLVMFuzzerMutate);
    return fuzz_this_target.mutate(&chance, data, size, capacity);
}

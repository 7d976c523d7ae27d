/* The target of this program under libFuzzer.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
    fuzz_this_target.run(in, size);
    return 0;
}

/* What the tests of mutations share: bytes that are seen to be mutated, and shares of many tries.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TESTS_MUTATIONS_H
#define EXECWIRE_TESTS_MUTATIONS_H

#include "support/cmocka.h"

#include "fuzz/mutate.h"

/* Bytes for a message. */
#define ROOM 512

/* In place of the mutations of what is just bytes. */
static inline size_t mark(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity)
{
    (void)c;
    assert_true(size > 0 && size <= capacity);
    data[0] = 'X';
    return size;
}

/* Fails unless it came about so often: within four standard deviations. */
static inline void check_share(const char *what, unsigned count, double expected)
{
    if ((count - expected) * (count - expected) > 16 * expected)
        fail_msg("%s: %u, not about %.0f", what, count, expected);
}

#endif

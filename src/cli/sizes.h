/* The distribution of many sizes in little memory.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_SIZES_H
#define EXECWIRE_CLI_SIZES_H

#include <stddef.h>
#include <stdint.h>

/* Up to here each size is counted by itself; above, those with the same 9 leading bits together. */
#define SIZES_BITS  13
#define SIZES_EXACT (1 << SIZES_BITS)
#define SIZES_ABOVE ((32 - SIZES_BITS) * 256)

/* All zero before the first. */
typedef struct sizes {
    uint64_t count;
    uint64_t total;
    size_t min;
    size_t max;
    uint64_t counts[SIZES_EXACT + SIZES_ABOVE];
} sizes;

/* A new one, to be freed. */
sizes *sizes_new(void);

/* Counts a size below 2^32. */
void sizes_add(sizes *s, size_t size);

/* The size in the middle, of two the smaller: exact below SIZES_EXACT, above at most 0.4 % too
 * small. 0 when there is none. */
size_t sizes_median(const sizes *s);

#endif

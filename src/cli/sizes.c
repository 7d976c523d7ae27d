/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/sizes.h"

#include "cli/base/report.h"

#include <string.h>

sizes *sizes_new(void)
{
    return memset(reallocate(NULL, sizeof(sizes)), 0, sizeof(sizes));
}

/* Above SIZES_EXACT: 256 counts for each power of two up to 2^31. */
static size_t index_of(size_t size)
{
    unsigned power = SIZES_BITS;

    if (size < SIZES_EXACT)
        return size;
    while (power < 31 && size >> (power + 1) != 0)
        power++;
    return SIZES_EXACT + (size_t)(power - SIZES_BITS) * 256 + ((size >> (power - 8)) & 255);
}

static size_t size_at(size_t index)
{
    size_t above = index - SIZES_EXACT;

    if (index < SIZES_EXACT)
        return index;
    return (256 + above % 256) << (above / 256 + SIZES_BITS - 8);
}

void sizes_add(sizes *s, size_t size)
{
    s->min = s->count == 0 || size < s->min ? size : s->min;
    s->max = size > s->max ? size : s->max;
    s->count++;
    s->total += size;
    s->counts[index_of(size)]++;
}

size_t sizes_median(const sizes *s)
{
    uint64_t before = 0;
    size_t index = 0;

    if (s->count == 0)
        return 0;
    while (before + s->counts[index] <= (s->count - 1) / 2)
        before += s->counts[index++];
    return size_at(index) > s->min ? size_at(index) : s->min;
}

/* Whether bytes are the same, short ones above all: names and keys.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TEXT_SAME_H
#define EXECWIRE_TEXT_SAME_H

#include "base/target.h"
#include "base/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef EXECWIRE_FAST_PATHS

/* Whether both begin with the same `size` bytes: a word at a time, of which the last may overlap
 * the one before. Without it: encode +3.5 %. */
static inline bool execwire_same_bytes(const char *left, const char *right, size_t size)
{
    size_t at = 0;

    if (size >= 8) {
        for (; at + 8 < size; at += 8)
            if (execwire_load(left + at, 8) != execwire_load(right + at, 8))
                return false;
        return execwire_load(left + size - 8, 8) == execwire_load(right + size - 8, 8);
    }
    if (size >= 4)
        return execwire_load(left, 4) == execwire_load(right, 4) &&
               execwire_load(left + size - 4, 4) == execwire_load(right + size - 4, 4);
    while (at < size && left[at] == right[at])
        at++;
    return at == size;
}

#else

static inline bool execwire_same_bytes(const char *left, const char *right, size_t size)
{
    return memcmp(left, right, size) == 0;
}

#endif

#endif

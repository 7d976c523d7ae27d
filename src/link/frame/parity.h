/* Parity: pieces that make up for others of the same frame, whichever were lost (Reed and Solomon,
 * 1960).
 *
 * Number n of a frame in pieces 0, 1, 2 .. of the same size, the last one filled up with zeros, is
 * byte by byte the sum of piece i times x^i, with x = 89 n modulo 256; sums and products are those
 * of the field of 256 elements whose polynomial is 0x11D. Of all odd multiples, n itself among
 * them, those of 89 leave the fewest cases in which as many parities as pieces that are missing do
 * not say these: 2 to 4 in 1,000 for up to eight pieces.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_FRAME_PARITY_H
#define EXECWIRE_LINK_FRAME_PARITY_H

#include <stddef.h>
#include <stdint.h>

/* Frames of more pieces have no parity; those of so many MTUs are not of more, as what stands
 * before a piece takes a fifth at most. */
#define EXECWIRE_PARITY_PIECES 64
#define EXECWIRE_PARITY_MTUS   50

static inline uint8_t execwire_parity_x(uint32_t number)
{
    return (uint8_t)(89 * number);
}

static inline uint8_t execwire_parity_times(unsigned left, unsigned right)
{
    unsigned product = 0;

    for (; right != 0; right >>= 1) {
        if ((right & 1) != 0)
            product ^= left;
        left = left << 1 ^ (left >> 7) * 0x11Du;
    }
    return (uint8_t)product;
}

#endif

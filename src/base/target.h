/* What the processor is good at.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_BASE_TARGET_H
#define EXECWIRE_BASE_TARGET_H

#include <stdint.h>

/* Code may be larger for being faster: a second way for what is common, beside the one way that is
 * right for everything. Processors with words of 64 bits have memory for that; on others flash is
 * what counts.
 *
 * Each says what it gains: how many instructions more `execwire encode` or `execwire decode` take
 * without it, for 2.1 MB of JSON that compute nodes reported, or for the 1.3 MB of protobuf that it
 * makes (gcc 12, -O2, x86-64). One that gains less than 2 % is not worth its lines. */
#if UINTPTR_MAX > UINT32_MAX
#define EXECWIRE_FAST_PATHS
#endif

/* The first character of a word of text is its lowest byte: arithmetic on all of them at once. */
#if defined(EXECWIRE_FAST_PATHS) && defined(__BYTE_ORDER__) &&                                     \
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define EXECWIRE_FAST_WORDS
#endif

/* Of a function that two public calls share: it is compiled into both, each time without what is
 * for the other. A program that makes one of the calls then has nothing of the other in its flash.
 */
#if defined(__GNUC__)
#define EXECWIRE_IN_EACH static inline __attribute__((always_inline))
#else
#define EXECWIRE_IN_EACH static inline
#endif

/* Of a small function that is called from many places: it is compiled once, and not into them. What
 * that saves is flash on small processors, where a caller's arguments are in registers already. */
#if defined(__GNUC__)
#define EXECWIRE_APART __attribute__((noinline))
#else
#define EXECWIRE_APART
#endif

#endif

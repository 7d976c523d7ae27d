/* Numbers that a frame packs into one, from the lowest bit on.
 *
 *   update, in a state's frame    7 ref · 4 state · 3 zeros · 50 elapsed time
 *   update, in a piece of one     7 ref · 4 state · 3 low bits of the number · 4 low bits of the
 *                                 generation · 14 rest of the number · 28 rest of the generation;
 *                                 its low 32 bits, the head, are what repairs name
 *   an entry of a digest          7 ref · 4 low bits of the generation · the number
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_FRAME_UPDATE_H
#define EXECWIRE_LINK_FRAME_UPDATE_H

#include <stdint.h>

#define EXECWIRE_UPDATE_REF_MASK            127u
#define EXECWIRE_UPDATE_STATE_BITS          4
#define EXECWIRE_UPDATE_STATE_MASK          15u
#define EXECWIRE_UPDATE_LOW_NUMBER_BITS     3
#define EXECWIRE_UPDATE_LOW_NUMBER_MASK     7u
#define EXECWIRE_UPDATE_LOW_GENERATION_BITS 4
#define EXECWIRE_UPDATE_LOW_GENERATION_MASK 15u
#define EXECWIRE_UPDATE_ELAPSED_BITS        50

/* Where the parts begin. */
#define EXECWIRE_UPDATE_STATE_SHIFT     7
#define EXECWIRE_UPDATE_NUMBER_SHIFT    11
#define EXECWIRE_UPDATE_ELAPSED_SHIFT   14
#define EXECWIRE_PIECE_GENERATION_SHIFT 14
#define EXECWIRE_PIECE_NUMBER_SHIFT     18
#define EXECWIRE_PIECE_REST_SHIFT       32
#define EXECWIRE_LIVE_GENERATION_SHIFT  7
#define EXECWIRE_LIVE_NUMBER_SHIFT      11

/* ---- All updates, and heads ---- */

static inline unsigned execwire_update_ref(uint64_t update)
{
    return (unsigned)update & EXECWIRE_UPDATE_REF_MASK;
}

static inline unsigned execwire_update_state(uint64_t update)
{
    return (unsigned)(update >> EXECWIRE_UPDATE_STATE_SHIFT) & EXECWIRE_UPDATE_STATE_MASK;
}

/* ---- Of a state's frame ---- */

/* update_time minus create_time (link/base/elapsed.h). */
static inline uint64_t execwire_update_elapsed(uint64_t update)
{
    return update >> EXECWIRE_UPDATE_ELAPSED_SHIFT;
}

static inline uint64_t execwire_update_of(unsigned ref, unsigned state, uint64_t elapsed)
{
    return elapsed << EXECWIRE_UPDATE_ELAPSED_SHIFT | state << EXECWIRE_UPDATE_STATE_SHIFT | ref;
}

/* The number of the update that brings a state, as executions go: New, AskForBid, then two states
 * for each of three answers; the last are Completed and Failed. Other numbers are said. */
static inline uint32_t execwire_update_usual_number(unsigned state)
{
    return state < 3 ? state : (state + 3) / 2;
}

/* ---- Of a piece ---- */

static inline uint32_t execwire_piece_head(unsigned ref, unsigned state, uint32_t generation,
                                           uint32_t number)
{
    uint32_t head = number >> EXECWIRE_UPDATE_LOW_NUMBER_BITS;

    head = head << EXECWIRE_UPDATE_LOW_GENERATION_BITS |
           (generation & EXECWIRE_UPDATE_LOW_GENERATION_MASK);
    head = head << EXECWIRE_UPDATE_LOW_NUMBER_BITS | (number & EXECWIRE_UPDATE_LOW_NUMBER_MASK);
    head = head << EXECWIRE_UPDATE_STATE_BITS | state;
    return head << EXECWIRE_UPDATE_STATE_SHIFT | ref;
}

static inline uint64_t execwire_piece_update(uint32_t head, uint32_t generation)
{
    uint64_t rest = generation >> EXECWIRE_UPDATE_LOW_GENERATION_BITS;

    return rest << EXECWIRE_PIECE_REST_SHIFT | head;
}

static inline uint32_t execwire_piece_number(uint32_t head)
{
    return head >> EXECWIRE_PIECE_NUMBER_SHIFT << EXECWIRE_UPDATE_LOW_NUMBER_BITS |
           (head >> EXECWIRE_UPDATE_NUMBER_SHIFT & EXECWIRE_UPDATE_LOW_NUMBER_MASK);
}

static inline unsigned execwire_piece_low_generation(uint32_t head)
{
    return head >> EXECWIRE_PIECE_GENERATION_SHIFT & EXECWIRE_UPDATE_LOW_GENERATION_MASK;
}

static inline uint64_t execwire_piece_generation(uint64_t update)
{
    return update >> EXECWIRE_PIECE_REST_SHIFT << EXECWIRE_UPDATE_LOW_GENERATION_BITS |
           execwire_piece_low_generation((uint32_t)update);
}

/* ---- Of a digest ---- */

static inline uint32_t execwire_live_of(unsigned ref, uint32_t generation, uint32_t number)
{
    return number << EXECWIRE_LIVE_NUMBER_SHIFT |
           (generation & EXECWIRE_UPDATE_LOW_GENERATION_MASK) << EXECWIRE_LIVE_GENERATION_SHIFT |
           ref;
}

static inline unsigned execwire_live_low_generation(uint32_t entry)
{
    return entry >> EXECWIRE_LIVE_GENERATION_SHIFT & EXECWIRE_UPDATE_LOW_GENERATION_MASK;
}

static inline uint32_t execwire_live_number(uint32_t entry)
{
    return entry >> EXECWIRE_LIVE_NUMBER_SHIFT;
}

#endif

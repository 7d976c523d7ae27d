/* Which of two updates of an execution is the newer one. Generations of a ref and numbers only grow
 * in a session. Generations go around after 2^32; of either a frame may have the low bits alone.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_MODEL_NUMBERS_H
#define EXECWIRE_LINK_MODEL_NUMBERS_H

#include "link/frame/update.h"

#include <stdbool.h>

/* The low bits of a number are taken for one at most so many behind the last one: repeats of what
 * came before have to be told from what is new. */
#define EXECWIRE_NUMBER_BEHIND 2
/* How far the number may grow without the whole one being said, to a receiver that has the last
 * state, and to one that may lack a few. */
#define EXECWIRE_NUMBER_JUMP       (EXECWIRE_UPDATE_LOW_NUMBER_MASK - EXECWIRE_NUMBER_BEHIND)
#define EXECWIRE_NUMBER_JUMP_LOSSY 2u

/* The number with these low bits that may come after `last`. */
static inline uint32_t execwire_number_expand(unsigned low, uint32_t last)
{
    uint32_t first = last > EXECWIRE_NUMBER_BEHIND ? last - EXECWIRE_NUMBER_BEHIND : 0;

    return first + ((low - first) & EXECWIRE_UPDATE_LOW_NUMBER_MASK);
}

static inline unsigned execwire_generation_low(uint32_t generation)
{
    return generation & EXECWIRE_UPDATE_LOW_GENERATION_MASK;
}

/* Whether an update is newer than the one that is known. */
static inline bool execwire_update_is_newer(uint32_t generation, uint32_t number,
                                            uint32_t known_generation, uint32_t known_number)
{
    uint32_t ahead = generation - known_generation;

    return ahead != 0 ? ahead <= INT32_MAX : number > known_number;
}

/* The number from which on a state of the known generation is as new as an update. Of a ref that
 * has gone to another execution no such state is; a generation that lies far back is of an update
 * that comes late. */
static inline uint32_t execwire_number_as_new(unsigned low_generation, uint32_t number,
                                              uint32_t known_generation)
{
    unsigned ahead = execwire_generation_low(low_generation - known_generation);

    if (ahead == 0)
        return number;
    return ahead <= EXECWIRE_UPDATE_LOW_GENERATION_MASK / 2 ? UINT32_MAX : 0;
}

#endif

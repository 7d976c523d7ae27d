/* Which of two updates of an execution is the newer one. Generations of a ref and numbers only grow
 * in a session. Generations go around after 2^32; a frame may have their low bits alone.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_MODEL_NUMBERS_H
#define EXECWIRE_LINK_MODEL_NUMBERS_H

#include "link/frame/update.h"

#include <stdbool.h>

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

/* SPDX-License-Identifier: Apache-2.0 */
#include "link/base/elapsed.h"

#define NANOS_IN_SECOND 1000000000

bool execwire_time_after(const execwire_time *time, uint64_t elapsed, execwire_time *after)
{
    int32_t rest = (int32_t)(elapsed & ((1u << EXECWIRE_ELAPSED_NANOS_BITS) - 1));
    int64_t seconds = (int64_t)(elapsed >> EXECWIRE_ELAPSED_NANOS_BITS);
    int32_t nanos = time->nanos + rest;

    if (nanos >= NANOS_IN_SECOND) {
        nanos -= NANOS_IN_SECOND;
        seconds++;
    }
    if (rest >= NANOS_IN_SECOND || time->seconds > INT64_MAX - seconds)
        return false;
    *after = (execwire_time){time->seconds + seconds, nanos};
    return true;
}

bool execwire_time_between(const execwire_time *from, const execwire_time *to, uint64_t *elapsed)
{
    int64_t seconds = to->seconds - from->seconds;
    int32_t nanos = to->nanos - from->nanos;

    if (nanos < 0) {
        nanos += NANOS_IN_SECOND;
        seconds--;
    }
    if ((uint64_t)seconds >> 32 != 0)
        return false;
    *elapsed = (uint64_t)seconds << EXECWIRE_ELAPSED_NANOS_BITS | (uint32_t)nanos;
    return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "link/elapsed.h"

#define NANOS_IN_SECOND 1000000000
/* What a second is in an elapsed time. */
#define SECOND (INT64_C(1) << EXECWIRE_ELAPSED_NANOS_BITS)
/* Elapsed times have fewer bits than this for seconds, one of them for the sign. */
#define SECONDS_BITS (64 - EXECWIRE_ELAPSED_NANOS_BITS)

bool execwire_time_after(const execwire_time *time, int64_t elapsed, execwire_time *after)
{
    int32_t rest = (int32_t)(elapsed & (SECOND - 1));
    int64_t seconds = (elapsed - rest) / SECOND;
    int32_t nanos = time->nanos + rest;

    if (nanos >= NANOS_IN_SECOND) {
        nanos -= NANOS_IN_SECOND;
        seconds++;
    }
    if (rest >= NANOS_IN_SECOND || (seconds > 0 && time->seconds > INT64_MAX - seconds) ||
        (seconds < 0 && time->seconds < INT64_MIN - seconds))
        return false;
    *after = (execwire_time){time->seconds + seconds, nanos};
    return true;
}

bool execwire_time_between(const execwire_time *from, const execwire_time *to, int64_t *elapsed)
{
    const int64_t beyond = INT64_C(1) << (SECONDS_BITS - 1);
    int64_t seconds = to->seconds - from->seconds;
    int32_t nanos = to->nanos - from->nanos;

    if (nanos < 0) {
        nanos += NANOS_IN_SECOND;
        seconds--;
    }
    if ((uint64_t)(seconds + beyond) >> SECONDS_BITS != 0)
        return false;
    *elapsed = seconds * SECOND + nanos;
    return true;
}

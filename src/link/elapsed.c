/* SPDX-License-Identifier: Apache-2.0 */
#include "link/elapsed.h"

#define NANOS_IN_SECOND 1000000000
/* More seconds than these do not fit 64 bits as nanoseconds. */
#define MAX_SECONDS 9223372035

bool execwire_time_after(const execwire_time *time, int64_t elapsed, execwire_time *after)
{
    int64_t seconds = elapsed / NANOS_IN_SECOND;
    int64_t nanos = time->nanos + elapsed % NANOS_IN_SECOND;

    if (nanos < 0) {
        nanos += NANOS_IN_SECOND;
        seconds--;
    } else if (nanos >= NANOS_IN_SECOND) {
        nanos -= NANOS_IN_SECOND;
        seconds++;
    }
    if ((seconds > 0 && time->seconds > INT64_MAX - seconds) ||
        (seconds < 0 && time->seconds < INT64_MIN - seconds))
        return false;
    *after = (execwire_time){time->seconds + seconds, (int32_t)nanos};
    return true;
}

bool execwire_time_between(const execwire_time *from, const execwire_time *to, int64_t *elapsed)
{
    int64_t seconds = to->seconds - from->seconds;

    if (seconds > MAX_SECONDS || seconds < -MAX_SECONDS)
        return false;
    *elapsed = seconds * NANOS_IN_SECOND + (to->nanos - from->nanos);
    return true;
}

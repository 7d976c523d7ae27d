/* The time from one time to another as one number: the whole seconds, times 2^30, and the rest of
 * it in nanoseconds. Small processors neither multiply nor divide that way.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_ELAPSED_H
#define EXECWIRE_LINK_ELAPSED_H

#include <execwire/types.h>

/* The nanoseconds in an elapsed time are the bits below this one. */
#define EXECWIRE_ELAPSED_NANOS_BITS 30

/* The time that is `elapsed` after a valid one. False where that is no elapsed time, or no int64
 * holds the seconds. */
bool execwire_time_after(const execwire_time *time, uint64_t elapsed, execwire_time *after);

/* From one valid time to another; false when that is before, or 2^32 seconds and more after it. */
bool execwire_time_between(const execwire_time *from, const execwire_time *to, uint64_t *elapsed);

#endif

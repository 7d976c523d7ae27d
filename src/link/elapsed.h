/* Times as nanoseconds after other times.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_ELAPSED_H
#define EXECWIRE_LINK_ELAPSED_H

#include <execwire/types.h>

/* The time `elapsed` ns after another; nanos stay 0 to 999,999,999. False where no int64 holds the
 * seconds. */
bool execwire_time_after(const execwire_time *time, int64_t elapsed, execwire_time *after);

/* The ns from one valid time to another; false when they do not fit. */
bool execwire_time_between(const execwire_time *from, const execwire_time *to, int64_t *elapsed);

#endif

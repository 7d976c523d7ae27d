/* States that no writer may write, neither as protobuf nor as JSON, and one that is hardly small
 * enough.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_BAD_STATES_H
#define TESTS_SUPPORT_BAD_STATES_H

#include <execwire/execwire.h>

/* Calls `check` with each of them and what a writer must say. */
typedef void bad_state_check(const execwire_state *state, execwire_code code, size_t offset,
                             const char *path);
void bad_states_each(bad_state_check *check);

/* Bytes of a text that LARGE_STRINGS times is more than the largest message. */
#define LARGE_TEXT    ((size_t)1 << 27)
#define LARGE_STRINGS 16

/* A state of LARGE_STRINGS strings, all of them this text but for `status`, which is `last` bytes
 * of it. So much memory is not needed to be too large. */
execwire_state large_state(const char *text, size_t last);

#endif

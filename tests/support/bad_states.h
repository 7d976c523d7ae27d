/* States that no writer may write, neither as protobuf nor as JSON.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_BAD_STATES_H
#define TESTS_SUPPORT_BAD_STATES_H

#include <execwire/execwire.h>

/* Calls `check` with each of them and what a writer must say. */
typedef void bad_state_check(const execwire_state *state, execwire_status code, size_t offset,
                             const char *path);
void bad_states_each(bad_state_check *check);

#endif

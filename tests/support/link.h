/* A usual execution, for tests of the link.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TESTS_LINK_H
#define EXECWIRE_TESTS_LINK_H

#include <execwire/state.h>

#define NODE      "QmRAXc7RK4DTnf47sb5d5tC399845YezAsspUfzEM47eDt"
#define JOB       "20edbcba-3acc-4672-884a-b649fcbce49b"
#define REFERENCE "e-e8180a6b-d4f4-4a2a-bffc-d3c12ef89057"

/* Its version-th state. The first minute's come a second apart, all others when it is created. */
execwire_state make_state(int64_t version, int state);

/* Printable text that does not get smaller. */
void fill(char *text, size_t size);

#endif

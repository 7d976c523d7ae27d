/* A job as the execution state that the node reports.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FIRMWARE_STATE_H
#define FIRMWARE_STATE_H

#include "job.h"

#define NODE_ID EXECWIRE_STR("cortex-m")

/* The strings of the state are views into the job. */
void state_of(const job *j, execwire_state *state);

#endif

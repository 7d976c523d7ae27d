/* Requests: execution states, of which the reference and the desired state count.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FIRMWARE_OBEY_H
#define FIRMWARE_OBEY_H

#include "job.h"

/* Stops the job if the request is to stop it and it is not over. Says whether it has. */
bool obey(job *j, execwire_str request, uint32_t now);

#endif

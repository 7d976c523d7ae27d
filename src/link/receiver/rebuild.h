/* From a frame to the state that the sender had.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_RECEIVER_REBUILD_H
#define EXECWIRE_LINK_RECEIVER_REBUILD_H

#include "link/frame/frame.h"

#include <execwire/link.h>

/* A state as it came out of a frame, not yet believed. */
typedef struct execwire_rebuilt {
    uint32_t number;
    uint32_t generation;
    execwire_str message; /* its canonical bytes, in the receiver's text memory */
} execwire_rebuilt;

/* Rebuilds the state of an identity or a delta and compares it with the check. `outcome` is
 * EXECWIRE_LINK_STATE when all is good. Changes nothing but the text memory, the entries and the
 * receiver's `state`.
 *
 * Errors: as execwire_link_receive. */
execwire_code execwire_rebuild(execwire_link_receiver *receiver, const execwire_frame *frame,
                               execwire_rebuilt *rebuilt, execwire_link_outcome *outcome,
                               execwire_error *error);

#endif

/* Large frames out of their pieces. A transfer's memory holds the frame, and after that a bit for
 * each byte that is there.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_RECEIVER_ASSEMBLY_H
#define EXECWIRE_LINK_RECEIVER_ASSEMBLY_H

#include "link/frame/frame.h"
#include "link/frame/values.h"

#include <execwire/link.h>

/* Bytes of memory for pieces that each transfer has, one after the other. */
size_t execwire_assembly_share(size_t piece_capacity, size_t transfer_count);

/* Takes a piece. `whole` is the frame when it was the last piece that was missing, else absent; it
 * is valid until the next piece. */
execwire_link_outcome execwire_assembly_take(execwire_link_receiver *receiver,
                                             const execwire_frame *frame, uint64_t now,
                                             execwire_str *whole);

/* Ends the transfers of updates that are not newer than the one that has just become known. */
void execwire_assembly_forget(execwire_link_receiver *receiver, unsigned ref);

/* The next run of bytes that is missing, at or after `offset`; false when there is none. */
bool execwire_assembly_missing(const execwire_link_receiver *receiver,
                               const execwire_link_transfer *transfer, uint32_t offset,
                               execwire_repair *repair);

#endif

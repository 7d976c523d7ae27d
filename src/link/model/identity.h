/* How an execution's identity is packed: its two UUIDs, and the node.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_MODEL_IDENTITY_H
#define EXECWIRE_LINK_MODEL_IDENTITY_H

#include "link/base/ids.h"

#include <execwire/link.h>

/* The UUIDs of job and compute reference, one after the other. */
#define EXECWIRE_IDS_RAW 32

/* Packs the ids of a job and a compute reference. Returns their size: 31 bytes where both UUIDs are
 * of version 4, else 32; 0 where one is no UUID. */
size_t execwire_identity_pack(const execwire_str *job_id, const execwire_str *compute_reference,
                              uint8_t packed[EXECWIRE_IDS_RAW]);

/* Gives the UUIDs back. False when the packed bytes are none. */
bool execwire_identity_unpack(execwire_str packed, uint8_t raw[EXECWIRE_IDS_RAW]);

/* The session's node as a hello has it. Returns its size; 0 for one that no hello can have. */
size_t execwire_identity_pack_node(execwire_str node, uint8_t packed[EXECWIRE_LINK_NODE_SIZE]);

/* Gives its text back, in `text`; absent where there is none. At most EXECWIRE_LINK_NODE_SIZE bytes
 * are packed. */
execwire_str execwire_identity_unpack_node(execwire_str packed, char text[EXECWIRE_LINK_NODE_SIZE]);

#endif

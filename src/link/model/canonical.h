/* The canonical bytes of a state, one after the other: those of execwire_encode, which wants room
 * for all of them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_CANONICAL_H
#define EXECWIRE_LINK_CANONICAL_H

#include "link/base/sink.h"

#include <execwire/state.h>

/* Writes a state that execwire_state_check found good. */
void execwire_canonical_write(execwire_sink *sink, const execwire_state *state);

/* Writes what is in a state, and not the same in a state that is known. */
void execwire_canonical_patch(execwire_sink *sink, const execwire_state *state,
                              const execwire_state *known);

/* The CRC of such bytes behind those whose CRC is `crc`; only of the fields whose numbers' bits are
 * set. */
#define EXECWIRE_CANONICAL_ALL UINT32_MAX
uint32_t execwire_canonical_sum(const execwire_state *state, uint32_t fields, uint32_t crc);

#endif

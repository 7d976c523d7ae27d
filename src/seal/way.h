/* One direction of a session: its keys, its sequence numbers, and the frames that were opened.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_SEAL_WAY_H
#define EXECWIRE_SEAL_WAY_H

#include "seal/form.h"

/* Whether options are complete and in range. */
bool execwire_seal_options_valid(const execwire_seal_options *options);

/* Whether both are there, or of no bytes. */
bool execwire_seal_bytes_valid(const void *from, size_t size, const void *out, size_t capacity);

/* Begins a way whose session and direction are set, with its key of a node's key and of one salt or
 * two. False: the crypto failed. */
bool execwire_way_begin(execwire_seal_way *way, const execwire_seal_options *options,
                        const execwire_seal_key *key, const uint8_t *salts, size_t size);

/* Seals. False: the crypto failed. */
bool execwire_way_seal(const execwire_seal_way *way, const execwire_seal_options *options,
                       const execwire_sealing *s);

/* Opens. False: it was not sealed so. */
bool execwire_way_open(const execwire_seal_way *way, const execwire_seal_options *options,
                       const execwire_sealing *s);

/* Opens the frame of a number that the way has not opened: FORGED, REPLAYED, or OPENED, which is
 * noted. The form has the whole number after that. */
execwire_seal_outcome execwire_way_take(execwire_seal_way *way,
                                        const execwire_seal_options *options, execwire_form *form);

/* Notes that a number was opened. */
void execwire_way_opened(execwire_seal_way *way, uint32_t number);

/* Clears memory in a way that compilers do not take out. */
void execwire_seal_wipe(void *memory, size_t size);

#endif

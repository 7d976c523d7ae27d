/* One direction of a session: its keys, its sequence numbers, and the frames that were opened.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_SEAL_WAY_H
#define EXECWIRE_SEAL_WAY_H

#include "seal/form.h"

/* Whether options are complete and in range. */
bool execwire_seal_options_valid(const execwire_seal_options *options);

/* Makes a key for a direction of a session, of a node's key and of one salt or two. False: the
 * crypto failed. */
bool execwire_way_key(const execwire_seal_options *options, const execwire_seal_key *key,
                      execwire_direction direction, uint32_t session, const uint8_t *salt,
                      const uint8_t *other, uint8_t out[EXECWIRE_SEAL_KEY_SIZE]);

/* What is sealed or opened, with which key, and its place in the session. */
typedef struct execwire_sealing {
    const execwire_seal_options *options;
    const uint8_t *key;
    execwire_direction direction;
    uint32_t session;
    uint32_t number;
} execwire_sealing;

/* Seals a frame behind the first bytes of `out`, which the form is written to. */
execwire_code execwire_way_seal(const execwire_sealing *s, const execwire_form *form,
                                const void *frame, size_t size, void *out, size_t capacity,
                                size_t *sealed, execwire_error *error);

/* Whether there is room for the frame in what came; where not, `*opened` is how much is enough. */
execwire_code execwire_way_room(const execwire_form *form, size_t capacity, size_t *opened,
                                execwire_error *error);

/* Opens what stands behind the form, in room that is enough. False: it was not sealed so. */
bool execwire_way_open(const execwire_sealing *s, const execwire_form *form, const uint8_t *sealed,
                       uint8_t *out);

/* The same with a frame of a session, by its keys and the numbers that it has opened: FORGED,
 * REPLAYED, or OPENED, which is noted. */
execwire_seal_outcome execwire_way_take(execwire_seal_way *way,
                                        const execwire_seal_options *options,
                                        execwire_direction direction, uint32_t session,
                                        const execwire_form *form, const uint8_t *sealed,
                                        uint8_t *out);

/* Notes that a number was opened. */
void execwire_way_opened(execwire_seal_way *way, uint32_t number);

/* Clears memory in a way that compilers do not take out. */
void execwire_seal_wipe(void *memory, size_t size);

#endif

/* A receiver, and frames for it that are written field by field from
 * proto/execwire/v1/link.proto.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TESTS_FRAMES_H
#define EXECWIRE_TESTS_FRAMES_H

#include "link/base/sink.h"
#include <execwire/link_frame.h>

#include <execwire/link.h>

#define REFS 4

/* The usual execution's JOB and REFERENCE (link.h), which are of version 4, in 31 bytes. */
#define IDS "20edbcba3acc6a72884ab649fcbce49be8180a6bd4f4572abffcd3c12ef890"

typedef struct world {
    execwire_link_receiver receiver;
    execwire_link_context contexts[REFS];
    execwire_link_transfer transfers[2];
    char store[4096], text[12288], pieces[9000];
    execwire_entry entries[4];
    execwire_link_event event;
    execwire_error error;
    uint64_t now;
    uint32_t session, salt; /* of the hello that came last */
    /* the frame that is being written */
    uint8_t frame[4096];
    execwire_buffer_sink out;
} world;

extern world w;

/* Lends a receiver all of that. */
void open_receiver(void);
/* A receiver that has met "node" in session 5, of 17 October 2023, and nothing else. */
void open_session(void);
/* A hello, of a node or of none. */
void meet(uint32_t session, const char *node, bool has_epoch);

/* ---- Writing a frame ---- */

void begin(void);
/* Of ref 0: its state, and its number where that is not 3, which state 3 has as a rule. In the
 * frame a number of one byte takes two. */
void begin_update(unsigned state, uint32_t number);
void put_number(unsigned field, uint64_t value);
void put_hex(unsigned field, const char *hex);
void put_fixed32(unsigned field, uint32_t value);
/* The check of a state of ref 0, or one of no state. */
void put_check(const execwire_state *state, uint32_t generation, uint32_t number);
void put_wrong_check(void);

/* Makes a frame of the fields that were put, where that was not done yet. */
void pack(void);

/* ---- Hearing it ---- */

/* Packs and takes the frame, whose bytes are other ones after that. */
execwire_code hear(void);
void assert_heard(execwire_link_outcome expected);
/* It is refused, there, and nothing is said of it. */
void assert_refused(execwire_code code, size_t offset, const char *path);
/* The state that was heard is this one, in the event and in the view. */
void assert_came_out(const execwire_state *expected);

/* ---- A state that follows from its frame ---- */

/* In a version, of state 3, which predicts no desired state, at no time. */
execwire_state plain(int64_t version);
/* Hears its first version with the identity. */
void hear_plain(void);

#endif

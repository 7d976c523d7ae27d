/* A state's frame before it is written: what goes into it, and how large it gets. Nothing is
 * copied, so that the frame can be written as often as need be, and in pieces.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_DRAFT_H
#define EXECWIRE_LINK_DRAFT_H

#include "link/ids.h"
#include "link/text.h"

#include <execwire/link.h>

/* What the frame may count on, and has to say. */
typedef struct execwire_draft_terms {
    unsigned ref;
    unsigned generation;
    uint32_t number;
    uint32_t session;
    bool identity;    /* with the execution's identity */
    bool say_session; /* with the session's number */
    bool large_known; /* the large fields are those of the state `base`, which the receiver has */
    uint32_t base;
    bool has_epoch;
    int64_t epoch;
    execwire_str node; /* the session's; absent where it has none */
    const char *words; /* that the receiver knows */
    unsigned word_count;
} execwire_draft_terms;

/* Texts that have a field each. */
#define EXECWIRE_DRAFT_TEXTS 5
/* All fields but the texts, the patch and clear, at their largest. */
#define EXECWIRE_DRAFT_FIELDS_SIZE 168

typedef struct execwire_draft {
    execwire_draft_terms terms;
    execwire_link_names names;
    const execwire_state *state;
    execwire_state predicted; /* first only what the frame says */
    uint64_t update;
    uint32_t check;
    uint8_t fields[EXECWIRE_DRAFT_FIELDS_SIZE]; /* as they are in the frame */
    size_t fields_before; /* bytes of those that go before the texts and the patch */
    size_t fields_size;
    execwire_packed texts[EXECWIRE_DRAFT_TEXTS]; /* size 0: absent */
} execwire_draft;

/* The check that a state's frame has. */
uint32_t execwire_draft_check(const execwire_draft_terms *terms, const execwire_state *state);

/* Makes the draft of a state that execwire_schema_check found good. The state has to stay as it is
 * for as long as the draft is used. */
void execwire_draft_make(execwire_draft *draft, const execwire_draft_terms *terms,
                         const execwire_state *state);

/* Writes the frame. A sink that only counts is quick. */
void execwire_draft_write(const execwire_draft *draft, execwire_sink *sink);

/* The session's node as a hello has it. Returns its size; 0 for one that no hello can have. */
size_t execwire_draft_node(execwire_str node, uint8_t out[EXECWIRE_LINK_NODE_SIZE]);

#endif

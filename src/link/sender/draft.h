/* A state's frame before it is written: what goes into it, and how large it gets. Nothing is
 * copied, so that a large frame can be written as often as need be, in pieces.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_DRAFT_H
#define EXECWIRE_LINK_DRAFT_H

#include "link/model/text.h"

#include <execwire/link.h>

/* All fields but the texts, the patch and clear, at their largest. */
#define EXECWIRE_DRAFT_FIELDS_SIZE 168

/* On small processors the code is shorter for what stands first. */
typedef struct execwire_draft {
    const execwire_link_sender *sender;
    const execwire_link_execution *execution;
    const execwire_state *state;
    uint32_t head; /* the low 32 bits of `update` in a piece of it */
    uint32_t check;
    uint32_t base; /* the receiver has the large fields, with the state of that number; 0: not */
    size_t size;   /* of the frame */
    size_t fields_before; /* bytes of `fields` that go before the texts and the patch */
    size_t fields_size;
    execwire_link_names names;
    execwire_packed texts[EXECWIRE_TEXT_FIELD_COUNT]; /* size 0: absent */
    execwire_state predicted;                         /* first only what the frame says */
    uint8_t fields[EXECWIRE_DRAFT_FIELDS_SIZE];       /* as they are in the frame */
} execwire_draft;

/* The low 32 bits of `update` in a piece of its newest state, whose number is given. */
uint32_t execwire_draft_head(const execwire_link_sender *sender,
                             const execwire_link_execution *execution, unsigned state_number);

/* Whether a state is the one of the execution's last frame. */
bool execwire_draft_is_last(const execwire_link_sender *sender,
                            const execwire_link_execution *execution, const execwire_state *state);

/* Makes the draft of a state that execwire_state_check found good, in a frame such as the
 * execution's flags say; `base` as in the draft. All of these have to stay as they are
 * for as long as the draft is used. */
void execwire_draft_make(execwire_draft *draft, const execwire_link_sender *sender,
                         const execwire_link_execution *execution, const execwire_state *state,
                         uint32_t base);

/* Writes the frame. A sink that only counts is quick. One that fits the MTU can be written once,
 * from the begin of the sender's frame on, at whose end its compressed texts are kept. */
void execwire_draft_write(const execwire_draft *draft, execwire_sink *sink);

#endif

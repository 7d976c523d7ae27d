/* What the tests of all public calls at once work with: what is read, what each caller has of its
 * own, and a sum of all that it was told.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TESTS_CALLS_H
#define EXECWIRE_TESTS_CALLS_H

#include "random_state.h"

#include <execwire/gateway.h>
#include <execwire/link.h>
#include <execwire/seal.h>

#include <string.h>

#define REFS    4
#define ENTRIES 64
#define ROOM    (256 << 10)
#define MTU     120

/* What all threads read. */
typedef struct sample {
    random_source source; /* has the state's texts */
    execwire_state state;
    uint8_t *bytes;
    size_t size;
    char *json;
    size_t json_size;
    uint64_t seen; /* by one alone: of all that was said */
} sample;

/* What each thread has of its own. */
typedef struct work {
    uint64_t seen;
    execwire_error error;
    size_t size; /* of the output */
    char out[ROOM], text[ROOM], other[ROOM];
    execwire_entry entries[ENTRIES];
    execwire_link_sender sender;
    execwire_link_receiver receiver;
    execwire_link_execution executions[REFS];
    execwire_link_context contexts[REFS];
    execwire_link_transfer transfers[2];
    const execwire_state *newest[REFS];
    execwire_gateway gateway;
    execwire_gateway_node nodes[4];
    execwire_gateway_source sources[4];
    execwire_gateway_assembly assemblies[1];
    execwire_seal_node seal_node;
    execwire_seal_peer seal_peer;
    uint64_t shared[ROOM / 8];
    char frame[MTU], words[200];
    execwire_link_packing packing;
    char store[ROOM], pieces[ROOM];
    uint64_t now;
    unsigned frames;
    unsigned rounds;
    unsigned differences;
} work;

/* ---- What was said ---- */

static inline void note(work *w, const void *data, size_t size)
{
    for (size_t i = 0; i < size; i++) /* FNV-1a */
        w->seen = (w->seen ^ ((const uint8_t *)data)[i]) * 0x100000001B3;
}

static inline void note_number(work *w, uint64_t number)
{
    note(w, &number, sizeof number);
}

static inline void note_text(work *w, const char *text)
{
    note(w, text, strlen(text) + 1);
}

/* Of a call that was given &w->error. */
static inline void note_code(work *w, execwire_code code)
{
    note_number(w, code);
    if (code == EXECWIRE_OK)
        return;
    note_number(w, w->error.code);
    note_number(w, w->error.offset);
    note_text(w, w->error.text);
    note_text(w, w->error.path);
    note_text(w, w->error.found != NULL ? w->error.found : "");
}

/* Of a call that was given w->out and &w->size as well. */
static inline void note_output(work *w, execwire_code code)
{
    note_code(w, code);
    note_number(w, w->size);
    if (code == EXECWIRE_OK)
        note(w, w->out, w->size);
}

/* ---- Calls ---- */

/* Those of links and gateways, with the states from one of all samples on, whose number also says
 * in which mode. */
void use_link(work *w, const sample *all, size_t count, size_t which);

/* Those of sealed frames, one-way for each third number. */
void use_seal(work *w, size_t which);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "subject.h"

#include <execwire/execwire.h>

#include <stdlib.h>

#define ROOM (4 << 20)

static char out[ROOM];
static char text[ROOM];
static execwire_entry entries[64];

/* The workload as states, each with text memory of its own. */
static execwire_state *states;

static void expect(execwire_code code)
{
    if (code != EXECWIRE_OK)
        abort();
}

static execwire_scratch scratch(char *memory, size_t size)
{
    return (execwire_scratch){.entries = entries,
                              .entry_capacity = sizeof entries / sizeof *entries,
                              .text = memory,
                              .text_capacity = size};
}

static void prepare(const workload *messages)
{
    free(states);
    states = calloc(messages->count, sizeof *states);
    for (size_t i = 0; i < messages->count; i++) {
        const bytes *json = &messages->json[i];
        execwire_scratch lent = scratch(malloc(json->size), json->size);

        lent.entries = calloc(64, sizeof *lent.entries);
        if (execwire_json_read(json->data, json->size, NULL, &lent, &states[i], NULL) !=
            EXECWIRE_OK)
            abort();
    }
}

static size_t json_read(const workload *messages, size_t i)
{
    execwire_scratch lent = scratch(text, sizeof text);
    execwire_state state;

    expect(execwire_json_read(messages->json[i].data, messages->json[i].size, NULL, &lent, &state,
                              NULL));
    return state.job_id.size;
}

static size_t decode(const workload *messages, size_t i)
{
    execwire_scratch lent = scratch(NULL, 0);
    execwire_state state;

    expect(execwire_decode(messages->wire[i].data, messages->wire[i].size, &lent, &state, NULL));
    return state.job_id.size;
}

static size_t encode(const workload *messages, size_t i)
{
    size_t size;

    (void)messages;
    expect(execwire_encode(&states[i], out, sizeof out, &size, NULL));
    return size;
}

static size_t encoded_size(const workload *messages, size_t i)
{
    size_t size;

    (void)messages;
    expect(execwire_encode(&states[i], NULL, 0, &size, NULL));
    return size;
}

static size_t json_write(const workload *messages, size_t i)
{
    size_t size;

    (void)messages;
    expect(execwire_json_write(&states[i], NULL, out, sizeof out, &size, NULL));
    return size;
}

static size_t json_to_wire(const workload *messages, size_t i)
{
    execwire_scratch lent = scratch(text, sizeof text);
    execwire_state state;
    size_t size;

    expect(execwire_json_read(messages->json[i].data, messages->json[i].size, NULL, &lent, &state,
                              NULL));
    expect(execwire_encode(&state, out, sizeof out, &size, NULL));
    return size;
}

static size_t wire_to_json(const workload *messages, size_t i)
{
    execwire_scratch lent = scratch(NULL, 0);
    execwire_state state;
    size_t size;

    expect(execwire_decode(messages->wire[i].data, messages->wire[i].size, &lent, &state, NULL));
    expect(execwire_json_write(&state, NULL, out, sizeof out, &size, NULL));
    return size;
}

#ifndef SUBJECT_NAME
#define SUBJECT_NAME "execwire"
#endif

const subject subject_execwire = {
    SUBJECT_NAME,
    prepare,
    {
        [JSON_TO_WIRE] = json_to_wire,
        [WIRE_TO_JSON] = wire_to_json,
        [DECODE] = decode,
        [ENCODE] = encode,
        [JSON_READ] = json_read,
        [JSON_WRITE] = json_write,
        [ENCODED_SIZE] = encoded_size,
    },
};

#ifndef subject_execwire /* of now */

/* execwire_encode of the library as one source file, under another name (bench.mk). */
execwire_code execwire_encode_by_nanopb(const execwire_state *state, void *out, size_t capacity,
                                        size_t *size, execwire_error *error);

static size_t encode_by_nanopb(const workload *messages, size_t i)
{
    size_t size;

    (void)messages;
    expect(execwire_encode_by_nanopb(&states[i], out, sizeof out, &size, NULL));
    return size;
}

const subject subject_nanopb_writer = {
    "execwire, nanopb as writer",
    prepare,
    {[ENCODE] = encode_by_nanopb},
};

#endif

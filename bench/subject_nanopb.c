/* nanopb as it is usually used, with strings in arrays of fixed size (nanopb.options).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "subject.h"

#include "execwire/v1/execution_state.pb.h"

#include <pb_decode.h>
#include <pb_encode.h>
#include <stdlib.h>

static pb_byte_t out[64 << 10];
static execwire_v1_ExecutionState *states;

static bool read(const bytes *wire, execwire_v1_ExecutionState *state)
{
    pb_istream_t in = pb_istream_from_buffer((const pb_byte_t *)wire->data, wire->size);

    return pb_decode(&in, execwire_v1_ExecutionState_fields, state);
}

static void prepare(const workload *messages)
{
    states = realloc(states, messages->count * sizeof *states);
    for (size_t i = 0; i < messages->count; i++)
        if (!read(&messages->wire[i], &states[i]))
            abort();
}

static size_t decode(const workload *messages, size_t i)
{
    static execwire_v1_ExecutionState state;

    return read(&messages->wire[i], &state);
}

static size_t encode(const workload *messages, size_t i)
{
    pb_ostream_t stream = pb_ostream_from_buffer(out, sizeof out);

    (void)messages;
    pb_encode(&stream, execwire_v1_ExecutionState_fields, &states[i]);
    return stream.bytes_written;
}

const subject subject_nanopb = {
    "nanopb, fixed-size strings",
    prepare,
    {[DECODE] = decode, [ENCODE] = encode},
};

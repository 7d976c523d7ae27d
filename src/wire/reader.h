/* One strict walk over a protobuf message, driven by the schema tables. It stores what it reads
 * (decode), or only checks it, or shows it to a visitor (inspect, stats), or all of these.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_WIRE_READER_H
#define EXECWIRE_WIRE_READER_H

#include "schema/schema.h"
#include "wire/format.h"

#include <execwire/execwire.h>

/* One field as it stands in the input. */
typedef struct execwire_wire_field {
    const execwire_message *message; /* that the field belongs to */
    const execwire_field *field;     /* NULL when the schema does not know it */
    uint32_t number;
    unsigned wire_type;
    unsigned depth;     /* 0 in the outermost message */
    const uint8_t *tag; /* where the field begins */
    const uint8_t
        *payload;       /* where its value begins: after the tag, and the length if it has one */
    const uint8_t *end; /* where the field ends */
    uint64_t varint;    /* its value when the wire type is VARINT */
} execwire_wire_field;

/* Is shown each field in the order of the bytes, a message before its own fields. What it has been
 * shown is valid only if the whole walk succeeds. */
typedef struct execwire_wire_visitor {
    void (*visit)(void *context, const execwire_wire_field *field);
    void *context;
} execwire_wire_visitor;

/* Walks over a message. `scratch`, `state`, `visitor` and `error` may each be NULL. */
execwire_code execwire_wire_read(const void *in, size_t in_size, execwire_scratch *scratch,
                                 execwire_state *state, const execwire_wire_visitor *visitor,
                                 execwire_error *error);

/* Reads a message into a state that is already there, as if its bytes went on after those that
 * the state came from: a message that is complete. Its map has to be empty. What is left of the
 * state when this fails is of no use. */
execwire_code execwire_wire_merge(const void *in, size_t in_size, execwire_scratch *scratch,
                                  execwire_state *state, execwire_error *error);

#endif

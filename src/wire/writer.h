/* The writers of protobuf, which write the same bytes.
 *
 * Ours (direct.c) is smaller than nanopb's (nanopb.c), needs half the stack and takes less than
 * half the time: hosts have it, and nodes that ask for it. nanopb's is the default of nodes: there
 * protobuf is written by code that others wrote, use and look after. The link layer walks over
 * states as well (src/link/model/canonical.c), to compare and sum them in pieces: a node that has
 * it writes with that walk, and needs no other. docs/footprint.md and docs/benchmarks.md have the
 * figures. tests/test_wire_writers.c holds one against the other.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_WIRE_WRITER_H
#define EXECWIRE_WIRE_WRITER_H

#include "base/target.h"

#include <execwire/state.h>

/* The library as one source file has one writer, and names it: EXECWIRE_CANONICAL with the link
 * layer, EXECWIRE_DIRECT with EXECWIRE_NO_NANOPB, else EXECWIRE_NANOPB. The library of a host
 * writes with ours; its tests have all. This is the only place that looks.
 */
#if defined(EXECWIRE_CANONICAL)
#define execwire_write_message execwire_canonical_encode
#elif defined(EXECWIRE_NANOPB)
#define execwire_write_message execwire_nanopb_write
#elif defined(EXECWIRE_DIRECT)
#define execwire_write_message execwire_direct_write
#else
#define execwire_write_message execwire_direct_write
size_t execwire_nanopb_write(const execwire_state *state, void *out, size_t capacity);
size_t execwire_canonical_encode(const execwire_state *state, void *out, size_t capacity);
#endif

/* Where ours writes, it may take a shorter way (wire/at_once.h). */
#if defined(EXECWIRE_FAST_PATHS) && !defined(EXECWIRE_CANONICAL) && !defined(EXECWIRE_NANOPB)
#define EXECWIRE_WRITES_AT_ONCE
#endif

/* Writes a state that has passed execwire_state_check, and returns its size in bytes. When that is
 * more than `capacity`, or `out` is NULL, what is in `out` is no message. */
size_t execwire_write_message(const execwire_state *state, void *out, size_t capacity);

#endif

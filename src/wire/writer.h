/* The writers of protobuf, which write the same bytes.
 *
 * nanopb's is the one of nodes, whose firmware may have nanopb anyway: the library as one source
 * file has it. Ours takes a third of the time: the library of a host has it. docs/benchmarks.md
 * has the figures of both. The link layer walks over states as well, to check them: a node that has
 * it writes with that walk, and needs no nanopb. tests/test_wire_writers.c holds one against the
 * other.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_WIRE_WRITER_H
#define EXECWIRE_WIRE_WRITER_H

#include <execwire/state.h>

/* They write a state that has passed execwire_state_check, and return its size in bytes. When that
 * is more than `capacity`, or `out` is NULL, what is in `out` is no message.
 *
 * EXECWIRE_NANOPB or EXECWIRE_CANONICAL, defined when the library is compiled, makes nanopb or the
 * link layer's walk (src/link/model/canonical.c) the writer. This is the only place that looks at
 * them.
 */
#if defined(EXECWIRE_CANONICAL)
#define execwire_write_message execwire_canonical_encode
#elif defined(EXECWIRE_NANOPB)
#define execwire_write_message execwire_nanopb_write
#else
#define execwire_write_message execwire_direct_write
size_t execwire_direct_write(const execwire_state *state, void *out, size_t capacity);
#endif

size_t execwire_nanopb_write(const execwire_state *state, void *out, size_t capacity);
#if defined(EXECWIRE_CANONICAL) || !defined(EXECWIRE_NANOPB)
size_t execwire_canonical_encode(const execwire_state *state, void *out, size_t capacity);
#endif

#endif

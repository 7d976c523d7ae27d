/* Compression of short texts for small nodes: each byte is coded by how well it was guessed. The
 * time for a byte is constant, and so is the memory.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_COMPRESS_H
#define EXECWIRE_LINK_COMPRESS_H

#include "link/base/sink.h"

#include <execwire/link.h>

/* The longest text, in bytes: Bacalhau cuts outputs to that. */
#define EXECWIRE_COMPRESS_MAX 2048u
/* All texts of a frame together, which bounds what a frame can cost: output and errors as Bacalhau
 * cuts them, and what else there is. */
#define EXECWIRE_COMPRESS_FRAME_MAX (2 * EXECWIRE_COMPRESS_MAX + 512)

/* Writes the compressed form of a text of at most EXECWIRE_COMPRESS_MAX bytes, with the help of
 * memory of which nothing has to be kept. Its size is not in it. */
void execwire_compress(const uint8_t *text, size_t size, execwire_link_packing *memory,
                       execwire_sink *sink);

/* Fills `text` with `size` bytes, at most EXECWIRE_COMPRESS_MAX, whatever `in` is: any bytes are
 * the compressed form of some text. */
void execwire_expand(const uint8_t *in, size_t in_size, uint8_t *text, size_t size);

#endif

/* Compression of short texts for small nodes: half a kilobyte on the stack to write it, one and a
 * half to read it.
 *
 * Each byte is predicted from all places in the text before it, and in a built-in sample of what
 * programs print, where the same bytes stood before it: the more of them, the more the byte that
 * followed there counts. An arithmetic coder turns the prediction into bits. Integers only, so that
 * both ends predict the same. A byte takes the time to look at the text before it and the sample.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_COMPRESS_H
#define EXECWIRE_LINK_COMPRESS_H

#include "link/base/sink.h"

/* The longest text, in bytes: Bacalhau cuts outputs to that. Time grows with its square. */
#define EXECWIRE_COMPRESS_MAX 2048

/* Writes the compressed form of a text of at most EXECWIRE_COMPRESS_MAX bytes. Its size is not in
 * it. */
void execwire_compress(const uint8_t *text, size_t size, execwire_sink *sink);

/* Fills `text` with `size` bytes, at most EXECWIRE_COMPRESS_MAX, whatever `in` is: any bytes are
 * the compressed form of some text. */
void execwire_expand(const uint8_t *in, size_t in_size, uint8_t *text, size_t size);

#endif

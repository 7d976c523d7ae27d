/* LinkFrame as protobuf writes it, and as it stands in a frame (proto/execwire/v1/link.proto,
 * "Heads").
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TESTS_HEADS_H
#define EXECWIRE_TESTS_HEADS_H

#include <stddef.h>
#include <stdint.h>

/* Makes a frame of a state's or a piece's LinkFrame, in its place; what has no `update`, or an
 * `update` alone, stays as it is. Fields with tags may stand in any order. Returns its size. */
size_t pack_frame(uint8_t *frame, size_t size);

#endif

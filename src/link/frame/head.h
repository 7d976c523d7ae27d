/* What frames begin with that are of a state: fields of LinkFrame without tags
 * (proto/execwire/v1/link.proto, "Heads").
 *
 *   a state's frame
 *     1 byte     ref (7 bits from the lowest on), 1
 *     1 byte     state (4), identity (1), span (3)
 *     4 bytes    unless the span is 0: the low 32 bits of the elapsed time
 *     a varint   where the span is 7: the rest of it, which is the span - 1 else
 *     4 bytes    check
 *     31 bytes   ids, where `identity` is 1
 *     a time     created, there too: its low 32 bits, and the rest as a varint
 *     fields, with tags
 *
 *   a piece
 *     1 byte     0
 *     varints    update, whole, offset
 *     all else   the piece
 *
 * Their first bytes are no tag that another frame begins with: those of a hello, a digest and
 * feedback are neither 0 nor have the highest bit. All other first bytes are for later.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_FRAME_HEAD_H
#define EXECWIRE_LINK_FRAME_HEAD_H

#include "link/base/sink.h"
#include "wire/cursor.h"

/* The first byte of a state's frame has this bit; that of a piece is the other. */
#define EXECWIRE_HEAD_STATE 0x80
#define EXECWIRE_HEAD_PIECE 0

/* Bytes of ids that stand in the head. */
#define EXECWIRE_HEAD_IDS 31

/* `identified`: ids and created come after the check. */
void execwire_head_put_update(execwire_sink *sink, unsigned ref, unsigned state, uint64_t elapsed,
                              bool identified);
void execwire_head_put_time(execwire_sink *sink, uint64_t time);

/* Each takes what the other puts; ref, state and elapsed time in one, as update.h has them.
 *
 * Errors: TRUNCATED, VARINT, LINK_FRAME (an elapsed time of more than 50 bits). */
execwire_code execwire_head_take_update(execwire_cursor *bytes, uint64_t *update, bool *identified);
execwire_code execwire_head_take_time(execwire_cursor *bytes, uint64_t *time);

#endif

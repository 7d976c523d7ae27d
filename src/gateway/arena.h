/* Memory in blocks that move: each node has one for its contexts, its words and its states. Blocks
 * are taken from one end on; when that is reached, those that are alive slide together, a few at a
 * time.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_GATEWAY_ARENA_H
#define EXECWIRE_GATEWAY_ARENA_H

#include <execwire/gateway.h>

/* Which of a node's blocks. */
typedef enum execwire_block {
    EXECWIRE_BLOCK_CONTEXTS,
    EXECWIRE_BLOCK_WORDS,
    EXECWIRE_BLOCK_STATES,
    EXECWIRE_BLOCKS
} execwire_block;

/* What a block takes beside its bytes, at most. */
#define EXECWIRE_ARENA_OVERHEAD 16

void execwire_arena_init(execwire_gateway *gateway);

/* Bytes that may be in use, so that blocks need not slide all the time. */
size_t execwire_arena_limit(const execwire_gateway *gateway);

/* Slides blocks until so many bytes can be taken, overheads included, without any block's moving.
 * There have to be so many below the limit. */
void execwire_arena_reserve(execwire_gateway *gateway, size_t size);

/* Takes a block out of what was reserved, in place of the one that the node has: of that, the bytes
 * that fit are copied. Returns its memory, aligned to 8 bytes. */
void *execwire_arena_take(execwire_gateway *gateway, uint32_t node, execwire_block which,
                          size_t size);

/* Lets a node be without the block. */
void execwire_arena_drop(execwire_gateway *gateway, uint32_t node, execwire_block which);

/* A node's block and its size; NULL and 0 where it has none. */
void *execwire_arena_get(const execwire_gateway *gateway, uint32_t node, execwire_block which,
                         size_t *size);

/* Bytes that a node's blocks take, overheads included. */
size_t execwire_arena_used_by(const execwire_gateway *gateway, uint32_t node);

#endif

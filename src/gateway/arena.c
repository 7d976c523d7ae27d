/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/arena.h"

#include <string.h>

/* Stands before each block. */
typedef struct head {
    uint32_t owner; /* node and which of its blocks, as owner_of has it; 0: dead */
    uint32_t size;  /* of the block without it */
} head;

/* A node refers to its block by where that begins, in units of so many bytes; 0 is none. */
#define UNIT 8

static uint32_t owner_of(uint32_t node, execwire_block which)
{
    return node << 2 | ((unsigned)which + 1);
}

static uint32_t *reference_of(const execwire_gateway *gateway, uint32_t owner)
{
    return &gateway->options.nodes[owner >> 2].blocks[(owner & 3) - 1];
}

static size_t span_of(size_t size)
{
    return (sizeof(head) + size + UNIT - 1) / UNIT * UNIT;
}

static head read_head(const execwire_gateway_arena *arena, size_t at)
{
    head read;

    memcpy(&read, arena->memory + at, sizeof read);
    return read;
}

static void write_head(const execwire_gateway_arena *arena, size_t at, head written)
{
    memcpy(arena->memory + at, &written, sizeof written);
}

void execwire_arena_init(execwire_gateway *gateway)
{
    gateway->arena = (execwire_gateway_arena){.memory = gateway->options.store,
                                              .capacity = gateway->options.store_capacity};
}

size_t execwire_arena_limit(const execwire_gateway *gateway)
{
    return gateway->arena.capacity - gateway->arena.capacity / 8;
}

/* ---- Sliding ---- */

/* Moves the next block that is alive to where gaps begin. */
static void slide(execwire_gateway *gateway)
{
    execwire_gateway_arena *arena = &gateway->arena;
    head next = read_head(arena, arena->scan);
    size_t span = span_of(next.size);

    if (next.owner != 0) {
        memmove(arena->memory + arena->fill, arena->memory + arena->scan, span);
        *reference_of(gateway, next.owner) = (uint32_t)((arena->fill + sizeof(head)) / UNIT);
        arena->fill += span;
    }
    arena->scan += span;
    if (arena->scan == arena->top)
        arena->scan = arena->top = arena->fill;
}

static bool has_room(const execwire_gateway_arena *arena, size_t size)
{
    return arena->scan - arena->fill >= size || arena->capacity - arena->top >= size;
}

void execwire_arena_reserve(execwire_gateway *gateway, size_t size)
{
    execwire_gateway_arena *arena = &gateway->arena;

    while (!has_room(arena, size)) {
        if (arena->scan == arena->top)
            arena->fill = arena->scan = 0;
        slide(gateway);
    }
}

/* ---- Blocks ---- */

/* Where the next block begins. */
static size_t place(execwire_gateway_arena *arena, size_t span)
{
    bool between = arena->scan - arena->fill >= span;
    bool sliding = arena->scan < arena->top;
    size_t at = between ? arena->fill : arena->top;

    if (between)
        arena->fill += span;
    else
        arena->top += span;
    if (!sliding)
        arena->fill = arena->scan = arena->top;
    return at;
}

void *execwire_arena_take(execwire_gateway *gateway, uint32_t node, execwire_block which,
                          size_t size)
{
    execwire_gateway_arena *arena = &gateway->arena;
    size_t old_size;
    const void *old = execwire_arena_get(gateway, node, which, &old_size);
    size_t at = place(arena, span_of(size));
    void *taken = arena->memory + at + sizeof(head);

    if (old != NULL)
        memcpy(taken, old, old_size < size ? old_size : size);
    execwire_arena_drop(gateway, node, which);
    write_head(arena, at, (head){owner_of(node, which), (uint32_t)size});
    gateway->options.nodes[node].blocks[which] = (uint32_t)((at + sizeof(head)) / UNIT);
    arena->live += span_of(size);
    return taken;
}

void execwire_arena_drop(execwire_gateway *gateway, uint32_t node, execwire_block which)
{
    uint32_t *reference = &gateway->options.nodes[node].blocks[which];
    size_t at = (size_t)*reference * UNIT - sizeof(head);
    head dead;

    if (*reference == 0)
        return;
    dead = read_head(&gateway->arena, at);
    gateway->arena.live -= span_of(dead.size);
    write_head(&gateway->arena, at, (head){0, dead.size});
    *reference = 0;
}

void *execwire_arena_get(const execwire_gateway *gateway, uint32_t node, execwire_block which,
                         size_t *size)
{
    size_t at = (size_t)gateway->options.nodes[node].blocks[which] * UNIT;

    *size = 0;
    if (at == 0)
        return NULL;
    *size = read_head(&gateway->arena, at - sizeof(head)).size;
    return gateway->arena.memory + at;
}

size_t execwire_arena_used_by(const execwire_gateway *gateway, uint32_t node)
{
    size_t used = 0;

    for (unsigned which = 0; which < EXECWIRE_BLOCKS; which++) {
        size_t size;

        if (execwire_arena_get(gateway, node, (execwire_block)which, &size) != NULL)
            used += span_of(size);
    }
    return used;
}

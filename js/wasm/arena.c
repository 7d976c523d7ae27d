/* SPDX-License-Identifier: Apache-2.0 */
#include "glue.h"

#define PAGE 65536

extern char __heap_base; /* NOLINT(bugprone-reserved-identifier,cert-*): the linker's, the end of
                            what it laid out */

static uintptr_t kept;  /* ends here */
static uintptr_t input; /* ends here */
static uintptr_t top;

static bool grow_to(uintptr_t end)
{
    uintptr_t size = __builtin_wasm_memory_size(0) * PAGE;

    if (end <= size)
        return true;
    return __builtin_wasm_memory_grow(0, (end - size + PAGE - 1) / PAGE) != (size_t)-1;
}

void *arena_take(size_t size)
{
    uintptr_t start = top != 0 ? top : (uintptr_t)&__heap_base;

    start = (start + 7) & ~(uintptr_t)7;
    if (size > UINT32_MAX - PAGE - start || !grow_to(start + size))
        return NULL;
    top = start + size;
    return (void *)start; /* NOLINT(performance-no-int-to-ptr) */
}

void arena_keep(void)
{
    kept = input = top;
}

void *arena_input(size_t size)
{
    void *memory;

    top = kept;
    memory = arena_take(size);
    input = top;
    return memory;
}

void arena_clear(void)
{
    top = input;
}

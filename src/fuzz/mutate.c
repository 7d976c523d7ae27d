/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/mutate.h"

static size_t callers_bytes(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity)
{
    return c->mutator(data, size, capacity);
}

/* A byte becomes another one, comes or goes. */
static size_t own_bytes(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity)
{
    execwire_fuzz_buffer b = {data, size, capacity};
    uint8_t byte = (uint8_t)execwire_fuzz_below(c, 256);
    size_t kind = execwire_fuzz_below(c, 4);

    if (size == 0 || kind == 0)
        (void)execwire_fuzz_splice(&b, execwire_fuzz_below(c, size + 1), 0, &byte, 1);
    else if (kind == 1)
        (void)execwire_fuzz_splice(&b, execwire_fuzz_below(c, size), 1, NULL, 0);
    else if (kind == 2)
        data[execwire_fuzz_below(c, size)] = byte;
    else
        data[execwire_fuzz_below(c, size)] ^= (uint8_t)(1u << (byte & 7));
    return b.size;
}

void execwire_fuzz_start(execwire_fuzz_chance *c, unsigned seed, execwire_fuzz_mutator *mutator)
{
    c->seed = seed;
    c->mutator = mutator;
    c->bytes = mutator != NULL ? callers_bytes : own_bytes;
}

size_t execwire_fuzz_message(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity)
{
    execwire_fuzz_buffer message = {data, size, capacity};

    if (execwire_fuzz_below(c, 2) == 0)
        return c->bytes(c, data, size, capacity);
    execwire_fuzz_fields(c, &message);
    return message.size;
}

size_t execwire_fuzz_mutate(uint8_t *data, size_t size, size_t capacity, unsigned seed,
                            execwire_fuzz_mutator *mutator)
{
    execwire_fuzz_chance chance;

    if (data == NULL || capacity == 0 || size > capacity)
        return size;
    execwire_fuzz_start(&chance, seed, mutator);
    return execwire_fuzz_message(&chance, data, size, capacity);
}

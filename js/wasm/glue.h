/* What stands between JavaScript and the library: memory, and what a call gave.
 *
 * The library has no memory of its own; this has an arena in the module's linear memory. It holds,
 * one after the other, what is kept as long as the instance (a receiver, a stream's buffer), the
 * input of the current call, and what the call makes. The next input takes the place of the last.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_WASM_GLUE_H
#define EXECWIRE_WASM_GLUE_H

#include <execwire/execwire.h>

/* A function that JavaScript calls. */
#define EXPORT(name) __attribute__((export_name(#name)))

/* ---- Memory ---- */

/* Memory for 8-byte values, not cleared; NULL when there is none. */
void *arena_take(size_t size);
/* All that was taken so far is kept. */
void arena_keep(void);
/* Room for an input, in place of the last one. */
void *arena_input(size_t size);
/* Gives up what was taken behind the input. */
void arena_clear(void);

/* ---- Results ---- */

/* What a call gives beside its status. JavaScript sees these as words of 32 bits. */
typedef struct glue_result {
    uint32_t out; /* bytes written */
    uint32_t out_size;
    uint32_t tape; /* a state, for JavaScript: see tape.h */
    uint32_t text;
    uint32_t text_size;
    uint32_t used; /* bytes of the input */
    uint32_t outcome;
    uint32_t ref; /* or -1 */
    uint32_t number;
    uint32_t flags;
    double time; /* ms */
} glue_result;

extern glue_result glue;
extern execwire_error glue_error;

/* Clears both, and what the last call made. */
void glue_begin(void);

static inline uint32_t glue_address(const void *memory)
{
    return (uint32_t)(uintptr_t)memory;
}

/* Decodes with as much room as it takes. */
execwire_code glue_decode(const void *in, size_t size, execwire_state *state);

#endif

/* Paints the stack, does the work and looks how far down the paint is gone. Runs in QEMU.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "work.h"

#include <stdint.h>
#include <stdio.h>

#if defined(PEER_NANOPB)
#include "execwire/v1/execution_state.pb.h"

#include <pb_decode.h>
#elif defined(PEER_PROTOBUF_C)
#include "execwire/v1/execution_state.pb-c.h"
#else
#include "execwire.h"
#endif

#include "typical.h"

#define PAINT 0xA5A5A5A5
#define DEPTH 6000 /* bytes painted */

static uint8_t buffer[4096];

#if defined(PEER_NANOPB)
static execwire_v1_ExecutionState state;
static execwire_v1_ExecutionState back;

static const void *typical_state(void)
{
    pb_istream_t in = pb_istream_from_buffer(typical, sizeof typical);

    return pb_decode(&in, execwire_v1_ExecutionState_fields, &state) ? &state : NULL;
}
#elif defined(PEER_PROTOBUF_C)
static int back;

static const void *typical_state(void)
{
    return execwire__v1__execution_state__unpack(NULL, sizeof typical, typical);
}
#else
static execwire_state state;
static execwire_state back;

static const void *typical_state(void)
{
    return execwire_decode(typical, sizeof typical, NULL, &state, NULL) == EXECWIRE_OK ? &state
                                                                                       : NULL;
}
#endif

/* Bytes of stack that work() uses, or -1. */
static __attribute__((noinline)) long depth_of_work(const void *typical_value)
{
    volatile uint32_t *top;
    volatile uint32_t *low;
    volatile uint32_t *at;

    __asm__ volatile("mov %0, sp" : "=r"(top));
    low = top - DEPTH / sizeof *low;
    for (at = low; at < top; at++)
        *at = PAINT;
    if (work(typical_value, buffer, sizeof buffer, &back) != 0)
        return -1;
    for (at = low; at < top && *at == PAINT;)
        at++;
    return at == low ? -1 : (long)(top - at) * (long)sizeof *at;
}

int main(void)
{
    const void *typical_value = typical_state();
    long depth = typical_value != NULL ? depth_of_work(typical_value) : -1;

    printf("stack %ld\n", depth);
    return depth < 0;
}

/* Measures the work in QEMU: paints the stack, does the work and looks how far down the paint is
 * gone; then does it again and counts its instructions.
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

/* ---- Instructions ---- */

/* SysTick (ARMv6-M and ARMv7-M manuals) counts down at the board's 12.5 MHz. With `-icount shift=0`
 * QEMU lets one nanosecond pass with each instruction, which makes 80 instructions a tick. */
#define SYST_CSR          (*(volatile uint32_t *)0xE000E010)
#define SYST_RVR          (*(volatile uint32_t *)0xE000E014)
#define SYST_CVR          (*(volatile uint32_t *)0xE000E018)
#define SYST_MAX          0xFFFFFF
#define SYST_RUN          5 /* the processor's clock, no interrupt */
#define TICK_INSTRUCTIONS 80
#define REPEATS           100

static void start_ticks(void)
{
    SYST_RVR = SYST_MAX;
    SYST_CVR = 0;
    SYST_CSR = SYST_RUN;
}

static uint32_t ticks(void)
{
    return SYST_MAX - SYST_CVR;
}

/* 1,000,000 instructions, to show that the count is right. */
static void million_instructions(void)
{
    uint32_t left = 500000;

    __asm__ volatile(".syntax unified\n1: subs %0, #1\n   bne 1b" : "+l"(left) : : "cc");
}

static uint32_t instructions_of_million(void)
{
    uint32_t start = ticks();

    million_instructions();
    return (ticks() - start) * TICK_INSTRUCTIONS;
}

/* Of one call of work(), the call itself included. */
static uint32_t instructions_of_work(const void *typical_value)
{
    uint32_t start = ticks();

    for (int i = 0; i < REPEATS; i++)
        work(typical_value, buffer, sizeof buffer, &back);
    return (ticks() - start) * TICK_INSTRUCTIONS / REPEATS;
}

int main(void)
{
    const void *typical_value = typical_state();
    long depth = typical_value != NULL ? depth_of_work(typical_value) : -1;

    if (depth < 0)
        return 1;
    start_ticks();
    printf("stack %ld\n", depth);
    printf("million %lu\n", (unsigned long)instructions_of_million());
    printf("instructions %lu\n", (unsigned long)instructions_of_work(typical_value));
    return 0;
}

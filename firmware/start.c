/* What runs before main: the vector table of the processor and of the board (LM3S6965 data sheet,
 * table 2-9), and memory as C expects it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "board.h"

#include <stdint.h>
#include <string.h>

/* set by board.ld */
extern uint8_t data_start[];
extern uint8_t data_end[];
extern const uint8_t data_image[];
extern uint8_t bss_start[];
extern uint8_t bss_end[];
extern uint8_t stack_top[];

int main(void);

static void reset(void)
{
    memcpy(data_start, data_image, (size_t)(data_end - data_start));
    memset(bss_start, 0, (size_t)(bss_end - bss_start));
    main();
    for (;;)
        ;
}

/* A fault, or an interrupt that nobody asked for: stops, where a debugger or a watchdog sees it. */
static void stop(void)
{
    for (;;)
        ;
}

typedef struct vector_table {
    void *stack;
    void (*handlers[15 + 6])(void);
} vector_table;

extern const vector_table vectors;

__attribute__((section(".vectors"), used)) const vector_table vectors = {
    stack_top,
    {
        reset,          stop, stop, stop, stop,
        stop,           NULL, NULL, NULL, NULL,
        stop,           stop, NULL, stop, clock_interrupt, /* exception 15: SysTick */
        stop,           stop, stop, stop, stop,
        uart_interrupt, /* interrupt 5: UART0 */
    },
};

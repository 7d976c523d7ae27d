/* SPDX-License-Identifier: Apache-2.0 */
#include "board.h"

/* Registers by their names in the LM3S6965's data sheet, those of the processor as in the ARMv7-M
 * manual. */
#define REGISTER(address) (*(volatile uint32_t *)(address))

#define SYST_CSR  REGISTER(0xE000E010)
#define SYST_RVR  REGISTER(0xE000E014)
#define SYST_CVR  REGISTER(0xE000E018)
#define NVIC_ISER REGISTER(0xE000E100)
#define RCGC1     REGISTER(0x400FE104)
#define RCGC2     REGISTER(0x400FE108)
#define GPIOAFSEL REGISTER(0x40004420)
#define GPIODEN   REGISTER(0x4000451C)
#define UARTDR    REGISTER(0x4000C000)
#define UARTFR    REGISTER(0x4000C018)
#define UARTIBRD  REGISTER(0x4000C024)
#define UARTFBRD  REGISTER(0x4000C028)
#define UARTLCRH  REGISTER(0x4000C02C)
#define UARTCTL   REGISTER(0x4000C030)
#define UARTIM    REGISTER(0x4000C038)
#define UARTICR   REGISTER(0x4000C044)

#define CLOCK_HZ 12500000 /* after reset */
#define BAUD     115200

enum {
    SYST_RUN = 7,      /* processor clock, interrupt, enabled */
    UART0_CLOCK = 1,   /* RCGC1 */
    GPIOA_CLOCK = 1,   /* RCGC2 */
    UART0_PINS = 3,    /* PA0, PA1 */
    UART0_NUMBER = 5,  /* of the interrupt */
    RX_EMPTY = 1 << 4, /* UARTFR */
    TX_FULL = 1 << 5,  /* UARTFR */
    RX = 1 << 4,       /* UARTIM, UARTICR */
    RX_TIMEOUT = 1 << 6,
    EIGHT_BITS_FIFO = 0x70,
    UART_RUN = 0x301 /* receiver, transmitter, enabled */
};

static volatile uint32_t milliseconds;

/* Bytes on their way from the interrupt, which alone moves `head`, to uart_receive, which alone
 * moves `tail`. The indexes wrap by themselves. */
static volatile uint8_t ring[256];
static volatile uint8_t head;
static volatile uint8_t tail;

/* After the power came RAM is anything, which the inverse shows. */
static volatile struct {
    uint32_t number;
    uint32_t inverse;
} remembered __attribute__((section(".noinit")));

static void start_clock(void)
{
    SYST_RVR = CLOCK_HZ / 1000 - 1;
    SYST_CVR = 0;
    SYST_CSR = SYST_RUN;
}

static void start_uart(void)
{
    const uint32_t divisor = (CLOCK_HZ * 4 + BAUD / 2) / BAUD; /* in 64ths */

    RCGC1 |= UART0_CLOCK;
    RCGC2 |= GPIOA_CLOCK;
    GPIOAFSEL |= UART0_PINS;
    GPIODEN |= UART0_PINS;
    UARTCTL = 0;
    UARTIBRD = divisor >> 6;
    UARTFBRD = divisor & 63;
    UARTLCRH = EIGHT_BITS_FIFO;
    UARTIM = RX | RX_TIMEOUT;
    UARTCTL = UART_RUN;
    NVIC_ISER = 1 << UART0_NUMBER;
}

void board_start(void)
{
    start_clock();
    start_uart();
}

void clock_interrupt(void)
{
    milliseconds++;
}

uint32_t clock_now(void)
{
    return milliseconds;
}

void clock_wait(void)
{
    __asm__ volatile("wfi");
}

void uart_interrupt(void)
{
    UARTICR = RX | RX_TIMEOUT;
    while ((UARTFR & RX_EMPTY) == 0) {
        uint8_t byte = (uint8_t)UARTDR;

        if ((uint8_t)(head + 1) == tail)
            continue;
        ring[head] = byte;
        head++;
    }
}

void uart_send(const void *data, size_t size)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++) {
        while ((UARTFR & TX_FULL) != 0)
            ;
        UARTDR = bytes[i];
    }
}

size_t uart_receive(uint8_t *out, size_t capacity)
{
    size_t size = 0;

    while (size < capacity && tail != head) {
        out[size++] = ring[tail];
        tail++;
    }
    return size;
}

uint32_t board_recall(void)
{
    uint32_t number = remembered.number;

    return number == ~remembered.inverse ? number : 0;
}

void board_remember(uint32_t number)
{
    remembered.number = number;
    remembered.inverse = ~number;
}

/* The board: a clock, a serial line, and a number that it remembers. LM3S6965, as QEMU's
 * lm3s6965evb models it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FIRMWARE_BOARD_H
#define FIRMWARE_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Starts clock and serial line. */
void board_start(void);

/* Milliseconds since the start; wraps after 49 days. */
uint32_t clock_now(void);

/* Sleeps until an interrupt: a millisecond at most. */
void clock_wait(void);

/* Sends all, waiting while the line is busy. */
void uart_send(const void *data, size_t size);

/* Takes what has arrived, as far as it fits; never waits. When nobody takes bytes for too long the
 * newest are lost, which the frames' CRC shows. Returns how many bytes it took. */
size_t uart_receive(uint8_t *out, size_t capacity);

/* A number that outlives a reset, and 0 before there is one. Here it is in RAM that start-up leaves
 * alone, which is lost with the power: a product keeps it in EEPROM, flash or a backup register. */
uint32_t board_recall(void);
void board_remember(uint32_t number);

/* Random bytes that nobody can guess; false: there are none. This board has no generator and asks
 * QEMU's host, by semihosting: a product asks its processor. */
bool board_random(void *out, size_t size);

/* For the vector table. */
void clock_interrupt(void);
void uart_interrupt(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "line.h"

#include "board.h"
#include "trace.h"

static execwire_serial_reader reader;

/* What the board had; up to `at` the reader has taken it. */
static uint8_t bytes[32];
static size_t size;
static size_t at;

void line_start(void *buffer, size_t capacity)
{
    execwire_serial_init(&reader, buffer, capacity);
}

void line_send(const void *message, size_t message_size, uint8_t *frame, size_t capacity)
{
    size_t frame_size;

    if (execwire_serial_write(message, message_size, frame, capacity, &frame_size, NULL) ==
        EXECWIRE_OK)
        uart_send(frame, frame_size);
}

execwire_str line_next(void)
{
    execwire_str message = {NULL, 0};

    while (message.data == NULL) {
        size_t used;

        if (at == size) {
            at = 0;
            size = uart_receive(bytes, sizeof bytes);
        }
        if (size == 0)
            break;
        if (execwire_serial_feed(&reader, bytes + at, size - at, &used, &message, NULL) !=
            EXECWIRE_OK)
            trace_word("damaged");
        at += used;
    }
    return message;
}

/* Frames on a serial line for tests: known ones, messages of all kinds, and the line's far end.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TESTS_SERIAL_H
#define EXECWIRE_TESTS_SERIAL_H

#include <execwire/serial.h>

#define SERIAL_LONGEST 800

typedef struct serial_vector {
    const char *message;
    size_t size;
    const char *frame;
    size_t frame_size;
} serial_vector;

#define SERIAL_VECTORS 7
extern const serial_vector serial_vectors[SERIAL_VECTORS];

/* Messages of all kinds: zeros alone, none, every byte in turn, a mixture, and zeros that come
 * where a block is full anyway. */
enum { SERIAL_KINDS = 5 };

void serial_message(unsigned kind, uint8_t *out, size_t size);

/* Writes a message as a frame, whose size it returns. */
size_t serial_frame(const void *message, size_t size, uint8_t *out, size_t capacity);

/* What arrived at the far end. */
typedef struct serial_receiver {
    execwire_serial_reader reader;
    uint8_t buffer[SERIAL_LONGEST + EXECWIRE_SERIAL_CRC_SIZE];
    uint8_t last[SERIAL_LONGEST];
    size_t last_size;
    size_t count;
    size_t errors;
    execwire_error error; /* the last one */
} serial_receiver;

void serial_start(serial_receiver *r, size_t capacity);
void serial_receive(serial_receiver *r, const uint8_t *bytes, size_t size);
void serial_expect_last(const serial_receiver *r, const void *message, size_t size);

#endif

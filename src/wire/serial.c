/* Messages on a serial line, as COBS frames with a CRC.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/crc32.h"
#include "error/error.h"

#include <execwire/serial.h>

#include <string.h>

/* The code of a block of 254 bytes that no zero follows; other codes are 1 + the block's size. */
#define LONGEST_BLOCK 0xFF

/* ---- Writing ---- */

typedef struct stuffer {
    uint8_t *out; /* NULL measures */
    size_t size;
    uint8_t code; /* of the current block, which has code - 1 bytes so far */
} stuffer;

static void put_stuffed(stuffer *s, size_t at, uint8_t byte)
{
    if (s->out != NULL)
        s->out[at] = byte;
}

static void begin_block(stuffer *s)
{
    s->size++;
    s->code = 1;
}

static void end_block(stuffer *s)
{
    put_stuffed(s, s->size - s->code, s->code);
}

static void stuff(stuffer *s, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = bytes[i];

        if (byte != 0) {
            put_stuffed(s, s->size++, byte);
            s->code++;
        }
        if (byte == 0 || s->code == LONGEST_BLOCK) {
            end_block(s);
            begin_block(s);
        }
    }
}

static size_t write_frame(const void *in, size_t in_size, uint32_t crc, uint8_t *out)
{
    const uint8_t check[EXECWIRE_SERIAL_CRC_SIZE] = {(uint8_t)crc, (uint8_t)(crc >> 8),
                                                     (uint8_t)(crc >> 16), (uint8_t)(crc >> 24)};
    stuffer s = {out, 0, 0};

    put_stuffed(&s, s.size++, 0);
    begin_block(&s);
    stuff(&s, in, in_size);
    stuff(&s, check, sizeof check);
    end_block(&s);
    put_stuffed(&s, s.size++, 0);
    return s.size;
}

execwire_code execwire_serial_write(const void *in, size_t in_size, void *out, size_t capacity,
                                    size_t *size, execwire_error *error)
{
    uint32_t crc;
    size_t needed;

    if (size != NULL)
        *size = 0;
    if (size == NULL || (in == NULL && in_size > 0))
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    if (in_size > EXECWIRE_MAX_SIZE)
        return execwire_fail(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    crc = execwire_crc32(0, in, in_size);
    needed = write_frame(in, in_size, crc, NULL);
    *size = needed;
    if (out == NULL)
        return EXECWIRE_OK;
    if (needed > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    write_frame(in, in_size, crc, out);
    return EXECWIRE_OK;
}

/* ---- Reading ---- */

#ifndef EXECWIRE_NO_DECODE

static void start_frame(execwire_serial_reader *reader)
{
    reader->taken = 0;
    reader->filled = 0;
    reader->left = 0;
    reader->zero = false;
    reader->too_large = false;
}

void execwire_serial_init(execwire_serial_reader *reader, void *buffer, size_t capacity)
{
    if (reader == NULL)
        return;
    memset(reader, 0, sizeof *reader);
    reader->buffer = buffer;
    reader->capacity = buffer != NULL ? capacity : 0;
}

static void keep_byte(execwire_serial_reader *reader, uint8_t byte)
{
    if (reader->filled < reader->capacity)
        reader->buffer[reader->filled++] = byte;
    else
        reader->too_large = true;
}

/* A byte of a frame, which is not zero: a block's code or one of its bytes. */
static void take_byte(execwire_serial_reader *reader, uint8_t byte)
{
    reader->taken++;
    if (reader->left > 0) {
        keep_byte(reader, byte);
        reader->left--;
        return;
    }
    if (reader->zero)
        keep_byte(reader, 0);
    reader->left = (uint8_t)(byte - 1);
    reader->zero = byte != LONGEST_BLOCK;
}

/* Whether the frame in the buffer is whole and undamaged. */
static execwire_code judge_serial(const execwire_serial_reader *reader)
{
    const uint8_t *check;
    uint32_t crc;

    if (reader->too_large)
        return EXECWIRE_ERROR_TOO_LARGE;
    if (reader->left > 0 || reader->filled < EXECWIRE_SERIAL_CRC_SIZE)
        return EXECWIRE_ERROR_LENGTH;
    check = reader->buffer + reader->filled - EXECWIRE_SERIAL_CRC_SIZE;
    crc = (uint32_t)check[0] | (uint32_t)check[1] << 8 | (uint32_t)check[2] << 16 |
          (uint32_t)check[3] << 24;
    if (execwire_crc32(0, reader->buffer, reader->filled - EXECWIRE_SERIAL_CRC_SIZE) != crc)
        return EXECWIRE_ERROR_CHECKSUM;
    return EXECWIRE_OK;
}

/* The zero behind a frame, or between two frames. */
static execwire_code end_frame(execwire_serial_reader *reader, execwire_str *message,
                               execwire_error *error)
{
    size_t start = reader->start;
    bool empty = reader->taken == 0 && !reader->too_large;
    execwire_code code = empty ? EXECWIRE_OK : judge_serial(reader);

    if (!empty && code == EXECWIRE_OK)
        *message =
            (execwire_str){(const char *)reader->buffer, reader->filled - EXECWIRE_SERIAL_CRC_SIZE};
    reader->start += reader->taken + 1;
    start_frame(reader);
    if (code == EXECWIRE_OK)
        return EXECWIRE_OK;
    reader->dropped++;
    return execwire_fail(error, code, start);
}

execwire_code execwire_serial_feed(execwire_serial_reader *reader, const void *in, size_t in_size,
                                   size_t *used, execwire_str *message, execwire_error *error)
{
    const uint8_t *bytes = in;
    execwire_code code = EXECWIRE_OK;
    size_t at = 0;

    if (used != NULL)
        *used = 0;
    if (message != NULL)
        *message = (execwire_str){NULL, 0};
    if (reader == NULL || used == NULL || message == NULL || (in == NULL && in_size > 0))
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    while (at < in_size && code == EXECWIRE_OK && message->data == NULL) {
        uint8_t byte = bytes[at++];

        if (byte != 0)
            take_byte(reader, byte);
        else
            code = end_frame(reader, message, error);
    }
    *used = at;
    return code;
}

execwire_code execwire_serial_end(const execwire_serial_reader *reader, execwire_error *error)
{
    if (reader == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    if (reader->taken > 0)
        return execwire_fail(error, EXECWIRE_ERROR_TRUNCATED, reader->start);
    return EXECWIRE_OK;
}

#endif

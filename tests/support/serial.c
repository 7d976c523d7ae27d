/* SPDX-License-Identifier: Apache-2.0 */
#include "support/serial.h"

#include "support/cmocka.h"

#include <string.h>

/* The fourth is the check of the CRC's catalogue entry; the sixth the packet of figure 2 of the
 * paper on COBS, which it stuffs as 02 45 01 04 2C 4C 79 01 05 40 06 4F 37. */
const serial_vector serial_vectors[SERIAL_VECTORS] = {
    {"", 0, "\x00\x01\x01\x01\x01\x01\x00", 7},
    {"\x00", 1, "\x00\x01\x05\x8D\xEF\x02\xD2\x00", 8},
    {"a", 1, "\x00\x06\x61\x43\xBE\xB7\xE8\x00", 8},
    {"123456789", 9, "\x00\x0E\x31\x32\x33\x34\x35\x36\x37\x38\x39\x26\x39\xF4\xCB\x00", 16},
    {"\x00\x00", 2, "\x00\x01\x01\x05\xFF\x12\xD9\x41\x00", 9},
    {"\x45\x00\x00\x2C\x4C\x79\x00\x00\x40\x06\x4F\x37", 12,
     "\x00\x02\x45\x01\x04\x2C\x4C\x79\x01\x09\x40\x06\x4F\x37\x28\xE7\xD7\xE0\x00", 19},
    {"a\0b\0", 4, "\x00\x02\x61\x02\x62\x05\x5F\x46\x15\xF5\x00", 11},
};

void serial_message(unsigned kind, uint8_t *out, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const size_t bytes[SERIAL_KINDS] = {0, 0xAA, i, i * i * 7 + i / 8 * 31 + 5,
                                            i % 254 == 253 ? 0 : 1 + i % 254};

        out[i] = (uint8_t)bytes[kind];
    }
}

size_t serial_frame(const void *message, size_t size, uint8_t *out, size_t capacity)
{
    size_t written = 0;

    assert_int_equal(execwire_serial_write(message, size, out, capacity, &written, NULL),
                     EXECWIRE_OK);
    return written;
}

void serial_start(serial_receiver *r, size_t capacity)
{
    memset(r, 0, sizeof *r);
    execwire_serial_init(&r->reader, r->buffer, capacity);
}

void serial_receive(serial_receiver *r, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        execwire_str message;
        size_t used;
        execwire_code code =
            execwire_serial_feed(&r->reader, bytes, size, &used, &message, &r->error);

        assert_true(used > 0 && used <= size);
        bytes += used;
        size -= used;
        r->errors += code != EXECWIRE_OK;
        assert_int_equal(r->errors, r->reader.dropped);
        if (message.data == NULL)
            continue;
        assert_int_equal(code, EXECWIRE_OK);
        memcpy(r->last, message.data, message.size);
        r->last_size = message.size;
        r->count++;
    }
}

void serial_expect_last(const serial_receiver *r, const void *message, size_t size)
{
    assert_int_equal(r->last_size, size);
    assert_memory_equal(r->last, message, size);
}

/* Damage to frames on a serial line: what is wrong is dropped, said with its place, and does no
 * harm to the next.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"
#include "support/serial.h"

#include <stdio.h>
#include <string.h>

/* Frames that are wrong, each with the good one of "a" before it and behind it. */
static const struct {
    const char *bytes;
    size_t size;
    execwire_code code;
    size_t offset; /* in the bytes */
} damaged[] = {
    {"\x00\x01\x00", 3, EXECWIRE_ERROR_LENGTH, 1},                           /* no CRC */
    {"\x00\x04\x31\x32\x33\x00", 6, EXECWIRE_ERROR_LENGTH, 1},               /* half a CRC */
    {"\x00\x06\x61\x43\xBE\xB7\x00", 7, EXECWIRE_ERROR_LENGTH, 1},           /* a byte less */
    {"\x00\x00\x06\x61\x43\x00", 6, EXECWIRE_ERROR_LENGTH, 2},               /* cut off */
    {"\x00\xFF\x61\x43\xBE\xB7\xE8\x00", 8, EXECWIRE_ERROR_LENGTH, 1},       /* wrong code */
    {"\x00\x06\x61\x43\xBE\xB7\xE8\x01\x00", 9, EXECWIRE_ERROR_CHECKSUM, 1}, /* a byte more */
    {"\x00\x06\x62\x43\xBE\xB7\xE8\x00", 8, EXECWIRE_ERROR_CHECKSUM, 1},     /* b for a */
    {"\x06\x61\x43\xBE\xB7\xE9\x00", 7, EXECWIRE_ERROR_CHECKSUM, 0},         /* the CRC */
    {"\x00\x0A\x31\x32\x33\x34\x35\x36\x37\x38\x39\x00", 12, EXECWIRE_ERROR_TOO_LARGE, 1},
    {"\x00\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x00", 12, EXECWIRE_ERROR_TOO_LARGE, 1},
};

/* promise: serial-errors */
static void test_what_is_wrong_and_where(void **unused)
{
    const serial_vector *good = &serial_vectors[2];

    (void)unused;
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        serial_receiver r;

        serial_start(&r, 4 + EXECWIRE_SERIAL_CRC_SIZE);
        serial_receive(&r, (const uint8_t *)good->frame, good->frame_size);
        serial_receive(&r, (const uint8_t *)damaged[i].bytes, damaged[i].size);
        assert_int_equal(r.errors, 1);
        assert_int_equal(r.error.code, damaged[i].code);
        assert_int_equal(r.error.offset, good->frame_size + damaged[i].offset);
        assert_string_equal(r.error.path, "");
        assert_string_equal(r.error.text, execwire_code_text(damaged[i].code));
        serial_receive(&r, (const uint8_t *)good->frame, good->frame_size);
        assert_int_equal(r.count, 2);
        assert_int_equal(r.errors, 1);
        serial_expect_last(&r, good->message, good->size);
    }
}

/* ---- Noise ---- */

/* A frame, what is done to it, and the good one behind it: no wrong message arrives, and the good
 * one does. */
static void send_damaged(const uint8_t *frame, size_t size, const serial_vector *original)
{
    const serial_vector *next = &serial_vectors[3];
    serial_receiver r;

    serial_start(&r, sizeof r.buffer);
    serial_receive(&r, frame, size);
    if (r.count > 0)
        serial_expect_last(&r, original->message, original->size);
    serial_receive(&r, (const uint8_t *)next->frame, next->frame_size);
    serial_expect_last(&r, next->message, next->size);
}

/* Every byte of the frame replaced by every other, dropped, and repeated. */
/* promise: noise-costs-its-frames */
static void test_every_damage_to_one_byte(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < SERIAL_VECTORS; i++) {
        const serial_vector *v = &serial_vectors[i];

        for (size_t at = 0; at < v->frame_size; at++) {
            uint8_t bytes[32];

            memcpy(bytes, v->frame, v->frame_size);
            for (unsigned change = 1; change < 256; change++) {
                bytes[at] = (uint8_t)((uint8_t)v->frame[at] ^ change);
                send_damaged(bytes, v->frame_size, v);
            }
            memcpy(bytes + at, v->frame + at + 1, v->frame_size - at - 1);
            send_damaged(bytes, v->frame_size - 1, v);
            memcpy(bytes, v->frame, at + 1);
            memcpy(bytes + at + 1, v->frame + at, v->frame_size - at);
            send_damaged(bytes, v->frame_size + 1, v);
        }
    }
}

/* xorshift (Marsaglia): a line whose noise is the same each time. */
static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* A line that corrupts one byte in a hundred, drops another and repeats a third of that. Returns
 * how many bytes arrive; `*damages` counts what was done. */
static size_t bad_line(const uint8_t *in, size_t size, uint8_t *out, uint32_t *seed,
                       size_t *damages)
{
    size_t arrived = 0;

    for (size_t i = 0; i < size; i++) {
        uint32_t fate = next_random(seed) % 300;

        *damages += fate < 7;
        if (fate < 3)
            continue;
        out[arrived++] = fate < 6 ? (uint8_t)(in[i] ^ (1 + next_random(seed) % 255)) : in[i];
        if (fate == 6)
            out[arrived++] = in[i];
    }
    return arrived;
}

/* Message number i: 4 to 243 bytes that begin with the number. */
static size_t numbered_message(uint32_t i, uint8_t message[243])
{
    size_t size = 4 + i % 240;

    serial_message(3, message, size);
    memcpy(message, &i, sizeof i);
    return size;
}

/* Takes bytes of the line; what gets through is the message of the number that it bears, and no
 * number comes twice or late. */
static void receive_numbered(serial_receiver *r, const uint8_t *bytes, size_t size, int64_t *last)
{
    for (size_t i = 0; i < size; i++) {
        uint8_t expected[243];
        uint32_t number;
        size_t before = r->count;

        serial_receive(r, bytes + i, 1);
        if (r->count == before)
            continue;
        memcpy(&number, r->last, sizeof number);
        assert_true(number > *last && number < 10000);
        serial_expect_last(r, expected, numbered_message(number, expected));
        *last = number;
    }
}

/* promise: next-frame-gets-through */
static void test_ten_thousand_messages_over_a_bad_line(void **unused)
{
    uint32_t seed = 2463534242;
    int64_t last = -1;
    size_t whole = 0;
    serial_receiver r;

    (void)unused;
    serial_start(&r, sizeof r.buffer);
    for (uint32_t i = 0; i < 10000; i++) {
        uint8_t message[243];
        uint8_t frame[EXECWIRE_SERIAL_SIZE(sizeof message)];
        uint8_t line[2 * sizeof frame];
        size_t size = numbered_message(i, message);
        size_t damages = 0;

        size = serial_frame(message, size, frame, sizeof frame);
        size = bad_line(frame, size, line, &seed, &damages);
        receive_numbered(&r, line, size, &last);
        if (damages > 0)
            continue;
        assert_int_equal(last, i); /* by its own end, whatever came before */
        whole++;
    }
    assert_true(r.count >= whole && whole > 1000);
    printf("of 10000 frames %zu were not hit, %zu got through, %zu were dropped\n", whole, r.count,
           r.reader.dropped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_wrong_and_where),
        cmocka_unit_test(test_every_damage_to_one_byte),
        cmocka_unit_test(test_ten_thousand_messages_over_a_bad_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

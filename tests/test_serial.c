/* Frames on a serial line: against frames that Python made (another way of COBS, zlib.crc32), and
 * with every damage that can be done to a frame.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include <execwire/serial.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST 800

typedef struct vector {
    const char *message;
    size_t size;
    const char *frame;
    size_t frame_size;
} vector;

/* The fourth is the check of the CRC's catalogue entry; the sixth the packet of figure 2 of the
 * paper on COBS, which it stuffs as 02 45 01 04 2C 4C 79 01 05 40 06 4F 37. */
static const vector vectors[] = {
    {"", 0, "\x00\x01\x01\x01\x01\x01\x00", 7},
    {"\x00", 1, "\x00\x01\x05\x8D\xEF\x02\xD2\x00", 8},
    {"a", 1, "\x00\x06\x61\x43\xBE\xB7\xE8\x00", 8},
    {"123456789", 9, "\x00\x0E\x31\x32\x33\x34\x35\x36\x37\x38\x39\x26\x39\xF4\xCB\x00", 16},
    {"\x00\x00", 2, "\x00\x01\x01\x05\xFF\x12\xD9\x41\x00", 9},
    {"\x45\x00\x00\x2C\x4C\x79\x00\x00\x40\x06\x4F\x37", 12,
     "\x00\x02\x45\x01\x04\x2C\x4C\x79\x01\x09\x40\x06\x4F\x37\x28\xE7\xD7\xE0\x00", 19},
    {"a\0b\0", 4, "\x00\x02\x61\x02\x62\x05\x5F\x46\x15\xF5\x00", 11},
};

#define VECTOR_COUNT (sizeof vectors / sizeof vectors[0])

/* Messages of all kinds: zeros alone, none, every byte in turn, a mixture, and zeros that come
 * where a block is full anyway. */
enum { KINDS = 5 };

static void make_message(unsigned kind, uint8_t *out, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const size_t bytes[KINDS] = {0, 0xAA, i, i * i * 7 + i / 8 * 31 + 5,
                                     i % 254 == 253 ? 0 : 1 + i % 254};

        out[i] = (uint8_t)bytes[kind];
    }
}

static size_t frame_of(const void *message, size_t size, uint8_t *out, size_t capacity)
{
    size_t written = 0;

    assert_int_equal(execwire_serial_write(message, size, out, capacity, &written, NULL),
                     EXECWIRE_OK);
    return written;
}

/* ---- Writing ---- */

static void test_frames_of_python(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        const vector *v = &vectors[i];
        uint8_t out[32];

        assert_int_equal(frame_of(v->message, v->size, out, sizeof out), v->frame_size);
        assert_memory_equal(out, v->frame, v->frame_size);
    }
}

/* 4,000 frames of messages of each length up to 799: their number of bytes and FNV-1a hash were
 * computed in Python. */
static void test_frames_of_all_lengths_of_python(void **unused)
{
    uint8_t message[LONGEST];
    uint8_t frame[EXECWIRE_SERIAL_SIZE(LONGEST)];
    uint64_t hash = 0xCBF29CE484222325;
    size_t total = 0;

    (void)unused;
    for (unsigned kind = 0; kind < KINDS; kind++)
        for (size_t size = 0; size < LONGEST; size++) {
            size_t written;

            make_message(kind, message, size);
            written = frame_of(message, size, frame, EXECWIRE_SERIAL_SIZE(size));
            total += written;
            for (size_t i = 0; i < written; i++)
                hash = (hash ^ frame[i]) * 0x100000001B3;
        }
    assert_int_equal(total, 1628559);
    assert_true(hash == 0x9D9C412767BAF63C);
}

static void test_a_message_in_its_own_frame(void **unused)
{
    uint8_t message[LONGEST];
    uint8_t frame[EXECWIRE_SERIAL_SIZE(LONGEST)];
    uint8_t both[EXECWIRE_SERIAL_SIZE(LONGEST)];

    (void)unused;
    for (unsigned kind = 0; kind < KINDS; kind++)
        for (size_t size = 0; size < LONGEST; size++) {
            uint8_t *inside = both + EXECWIRE_SERIAL_LEAD(size);
            size_t written;

            make_message(kind, message, size);
            memcpy(inside, message, size);
            written = frame_of(message, size, frame, sizeof frame);
            assert_int_equal(frame_of(inside, size, both, sizeof both), written);
            assert_memory_equal(both, frame, written);
        }
}

static void test_measuring_and_too_little_room(void **unused)
{
    uint8_t message[300];

    (void)unused;
    for (unsigned kind = 0; kind < KINDS; kind++) {
        uint8_t frame[EXECWIRE_SERIAL_SIZE(sizeof message)];
        size_t needed = 0;

        make_message(kind, message, sizeof message);
        assert_int_equal(execwire_serial_write(message, sizeof message, NULL, 0, &needed, NULL),
                         EXECWIRE_OK);
        for (size_t room = 0; room < needed; room++) {
            execwire_error error = {.offset = 1};
            size_t size = 0;

            memset(frame, 0x5A, sizeof frame);
            assert_int_equal(
                execwire_serial_write(message, sizeof message, frame, room, &size, &error),
                EXECWIRE_ERROR_NO_SPACE);
            assert_int_equal(error.code, EXECWIRE_ERROR_NO_SPACE);
            assert_int_equal(error.offset, 0);
            assert_string_equal(error.path, "");
            assert_int_equal(size, needed);
            assert_int_equal(frame[0], 0x5A);
        }
        assert_int_equal(frame_of(message, sizeof message, frame, needed), needed);
    }
}

static void test_arguments_of_the_writer(void **unused)
{
    uint8_t out[8];
    size_t size = 9;
    execwire_error error;

    (void)unused;
    assert_int_equal(execwire_serial_write("a", 1, out, 8, NULL, &error), EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(error.code, EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_serial_write(NULL, 1, out, 8, &size, &error),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(size, 0);
    assert_int_equal(execwire_serial_write(NULL, 0, out, 8, &size, NULL), EXECWIRE_OK);
    assert_int_equal(size, 7);
#if SIZE_MAX > EXECWIRE_MAX_SIZE
    assert_int_equal(
        execwire_serial_write("a", (size_t)EXECWIRE_MAX_SIZE + 1, out, 8, &size, &error),
        EXECWIRE_ERROR_TOO_LARGE);
    assert_int_equal(size, 0);
#endif
}

/* ---- Reading ---- */

/* What arrived at the far end. */
typedef struct receiver {
    execwire_serial_reader reader;
    uint8_t buffer[LONGEST + EXECWIRE_SERIAL_CRC_SIZE];
    uint8_t last[LONGEST];
    size_t last_size;
    size_t count;
    size_t errors;
    execwire_error error; /* the last one */
} receiver;

static void start(receiver *r, size_t capacity)
{
    memset(r, 0, sizeof *r);
    execwire_serial_init(&r->reader, r->buffer, capacity);
}

static void receive(receiver *r, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        execwire_str message;
        size_t used;
        execwire_status status =
            execwire_serial_feed(&r->reader, bytes, size, &used, &message, &r->error);

        assert_true(used > 0 && used <= size);
        bytes += used;
        size -= used;
        r->errors += status != EXECWIRE_OK;
        assert_int_equal(r->errors, r->reader.dropped);
        if (message.data == NULL)
            continue;
        assert_int_equal(status, EXECWIRE_OK);
        memcpy(r->last, message.data, message.size);
        r->last_size = message.size;
        r->count++;
    }
}

static void expect_last(const receiver *r, const void *message, size_t size)
{
    assert_int_equal(r->last_size, size);
    assert_memory_equal(r->last, message, size);
}

static void test_reading_in_pieces_of_every_size(void **unused)
{
    uint8_t message[600];
    uint8_t frame[EXECWIRE_SERIAL_SIZE(sizeof message)];

    (void)unused;
    for (unsigned kind = 0; kind < KINDS; kind++) {
        size_t size;

        make_message(kind, message, sizeof message);
        size = frame_of(message, sizeof message, frame, sizeof frame);
        for (size_t piece = 1; piece <= size; piece++) {
            receiver r;

            start(&r, sizeof r.buffer);
            for (size_t at = 0; at < size; at += piece)
                receive(&r, frame + at, size - at < piece ? size - at : piece);
            assert_int_equal(r.count, 1);
            assert_int_equal(r.errors, 0);
            expect_last(&r, message, sizeof message);
            assert_int_equal(execwire_serial_end(&r.reader, NULL), EXECWIRE_OK);
        }
    }
}

static void test_all_lengths_come_back_with_exact_room(void **unused)
{
    uint8_t message[LONGEST];
    uint8_t frame[EXECWIRE_SERIAL_SIZE(LONGEST)];

    (void)unused;
    for (unsigned kind = 0; kind < KINDS; kind++)
        for (size_t size = 0; size < LONGEST; size++) {
            receiver r;

            make_message(kind, message, size);
            start(&r, size + EXECWIRE_SERIAL_CRC_SIZE);
            receive(&r, frame, frame_of(message, size, frame, sizeof frame));
            assert_int_equal(r.count, 1);
            expect_last(&r, message, size);
        }
}

static void test_reading_a_frame_where_it_is(void **unused)
{
    uint8_t message[LONGEST];
    uint8_t frame[EXECWIRE_SERIAL_SIZE(LONGEST)];

    (void)unused;
    for (unsigned kind = 0; kind < KINDS; kind++)
        for (size_t size = 0; size < LONGEST; size++) {
            execwire_serial_reader reader;
            execwire_str text;
            size_t used;
            size_t written;

            make_message(kind, message, size);
            written = frame_of(message, size, frame, sizeof frame);
            execwire_serial_init(&reader, frame, written);
            assert_int_equal(execwire_serial_feed(&reader, frame, written, &used, &text, NULL),
                             EXECWIRE_OK);
            assert_int_equal(used, written);
            assert_non_null(text.data);
            assert_int_equal(text.size, size);
            assert_memory_equal(text.data, message, size);
        }
}

/* Frames that are wrong, each with the good one of "a" before it and behind it. */
static const struct {
    const char *bytes;
    size_t size;
    execwire_status code;
    size_t offset; /* in the bytes */
} damaged[] = {
    {"\x00\x01\x00", 3, EXECWIRE_ERROR_TRUNCATED, 1},                        /* no CRC */
    {"\x00\x04\x31\x32\x33\x00", 6, EXECWIRE_ERROR_TRUNCATED, 1},            /* half a CRC */
    {"\x00\x06\x61\x43\xBE\xB7\x00", 7, EXECWIRE_ERROR_TRUNCATED, 1},        /* a byte less */
    {"\x00\x00\x06\x61\x43\x00", 6, EXECWIRE_ERROR_TRUNCATED, 2},            /* cut off */
    {"\x00\xFF\x61\x43\xBE\xB7\xE8\x00", 8, EXECWIRE_ERROR_TRUNCATED, 1},    /* wrong code */
    {"\x00\x06\x61\x43\xBE\xB7\xE8\x01\x00", 9, EXECWIRE_ERROR_CHECKSUM, 1}, /* a byte more */
    {"\x00\x06\x62\x43\xBE\xB7\xE8\x00", 8, EXECWIRE_ERROR_CHECKSUM, 1},     /* b for a */
    {"\x06\x61\x43\xBE\xB7\xE9\x00", 7, EXECWIRE_ERROR_CHECKSUM, 0},         /* the CRC */
    {"\x00\x0A\x31\x32\x33\x34\x35\x36\x37\x38\x39\x00", 12, EXECWIRE_ERROR_TOO_LARGE, 1},
    {"\x00\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x00", 12, EXECWIRE_ERROR_TOO_LARGE, 1},
};

static void test_what_is_wrong_and_where(void **unused)
{
    const vector *good = &vectors[2];

    (void)unused;
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        receiver r;

        start(&r, 4 + EXECWIRE_SERIAL_CRC_SIZE);
        receive(&r, (const uint8_t *)good->frame, good->frame_size);
        receive(&r, (const uint8_t *)damaged[i].bytes, damaged[i].size);
        assert_int_equal(r.errors, 1);
        assert_int_equal(r.error.code, damaged[i].code);
        assert_int_equal(r.error.offset, good->frame_size + damaged[i].offset);
        assert_string_equal(r.error.path, "");
        assert_string_equal(r.error.text, execwire_status_text(damaged[i].code));
        receive(&r, (const uint8_t *)good->frame, good->frame_size);
        assert_int_equal(r.count, 2);
        assert_int_equal(r.errors, 1);
        expect_last(&r, good->message, good->size);
    }
}

static void test_zeros_between_frames_are_nothing(void **unused)
{
    static const uint8_t zeros[5];
    receiver r;

    (void)unused;
    start(&r, sizeof r.buffer);
    receive(&r, zeros, sizeof zeros);
    assert_int_equal(r.errors + r.count, 0);
    assert_int_equal(execwire_serial_end(&r.reader, NULL), EXECWIRE_OK);
}

static void test_a_stream_may_not_end_inside_a_frame(void **unused)
{
    const vector *v = &vectors[3];

    (void)unused;
    for (size_t size = 0; size <= v->frame_size; size++) {
        bool inside = size > 1 && size < v->frame_size;
        execwire_error error = {.offset = 0};
        receiver r;

        start(&r, sizeof r.buffer);
        receive(&r, (const uint8_t *)v->frame, size);
        assert_int_equal(execwire_serial_end(&r.reader, &error),
                         inside ? EXECWIRE_ERROR_TRUNCATED : EXECWIRE_OK);
        assert_int_equal(error.code, inside ? EXECWIRE_ERROR_TRUNCATED : EXECWIRE_OK);
        assert_int_equal(error.offset, inside ? 1 : 0);
    }
}

static void test_arguments_of_the_reader(void **unused)
{
    execwire_serial_reader reader;
    execwire_error error;
    execwire_str message = {"", 0};
    uint8_t buffer[8];
    size_t used = 9;

    (void)unused;
    execwire_serial_init(&reader, buffer, sizeof buffer);
    assert_int_equal(execwire_serial_feed(NULL, "", 0, &used, &message, &error),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(error.code, EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(used, 0);
    assert_null(message.data);
    assert_int_equal(execwire_serial_feed(&reader, NULL, 0, &used, &message, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_serial_feed(&reader, "", 0, NULL, &message, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_serial_feed(&reader, "", 0, &used, NULL, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_serial_end(NULL, &error), EXECWIRE_ERROR_ARGUMENT);
    execwire_serial_init(&reader, NULL, 100);
    assert_int_equal(execwire_serial_feed(&reader, vectors[0].frame, vectors[0].frame_size, &used,
                                          &message, &error),
                     EXECWIRE_ERROR_TOO_LARGE);
}

/* ---- Noise ---- */

/* A frame, what is done to it, and the good one behind it: no wrong message arrives, and the good
 * one does. */
static void send_damaged(const uint8_t *frame, size_t size, const vector *original)
{
    const vector *next = &vectors[3];
    receiver r;

    start(&r, sizeof r.buffer);
    receive(&r, frame, size);
    if (r.count > 0)
        expect_last(&r, original->message, original->size);
    receive(&r, (const uint8_t *)next->frame, next->frame_size);
    expect_last(&r, next->message, next->size);
}

/* Every byte of the frame replaced by every other, dropped, and repeated. */
static void test_every_damage_to_one_byte(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        const vector *v = &vectors[i];

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

    make_message(3, message, size);
    memcpy(message, &i, sizeof i);
    return size;
}

/* Takes bytes of the line; what gets through is the message of the number that it bears, and no
 * number comes twice or late. */
static void receive_numbered(receiver *r, const uint8_t *bytes, size_t size, int64_t *last)
{
    for (size_t i = 0; i < size; i++) {
        uint8_t expected[243];
        uint32_t number;
        size_t before = r->count;

        receive(r, bytes + i, 1);
        if (r->count == before)
            continue;
        memcpy(&number, r->last, sizeof number);
        assert_true(number > *last && number < 10000);
        expect_last(r, expected, numbered_message(number, expected));
        *last = number;
    }
}

static void test_ten_thousand_messages_over_a_bad_line(void **unused)
{
    uint32_t seed = 2463534242;
    int64_t last = -1;
    size_t whole = 0;
    receiver r;

    (void)unused;
    start(&r, sizeof r.buffer);
    for (uint32_t i = 0; i < 10000; i++) {
        uint8_t message[243];
        uint8_t frame[EXECWIRE_SERIAL_SIZE(sizeof message)];
        uint8_t line[2 * sizeof frame];
        size_t size = numbered_message(i, message);
        size_t damages = 0;

        size = frame_of(message, size, frame, sizeof frame);
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
        cmocka_unit_test(test_frames_of_python),
        cmocka_unit_test(test_frames_of_all_lengths_of_python),
        cmocka_unit_test(test_a_message_in_its_own_frame),
        cmocka_unit_test(test_measuring_and_too_little_room),
        cmocka_unit_test(test_arguments_of_the_writer),
        cmocka_unit_test(test_reading_in_pieces_of_every_size),
        cmocka_unit_test(test_all_lengths_come_back_with_exact_room),
        cmocka_unit_test(test_reading_a_frame_where_it_is),
        cmocka_unit_test(test_what_is_wrong_and_where),
        cmocka_unit_test(test_zeros_between_frames_are_nothing),
        cmocka_unit_test(test_a_stream_may_not_end_inside_a_frame),
        cmocka_unit_test(test_arguments_of_the_reader),
        cmocka_unit_test(test_every_damage_to_one_byte),
        cmocka_unit_test(test_ten_thousand_messages_over_a_bad_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

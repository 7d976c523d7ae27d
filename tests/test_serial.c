/* Frames on a serial line, against frames that Python made (another way of COBS, zlib.crc32). What
 * damage does is in test_serial_noise.c.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"
#include "support/serial.h"

#include <stdlib.h>
#include <string.h>

/* ---- Writing ---- */

static void test_frames_of_python(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < SERIAL_VECTORS; i++) {
        const serial_vector *v = &serial_vectors[i];
        uint8_t out[32];

        assert_int_equal(serial_frame(v->message, v->size, out, sizeof out), v->frame_size);
        assert_memory_equal(out, v->frame, v->frame_size);
    }
}

/* 4,000 frames of messages of each length up to 799: their number of bytes and FNV-1a hash were
 * computed in Python. */
/* promise: zero-is-an-edge */
static void test_frames_of_all_lengths_of_python(void **unused)
{
    uint8_t message[SERIAL_LONGEST];
    uint8_t frame[EXECWIRE_SERIAL_SIZE(SERIAL_LONGEST)];
    uint64_t hash = 0xCBF29CE484222325;
    size_t total = 0;

    (void)unused;
    for (unsigned kind = 0; kind < SERIAL_KINDS; kind++)
        for (size_t size = 0; size < SERIAL_LONGEST; size++) {
            size_t written;

            serial_message(kind, message, size);
            written = serial_frame(message, size, frame, EXECWIRE_SERIAL_SIZE(size));
            total += written;
            for (size_t i = 0; i < written; i++)
                hash = (hash ^ frame[i]) * 0x100000001B3;
        }
    assert_int_equal(total, 1628559);
    assert_true(hash == 0x9D9C412767BAF63C);
}

static void test_a_message_in_its_own_frame(void **unused)
{
    uint8_t message[SERIAL_LONGEST];
    uint8_t frame[EXECWIRE_SERIAL_SIZE(SERIAL_LONGEST)];
    uint8_t both[EXECWIRE_SERIAL_SIZE(SERIAL_LONGEST)];

    (void)unused;
    for (unsigned kind = 0; kind < SERIAL_KINDS; kind++)
        for (size_t size = 0; size < SERIAL_LONGEST; size++) {
            uint8_t *inside = both + EXECWIRE_SERIAL_LEAD(size);
            size_t written;

            serial_message(kind, message, size);
            memcpy(inside, message, size);
            written = serial_frame(message, size, frame, sizeof frame);
            assert_int_equal(serial_frame(inside, size, both, sizeof both), written);
            assert_memory_equal(both, frame, written);
        }
}

static void test_measuring_and_too_little_room(void **unused)
{
    uint8_t message[300];

    (void)unused;
    for (unsigned kind = 0; kind < SERIAL_KINDS; kind++) {
        uint8_t frame[EXECWIRE_SERIAL_SIZE(sizeof message)];
        size_t needed = 0;

        serial_message(kind, message, sizeof message);
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
        assert_int_equal(serial_frame(message, sizeof message, frame, needed), needed);
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
    assert_int_equal(error.offset, 0);
    assert_int_equal(size, 0);
#endif
}

/* ---- Reading ---- */

static void test_reading_in_pieces_of_every_size(void **unused)
{
    uint8_t message[600];
    uint8_t frame[EXECWIRE_SERIAL_SIZE(sizeof message)];

    (void)unused;
    for (unsigned kind = 0; kind < SERIAL_KINDS; kind++) {
        size_t size;

        serial_message(kind, message, sizeof message);
        size = serial_frame(message, sizeof message, frame, sizeof frame);
        for (size_t piece = 1; piece <= size; piece++) {
            serial_receiver r;

            serial_start(&r, sizeof r.buffer);
            for (size_t at = 0; at < size; at += piece)
                serial_receive(&r, frame + at, size - at < piece ? size - at : piece);
            assert_int_equal(r.count, 1);
            assert_int_equal(r.errors, 0);
            serial_expect_last(&r, message, sizeof message);
            assert_int_equal(execwire_serial_end(&r.reader, NULL), EXECWIRE_OK);
        }
    }
}

/* promise: serial-errors */
static void test_all_lengths_come_back_with_exact_room(void **unused)
{
    uint8_t message[SERIAL_LONGEST];
    uint8_t frame[EXECWIRE_SERIAL_SIZE(SERIAL_LONGEST)];

    (void)unused;
    for (unsigned kind = 0; kind < SERIAL_KINDS; kind++)
        for (size_t size = 0; size < SERIAL_LONGEST; size++) {
            serial_receiver r;

            serial_message(kind, message, size);
            serial_start(&r, size + EXECWIRE_SERIAL_CRC_SIZE);
            serial_receive(&r, frame, serial_frame(message, size, frame, sizeof frame));
            assert_int_equal(r.count, 1);
            serial_expect_last(&r, message, size);
        }
}

static void test_reading_a_frame_where_it_is(void **unused)
{
    uint8_t message[SERIAL_LONGEST];
    uint8_t frame[EXECWIRE_SERIAL_SIZE(SERIAL_LONGEST)];

    (void)unused;
    for (unsigned kind = 0; kind < SERIAL_KINDS; kind++)
        for (size_t size = 0; size < SERIAL_LONGEST; size++) {
            execwire_serial_reader reader;
            execwire_str text;
            size_t used;
            size_t written;

            serial_message(kind, message, size);
            written = serial_frame(message, size, frame, sizeof frame);
            execwire_serial_init(&reader, frame, written);
            assert_int_equal(execwire_serial_feed(&reader, frame, written, &used, &text, NULL),
                             EXECWIRE_OK);
            assert_int_equal(used, written);
            assert_non_null(text.data);
            assert_int_equal(text.size, size);
            assert_memory_equal(text.data, message, size);
        }
}

static void test_zeros_between_frames_are_nothing(void **unused)
{
    static const uint8_t zeros[5];
    serial_receiver r;

    (void)unused;
    serial_start(&r, sizeof r.buffer);
    serial_receive(&r, zeros, sizeof zeros);
    assert_int_equal(r.errors + r.count, 0);
    assert_int_equal(execwire_serial_end(&r.reader, NULL), EXECWIRE_OK);
}

static void test_a_stream_may_not_end_inside_a_frame(void **unused)
{
    const serial_vector *v = &serial_vectors[3];

    (void)unused;
    for (size_t size = 0; size <= v->frame_size; size++) {
        bool inside = size > 1 && size < v->frame_size;
        execwire_error error = {.offset = 0};
        serial_receiver r;

        serial_start(&r, sizeof r.buffer);
        serial_receive(&r, (const uint8_t *)v->frame, size);
        assert_int_equal(execwire_serial_end(&r.reader, &error),
                         inside ? EXECWIRE_ERROR_TRUNCATED : EXECWIRE_OK);
        assert_int_equal(error.code, inside ? EXECWIRE_ERROR_TRUNCATED : EXECWIRE_OK);
        assert_int_equal(error.offset, inside ? 1 : 0);
    }
}

/* promise: serial-errors */
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
    assert_int_equal(execwire_serial_feed(&reader, NULL, 1, &used, &message, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_serial_feed(&reader, "", 0, NULL, &message, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_serial_feed(&reader, "", 0, &used, NULL, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_serial_end(NULL, &error), EXECWIRE_ERROR_ARGUMENT);
    execwire_serial_init(&reader, NULL, 100);
    assert_int_equal(execwire_serial_feed(&reader, serial_vectors[0].frame,
                                          serial_vectors[0].frame_size, &used, &message, &error),
                     EXECWIRE_ERROR_TOO_LARGE);
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
        cmocka_unit_test(test_zeros_between_frames_are_nothing),
        cmocka_unit_test(test_a_stream_may_not_end_inside_a_frame),
        cmocka_unit_test(test_arguments_of_the_reader),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

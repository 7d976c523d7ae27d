/* Frames taken apart. Good ones were written by python3-protobuf with link.proto; bad ones by hand
 * from protobuf's encoding specification.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/frame/frame.h"
#include "link/frame/update.h"
#include "link/frame/values.h"
#include "support/hex.h"

static void read_hex(const char *hex, execwire_frame *frame)
{
    static uint8_t bytes[512];
    size_t size = from_hex(hex, bytes);
    execwire_error error, untouched;

    memset(&error, 0xA5, sizeof error);
    untouched = error;
    assert_int_equal(execwire_frame_read(bytes, size, frame, &error), EXECWIRE_OK);
    assert_memory_equal(&error, &untouched, sizeof error);
    assert_ptr_equal(frame->start, bytes);
}

static void test_an_identity(void **unused)
{
    execwire_frame frame;

    (void)unused;
    read_hex("0885a3b9601a0020077d01020304800103", &frame);
    assert_int_equal(frame.kind, EXECWIRE_FRAME_KIND_IDENTITY);
    assert_int_equal(frame.ref, 5);
    assert_int_equal(frame.state, 3);
    assert_int_equal(frame.low_number, 2);
    assert_int_equal(execwire_update_elapsed(frame.value[EXECWIRE_FRAME_UPDATE]), 12345);
    assert_int_equal(frame.value[EXECWIRE_FRAME_CREATED], 7);
    assert_int_equal(frame.value[EXECWIRE_FRAME_CHECK], 0x04030201);
    assert_int_equal(frame.value[EXECWIRE_FRAME_GENERATION], 3);
    assert_int_equal(frame.bytes[EXECWIRE_FRAME_IDS].size, 0);
    assert_false(execwire_frame_has(&frame, EXECWIRE_FRAME_NUMBER));
}

static void test_a_delta(void **unused)
{
    execwire_frame frame;
    execwire_str *clear = &frame.bytes[EXECWIRE_FRAME_CLEAR];
    uint32_t path;

    (void)unused;
    read_hex("0885a38080808004620261627d01020304880109e201030ae701", &frame);
    assert_int_equal(frame.kind, EXECWIRE_FRAME_KIND_DELTA);
    assert_int_equal(execwire_update_elapsed(frame.value[EXECWIRE_FRAME_UPDATE]), 1 << 30);
    assert_int_equal(frame.value[EXECWIRE_FRAME_BASE], 9);
    assert_int_equal(frame.bytes[EXECWIRE_FRAME_STATUS].size, 2);
    assert_memory_equal(frame.bytes[EXECWIRE_FRAME_STATUS].data, "ab", 2);
    assert_true(execwire_frame_next_number(clear, &path));
    assert_int_equal(path, 10);
    assert_true(execwire_frame_next_number(clear, &path));
    assert_int_equal(path, 231);
    assert_false(execwire_frame_next_number(clear, &path));
}

static void test_a_hello(void **unused)
{
    execwire_frame frame;
    execwire_str word;

    (void)unused;
    read_hex("7d010000009201026e37980103a00101aa0103616263aa0100d801ac02", &frame);
    assert_int_equal(frame.kind, EXECWIRE_FRAME_KIND_HELLO);
    assert_int_equal(frame.value[EXECWIRE_FRAME_SESSION], 300);
    assert_int_equal(frame.value[EXECWIRE_FRAME_FIRST_WORD], 1);
    assert_true(execwire_frame_next_bytes(&frame.bytes[EXECWIRE_FRAME_WORDS], &word));
    assert_int_equal(word.size, 3);
    assert_memory_equal(word.data, "abc", 3);
    assert_true(execwire_frame_next_bytes(&frame.bytes[EXECWIRE_FRAME_WORDS], &word));
    assert_int_equal(word.size, 0);
    assert_false(execwire_frame_next_bytes(&frame.bytes[EXECWIRE_FRAME_WORDS], &word));
    /* zlib.crc32 of the frame without its first 5 bytes */
    assert_int_equal(frame.control, 0x1A5E5C36);
}

static void test_feedback(void **unused)
{
    execwire_frame frame;
    execwire_repair repair;
    uint32_t ack;

    (void)unused;
    read_hex("120801000000ffffffff", &frame);
    assert_int_equal(frame.kind, EXECWIRE_FRAME_KIND_ACKS);
    assert_true(execwire_frame_next_fixed32(&frame.bytes[EXECWIRE_FRAME_ACKS], &ack));
    assert_int_equal(ack, 1);
    assert_true(execwire_frame_next_fixed32(&frame.bytes[EXECWIRE_FRAME_ACKS], &ack));
    assert_int_equal(ack, 0xFFFFFFFF);
    assert_false(execwire_frame_next_fixed32(&frame.bytes[EXECWIRE_FRAME_ACKS], &ack));
    read_hex("1204020000007d01000000c20103038001ca010605f403c8012c", &frame);
    assert_int_equal(frame.kind, EXECWIRE_FRAME_KIND_FEEDBACK);
    assert_true(execwire_frame_next_repair(&frame.bytes[EXECWIRE_FRAME_REPAIRS], &repair));
    assert_int_equal(repair.update, 5);
    assert_int_equal(repair.whole, 500);
    assert_int_equal(repair.offset, 200);
    assert_int_equal(repair.size, 44);
    assert_false(execwire_frame_next_repair(&frame.bytes[EXECWIRE_FRAME_REPAIRS], &repair));
}

static void test_a_digest_and_a_piece(void **unused)
{
    execwire_frame frame;

    (void)unused;
    read_hex("7d01000000b2010480108101d801ac02", &frame);
    assert_int_equal(frame.kind, EXECWIRE_FRAME_KIND_DIGEST);
    read_hex("08852328c80130f4036a0378797a", &frame);
    assert_int_equal(frame.kind, EXECWIRE_FRAME_KIND_PIECE);
    assert_int_equal(frame.value[EXECWIRE_FRAME_OFFSET], 200);
    assert_int_equal(frame.value[EXECWIRE_FRAME_WHOLE], 500);
    assert_int_equal(frame.bytes[EXECWIRE_FRAME_PIECE].size, 3);
    /* the largest number; whether it is inside of the whole is not looked into */
    read_hex("08852328ffffffff0f30f4036a0378797a", &frame);
    assert_int_equal(frame.value[EXECWIRE_FRAME_OFFSET], UINT32_MAX);
}

static const struct {
    const char *hex;
    execwire_code code;
    size_t offset;
    const char *path;
} bad[] = {
    {"", EXECWIRE_ERROR_LINK_FRAME, 0, ""},
    {"0801", EXECWIRE_ERROR_LINK_FRAME, 2, ""},                         /* no check */
    {"7d01000000", EXECWIRE_ERROR_LINK_FRAME, 5, ""},                   /* nothing but a check */
    {"7d0100000008017d", EXECWIRE_ERROR_LINK_FRAME, 5, "/update"},      /* descends */
    {"08010801", EXECWIRE_ERROR_LINK_FRAME, 2, "/update"},              /* twice */
    {"7d01000000b20100aa0100", EXECWIRE_ERROR_LINK_FRAME, 8, "/words"}, /* descends */
    {"28ffffffff1f", EXECWIRE_ERROR_LINK_FRAME, 1, "/offset"},          /* 33 bits */
    {"08017d01000000d80101c20100", EXECWIRE_ERROR_LINK_FRAME, 10, "/wants"},
    {"f00100", EXECWIRE_ERROR_LINK_FRAME, 0, ""}, /* field 30 */
    {"0000", EXECWIRE_ERROR_LINK_FRAME, 0, ""},   /* field 0 */
    {"0a00", EXECWIRE_ERROR_FIELD_TYPE, 0, "/update"},
    {"0f", EXECWIRE_ERROR_FIELD_TYPE, 0, "/update"},
    {"08", EXECWIRE_ERROR_TRUNCATED, 1, "/update"},
    {"08ffffffffffffffffffff01", EXECWIRE_ERROR_VARINT, 1, "/update"},
    {"28808080808001", EXECWIRE_ERROR_LINK_FRAME, 1, "/offset"}, /* 33 bits and more */
    {"08017d010000", EXECWIRE_ERROR_TRUNCATED, 3, "/check"},
    {"08011a0500", EXECWIRE_ERROR_TRUNCATED, 3, "/ids"},
    {"08011affffffffff01", EXECWIRE_ERROR_LENGTH, 3, "/ids"},
    {"1203010000", EXECWIRE_ERROR_LENGTH, 5, "/acks"},
    {"7d01000000b20101ff", EXECWIRE_ERROR_TRUNCATED, 8, "/live"},
    {"08017d01000000e20106ffffffffff01", EXECWIRE_ERROR_VARINT, 10, "/clear"}, /* 36 bits */
    {"08ffffffff", EXECWIRE_ERROR_TRUNCATED, 1, "/update"},
    {"ffffffffff01", EXECWIRE_ERROR_TAG, 0, ""},
    {"08017d010000001a00", EXECWIRE_ERROR_LINK_FRAME, 7, "/ids"},
    {"08017d01000000c20100", EXECWIRE_ERROR_LINK_FRAME, 10, ""},       /* a state with wants */
    {"080120077d01000000", EXECWIRE_ERROR_LINK_FRAME, 9, ""},          /* created, and no ids */
    {"08017d01000000ed0101000000", EXECWIRE_ERROR_LINK_FRAME, 13, ""}, /* a state with a salt */
    {"ed01010000", EXECWIRE_ERROR_TRUNCATED, 2, "/salt"},
};

static void test_what_is_no_frame(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t bytes[64];
        size_t size = from_hex(bad[i].hex, bytes);
        execwire_frame frame;
        execwire_error error = {0};
        execwire_code code = execwire_frame_read(bytes, size, &frame, &error);

        if (code != bad[i].code || error.offset != bad[i].offset ||
            strcmp(error.path, bad[i].path) != 0)
            fail_msg("%s: %s at %zu, path \"%s\"", bad[i].hex, execwire_code_name(code),
                     error.offset, error.path);
        assert_int_equal(execwire_frame_read(bytes, size, &frame, NULL), code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_identity),
        cmocka_unit_test(test_a_delta),
        cmocka_unit_test(test_a_hello),
        cmocka_unit_test(test_feedback),
        cmocka_unit_test(test_a_digest_and_a_piece),
        cmocka_unit_test(test_what_is_no_frame),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

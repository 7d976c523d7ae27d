/* Frames taken apart. Good ones were written by tests/support/link_frame.py, which is
 * python3-protobuf with link.proto; bad ones by hand from link.proto and protobuf's encoding
 * specification.
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
    read_hex("852339300000010203041a0020073002800103", &frame);
    assert_int_equal(frame.kind, EXECWIRE_FRAME_KIND_IDENTITY);
    assert_int_equal(frame.ref, 5);
    assert_int_equal(frame.state, 3);
    assert_int_equal(frame.number, 2);
    assert_int_equal(execwire_update_elapsed(frame.value[EXECWIRE_FRAME_UPDATE]), 12345);
    assert_int_equal(frame.value[EXECWIRE_FRAME_CREATED], 7);
    assert_int_equal(frame.value[EXECWIRE_FRAME_CHECK], 0x04030201);
    assert_int_equal(frame.value[EXECWIRE_FRAME_GENERATION], 3);
    assert_int_equal(frame.bytes[EXECWIRE_FRAME_IDS].size, 0);
}

/* As most identities are: nothing of it has a tag. */
static void test_a_usual_identity(void **unused)
{
    execwire_frame frame;

    (void)unused;
    read_hex("8511010203040001020304050607"
             "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e15cd5b078d09",
             &frame);
    assert_int_equal(frame.kind, EXECWIRE_FRAME_KIND_IDENTITY);
    assert_int_equal(frame.ref, 5);
    assert_int_equal(frame.state, 1);
    assert_int_equal(frame.number, 1);
    assert_int_equal(execwire_update_elapsed(frame.value[EXECWIRE_FRAME_UPDATE]), 0);
    assert_int_equal(frame.value[EXECWIRE_FRAME_CHECK], 0x04030201);
    assert_int_equal(frame.bytes[EXECWIRE_FRAME_IDS].size, 31);
    for (int i = 0; i < 31; i++)
        assert_int_equal(frame.bytes[EXECWIRE_FRAME_IDS].data[i], i);
    assert_int_equal(frame.value[EXECWIRE_FRAME_CREATED], (UINT64_C(4660) << 30) + 123456789);
}

static void test_a_delta(void **unused)
{
    execwire_frame frame;
    execwire_str *clear = &frame.bytes[EXECWIRE_FRAME_CLEAR];
    uint32_t path;

    (void)unused;
    read_hex("85230000004001020304300262026162880109e201030ae701", &frame);
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

/* Half a minute and more is not in the second byte. */
static void test_a_long_time(void **unused)
{
    execwire_frame frame;

    (void)unused;
    read_hex("85e3590100001901020304", &frame);
    assert_int_equal(execwire_update_elapsed(frame.value[EXECWIRE_FRAME_UPDATE]),
                     (UINT64_C(100) << 30) + 345);
    assert_int_equal(frame.state, 3);
    assert_int_equal(frame.number, 3);              /* which is the usual one */
    read_hex("80e300000000ffff0f01020304", &frame); /* 50 bits */
    assert_int_equal(execwire_update_elapsed(frame.value[EXECWIRE_FRAME_UPDATE]), UINT64_C(0x3FFFF)
                                                                                      << 32);
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
    read_hex("008523f403c80178797a", &frame);
    assert_int_equal(frame.kind, EXECWIRE_FRAME_KIND_PIECE);
    assert_int_equal(frame.value[EXECWIRE_FRAME_OFFSET], 200);
    assert_int_equal(frame.value[EXECWIRE_FRAME_WHOLE], 500);
    assert_int_equal(frame.bytes[EXECWIRE_FRAME_PIECE].size, 3);
    /* the largest number; whether it is inside of the whole is not looked into */
    read_hex("008523f403ffffffff0f78797a", &frame);
    assert_int_equal(frame.value[EXECWIRE_FRAME_OFFSET], UINT32_MAX);
}

static const struct {
    const char *hex;
    execwire_code code;
    size_t offset;
    const char *path;
} bad[] = {
    {"", EXECWIRE_ERROR_LINK_FRAME, 0, ""},
    {"7d01000000", EXECWIRE_ERROR_LINK_FRAME, 5, ""},                   /* nothing but a check */
    {"7d01000000b20100aa0100", EXECWIRE_ERROR_LINK_FRAME, 8, "/words"}, /* descends */
    {"7d01000000f00100", EXECWIRE_ERROR_LINK_FRAME, 5, ""},             /* field 30 */
    {"7d0100000000", EXECWIRE_ERROR_LINK_FRAME, 5, ""},                 /* field 0 */
    {"7d01000000ffffffffff01", EXECWIRE_ERROR_TAG, 5, ""},
    {"1203010000", EXECWIRE_ERROR_LENGTH, 5, "/acks"},
    {"7d01000000b20101ff", EXECWIRE_ERROR_TRUNCATED, 8, "/live"},
    {"7d01000000ed01010000", EXECWIRE_ERROR_TRUNCATED, 7, "/salt"},
    {"0101020304", EXECWIRE_ERROR_LINK_FRAME, 0, ""},
    /* what stands in heads alone */
    {"08057d01020304", EXECWIRE_ERROR_LINK_FRAME, 0, "/update"},
    {"0a00", EXECWIRE_ERROR_LINK_FRAME, 0, "/update"},
    {"0f", EXECWIRE_ERROR_LINK_FRAME, 0, "/update"},
    {"28c801", EXECWIRE_ERROR_LINK_FRAME, 0, "/offset"},
    {"7d01000000d001f403", EXECWIRE_ERROR_LINK_FRAME, 5, "/whole"},
    {"6a0378797a", EXECWIRE_ERROR_LINK_FRAME, 0, "/piece"},
    {"4801", EXECWIRE_ERROR_FIELD_TYPE, 0, "/region"},
    /* heads of states */
    {"80", EXECWIRE_ERROR_TRUNCATED, 0, "/update"},
    {"8020010000", EXECWIRE_ERROR_TRUNCATED, 0, "/update"},
    {"80e2010203", EXECWIRE_ERROR_TRUNCATED, 0, "/update"},
    {"80e201020304", EXECWIRE_ERROR_TRUNCATED, 0, "/update"},
    {"8002", EXECWIRE_ERROR_TRUNCATED, 2, "/check"},
    {"8002010000", EXECWIRE_ERROR_TRUNCATED, 2, "/check"},
    {"801201020304ffff", EXECWIRE_ERROR_TRUNCATED, 6, "/ids"},
    {"8012010203040001020304050607"
     "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e01000040",
     EXECWIRE_ERROR_TRUNCATED, 37, "/created"},
    {"80e20000000080801001020304", EXECWIRE_ERROR_LINK_FRAME, 0, "/update"}, /* 51 bits */
    {"80e200000000ffffffff1f01020304", EXECWIRE_ERROR_VARINT, 0, "/update"},
    /* and what follows */
    {"8000010203047d01020304", EXECWIRE_ERROR_LINK_FRAME, 6, "/check"},
    {"8012010203040001020304050607"
     "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e01000040001a00",
     EXECWIRE_ERROR_LINK_FRAME, 42, "/ids"},
    {"8000010203041a0500", EXECWIRE_ERROR_TRUNCATED, 7, "/ids"},
    {"8000010203041affffffffff01", EXECWIRE_ERROR_LENGTH, 7, "/ids"},
    {"8000010203044a004200", EXECWIRE_ERROR_LINK_FRAME, 8, "/bucket"}, /* descends */
    {"8000010203044a004a00", EXECWIRE_ERROR_LINK_FRAME, 8, "/region"}, /* twice */
    {"8000010203048801", EXECWIRE_ERROR_TRUNCATED, 8, "/base"},
    {"8000010203048801ffffffffffffffffffff01", EXECWIRE_ERROR_VARINT, 8, "/base"},
    {"80000102030488018080808010", EXECWIRE_ERROR_LINK_FRAME, 8, "/base"},   /* 33 bits */
    {"800001020304e20106ffffffffff01", EXECWIRE_ERROR_VARINT, 9, "/clear"},  /* 36 bits */
    {"80000102030430808080808001", EXECWIRE_ERROR_LINK_FRAME, 7, "/number"}, /* 36 bits */
    {"800001020304c20100", EXECWIRE_ERROR_LINK_FRAME, 9, ""},                /* with wants */
    {"8000010203042007", EXECWIRE_ERROR_LINK_FRAME, 8, ""},          /* created, and no ids */
    {"800001020304ed0101000000", EXECWIRE_ERROR_LINK_FRAME, 12, ""}, /* with a salt */
    /* pieces */
    {"00", EXECWIRE_ERROR_TRUNCATED, 1, "/update"},
    {"0005", EXECWIRE_ERROR_TRUNCATED, 2, "/whole"},
    {"0005f403", EXECWIRE_ERROR_TRUNCATED, 4, "/offset"},
    {"0005ffffffff1f00", EXECWIRE_ERROR_LINK_FRAME, 2, "/whole"}, /* 33 bits */
    {"00ffffffffffffffffffff01", EXECWIRE_ERROR_VARINT, 1, "/update"},
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
        cmocka_unit_test(test_a_usual_identity),
        cmocka_unit_test(test_a_delta),
        cmocka_unit_test(test_a_long_time),
        cmocka_unit_test(test_a_hello),
        cmocka_unit_test(test_feedback),
        cmocka_unit_test(test_a_digest_and_a_piece),
        cmocka_unit_test(test_what_is_no_frame),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Reading feedback, and the values of repeated fields. Expected checks: zlib.crc32 in Python.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/frame/feedback.h"
#include "link/frame/values.h"
#include "support/hex.h"

#include <execwire/error.h>

#define ACKS "120401000000"

typedef struct read_result {
    execwire_str fields[EXECWIRE_FEEDBACK_FIELDS + 1]; /* one more, which is to stay as it is */
    execwire_error error;
    execwire_code code;
} read_result;

static read_result read_bytes(const uint8_t *bytes, size_t size)
{
    read_result r = {.fields[EXECWIRE_FEEDBACK_FIELDS] = {"untouched", 9}};

    r.code = execwire_feedback_read(bytes, size, r.fields, &r.error);
    assert_int_equal(r.error.code, r.code);
    assert_int_equal(r.fields[EXECWIRE_FEEDBACK_FIELDS].size, 9);
    assert_int_equal(execwire_feedback_read(bytes, size, r.fields, NULL), r.code);
    return r;
}

/* LinkFrame(acks, wants, repairs) */
static const struct {
    const char *hex;
    size_t sizes[EXECWIRE_FEEDBACK_FIELDS]; /* acks, check, wants, repairs */
} good[] = {
    {ACKS, {4, 0, 0, 0}},
    {"7d76bf6675c201010f", {0, 4, 1, 0}},
    {"1204010000007db11a1defc2010105ca010401020304", {4, 4, 1, 4}},
    {"7d0f4ea55cca010401020304", {0, 4, 0, 4}},
};

static void test_what_is_feedback(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint8_t bytes[64];
        size_t size = from_hex(good[i].hex, bytes);
        read_result r = read_bytes(bytes, size);

        assert_int_equal(r.code, EXECWIRE_OK);
        for (size_t k = 0; k < EXECWIRE_FEEDBACK_FIELDS; k++) {
            assert_int_equal(r.fields[k].size, good[i].sizes[k]);
            assert_int_equal(r.fields[k].data != NULL, good[i].sizes[k] > 0);
        }
    }
}

/* With a bit that is wrong nothing is wanted, and nothing to be repaired. What may come of it are
 * acks, of longer ones: they are checks themselves. */
static void test_every_bit_is_checked(void **unused)
{
    (void)unused;
    for (size_t i = 1; i < sizeof good / sizeof good[0]; i++) {
        uint8_t bytes[64];
        size_t size = from_hex(good[i].hex, bytes);
        read_result r;

        for (size_t bit = 0; bit < 8 * size; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            r = read_bytes(bytes, size);
            assert_true(r.code != EXECWIRE_OK ||
                        (r.fields[EXECWIRE_FEEDBACK_WANTS].data == NULL &&
                         r.fields[EXECWIRE_FEEDBACK_REPAIRS].data == NULL));
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
}

static const struct {
    const char *hex;
    execwire_code code;
    size_t offset;
} bad[] = {
    {"", EXECWIRE_ERROR_LINK_FRAME, 0},
    {"7d00000000", EXECWIRE_ERROR_LINK_FRAME, 0},          /* the check of nothing, alone */
    {"c201010f", EXECWIRE_ERROR_LINK_FRAME, 0},            /* wants without a check */
    {ACKS "c201010f", EXECWIRE_ERROR_LINK_FRAME, 0},       /* nor are acks one for wants */
    {ACKS "ca010401020304", EXECWIRE_ERROR_LINK_FRAME, 0}, /* or for repairs */
    {"7d77bf6675c201010f", EXECWIRE_ERROR_LINK_FRAME, 0},  /* a wrong check */
    {"13ffffffff", EXECWIRE_ERROR_LINK_FRAME, 0},          /* a wire type that is none of ours */
    {"ff", EXECWIRE_ERROR_TRUNCATED, 0},
    {"ffffffff1f", EXECWIRE_ERROR_TAG, 0}, /* 33 bits */
    {ACKS "ffffffff1f", EXECWIRE_ERROR_TAG, 6},
    {"12", EXECWIRE_ERROR_TRUNCATED, 0},
    {ACKS "1205010000", EXECWIRE_ERROR_TRUNCATED, 6},
    {ACKS "12ffffffff1f", EXECWIRE_ERROR_LENGTH, 6}, /* 33 bits */
    {"7d000000", EXECWIRE_ERROR_TRUNCATED, 0},
};

static void test_what_is_no_feedback(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t bytes[64];
        read_result r = read_bytes(bytes, from_hex(bad[i].hex, bytes));

        assert_int_equal(r.code, bad[i].code);
        assert_int_equal(r.error.offset, bad[i].offset);
    }
}

/* Of all fields and wire types four are feedback's; with another one it is another frame. */
static void test_every_tag(void **unused)
{
    (void)unused;
    for (unsigned tag = 0; tag < 512; tag++) {
        uint8_t bytes[32] = {0x12, 4, 1, 0, 0, 0, (uint8_t)(tag | 0x80), (uint8_t)(tag >> 7)};
        bool known = tag == 0x12 || tag == 0x7D || tag == 0xC2 || tag == 0xCA;
        size_t size = (tag & 7) == 2 ? 9 : 12; /* of no bytes, or four */
        read_result r = read_bytes(bytes, size);

        if (known)
            continue;
        assert_int_equal(r.code, EXECWIRE_ERROR_LINK_FRAME);
        assert_int_equal(r.error.offset, 6);
    }
}

/* ---- Values ---- */

typedef struct taken {
    bool good;
    size_t left;
    uint32_t value;
    execwire_str item;
} taken;

/* Takes a value of so many bytes of what the hex digits say; all of these are in memory. */
static taken take(char kind, const char *hex, size_t size)
{
    uint8_t bytes[64];
    execwire_str rest = {(const char *)bytes, size};
    taken t = {.good = false};

    (void)from_hex(hex, bytes);
    if (kind == 'b')
        t.good = execwire_frame_next_bytes(&rest, &t.item);
    else if (kind == 'n')
        t.good = execwire_frame_next_number(&rest, &t.value);
    else
        t.good = execwire_frame_next_fixed32(&rest, &t.value);
    t.left = rest.size;
    assert_true(!t.good || rest.data == (const char *)bytes + (size - rest.size));
    assert_true(t.good || rest.size == size);
    return t;
}

static void test_values(void **unused)
{
    (void)unused;
    assert_int_equal(take('n', "ac02ac02", 4).value, 300);
    assert_int_equal(take('n', "ac02ac02", 4).left, 2);
    assert_int_equal(take('n', "ffffffff0f", 5).value, UINT32_MAX);
    assert_int_equal(take('f', "0403020105", 5).value, 0x01020304);
    assert_int_equal(take('f', "0403020105", 5).left, 1);
    assert_int_equal(take('f', "fffefdfc", 4).value, 0xFCFDFEFF);
    assert_int_equal(take('b', "aa010261626364", 7).item.size, 2);
    assert_int_equal(take('b', "aa010261626364", 7).left, 2);
}

/* Whatever is behind the end. */
static void test_values_that_end(void **unused)
{
    (void)unused;
    assert_false(take('n', "0101", 0).good);
    assert_false(take('n', "8001", 1).good);
    assert_false(take('n', "ffffffff1f", 5).good);
    for (size_t size = 0; size < 4; size++)
        assert_false(take('f', "0403020105", size).good);
    for (size_t size = 0; size < 5; size++)
        assert_false(take('b', "aa010261626364", size).good);
    assert_false(take('b', "ffffffff1f0161", 7).good);
    assert_false(take('b', "aa01ffffffff1f61", 8).good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_feedback),
        cmocka_unit_test(test_every_bit_is_checked),
        cmocka_unit_test(test_what_is_no_feedback),
        cmocka_unit_test(test_every_tag),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_values_that_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

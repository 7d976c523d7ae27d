/* The position in protobuf bytes: what each step takes, refuses, and leaves as it was.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "wire/cursor.h"

#include <string.h>

static const uint8_t bytes[] = {0x08, 0x10, 0x7F, 0x80};

static void test_a_byte_is_taken_if_it_is_the_one(void **unused)
{
    execwire_cursor c = {bytes, bytes + 2};

    (void)unused;
    assert_false(execwire_cursor_take_byte(&c, 0x10));
    assert_ptr_equal(c.at, bytes);
    assert_true(execwire_cursor_take_byte(&c, 0x08));
    assert_ptr_equal(c.at, bytes + 1);
    assert_true(execwire_cursor_take_byte(&c, 0x10));
    assert_ptr_equal(c.at, bytes + 2);
    /* there, and behind the end */
    assert_false(execwire_cursor_take_byte(&c, 0x7F));
    assert_ptr_equal(c.at, bytes + 2);
}

static void test_as_many_bytes_as_there_are(void **unused)
{
    (void)unused;
    for (size_t size = 0; size <= sizeof bytes + 1; size++) {
        execwire_cursor c = {bytes, bytes + sizeof bytes}, taken = {NULL, NULL};
        bool fits = size <= sizeof bytes;

        assert_int_equal(execwire_cursor_take(&c, size, &taken),
                         fits ? EXECWIRE_OK : EXECWIRE_ERROR_TRUNCATED);
        assert_ptr_equal(c.at, bytes + (fits ? size : 0));
        assert_ptr_equal(taken.at, fits ? bytes : NULL);
        assert_ptr_equal(taken.end, fits ? bytes + size : NULL);
    }
}

/* The specification's own ("Base 128 Varints"), limits, and what is too long for either. */
static const struct {
    const char *bytes;
    size_t size;
    execwire_code wide; /* 64 bits */
    uint64_t value;
    execwire_code narrow; /* 32 bits */
} varints[] = {
    {"\x01", 1, EXECWIRE_OK, 1, EXECWIRE_OK},
    {"\x7F", 1, EXECWIRE_OK, 127, EXECWIRE_OK},
    {"\x96\x01", 2, EXECWIRE_OK, 150, EXECWIRE_OK},
    {"\x80\x00", 2, EXECWIRE_OK, 0, EXECWIRE_OK},
    {"\xFF\xFF\xFF\xFF\x0F", 5, EXECWIRE_OK, UINT32_MAX, EXECWIRE_OK},
    {"\xFF\xFF\xFF\xFF\x10", 5, EXECWIRE_OK, 0x10FFFFFFF, EXECWIRE_ERROR_TAG},
    {"\x80\x80\x80\x80\x80\x00", 6, EXECWIRE_OK, 0, EXECWIRE_ERROR_TAG},
    {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 10, EXECWIRE_OK, UINT64_MAX, EXECWIRE_ERROR_TAG},
    {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", 10, EXECWIRE_ERROR_VARINT, 0, EXECWIRE_ERROR_TAG},
    {"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 11, EXECWIRE_ERROR_VARINT, 0,
     EXECWIRE_ERROR_TAG},
    {"", 0, EXECWIRE_ERROR_TRUNCATED, 0, EXECWIRE_ERROR_TRUNCATED},
    {"\x80\x80", 2, EXECWIRE_ERROR_TRUNCATED, 0, EXECWIRE_ERROR_TRUNCATED},
};

static void test_varints(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof varints / sizeof varints[0]; i++) {
        const uint8_t *start = (const uint8_t *)varints[i].bytes;
        execwire_cursor wide = {start, start + varints[i].size}, narrow = wide;
        uint64_t value = 0;
        uint32_t low = 0;

        assert_int_equal(execwire_cursor_varint(&wide, &value), varints[i].wide);
        assert_true(value == varints[i].value);
        assert_ptr_equal(wide.at, varints[i].wide == EXECWIRE_OK ? wide.end : start);
        assert_int_equal(execwire_cursor_varint32(&narrow, EXECWIRE_ERROR_TAG, &low),
                         varints[i].narrow);
        assert_ptr_equal(narrow.at, varints[i].narrow == EXECWIRE_OK ? narrow.end : start);
        if (varints[i].narrow == EXECWIRE_OK)
            assert_true(low == varints[i].value);
    }
}

static void test_four_bytes_the_lowest_first(void **unused)
{
    static const uint8_t five[] = {0x80, 0x02, 0x03, 0xF4, 0x05};

    (void)unused;
    for (size_t size = 0; size <= sizeof five; size++) {
        execwire_cursor c = {five, five + size};
        uint32_t value = 7;

        assert_int_equal(execwire_cursor_fixed32(&c, &value),
                         size >= 4 ? EXECWIRE_OK : EXECWIRE_ERROR_TRUNCATED);
        assert_ptr_equal(c.at, five + (size >= 4 ? 4 : 0));
        assert_true(value == (size >= 4 ? 0xF4030280 : 7));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_byte_is_taken_if_it_is_the_one),
        cmocka_unit_test(test_as_many_bytes_as_there_are),
        cmocka_unit_test(test_varints),
        cmocka_unit_test(test_four_bytes_the_lowest_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

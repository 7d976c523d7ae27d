/* The CRC against the check value of its catalogue entry (CRC-32/ISO-HDLC) and Python's zlib.crc32.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "base/crc32.h"

#include <string.h>

static const struct {
    const char *data;
    size_t size;
    uint32_t crc;
} values[] = {
    {"", 0, 0x00000000},
    {"123456789", 9, 0xCBF43926},
    {"\0", 1, 0xD202EF8D},
    {"a", 1, 0xE8B7BE43},
    {"\0\0\0\0", 4, 0x2144DF1C},
    {"\xFF\xFF\xFF\xFF", 4, 0xFFFFFFFF},
    {"The quick brown fox jumps over the lazy dog", 43, 0x414FA339},
};

#define VALUE_COUNT (sizeof values / sizeof values[0])

static void test_values_of_zlib(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < VALUE_COUNT; i++)
        assert_int_equal(execwire_crc32(0, values[i].data, values[i].size), values[i].crc);
}

static void test_every_byte(void **unused)
{
    uint8_t bytes[256];

    (void)unused;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    assert_int_equal(execwire_crc32(0, bytes, sizeof bytes), 0x29058C73);
}

static void test_it_can_be_continued(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < VALUE_COUNT; i++)
        for (size_t cut = 0; cut <= values[i].size; cut++) {
            uint32_t crc = execwire_crc32(0, values[i].data, cut);

            assert_int_equal(execwire_crc32(crc, values[i].data + cut, values[i].size - cut),
                             values[i].crc);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_of_zlib),
        cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_it_can_be_continued),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

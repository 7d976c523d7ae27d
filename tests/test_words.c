/* Words of eight bytes: their bits, and how they are read.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "base/words.h"

static void test_every_bit_is_the_lowest_and_the_highest(void **unused)
{
    (void)unused;
    for (unsigned bit = 0; bit < 64; bit++) {
        const uint64_t one = UINT64_C(1) << bit;

        assert_int_equal(execwire_lowest_bit(one), bit);
        assert_int_equal(execwire_highest_bit(one), bit);
        assert_int_equal(execwire_lowest_bit(UINT64_MAX << bit), bit);
        assert_int_equal(execwire_highest_bit(one | (one - 1)), bit);
    }
}

/* What is not read is 0, wherever the bytes stand. */
static void test_as_many_bytes_are_read_as_are_asked_for(void **unused)
{
    static const char text[] = "x12345678y";

    (void)unused;
    for (size_t size = 0; size <= 8; size++) {
        char expected[8] = "";
        uint64_t word = execwire_load(text + 1, size);

        memcpy(expected, text + 1, size);
        assert_memory_equal(&word, expected, sizeof word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_bit_is_the_lowest_and_the_highest),
        cmocka_unit_test(test_as_many_bytes_are_read_as_are_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Characters of ASCII, each of all 256 bytes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "base/ascii.h"

/* Where a byte stands in a list; the list's size where it does not. */
static size_t place_in(const char *list, int byte)
{
    size_t at = 0;

    while (list[at] != '\0' && list[at] != (char)byte)
        at++;
    return at;
}

static void test_digits_and_spaces(void **unused)
{
    (void)unused;
    for (int byte = 0; byte < 256; byte++) {
        assert_int_equal(execwire_is_digit((char)byte), place_in("0123456789", byte) < 10);
        assert_int_equal(execwire_is_space((char)byte), place_in(" \t\n\r", byte) < 4);
    }
}

static void test_digits_of_hex(void **unused)
{
    (void)unused;
    for (int byte = 0; byte < 256; byte++) {
        size_t lower = place_in("0123456789abcdef", byte);
        size_t upper = place_in("0123456789ABCDEF", byte);
        int value = lower < 16 ? (int)lower : upper < 16 ? (int)upper : -1;

        assert_int_equal(execwire_hex_value((char)byte), value);
    }
    for (unsigned value = 0; value < 16; value++)
        assert_int_equal(execwire_hex_digit(value), "0123456789abcdef"[value]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digits_and_spaces),
        cmocka_unit_test(test_digits_of_hex),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

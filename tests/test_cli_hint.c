/* What lies behind the bytes of an input is not looked at, where nobody knows what it is.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/hint.h"

#include <string.h>

/* The first `size` bytes say nothing, all of them would. */
static void check(const char *text, size_t size)
{
    const cli_options options = {.framing = &framing_delimited};

    assert_non_null(hint_for(text, strlen(text), &options, CONCERNS_SINGLE));
    assert_null(hint_for(text, size, &options, CONCERNS_SINGLE));
}

static void test_no_byte_behind(void **state)
{
    (void)state;
    check("  {}", 1);
    check("  {}", 2);
    check("  {}", 3);
    check("{\"a\":", 3);
    check("{\"a\":", 4);
    check("[ {}", 3);
    check("\xEF\xBB\xBF{}", 3);
    check("\xEF\xBB\xBF{}", 4);
    check("58", 1);
    check(" 58", 2);
}

static void test_which(void **state)
{
    const cli_options plain = {.framing = &framing_delimited};
    const cli_options frames = {.framing = &framing_delimited, .link_frames = true};
    const cli_options hex = {.framing = &framing_hex};

    (void)state;
    assert_string_equal(hint_for("{}", 2, &plain, CONCERNS_INPUT),
                        "it looks like JSON, which --json reads");
    assert_string_equal(hint_for("{}", 2, &plain, CONCERNS_RECEIVER),
                        "it looks like JSON, which execwire link send reads");
    assert_string_equal(hint_for("{}", 2, &hex, 0),
                        "it looks like JSON, which execwire encode reads");
    assert_string_equal(hint_for("\x58\x01", 2, &plain, CONCERNS_SINGLE),
                        "it looks like a message without its length, which --single reads");
    assert_null(hint_for("\x58\x01", 2, &plain, CONCERNS_INPUT));
    assert_null(hint_for("\x58\x01", 2, &frames, CONCERNS_SINGLE));
    assert_null(hint_for("\x58\x01", 2, &hex, CONCERNS_SINGLE));
    assert_null(hint_for("58", 2, &hex, CONCERNS_SINGLE));
    assert_null(hint_for("\xA0\x06\x01", 3, &plain, CONCERNS_SINGLE)); /* field 100 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_byte_behind),
                                       cmocka_unit_test(test_which)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What lies behind the bytes of an input is not looked at, where nobody knows what it is.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/hint.h"

#include <string.h>

/* Verbs that take messages alone, whole ones as well, JSON as well, and frames. */
static const option_use plainly[] = {{&options_messages, 0}, {NULL, 0}};
static const option_use single[] = {{&options_messages, 0}, {&options_single, 0}, {NULL, 0}};
static const option_use any[] = {{&options_messages, 0}, {&options_input, 0}, {NULL, 0}};

/* The first `size` bytes say nothing, all of them would. */
static void check(const char *text, size_t size)
{
    const cli_options options = {.framing = &framing_delimited};

    assert_non_null(hint_for(text, strlen(text), &options, single));
    assert_null(hint_for(text, size, &options, single));
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
    const cli_options frames = {.framing = &framing_delimited, .frames = true};
    const cli_options hex = {.framing = &framing_hex};

    (void)state;
    assert_string_equal(hint_for("{}", 2, &plain, any), "it looks like JSON, which --json reads");
    assert_string_equal(hint_for("{}", 2, &frames, plainly),
                        "it looks like JSON, which execwire link send reads");
    assert_string_equal(hint_for("{}", 2, &hex, plainly),
                        "it looks like JSON, which execwire encode reads");
    assert_string_equal(hint_for("\x58\x01", 2, &plain, single),
                        "it looks like a message without its length, which --single reads");
    assert_null(hint_for("\x58\x01", 2, &plain, any));
    assert_null(hint_for("\x58\x01", 2, &frames, single));
    assert_null(hint_for("\x58\x01", 2, &hex, single));
    assert_null(hint_for("58", 2, &hex, single));
    assert_null(hint_for("\xA0\x06\x01", 3, &plain, single)); /* field 100 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_byte_behind),
                                       cmocka_unit_test(test_which)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

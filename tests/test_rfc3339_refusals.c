/* Times that are refused: every error with its place.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/time.h"
#include "text/rfc3339.h"

#include <stdio.h>
#include <string.h>

/* The byte at fault is the first one of `after`. */
#define BAD(before, after, code)                                                                   \
    {                                                                                              \
        before, after, EXECWIRE_ERROR_TIME_##code                                                  \
    }

static const struct {
    const char *before;
    const char *after;
    execwire_code code;
} refused[] = {
    BAD("", "", SYNTAX),
    BAD("", "yesterday", SYNTAX),
    BAD("", " 2023-10-17T12:28:08Z", SYNTAX),
    BAD("", "-023-10-17T12:28:08Z", SYNTAX),
    BAD("", "+2023-10-17T12:28:08Z", SYNTAX),
    BAD("202", "x-10-17T12:28:08Z", SYNTAX),
    BAD("2023", "1-10-17T12:28:08Z", SYNTAX),
    BAD("2023", "/10/17T12:28:08Z", SYNTAX),
    BAD("2023", "1017T122808Z", SYNTAX),
    BAD("2023-1", "-17T12:28:08Z", SYNTAX),
    BAD("2023-10", "/17T12:28:08Z", SYNTAX),
    BAD("2023-10-1", "T12:28:08Z", SYNTAX),
    BAD("2023-10-17", "", SYNTAX),
    BAD("2023-10-17", " 12:28:08Z", SYNTAX),
    BAD("2023-10-17", "_12:28:08Z", SYNTAX),
    BAD("2023-10-17", "4T12:28:08Z", SYNTAX),
    BAD("2023-10-17T1", ":28:08Z", SYNTAX),
    BAD("2023-10-17T12", ".28:08Z", SYNTAX),
    BAD("2023-10-17T12:28", "Z", SYNTAX),
    BAD("2023-10-17T12:28:", " 8Z", SYNTAX),
    BAD("2023-10-17T12:28:08", "", SYNTAX),
    BAD("2023-10-17T12:28:08", " Z", SYNTAX),
    BAD("2023-10-17T12:28:08", "1Z", SYNTAX),
    BAD("2023-10-17T12:28:08", ",5Z", SYNTAX),
    BAD("2023-10-17T12:28:08.", "", SYNTAX),
    BAD("2023-10-17T12:28:08.", "Z", SYNTAX),
    BAD("2023-10-17T12:28:08.5", ".5Z", SYNTAX),
    BAD("2023-10-17T12:28:08.5", "", SYNTAX),
    BAD("2023-10-17T12:28:08.123456789", "", SYNTAX),
    BAD("2023-10-17T12:28:08Z", "Z", SYNTAX),
    BAD("2023-10-17T12:28:08Z", " ", SYNTAX),
    BAD("2023-10-17T12:28:08+", "", SYNTAX),
    BAD("2023-10-17T12:28:08+1", ":00", SYNTAX),
    BAD("2023-10-17T12:28:08+01", "", SYNTAX),
    BAD("2023-10-17T12:28:08+01", "00", SYNTAX),
    BAD("2023-10-17T12:28:08+01:", "", SYNTAX),
    BAD("2023-10-17T12:28:08+01:0", "", SYNTAX),
    BAD("2023-10-17T12:28:08+01:00", "0", SYNTAX),
    BAD("2023-10-17T12:28:08+", "-1:00", SYNTAX),
    BAD("2023-10-17T12:28:08",
        "\xE2\x88\x92"
        "01:00",
        SYNTAX),
    BAD("2023-", "00-17T12:28:08Z", FIELD),
    BAD("2023-", "13-17T12:28:08Z", FIELD),
    BAD("2023-10-", "00T12:28:08Z", FIELD),
    BAD("2023-10-", "32T12:28:08Z", FIELD),
    BAD("2023-02-", "29T12:28:08Z", FIELD),
    BAD("1900-02-", "29T12:28:08Z", FIELD),
    BAD("2023-10-17T", "24:00:00Z", FIELD),
    BAD("2023-10-17T", "99:28:08Z", FIELD),
    BAD("2023-10-17T12:", "60:08Z", FIELD),
    BAD("2023-10-17T12:28:", "61Z", FIELD),
    BAD("2023-10-17T12:28:", "99Z", FIELD),
    BAD("2023-10-17T12:28:08+", "24:00", FIELD),
    BAD("2023-10-17T12:28:08-", "99:00", FIELD),
    BAD("2023-10-17T12:28:08+01:", "60", FIELD),
    BAD("2016-12-31T23:59:", "60Z", LEAP),
    BAD("1990-12-31T15:59:", "60-08:00", LEAP),
    BAD("2023-10-17T12:28:08.123456789", "0Z", DIGITS),
    BAD("2023-10-17T12:28:08.000000000", "1+01:00", DIGITS),
    BAD("2023-10-17T12:28:08.123456789", "9Z", DIGITS),
    BAD("2023-10-17T12:28:08.123456789", "/Z", SYNTAX),
    BAD("2023-10-17T12:28:08.123456789", ":Z", SYNTAX),
    BAD("", "0000-12-31T23:59:59Z", RANGE),
    BAD("", "0000-12-32T23:59:59Z", RANGE),
    BAD("", "0000-13-31T23:59:59Z", RANGE),
    BAD("", "0000-01-01T00:00:00-12:00", RANGE),
    BAD("", "0001-01-01T00:00:00+00:01", RANGE),
    BAD("", "0001-01-01T23:58:59.999999999+23:59", RANGE),
    BAD("", "9999-12-31T23:59:59-00:01", RANGE),
    BAD("", "9999-12-31T00:01:00-23:59", RANGE),
};

static void test_what_is_refused_and_where(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        char text[96];
        execwire_time time = {1, 1};
        execwire_error error;

        snprintf(text, sizeof text, "%s%s", refused[i].before, refused[i].after);
        if (read_time(text, strlen(text), &time, &error) != refused[i].code ||
            error.offset != strlen(refused[i].before))
            print_error("%s\n", text);
        assert_int_equal(read_time(text, strlen(text), &time, NULL), refused[i].code);
        assert_int_equal(error.code, refused[i].code);
        assert_int_equal(error.offset, strlen(refused[i].before));
        assert_string_equal(error.text, execwire_code_text(refused[i].code));
        assert_string_equal(error.path, "");
        assert_null(error.found);
        assert_true(time.seconds == 0 && time.nanos == 0);
    }
}

static void test_every_prefix_is_refused_at_its_end(void **unused)
{
    static const char *const texts[] = {"2023-10-17T12:28:08.123456789Z",
                                        "2023-10-17t12:28:08+01:30"};

    (void)unused;
    for (size_t i = 0; i < 2; i++)
        for (size_t size = 0; size < strlen(texts[i]); size++) {
            execwire_time time;
            execwire_error error;

            assert_int_equal(read_time(texts[i], size, &time, &error), EXECWIRE_ERROR_TIME_SYNTAX);
            assert_int_equal(error.offset, size);
        }
}

/* Every byte in every place: what is read is a time that, written and read again, is the same. */
static void test_every_other_byte_in_every_place(void **unused)
{
    static const char good[] = "2023-10-17T12:28:08.12+01:30";

    (void)unused;
    for (size_t i = 0; i < sizeof good - 1; i++)
        for (unsigned byte = 0; byte < 0x100; byte++) {
            char text[sizeof good];
            execwire_time time;
            bool digit = byte >= '0' && byte <= '9';
            bool is_digit = good[i] >= '0' && good[i] <= '9';
            execwire_code code;

            memcpy(text, good, sizeof good);
            text[i] = (char)byte;
            code = read_time(text, sizeof good - 1, &time, NULL);
            if (is_digit != digit && !(good[i] == '+' && byte == '-') &&
                !(good[i] == 'T' && byte == 't'))
                assert_int_equal(code == EXECWIRE_OK, byte == (unsigned char)good[i]);
        }
}

static void test_writing_refuses_what_no_text_can_say(void **unused)
{
    static const struct {
        execwire_time time;
        execwire_code code;
    } cases[] = {
        {{FIRST_SECOND - 1, 0}, EXECWIRE_ERROR_TIME_RANGE},
        {{FIRST_SECOND - 1, 999999999}, EXECWIRE_ERROR_TIME_RANGE},
        {{LAST_SECOND + 1, 0}, EXECWIRE_ERROR_TIME_RANGE},
        {{INT64_MIN, 0}, EXECWIRE_ERROR_TIME_RANGE},
        {{INT64_MAX, 0}, EXECWIRE_ERROR_TIME_RANGE},
        {{0, -1}, EXECWIRE_ERROR_TIME_NANOS},
        {{0, 1000000000}, EXECWIRE_ERROR_TIME_NANOS},
        {{0, INT32_MIN}, EXECWIRE_ERROR_TIME_NANOS},
        {{0, INT32_MAX}, EXECWIRE_ERROR_TIME_NANOS},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[EXECWIRE_TIME_SIZE];
        size_t size = 99;
        execwire_error error;

        assert_int_equal(execwire_time_check(&cases[i].time), cases[i].code);
        assert_int_equal(execwire_time_write(&cases[i].time, text, sizeof text, &size, NULL),
                         cases[i].code);
        assert_int_equal(size, 0);
        assert_int_equal(execwire_time_write(&cases[i].time, text, sizeof text, &size, &error),
                         cases[i].code);
        assert_int_equal(error.code, cases[i].code);
        assert_int_equal(error.offset, 0);
        assert_string_equal(error.path, "");
    }
}

/* A digit behind the end is none of the time's. */
static void test_what_is_behind_the_end_is_not_looked_at(void **unused)
{
    static const char text[] = "2023-10-17T12:28:08.1234567891Z";
    execwire_time time;
    execwire_error error;

    (void)unused;
    assert_int_equal(execwire_time_read(text, 29, &time, &error), EXECWIRE_ERROR_TIME_SYNTAX);
    assert_int_equal(error.offset, 29);
}

/* promise: error-on-failure-alone */
/* promise: error-is-filled */
static void test_success_leaves_the_error_alone(void **unused)
{
    static const char text[] = "2023-10-17T12:28:08z";
    execwire_error before;
    execwire_error error;
    execwire_time time;

    (void)unused;
    memset(&before, 0xA5, sizeof before);
    error = before;
    assert_int_equal(execwire_time_read(text, 20, &time, &error), EXECWIRE_OK);
    assert_memory_equal(&error, &before, sizeof error);
}

static void test_arguments(void **unused)
{
    execwire_time time = {1, 1};
    char text[EXECWIRE_TIME_SIZE];
    size_t size = 99;
    execwire_error error;

    (void)unused;
    assert_int_equal(execwire_time_read("x", 1, NULL, &error), EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(error.code, EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(error.offset, 0);
    assert_int_equal(execwire_time_read(NULL, 1, &time, NULL), EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_time_read(NULL, 0, &time, NULL), EXECWIRE_ERROR_TIME_SYNTAX);
    assert_true(time.seconds == 0 && time.nanos == 0);
    assert_int_equal(execwire_time_write(NULL, text, sizeof text, &size, &error),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(size, 0);
    assert_int_equal(error.offset, 0);
    assert_int_equal(execwire_time_write(&time, NULL, 0, &size, NULL), EXECWIRE_OK);
    assert_int_equal(execwire_time_write(&time, text, sizeof text, NULL, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_refused_and_where),
        cmocka_unit_test(test_every_prefix_is_refused_at_its_end),
        cmocka_unit_test(test_every_other_byte_in_every_place),
        cmocka_unit_test(test_writing_refuses_what_no_text_can_say),
        cmocka_unit_test(test_what_is_behind_the_end_is_not_looked_at),
        cmocka_unit_test(test_success_leaves_the_error_alone),
        cmocka_unit_test(test_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

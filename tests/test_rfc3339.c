/* Times as text: every day of the calendar held against the C library. What is refused is in
 * test_rfc3339_refusals.c.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE      /* timegm */
#define _FILE_OFFSET_BITS 64 /* glibc wants it for the next one */
#define _TIME_BITS        64 /* a 64-bit time_t on 32-bit machines too, for the years to 9999 */

#include "support/cmocka.h"

#include "support/slow.h"
#include "support/time.h"

#include <execwire/execwire.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECONDS_PER_DAY 86400

static void check_reads_as(const char *text, size_t size, int64_t seconds, int32_t nanos)
{
    execwire_time time = {1, 1};
    execwire_error error;
    execwire_code code = read_time(text, size, &time, &error);

    if (code != EXECWIRE_OK || time.seconds != seconds || time.nanos != nanos)
        fail_msg("%s: %s, %lld.%09ld", text, execwire_code_name(code), (long long)time.seconds,
                 (long)time.nanos);
}

/* As it is, and with another letter in the middle, for which there is no short way. */
static void check_reads(const char *text, int64_t seconds, int32_t nanos)
{
    char other[64];
    size_t size = strlen(text);

    check_reads_as(text, size, seconds, nanos);
    memcpy(other, text, size + 1);
    other[10] = other[10] == 'T' ? 't' : 'T';
    check_reads_as(other, size, seconds, nanos);
}

static void check_writes(int64_t seconds, int32_t nanos, const char *expected)
{
    execwire_time time = {seconds, nanos};
    char text[EXECWIRE_TIME_SIZE + 1];
    execwire_error error;
    size_t size;

    memset(text, 0x5A, sizeof text);
    assert_int_equal(execwire_time_write(&time, text, EXECWIRE_TIME_SIZE, &size, &error),
                     EXECWIRE_OK);
    assert_int_equal(text[EXECWIRE_TIME_SIZE], 0x5A);
    text[size] = '\0';
    assert_string_equal(text, expected);
}

/* Every capacity from none to what is needed: nothing behind it is written. */
/* promise: time-size-is-enough */
static void test_every_capacity(void **unused)
{
    static const char expected[] = "2023-10-17T12:28:08.09Z";
    execwire_time time = {1697545688, 90000000};

    (void)unused;
    for (size_t capacity = 0; capacity <= sizeof expected - 1; capacity++) {
        char *text = malloc(capacity + 1);
        bool fits = capacity == sizeof expected - 1;
        execwire_error error;
        size_t size;

        assert_non_null(text);
        text[capacity] = 0x5A;
        assert_int_equal(execwire_time_write(&time, text, capacity, &size, &error),
                         fits ? EXECWIRE_OK : EXECWIRE_ERROR_NO_SPACE);
        assert_int_equal(size, sizeof expected - 1);
        assert_int_equal(text[capacity], 0x5A);
        if (fits)
            assert_memory_equal(text, expected, size);
        else
            assert_true(error.code == EXECWIRE_ERROR_NO_SPACE && error.offset == 0);
        free(text);
    }
}

/* ---- The calendar ---- */

static void check_day(int64_t day)
{
    /* another time of day for each day; 7919 is a prime */
    time_t seconds = (time_t)(day * SECONDS_PER_DAY + (day * 7919 % 86400 + 86400) % 86400);
    char text[96];
    struct tm tm;

    assert_non_null(gmtime_r(&seconds, &tm));
    snprintf(text, sizeof text, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)(tm.tm_year + 1900),
             (unsigned)(tm.tm_mon + 1), (unsigned)tm.tm_mday, (unsigned)tm.tm_hour,
             (unsigned)tm.tm_min, (unsigned)tm.tm_sec);
    check_reads(text, seconds, 0);
    check_writes(seconds, 0, text);
}

static void test_every_day_as_the_c_library_does(void **unused)
{
    const unsigned step = slow_one_in(1, 97, "the days");

    (void)unused;
    for (int64_t day = FIRST_SECOND / SECONDS_PER_DAY; day <= LAST_SECOND / SECONDS_PER_DAY;
         day += step)
        check_day(day);
}

/* timegm moves a date that does not exist to one that does. */
static void check_date(int year, int month, int day)
{
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
    bool is_month = month >= 1 && month <= 12;
    bool exists;
    char text[96];
    execwire_time time;
    execwire_error error;

    timegm(&tm);
    exists = is_month && tm.tm_mon == month - 1 && tm.tm_mday == day;
    snprintf(text, sizeof text, "%04d-%02d-%02dT00:00:00Z", year, month, day);
    assert_int_equal(read_time(text, strlen(text), &time, &error),
                     exists ? EXECWIRE_OK : EXECWIRE_ERROR_TIME_FIELD);
    if (!exists)
        assert_int_equal(error.offset, is_month ? 8 : 5);
}

static void test_days_that_exist_and_that_do_not(void **unused)
{
    static const int years[] = {1,    4,    100,  400,  1582, 1700, 1896, 1900,
                                1904, 1999, 2000, 2023, 2024, 2100, 2400, 9999};

    (void)unused;
    for (size_t i = 0; i < sizeof years / sizeof years[0]; i++)
        for (int month = 0; month <= 13; month++)
            for (int day = 0; day <= 32; day++)
                check_date(years[i], month, day);
}

static void test_every_second_of_a_day(void **unused)
{
    (void)unused;
    for (int second = 0; second < SECONDS_PER_DAY; second++) {
        char text[96];

        snprintf(text, sizeof text, "2024-02-29T%02d:%02d:%02dZ", second / 3600, second / 60 % 60,
                 second % 60);
        check_reads(text, 1709164800 + second, 0);
        check_writes(1709164800 + second, 0, text);
    }
}

/* ---- Offsets ---- */

static void test_every_offset(void **unused)
{
    (void)unused;
    for (int minutes = -(23 * 60 + 59); minutes <= 23 * 60 + 59; minutes++) {
        char text[96];
        int size = abs(minutes);

        snprintf(text, sizeof text, "2023-10-17T12:28:08.5%c%02d:%02d", minutes < 0 ? '-' : '+',
                 size / 60, size % 60);
        check_reads(text, 1697545688 - minutes * 60, 500000000);
    }
}

/* The day before the first of year 1, from which an offset may lead into it: 1,440 minutes. */
static void test_offsets_around_the_first_year(void **unused)
{
    (void)unused;
    for (int minute = 0; minute < 24 * 60; minute += 7)
        for (int west = 0; west <= 23 * 60 + 59; west++) {
            char text[96];
            int64_t seconds = FIRST_SECOND - 86400 + (minute + west) * 60;
            execwire_time time;
            execwire_error error;
            int size = snprintf(text, sizeof text, "0000-12-31T%02d:%02d:00-%02d:%02d", minute / 60,
                                minute % 60, west / 60, west % 60);

            if (seconds >= FIRST_SECOND) {
                check_reads(text, seconds, 0);
                continue;
            }
            assert_int_equal(execwire_time_read(text, (size_t)size, &time, &error),
                             EXECWIRE_ERROR_TIME_RANGE);
            assert_int_equal(error.offset, 0);
        }
}

/* Expected seconds: date -u -d "..." +%s */
static void test_forms_of_a_time(void **unused)
{
    (void)unused;
    check_reads("2023-10-17t12:28:08z", 1697545688, 0);
    check_reads("2023-10-17T12:28:08-00:00", 1697545688, 0);
    check_reads("2023-10-17T12:28:08+00:00", 1697545688, 0);
    check_reads("1970-01-01T00:00:00Z", 0, 0);
    check_reads("1969-12-31T23:59:59.999999999Z", -1, 999999999);
    check_reads("1985-04-12T23:20:50.52Z", 482196050, 520000000);
    check_reads("1996-12-19T16:39:57-08:00", 851042397, 0);
    check_reads("1937-01-01T12:00:27.87+00:20", -1041337173, 870000000);
    check_reads("0001-01-01T00:00:00Z", FIRST_SECOND, 0);
    check_reads("9999-12-31T23:59:59.999999999Z", LAST_SECOND, 999999999);
    /* an offset that brings a time to the very edge */
    check_reads("0001-01-01T23:59:00+23:59", FIRST_SECOND, 0);
    check_reads("9999-12-31T00:00:59.999-23:59", LAST_SECOND, 999000000);
}

static void test_fractions_of_every_length(void **unused)
{
    static const char digits[] = "123456789";
    static const int32_t nanos[] = {0,         100000000, 120000000, 123000000, 123400000,
                                    123450000, 123456000, 123456700, 123456780, 123456789};

    (void)unused;
    for (int count = 1; count <= 9; count++) {
        char text[96];

        snprintf(text, sizeof text, "2023-10-17T12:28:08.%.*sZ", count, digits);
        check_reads(text, 1697545688, nanos[count]);
        check_writes(1697545688, nanos[count], text);
    }
    check_reads("2023-10-17T12:28:08.0Z", 1697545688, 0);
    check_reads("2023-10-17T12:28:08.000000000Z", 1697545688, 0);
    check_reads("2023-10-17T12:28:08.000000001+01:00", 1697542088, 1);
    check_writes(1697545688, 1, "2023-10-17T12:28:08.000000001Z");
    check_writes(1697545688, 10, "2023-10-17T12:28:08.00000001Z");
    check_writes(1697545688, 100200300, "2023-10-17T12:28:08.1002003Z");
    check_writes(LAST_SECOND, 999999999, "9999-12-31T23:59:59.999999999Z");
    check_writes(FIRST_SECOND, 0, "0001-01-01T00:00:00Z");
    check_writes(-1, 999999999, "1969-12-31T23:59:59.999999999Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* what tells most in the least time first */
        cmocka_unit_test(test_forms_of_a_time),
        cmocka_unit_test(test_fractions_of_every_length),
        cmocka_unit_test(test_every_capacity),
        cmocka_unit_test(test_days_that_exist_and_that_do_not),
        cmocka_unit_test(test_every_offset),
        cmocka_unit_test(test_every_second_of_a_day),
        cmocka_unit_test(test_every_day_as_the_c_library_does),
        cmocka_unit_test(test_offsets_around_the_first_year),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

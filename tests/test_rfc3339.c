/* Times as text: every day of the calendar held against the C library, every error with its place.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE      /* timegm */
#define _FILE_OFFSET_BITS 64 /* glibc wants it for the next one */
#define _TIME_BITS        64 /* a 64-bit time_t on 32-bit machines too, for the years to 9999 */

#include "support/cmocka.h"

#include "text/rfc3339.h"

#include <execwire/execwire.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECONDS_PER_DAY 86400
#define FIRST_SECOND    (-62135596800) /* date -u -d 0001-01-01 +%s */
#define LAST_SECOND     253402300799   /* date -u -d '9999-12-31 23:59:59' +%s */

/* Reads from a block of exactly the text's size. */
static execwire_status read_time(const char *text, size_t size, execwire_time *time,
                                 execwire_error *error)
{
    char *copy = malloc(size + 1);
    execwire_status status;

    assert_non_null(copy);
    memcpy(copy + 1, text, size);
    status = execwire_time_read(copy + 1, size, time, error);
    free(copy);
    return status;
}

static void check_reads_as(const char *text, size_t size, int64_t seconds, int32_t nanos)
{
    execwire_time time = {1, 1};
    execwire_error error;
    execwire_status status = read_time(text, size, &time, &error);

    if (status != EXECWIRE_OK || time.seconds != seconds || time.nanos != nanos)
        fail_msg("%s: %s, %lld.%09ld", text, execwire_status_name(status), (long long)time.seconds,
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
    const char *wrapper = getenv("WRAPPER");
    int64_t step = 1;

    (void)unused;
    if (wrapper != NULL && wrapper[0] != '\0') {
        print_message("skipped: most days, too slow under %s\n", wrapper);
        step = 97;
    }
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

/* Expected seconds: date -u -d "..." +%s */
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

/* ---- Refusals ---- */

/* The byte at fault is the first one of `after`. */
#define BAD(before, after, code)                                                                   \
    {                                                                                              \
        before, after, EXECWIRE_ERROR_TIME_##code                                                  \
    }

static const struct {
    const char *before;
    const char *after;
    execwire_status code;
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
        assert_string_equal(error.text, execwire_status_text(refused[i].code));
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
            execwire_status status;

            memcpy(text, good, sizeof good);
            text[i] = (char)byte;
            status = read_time(text, sizeof good - 1, &time, NULL);
            if (is_digit != digit && !(good[i] == '+' && byte == '-') &&
                !(good[i] == 'T' && byte == 't'))
                assert_int_equal(status == EXECWIRE_OK, byte == (unsigned char)good[i]);
        }
}

static void test_writing_refuses_what_no_text_can_say(void **unused)
{
    static const struct {
        execwire_time time;
        execwire_status code;
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
        cmocka_unit_test(test_every_day_as_the_c_library_does),
        cmocka_unit_test(test_days_that_exist_and_that_do_not),
        cmocka_unit_test(test_every_second_of_a_day),
        cmocka_unit_test(test_every_offset),
        cmocka_unit_test(test_offsets_around_the_first_year),
        cmocka_unit_test(test_forms_of_a_time),
        cmocka_unit_test(test_fractions_of_every_length),
        cmocka_unit_test(test_what_is_refused_and_where),
        cmocka_unit_test(test_every_prefix_is_refused_at_its_end),
        cmocka_unit_test(test_every_other_byte_in_every_place),
        cmocka_unit_test(test_writing_refuses_what_no_text_can_say),
        cmocka_unit_test(test_every_capacity),
        cmocka_unit_test(test_what_is_behind_the_end_is_not_looked_at),
        cmocka_unit_test(test_success_leaves_the_error_alone),
        cmocka_unit_test(test_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Numbers of JSON text: what is one, and what integer it is.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "json/number.h"

#include <execwire/execwire.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* At the end of a block, so that a sanitizer sees what is read beyond the text. */
static size_t span(const char *text, size_t size, size_t *bad)
{
    char *copy = malloc(size + 1);
    size_t length;

    assert_non_null(copy);
    memcpy(copy + 1, text, size);
    length = execwire_number_span(copy + 1, size, bad);
    free(copy);
    return length;
}

/* ---- Spelling (RFC 8259, section 6) ---- */

static const struct {
    const char *text;
    size_t length;
} numbers[] = {
    {"0", 1},
    {"-0", 2},
    {"9", 1},
    {"10", 2},
    {"-1234567890", 11},
    {"0.0", 3},
    {"-0.50", 5},
    {"1.5e10", 6},
    {"1e0", 3},
    {"1E5", 3},
    {"1e+05", 5},
    {"1e-00", 5},
    {"0e99999", 7},
    /* something else follows */
    {"1,", 1},
    {"1 2", 1},
    {"12]", 2},
    {"1x", 1},
    {"1-", 1},
    {"1+1", 1},
    {"1.5.5", 3},
    {"1e5e5", 3},
    {"1e5.5", 3},
    {"0x10", 1},
    {"1f", 1},
};

static void test_what_is_a_number(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        size_t bad;

        if (span(numbers[i].text, strlen(numbers[i].text), &bad) != numbers[i].length)
            fail_msg("%s", numbers[i].text);
    }
}

/* How far each of them goes right. */
static const struct {
    const char *text;
    size_t bad;
} malformed[] = {
    {"", 0},          {"-", 1},        {"--1", 1},  {"-x", 1},     {"+1", 0},    {".5", 0},
    {"-.5", 1},       {"00", 1},       {"01", 1},   {"-00", 2},    {"-012", 2},  {"00.5", 1},
    {"1.", 2},        {"1.e5", 2},     {"1.x", 2},  {"-1.-5", 3},  {"1e", 2},    {"1ex", 2},
    {"1e+", 3},       {"1e-x", 3},     {"1.5e", 4}, {"1.5E+.", 5}, {"1e+-1", 3}, {"NaN", 0},
    {"-Infinity", 1}, {"infinity", 0}, {" 1", 0},   {"1e 5", 2},   {"0.", 2},    {"0e", 2},
};

static void test_what_is_no_number_and_from_where(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        size_t bad = 99;

        if (span(malformed[i].text, strlen(malformed[i].text), &bad) != 0 ||
            bad != malformed[i].bad)
            fail_msg("%s: %zu", malformed[i].text, bad);
    }
}

/* What stands behind the text changes nothing, wherever it ends. */
static void test_where_the_text_ends(void **unused)
{
    static const char *const texts[] = {"-10.50e+17", "0.1E-2", "9e9", "-0"};

    (void)unused;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        for (size_t size = 0; size <= strlen(texts[i]); size++) {
            char alone[16] = "";
            size_t bad, bad_alone;

            memcpy(alone, texts[i], size);
            assert_int_equal(execwire_number_span(texts[i], size, &bad),
                             execwire_number_span(alone, size, &bad_alone));
            assert_int_equal(bad, bad_alone);
        }
}

static void test_only_ascii_digits_count(void **unused)
{
    (void)unused;
    for (unsigned byte = 0; byte < 0x100; byte++) {
        char text[2] = {(char)byte, '\0'};
        size_t bad;

        assert_int_equal(span(text, 1, &bad), byte >= '0' && byte <= '9');
    }
}

/* ---- Values ---- */

static execwire_code integer(const char *text, size_t size, int64_t *value)
{
    char *copy = malloc(size + 1);
    execwire_code code;

    assert_non_null(copy);
    memcpy(copy + 1, text, size);
    code = execwire_number_integer((execwire_str){copy + 1, size}, value);
    free(copy);
    return code;
}

static void check_integer(const char *text, int64_t expected)
{
    int64_t value = 99;
    execwire_code code = integer(text, strlen(text), &value);

    if (code != EXECWIRE_OK || value != expected)
        fail_msg("%s: %s, %lld", text, execwire_code_name(code), (long long)value);
}

static void check_refused(const char *text, execwire_code expected)
{
    int64_t value = 99;
    execwire_code code = integer(text, strlen(text), &value);

    if (code != expected)
        fail_msg("%.60s: %s", text, execwire_code_name(code));
}

static void test_spellings_of_integers(void **unused)
{
    static const struct {
        const char *text;
        int64_t value;
    } cases[] = {
        {"0", 0},
        {"-0", 0},
        {"0.0", 0},
        {"-0.000e5", 0},
        {"0e99999", 0},
        {"0e-99999", 0},
        {"0.0e99999999999999999999", 0},
        {"1.0", 1},
        {"-1.0", -1},
        {"1e3", 1000},
        {"1E+3", 1000},
        {"1e0003", 1000},
        {"10e-1", 1},
        {"-1200e-2", -12},
        {"1.5e1", 15},
        {"1.25e2", 125},
        {"0.001e3", 1},
        {"100.00", 100},
        {"105.0", 105},
        {"1000000000000000000000e-21", 1},
        {"0.000000000000000000001e21", 1},
        {"1001e0", 1001},
        {"9007199254740993", 9007199254740993}, /* not a double */
        {"9.007199254740993e15", 9007199254740993},
        {"9223372036854775807", INT64_MAX},
        {"9223372036854775807.000", INT64_MAX},
        {"9223372036854775.807e3", INT64_MAX},
        {"92233720368547758070e-1", INT64_MAX},
        {"9223372036854775806", INT64_MAX - 1},
        {"-9223372036854775808", INT64_MIN},
        {"-9223372036854775808.0e0", INT64_MIN},
        {"-922337203685477580.8e1", INT64_MIN},
        {"-9223372036854775807", -INT64_MAX},
        {"1e18", 1000000000000000000},
        {"-9e18", -9000000000000000000},
        {"922337203685477580e1", 9223372036854775800},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_integer(cases[i].text, cases[i].value);
}

static void test_what_is_no_integer_of_64_bits(void **unused)
{
    static const char *const fractions[] = {
        "1.5",
        "0.1",
        "-0.5",
        "1e-1",
        "15e-1",
        "1e-400",
        "0.9999999999999999999999999",
        "1.00000000000000000000000000001",
        "9223372036854775806.5",
        "1e-99999999999999999999",
        "-12.345e2",
    };
    static const char *const ranges[] = {
        "9223372036854775808",
        "-9223372036854775809",
        "9223372036854775808.0",
        "10000000000000000000",
        "1e19",
        "-1e19",
        "18446744073709551615",
        "18446744073709551616",
        "18446744073709551617",
        "36893488147419103232",
        "1e20",
        "1e400",
        "-1e99999999999999999999",
        "922337203685477580.8e1",
        "922337203685477581e1",
        "1.8446744073709551617e19",
        "10000000000000000000000000000001",
        "2e18446744073709551616",
    };

    (void)unused;
    for (size_t i = 0; i < sizeof fractions / sizeof fractions[0]; i++)
        check_refused(fractions[i], EXECWIRE_ERROR_INTEGER_FRACTION);
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        check_refused(ranges[i], EXECWIRE_ERROR_INTEGER_RANGE);
}

static char *repeat(const char *head, char digit, size_t count, const char *tail)
{
    char *text = malloc(strlen(head) + count + strlen(tail) + 1);

    assert_non_null(text);
    strcpy(text, head);
    memset(text + strlen(head), digit, count);
    strcpy(text + strlen(head) + count, tail);
    return text;
}

static void test_very_long_numbers(void **unused)
{
    static const size_t count = 100000;
    char *text = repeat("1.", '0', count, "");

    (void)unused;
    check_integer(text, 1);
    free(text);
    text = repeat("1.", '0', count, "1");
    check_refused(text, EXECWIRE_ERROR_INTEGER_FRACTION);
    free(text);
    text = repeat("", '9', count, "");
    check_refused(text, EXECWIRE_ERROR_INTEGER_RANGE);
    free(text);
    text = repeat("-7", '0', count, "e-99999");
    check_integer(text, -70);
    free(text);
    text = repeat("0.", '0', count, "7e100001");
    check_integer(text, 7);
    free(text);
    text = repeat("5e", '0', count, "2");
    check_integer(text, 500);
    free(text);
    text = repeat("0e", '9', count, "");
    check_integer(text, 0);
    free(text);
    text = repeat("1", '0', count, "1e-100001");
    check_refused(text, EXECWIRE_ERROR_INTEGER_FRACTION);
    free(text);
}

/* The edges, counted digit by digit, in every position of the point. */
static void check_with_point(int64_t value)
{
    char digits[32];
    char text[96];
    size_t size;

    snprintf(digits, sizeof digits, "%lld", (long long)value);
    size = strlen(digits);
    for (size_t at = digits[0] == '-' ? 2 : 1; at < size; at++) {
        snprintf(text, sizeof text, "%.*s.%se%zu", (int)at, digits, digits + at, size - at);
        check_integer(text, value);
        snprintf(text, sizeof text, "%s%.*se-%zu", digits, (int)at, "00000000000000000000", at);
        check_integer(text, value);
    }
}

static void test_the_point_in_every_place(void **unused)
{
    (void)unused;
    check_with_point(INT64_MAX);
    check_with_point(INT64_MIN);
    check_with_point(INT64_MIN + 1);
    check_with_point(1234567890123456789);
    check_with_point(-1000000000000000001);
    for (unsigned shift = 0; shift < 63; shift++) {
        check_with_point((int64_t)1 << shift);
        check_with_point(-((int64_t)1 << shift) - 1);
    }
}

/* ---- The short way ---- */

/* It takes a number or leaves it; what it takes is what the long way says. */
static size_t check_usual(const char *text, size_t size)
{
    char *copy = malloc(size + 1);
    int64_t value = 0;
    int64_t expected = 1;
    size_t bad;
    size_t length;

    assert_non_null(copy);
    memcpy(copy + 1, text, size);
    length = execwire_number_usual(copy + 1, size, &value);
    if (length > 0) {
        assert_int_equal(execwire_number_span(copy + 1, size, &bad), length);
        assert_int_equal(execwire_number_integer((execwire_str){copy + 1, length}, &expected),
                         EXECWIRE_OK);
        assert_true(value == expected);
    }
    free(copy);
    return length;
}

#ifdef EXECWIRE_FAST_PATHS
#define TAKEN(length) (length)
#else
#define TAKEN(length) 0
#endif

static void test_the_short_way(void **unused)
{
    static const struct {
        const char *text;
        size_t length;
    } cases[] = {
        {"7,", TAKEN(1)},
        {"-1}", TAKEN(2)},
        {"0]", TAKEN(1)},
        {"-0 ", TAKEN(2)},
        {"123456789012345678,", TAKEN(18)},
        {"-999999999999999999,", TAKEN(19)},
        /* left to the long way, also what ends with the input */
        {"1234567890123456789,", 0},
        {"9223372036854775808,", 0},
        {"7", 0},
        {"", 0},
        {"-", 0},
        {"-,", 0},
        {"01,", 0},
        {"-01,", 0},
        {"1.0,", 0},
        {"1e3,", 0},
        {"1E3,", 0},
        {"x", 0},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (check_usual(cases[i].text, strlen(cases[i].text)) != cases[i].length)
            fail_msg("%s", cases[i].text);
}

static void test_the_short_way_at_random(void **unused)
{
    static const char bytes[] = "0123456789-+.eE,";
    char text[24];
    uint32_t seed = 1;

    (void)unused;
    for (int round = 0; round < 200000; round++) {
        for (size_t i = 0; i < sizeof text; i++) {
            seed = seed * 1664525 + 1013904223;
            text[i] = bytes[(seed >> 28) < 10 || (seed & 0x4000000) != 0 ? (seed >> 16) % 10
                                                                         : seed >> 28];
        }
        check_usual(text, (seed >> 8) % (sizeof text + 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_a_number),
        cmocka_unit_test(test_what_is_no_number_and_from_where),
        cmocka_unit_test(test_where_the_text_ends),
        cmocka_unit_test(test_only_ascii_digits_count),
        cmocka_unit_test(test_spellings_of_integers),
        cmocka_unit_test(test_what_is_no_integer_of_64_bits),
        cmocka_unit_test(test_very_long_numbers),
        cmocka_unit_test(test_the_point_in_every_place),
        cmocka_unit_test(test_the_short_way),
        cmocka_unit_test(test_the_short_way_at_random),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

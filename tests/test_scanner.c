/* The tokens of JSON text: strings with all their edges, words, structure, and skipping.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/json.h"
#include "json/scanner.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* A scanner over a block of exactly the text's size. */
typedef struct scan {
    execwire_scanner scanner;
    execwire_error error;
    char *block;
} scan;

static void start(scan *s, const char *text, size_t size)
{
    s->block = malloc(size + 1);
    assert_non_null(s->block);
    memcpy(s->block + 1, text, size);
    memset(&s->error, 0, sizeof s->error);
    s->scanner = (execwire_scanner){s->block + 1, s->block + 1, s->block + 1 + size, 0, &s->error};
}

static size_t position(const scan *s)
{
    return (size_t)(s->scanner.at - s->scanner.start);
}

/* ---- Strings ---- */

static void check_string(const char *text, size_t size, const char *expected, size_t expected_size)
{
    scan s;
    char out[64];
    execwire_str got;

    start(&s, text, size);
    assert_int_equal(execwire_scan_string(&s.scanner, out, sizeof out, &got), EXECWIRE_OK);
    assert_int_equal(position(&s), size);
    assert_int_equal(got.size, expected_size);
    assert_memory_equal(got.data, expected, expected_size);
    /* without escape sequences, nothing is copied */
    if (memchr(text, '\\', size) == NULL)
        assert_ptr_equal(got.data, s.block + 2);
    else
        assert_ptr_equal(got.data, out);
    free(s.block);
}

#define CHECK_STRING(text, expected)                                                               \
    check_string("\"" text "\"", sizeof(text) + 1, expected, sizeof(expected) - 1)

static void test_strings(void **unused)
{
    (void)unused;
    CHECK_STRING("", "");
    CHECK_STRING("plain", "plain");
    CHECK_STRING("'/<>&\x7F", "'/<>&\x7F");
    CHECK_STRING("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t");
    CHECK_STRING("a\\nb\\nc", "a\nb\nc");
    CHECK_STRING("\\u0000", "\0");
    CHECK_STRING("a\\u0000b", "a\0b");
    CHECK_STRING("\\u0041\\u00e9\\u00E9\\u2500\\uFFFF",
                 "A\xC3\xA9\xC3\xA9\xE2\x94\x80\xEF\xBF\xBF");
    CHECK_STRING("\\u000041", "\0"
                              "41");
    CHECK_STRING("\\ud83d\\ude80!", "\xF0\x9F\x9A\x80!");
    CHECK_STRING("\\\\u0041", "\\u0041");
    CHECK_STRING("\xC3\xA9\\n\xF0\x9F\x9A\x80", "\xC3\xA9\n\xF0\x9F\x9A\x80");
    CHECK_STRING("\xE2\x80\xA8\xEF\xBB\xBF", "\xE2\x80\xA8\xEF\xBB\xBF");
}

/* What \uXXXX means for every XXXX, held against the C library's UTF-8. */
static void test_every_unit_alone(void **unused)
{
    (void)unused;
    for (unsigned unit = 0; unit <= 0xFFFF; unit++) {
        bool surrogate = unit >= 0xD800 && unit <= 0xDFFF;
        char text[16];
        char expected[16];
        char out[4];
        execwire_str got;
        mbstate_t state;
        size_t size;
        scan s;

        snprintf(text, sizeof text, unit % 2 ? "\"\\u%04x\"" : "\"\\u%04X\"", unit);
        start(&s, text, 8);
        assert_int_equal(execwire_scan_string(&s.scanner, out, sizeof out, &got),
                         surrogate ? EXECWIRE_ERROR_JSON_SURROGATE : EXECWIRE_OK);
        if (surrogate)
            json_check_error(&s.error, EXECWIRE_ERROR_JSON_SURROGATE, 1, "", NULL);
        memset(&state, 0, sizeof state);
        size = surrogate ? 0 : wcrtomb(expected, (wchar_t)unit, &state);
        if (!surrogate && (got.size != size || memcmp(out, expected, size) != 0))
            fail_msg("U+%04X", unit);
        free(s.block);
    }
}

static execwire_code scan_pair(unsigned high, unsigned low, char out[4], execwire_str *got,
                               size_t *offset)
{
    char text[24];
    execwire_code code;
    scan s;

    snprintf(text, sizeof text, "\"\\u%04X\\u%04x\"", high & 0xFFFF, low & 0xFFFF);
    start(&s, text, 14);
    code = execwire_scan_string(&s.scanner, out, 4, got);
    *offset = s.error.offset;
    free(s.block);
    return code;
}

/* A high surrogate and whatever may follow it: only a low one makes a pair. */
static void test_surrogate_pairs(void **unused)
{
    static const unsigned highs[] = {0xD800, 0xD801, 0xD83D, 0xDBFE, 0xDBFF};

    (void)unused;
    for (size_t i = 0; i < sizeof highs / sizeof highs[0]; i++)
        for (unsigned low = 0; low <= 0xFFFF; low += low < 0xD7F0 || low > 0xE010 ? 13 : 1) {
            bool pair = low >= 0xDC00 && low <= 0xDFFF;
            char expected[16];
            char out[4];
            execwire_str got;
            mbstate_t state;
            size_t size;
            size_t offset;

            assert_int_equal(scan_pair(highs[i], low, out, &got, &offset),
                             pair ? EXECWIRE_OK : EXECWIRE_ERROR_JSON_SURROGATE);
            if (!pair)
                assert_int_equal(offset, 1);
            memset(&state, 0, sizeof state);
            size = wcrtomb(expected, (wchar_t)(highs[i] * 0x400 + low - 0x35FDC00), &state);
            if (pair && (got.size != 4 || size != 4 || memcmp(out, expected, 4) != 0))
                fail_msg("%04X %04X", highs[i], low);
        }
}

static void test_the_corners_of_the_pairs(void **unused)
{
    (void)unused;
    CHECK_STRING("\\ud800\\udc00", "\xF0\x90\x80\x80"); /* U+10000 */
    CHECK_STRING("\\ud800\\udfff", "\xF0\x90\x8F\xBF"); /* U+103FF */
    CHECK_STRING("\\udbff\\udc00", "\xF4\x8F\xB0\x80"); /* U+10FC00 */
    CHECK_STRING("\\udbff\\udfff", "\xF4\x8F\xBF\xBF"); /* U+10FFFF */
}

/* At the very end of its block, with whatever code, at whatever place. */
static void check_bad_string(const char *text, size_t size, execwire_code code, size_t offset)
{
    scan s;
    char out[64];
    execwire_str got;

    start(&s, text, size);
    if (execwire_scan_string(&s.scanner, out, sizeof out, &got) != code || s.error.offset != offset)
        fail_msg("%s: %s at %zu", text, execwire_code_name(s.error.code), s.error.offset);
    json_check_error(&s.error, code, offset, "", NULL);
    free(s.block);
}

#define BAD_STRING(before, after, code)                                                            \
    check_bad_string(before after, sizeof(before after) - 1, EXECWIRE_ERROR_##code,                \
                     sizeof(before) - 1)

static void test_strings_that_are_refused(void **unused)
{
    (void)unused;
    BAD_STRING("\"", "", TRUNCATED);
    BAD_STRING("\"abc", "", TRUNCATED);
    BAD_STRING("\"abc\\", "", TRUNCATED);
    BAD_STRING("\"abc\\\"", "", TRUNCATED);
    BAD_STRING("\"\\u", "", TRUNCATED);
    BAD_STRING("\"\\u004", "", TRUNCATED);
    BAD_STRING("\"\\u0041", "", TRUNCATED);
    BAD_STRING("\"\\ud800", "", TRUNCATED);
    BAD_STRING("\"\\ud800\\", "", TRUNCATED);
    BAD_STRING("\"\\ud800\\u", "", TRUNCATED);
    BAD_STRING("\"\\ud800\\udc0", "", TRUNCATED);
    BAD_STRING("\"\\ud800\\udc00", "", TRUNCATED);
    BAD_STRING("\"ab", "\\x41\"", JSON_ESCAPE);
    BAD_STRING("\"ab\\n", "\\'\"", JSON_ESCAPE);
    BAD_STRING("\"\\u", "\"", JSON_ESCAPE);
    BAD_STRING("\"\\u00", "g0\"", JSON_ESCAPE);
    BAD_STRING("\"\\u004", "\"\"", JSON_ESCAPE);
    BAD_STRING("\"\\u", "+041\"", JSON_ESCAPE);
    BAD_STRING("\"\\ud800\\u", "xc00\"", JSON_ESCAPE);
    BAD_STRING("\"ab", "\\ud800\"", JSON_SURROGATE);
    BAD_STRING("\"ab", "\\ud800x\"", JSON_SURROGATE);
    BAD_STRING("\"ab", "\\ud800\\n\"", JSON_SURROGATE);
    BAD_STRING("\"ab", "\\ud800u", JSON_SURROGATE);
    BAD_STRING("\"ab", "\\udc00\\ud800\"", JSON_SURROGATE);
    BAD_STRING("\"ab", "\x1F\"", JSON_CONTROL);
    BAD_STRING("\"ab", "\n\"", JSON_CONTROL);
    BAD_STRING("\"ab\\n", "\0\"", JSON_CONTROL);
    BAD_STRING("\"ab", "\xFF\"", UTF8);
    BAD_STRING("\"\xC3\xA9", "\xC3\"", UTF8);
    BAD_STRING("\"\\n", "\xED\xA0\x80\"", UTF8);
    BAD_STRING("\"", "\xF4\x90\x80\x80\"", UTF8);
    BAD_STRING("\"", "\xC0\x80\"", UTF8);
    BAD_STRING("\"ab", "\xE2(", UTF8);
    BAD_STRING("\"ab\xE2\x94", "", TRUNCATED);
}

/* Each byte as it is in a string, and each after a backslash. */
static void test_every_byte_in_a_string(void **unused)
{
    (void)unused;
    for (unsigned byte = 0; byte < 0x100; byte++) {
        char plain[4] = {'"', (char)byte, '"', '"'};
        char escaped[4] = {'"', '\\', (char)byte, '"'};
        bool known = byte != 0 && strchr("\"\\/bfnrtu", (int)byte) != NULL;

        if (byte < 0x20)
            check_bad_string(plain, 3, EXECWIRE_ERROR_JSON_CONTROL, 1);
        else if (byte >= 0x80)
            check_bad_string(plain, 3, EXECWIRE_ERROR_UTF8, 1);
        else if (byte != '"' && byte != '\\')
            check_string(plain, 3, plain + 1, 1);
        if (!known)
            check_bad_string(escaped, 4, EXECWIRE_ERROR_JSON_ESCAPE, 1);
    }
}

/* Room for 0 to all characters: what fits is there, the rest is counted, nothing else is touched.
 */
static void test_strings_with_little_room(void **unused)
{
    static const char text[] = "\"ab\\ncd\\u00e9\\ud83d\\ude80ef\"";
    static const char expected[] = "ab\ncd\xC3\xA9\xF0\x9F\x9A\x80"
                                   "ef";

    (void)unused;
    for (size_t capacity = 0; capacity < sizeof expected; capacity++) {
        char *out = malloc(capacity + 1);
        execwire_str got;
        scan s;

        assert_non_null(out);
        out[capacity] = 0x5A;
        start(&s, text, sizeof text - 1);
        assert_int_equal(execwire_scan_string(&s.scanner, out, capacity, &got), EXECWIRE_OK);
        assert_int_equal(got.size, sizeof expected - 1);
        assert_int_equal(out[capacity], 0x5A);
        assert_memory_equal(out, expected, capacity);
        free(out);
        free(s.block);
    }
}

/* ---- Words and structure ---- */

static void test_words(void **unused)
{
    static const struct {
        const char *text;
        execwire_code code;
        size_t offset;
    } cases[] = {
        {"null", EXECWIRE_OK, 4},
        {"nulls", EXECWIRE_OK, 4},
        {"", EXECWIRE_ERROR_TRUNCATED, 0},
        {"nul", EXECWIRE_ERROR_TRUNCATED, 3},
        {"nuls", EXECWIRE_ERROR_JSON_VALUE, 0},
        {"Null", EXECWIRE_ERROR_JSON_VALUE, 0},
        {"nil", EXECWIRE_ERROR_JSON_VALUE, 0},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        scan s;

        start(&s, cases[i].text, strlen(cases[i].text));
        assert_int_equal(execwire_scan_word(&s.scanner, "null"), cases[i].code);
        if (cases[i].code == EXECWIRE_OK)
            assert_int_equal(position(&s), cases[i].offset);
        else
            json_check_error(&s.error, cases[i].code, cases[i].offset, "", NULL);
        free(s.block);
    }
}

static void test_white_space(void **unused)
{
    (void)unused;
    for (unsigned byte = 0; byte < 0x100; byte++) {
        char text[2] = {(char)byte, 'x'};
        bool space = byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
        scan s;

        start(&s, text, 2);
        assert_int_equal(execwire_scan_peek(&s.scanner), space ? 'x' : (char)byte);
        assert_int_equal(position(&s), space);
        assert_int_equal(execwire_scan_take(&s.scanner, 'x'), space || byte == 'x');
        s.scanner.at = s.scanner.end;
        assert_int_equal(execwire_scan_peek(&s.scanner) | execwire_scan_here(&s.scanner), '\0');
        free(s.block);
    }
}

/* ---- Skipping ---- */

static execwire_code skip_value(const char *text, size_t size, unsigned depth, scan *s)
{
    char *quoted = malloc(size + 1);
    execwire_code code;

    assert_non_null(quoted);
    memcpy(quoted, text, size);
    json_quote(quoted, size);
    start(s, quoted, size);
    free(quoted);
    s->scanner.depth = depth;
    code = execwire_scan_skip(&s->scanner);
    if (code == EXECWIRE_OK)
        assert_int_equal(s->scanner.depth, depth);
    free(s->block);
    return code;
}

static void test_values_that_are_skipped(void **unused)
{
    static const char *const values[] = {
        "null",
        "true",
        "false",
        "0",
        "-1.5e+3",
        "''",
        "'a\\u0041\\ud83d\\ude80'",
        "[]",
        "{}",
        "[[],[]]",
        "[{},{}]",
        "{'a':1}",
        "{'a':1,'b':[1,2,{'c':null}],'a':{}}",
        " [ 1 , 2 ] ",
        "{ 'a' : [ { } , [ ] ] , 'b' : false }",
        "[1,[2,[3,[4]]],5]",
        "{'':{'':{'':''}}}",
    };

    (void)unused;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        scan s;

        if (skip_value(values[i], strlen(values[i]), 1, &s) != EXECWIRE_OK)
            fail_msg("%s: %s", values[i], execwire_code_name(s.error.code));
        /* every prefix that is not a number is cut off, and said to be */
        for (size_t size = 0; size < strlen(values[i]); size++)
            if (strchr("0-tfn \"", values[i][0]) == NULL)
                assert_int_equal(skip_value(values[i], size, 1, &s), EXECWIRE_ERROR_TRUNCATED);
    }
}

#define BAD_VALUE(before, after, code)                                                             \
    {                                                                                              \
        before, after, EXECWIRE_ERROR_##code                                                       \
    }

static const struct {
    const char *before;
    const char *after;
    execwire_code code;
} bad_values[] = {
    BAD_VALUE("", "", TRUNCATED),
    BAD_VALUE("", "]", JSON_VALUE),
    BAD_VALUE("", "nan", JSON_VALUE),
    BAD_VALUE("", "undefined", JSON_VALUE),
    BAD_VALUE("", "\xEF\xBB\xBF{}", JSON_VALUE),
    BAD_VALUE("[", "}", JSON_VALUE),
    BAD_VALUE("[1", "}", JSON_COMMA),
    BAD_VALUE("[1,", "]", JSON_VALUE),
    BAD_VALUE("[", ",1]", JSON_VALUE),
    BAD_VALUE("[1,", ",2]", JSON_VALUE),
    BAD_VALUE("[1 ", "2]", JSON_COMMA),
    BAD_VALUE("[1", ":2]", JSON_COMMA),
    BAD_VALUE("[0", "1]", JSON_NUMBER),
    BAD_VALUE("[1.", "]", JSON_NUMBER),
    BAD_VALUE("[-", "]", JSON_NUMBER),
    BAD_VALUE("[", "truE]", JSON_VALUE),
    BAD_VALUE("[true", "x]", JSON_COMMA),
    BAD_VALUE("[[]", "[]]", JSON_COMMA),
    BAD_VALUE("[{}", "{}]", JSON_COMMA),
    BAD_VALUE("{", "]", JSON_KEY),
    BAD_VALUE("{", "a:1}", JSON_KEY),
    BAD_VALUE("{", "1:1}", JSON_KEY),
    BAD_VALUE("{", ",'a':1}", JSON_KEY),
    BAD_VALUE("{'a':1,", "}", JSON_KEY),
    BAD_VALUE("{'a':1,", ",'b':2}", JSON_KEY),
    BAD_VALUE("{'a'", "}", JSON_COLON),
    BAD_VALUE("{'a'", ",1}", JSON_COLON),
    BAD_VALUE("{'a':", "}", JSON_VALUE),
    BAD_VALUE("{'a':", ":1}", JSON_VALUE),
    BAD_VALUE("{'a':1", "]", JSON_COMMA),
    BAD_VALUE("{'a':1 ", "'b':2}", JSON_COMMA),
    BAD_VALUE("{'a':{}", "]", JSON_COMMA),
    BAD_VALUE("{'a':[]", "]", JSON_COMMA),
    BAD_VALUE("[{'a':[1", "}]}", JSON_COMMA),
    BAD_VALUE("{'", "\\x':1}", JSON_ESCAPE),
    BAD_VALUE("{'", "\xFF':1}", UTF8),
    BAD_VALUE("['", "\\udc00']", JSON_SURROGATE),
    BAD_VALUE("['a", "\n']", JSON_CONTROL),
    BAD_VALUE("[", "/* no */1]", JSON_VALUE),
};

static void test_values_that_are_refused(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof bad_values / sizeof bad_values[0]; i++) {
        char text[64];
        scan s;

        snprintf(text, sizeof text, "%s%s", bad_values[i].before, bad_values[i].after);
        if (skip_value(text, strlen(text), 0, &s) != bad_values[i].code ||
            s.error.offset != strlen(bad_values[i].before))
            fail_msg("%s: %s at %zu", text, execwire_code_name(s.error.code), s.error.offset);
        json_check_error(&s.error, bad_values[i].code, strlen(bad_values[i].before), "", NULL);
    }
}

/* `levels` brackets, of two kinds, around a 0. `*bracket` is the offset of bracket number `wanted`,
 * which may be missing. */
static char *nested(unsigned levels, unsigned kinds, unsigned wanted, size_t *bracket, size_t *size)
{
    char *text = malloc(5 * (size_t)levels + 1);
    size_t at = 0;

    assert_non_null(text);
    for (unsigned i = 0; i < levels; i++) {
        const char *opening = kinds >> (i % 8) & 1 ? "{'':" : "[";

        if (i == wanted)
            *bracket = at;
        memcpy(text + at, opening, strlen(opening));
        at += strlen(opening);
    }
    text[at++] = '0';
    for (unsigned i = levels; i-- > 0;)
        text[at++] = kinds >> (i % 8) & 1 ? '}' : ']';
    *size = at;
    return text;
}

static void test_the_depth_is_bounded(void **unused)
{
    static const unsigned kinds[] = {0x00, 0xFF, 0x55, 0xAA, 0x2C};

    (void)unused;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        for (unsigned outside = 0; outside <= 64; outside++)
            for (unsigned levels = 0; levels <= 66; levels++) {
                bool fits = outside + levels <= 64;
                size_t bracket = 0;
                size_t size;
                char *text = nested(levels, kinds[i], 64 - outside, &bracket, &size);
                scan s;

                assert_int_equal(skip_value(text, size, outside, &s),
                                 fits ? EXECWIRE_OK : EXECWIRE_ERROR_DEPTH);
                if (!fits)
                    json_check_error(&s.error, EXECWIRE_ERROR_DEPTH, bracket, "", NULL);
                free(text);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_every_unit_alone),
        cmocka_unit_test(test_surrogate_pairs),
        cmocka_unit_test(test_the_corners_of_the_pairs),
        cmocka_unit_test(test_strings_that_are_refused),
        cmocka_unit_test(test_every_byte_in_a_string),
        cmocka_unit_test(test_strings_with_little_room),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_white_space),
        cmocka_unit_test(test_values_that_are_skipped),
        cmocka_unit_test(test_values_that_are_refused),
        cmocka_unit_test(test_the_depth_is_bounded),
    };

    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) {
        print_error("the C library has no locale C.UTF-8 to compare with\n");
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

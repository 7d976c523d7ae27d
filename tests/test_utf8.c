/* UTF-8, held against the C library's own decoder and against Python's.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/slow.h"

#include "text/utf8.h"

#include <execwire/execwire.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* ---- Valid or not ---- */

/* The size of the character at the start, or 0, as the C library sees it. glibc lets numbers
 * beyond U+10FFFF pass, so they are taken out here. */
static size_t expected_character(const char *text, size_t size)
{
    mbstate_t state;
    wchar_t c;
    size_t length;

    memset(&state, 0, sizeof state);
    if (size > 0 && text[0] == '\0')
        return 1;
    length = mbrtowc(&c, text, size, &state);
    if (length == (size_t)-1 || length == (size_t)-2 || length == 0)
        return 0;
    if ((unsigned long)c > 0x10FFFF || ((unsigned long)c >= 0xD800 && (unsigned long)c <= 0xDFFF))
        return 0;
    return length;
}

/* Whether bytes that come behind all of the text make one character of it. Of the second bytes that
 * a lead byte may ask for, one of these is always one. */
static bool expected_cut(const char *text, size_t size)
{
    static const char next[] = "\x80\x90\xA0";
    char longer[4];

    if (size == 0 || size > 3 || expected_character(text, size) > 0)
        return false;
    memcpy(longer, text, size);
    for (size_t i = 0; i < sizeof next - 1; i++) {
        longer[size] = next[i];
        if (expected_character(longer, size + 1) == size + 1 || expected_cut(longer, size + 1))
            return true;
    }
    return false;
}

/* Nothing behind the text may be looked at, so it is asked about at the end of a block. */
static void check_sequence(const char *text, size_t size)
{
    size_t expected = expected_character(text, size);
    size_t got = execwire_utf8_character(text, size);
    size_t whole;
    size_t start = execwire_utf8_start(text, size, &whole);
    bool cut = start == size && start < whole;

    if (got != expected)
        fail_msg("%02X %02X %02X %02X, %zu bytes: %zu, expected %zu", (unsigned char)text[0],
                 size > 1 ? (unsigned char)text[1] : 0, size > 2 ? (unsigned char)text[2] : 0,
                 size > 3 ? (unsigned char)text[3] : 0, size, got, expected);
    if (cut != expected_cut(text, size))
        fail_msg("%02X %02X %02X, %zu bytes: cut %d", (unsigned char)text[0],
                 size > 1 ? (unsigned char)text[1] : 0, size > 2 ? (unsigned char)text[2] : 0, size,
                 cut);
}

static unsigned step(const char *what)
{
    return slow_one_in(1, 61, what);
}

static void test_all_sequences_of_one_to_three_bytes(void **unused)
{
    char *text = malloc(3);
    unsigned by = step("the sequences of three bytes");

    (void)unused;
    assert_non_null(text);
    for (unsigned i = 0; i < 0x100; i++) {
        text[2] = (char)i;
        check_sequence(text + 2, 1);
    }
    for (unsigned i = 0; i < 0x10000; i++) {
        text[1] = (char)(i >> 8);
        text[2] = (char)i;
        check_sequence(text + 1, 2);
    }
    /* an ASCII byte is a character whatever follows, as the sequences of two bytes have shown */
    for (unsigned i = 0x800000; i < 0x1000000; i += by) {
        text[0] = (char)(i >> 16);
        text[1] = (char)(i >> 8);
        text[2] = (char)i;
        check_sequence(text, 3);
    }
    free(text);
}

/* Every second byte, and the edges of the ranges of the others (Unicode 15, table 3-7). */
static void test_sequences_of_four_bytes(void **unused)
{
    static const unsigned char edges[] = {0x00, 0x7F, 0x80, 0x81, 0x8F, 0x90, 0x9F, 0xA0,
                                          0xBE, 0xBF, 0xC0, 0xC2, 0xE0, 0xF0, 0xFF};
    char *text = malloc(4);

    (void)unused;
    assert_non_null(text);
    for (unsigned lead = 0xE0; lead < 0x100; lead++)
        for (unsigned second = 0; second < 0x100; second++)
            for (size_t i = 0; i < sizeof edges; i++)
                for (size_t j = 0; j < sizeof edges; j++) {
                    text[0] = (char)lead;
                    text[1] = (char)second;
                    text[2] = (char)edges[i];
                    text[3] = (char)edges[j];
                    check_sequence(text, 4);
                }
    free(text);
}

/* Table 3-7 itself: the first and the last sequence of each row, and the byte beside each edge. */
static void test_the_rows_of_table_3_7(void **unused)
{
    static const struct {
        const char *text;
        size_t valid;
    } cases[] = {
        {"\x7F", 1},
        {"\x80", 0},
        {"\xC1\xBF", 0},
        {"\xC2\x80", 2},
        {"\xDF\xBF", 2},
        {"\xC2\x7F", 0},
        {"\xDF\xC0", 0},
        {"\xE0\x9F\xBF", 0},
        {"\xE0\xA0\x80", 3},
        {"\xE0\xBF\xBF", 3},
        {"\xE0\xA0\x7F", 0},
        {"\xE0\xA0\xC0", 0},
        {"\xE1\x80\x80", 3},
        {"\xEC\xBF\xBF", 3},
        {"\xE1\x7F\x80", 0},
        {"\xEC\xC0\x80", 0},
        {"\xED\x80\x80", 3},
        {"\xED\x9F\xBF", 3},
        {"\xED\xA0\x80", 0},
        {"\xEE\x80\x80", 3},
        {"\xEF\xBF\xBF", 3},
        {"\xF0\x8F\xBF\xBF", 0},
        {"\xF0\x90\x80\x80", 4},
        {"\xF0\xBF\xBF\xBF", 4},
        {"\xF1\x80\x80\x80", 4},
        {"\xF3\xBF\xBF\xBF", 4},
        {"\xF4\x80\x80\x80", 4},
        {"\xF4\x8F\xBF\xBF", 4},
        {"\xF4\x90\x80\x80", 0},
        {"\xF5\x80\x80\x80", 0},
        {"\xFF", 0},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size = strlen(cases[i].text);

        assert_int_equal(execwire_utf8_character(cases[i].text, size), cases[i].valid);
        assert_int_equal(execwire_utf8_valid(cases[i].text, size), cases[i].valid);
        for (size_t cut = 0; cut < cases[i].valid; cut++)
            assert_int_equal(execwire_utf8_character(cases[i].text, cut), 0);
    }
}

static void test_valid_stops_at_the_first_bad_byte(void **unused)
{
    static const char good[] = "a\0\xC3\xA9\xE2\x94\x80\xF0\x9F\x9A\x80z";

    (void)unused;
    assert_int_equal(execwire_utf8_valid("", 0), 0);
    assert_int_equal(execwire_utf8_valid(good, sizeof good - 1), sizeof good - 1);
    assert_int_equal(execwire_utf8_valid("ab\xFFzz", 5), 2);
    assert_int_equal(execwire_utf8_valid("ab\xC3", 3), 2);
    assert_int_equal(execwire_utf8_valid("\xE2\x94\x80\xE2\x94", 5), 3);
    assert_int_equal(execwire_utf8_valid("\xF0\x9F\x9A\x80\x80", 5), 4);
}

/* How far pieces "a" and U+00E9 go. */
static size_t expected_valid(const char *text, size_t size)
{
    size_t at = 0;

    while (at < size)
        if (text[at] == 'a')
            at++;
        else if (size - at >= 2 && memcmp(text + at, "\xC3\xA9", 2) == 0)
            at += 2;
        else
            break;
    return at;
}

/* Whatever stands before and behind the text: more of the same here. */
static void test_valid_looks_at_the_text_alone(void **unused)
{
    static const char *const pieces[] = {"aa",       "aa",       "\xC3\xA9",
                                         "\xC3\xA9", "\xC3\xA9", "\xFF\xFF"};
    uint32_t seed = 1;

    (void)unused;
    for (int round = 0; round < 50000; round++) {
        char room[60];
        size_t start = 20 + (size_t)round % 2;
        size_t size = (size_t)round / 2 % 20;

        for (size_t i = 0; i < sizeof room; i += 2) {
            seed = seed * 1664525 + 1013904223;
            memcpy(room + i, pieces[(seed >> 16) % 6], 2);
        }
        assert_int_equal(execwire_utf8_valid(room + start, size),
                         expected_valid(room + start, size));
    }
}

static void test_every_scalar_is_written_as_the_c_library_does(void **unused)
{
    (void)unused;
    for (unsigned long scalar = 0; scalar <= 0x10FFFF; scalar++) {
        char expected[16];
        char got[4];
        mbstate_t state;
        size_t size;

        if (scalar == 0xD800)
            scalar = 0xE000;
        memset(&state, 0, sizeof state);
        size = wcrtomb(expected, (wchar_t)scalar, &state);
        assert_true(size >= 1 && size <= 4);
        if (execwire_utf8_write(scalar, got) != size || memcmp(got, expected, size) != 0)
            fail_msg("U+%04lX", scalar);
    }
}

/* ---- Mending ---- */

/* The second column is Python's: bytes.decode("utf-8", "replace").encode() */
#define MEND(in, out)                                                                              \
    {                                                                                              \
        in, sizeof(in) - 1, out, sizeof(out) - 1                                                   \
    }

static const struct {
    const char *in;
    size_t in_size;
    const char *out;
    size_t out_size;
} mended[] = {
    MEND("", ""),
    MEND("plain", "plain"),
    MEND("\xC3\xA9\xE2\x94\x80\xF0\x9F\x9A\x80", "\xC3\xA9\xE2\x94\x80\xF0\x9F\x9A\x80"),
    MEND("\x80", "\xEF\xBF\xBD"),
    MEND("\xBF", "\xEF\xBF\xBD"),
    MEND("\x80\xBF\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"),
    MEND("\xC0", "\xEF\xBF\xBD"),
    MEND("\xC1\x80", "\xEF\xBF\xBD\xEF\xBF\xBD"),
    MEND("\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"),
    MEND("\xC2", "\xEF\xBF\xBD"),
    MEND("\xC2"
         "A",
         "\xEF\xBF\xBD"
         "A"),
    MEND("\xDF\xDF", "\xEF\xBF\xBD\xEF\xBF\xBD"),
    MEND("\xE0", "\xEF\xBF\xBD"),
    MEND("\xE0\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"),
    MEND("\xE0\x9F\xBF", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"),
    MEND("\xE0\xA0", "\xEF\xBF\xBD"),
    MEND("\xE0\xA0"
         "A",
         "\xEF\xBF\xBD"
         "A"),
    MEND("\xE1\x80", "\xEF\xBF\xBD"),
    MEND("\xE1\x80\xC2\x80", "\xEF\xBF\xBD\xC2\x80"),
    MEND("\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"),
    MEND("\xED\xBF\xBF", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"),
    MEND("\xED\x9F", "\xEF\xBF\xBD"),
    MEND("\xEF\xBF", "\xEF\xBF\xBD"),
    MEND("\xF0", "\xEF\xBF\xBD"),
    MEND("\xF0\x80\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"),
    MEND("\xF0\x8F\xBF\xBF", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"),
    MEND("\xF0\x90", "\xEF\xBF\xBD"),
    MEND("\xF0\x90\x80", "\xEF\xBF\xBD"),
    MEND("\xF0\x90\x80"
         "A",
         "\xEF\xBF\xBD"
         "A"),
    MEND("\xF0\x9F\x9A", "\xEF\xBF\xBD"),
    MEND("\xF0\x9F\x9A"
         "A\x80",
         "\xEF\xBF\xBD"
         "A\xEF\xBF\xBD"),
    MEND("\xF1\x80\x80\xE1\x80\xC2"
         "b\x80"
         "c\x80\xBF"
         "d",
         "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
         "b\xEF\xBF\xBD"
         "c\xEF\xBF\xBD\xEF\xBF\xBD"
         "d"),
    MEND("\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"),
    MEND("\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"),
    MEND("\xF5\x80\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"),
    MEND("\xF8\x88\x80\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"),
    MEND("\xFC\x84\x80\x80\x80\x80",
         "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"),
    MEND("\xFE\xFF", "\xEF\xBF\xBD\xEF\xBF\xBD"),
    MEND("ok\xFFok", "ok\xEF\xBF\xBDok"),
    MEND("\x00\xFF\x00", "\x00\xEF\xBF\xBD\x00"),
    MEND("\xE2\x94\x80\xE2\x94", "\xE2\x94\x80\xEF\xBF\xBD"),
    MEND("\xED\xA0\x80\xED\xB0\x80",
         "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"),
    MEND("\xC3\xC3\xA9", "\xEF\xBF\xBD\xC3\xA9"),
    MEND("\xF0\x9F\xF0\x9F\x9A\x80", "\xEF\xBF\xBD\xF0\x9F\x9A\x80"),
};

/* At every capacity: the size needed is told, and no byte beyond the capacity is touched. */
static void check_capacities(const char *in, size_t in_size, const char *out, size_t out_size)
{
    size_t size = 99;

    assert_int_equal(execwire_utf8_mend(in, in_size, NULL, 0, &size, NULL), EXECWIRE_OK);
    assert_int_equal(size, out_size);
    for (size_t capacity = 0; capacity <= out_size + 1; capacity++) {
        char *room = malloc(out_size + 8);
        execwire_error error = {.offset = 99};
        execwire_code code;

        assert_non_null(room);
        memset(room, 0x5A, out_size + 8);
        size = 99;
        code = execwire_utf8_mend(in, in_size, room, capacity, &size, &error);
        assert_int_equal(code, capacity < out_size ? EXECWIRE_ERROR_NO_SPACE : EXECWIRE_OK);
        assert_int_equal(error.offset, capacity < out_size ? 0 : 99);
        assert_int_equal(size, out_size);
        for (size_t i = capacity; i < out_size + 8; i++)
            assert_int_equal(room[i], 0x5A);
        if (capacity >= out_size)
            assert_memory_equal(room, out, out_size);
        free(room);
    }
}

/* promise: mends-each-subpart */
static void test_mending_as_python_does(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof mended / sizeof mended[0]; i++) {
        char *in = malloc(mended[i].in_size + 1);

        assert_non_null(in);
        memcpy(in + 1, mended[i].in, mended[i].in_size); /* ends where the block ends */
        check_capacities(in + 1, mended[i].in_size, mended[i].out, mended[i].out_size);
        free(in);
    }
}

/* All sequences of four of these bytes. The sum (FNV-1a, 64 bits) of all their mended forms, one
 * after the other, was computed in Python with itertools.product and bytes.decode. */
/* promise: mend-three-times */
static void test_mending_all_mixtures_as_python_does(void **unused)
{
    static const unsigned char bytes[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
                                          0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
                                          0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF};
    const size_t count = sizeof bytes;
    uint64_t sum = 0xCBF29CE484222325;
    size_t total = 0;

    (void)unused;
    for (size_t i = 0; i < count * count * count * count; i++) {
        char in[4] = {(char)bytes[i / (count * count * count)],
                      (char)bytes[i / (count * count) % count], (char)bytes[i / count % count],
                      (char)bytes[i % count]};
        char out[12];
        size_t size;

        assert_int_equal(execwire_utf8_mend(in, 4, out, sizeof out, &size, NULL), EXECWIRE_OK);
        for (size_t j = 0; j < size; j++)
            sum = (sum ^ (unsigned char)out[j]) * 0x100000001B3;
        total += size;
    }
    assert_int_equal(total, 3908004);
    assert_true(sum == 0xB9EB8D0B45E0B6D1);
}

/* The bytes of the last character that are behind the end are not looked at. */
static void test_the_end_is_inside_a_character(void **unused)
{
    static const char text[] = "a\xF0\x9F\x98\x80";
    char out[8];
    size_t size;

    (void)unused;
    for (size_t end = 2; end < 5; end++) {
        assert_int_equal(execwire_utf8_valid(text, end), 1);
        assert_int_equal(execwire_utf8_mend(text, end, out, sizeof out, &size, NULL), EXECWIRE_OK);
        assert_int_equal(size, 4);
        assert_memory_equal(out, "a\xEF\xBF\xBD", 4);
    }
    assert_int_equal(execwire_utf8_valid(text, 5), 5);
}

static void test_mending_to_nowhere_measures(void **unused)
{
    size_t size = 0;

    (void)unused;
    assert_int_equal(execwire_utf8_mend("a\xFF", 2, NULL, 100, &size, NULL), EXECWIRE_OK);
    assert_int_equal(size, 4);
}

static void test_mending_checks_its_arguments(void **unused)
{
    execwire_error error;
    char out[4];
    size_t size = 99;

    (void)unused;
    assert_int_equal(execwire_utf8_mend("a", 1, out, 4, NULL, NULL), EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_utf8_mend(NULL, 1, out, 4, &size, &error), EXECWIRE_ERROR_ARGUMENT);
    assert_true(error.code == EXECWIRE_ERROR_ARGUMENT && error.offset == 0 && size == 0);
    /* not looked at: there are not so many bytes */
    size = 99;
    assert_int_equal(execwire_utf8_mend("a", (size_t)EXECWIRE_MAX_SIZE + 1, out, 4, &size, &error),
                     EXECWIRE_ERROR_TOO_LARGE);
    assert_true(error.code == EXECWIRE_ERROR_TOO_LARGE && error.offset == 0 && size == 0);
    size = 99;
    assert_int_equal(execwire_utf8_mend(NULL, 0, out, 4, &size, NULL), EXECWIRE_OK);
    assert_int_equal(size, 0);
}

#ifdef EXECWIRE_FAST_WORDS

/* Every first three bytes; of fourth ones those at the ends of what may stand there. */
static void test_masks_say_what_tables_say(void **unused)
{
    static const char fourth[] = {'\x00', '\x7F', '\x80', '\xBF', '\xC0', '\xFF'};

    (void)unused;
    for (unsigned word = 0; word < 1u << 24; word++)
        for (size_t i = 0; i < sizeof fourth; i++) {
            const char text[4] = {(char)word, (char)(word >> 8), (char)(word >> 16), fourth[i]};
            size_t expected = execwire_utf8_character(text, 4);

            if (execwire_utf8_by_masks(text) != (expected == 1 ? 0 : expected))
                fail_msg("%06x, then %02x", word, (unsigned char)fourth[i]);
        }
}

#else

static void test_masks_say_what_tables_say(void **unused)
{
    (void)unused;
    print_message("skipped: UTF-8 by masks: not on this target\n");
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* what tells most in the least time first */
        cmocka_unit_test(test_the_rows_of_table_3_7),
        cmocka_unit_test(test_valid_stops_at_the_first_bad_byte),
        cmocka_unit_test(test_valid_looks_at_the_text_alone),
        cmocka_unit_test(test_the_end_is_inside_a_character),
        cmocka_unit_test(test_mending_to_nowhere_measures),
        cmocka_unit_test(test_mending_checks_its_arguments),
        cmocka_unit_test(test_mending_as_python_does),
        cmocka_unit_test(test_masks_say_what_tables_say),
        cmocka_unit_test(test_sequences_of_four_bytes),
        cmocka_unit_test(test_every_scalar_is_written_as_the_c_library_does),
        cmocka_unit_test(test_mending_all_mixtures_as_python_does),
        cmocka_unit_test(test_all_sequences_of_one_to_three_bytes),
    };

    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) {
        print_error("the C library has no locale C.UTF-8 to compare with\n");
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

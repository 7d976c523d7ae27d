/* Strings that have an escape sequence, which hosts copy a block at a time from there on: whatever
 * stands wherever in a block, any room, and any end.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "json/scanner.h"

#include <stdlib.h>
#include <string.h>

#define ROOM     128
#define FARTHEST 40 /* beyond two blocks */

/* What may stand there, and what it means. */
static const struct {
    const char *written;
    const char *meant;
} pieces[] = {{"\xC3\xA9", "\xC3\xA9"},
              {"\xE2\x82\xAC", "\xE2\x82\xAC"},
              {"\xF0\x9D\x84\x9E", "\xF0\x9D\x84\x9E"},
              {"\\\"", "\""},
              {"\\\\", "\\"},
              {"\\/", "/"},
              {"\\t", "\t"},
              {"\\u20ac", "\xE2\x82\xAC"},
              {"\\ud834\\udd1e", "\xF0\x9D\x84\x9E"},
              {"\\n\xC3\xA9\\n", "\n\xC3\xA9\n"}};
#define PIECES (sizeof pieces / sizeof *pieces)

/* A newline, so many letters, the piece, and more letters. Returns the size. */
static size_t put(char *out, const char *newline, size_t letters, const char *piece)
{
    char *at = out + strlen(strcpy(out, newline));

    memset(at, 'x', letters);
    strcpy(at + letters, piece);
    strcat(at, "the letters behind it, again as many as a block or two have");
    return strlen(out);
}

/* In as much room as this, the text ending right behind the string. */
static void check(const char *text, size_t size, const char *expected, size_t expected_size,
                  size_t capacity)
{
    char *copy = malloc(size), *out = malloc(capacity + 8);
    execwire_scanner s = {copy, copy, copy + size, 0, NULL};
    execwire_str got;

    assert_true(copy != NULL && out != NULL);
    memcpy(copy, text, size);
    memset(out, 0x5A, capacity + 8);
    assert_int_equal(execwire_scan_string(&s, out, capacity, &got), EXECWIRE_OK);
    assert_ptr_equal(s.at, s.end);
    assert_ptr_equal(got.data, out);
    assert_int_equal(got.size, expected_size);
    assert_memory_equal(out, expected, capacity < expected_size ? capacity : expected_size);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(out[capacity + i], 0x5A);
    free(out);
    free(copy);
}

static void test_pieces_at_every_place(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < PIECES; i++)
        for (size_t letters = 0; letters < FARTHEST; letters++) {
            char text[2 * ROOM] = "\"", expected[ROOM];
            size_t size = 1 + put(text + 1, "\\n", letters, pieces[i].written);
            size_t expected_size = put(expected, "\n", letters, pieces[i].meant);

            text[size++] = '"';
            check(text, size, expected, expected_size, 2 * ROOM);
            check(text, size, expected, expected_size, expected_size);
        }
}

static void test_every_room(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < PIECES; i++)
        for (size_t letters = 9; letters < FARTHEST; letters += 5) {
            char text[2 * ROOM] = "\"", expected[ROOM];
            size_t size = 1 + put(text + 1, "\\n", letters, pieces[i].written);
            size_t expected_size = put(expected, "\n", letters, pieces[i].meant);

            text[size++] = '"';
            for (size_t capacity = 0; capacity < expected_size; capacity++)
                check(text, size, expected, expected_size, capacity);
        }
}

/* What stands behind the text does not count, were it the rest of the string. */
static void test_every_end(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < PIECES; i++)
        for (size_t letters = 0; letters < FARTHEST; letters += 3) {
            char text[2 * ROOM] = "\"", out[2 * ROOM];
            size_t size = 1 + put(text + 1, "\\n", letters, pieces[i].written);

            text[size] = '"';
            for (size_t end = 1; end <= size; end++) {
                execwire_error error;
                execwire_scanner s = {text, text, text + end, 0, &error};
                execwire_str got;

                assert_int_equal(execwire_scan_string(&s, out, sizeof out, &got),
                                 EXECWIRE_ERROR_TRUNCATED);
                assert_int_equal(error.offset, end);
            }
        }
}

/* The same of strings without escape sequences. */
static void test_ends_inside_of_characters(void **unused)
{
    static const char text[ROOM] = "\"\xF0\x9D\x84\x9E\"";

    (void)unused;
    for (size_t end = 1; end <= 5; end++) {
        execwire_error error;
        execwire_scanner s = {text, text, text + end, 0, &error};
        execwire_str got;

        assert_int_equal(execwire_scan_string(&s, NULL, 0, &got), EXECWIRE_ERROR_TRUNCATED);
        assert_int_equal(error.offset, end);
    }
}

/* A byte that has no place in a string, with a letter behind it that a backslash goes with; and the
 * end of the string with one. */
static void test_bytes_that_are_no_backslash(void **unused)
{
    (void)unused;
    for (size_t letters = 0; letters < FARTHEST; letters++)
        for (size_t i = 0; i < 3; i++) {
            static const char *const bad[] = {"\x1Fn", "\xFFn", "\"n"};
            static const execwire_code codes[] = {EXECWIRE_ERROR_JSON_CONTROL, EXECWIRE_ERROR_UTF8,
                                                  EXECWIRE_OK};
            char text[2 * ROOM] = "\"", out[2 * ROOM];
            size_t size = 1 + put(text + 1, "\\n", letters, bad[i]);
            execwire_error error;
            execwire_scanner s = {text, text, text + size, 0, &error};
            execwire_str got;

            assert_int_equal(execwire_scan_string(&s, out, sizeof out, &got), codes[i]);
            if (codes[i] == EXECWIRE_OK)
                assert_int_equal(s.at - s.start, 3 + letters + 1);
            else
                assert_int_equal(error.offset, 3 + letters);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_at_every_place),
        cmocka_unit_test(test_every_room),
        cmocka_unit_test(test_every_end),
        cmocka_unit_test(test_ends_inside_of_characters),
        cmocka_unit_test(test_bytes_that_are_no_backslash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

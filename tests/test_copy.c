/* Copying while looking, against memcpy and against the spans byte by byte.
 *
 * SPDX-License-Identifier: Apache-2.0 */
/* promise: no-access-outside */
#include "support/cmocka.h"

#include "text/copy.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST 300

/* A block of its own, so that ASan and valgrind see every byte too far. */
static char *block_of(const char *text, size_t size)
{
    char *block = malloc(size > 0 ? size : 1);

    assert_non_null(block);
    memcpy(block, text, size);
    return block;
}

static void fill(char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        text[i] = (char)('!' + 1 + i * 7 % 58); /* up to 'Z', nothing that is escaped */
}

static void test_every_size_is_copied(void **unused)
{
    char text[LONGEST];

    (void)unused;
    fill(text, sizeof text);
    for (size_t size = 0; size <= LONGEST; size++) {
        char *from = block_of(text, size);
        char *to = malloc(size + 1);

        assert_non_null(to);
        memset(to, 0x5A, size + 1);
        execwire_copy_bytes(to, from, size);
        assert_memory_equal(to, text, size);
        assert_int_equal(to[size], 0x5A);
        free(to);
        free(from);
    }
}

#ifdef EXECWIRE_FAST_PATHS

static void check_unescaped(const char *text, size_t size)
{
    size_t plain = execwire_unescaped_span_bytewise(text, size);
    char *from = block_of(text, size);
    char *to = malloc(size + 1);

    assert_non_null(to);
    memset(to, 0x5A, size + 1);
    assert_int_equal(execwire_copy_unescaped(to, from, size), plain);
    assert_memory_equal(to, text, plain);
    assert_int_equal(to[size], 0x5A);
    free(to);
    free(from);
}

static void check_plain(const char *text, size_t size)
{
    bool plain = execwire_plain_span_bytewise(text, size) == size;
    char *from = block_of(text, size);
    char *to = malloc(size + 1);

    assert_non_null(to);
    memset(to, 0x5A, size + 1);
    assert_int_equal(execwire_copy_plain(to, from, size), plain);
    if (plain)
        assert_memory_equal(to, text, size);
    assert_int_equal(to[size], 0x5A);
    free(to);
    free(from);
}

static void test_each_byte_at_each_position(void **unused)
{
    (void)unused;
    for (size_t size = 0; size <= 40; size++)
        for (size_t position = 0; position < size; position++)
            for (unsigned byte = 0; byte < 256; byte++) {
                char text[40];

                memset(text, 'a', sizeof text);
                text[position] = (char)byte;
                check_unescaped(text, size);
                check_plain(text, size);
            }
}

/* A character of each size, whole and cut off, and a byte that begins none, at each place of texts
 * of any size: the check of UTF-8 alone says what is valid. */
static void test_utf8_is_seen_while_copied(void **unused)
{
    static const char *const pieces[] = {
        "",         "\x80",         "\xC3\xA9", "\xE2\x96\x88", "\xF0\x9F\x8E\x89",
        "\xE2\x96", "\xED\xA0\x80", "\xC0\x80"};

    (void)unused;
    for (size_t size = 0; size <= LONGEST; size++)
        for (size_t at = 0; at < (size > 0 ? size : 1); at++)
            for (size_t p = 0; p < sizeof pieces / sizeof pieces[0]; p++) {
                size_t length = strlen(pieces[p]) < size - at ? strlen(pieces[p]) : size - at;
                char text[LONGEST];
                char *from;
                char *to = malloc(size + 1);
                bool valid;

                assert_non_null(to);
                fill(text, sizeof text);
                memcpy(text + at, pieces[p], length);
                from = block_of(text, size);
                valid = execwire_utf8_valid(text, size) == size;
                memset(to, 0x5A, size + 1);
                assert_int_equal(execwire_copy_utf8(to, from, size), valid);
                if (valid)
                    assert_memory_equal(to, text, size);
                assert_int_equal(to[size], 0x5A);
                free(to);
                free(from);
            }
}

/* Blocks and what is left of them begin and end everywhere. */
static void test_each_position_of_long_texts(void **unused)
{
    char text[LONGEST];

    (void)unused;
    for (size_t size = 0; size <= sizeof text; size++) {
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = (char)('a' + i * 7 % 26);
        check_plain(text, size);
        for (size_t position = 0; position < size; position++) {
            char kept = text[position];

            text[position] = position % 2 != 0 ? '"' : '\x80';
            check_plain(text, size);
            text[position] = kept;
        }
    }
}

#else

static void test_utf8_is_seen_while_copied(void **unused)
{
    (void)unused;
    print_message("skipped: copying while looking: it is for 64-bit hosts alone\n");
}

static void test_each_byte_at_each_position(void **unused)
{
    (void)unused;
    print_message("skipped: copying while looking: it is for 64-bit hosts alone\n");
}

static void test_each_position_of_long_texts(void **unused)
{
    test_each_byte_at_each_position(unused);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_size_is_copied),
        cmocka_unit_test(test_each_byte_at_each_position),
        cmocka_unit_test(test_utf8_is_seen_while_copied),
        cmocka_unit_test(test_each_position_of_long_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

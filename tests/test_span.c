/* The block-wise spans against the bytewise ones.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "text/span.h"

#include <execwire/printable.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Longer than two blocks of any variant. */
#define LONGEST 40

/* Fills a block of its own with 'a' and puts `byte` at `position`, if that is inside. The block has
 * no byte to spare, so that reading past its end is seen by ASan and valgrind. */
static char *text_with(size_t size, size_t position, unsigned byte)
{
    char *text = malloc(size > 0 ? size : 1);

    assert_non_null(text);
    memset(text, 'a', size);
    if (position < size)
        text[position] = (char)byte;
    return text;
}

static bool is_ascii(unsigned byte)
{
    return byte < 0x80;
}

static bool is_unescaped(unsigned byte)
{
    return byte >= 0x20 && byte != '"' && byte != '\\';
}

static bool is_plain(unsigned byte)
{
    return is_ascii(byte) && is_unescaped(byte);
}

static bool is_printable_ascii(unsigned byte)
{
    return byte >= 0x20 && byte <= 0x7E;
}

static const struct {
    size_t (*span)(const char *text, size_t size);
    size_t (*bytewise)(const char *text, size_t size);
    bool (*belongs)(unsigned byte);
} spans[] = {
    {execwire_ascii_span, execwire_ascii_span_bytewise, is_ascii},
    {execwire_plain_span, execwire_plain_span_bytewise, is_plain},
    {execwire_unescaped_span, execwire_unescaped_span_bytewise, is_unescaped},
    {execwire_printable_ascii_span, execwire_printable_ascii_span_bytewise, is_printable_ascii},
    {execwire_printable_span, execwire_printable_ascii_span_bytewise, is_printable_ascii},
};

#define SPANS (sizeof spans / sizeof spans[0])

/* As far as whole blocks tell, which small processors have none of. */
static size_t in_whole_blocks(size_t span, size_t size)
{
#ifdef EXECWIRE_BLOCK
    size_t blocks = size - size % EXECWIRE_BLOCK;

    return span < blocks ? span : blocks;
#else
    (void)span;
    (void)size;
    return 0;
#endif
}

static void check_byte(size_t size, size_t position, unsigned byte)
{
    char *text = text_with(size, position, byte);

    for (size_t i = 0; i < SPANS; i++) {
        size_t expected = spans[i].belongs(byte) ? size : position;

        assert_int_equal(spans[i].span(text, size), expected);
        assert_int_equal(spans[i].bytewise(text, size), expected);
    }
    assert_int_equal(execwire_plain_blocks(text, size),
                     in_whole_blocks(is_plain(byte) ? size : position, size));
    free(text);
}

static void test_each_byte_at_each_position(void **state)
{
    (void)state;
    for (size_t size = 0; size <= LONGEST; size++)
        for (size_t position = 0; position < size; position++)
            for (unsigned byte = 0; byte < 256; byte++)
                check_byte(size, position, byte);
}

/* Any mixture, at any alignment: a special byte must not hide or invent another. */
static void test_random_text_at_each_alignment(void **state)
{
    char text[LONGEST + 16];
    uint32_t seed = 1;

    (void)state;
    for (int round = 0; round < 100000; round++) {
        const char *at = text + round % 16;

        for (size_t i = 0; i < sizeof text; i++) {
            seed = seed * 1664525 + 1013904223;
            text[i] = (char)(seed >> 28 == 0 ? seed >> 16 : ' ' + (seed >> 16) % 95);
        }
        for (size_t i = 0; i < SPANS; i++)
            assert_int_equal(spans[i].span(at, LONGEST), spans[i].bytewise(at, LONGEST));
    }
}

#ifdef EXECWIRE_FAST_PATHS

/* One answer for a short text, whatever stands before and behind it. */
static void test_short_ascii(void **state)
{
    char room[100];

    (void)state;
    for (size_t size = 0; size <= 70; size++) {
        char *text = room + 15;

        memset(room, 0xFF, sizeof room);
        memset(text, 'a', size);
        assert_int_equal(execwire_is_short_ascii(text, size), size <= 64);
        for (size_t at = 0; at < size; at++) {
            text[at] = (char)0x80;
            assert_false(execwire_is_short_ascii(text, size));
            text[at] = 0x7F;
        }
        assert_int_equal(execwire_is_short_ascii(text, size), size <= 64);
    }
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_byte_at_each_position),
        cmocka_unit_test(test_random_text_at_each_alignment),
#ifdef EXECWIRE_FAST_PATHS
        cmocka_unit_test(test_short_ascii),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

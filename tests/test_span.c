/* The block-wise spans against the bytewise ones.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "text/span.h"

#include <setjmp.h>
#include <stdarg.h>
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

static int is_plain(unsigned byte)
{
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

static void test_each_byte_at_each_position(void **state)
{
    (void)state;
    for (size_t size = 0; size <= LONGEST; size++) {
        for (size_t position = 0; position < size; position++) {
            for (unsigned byte = 0; byte < 256; byte++) {
                char *text = text_with(size, position, byte);

                assert_int_equal(execwire_ascii_span(text, size), byte < 0x80 ? size : position);
                assert_int_equal(execwire_ascii_span_bytewise(text, size),
                                 byte < 0x80 ? size : position);
                assert_int_equal(execwire_plain_span(text, size), is_plain(byte) ? size : position);
                assert_int_equal(execwire_plain_span_bytewise(text, size),
                                 is_plain(byte) ? size : position);
                free(text);
            }
        }
    }
}

/* Any mixture, at any alignment: a special byte must not hide or invent another. */
static void test_random_text_at_each_alignment(void **state)
{
    char text[LONGEST + 16];
    uint32_t seed = 1;

    (void)state;
    for (int round = 0; round < 100000; round++) {
        size_t offset;

        for (size_t i = 0; i < sizeof text; i++) {
            seed = seed * 1664525 + 1013904223;
            text[i] = (char)(seed >> 28 == 0 ? seed >> 16 : ' ' + (seed >> 16) % 95);
        }
        offset = (size_t)round % 16;
        assert_int_equal(execwire_ascii_span(text + offset, LONGEST),
                         execwire_ascii_span_bytewise(text + offset, LONGEST));
        assert_int_equal(execwire_plain_span(text + offset, LONGEST),
                         execwire_plain_span_bytewise(text + offset, LONGEST));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_byte_at_each_position),
        cmocka_unit_test(test_random_text_at_each_alignment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

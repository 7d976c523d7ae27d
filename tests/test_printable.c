/* What may be printed as it is: all characters there are, encoded by the C library, against what
 * Unicode says of them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include <execwire/printable.h>

#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define LAST_SCALAR 0x10FFFF

/* General_Category Cc, Zl and Zp (UnicodeData.txt), Bidi_Control (PropList.txt), and two spaces of
 * no width. */
static const struct {
    uint32_t first;
    uint32_t last;
} unsafe[] = {
    {0x0000, 0x001F}, {0x007F, 0x009F},                   /* Cc */
    {0x2028, 0x2028}, {0x2029, 0x2029},                   /* Zl, Zp */
    {0x061C, 0x061C}, {0x200E, 0x200F}, {0x202A, 0x202E}, /* Bidi_Control */
    {0x2066, 0x2069}, {0x200B, 0x200B}, {0xFEFF, 0xFEFF}, /* ZWSP, ZWNBSP */
};

static bool is_unsafe(uint32_t scalar)
{
    for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++)
        if (scalar >= unsafe[i].first && scalar <= unsafe[i].last)
            return true;
    return false;
}

static size_t encode(uint32_t scalar, char out[MB_LEN_MAX])
{
    mbstate_t state;

    memset(&state, 0, sizeof state);
    return wcrtomb(out, (wchar_t)scalar, &state);
}

static void test_every_character(void **unused)
{
    (void)unused;
    for (uint32_t scalar = 0; scalar <= LAST_SCALAR; scalar++) {
        char text[MB_LEN_MAX + 1];
        uint32_t seen = 0;
        bool printable = is_unsafe(scalar);
        size_t size;

        if (scalar == 0xD800)
            scalar = 0xE000; /* surrogates are no characters */
        size = encode(scalar, text);
        text[size] = '\x80'; /* which is none of the character's */
        assert_int_equal(execwire_next_character(text, size + 1, &seen), size);
        assert_int_equal(seen, scalar);
        assert_int_equal(execwire_next_printable(text, size + 1, &printable), size);
        assert_int_equal(printable, !is_unsafe(scalar));
        assert_int_equal(execwire_is_unsafe(scalar), is_unsafe(scalar));
    }
}

/* A byte that is part of no character, and one whose character ends behind the text. */
static void test_bytes_that_are_no_character(void **unused)
{
    static const char *const texts[] = {"\x80",         "\xC3",         "\xC3(", "\xE2\x94",
                                        "\xED\xA0\x80", "\xF0\x9F\x9A", "\xFF"};

    (void)unused;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[8];
        uint32_t seen = 0;
        bool printable = true;
        size_t size = strlen(texts[i]);

        memset(text, 0xA9, sizeof text); /* goes on with a character, behind the end */
        memcpy(text, texts[i], size);
        assert_int_equal(execwire_next_character(text, size, &seen), 1);
        assert_int_equal(seen, UINT32_MAX);
        assert_int_equal(execwire_next_printable(text, size, &printable), 1);
        assert_false(printable);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_character),
        cmocka_unit_test(test_bytes_that_are_no_character),
    };

    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) {
        print_error("the C library has no locale C.UTF-8 to encode with\n");
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

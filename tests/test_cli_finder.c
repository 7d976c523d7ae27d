/* Where a JSON object ends, and where it cannot be one any more.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/finder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct finder_case {
    const char *before; /* up to where the result is known */
    const char *after;
    finder_result result;
} finder_case;

static const finder_case cases[] = {
    {"{}", "", FINDER_FOUND},
    {"{}", "{}", FINDER_FOUND},
    {"{ \t\r\n}", " ", FINDER_FOUND},
    {"{\"a\":1}", "}", FINDER_FOUND},
    {"{\"a\":{\"b\":[{},[]]}}", "]", FINDER_FOUND},
    {"{\"}\":\"{[\"}", "x", FINDER_FOUND},
    {"{\"\\\"}\":\"\\\\\"}", "x", FINDER_FOUND},
    {"{\"\\u0022}\":2}", "\"", FINDER_FOUND},
    {"{\"a\xC3\xA9\":\"\xF0\x9F\x9A\x80\"}", "", FINDER_FOUND},
    /* cut off */
    {"", "", FINDER_MORE},
    {"{", "", FINDER_MORE},
    {"{\"a", "", FINDER_MORE},
    {"{\"a\\", "", FINDER_MORE},
    {"{\"a\\\"", "", FINDER_MORE},
    {"{\"a\":[}", "", FINDER_MORE}, /* the reader sees that */
    {"{\"a\":tru", "", FINDER_MORE},
    /* the objects behind a broken one are not part of it */
    {"{\"a\n", "{}", FINDER_BROKEN},
    {"{\"a\":1{", "}", FINDER_BROKEN},
    {"{\"a\":1 \n{", "}", FINDER_BROKEN},
    {"{\"a\":\"b\"{", "}", FINDER_BROKEN},
    {"{\"a\":{}{", "}", FINDER_BROKEN},
    {"{\"a\":[]\n{", "}", FINDER_BROKEN},
    {"{\"a\"{", "}", FINDER_BROKEN},
    {"{\"a\":1,{", "}", FINDER_BROKEN},
    {"{{", "}", FINDER_BROKEN},
    {"{[", "}", FINDER_BROKEN},
    {"{\"a\":1\"", "b\":2}", FINDER_BROKEN},
    {"{\"a\"\"", "b\":2}", FINDER_BROKEN},
};

/* Shows the finder a copy of the first `size` bytes, which has nothing behind them. */
static finder_result look(finder *f, const char *text, size_t size)
{
    char *copy = malloc(size > 0 ? size : 1);
    finder_result result;

    assert_non_null(copy);
    memcpy(copy, text, size);
    result = finder_look(f, copy, size);
    free(copy);
    return result;
}

static void check_case(const finder_case *c, size_t split)
{
    char text[64];
    size_t known = strlen(c->before);
    size_t size = known + strlen(c->after);
    finder f = {0};
    finder_result first;

    strcpy(text, c->before);
    strcat(text, c->after);
    first = look(&f, text, split);
    if (split < known)
        assert_int_equal(first, FINDER_MORE);
    else if (c->result != FINDER_MORE)
        assert_int_equal(first, c->result);
    if (first == FINDER_MORE)
        assert_int_equal(look(&f, text, size), c->result);
    assert_int_equal(f.at, known);
}

static void test_each_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t split = 0; split <= strlen(cases[i].before) + strlen(cases[i].after); split++)
            check_case(&cases[i], split);
}

/* The kinds of the outermost brackets are forgotten below 64; the depth is not. */
static void test_deep(void **state)
{
    enum { DEPTH = 10000 };
    static char text[6 * DEPTH];
    size_t size = 0;
    finder f = {0};

    (void)state;
    for (size_t i = 0; i < DEPTH; i++) {
        memcpy(text + size, i % 2 == 0 ? "{\"a\":" : "[", i % 2 == 0 ? 5 : 1);
        size += i % 2 == 0 ? 5 : 1;
    }
    for (size_t i = DEPTH; i > 0; i--)
        text[size++] = i % 2 != 0 ? '}' : ']';
    assert_int_equal(finder_look(&f, text, size - 1), FINDER_MORE);
    assert_int_equal(f.depth, 1);
    assert_int_equal(finder_look(&f, text, size), FINDER_FOUND);
    assert_int_equal(f.at, size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_split),
                                       cmocka_unit_test(test_deep)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

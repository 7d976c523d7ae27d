/* Tables as a person sees them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* An output whose text stays in the buffer, which has to grow. */
static output held_output(void)
{
    return (output){.name = "test", .held = true, .buffer = reallocate(NULL, 1), .capacity = 1};
}

static void check_text(output *out, const char *expected)
{
    assert_int_equal(out->size, strlen(expected));
    assert_memory_equal(out->buffer, expected, out->size);
    free(out->buffer);
}

static void test_alignment(void **state)
{
    output out = held_output();
    table t = {.out = &out, .sides = "rll"};

    (void)state;
    table_cell(&t, "n");
    table_cell(&t, "name");
    table_cell(&t, "text");
    table_cell(&t, "%d", 1000);
    table_cell(&t, "%s", "a");
    table_cell(&t, "%s", "\xC3\xA9");
    table_cell(&t, "7");
    table_cell(&t, "longest");
    table_cell(&t, "%s", "");
    table_close(&t);
    check_text(&out, "   n  name     text\n"
                     "1000  a        \xC3\xA9\n"
                     "   7  longest\n");
}

static void test_last_column_to_the_right(void **state)
{
    output out = held_output();
    table t = {.out = &out, .sides = "lr"};

    (void)state;
    table_cell(&t, "a");
    table_cell(&t, "1");
    table_cell(&t, "bb");
    table_cell(&t, "22");
    table_close(&t);
    check_text(&out, "a    1\n"
                     "bb  22\n");
}

static void test_nothing(void **state)
{
    output out = held_output();
    table t = {.out = &out, .sides = "lr"};

    (void)state;
    table_close(&t);
    check_text(&out, "");
}

/* Rows beyond TABLE_ROWS are aligned anew, but not narrower. */
static void test_many_rows(void **state)
{
    output out = held_output();
    table t = {.out = &out, .sides = "rl"};
    char line[32];

    (void)state;
    for (int i = 0; i <= TABLE_ROWS; i++) {
        table_cell(&t, "%d", i);
        table_cell(&t, "x");
    }
    table_close(&t);
    assert_int_equal(out.size, (TABLE_ROWS) * sizeof "999  x" + sizeof "1000  x");
    snprintf(line, sizeof line, "%d  x\n", TABLE_ROWS);
    assert_memory_equal(out.buffer + out.size - strlen(line), line, strlen(line));
    free(out.buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alignment), cmocka_unit_test(test_last_column_to_the_right),
        cmocka_unit_test(test_nothing), cmocka_unit_test(test_many_rows)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

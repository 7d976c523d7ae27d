/* The distribution of sizes against a sorted list of them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/sizes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define MOST 1001

static int compare(const void *left, const void *right)
{
    size_t a = *(const size_t *)left;
    size_t b = *(const size_t *)right;

    return (a > b) - (a < b);
}

/* Adds `count` sizes below `limit`; the median may be too small by this part of it. */
static void check_sizes(size_t count, size_t limit, size_t part)
{
    static size_t list[MOST];
    sizes *s = sizes_new();
    uint64_t total = 0;
    uint64_t seed = count + limit;
    size_t median;

    for (size_t i = 0; i < count; i++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        list[i] = (size_t)(seed >> 33) % limit;
        total += list[i];
        sizes_add(s, list[i]);
    }
    qsort(list, count, sizeof *list, compare);
    median = list[(count - 1) / 2];
    assert_int_equal(s->count, count);
    assert_int_equal(s->total, total);
    assert_int_equal(s->min, list[0]);
    assert_int_equal(s->max, list[count - 1]);
    assert_in_range(sizes_median(s), part > 0 ? median - median / part : median, median);
    free(s);
}

static void test_small_sizes_are_exact(void **state)
{
    (void)state;
    for (size_t count = 1; count <= MOST; count += 50)
        check_sizes(count, SIZES_EXACT, 0);
    check_sizes(2, 3, 0);
    check_sizes(MOST, 1, 0);
}

static void test_large_sizes_are_near(void **state)
{
    static const size_t limits[] = {SIZES_EXACT + 1, 100000, 1 << 20, (size_t)1 << 31};

    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        for (size_t count = 1; count <= MOST; count += 50)
            check_sizes(count, limits[i], 256);
}

/* Each power of two and its neighbours, alone: the least and so the median are known exactly. */
static void test_edges(void **state)
{
    (void)state;
    for (unsigned power = 0; power < 32; power++) {
        for (int step = -1; step <= 1; step++) {
            size_t size = ((size_t)1 << power) + (size_t)step;
            sizes *s = sizes_new();

            sizes_add(s, size);
            assert_int_equal(sizes_median(s), size);
            free(s);
        }
    }
}

static void test_none(void **state)
{
    sizes *s = sizes_new();

    (void)state;
    assert_int_equal(sizes_median(s), 0);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_small_sizes_are_exact),
                                       cmocka_unit_test(test_large_sizes_are_near),
                                       cmocka_unit_test(test_edges), cmocka_unit_test(test_none)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* How many comparisons sorting a map takes: the order comes out right without its quick parts as
 * well (test_map.c). The file is compiled into this test, with its comparisons counted.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t comparisons;

static int counted(const void *left, const void *right, size_t size)
{
    comparisons++;
    return memcmp(left, right, size);
}

#define memcmp                counted
#define execwire_compare_keys counted_compare_keys
#define execwire_sort_entries counted_sort_entries
#define execwire_map_sort     counted_map_sort
#include "schema/map.c"
#undef memcmp

#define COUNT 10000

/* Entries between two that would be sorted to the other end, and are none of the map's. */
static execwire_entry room[COUNT + 2];
static execwire_entry *const entries = room + 1;
static unsigned order[COUNT];
static char names[COUNT][6];

/* Sorts entries whose keys are the numbers in `order`, each once. Returns what it took. */
static size_t sort(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(names[i], sizeof names[i], "%05u", order[i]);
        entries[i] = (execwire_entry){{names[i], 5}, EXECWIRE_STR(""), i};
    }
    room[0].key = EXECWIRE_STR("99999");
    room[count + 1].key = EXECWIRE_STR("00000");
    comparisons = 0;
    execwire_sort_entries(entries, count);
    for (size_t i = 0; i < count; i++) {
        char expected[6];

        (void)snprintf(expected, sizeof expected, "%05u", (unsigned)i);
        assert_memory_equal(entries[i].key.data, expected, 5);
    }
    assert_memory_equal(room[0].key.data, "99999", 5);
    assert_memory_equal(room[count + 1].key.data, "00000", 5);
    return comparisons;
}

static void shuffle(size_t count)
{
    static uint32_t random = 1;

    for (size_t i = 0; i < count; i++) {
        size_t other;

        random = random * 1664525 + 1013904223;
        other = (random >> 8) % (i + 1);
        order[i] = order[other];
        order[other] = (unsigned)i;
    }
}

/* Quicksort with the middle one of three takes 12/7 n ln n on average, 1.19 n log2 n (Sedgewick,
 * "Implementing Quicksort Programs", CACM 21(10), 1978); a heap takes up to 2 n log2 n. */
static size_t usual(size_t count)
{
    size_t bits = 0;

    while (count >> bits > 0)
        bits++;
#ifdef EXECWIRE_FAST_PATHS
    return count * bits * 7 / 5;
#else
    return count * bits * 2;
#endif
}

static void test_an_order_at_random(void **unused)
{
    (void)unused;
    for (size_t count = 200; count <= COUNT; count *= 2) {
        shuffle(count);
        assert_in_range(sort(count), count, usual(count));
    }
}

static void test_what_is_sorted_is_looked_at_once(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < COUNT; i++)
        order[i] = i;
    assert_int_equal(sort(COUNT), COUNT - 1);
}

static void test_the_reverse_order(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < COUNT; i++)
        order[i] = COUNT - 1 - i;
    assert_in_range(sort(COUNT), COUNT, usual(COUNT));
}

/* An order in which the middle one of the first, the middle and the last entry is always the second
 * of all, made from the end: quicksort alone would take a step for each pair of entries. */
static void test_the_worst_order_for_quicksort(void **unused)
{
    const size_t count = 1000;

    (void)unused;
    for (size_t size = 2; size <= count; size += 2) {
        for (size_t i = size; i-- > 2;)
            order[i] = order[i - 2] + 2;
        order[1] = size > 2 ? order[size / 2] : 1;
        order[0] = 0;
        order[size / 2] = 1;
    }
    /* 64 splits, and the heap */
    assert_in_range(sort(count), count, 64 * count + 2 * count * 10);
}

#ifdef EXECWIRE_FAST_PATHS

/* Numbers in three places, all others larger. */
static void test_the_middle_one_of_three(void **unused)
{
    const size_t count = 31;

    (void)unused;
    for (unsigned arrangement = 0; arrangement < 27; arrangement++) {
        const unsigned three[3] = {arrangement % 3, arrangement / 3 % 3, arrangement / 9};
        const size_t places[3] = {0, count / 2, count - 1};
        char digits[3];
        unsigned below = 0;
        execwire_entry middle;

        for (size_t i = 0; i < count; i++)
            entries[i] = (execwire_entry){EXECWIRE_STR("9"), EXECWIRE_STR(""), i};
        for (size_t i = 0; i < 3; i++) {
            digits[i] = (char)('0' + three[i]);
            entries[places[i]].key = (execwire_str){&digits[i], 1};
        }
        middle = middle_of_three(entries, count);
        for (size_t i = 0; i < 3; i++)
            below += before(&entries[places[i]], &middle);
        assert_int_equal(below, 1);
        assert_true(*middle.key.data != '9');
    }
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_order_at_random),
        cmocka_unit_test(test_what_is_sorted_is_looked_at_once),
        cmocka_unit_test(test_the_reverse_order),
        cmocka_unit_test(test_the_worst_order_for_quicksort),
#ifdef EXECWIRE_FAST_PATHS
        cmocka_unit_test(test_the_middle_one_of_three),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

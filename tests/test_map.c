/* The order of map entries, held against the C library's qsort.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "schema/map.h"

#include <execwire/execwire.h>

#include <stdlib.h>
#include <string.h>

static execwire_str view(const char *text)
{
    return (execwire_str){text, strlen(text)};
}

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

static void test_keys_are_compared_by_their_bytes(void **unused)
{
    static const execwire_str ascending[] = {
        {"", 0},
        {"\0", 1},
        {"\0a", 2},
        {"A", 1},
        {"a", 1},
        {"a\0", 2},
        {"a\0\xFF", 3},
        {"a\x01", 2},
        {"aa", 2},
        {"ab", 2},
        {"b", 1},
        {"\x7F", 1},
        {"\xC3\xA9", 2},
        {"\xE2\x94\x80", 3},
        {"\xEF\xBF\xBD", 3},
        {"\xF0\x9F\x9A\x80", 4},
    };
    const size_t count = sizeof ascending / sizeof ascending[0];

    (void)unused;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            char left[5] = "-----", right[5] = "+++++"; /* other bytes stand behind the keys */

            memcpy(left, ascending[i].data, ascending[i].size);
            memcpy(right, ascending[j].data, ascending[j].size);
            assert_int_equal(sign(execwire_compare_keys((execwire_str){left, ascending[i].size},
                                                        (execwire_str){right, ascending[j].size})),
                             (i > j) - (i < j));
        }
}

/* ---- Sorting ---- */

static int order_of_entries(const void *left, const void *right)
{
    const execwire_entry *a = left;
    const execwire_entry *b = right;
    int order = strcmp(a->key.data, b->key.data);

    return order != 0 ? order : (a->position > b->position) - (a->position < b->position);
}

static void check_sorted(execwire_entry *entries, size_t count)
{
    size_t size = count * sizeof *entries;
    execwire_entry *expected = malloc(size + 1);

    assert_non_null(expected);
    memcpy(expected, entries, size);
    qsort(expected, count, sizeof *entries, order_of_entries);
    execwire_sort_entries(entries, count);
    assert_memory_equal(entries, expected, size);
    free(expected);
}

/* Every arrangement of up to seven entries with keys out of four: ordered, reversed, all alike. */
static void test_every_arrangement_of_a_few_entries(void **unused)
{
    static const char *const keys[] = {"a", "b", "c", "d"};

    (void)unused;
    for (size_t count = 0; count <= 7; count++)
        for (size_t code = 0; code < (size_t)1 << (2 * count); code++) {
            execwire_entry entries[8];

            memset(entries, 0, sizeof entries);
            for (size_t i = 0; i < count; i++) {
                entries[i].key = view(keys[code >> (2 * i) & 3]);
                entries[i].value = view(keys[i & 3]);
                entries[i].position = code % 3 == 0 ? 100 - i : i;
            }
            check_sorted(entries, count);
        }
}

static void test_many_entries(void **unused)
{
    enum { COUNT = 1500 };
    static char keys[COUNT][8];
    static execwire_entry entries[COUNT];
    unsigned random = 1;

    (void)unused;
    for (unsigned range = 10; range <= 100000; range *= 10) {
        for (size_t i = 0; i < COUNT; i++) {
            unsigned rest;

            random = random * 1103515245 + 12345;
            rest = (random >> 8) % range;
            for (size_t j = 0; j < 5; j++, rest /= 10)
                keys[i][j] = (char)('0' + rest % 10);
            memset(&entries[i], 0, sizeof entries[i]);
            entries[i].key = view(keys[i]);
            entries[i].position = i;
        }
        check_sorted(entries, COUNT);
        check_sorted(entries, COUNT);
        for (size_t i = 0; i < COUNT / 2; i++) {
            execwire_entry other = entries[i];

            entries[i] = entries[COUNT - 1 - i];
            entries[COUNT - 1 - i] = other;
        }
        check_sorted(entries, COUNT);
    }
}

/* ---- The public call ---- */

static void test_a_map_is_sorted(void **unused)
{
    execwire_entry entries[] = {
        {view("zone"), view("1"), 0}, {view("app"), view("2"), 0}, {view("region"), view("3"), 0}};
    execwire_map map = {entries, 3};

    (void)unused;
    assert_int_equal(execwire_map_sort(&map, NULL), EXECWIRE_OK);
    assert_string_equal(map.entries[0].key.data, "app");
    assert_string_equal(map.entries[0].value.data, "2");
    assert_string_equal(map.entries[1].key.data, "region");
    assert_string_equal(map.entries[2].key.data, "zone");
    assert_int_equal(execwire_map_sort(&map, NULL), EXECWIRE_OK);
}

static void test_a_key_may_be_there_once(void **unused)
{
    static const char *const keys[][3] = {{"a", "a", "b"}, {"a", "b", "a"}, {"b", "a", "a"},
                                          {"a", "a", "a"}, {"", "x", ""},   {"b", "a", "b"}};

    (void)unused;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        execwire_entry entries[3] = {{view(keys[i][0]), view("1"), 0},
                                     {view(keys[i][1]), view("2"), 0},
                                     {view(keys[i][2]), view("3"), 0}};
        execwire_map map = {entries, 3};

        execwire_error error;

        assert_int_equal(execwire_map_sort(&map, &error), EXECWIRE_ERROR_DUPLICATE_KEY);
        assert_int_equal(error.code, EXECWIRE_ERROR_DUPLICATE_KEY);
        assert_int_equal(error.offset, 0);
        assert_int_equal(error.path[0], '/');
        assert_string_equal(error.path + 1, i == 2 ? "a" : keys[i][0]);
    }
}

static void test_arguments(void **unused)
{
    execwire_entry entry = {view("a"), view("1"), 0};
    execwire_map none = {NULL, 0};
    execwire_map empty = {&entry, 0};
    execwire_map one = {&entry, 1};
    execwire_map wrong = {NULL, 1};
    execwire_entry keyless[2] = {entry, {{NULL, 4}, view("2"), 0}};
    execwire_map without_key = {keyless, 2};
    execwire_entry alike[3] = {entry, entry, entry};
    execwire_map inside = {alike + 1, 1};

    (void)unused;
    assert_int_equal(execwire_map_sort(NULL, NULL), EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_map_sort(&wrong, NULL), EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_map_sort(&without_key, NULL), EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_map_sort(&none, NULL), EXECWIRE_OK);
    assert_int_equal(execwire_map_sort(&empty, NULL), EXECWIRE_OK);
    assert_int_equal(execwire_map_sort(&one, NULL), EXECWIRE_OK);
    /* what stands before and behind the entries is none of the map's */
    assert_int_equal(execwire_map_sort(&inside, NULL), EXECWIRE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_are_compared_by_their_bytes),
        cmocka_unit_test(test_every_arrangement_of_a_few_entries),
        cmocka_unit_test(test_many_entries),
        cmocka_unit_test(test_a_map_is_sorted),
        cmocka_unit_test(test_a_key_may_be_there_once),
        cmocka_unit_test(test_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The table of nodes and of sources: who is found, who is the oldest, and who has to make room.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "gateway/table.h"

#include <stdio.h>
#include <string.h>

#define ITEMS 16
#define KEYS  40
#define LARGE 1024

typedef struct item {
    execwire_gateway_entry entry;
    unsigned more;
} item;

static execwire_gateway_table table;
static item items[LARGE];

/* What ought to be there, by key. */
static struct {
    execwire_standing standing;
    unsigned heard;
    uint32_t index;
} wanted[KEYS];
static unsigned lives[ITEMS]; /* how often each place was taken */
static execwire_gateway_place old[ITEMS];

static execwire_str key_of(unsigned key, char text[16])
{
    return (execwire_str){text, (size_t)snprintf(text, 16, "key-%u", key)};
}

static unsigned count(execwire_standing standing)
{
    unsigned found = 0;

    for (unsigned key = 0; key < KEYS; key++)
        found += wanted[key].standing == standing;
    return found;
}

/* The key of that standing that was heard first; KEYS: none. */
static unsigned oldest(execwire_standing standing)
{
    unsigned first = KEYS;

    for (unsigned key = 0; key < KEYS; key++)
        if (wanted[key].standing == standing &&
            (first == KEYS || wanted[key].heard < wanted[first].heard))
            first = key;
    return first;
}

static void assert_oldest(execwire_standing standing)
{
    unsigned key = oldest(standing);

    assert_int_equal(table.oldest[standing], key < KEYS ? wanted[key].index : EXECWIRE_TABLE_NONE);
    assert_int_equal(table.used[standing], count(standing));
}

/* Strangers push each other out as soon as they are a quarter of all. */
static void assert_crowded(void)
{
    unsigned strangers = count(EXECWIRE_STANDING_STRANGER);
    unsigned known = count(EXECWIRE_STANDING_KNOWN);
    execwire_standing standing =
        strangers >= ITEMS / 4 ? EXECWIRE_STANDING_STRANGER : EXECWIRE_STANDING_KNOWN;

    if (strangers + known < ITEMS)
        assert_int_equal(execwire_table_crowded(&table), EXECWIRE_TABLE_NONE);
    else
        assert_int_equal(execwire_table_crowded(&table), wanted[oldest(standing)].index);
}

static void assert_all(void)
{
    for (unsigned key = 0; key < KEYS; key++) {
        char text[16];
        uint32_t found = execwire_table_find(&table, key_of(key, text));

        if (wanted[key].standing == EXECWIRE_STANDING_FREE) {
            assert_int_equal(found, EXECWIRE_TABLE_NONE);
            continue;
        }
        assert_int_equal(found, wanted[key].index);
        assert_int_equal(execwire_table_is_known(&table, found),
                         wanted[key].standing == EXECWIRE_STANDING_KNOWN);
        assert_int_equal(execwire_table_place(&table, found).life, lives[found]);
    }
    assert_oldest(EXECWIRE_STANDING_STRANGER);
    assert_oldest(EXECWIRE_STANDING_KNOWN);
    assert_crowded();
}

static void remove_key(unsigned key)
{
    uint32_t index = wanted[key].index;

    old[index] = execwire_table_place(&table, index);
    assert_true(execwire_table_is_there(&table, old[index]));
    execwire_table_remove(&table, index);
    wanted[key].standing = EXECWIRE_STANDING_FREE;
    assert_false(execwire_table_is_there(&table, old[index]));
}

static void add_key(unsigned key, unsigned now)
{
    char text[16];
    uint32_t crowded = execwire_table_crowded(&table);

    for (unsigned other = 0; other < KEYS; other++)
        if (wanted[other].standing != EXECWIRE_STANDING_FREE && wanted[other].index == crowded)
            remove_key(other);
    wanted[key].index = execwire_table_add(&table, key_of(key, text));
    wanted[key].standing = EXECWIRE_STANDING_STRANGER;
    wanted[key].heard = now;
    lives[wanted[key].index]++;
    assert_false(execwire_table_is_there(&table, old[wanted[key].index]));
}

static void start(void)
{
    execwire_table_init(&table, items, sizeof *items, ITEMS, 7);
    memset(wanted, 0, sizeof wanted);
    memset(lives, 0, sizeof lives);
    memset(old, 0, sizeof old);
}

static void test_any_order(void **unused)
{
    uint32_t random = 1;

    (void)unused;
    for (unsigned often = 1; often < 9; often++) {
        start();
        assert_all();
        for (unsigned now = 1; now < 2000; now++) {
            unsigned key;

            random = random * 1664525 + 1013904223;
            key = (random >> 8) % KEYS;
            if (wanted[key].standing == EXECWIRE_STANDING_FREE)
                add_key(key, now);
            else if ((random >> 16) % 8 == 0)
                remove_key(key);
            else {
                wanted[key].heard = now;
                if ((random >> 20) % often == 0) {
                    execwire_table_know(&table, wanted[key].index);
                    wanted[key].standing = EXECWIRE_STANDING_KNOWN;
                } else
                    execwire_table_touch(&table, wanted[key].index);
            }
            assert_all();
        }
    }
}

/* A place that is all zero is nowhere, also where the first entry is in use. */
static void test_nowhere(void **unused)
{
    (void)unused;
    start();
    add_key(0, 1);
    assert_int_equal(wanted[0].index, 0);
    assert_false(execwire_table_is_there(&table, (execwire_gateway_place){0, 0}));
}

/* ---- How keys are spread ---- */

/* Key number `i`, in whose size only those bytes change. */
static execwire_str spread_key(unsigned i, unsigned at, unsigned size, char text[64])
{
    memset(text, 'a', 64);
    for (unsigned byte = 0; byte < 2; byte++)
        text[at + byte] = (char)(i >> (8 * byte));
    return (execwire_str){text, size};
}

static unsigned longest_chain(void)
{
    unsigned longest = 0;

    for (unsigned i = 0; i < LARGE; i++) {
        unsigned length = 0;

        for (uint32_t at = items[i].entry.bucket; at != EXECWIRE_TABLE_NONE;
             at = items[at].entry.next)
            length++;
        longest = length > longest ? length : longest;
    }
    return longest;
}

/* As many keys as places, whichever bytes they differ in: by chance alone the longest chain has 5
 * or 6. */
static void test_spread(void **unused)
{
    (void)unused;
    for (unsigned size = 2; size <= 30; size++)
        for (unsigned at = 0; at + 2 <= size; at++) {
            execwire_table_init(&table, items, sizeof *items, LARGE, 12345);
            for (unsigned i = 0; i < LARGE; i++) {
                char text[64];

                (void)execwire_table_add(&table, spread_key(i, at, size, text));
            }
            assert_in_range(longest_chain(), 2, 12);
        }
}

/* Keys that come together with one seed do not with another. */
static void test_seed(void **unused)
{
    static unsigned together[16];
    unsigned found = 0;
    char text[64];

    (void)unused;
    execwire_table_init(&table, items, sizeof *items, LARGE, 1);
    for (unsigned i = 0; found < 16; i++) {
        uint32_t index = execwire_table_add(&table, spread_key(i, 0, 12, text));

        if (items[5].entry.bucket == index)
            together[found++] = i;
        execwire_table_remove(&table, index);
    }
    execwire_table_init(&table, items, sizeof *items, LARGE, 2);
    for (unsigned i = 0; i < 16; i++)
        (void)execwire_table_add(&table, spread_key(together[i], 0, 12, text));
    assert_in_range(longest_chain(), 1, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_nowhere),
        cmocka_unit_test(test_spread),
        cmocka_unit_test(test_seed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

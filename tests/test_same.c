/* Comparing short bytes a word at a time: at every size, a difference in every place.
 *
 * SPDX-License-Identifier: Apache-2.0 */
/* promise: no-access-outside */
#include "support/cmocka.h"

#include "text/same.h"

#define LONGEST 40
#define ROOM    (LONGEST + 16)

/* Two texts that are the same in `size` bytes, at two alignments, and in no other byte. */
static void fill(char *left, char *right, size_t size)
{
    for (size_t i = 0; i < ROOM; i++) {
        left[i] = (char)(i * 7 + 1);
        right[i] = (char)(i * 7 + (i < size ? 1 : 2));
    }
}

static void test_the_same(void **unused)
{
    (void)unused;
    for (size_t size = 0; size <= LONGEST; size++) {
        char left[ROOM], right[ROOM + 3];

        fill(left, right + 3, size);
        assert_true(execwire_same_bytes(left, right + 3, size));
    }
}

static void test_one_bit_in_every_place(void **unused)
{
    (void)unused;
    for (size_t size = 1; size <= LONGEST; size++)
        for (size_t bit = 0; bit < 8 * size; bit++) {
            char left[ROOM], right[ROOM + 3];

            fill(left, right + 3, size);
            right[3 + bit / 8] ^= (char)(1 << bit % 8);
            assert_false(execwire_same_bytes(left, right + 3, size));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same),
        cmocka_unit_test(test_one_bit_in_every_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

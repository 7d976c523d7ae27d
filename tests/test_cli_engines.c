/* When more states can be put than an engine has taken.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/gateway/engines.h"

static void test_room(void **state)
{
    engine one = {.waiting = 0};
    engine other = {.waiting = 0};
    const engines both = {.of = {&one, &other}, .count = 2};

    (void)state;
    assert_true(engines_have_room(&both));
    one.waiting = 1;
    assert_false(engines_have_room(&both));
    one.refuses = true;
    assert_true(engines_have_room(&both));
    one.waiting = 4095;
    assert_true(engines_have_room(&both));
    other.waiting = 1;
    assert_false(engines_have_room(&both));
    other.refuses = true;
    assert_true(engines_have_room(&both));
    one.waiting = 4096;
    assert_false(engines_have_room(&both));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_room)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Many engines of a gateway as one: that each is asked, what comes of it, and when more states can
 * be put than one has taken.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/gateway/engines.h"

#include <poll.h>
#include <string.h>

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

/* ---- Each of them ---- */

/* What was asked of an engine, a word each, and what it answers. */
typedef struct spy {
    engine base;
    char asked[64];
    char message[16];
    outcome result;
    bool settled;
} spy;

static spy first, second;
static engines all;

static void note(engine *e, const char *what)
{
    (void)strcat(((spy *)e)->asked, what);
}

static outcome put(engine *e, const delivery *d)
{
    spy *one = (spy *)e;

    note(e, "put ");
    assert_true(d->message.size < sizeof one->message);
    memcpy(one->message, d->message.data, d->message.size);
    assert_memory_equal(d->node.data, "node", d->node.size);
    return one->result;
}

static bool settle(engine *e)
{
    note(e, "settle ");
    return ((spy *)e)->settled;
}

static void reread(engine *e)
{
    note(e, "reread ");
}

static void close_one(engine *e)
{
    note(e, "close ");
}

static int open_both(void **state)
{
    static const engine_kind kind = {
        .put = put, .settle = settle, .reread = reread, .close = close_one};
    static const engine_kind reads_nothing = {.put = put, .settle = settle, .close = close_one};

    (void)state;
    first = (spy){.base = {.kind = &kind, .fd = 100, .refused = 3}};
    second = (spy){.base = {.kind = &reads_nothing, .fd = 101, .refused = 4}};
    all = (engines){.of = {&first.base, &second.base}, .count = 2};
    return 0;
}

static int close_both(void **state)
{
    (void)state;
    engines_close(&all);
    return 0;
}

static outcome put_one(uint64_t now)
{
    const execwire_state one = {.has_version = true, .version = 5};

    return engines_put(&all, (execwire_str){"node", 4}, &one, now);
}

static void test_each_is_asked(void **state)
{
    (void)state;
    engines_reread(&all);
    engines_close(&all);
    assert_string_equal(first.asked, "reread close ");
    assert_string_equal(second.asked, "close ");
    assert_int_equal(all.count, 0);
}

static void test_what_to_wait_for(void **state)
{
    struct pollfd fds[ENGINES_MOST];

    (void)state;
    assert_int_equal(engines_fds(&all, fds), 2);
    assert_int_equal(fds[0].fd, 100);
    assert_int_equal(fds[1].fd, 101);
    assert_int_equal(fds[0].events, POLLIN);
    assert_int_equal(fds[1].events, POLLIN);
}

static void test_refused_states_of_all(void **state)
{
    (void)state;
    assert_int_equal(engines_refused(&all), 3 + 4);
}

static void test_each_gets_a_state(void **state)
{
    (void)state;
    assert_int_equal(put_one(7), OUTCOME_GOOD);
    assert_string_equal(first.asked, "put ");
    assert_string_equal(second.asked, "put ");
    assert_memory_equal(first.message, "\x58\x05", 3); /* field 11, a varint */
    assert_memory_equal(second.message, "\x58\x05", 3);
}

/* The others have it all the same. */
static void test_the_worst_outcome_counts(void **state)
{
    (void)state;
    first.result = OUTCOME_DATA;
    assert_int_equal(put_one(7), OUTCOME_DATA);
    assert_string_equal(second.asked, "put ");
    first.result = OUTCOME_GOOD;
    second.result = OUTCOME_DATA;
    assert_int_equal(put_one(7), OUTCOME_DATA);
}

static void test_without_engines_nothing_waits(void **state)
{
    (void)state;
    all.count = 0;
    assert_int_equal(put_one(7), OUTCOME_GOOD);
    assert_false(all.waits);
}

static void test_since_when_they_wait(void **state)
{
    (void)state;
    assert_int_equal(put_one(7), OUTCOME_GOOD);
    first.base.waiting = 1; /* the second one has taken it at once */
    assert_int_equal(put_one(8), OUTCOME_GOOD);
    assert_int_equal(all.since, 7);
    assert_int_equal(first.base.since, 7);
    assert_int_equal(second.base.since, 8);
    first.settled = second.settled = true;
    assert_true(engines_settle(&all));
    assert_int_equal(put_one(9), OUTCOME_GOOD);
    assert_int_equal(all.since, 9);
}

static void test_all_must_have_taken_it(void **state)
{
    (void)state;
    all.waits = true;
    second.settled = true;
    assert_false(engines_settle(&all));
    assert_true(all.waits);
    assert_string_equal(second.asked, "settle ");
    first.settled = true;
    assert_true(engines_settle(&all));
    assert_false(all.waits);
    second.settled = false;
    assert_false(engines_settle(&all));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_room),
        cmocka_unit_test_setup(test_each_is_asked, open_both),
        cmocka_unit_test_setup(test_what_to_wait_for, open_both),
        cmocka_unit_test_setup(test_refused_states_of_all, open_both),
        cmocka_unit_test_setup_teardown(test_each_gets_a_state, open_both, close_both),
        cmocka_unit_test_setup_teardown(test_the_worst_outcome_counts, open_both, close_both),
        cmocka_unit_test_setup(test_without_engines_nothing_waits, open_both),
        cmocka_unit_test_setup_teardown(test_since_when_they_wait, open_both, close_both),
        cmocka_unit_test_setup(test_all_must_have_taken_it, open_both),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

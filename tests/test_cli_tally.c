/* What threads say that an engine has taken: counted once each, and a descriptor that tells of it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/gateway/tally.h"

#include <poll.h>
#include <pthread.h>

#define THREADS 4
#define EACH    10000

static bool readable(const engine *e)
{
    struct pollfd fd = {.fd = e->fd, .events = POLLIN};

    return poll(&fd, 1, 0) == 1;
}

static void test_what_was_taken_does_not_wait(void **state)
{
    engine e = {.fd = -1};

    (void)state;
    assert_true(tally_open(&e));
    assert_true(tally_settle(&e));
    e.waiting = 5;
    assert_false(readable(&e));
    assert_false(tally_settle(&e));
    tally_take(&e, 2);
    tally_take(&e, 1);
    assert_true(readable(&e));
    assert_false(tally_settle(&e));
    assert_int_equal(e.waiting, 2);
    assert_int_equal(e.taken, 3);
    assert_false(readable(&e));
    tally_take(&e, 2);
    assert_true(tally_settle(&e));
    assert_int_equal(e.waiting, 0);
    assert_int_equal(e.taken, 5);
    tally_close(&e);
}

static void test_waking_takes_nothing(void **state)
{
    engine e = {.fd = -1};

    (void)state;
    assert_true(tally_open(&e));
    e.waiting = 3;
    tally_wake(&e);
    assert_true(readable(&e));
    tally_take(&e, 2);
    tally_wake(&e);
    assert_false(tally_settle(&e));
    assert_false(readable(&e));
    assert_int_equal(e.waiting, 1);
    assert_int_equal(e.taken, 2);
    tally_close(&e);
}

static void test_nobody_is_woken_so_often_that_something_is_missed(void **state)
{
    engine e = {.fd = -1};

    (void)state;
    assert_true(tally_open(&e));
    for (unsigned i = 0; i < 70000; i++)
        tally_wake(&e);
    e.waiting = 1;
    tally_take(&e, 1);
    assert_true(tally_settle(&e));
    tally_close(&e);
}

static void *take(void *context)
{
    for (unsigned i = 0; i < EACH; i++) {
        tally_take(context, 1);
        tally_wake(context);
    }
    return NULL;
}

static void test_threads_do_not_lose_any(void **state)
{
    engine e = {.fd = -1, .waiting = THREADS * EACH};
    pthread_t threads[THREADS];
    size_t waiting = e.waiting;

    (void)state;
    assert_true(tally_open(&e));
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take, &e), 0);
    while (!tally_settle(&e)) {
        struct pollfd fd = {.fd = e.fd, .events = POLLIN};

        assert_true(e.waiting <= waiting);
        waiting = e.waiting;
        assert_int_equal(poll(&fd, 1, 10000), 1);
    }
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(e.taken, THREADS * EACH);
    tally_close(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_taken_does_not_wait),
        cmocka_unit_test(test_waking_takes_nothing),
        cmocka_unit_test(test_nobody_is_woken_so_often_that_something_is_missed),
        cmocka_unit_test(test_threads_do_not_lose_any),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

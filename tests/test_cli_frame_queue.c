/* The queue between a broker's thread and the gateway's: order, bounds, what is dropped, and a
 * descriptor that says whether there is anything.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/carrier/frame_queue.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WRITERS 4
#define EACH    20000

static execwire_str text(const char *of)
{
    return (execwire_str){of, strlen(of)};
}

static bool readable(const frame_queue *q)
{
    struct pollfd fd = {.fd = q->fd, .events = POLLIN};

    return poll(&fd, 1, 0) == 1;
}

static void put(frame_queue *q, const char *from, const char *frame)
{
    frame_queue_put(q, text(from), frame, strlen(frame));
}

static void assert_frame(const frame_queue *q, unsigned index, const char *from, const char *bytes)
{
    carrier_frame frame = frame_queue_at(q, index);

    assert_int_equal(frame.source.size, strlen(from));
    assert_memory_equal(frame.source.data, from, frame.source.size);
    assert_int_equal(frame.bytes.size, strlen(bytes));
    assert_memory_equal(frame.bytes.data, bytes, frame.bytes.size);
}

static void test_what_was_put_is_taken_in_order(void **state)
{
    frame_queue q;
    bool more;

    (void)state;
    assert_true(frame_queue_open(&q));
    assert_false(readable(&q));
    assert_int_equal(frame_queue_take(&q, &more), 0);
    put(&q, "a", "one");
    put(&q, "node-b", "");
    put(&q, "a", "three");
    assert_true(readable(&q));
    assert_int_equal(frame_queue_take(&q, &more), 3);
    assert_frame(&q, 0, "a", "one");
    assert_frame(&q, 1, "node-b", "");
    assert_frame(&q, 2, "a", "three");
    assert_false(readable(&q));
    put(&q, "c", "four");
    assert_true(readable(&q));
    assert_frame(&q, 0, "a", "one"); /* until the next call */
    assert_int_equal(frame_queue_take(&q, &more), 1);
    assert_frame(&q, 0, "c", "four");
    assert_int_equal(frame_queue_dropped(&q), 0);
    frame_queue_close(&q);
}

static void test_it_can_be_read_until_it_is_empty(void **state)
{
    frame_queue q;
    bool more;

    (void)state;
    assert_true(frame_queue_open(&q));
    for (unsigned i = 0; i < CARRIER_BATCH + 1; i++)
        put(&q, "a", "frame");
    assert_int_equal(frame_queue_take(&q, &more), CARRIER_BATCH);
    assert_true(more);
    assert_true(readable(&q));
    assert_int_equal(frame_queue_take(&q, &more), 1);
    assert_false(more);
    assert_false(readable(&q));
    frame_queue_close(&q);
}

static void test_a_source_has_1_to_59_bytes(void **state)
{
    char longest[CARRIER_SOURCE_SIZE + 2];
    frame_queue q;
    bool more;

    (void)state;
    assert_true(frame_queue_open(&q));
    memset(longest, 'x', sizeof longest);
    frame_queue_put(&q, (execwire_str){longest, 0}, "f", 1);
    frame_queue_put(&q, (execwire_str){longest, 60}, "f", 1);
    assert_int_equal(frame_queue_dropped(&q), 2);
    assert_false(readable(&q));
    frame_queue_put(&q, (execwire_str){longest, 59}, "f", 1);
    assert_int_equal(frame_queue_take(&q, &more), 1);
    assert_int_equal(frame_queue_at(&q, 0).source.size, 59);
    assert_int_equal(frame_queue_dropped(&q), 2);
    frame_queue_close(&q);
}

static void test_so_many_frames_wait_and_no_more(void **state)
{
    frame_queue q;
    bool more;
    size_t got = 0;

    (void)state;
    assert_true(frame_queue_open(&q));
    for (unsigned i = 0; i < 65536 + 10; i++)
        put(&q, "a", "f");
    assert_int_equal(frame_queue_dropped(&q), 10);
    for (unsigned now = 1; now > 0; got += now)
        now = frame_queue_take(&q, &more);
    assert_int_equal(got, 65536);
    put(&q, "a", "f"); /* there is room again */
    assert_int_equal(frame_queue_take(&q, &more), 1);
    assert_int_equal(frame_queue_dropped(&q), 10);
    frame_queue_close(&q);
}

static void test_so_many_bytes_wait_and_no_more(void **state)
{
    const size_t large = (size_t)1 << 20;
    char *frame = calloc(65, large);
    frame_queue q;
    bool more;

    (void)state;
    assert_non_null(frame);
    assert_true(frame_queue_open(&q));
    for (unsigned i = 0; i < 65; i++) /* 64 MiB, and what each takes beside its bytes */
        frame_queue_put(&q, text("a"), frame, large);
    assert_int_equal(frame_queue_dropped(&q), 2);
    frame_queue_put(&q, text("a"), frame, 65 * large);
    assert_int_equal(frame_queue_dropped(&q), 3);
    put(&q, "a", "small");
    assert_int_equal(frame_queue_take(&q, &more), 64);
    assert_frame(&q, 63, "a", "small");
    frame_queue_close(&q);
    free(frame);
}

/* ---- Threads ---- */

typedef struct writer {
    frame_queue *q;
    char name[2];
} writer;

static void *write_frames(void *context)
{
    const writer *w = context;

    for (unsigned i = 0; i < EACH; i++)
        frame_queue_put(w->q, text(w->name), &i, sizeof i);
    return NULL;
}

/* What one thread puts stays in order, and nobody who waits for the descriptor waits in vain. */
static void test_many_put_and_one_takes(void **state)
{
    unsigned next[WRITERS] = {0};
    pthread_t threads[WRITERS];
    writer writers[WRITERS];
    size_t got = 0;
    frame_queue q;
    bool more;

    (void)state;
    assert_true(frame_queue_open(&q));
    for (unsigned i = 0; i < WRITERS; i++) {
        writers[i] = (writer){&q, {(char)('a' + i)}};
        assert_int_equal(pthread_create(&threads[i], NULL, write_frames, &writers[i]), 0);
    }
    while (got + frame_queue_dropped(&q) < (size_t)WRITERS * EACH) {
        struct pollfd fd = {.fd = q.fd, .events = POLLIN};
        unsigned now;

        assert_int_equal(poll(&fd, 1, 10000), 1);
        now = frame_queue_take(&q, &more);
        got += now;
        for (unsigned i = 0; i < now; i++) {
            carrier_frame frame = frame_queue_at(&q, i);
            unsigned of = (unsigned)(frame.source.data[0] - 'a');
            unsigned number;

            memcpy(&number, frame.bytes.data, sizeof number);
            assert_in_range(number, next[of], EACH - 1);
            next[of] = number + 1;
        }
    }
    for (unsigned i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_false(readable(&q));
    frame_queue_close(&q);
}

static void test_what_was_not_taken_is_freed(void **state)
{
    frame_queue q;
    bool more;

    (void)state;
    assert_true(frame_queue_open(&q));
    for (unsigned i = 0; i < 200; i++)
        put(&q, "a", "frame");
    assert_int_equal(frame_queue_take(&q, &more), CARRIER_BATCH);
    frame_queue_close(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_put_is_taken_in_order),
        cmocka_unit_test(test_it_can_be_read_until_it_is_empty),
        cmocka_unit_test(test_a_source_has_1_to_59_bytes),
        cmocka_unit_test(test_so_many_frames_wait_and_no_more),
        cmocka_unit_test(test_so_many_bytes_wait_and_no_more),
        cmocka_unit_test(test_many_put_and_one_takes),
        cmocka_unit_test(test_what_was_not_taken_is_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

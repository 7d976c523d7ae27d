/* Many carriers of a gateway as one: to whom a frame goes, and that each of them is asked.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/gateway/carriers.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

/* What was asked of a carrier, a word each. */
typedef struct spy {
    carrier base;
    char asked[64];
    char frame[16];
} spy;

static spy spies[CARRIERS_MOST + 1];
static unsigned opened;
static carriers all;

static void note(carrier *c, const char *what)
{
    (void)strcat(((spy *)c)->asked, what);
}

static void *room(carrier *c)
{
    return ((spy *)c)->frame;
}

static void send_to(carrier *c, execwire_str source, size_t size)
{
    spy *one = (spy *)c;

    (void)snprintf(one->asked, sizeof one->asked, "%.*s to %.*s", (int)size, one->frame,
                   (int)source.size, source.data);
}

static void flush(carrier *c)
{
    note(c, "flush ");
}

static void settle(carrier *c)
{
    note(c, "settle ");
}

static void reread(carrier *c)
{
    note(c, "reread ");
}

static void close_one(carrier *c)
{
    note(c, "close ");
}

static const carrier_kind kind = {.name = "spy",
                                  .room = room,
                                  .send = send_to,
                                  .flush = flush,
                                  .settle = settle,
                                  .reread = reread,
                                  .describe = carrier_describe_text,
                                  .close = close_one};

/* Opens the next of them; a place that is called "none" cannot be. */
static carrier *open_spy(const char *place, size_t mtu)
{
    spy *one = &spies[opened];

    assert_int_equal(mtu, 77);
    if (strcmp(place, "none") == 0)
        return NULL;
    *one = (spy){.base = {.kind = &kind, .fd = 100 + (int)opened, .lost = opened + 1}};
    opened++;
    return &one->base;
}

static bool open_all(unsigned count, const char *last)
{
    carrier_places places = {.count = count};

    for (unsigned i = 0; i < count; i++) {
        places.of[i].open = open_spy;
        places.of[i].place = i + 1 < count ? "place" : last;
    }
    opened = 0;
    return carriers_open(&all, &places, 77);
}

static int open_three(void **state)
{
    (void)state;
    return open_all(3, "place") && all.count == 3 ? 0 : -1;
}

static void expect_asked(const char *first, const char *second, const char *third)
{
    assert_string_equal(spies[0].asked, first);
    assert_string_equal(spies[1].asked, second);
    assert_string_equal(spies[2].asked, third);
}

static void test_each_is_asked(void **state)
{
    (void)state;
    carriers_flush(&all);
    carriers_settle(&all);
    carriers_reread(&all);
    carriers_close(&all);
    expect_asked("flush settle reread close ", "flush settle reread close ",
                 "flush settle reread close ");
    assert_int_equal(all.count, 0);
}

static void test_what_to_wait_for(void **state)
{
    struct pollfd fds[CARRIERS_MOST];

    (void)state;
    assert_int_equal(carriers_fds(&all, fds), 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(fds[i].fd, 100 + i);
        assert_int_equal(fds[i].events, POLLIN);
    }
}

static void test_lost_frames_of_all(void **state)
{
    (void)state;
    assert_int_equal(carriers_lost(&all), 1 + 2 + 3);
}

static void test_a_source_knows_its_carrier(void **state)
{
    char room_of_it[1 + CARRIER_SOURCE_SIZE] = "and bytes", text[CARRIER_NAME_SIZE] = "before";
    execwire_str there = carriers_source(1, (execwire_str){"node", 4}, room_of_it);

    (void)state;
    assert_int_equal(there.size, 5);
    carriers_send(&all, there, "frame", 5);
    expect_asked("", "frame to node", "");
    carriers_describe(&all, there, text);
    assert_string_equal(text, "node");
}

/* As one that a gateway kept from when it had more carriers. */
static void test_a_source_of_no_carrier(void **state)
{
    char room_of_it[1 + CARRIER_SOURCE_SIZE], text[CARRIER_NAME_SIZE] = "before";
    execwire_str gone = carriers_source(3, (execwire_str){"node", 4}, room_of_it);

    (void)state;
    spies[3] = (spy){.base = {.kind = &kind}};
    all.of[3] = &spies[3].base;
    carriers_send(&all, gone, "frame", 5);
    expect_asked("", "", "");
    assert_string_equal(spies[3].asked, "");
    carriers_describe(&all, gone, text);
    assert_string_equal(text, "");
}

static void test_one_that_cannot_be_opened(void **state)
{
    (void)state;
    assert_false(open_all(3, "none"));
    assert_int_equal(all.count, 2); /* to be closed */
}

static void test_as_many_as_there_can_be(void **state)
{
    (void)state;
    assert_true(open_all(CARRIERS_MOST, "place"));
    assert_int_equal(all.count, CARRIERS_MOST);
    assert_int_equal(carriers_lost(&all), CARRIERS_MOST * (CARRIERS_MOST + 1) / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_each_is_asked, open_three),
        cmocka_unit_test_setup(test_what_to_wait_for, open_three),
        cmocka_unit_test_setup(test_lost_frames_of_all, open_three),
        cmocka_unit_test_setup(test_a_source_knows_its_carrier, open_three),
        cmocka_unit_test_setup(test_a_source_of_no_carrier, open_three),
        cmocka_unit_test(test_one_that_cannot_be_opened),
        cmocka_unit_test(test_as_many_as_there_can_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Sources: what each may be sent, when it is asked for a hello, and what came to nothing of it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/fleet.h"

#include "gateway/nodes.h"
#include "gateway/sources.h"

#include <string.h>

#define WANT_MS 1000
#define MOST    65536

static fleet f;

static void start(execwire_link_mode mode)
{
    fleet_init(&f);
    f.options.mode = mode;
    f.options.want_ms = WANT_MS;
    f.options.source_count = 4;
    fleet_open(&f);
}

static uint32_t hear(const char *key, size_t size)
{
    return execwire_source_hear(&f.gateway, (execwire_str){key, strlen(key)}, size);
}

static void test_credit(void **unused)
{
    static const struct {
        uint32_t before;
        size_t size, credit;
    } cases[] = {{0, 1, 3},           {7, 100, 307},         {0, 21845, 65535},   {1, 21845, MOST},
                 {2, 21845, MOST},    {3, 21845, MOST},      {0, MOST - 1, MOST}, {0, MOST, MOST},
                 {0, MOST + 1, MOST}, {MOST, SIZE_MAX, MOST}};

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t source;

        start(EXECWIRE_LINK_TWO_WAY);
        source = hear("here", 0);
        f.sources[source].credit = cases[i].before;
        assert_int_equal(hear("here", cases[i].size), source);
        assert_int_equal(execwire_source_credit(&f.gateway, source), cases[i].credit);
    }
}

/* Who was heard least lately makes room, and who comes in his place has nothing of his. */
static void test_room(void **unused)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    uint32_t source, node;

    (void)unused;
    start(EXECWIRE_LINK_TWO_WAY);
    node = execwire_node_add(&f.gateway, EXECWIRE_STR("node"));
    for (unsigned i = 0; i < 4; i++)
        execwire_source_bind(&f.gateway, hear(names[i], 10), node);
    assert_int_equal(f.gateway.stats.sources, 4);
    source = hear("a", 10);
    assert_int_equal(hear("e", 5), 1); /* the place of b */
    assert_int_equal(f.gateway.stats.sources, 4);
    assert_int_equal(execwire_source_credit(&f.gateway, 1), 15);
    assert_int_equal(f.sources[1].node_count, 0);
    assert_int_equal(hear("a", 0), source);
    assert_int_equal(execwire_source_credit(&f.gateway, source), 60);
}

/* It is asked again after twice the time, at most 2^8 times of it; and at once where it made sense
 * in between. */
static void test_asks(void **unused)
{
    uint64_t now = 5000, wait = WANT_MS;
    uint32_t source;

    (void)unused;
    start(EXECWIRE_LINK_TWO_WAY);
    source = hear("here", 10);
    for (unsigned i = 0; i < 12; i++) {
        f.gateway.asking_count = 0;
        assert_non_null(execwire_source_ask(&f.gateway, source, now));
        assert_int_equal(f.gateway.asking_count, 1);
        assert_null(execwire_source_ask(&f.gateway, source, now));
        assert_null(execwire_source_ask(&f.gateway, source, now + wait - 1));
        now += wait;
        if (i < 8)
            wait *= 2;
    }
    execwire_source_understood(&f.gateway, source);
    assert_non_null(execwire_source_ask(&f.gateway, source, now));
    assert_null(execwire_source_ask(&f.gateway, source, now + WANT_MS - 1));
    assert_non_null(execwire_source_ask(&f.gateway, source, now + WANT_MS));
}

static void test_asks_of_many(void **unused)
{
    execwire_gateway_ask ask;
    uint32_t source;

    (void)unused;
    start(EXECWIRE_LINK_TWO_WAY);
    source = hear("here", 10);
    assert_false(execwire_source_next_asked(&f.gateway, &ask));
    for (unsigned i = 0; i < EXECWIRE_GATEWAY_ASKING; i++)
        assert_non_null(execwire_source_ask(&f.gateway, source, (uint64_t)i << 20));
    assert_null(execwire_source_ask(&f.gateway, source, UINT64_C(1) << 40));
    assert_int_equal(f.gateway.asking_count, EXECWIRE_GATEWAY_ASKING);
    for (unsigned i = 0; i < EXECWIRE_GATEWAY_ASKING; i++)
        assert_true(execwire_source_next_asked(&f.gateway, &ask));
    assert_false(execwire_source_next_asked(&f.gateway, &ask));
}

static void test_nobody_is_asked_one_way(void **unused)
{
    uint32_t source;

    (void)unused;
    start(EXECWIRE_LINK_ONE_WAY);
    source = hear("here", 10);
    assert_null(execwire_source_ask(&f.gateway, source, 5000));
}

/* promise: texts-by-source */
/* Who is known is counted alone, all others together. */
static void test_what_came_to_nothing(void **unused)
{
    uint32_t known, stranger;

    (void)unused;
    start(EXECWIRE_LINK_TWO_WAY);
    known = hear("known", 10);
    stranger = hear("stranger", 10);
    execwire_source_know(&f.gateway, known);
    for (unsigned i = 0; i < 2; i++) {
        uint32_t source = i == 0 ? known : stranger;

        execwire_source_begin(&f.gateway, source);
        assert_int_equal(f.gateway.receiver.failed, 0);
        assert_int_equal(f.gateway.receiver.failed_since, 0);
        f.gateway.receiver.failed = (uint8_t)(3 + i);
        f.gateway.receiver.failed_since = 300 + i;
        execwire_source_end(&f.gateway, source);
    }
    execwire_source_begin(&f.gateway, known);
    assert_int_equal(f.gateway.receiver.failed, 3);
    assert_int_equal(f.gateway.receiver.failed_since, 300);
    execwire_source_begin(&f.gateway, hear("another", 10));
    assert_int_equal(f.gateway.receiver.failed, 4);
    assert_int_equal(f.gateway.receiver.failed_since, 301);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_credit),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_asks),
        cmocka_unit_test(test_asks_of_many),
        cmocka_unit_test(test_nobody_is_asked_one_way),
        cmocka_unit_test(test_what_came_to_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

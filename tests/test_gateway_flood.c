/* Sources that say whatever is bad at full speed: what good nodes say comes out all the same, and
 * no source is sent more than three times what came from it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/crowd.h"
#include "support/hostile.h"
#include "support/slow.h"

#include <stdio.h>
#include <string.h>

static crowd *const c = &the_crowd;

#define GOOD    200
#define VICTIMS 20 /* the last of them: others forge their hellos */
#define SHARE   50 /* bad frames for each good one */
#define TEXTS   2  /* sources that say slow texts */

static hostile h = {.seed = 2};

static void say_hello(uint32_t source, bool of_victim)
{
    char name[16];

    if (of_victim)
        snprintf(name, sizeof name, "node-%u", GOOD - 1 - crowd_chance(VICTIMS));
    else
        snprintf(name, sizeof name, "x-%u", crowd_chance(100000));
    hostile_hello(&h, name, of_victim ? UINT32_MAX - 1 - crowd_chance(100) : 0);
    crowd_hear(source, h.frame, h.size);
}

/* What nodes have said, again, from elsewhere and from where they are. */
static void say_again(uint32_t source)
{
    static struct {
        uint8_t frame[CROWD_MTU];
        size_t size;
        uint32_t source;
    } ring[64], *at;

    at = &ring[crowd_chance(64)];
    if (at->size > 0) {
        crowd_hear(source, at->frame, at->size);
        crowd_hear(at->source, at->frame, at->size);
    }
    memcpy(at->frame, c->said, at->size = c->said_size);
    at->source = c->said_at;
}

static void say_bad_things(void)
{
    for (unsigned i = 0; i < SHARE; i++) {
        uint32_t source = CROWD_HOSTILE + TEXTS + crowd_chance(1000);

        switch (crowd_chance(6)) {
        case 0:
            hostile_garbage(&h);
            crowd_hear(source, h.frame, h.size);
            break;
        case 1:
            say_hello(source, false);
            break;
        case 2:
            say_hello(source, true);
            break;
        case 3:
            hostile_want(&h);
            crowd_hear(source, h.frame, h.size);
            break;
        case 4:
            say_again(source);
            break;
        default:
            hostile_texts(&h);
            crowd_hear(CROWD_HOSTILE + crowd_chance(TEXTS), h.frame, h.size);
        }
        if (c->unanswered >= CROWD_BATCH)
            crowd_answer();
    }
}

/* Those whose texts are slow have first said something that was good. */
static void open_flooded(void)
{
    crowd_open(GOOD);
    for (unsigned i = 0; i < GOOD; i++)
        for (unsigned j = 0; j < CROWD_REFS; j++)
            crowd_update(&c->nodes[i], j, 1, NULL);
    for (unsigned i = 0; i < TEXTS; i++) {
        char name[16];

        snprintf(name, sizeof name, "slow-%u", i);
        hostile_hello(&h, name, 0);
        crowd_hear(CROWD_HOSTILE + i, h.frame, h.size);
        hostile_state(&h, name, 0);
        crowd_hear(CROWD_HOSTILE + i, h.frame, h.size);
        assert_int_equal(c->last.link.outcome, EXECWIRE_LINK_STATE);
    }
    crowd_run(5000);
}

/* What happened is what was meant to. */
static void assert_all_kinds_came(void)
{
    const execwire_gateway_stats *stats = &c->gateway.stats;

    assert_true(stats->link.malformed > 100);
    assert_true(stats->link.outcomes[EXECWIRE_LINK_FEEDBACK] > 100);
    assert_true(stats->link.outcomes[EXECWIRE_LINK_BUSY] > 100);
    assert_true(stats->link.outcomes[EXECWIRE_LINK_MISMATCH] > 20);
    assert_true(stats->link.outcomes[EXECWIRE_LINK_REPEATED] > 100);
    assert_true(stats->link.outcomes[EXECWIRE_LINK_NO_SESSION] > 100);
    assert_true(c->met > GOOD + 100);
}

/* promise: a-quarter-for-strangers */
static void test_flood(void **unused)
{
    static const char output[] = "as nodes print it, again and again, and again and again";
    const unsigned rounds = 20 / slow_one_in(4, 10, "the rounds");

    (void)unused;
    open_flooded();
    for (unsigned round = 0; round < rounds; round++)
        for (unsigned i = 0; i < GOOD; i++) {
            crowd_node *m = &c->nodes[i];

            say_bad_things();
            crowd_update(m, round % CROWD_REFS, 2 + round, i % 4 == 0 ? output : NULL);
            if (i < GOOD - VICTIMS) /* at once, whatever is said around it */
                assert_int_equal(m->got[round % CROWD_REFS], 2 + round);
            if (i % 20 == 0)
                crowd_run(CROWD_TICK);
        }
    if (rounds > 4)
        assert_all_kinds_came();
    crowd_run(30 * 60000);
    crowd_assert_none_is_missing();
    crowd_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flood),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What the gateway sends back: when, to whom, how much, and what of it is counted.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/fleet.h"

#include "gateway/table.h"

#include <stdio.h>
#include <string.h>

#define MANY   40
#define ACK_MS 700

static fleet f;
static uint8_t out[222];
static size_t size;
static execwire_str to;

static uint64_t poll(size_t capacity)
{
    return execwire_gateway_poll(&f.gateway, f.now, out, capacity, &size, &to);
}

static void start(unsigned nodes)
{
    fleet_init(&f);
    f.options.ack_ms = ACK_MS;
    fleet_open(&f);
    fleet_start_all(&f, nodes);
    f.now = 1000;
}

static void assert_sent(const char *address)
{
    assert_in_range(size, 1, sizeof out);
    assert_int_equal(to.size, strlen(address));
    assert_memory_equal(to.data, address, to.size);
}

static void assert_nothing_sent(void)
{
    assert_int_equal(size, 0);
    assert_null(to.data);
    assert_int_equal(to.size, 0);
}

/* promise: acknowledged-when-polled */
static void test_when(void **unused)
{
    uint64_t heard;

    (void)unused;
    start(1);
    assert_int_equal(poll(sizeof out), EXECWIRE_LINK_NEVER);
    assert_nothing_sent();
    fleet_update(&f, 0, 0, 1, NULL);
    heard = f.now;
    for (unsigned passed = 0; passed < ACK_MS; passed += 233) {
        f.now = heard + passed;
        assert_int_equal(poll(sizeof out), heard + ACK_MS);
        assert_nothing_sent();
    }
    f.now = heard + ACK_MS;
    assert_int_equal(poll(EXECWIRE_LINK_MIN_MTU - 1), f.now);
    assert_nothing_sent();
    assert_int_equal(f.gateway.stats.link.feedbacks, 0);
    assert_int_equal(poll(EXECWIRE_LINK_MIN_MTU), EXECWIRE_LINK_NEVER);
    assert_sent("10.0.0.0");
    assert_int_equal(f.gateway.stats.link.feedbacks, 1);
    assert_int_equal(f.gateway.stats.sent, size);
    assert_int_equal(f.gateway.stats.withheld, 0);
}

/* ---- How much ---- */

static void emit(void *context, const void *frame, size_t frame_size)
{
    (void)context;
    assert_int_equal(fleet_hear(&f, "many", frame, frame_size), EXECWIRE_OK);
}

static const execwire_state *recall_nothing(void *context, unsigned ref)
{
    (void)context;
    (void)ref;
    return NULL;
}

/* One node with more to be acknowledged than a small frame has room for; its source is the first.
 */
static void start_many(void)
{
    static execwire_link_execution executions[MANY];
    static uint8_t frame[222];
    execwire_link_sender_options options = {.node = EXECWIRE_STR("many"),
                                            .executions = executions,
                                            .execution_count = MANY,
                                            .frame = frame,
                                            .mtu = sizeof frame,
                                            .emit = emit,
                                            .recall = recall_nothing};
    execwire_link_sender sender;

    start(0);
    assert_int_equal(execwire_link_sender_init(&sender, &options, NULL), EXECWIRE_OK);
    execwire_link_restore_session(&sender, 0);
    for (unsigned i = 0; i < MANY; i++) {
        execwire_state state = {.job_id = EXECWIRE_STR("j"), .node_id = EXECWIRE_STR("many")};
        char reference[8];
        unsigned ref;

        snprintf(reference, sizeof reference, "j%u", i);
        state.compute_reference = (execwire_str){reference, strlen(reference)};
        assert_int_equal(execwire_link_update(&sender, &state, f.now, &ref, NULL), EXECWIRE_OK);
    }
    f.now += ACK_MS;
}

/* As much as the frame takes, and as the source may be sent; but a small frame always. */
static void test_credit(void **unused)
{
    static const struct {
        uint32_t credit;
        size_t least, most;
    } cases[] = {{5000, 52, 222}, {100, 52, 100}, {60, 42, 60}, {51, 1, 51}, {10, 0, 0}};

    (void)unused;
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        start_many();
        f.sources[0].credit = cases[i].credit;
        (void)poll(sizeof out);
        assert_in_range(size, cases[i].least, cases[i].most);
        assert_int_equal(f.gateway.stats.sent, size);
        assert_int_equal(f.gateway.stats.link.feedbacks, size > 0);
        assert_int_equal(f.gateway.stats.withheld, size == 0);
        assert_int_equal(to.data != NULL, size > 0);
    }
}

/* ---- Who is not there any more ---- */

static void test_source_that_is_gone(void **unused)
{
    (void)unused;
    start(1);
    fleet_update(&f, 0, 0, 1, NULL);
    execwire_table_remove(&f.gateway.sources, 0);
    f.now += ACK_MS;
    assert_int_equal(poll(sizeof out), EXECWIRE_LINK_NEVER);
    assert_nothing_sent();
    assert_int_equal(f.gateway.stats.link.feedbacks + f.gateway.stats.sent, 0);
}

/* Has an address ask for nothing that makes sense: it is to be asked for a hello. */
static void say_nonsense(const char *address)
{
    f.node[0].mute = true;
    fleet_update(&f, 0, 0, f.node[0].newest[0].version + 1, NULL);
    assert_int_equal(fleet_hear(&f, address, f.frame, f.frame_size), EXECWIRE_OK);
    assert_int_equal(f.last.link.outcome, EXECWIRE_LINK_NO_SESSION);
}

static void test_asking(void **unused)
{
    size_t sent;

    (void)unused;
    start(1);
    say_nonsense("one");
    say_nonsense("two");
    assert_int_equal(poll(sizeof out), f.now); /* the other one is to be asked as well */
    assert_sent("two");
    sent = size;
    assert_int_equal(poll(EXECWIRE_LINK_MIN_MTU), EXECWIRE_LINK_NEVER);
    assert_sent("one");
    assert_int_equal(f.gateway.stats.asked, 2);
    assert_int_equal(f.gateway.stats.link.feedbacks, 2);
    assert_int_equal(f.gateway.stats.sent, sent + size);
    assert_int_equal(poll(sizeof out), EXECWIRE_LINK_NEVER);
    assert_nothing_sent();
}

static void test_asking_who_is_gone(void **unused)
{
    (void)unused;
    start(1);
    say_nonsense("one");
    execwire_table_remove(&f.gateway.sources, 0);
    assert_int_equal(poll(sizeof out), EXECWIRE_LINK_NEVER);
    assert_nothing_sent();
    assert_int_equal(f.gateway.stats.asked, 0);
}

static void test_asking_without_credit(void **unused)
{
    (void)unused;
    start(1);
    say_nonsense("one");
    f.sources[0].credit = 3;
    assert_int_equal(poll(sizeof out), EXECWIRE_LINK_NEVER);
    assert_nothing_sent();
    assert_int_equal(f.gateway.stats.withheld, 1);
    assert_int_equal(f.gateway.stats.link.feedbacks + f.gateway.stats.sent, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_when),
        cmocka_unit_test(test_credit),
        cmocka_unit_test(test_source_that_is_gone),
        cmocka_unit_test(test_asking),
        cmocka_unit_test(test_asking_who_is_gone),
        cmocka_unit_test(test_asking_without_credit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

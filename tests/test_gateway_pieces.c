/* Large frames in pieces, which say nothing of whose they are, of two nodes behind one address.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/fleet.h"
#include "support/frames.h"
#include "support/heads.h"
#include "support/link.h"

#include "gateway/assemblies.h"
#include "link/frame/update.h"

#include <string.h>

static fleet f;
static char output[FLEET_OUTPUT + 1];

/* Both have said so many versions of execution 0, the first node's last one after the other's. */
static void start_two(int64_t versions, int64_t of_other)
{
    fill(output, FLEET_OUTPUT / 2);
    output[FLEET_OUTPUT / 2] = '\0';
    fleet_init(&f);
    fleet_open(&f);
    fleet_start(&f, 0, "node-0", "all", 0);
    fleet_start(&f, 1, "node-1", "all", 0);
    for (int64_t version = 1; version <= of_other; version++)
        fleet_update(&f, 1, 0, version, NULL);
    for (int64_t version = 1; version <= versions; version++)
        fleet_update(&f, 0, 0, version, NULL);
}

static uint32_t counted(execwire_link_outcome outcome)
{
    return f.gateway.stats.link.outcomes[outcome];
}

/* The other node's large state of an execution came out, after so many tries with the first. */
static void assert_taken(unsigned execution, int64_t version, unsigned mismatches)
{
    assert_int_equal(f.last.node, fleet_find(&f, "node-1"));
    assert_int_equal(f.last.link.outcome, EXECWIRE_LINK_STATE);
    assert_int_equal(f.node[1].got[execution], version);
    assert_int_equal(counted(EXECWIRE_LINK_MISMATCH), mismatches);
    assert_true(counted(EXECWIRE_LINK_PIECE) > 5);
    for (unsigned i = 0; i < EXECWIRE_LINK_OUTCOME_COUNT; i++)
        if (i != EXECWIRE_LINK_STATE && i != EXECWIRE_LINK_HELLO && i != EXECWIRE_LINK_PIECE &&
            i != EXECWIRE_LINK_MISMATCH)
            assert_int_equal(counted(i), 0);
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(f.nodes[i].assembly, EXECWIRE_ASSEMBLY_NONE);
    assert_int_equal(f.wrong, 0);
}

/* Who has said the number already has not sent it. */
static void test_number_that_is_old(void **unused)
{
    (void)unused;
    start_two(5, 1);
    fleet_update(&f, 1, 0, 2, output);
    assert_taken(0, 2, 0);
}

/* Who has no such execution has not sent it, be there room for it among his or not. */
static void test_execution_that_is_not_there(void **unused)
{
    (void)unused;
    for (unsigned execution = 1; execution < 6; execution++) {
        start_two(1, 1);
        for (unsigned i = 1; i <= execution; i++)
            fleet_update(&f, 1, i, 1, NULL);
        fleet_update(&f, 0, 0, 2, NULL);
        fleet_update(&f, 1, execution, 2, output);
        assert_taken(execution, 2, 0);
    }
}

/* Where both can have sent it, the other one hears the whole frame. */
static void test_whole_of_the_other(void **unused)
{
    (void)unused;
    start_two(1, 1);
    fleet_update(&f, 1, 0, 2, output);
    assert_taken(0, 2, 1);
}

/* A whole frame that is nobody's is noted as one that did not fit, and the state is asked for. */
static void test_whole_of_nobody(void **unused)
{
    uint8_t last[222];
    size_t size;

    (void)unused;
    start_two(0, 1);
    f.node[1].mute = true;
    fleet_update(&f, 1, 0, 2, output);
    memcpy(last, f.frame, size = f.frame_size);
    last[size - 1] ^= 1;
    start_two(0, 1);
    assert_int_equal(fleet_hear(&f, "all", last, size),
                     EXECWIRE_OK); /* the first to come is kept */
    assert_int_equal(f.last.link.outcome, EXECWIRE_LINK_PIECE);
    fleet_update(&f, 1, 0, 2, output);
    assert_int_equal(counted(EXECWIRE_LINK_MISMATCH), 1);
    assert_int_equal(f.node[1].got[0], 1);
    fleet_run(&f, 5000);
    assert_int_equal(f.node[1].got[0], 2);
    assert_true(f.node[1].sender.stats.wants > 0);
}

/* A piece of ten bytes of a frame of twenty, which is none. */
static execwire_code hear_piece(unsigned offset)
{
    begin();
    put_number(EXECWIRE_FRAME_UPDATE, execwire_piece_head(0, 3, 1, 9));
    if (offset > 0)
        put_number(EXECWIRE_FRAME_OFFSET, offset);
    put_number(EXECWIRE_FRAME_WHOLE, 20);
    put_hex(EXECWIRE_FRAME_PIECE, "FFFFFFFFFFFFFFFFFFFF");
    return fleet_hear(&f, "all", w.frame, pack_frame(w.frame, w.out.sink.size));
}

/* A whole frame that is no frame is an error; its room is another's. */
static void test_whole_that_is_no_frame(void **unused)
{
    (void)unused;
    start_two(0, 1);
    assert_int_equal(hear_piece(0), EXECWIRE_OK);
    assert_int_equal(f.last.link.outcome, EXECWIRE_LINK_PIECE);
    assert_int_not_equal(f.nodes[0].assembly, EXECWIRE_ASSEMBLY_NONE);
    assert_int_not_equal(hear_piece(10), EXECWIRE_OK);
    assert_int_equal(f.last.node, EXECWIRE_GATEWAY_NO_NODE);
    assert_int_equal(f.gateway.stats.link.malformed, 1);
    assert_int_equal(f.nodes[0].assembly, EXECWIRE_ASSEMBLY_NONE);
    assert_int_equal(f.gateway.at, EXECWIRE_GATEWAY_NO_NODE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number_that_is_old),
        cmocka_unit_test(test_execution_that_is_not_there),
        cmocka_unit_test(test_whole_of_the_other),
        cmocka_unit_test(test_whole_of_nobody),
        cmocka_unit_test(test_whole_that_is_no_frame),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Room for large frames in pieces: who gets it, who has to make way, and where the bytes are.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/fleet.h"

#include "gateway/assemblies.h"
#include "gateway/nodes.h"
#include "link/receiver/assembly.h"

#include <stdio.h>

#define WANT_MS 1000

static fleet f;

static void start(size_t assemblies, unsigned nodes)
{
    fleet_init(&f);
    f.options.want_ms = WANT_MS;
    f.options.assembly_count = assemblies;
    fleet_open(&f);
    for (unsigned i = 0; i < nodes; i++) {
        char name[16];
        size_t size = (size_t)snprintf(name, sizeof name, "node-%u", i);

        assert_int_equal(execwire_node_add(&f.gateway, (execwire_str){name, size}), i);
    }
}

static bool has(uint32_t node)
{
    return f.nodes[node].assembly != EXECWIRE_ASSEMBLY_NONE;
}

static bool borrows(uint32_t node, uint64_t now)
{
    execwire_assembly_borrow(&f.gateway, node, now);
    return has(node);
}

/* A node waits for more pieces of a frame. */
static void set_busy(uint32_t node, unsigned transfer, uint32_t whole)
{
    f.assemblies[f.nodes[node].assembly].transfers[transfer].whole = whole;
}

/* Strangers get a quarter, rounded up; those that are known all. */
static void test_quarter(void **unused)
{
    (void)unused;
    for (unsigned assemblies = 0; assemblies <= 8; assemblies++) {
        unsigned strangers = 0, known = 0;

        start(assemblies, 20);
        assert_int_equal(f.gateway.spare_assembly, assemblies > 0 ? 0 : EXECWIRE_ASSEMBLY_NONE);
        for (unsigned i = 0; i < 10; i++)
            strangers += borrows(i, 0);
        assert_int_equal(strangers, (assemblies + 3) / 4);
        assert_int_equal(f.gateway.strange_assemblies, strangers);
        for (unsigned i = 10; i < 20; i++) {
            execwire_node_know(&f.gateway, i);
            known += borrows(i, 0);
        }
        assert_int_equal(strangers + known, assemblies);
        assert_int_equal(f.gateway.spare_assembly, EXECWIRE_ASSEMBLY_NONE);
        assert_int_equal(f.gateway.strange_assemblies, strangers);
    }
}

/* What a stranger has counts no more when it is known. */
static void test_stranger_that_is_known(void **unused)
{
    (void)unused;
    start(4, 2);
    assert_true(borrows(0, 0));
    assert_false(borrows(1, 0));
    execwire_node_know(&f.gateway, 0);
    assert_true(borrows(1, 0));
    execwire_assembly_release(&f.gateway, 0);
    assert_int_equal(f.gateway.strange_assemblies, 1);
    execwire_assembly_release(&f.gateway, 1);
    assert_int_equal(f.gateway.strange_assemblies, 0);
    execwire_assembly_release(&f.gateway, 1);
    assert_int_equal(f.gateway.strange_assemblies, 0);
}

/* The first that has made no progress for more than four wants makes way, when nothing is free. */
static void test_making_way(void **unused)
{
    (void)unused;
    start(3, 8);
    for (unsigned i = 0; i < 8; i++)
        execwire_node_know(&f.gateway, i);
    for (unsigned i = 0; i < 3; i++)
        assert_true(borrows(i, 1000 * (uint64_t)(i == 0 ? 3 : i)));
    assert_true(borrows(1, 90000)); /* which has one */
    assert_true(has(0) && has(2));
    assert_false(borrows(3, 1000 + 4 * WANT_MS)); /* the eldest is the second one's */
    assert_true(borrows(3, 1001 + 4 * WANT_MS));
    assert_false(has(1));
    assert_true(has(0) && has(2));
    assert_int_equal(f.assemblies[f.nodes[3].assembly].heard, 1001 + 4 * WANT_MS);
    assert_int_equal(f.assemblies[f.nodes[3].assembly].node, 3);
    assert_true(borrows(4, 90000));
    assert_false(has(0)); /* one alone */
    assert_true(has(2) && has(3));
}

/* Where some is free nobody makes way. */
static void test_nobody_makes_way(void **unused)
{
    (void)unused;
    start(2, 2);
    execwire_node_know(&f.gateway, 0);
    execwire_node_know(&f.gateway, 1);
    assert_true(borrows(0, 0));
    assert_true(borrows(1, 90000));
    assert_true(has(0));
}

/* A node keeps it as long as it waits for pieces in any of its transfers; the last one that grew
 * says when it made progress. */
static void test_return(void **unused)
{
    (void)unused;
    for (unsigned transfer = 0; transfer < EXECWIRE_GATEWAY_TRANSFERS; transfer++) {
        execwire_gateway_assembly *assembly;

        start(4, 2);
        assert_true(borrows(0, 500));
        set_busy(0, transfer, 100);
        assembly = &f.assemblies[f.nodes[0].assembly];
        assembly->transfers[0].heard = 400;
        assembly->transfers[1].heard = 450;
        execwire_assembly_return(&f.gateway, 0);
        assert_true(has(0));
        assert_int_equal(assembly->heard, 500);
        assembly->transfers[transfer].heard = 600;
        execwire_assembly_return(&f.gateway, 0);
        assert_int_equal(assembly->heard, 600);
        set_busy(0, transfer, 0);
        execwire_assembly_return(&f.gateway, 0);
        assert_false(has(0));
        execwire_assembly_return(&f.gateway, 0);
        assert_true(borrows(1, 0));
    }
}

/* The receiver works with the node's part of what was lent, and with nothing where it has none. */
static void test_lend(void **unused)
{
    const execwire_link_receiver_options *lent = &f.gateway.receiver.options;

    (void)unused;
    start(8, 3);
    assert_true(borrows(0, 0));
    assert_true(borrows(1, 0));
    for (uint32_t node = 0; node < 2; node++) {
        uint32_t which = f.nodes[node].assembly;

        execwire_assembly_lend(&f.gateway, node);
        assert_int_equal(lent->transfer_count, EXECWIRE_GATEWAY_TRANSFERS);
        assert_ptr_equal(lent->transfers, f.assemblies[which].transfers);
        assert_ptr_equal(lent->pieces, f.pieces + which * (sizeof f.pieces / 8));
        assert_int_equal(lent->piece_capacity, sizeof f.pieces / 8);
    }
    execwire_assembly_lend(&f.gateway, 2);
    assert_int_equal(lent->transfer_count, 0);
}

/* The bytes of a frame are told by its update and its size, both of them. */
static void test_bytes(void **unused)
{
    const char *pieces;
    execwire_gateway_assembly *assembly;

    (void)unused;
    start(8, 3);
    assert_true(borrows(0, 0));
    assert_true(borrows(1, 0));
    assembly = &f.assemblies[f.nodes[1].assembly];
    for (unsigned i = 0; i < EXECWIRE_GATEWAY_TRANSFERS; i++) {
        assembly->transfers[i].update = 10 + i;
        assembly->transfers[i].whole = 200 + i;
    }
    pieces = f.pieces + f.nodes[1].assembly * (sizeof f.pieces / 8);
    assert_ptr_equal(execwire_assembly_of(&f.gateway, 1, 10, 200), pieces);
    assert_ptr_equal(execwire_assembly_of(&f.gateway, 1, 11, 201),
                     pieces + execwire_assembly_share(sizeof f.pieces / 8, 2));
    assert_null(execwire_assembly_of(&f.gateway, 1, 10, 201));
    assert_null(execwire_assembly_of(&f.gateway, 1, 11, 200));
    assert_null(execwire_assembly_of(&f.gateway, 0, 10, 200));
    assert_null(execwire_assembly_of(&f.gateway, 2, 10, 200));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quarter),    cmocka_unit_test(test_stranger_that_is_known),
        cmocka_unit_test(test_making_way), cmocka_unit_test(test_nobody_makes_way),
        cmocka_unit_test(test_return),     cmocka_unit_test(test_lend),
        cmocka_unit_test(test_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What the gateway's calls refuse of their callers.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include <execwire/gateway.h>

#include <string.h>

static execwire_gateway gateway;
static execwire_gateway_node nodes[4];
static execwire_gateway_source sources[4];
static execwire_gateway_assembly assemblies[1];
static execwire_entry entries[1];
static uint64_t store[(64 << 10) / 8];
static char text[16 << 10];

static execwire_gateway_options good_options(void)
{
    return (execwire_gateway_options){.nodes = nodes,
                                      .node_count = 4,
                                      .sources = sources,
                                      .source_count = 4,
                                      .store = store,
                                      .store_capacity = sizeof store,
                                      .assemblies = assemblies,
                                      .assembly_count = 1,
                                      .pieces = text,
                                      .piece_capacity = sizeof text,
                                      .text = text,
                                      .text_capacity = sizeof text,
                                      .entries = entries,
                                      .entry_capacity = 1};
}

static void assert_init(const execwire_gateway_options *options, execwire_code expected)
{
    execwire_error error = {.code = EXECWIRE_OK};

    assert_int_equal(execwire_gateway_init(&gateway, options, &error), expected);
    assert_int_equal(error.code, expected);
    assert_int_equal(error.offset, 0);
}

/* `good` with one member that is wrong. */
#define REFUSED(member, value)                                                                     \
    do {                                                                                           \
        options = good;                                                                            \
        options.member = value;                                                                    \
        assert_init(&options, EXECWIRE_ERROR_ARGUMENT);                                            \
    } while (0)

static void test_options(void **unused)
{
    const execwire_gateway_options good = good_options();
    execwire_gateway_options options;

    (void)unused;
    assert_init(&good, EXECWIRE_OK);
    assert_init(NULL, EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_gateway_init(NULL, &good, NULL), EXECWIRE_ERROR_ARGUMENT);
    REFUSED(nodes, NULL);
    REFUSED(node_count, 3);
    REFUSED(node_count, (1 << 24) + 1);
    REFUSED(sources, NULL);
    REFUSED(source_count, 3);
    REFUSED(source_count, (1 << 24) + 1);
    REFUSED(store, NULL);
    REFUSED(store, (char *)store + 4);
    REFUSED(store_capacity, sizeof store - 1);
    REFUSED(text, NULL);
    REFUSED(text_capacity, sizeof text + 1);
    REFUSED(entries, NULL);
    REFUSED(assemblies, NULL);
    REFUSED(pieces, NULL);
    options = good;
    options.assembly_count = 0;
    options.assemblies = NULL;
    options.pieces = NULL;
    assert_init(&options, EXECWIRE_OK);
}

static void assert_receive(execwire_gateway *to, execwire_str source, const void *frame)
{
    execwire_gateway_event event = {.node = 1, .met = true};
    execwire_error error = {.code = EXECWIRE_OK};

    assert_int_equal(execwire_gateway_receive(to, source, frame, 1, 0, &event, &error),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(error.code, EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(error.offset, 0);
    assert_int_equal(event.node, EXECWIRE_GATEWAY_NO_NODE);
    assert_false(event.met);
}

/* promise: gateway-receive */
/* promise: unknown-node-is-zero */
static void test_calls(void **unused)
{
    const execwire_gateway_options good = good_options();
    execwire_link_view view = {.current = true}, nothing = {.current = false};
    execwire_str source = EXECWIRE_STR("something");
    size_t size = 99;

    (void)unused;
    assert_init(&good, EXECWIRE_OK);
    assert_receive(NULL, EXECWIRE_STR("here"), text);
    assert_receive(&gateway, EXECWIRE_STR("here"), NULL);
    assert_receive(&gateway, (execwire_str){NULL, 0}, text);
    assert_receive(&gateway, (execwire_str){text, 0}, text);
    assert_receive(&gateway, (execwire_str){text, EXECWIRE_GATEWAY_SOURCE_SIZE + 1}, text);
    assert_int_equal(execwire_gateway_receive(&gateway,
                                              (execwire_str){text, EXECWIRE_GATEWAY_SOURCE_SIZE},
                                              text, 0, 0, NULL, NULL),
                     EXECWIRE_ERROR_LINK_FRAME);
    assert_int_equal(execwire_gateway_poll(NULL, 0, text, sizeof text, &size, &source),
                     EXECWIRE_LINK_NEVER);
    assert_int_equal(size, 0);
    assert_null(source.data);
    assert_int_equal(execwire_gateway_poll(&gateway, 0, NULL, 51, &size, &source),
                     EXECWIRE_LINK_NEVER);
    assert_int_equal(execwire_gateway_poll(&gateway, 0, text, 51, NULL, &source),
                     EXECWIRE_LINK_NEVER);
    assert_int_equal(execwire_gateway_poll(&gateway, 0, text, 51, &size, NULL),
                     EXECWIRE_LINK_NEVER);
    assert_int_equal(gateway.stats.nodes, 0);
    assert_int_equal(gateway.stats.sources, 1);
    assert_int_equal(gateway.stats.store_used, 0);
    assert_null(execwire_gateway_name(NULL, 0, text).data);
    assert_null(execwire_gateway_name(&gateway, 0, NULL).data);
    assert_null(execwire_gateway_name(&gateway, 0, text).data);
    assert_null(execwire_gateway_name(&gateway, 4, text).data);
    assert_int_equal(execwire_gateway_name(&gateway, 4, text).size, 0);
    assert_false(execwire_gateway_view(&gateway, 0, 0, 0, &view));
    assert_memory_equal(&view, &nothing, sizeof view);
    assert_false(execwire_gateway_view(NULL, 0, 0, 0, &view));
    assert_false(execwire_gateway_view(&gateway, 0, 0, 0, NULL));
}

static void test_records(void **unused)
{
    const execwire_gateway_options good = good_options();
    execwire_error error = {.code = EXECWIRE_OK};
    size_t size = 99;
    uint32_t node = 1;

    (void)unused;
    assert_init(&good, EXECWIRE_OK);
    assert_int_equal(execwire_gateway_save(&gateway, 0, 0, text, sizeof text, &size, &error),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(error.code, EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(error.offset, 0);
    assert_int_equal(size, 0);
    assert_int_equal(execwire_gateway_save(&gateway, 4, 0, text, sizeof text, &size, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_gateway_save(NULL, 0, 0, text, sizeof text, &size, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_gateway_save(&gateway, 0, 0, text, sizeof text, NULL, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    error.code = EXECWIRE_OK;
    assert_int_equal(execwire_gateway_load(NULL, text, sizeof text, 0, 0, &node, &error),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(error.code, EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(error.offset, 0);
    assert_int_equal(node, EXECWIRE_GATEWAY_NO_NODE);
    assert_int_equal(execwire_gateway_load(&gateway, NULL, 0, 0, 0, NULL, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_gateway_load(&gateway, text, 0, 0, 0, NULL, NULL),
                     EXECWIRE_ERROR_RECORD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_records),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

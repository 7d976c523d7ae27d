/* What callers see of the gateway, but for the two ways of frames (receive.c, answer.c).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "error/error.h"
#include "gateway/arena.h"
#include "gateway/assemblies.h"
#include "gateway/nodes.h"
#include "gateway/sources.h"
#include "gateway/table.h"

#include <string.h>

#define FEWEST_ENTRIES 4
#define MOST_ENTRIES   ((size_t)1 << 24)
/* A block's place is 32 bits, in units of 8 bytes. */
#define LEAST_STORE ((size_t)64 << 10)
#define MOST_STORE  (UINT64_C(8) * UINT32_MAX)
/* The receiver's time before the first call, some 70 years: so what was heard before a restart has
 * a time as well. */
#define BEFORE_MS (UINT64_C(1) << 41)

static bool is_count(const void *memory, size_t count)
{
    return memory != NULL && count >= FEWEST_ENTRIES && count <= MOST_ENTRIES;
}

static bool is_store_good(const execwire_gateway_options *options)
{
    const uint64_t store = options->store_capacity; /* compared as what it need not reach */

    return options->store != NULL && (uintptr_t)options->store % 8 == 0 && options->text != NULL &&
           options->store_capacity >= LEAST_STORE && store <= MOST_STORE &&
           options->store_capacity / 4 >= options->text_capacity;
}

static bool are_good(const execwire_gateway_options *options)
{
    return is_count(options->nodes, options->node_count) &&
           is_count(options->sources, options->source_count) && is_store_good(options) &&
           (options->entries != NULL || options->entry_capacity == 0) &&
           (options->assembly_count == 0 ||
            (options->assembly_count <= MOST_ENTRIES && options->assemblies != NULL &&
             options->pieces != NULL));
}

static void init_receiver(execwire_gateway *gateway)
{
    const execwire_gateway_options *options = &gateway->options;

    gateway->receiver.options =
        (execwire_link_receiver_options){.mode = options->mode,
                                         .ack_ms = options->ack_ms,
                                         .want_ms = options->want_ms,
                                         .fresh_ms = options->fresh_ms,
                                         .text = options->text,
                                         .text_capacity = options->text_capacity,
                                         .entries = options->entries,
                                         .entry_capacity = options->entry_capacity};
}

execwire_code execwire_gateway_init(execwire_gateway *gateway,
                                    const execwire_gateway_options *options, execwire_error *error)
{
    if (gateway == NULL || options == NULL || !are_good(options))
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    memset(gateway, 0, sizeof *gateway);
    gateway->options = *options;
    gateway->at = EXECWIRE_GATEWAY_NO_NODE;
    gateway->receiver.passed = BEFORE_MS;
    init_receiver(gateway);
    execwire_arena_init(gateway);
    execwire_nodes_init(gateway);
    execwire_sources_init(gateway);
    execwire_assemblies_init(gateway);
    return EXECWIRE_OK;
}

execwire_str execwire_gateway_name(const execwire_gateway *gateway, uint32_t node,
                                   char text[EXECWIRE_LINK_NODE_SIZE])
{
    if (text == NULL || !execwire_node_is_there(gateway, node))
        return (execwire_str){NULL, 0};
    return execwire_node_name(gateway, node, text);
}

bool execwire_gateway_view(execwire_gateway *gateway, uint32_t node, unsigned ref, uint64_t now,
                           execwire_link_view *view)
{
    if (view != NULL)
        memset(view, 0, sizeof *view);
    if (view == NULL || !execwire_node_is_there(gateway, node))
        return false;
    execwire_node_enter(gateway, node);
    return execwire_link_receiver_view(&gateway->receiver, ref, now, view);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/assemblies.h"

#include "gateway/table.h"
#include "link/receiver/assembly.h"
#include "link/receiver/timers.h"

#include <string.h>

#define NONE EXECWIRE_ASSEMBLY_NONE
/* After so many intervals between wants without progress a node makes way for others. */
#define STALLED_WANTS 4

void execwire_assemblies_init(execwire_gateway *gateway)
{
    const execwire_gateway_options *options = &gateway->options;

    gateway->spare_assembly = options->assembly_count > 0 ? 0 : NONE;
    for (uint32_t i = 0; i < options->assembly_count; i++)
        options->assemblies[i] =
            (execwire_gateway_assembly){.node = EXECWIRE_GATEWAY_NO_NODE,
                                        .next = i + 1 < options->assembly_count ? i + 1 : NONE};
}

void execwire_assembly_release(execwire_gateway *gateway, uint32_t node)
{
    uint32_t *which = &gateway->options.nodes[node].assembly;

    if (*which == NONE)
        return;
    gateway->options.assemblies[*which] = (execwire_gateway_assembly){
        .node = EXECWIRE_GATEWAY_NO_NODE, .next = gateway->spare_assembly};
    gateway->spare_assembly = *which;
    gateway->strange_assemblies -= !execwire_table_is_known(&gateway->nodes, node);
    *which = NONE;
}

/* Lets a node make way that makes no progress. */
static void make_way(execwire_gateway *gateway, uint64_t now)
{
    const execwire_gateway_options *options = &gateway->options;
    uint64_t patience =
        (uint64_t)STALLED_WANTS * execwire_receiver_want_interval(&gateway->receiver);

    for (size_t i = 0; i < options->assembly_count; i++)
        if (now - options->assemblies[i].heard > patience) {
            execwire_assembly_release(gateway, options->assemblies[i].node);
            return;
        }
}

void execwire_assembly_borrow(execwire_gateway *gateway, uint32_t node, uint64_t now)
{
    const execwire_gateway_options *options = &gateway->options;
    uint32_t *which = &options->nodes[node].assembly;
    bool known = execwire_table_is_known(&gateway->nodes, node);

    if (*which == NONE && gateway->spare_assembly == NONE)
        make_way(gateway, now);
    if (*which == NONE && gateway->spare_assembly != NONE &&
        (known || gateway->strange_assemblies < (options->assembly_count + 3) / 4)) {
        *which = gateway->spare_assembly;
        gateway->spare_assembly = options->assemblies[*which].next;
        gateway->strange_assemblies += !known;
        options->assemblies[*which] = (execwire_gateway_assembly){.heard = now, .node = node};
    }
}

/* The part of what was lent for pieces that is an assembly's. */
static char *pieces_of(const execwire_gateway_options *options, uint32_t which, size_t *capacity)
{
    *capacity = options->piece_capacity / options->assembly_count;
    return (char *)options->pieces + which * *capacity;
}

void execwire_assembly_lend(execwire_gateway *gateway, uint32_t node)
{
    const execwire_gateway_options *options = &gateway->options;
    execwire_link_receiver_options *lent = &gateway->receiver.options;
    uint32_t which = options->nodes[node].assembly;

    lent->transfer_count = 0;
    if (which == NONE)
        return;
    lent->transfers = options->assemblies[which].transfers;
    lent->transfer_count = EXECWIRE_GATEWAY_TRANSFERS;
    lent->pieces = pieces_of(options, which, &lent->piece_capacity);
}

void execwire_assembly_return(execwire_gateway *gateway, uint32_t node)
{
    uint32_t which = gateway->options.nodes[node].assembly;
    execwire_gateway_assembly *assembly;
    bool busy = false;

    if (which == NONE)
        return;
    assembly = &gateway->options.assemblies[which];
    for (unsigned i = 0; i < EXECWIRE_GATEWAY_TRANSFERS; i++) {
        busy = busy || assembly->transfers[i].whole != 0;
        if (assembly->transfers[i].heard > assembly->heard)
            assembly->heard = assembly->transfers[i].heard;
    }
    if (!busy)
        execwire_assembly_release(gateway, node);
}

const void *execwire_assembly_of(const execwire_gateway *gateway, uint32_t node, uint32_t update,
                                 uint32_t whole)
{
    const execwire_gateway_options *options = &gateway->options;
    uint32_t which = options->nodes[node].assembly;
    const char *pieces;
    size_t capacity;

    if (which == NONE)
        return NULL;
    pieces = pieces_of(options, which, &capacity);
    for (unsigned i = 0; i < EXECWIRE_GATEWAY_TRANSFERS; i++) {
        const execwire_link_transfer *transfer = &options->assemblies[which].transfers[i];

        if (transfer->update == update && transfer->whole == whole)
            return pieces + i * execwire_assembly_share(capacity, EXECWIRE_GATEWAY_TRANSFERS);
    }
    return NULL;
}

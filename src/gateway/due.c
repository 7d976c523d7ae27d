/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/due.h"

#define NONE EXECWIRE_GATEWAY_NO_NODE

static uint64_t due_at(const execwire_gateway *gateway, uint32_t turn)
{
    const execwire_gateway_node *nodes = gateway->options.nodes;

    return nodes[nodes[turn].queue].due;
}

static void put(execwire_gateway *gateway, uint32_t turn, uint32_t node)
{
    gateway->options.nodes[turn].queue = node;
    gateway->options.nodes[node].turn = turn;
}

/* Lets a node go before those that are due later, and then behind those that are due earlier. */
static void settle(execwire_gateway *gateway, uint32_t node)
{
    execwire_gateway_node *nodes = gateway->options.nodes;
    uint32_t turn = nodes[node].turn;

    while (turn > 0 && due_at(gateway, (turn - 1) / 2) > nodes[node].due) {
        put(gateway, turn, nodes[(turn - 1) / 2].queue);
        turn = (turn - 1) / 2;
    }
    for (uint32_t next = 2 * turn + 1; next < gateway->turns; next = 2 * turn + 1) {
        if (next + 1 < gateway->turns && due_at(gateway, next + 1) < due_at(gateway, next))
            next++;
        if (due_at(gateway, next) >= nodes[node].due)
            break;
        put(gateway, turn, nodes[next].queue);
        turn = next;
    }
    put(gateway, turn, node);
}

static void take_out(execwire_gateway *gateway, uint32_t node)
{
    execwire_gateway_node *nodes = gateway->options.nodes;
    uint32_t turn = nodes[node].turn;
    uint32_t last = nodes[--gateway->turns].queue;

    nodes[node].turn = NONE;
    if (last == node)
        return;
    put(gateway, turn, last);
    settle(gateway, last);
}

void execwire_due_set(execwire_gateway *gateway, uint32_t node, uint64_t due)
{
    execwire_gateway_node *entry = &gateway->options.nodes[node];
    bool is_in = entry->turn != NONE;

    if (due == EXECWIRE_LINK_NEVER) {
        if (is_in)
            take_out(gateway, node);
        entry->due = due;
        return;
    }
    entry->due = due;
    if (!is_in)
        put(gateway, gateway->turns++, node);
    settle(gateway, node);
}

uint32_t execwire_due_first(const execwire_gateway *gateway)
{
    return gateway->turns > 0 ? gateway->options.nodes[0].queue : NONE;
}

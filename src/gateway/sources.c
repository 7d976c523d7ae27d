/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/sources.h"

#include "link/receiver/timers.h"

#include <string.h>

/* RFC 9000, section 8. */
#define AMPLIFICATION 3
/* What has come long ago is no reason to send much now. */
#define MOST_CREDIT UINT32_C(65536)
#define MOST_ASKS   8

static execwire_gateway_source *at(const execwire_gateway *gateway, uint32_t source)
{
    return &gateway->options.sources[source];
}

void execwire_sources_init(execwire_gateway *gateway)
{
    const execwire_gateway_options *options = &gateway->options;

    execwire_table_init(&gateway->sources, options->sources, sizeof *options->sources,
                        options->source_count, options->seed);
}

/* ---- Coming and going ---- */

static void make_place(execwire_gateway *gateway)
{
    uint32_t crowded = execwire_table_crowded(&gateway->sources);

    if (crowded == EXECWIRE_TABLE_NONE)
        return;
    execwire_table_remove(&gateway->sources, crowded);
    gateway->stats.sources--;
}

static uint32_t add(execwire_gateway *gateway, execwire_str key)
{
    uint32_t source;
    execwire_gateway_entry entry;

    make_place(gateway);
    source = execwire_table_add(&gateway->sources, key);
    entry = at(gateway, source)->entry;
    *at(gateway, source) = (execwire_gateway_source){.entry = entry};
    gateway->stats.sources++;
    return source;
}

uint32_t execwire_source_hear(execwire_gateway *gateway, execwire_str key, size_t size)
{
    uint32_t source = execwire_table_find(&gateway->sources, key);
    uint32_t *credit;

    if (source == EXECWIRE_TABLE_NONE)
        source = add(gateway, key);
    else
        execwire_table_touch(&gateway->sources, source);
    credit = &at(gateway, source)->credit;
    if (size <= (MOST_CREDIT - *credit) / AMPLIFICATION)
        *credit += AMPLIFICATION * (uint32_t)size;
    else
        *credit = MOST_CREDIT;
    return source;
}

void execwire_source_know(execwire_gateway *gateway, uint32_t source)
{
    if (!execwire_table_is_known(&gateway->sources, source))
        execwire_table_know(&gateway->sources, source);
}

size_t execwire_source_credit(const execwire_gateway *gateway, uint32_t source)
{
    return at(gateway, source)->credit;
}

bool execwire_source_spend(execwire_gateway *gateway, uint32_t source, size_t size)
{
    uint32_t *credit = &at(gateway, source)->credit;

    if (size > *credit) {
        gateway->stats.withheld++;
        return false;
    }
    *credit -= (uint32_t)size;
    gateway->stats.sent += size;
    return true;
}

/* ---- Its nodes ---- */

void execwire_source_bind(execwire_gateway *gateway, uint32_t source, uint32_t node)
{
    execwire_gateway_source *entry = at(gateway, source);
    execwire_gateway_place place = execwire_table_place(&gateway->nodes, node);
    unsigned was = 0;

    while (was < entry->node_count && entry->nodes[was].index != node)
        was++;
    if (was == entry->node_count && was < EXECWIRE_GATEWAY_NODES_OF_A_SOURCE)
        entry->node_count++;
    if (was == EXECWIRE_GATEWAY_NODES_OF_A_SOURCE)
        was--;
    memmove(entry->nodes + 1, entry->nodes, was * sizeof *entry->nodes);
    entry->nodes[0] = place;
}

unsigned execwire_source_nodes(const execwire_gateway *gateway, uint32_t source,
                               execwire_gateway_place nodes[EXECWIRE_GATEWAY_NODES_OF_A_SOURCE])
{
    const execwire_gateway_source *entry = at(gateway, source);
    unsigned count = 0;

    for (unsigned i = 0; i < entry->node_count; i++)
        if (execwire_table_is_there(&gateway->nodes, entry->nodes[i]))
            nodes[count++] = entry->nodes[i];
    return count;
}

/* ---- Asking for hellos ---- */

execwire_gateway_ask *execwire_source_ask(execwire_gateway *gateway, uint32_t source, uint64_t now)
{
    execwire_gateway_source *entry = at(gateway, source);
    execwire_gateway_ask *ask = &gateway->asking[gateway->asking_count];

    if (gateway->options.mode != EXECWIRE_LINK_TWO_WAY || entry->ask_next > now ||
        gateway->asking_count == EXECWIRE_GATEWAY_ASKING)
        return NULL;
    entry->ask_next =
        now + ((uint64_t)execwire_receiver_want_interval(&gateway->receiver) << entry->asks);
    if (entry->asks < MOST_ASKS)
        entry->asks++;
    *ask = (execwire_gateway_ask){.source = execwire_table_place(&gateway->sources, source)};
    gateway->asking_count++;
    return ask;
}

void execwire_source_understood(execwire_gateway *gateway, uint32_t source)
{
    at(gateway, source)->asks = 0;
}

bool execwire_source_next_asked(execwire_gateway *gateway, execwire_gateway_ask *ask)
{
    while (gateway->asking_count > 0) {
        *ask = gateway->asking[--gateway->asking_count];
        if (execwire_table_is_there(&gateway->sources, ask->source))
            return true;
    }
    return false;
}

/* ---- What comes to nothing ---- */

void execwire_source_begin(execwire_gateway *gateway, uint32_t source)
{
    const execwire_gateway_source *entry = at(gateway, source);
    bool known = execwire_table_is_known(&gateway->sources, source);

    gateway->receiver.failed = known ? entry->failed : gateway->failed;
    gateway->receiver.failed_since = known ? entry->failed_since : gateway->failed_since;
}

void execwire_source_end(execwire_gateway *gateway, uint32_t source)
{
    execwire_gateway_source *entry = at(gateway, source);

    if (execwire_table_is_known(&gateway->sources, source)) {
        entry->failed = gateway->receiver.failed;
        entry->failed_since = gateway->receiver.failed_since;
    } else {
        gateway->failed = gateway->receiver.failed;
        gateway->failed_since = gateway->receiver.failed_since;
    }
}

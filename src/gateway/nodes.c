/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/nodes.h"

#include "gateway/arena.h"
#include "gateway/assemblies.h"
#include "gateway/due.h"
#include "gateway/table.h"
#include "link/model/identity.h"
#include "link/receiver/timers.h"

#include <string.h>

/* Contexts come in so many. */
#define CONTEXTS_STEP 4
#define CONTEXTS_SIZE (EXECWIRE_LINK_MAX_REFS * sizeof(execwire_link_context))

static execwire_gateway_node *at(const execwire_gateway *gateway, uint32_t node)
{
    return &gateway->options.nodes[node];
}

/* ---- Memory ---- */

/* What strangers have together is counted. */
static void count_strange(execwire_gateway *gateway, uint32_t node, size_t before)
{
    if (!execwire_table_is_known(&gateway->nodes, node))
        gateway->strange_bytes += execwire_arena_used_by(gateway, node) - before;
}

static void *take(execwire_gateway *gateway, uint32_t node, execwire_block which, size_t size)
{
    size_t before = execwire_arena_used_by(gateway, node);
    void *taken = execwire_arena_take(gateway, node, which, size);

    count_strange(gateway, node, before);
    return taken;
}

static void drop(execwire_gateway *gateway, uint32_t node, execwire_block which)
{
    size_t before = execwire_arena_used_by(gateway, node);

    execwire_arena_drop(gateway, node, which);
    count_strange(gateway, node, before);
}

/* The receiver's `grow`: an eighth more than it needs, so that it does not need more each time. No
 * node has more than an eighth of all memory. */
static void grow_states(execwire_link_receiver *receiver, size_t size)
{
    execwire_gateway *gateway = (execwire_gateway *)(void *)receiver;
    size_t wanted = size + size / 8;

    if (wanted > gateway->arena.capacity / 8)
        return;
    receiver->options.store = take(gateway, gateway->at, EXECWIRE_BLOCK_STATES, wanted);
    receiver->options.store_capacity = wanted;
}

/* What a call may take at most: all three blocks anew, the states' with another one. */
static size_t most_needed(const execwire_gateway *gateway, uint32_t node)
{
    size_t states;

    (void)execwire_arena_get(gateway, node, EXECWIRE_BLOCK_STATES, &states);
    return CONTEXTS_SIZE + EXECWIRE_LINK_WORDS_SIZE +
           (states + gateway->options.text_capacity) / 8 * 9 + 8 +
           (size_t)EXECWIRE_BLOCKS * EXECWIRE_ARENA_OVERHEAD;
}

bool execwire_node_is_there(const execwire_gateway *gateway, uint32_t node)
{
    return gateway != NULL && node < gateway->options.node_count &&
           at(gateway, node)->entry.standing != EXECWIRE_STANDING_FREE;
}

execwire_str execwire_node_name(const execwire_gateway *gateway, uint32_t node,
                                char text[EXECWIRE_LINK_NODE_SIZE])
{
    const execwire_gateway_entry *entry = &at(gateway, node)->entry;

    if (entry->key[0] == EXECWIRE_NODE_IS_SOURCE)
        return (execwire_str){NULL, 0};
    return execwire_identity_unpack_node((execwire_str){entry->key, entry->size}, text);
}

/* ---- Making room ---- */

static void forget(execwire_gateway *gateway, uint32_t node)
{
    const execwire_gateway_options *options = &gateway->options;

    for (unsigned which = 0; which < EXECWIRE_BLOCKS; which++)
        drop(gateway, node, (execwire_block)which);
    execwire_assembly_release(gateway, node);
    execwire_due_set(gateway, node, EXECWIRE_LINK_NEVER);
    execwire_table_remove(&gateway->nodes, node);
    gateway->stats.forgotten++;
    gateway->stats.nodes--;
    if (options->forget != NULL) {
        char text[EXECWIRE_LINK_NODE_SIZE];

        options->forget(options->context, node, execwire_node_name(gateway, node, text));
    }
}

/* The node of that standing that was silent for longest, but this one. */
static uint32_t oldest_but(const execwire_gateway *gateway, execwire_standing standing,
                           uint32_t node)
{
    uint32_t oldest = gateway->nodes.oldest[standing];

    return oldest == node && oldest != EXECWIRE_TABLE_NONE ? at(gateway, oldest)->entry.newer
                                                           : oldest;
}

/* Which node is to make room for what another one needs; strangers push each other out as soon as
 * they have a quarter of the memory. */
static uint32_t find_victim(const execwire_gateway *gateway, uint32_t node)
{
    bool strange = gateway->strange_bytes > gateway->arena.capacity / 4;
    uint32_t stranger = oldest_but(gateway, EXECWIRE_STANDING_STRANGER, node);
    uint32_t known = oldest_but(gateway, EXECWIRE_STANDING_KNOWN, node);

    if (strange || known == EXECWIRE_TABLE_NONE)
        return stranger;
    return known;
}

/* Forgets nodes until there is so much memory. */
static bool reserve(execwire_gateway *gateway, uint32_t node, size_t size)
{
    while (gateway->arena.live + size > execwire_arena_limit(gateway)) {
        uint32_t victim = find_victim(gateway, node);

        if (victim == EXECWIRE_TABLE_NONE)
            return false;
        forget(gateway, victim);
    }
    execwire_arena_reserve(gateway, size);
    return true;
}

static void make_place(execwire_gateway *gateway)
{
    uint32_t crowded = execwire_table_crowded(&gateway->nodes);

    if (crowded != EXECWIRE_TABLE_NONE)
        forget(gateway, crowded);
}

/* ---- Coming ---- */

void execwire_nodes_init(execwire_gateway *gateway)
{
    const execwire_gateway_options *options = &gateway->options;

    execwire_table_init(&gateway->nodes, options->nodes, sizeof *options->nodes,
                        options->node_count, options->seed);
    for (size_t i = 0; i < options->node_count; i++) {
        options->nodes[i].turn = EXECWIRE_GATEWAY_NO_NODE;
        options->nodes[i].due = EXECWIRE_LINK_NEVER;
        options->nodes[i].assembly = EXECWIRE_ASSEMBLY_NONE;
    }
    gateway->receiver.options.grow = grow_states;
}

uint32_t execwire_node_add(execwire_gateway *gateway, execwire_str name)
{
    uint32_t node;

    make_place(gateway);
    node = execwire_table_add(&gateway->nodes, name);
    at(gateway, node)->peer = (execwire_link_peer){.session = 0};
    at(gateway, node)->source = (execwire_gateway_place){0, 0};
    gateway->stats.nodes++;
    return node;
}

void execwire_node_know(execwire_gateway *gateway, uint32_t node)
{
    if (execwire_table_is_known(&gateway->nodes, node))
        return;
    gateway->strange_bytes -= execwire_arena_used_by(gateway, node);
    gateway->strange_assemblies -= at(gateway, node)->assembly != EXECWIRE_ASSEMBLY_NONE;
    execwire_table_know(&gateway->nodes, node);
}

bool execwire_node_prepare(execwire_gateway *gateway, uint32_t node, unsigned ref)
{
    size_t had;
    size_t size = sizeof(execwire_link_context) * CONTEXTS_STEP * (ref / CONTEXTS_STEP + 1);
    char *contexts;

    if (!reserve(gateway, node, most_needed(gateway, node)))
        return false;
    (void)execwire_arena_get(gateway, node, EXECWIRE_BLOCK_CONTEXTS, &had);
    if (size <= had)
        return true;
    contexts = take(gateway, node, EXECWIRE_BLOCK_CONTEXTS, size);
    memset(contexts + had, 0, size - had);
    return true;
}

/* ---- Being one ---- */

void execwire_node_enter(execwire_gateway *gateway, uint32_t node)
{
    execwire_link_receiver *receiver = &gateway->receiver;
    execwire_link_receiver_options *options = &receiver->options;
    size_t size;
    const void *words = execwire_arena_get(gateway, node, EXECWIRE_BLOCK_WORDS, &size);

    gateway->at = node;
    receiver->peer = at(gateway, node)->peer;
    if (words != NULL)
        memcpy(receiver->words, words, size);
    options->contexts = execwire_arena_get(gateway, node, EXECWIRE_BLOCK_CONTEXTS, &size);
    options->context_count = size / sizeof *options->contexts;
    options->store =
        execwire_arena_get(gateway, node, EXECWIRE_BLOCK_STATES, &options->store_capacity);
    if (options->store == NULL)
        options->store = gateway->options.text; /* of no bytes: any memory will do */
    execwire_assembly_lend(gateway, node);
}

/* Words only get more in a session. */
static void keep_words(execwire_gateway *gateway)
{
    const execwire_link_receiver *receiver = &gateway->receiver;
    size_t used = receiver->peer.words_used;
    size_t size;

    (void)execwire_arena_get(gateway, gateway->at, EXECWIRE_BLOCK_WORDS, &size);
    if (used == size)
        return;
    if (used == 0)
        drop(gateway, gateway->at, EXECWIRE_BLOCK_WORDS);
    else
        memcpy(take(gateway, gateway->at, EXECWIRE_BLOCK_WORDS, used), receiver->words, used);
}

void execwire_node_leave(execwire_gateway *gateway, uint64_t now)
{
    execwire_link_receiver *receiver = &gateway->receiver;
    size_t unused;
    uint64_t due = execwire_link_receiver_poll(receiver, now, receiver->options.text, 0, &unused);

    if (due != EXECWIRE_LINK_NEVER)
        due = due - now + execwire_receiver_time(receiver, now);
    execwire_due_set(gateway, gateway->at, due);
    at(gateway, gateway->at)->peer = receiver->peer;
    keep_words(gateway);
    execwire_assembly_return(gateway, gateway->at);
    gateway->at = EXECWIRE_GATEWAY_NO_NODE;
}

void execwire_node_abandon(execwire_gateway *gateway)
{
    execwire_assembly_return(gateway, gateway->at);
    gateway->at = EXECWIRE_GATEWAY_NO_NODE;
}

/* Whose frame it is, and what it changes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "error/error.h"
#include "gateway/arena.h"
#include "gateway/assemblies.h"
#include "gateway/nodes.h"
#include "gateway/sources.h"
#include "gateway/table.h"
#include "link/frame/frame.h"
#include "link/frame/update.h"
#include "link/frame/values.h"
#include "link/receiver/contexts.h"
#include "link/receiver/session.h"
#include "link/receiver/timers.h"

#include <string.h>

/* So long a source may be silent before a hello from elsewhere is believed: it may be recorded. */
#define SILENT_MS 30000

typedef struct arrival {
    execwire_gateway *gateway;
    uint32_t source;
    const void *bytes;
    size_t size;
    uint64_t now;  /* the caller's */
    uint64_t time; /* the receiver's */
    execwire_frame frame;
    execwire_gateway_event *event;
    execwire_error *error;
} arrival;

/* ---- What a frame brought ---- */

static bool has_state(const arrival *a)
{
    return a->frame.kind == EXECWIRE_FRAME_KIND_IDENTITY ||
           a->frame.kind == EXECWIRE_FRAME_KIND_DELTA;
}

/* Whether it was that node's frame for certain. A repeat is where its check is that of the node's
 * newest state. */
static bool is_certain(const arrival *a)
{
    const execwire_link_receiver *receiver = &a->gateway->receiver;

    switch (a->event->link.outcome) {
    case EXECWIRE_LINK_STATE:
    case EXECWIRE_LINK_HELLO:
    case EXECWIRE_LINK_DIGEST:
    case EXECWIRE_LINK_PIECE:
        return true;
    case EXECWIRE_LINK_REPEATED:
        return !has_state(a) || receiver->options.contexts[a->frame.ref].check ==
                                    a->frame.value[EXECWIRE_FRAME_CHECK];
    case EXECWIRE_LINK_OLD_SESSION:
    case EXECWIRE_LINK_NO_SESSION:
    case EXECWIRE_LINK_NO_WORD:
    case EXECWIRE_LINK_NO_IDENTITY:
    case EXECWIRE_LINK_NO_BASE:
    case EXECWIRE_LINK_MISMATCH:
    case EXECWIRE_LINK_NO_ROOM:
    case EXECWIRE_LINK_FEEDBACK:
    case EXECWIRE_LINK_PROFILE:
    case EXECWIRE_LINK_OTHER_NODE:
    case EXECWIRE_LINK_BUSY:
    case EXECWIRE_LINK_OUTCOME_COUNT:
        break;
    }
    return false;
}

static bool is_answered_there(const arrival *a, const execwire_gateway_node *node)
{
    return execwire_table_is_there(&a->gateway->sources, node->source) &&
           node->source.index == a->source;
}

/* A node is answered where its last new state came from. What can be recorded and sent again moves
 * it only while it has given no state, or when that source is silent. */
static void trust(const arrival *a, uint32_t index)
{
    execwire_gateway *gateway = a->gateway;
    execwire_gateway_node *node = &gateway->options.nodes[index];
    execwire_link_outcome outcome = a->event->link.outcome;
    bool there = execwire_table_is_there(&gateway->sources, node->source);
    bool stays = is_answered_there(a, node);

    if (outcome != EXECWIRE_LINK_STATE && outcome != EXECWIRE_LINK_HELLO &&
        outcome != EXECWIRE_LINK_DIGEST)
        return;
    if (outcome != EXECWIRE_LINK_STATE && there && !stays &&
        execwire_table_is_known(&gateway->nodes, index) && a->time - node->trusted_at <= SILENT_MS)
        return;
    a->event->moved = node->source.life != 0 && !stays;
    gateway->stats.moved += a->event->moved;
    node->source = execwire_table_place(&gateway->sources, a->source);
    node->trusted_at = a->time;
}

static void want(execwire_gateway_ask *ask, unsigned ref)
{
    if (ask->ref_count < sizeof ask->refs)
        ask->refs[ask->ref_count++] = (uint8_t)ref;
}

/* Asks the source for its hello, and for the states that the frame tells of: so all of it is there
 * after one round trip. */
static void ask_source(const arrival *a)
{
    execwire_gateway_ask *ask = execwire_source_ask(a->gateway, a->source, a->time);
    execwire_str live = a->frame.bytes[EXECWIRE_FRAME_LIVE];
    uint32_t entry;

    if (ask == NULL)
        return;
    while (execwire_frame_next_number(&live, &entry))
        want(ask, execwire_update_ref(entry));
    if (execwire_frame_has(&a->frame, EXECWIRE_FRAME_UPDATE))
        want(ask, a->frame.ref);
}

static void note(const arrival *a, uint32_t node, bool certain)
{
    execwire_gateway *gateway = a->gateway;

    a->event->node = node;
    if (!certain) {
        if (!is_answered_there(a, &gateway->options.nodes[node]))
            ask_source(a);
        return;
    }
    execwire_table_touch(&gateway->nodes, node);
    execwire_source_bind(gateway, a->source, node);
    execwire_source_understood(gateway, a->source);
    if (a->event->link.outcome == EXECWIRE_LINK_STATE) {
        execwire_node_know(gateway, node);
        execwire_source_know(gateway, a->source);
    }
    trust(a, node);
}

/* ---- A node's turn ---- */

/* The highest ref that the frame speaks of. */
static unsigned highest_ref(const execwire_frame *frame)
{
    execwire_str live = frame->bytes[EXECWIRE_FRAME_LIVE];
    unsigned highest = frame->ref;
    uint32_t entry;

    while (execwire_frame_next_number(&live, &entry))
        if (execwire_update_ref(entry) > highest)
            highest = execwire_update_ref(entry);
    return highest;
}

static execwire_code hear(const arrival *a)
{
    execwire_gateway *gateway = a->gateway;
    execwire_code code;

    execwire_source_begin(gateway, a->source);
    code = execwire_link_receive(&gateway->receiver, a->bytes, a->size, a->now, &a->event->link,
                                 a->error);
    execwire_source_end(gateway, a->source);
    return code;
}

/* Lets a node hear the frame. Says in `certain` whether it was its own; when it was not, nothing
 * has changed where it is only tried. */
static execwire_code visit(const arrival *a, uint32_t node, bool only_tried, bool *certain)
{
    execwire_gateway *gateway = a->gateway;
    execwire_link_receiver *receiver = &gateway->receiver;
    const execwire_link_receiver_stats stats = receiver->stats;
    const execwire_link_peer *before = &gateway->options.nodes[node].peer;
    execwire_link_context context;
    execwire_code code;

    *certain = false;
    if (!execwire_node_prepare(gateway, node, highest_ref(&a->frame))) {
        a->event->link.outcome = EXECWIRE_LINK_NO_ROOM;
        return EXECWIRE_OK;
    }
    if (a->frame.kind == EXECWIRE_FRAME_KIND_PIECE)
        execwire_assembly_borrow(gateway, node, a->time);
    execwire_node_enter(gateway, node);
    context = receiver->options.contexts[a->frame.ref];
    code = hear(a);
    *certain = code == EXECWIRE_OK && is_certain(a);
    if (code != EXECWIRE_OK || (only_tried && !*certain)) {
        receiver->options.contexts[a->frame.ref] = context;
        execwire_node_abandon(gateway);
        if (only_tried)
            receiver->stats = stats;
        return code;
    }
    a->event->restarted = before->has_met && (receiver->peer.session != before->session ||
                                              receiver->peer.salt != before->salt);
    execwire_node_leave(gateway, a->now);
    note(a, node, *certain);
    return EXECWIRE_OK;
}

/* ---- Whose frame it is ---- */

/* A frame that no node has heard. */
static void give_up(const arrival *a, execwire_link_outcome outcome)
{
    execwire_link_receiver_stats *stats = &a->gateway->receiver.stats;

    a->event->link.outcome = outcome;
    if (outcome == EXECWIRE_LINK_NO_SESSION)
        ask_source(a);
    stats->outcomes[outcome]++;
    stats->bytes += a->size;
}

/* A hello says whose it is: a node's that is known, or another one's. */
static execwire_code take_hello(const arrival *a, execwire_str name, execwire_str source)
{
    execwire_gateway *gateway = a->gateway;
    char key[EXECWIRE_LINK_NODE_SIZE] = {EXECWIRE_NODE_IS_SOURCE};
    uint32_t node;
    bool unused;

    if (a->frame.value[EXECWIRE_FRAME_PROFILE] != 0) {
        give_up(a, EXECWIRE_LINK_PROFILE);
        return EXECWIRE_OK;
    }
    if (name.size > sizeof key) {
        give_up(a, EXECWIRE_LINK_OTHER_NODE);
        return EXECWIRE_OK;
    }
    if (name.size == 0) {
        memcpy(key + 1, source.data, source.size);
        name = (execwire_str){key, 1 + source.size};
    }
    node = execwire_table_find(&gateway->nodes, name);
    a->event->met = node == EXECWIRE_TABLE_NONE;
    if (a->event->met) {
        node = execwire_node_add(gateway, name);
        gateway->stats.met++;
    }
    return visit(a, node, false, &unused);
}

/* Lets one node after the other hear a frame until it is certain whose it is. */
static execwire_code try_all(const arrival *a, const execwire_gateway_place *nodes, unsigned count,
                             bool *certain)
{
    execwire_code code = EXECWIRE_OK;

    *certain = false;
    for (unsigned i = 0; i < count && !*certain; i++)
        if (execwire_table_is_there(&a->gateway->nodes, nodes[i]))
            code = visit(a, nodes[i].index, true, certain);
    return code;
}

static const void *waiting_bytes(const arrival *a, uint32_t node)
{
    return execwire_assembly_of(a->gateway, node, (uint32_t)a->frame.value[EXECWIRE_FRAME_UPDATE],
                                (uint32_t)a->frame.value[EXECWIRE_FRAME_WHOLE]);
}

/* Whether a piece is of an update that a node may send now. */
static bool may_be_piece_of(const arrival *a, uint32_t node)
{
    uint64_t update = a->frame.value[EXECWIRE_FRAME_UPDATE];
    size_t size;
    const execwire_link_context *contexts =
        execwire_arena_get(a->gateway, node, EXECWIRE_BLOCK_CONTEXTS, &size);

    return waiting_bytes(a, node) != NULL ||
           (a->frame.ref < size / sizeof *contexts &&
            execwire_context_is_present(&contexts[a->frame.ref]) &&
            contexts[a->frame.ref].generation == execwire_piece_generation(update) &&
            contexts[a->frame.ref].number < execwire_piece_number((uint32_t)update));
}

/* A piece has no check: of several nodes the likeliest hears it. When the frame is whole, and
 * another's, the others hear that. */
static execwire_code take_piece(const arrival *a, const execwire_gateway_place *nodes,
                                unsigned count)
{
    arrival whole = *a;
    unsigned likely = 0;
    bool certain;
    execwire_code code;

    while (likely < count && !may_be_piece_of(a, nodes[likely].index))
        likely++;
    likely = likely < count ? likely : 0;
    whole.bytes = waiting_bytes(a, nodes[likely].index);
    whole.size = (size_t)a->frame.value[EXECWIRE_FRAME_WHOLE];
    code = visit(a, nodes[likely].index, false, &certain);
    if (code != EXECWIRE_OK || certain || count == 1 || whole.bytes == NULL ||
        a->event->link.outcome == EXECWIRE_LINK_NO_ROOM ||
        execwire_frame_read(whole.bytes, whole.size, &whole.frame, NULL) != EXECWIRE_OK)
        return code;
    return try_all(&whole, nodes, count, &certain);
}

/* What else there is has no name: it is tried with the nodes that the source has. */
static execwire_code take_other(const arrival *a)
{
    execwire_gateway *gateway = a->gateway;
    execwire_gateway_place nodes[EXECWIRE_GATEWAY_NODES_OF_A_SOURCE];
    unsigned count = execwire_source_nodes(gateway, a->source, nodes);
    bool certain = false;
    execwire_code code = EXECWIRE_OK;

    if (count == 0) {
        give_up(a, EXECWIRE_LINK_NO_SESSION);
        return EXECWIRE_OK;
    }
    if (a->frame.kind == EXECWIRE_FRAME_KIND_PIECE)
        return take_piece(a, nodes, count);
    if (count > 1)
        code = try_all(a, nodes, count, &certain);
    if (certain)
        return code;
    if (!execwire_table_is_there(&gateway->nodes, nodes[0])) {
        give_up(a, EXECWIRE_LINK_NO_SESSION);
        return EXECWIRE_OK;
    }
    return visit(a, nodes[0].index, false, &certain);
}

static execwire_code take_frame(arrival *a, execwire_str source)
{
    execwire_str name;
    execwire_code code = execwire_frame_read(a->bytes, a->size, &a->frame, a->error);

    if (code != EXECWIRE_OK) {
        a->gateway->receiver.stats.bytes += a->size;
        a->gateway->receiver.stats.malformed++;
        return code;
    }
    if (a->frame.kind == EXECWIRE_FRAME_KIND_ACKS ||
        a->frame.kind == EXECWIRE_FRAME_KIND_FEEDBACK) {
        give_up(a, EXECWIRE_LINK_FEEDBACK);
        return EXECWIRE_OK;
    }
    if (execwire_session_is_hello(&a->frame, &name))
        return take_hello(a, name, source);
    return take_other(a);
}

execwire_code execwire_gateway_receive(execwire_gateway *gateway, execwire_str source,
                                       const void *frame, size_t size, uint64_t now,
                                       execwire_gateway_event *event, execwire_error *error)
{
    execwire_gateway_event unused = {.node = EXECWIRE_GATEWAY_NO_NODE};
    arrival a = {.gateway = gateway, .bytes = frame, .size = size, .now = now, .error = error};
    execwire_code code;

    a.event = event != NULL ? event : &unused;
    *a.event = (execwire_gateway_event){.node = EXECWIRE_GATEWAY_NO_NODE};
    if (gateway == NULL || frame == NULL || source.data == NULL || source.size == 0 ||
        source.size > EXECWIRE_GATEWAY_SOURCE_SIZE)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    a.time = execwire_receiver_set_clock(&gateway->receiver, now);
    a.source = execwire_source_hear(gateway, source, size);
    code = take_frame(&a, source);
    if (code != EXECWIRE_OK)
        *a.event = (execwire_gateway_event){.node = EXECWIRE_GATEWAY_NO_NODE};
    gateway->stats.link = gateway->receiver.stats;
    gateway->stats.store_used = gateway->arena.live;
    return code;
}

/* The way back: to each source what its nodes are to be told, and no more than it may be sent.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "gateway/due.h"
#include "gateway/nodes.h"
#include "gateway/sources.h"
#include "gateway/table.h"
#include "link/base/sink.h"
#include "link/frame/control.h"
#include "link/receiver/timers.h"

#include <execwire/link_frame.h>

#include <string.h>

/* A frame of feedback that wants a hello, and with it what made no sense. Returns its size. */
static size_t write_wants(const execwire_gateway_ask *ask, void *out, size_t capacity)
{
    uint8_t wants[2 + sizeof ask->refs] = {EXECWIRE_WANT_HELLO, EXECWIRE_WANT_HELLO >> 7};
    execwire_buffer_sink sink = execwire_sink_buffer(out, capacity);
    size_t check_at = execwire_control_put_check(&sink.sink);

    memcpy(wants + 2, ask->refs, ask->ref_count);
    execwire_sink_bytes_field(&sink.sink, EXECWIRE_FRAME_WANTS, wants, 2u + ask->ref_count);
    (void)execwire_control_finish(out, sink.sink.size, check_at, (execwire_str){NULL, 0}, 0);
    return sink.sink.size;
}

static execwire_str key_of(const execwire_gateway *gateway, uint32_t source)
{
    const execwire_gateway_entry *entry = execwire_table_at(&gateway->sources, source);

    return (execwire_str){entry->key, entry->size};
}

/* Notes what is to be sent to a source. Returns whether it may be. */
static bool send_to(execwire_gateway *gateway, uint32_t source, size_t size, execwire_str *to)
{
    if (!execwire_source_spend(gateway, source, size))
        return false;
    gateway->receiver.stats.feedbacks++;
    *to = key_of(gateway, source);
    return true;
}

/* Asks the next source that nobody understands for a hello. */
static size_t ask_source(execwire_gateway *gateway, void *out, size_t capacity, execwire_str *to)
{
    execwire_gateway_ask ask;
    size_t size;

    if (!execwire_source_next_asked(gateway, &ask))
        return 0;
    size = write_wants(&ask, out, capacity);
    gateway->stats.asked++;
    return send_to(gateway, ask.source.index, size, to) ? size : 0;
}

/* Answers the node that is due. */
static size_t answer_node(execwire_gateway *gateway, uint32_t node, uint64_t now, void *out,
                          size_t capacity, execwire_str *to)
{
    const execwire_gateway_place *place = &gateway->options.nodes[node].source;
    uint32_t feedbacks = gateway->receiver.stats.feedbacks;
    bool there = execwire_table_is_there(&gateway->sources, *place);
    size_t size, credit = there ? execwire_source_credit(gateway, place->index) : 0;

    if (credit < capacity)
        capacity = credit > EXECWIRE_LINK_MIN_MTU ? credit : EXECWIRE_LINK_MIN_MTU;
    execwire_node_enter(gateway, node);
    (void)execwire_link_receiver_poll(&gateway->receiver, now, out, capacity, &size);
    gateway->receiver.stats.feedbacks = feedbacks;
    execwire_node_leave(gateway, now);
    return size > 0 && there && send_to(gateway, place->index, size, to) ? size : 0;
}

/* When there is more to say, in the caller's time. */
static uint64_t next_due(const execwire_gateway *gateway, uint64_t now, uint64_t time)
{
    uint32_t node = execwire_due_first(gateway);
    uint64_t due;

    if (gateway->asking_count > 0)
        return now;
    if (node == EXECWIRE_GATEWAY_NO_NODE)
        return EXECWIRE_LINK_NEVER;
    due = gateway->options.nodes[node].due;
    return due > time ? now + (due - time) : now;
}

uint64_t execwire_gateway_poll(execwire_gateway *gateway, uint64_t now, void *out, size_t capacity,
                               size_t *size, execwire_str *source)
{
    uint64_t time;
    uint32_t node;

    if (size != NULL)
        *size = 0;
    if (source != NULL)
        *source = (execwire_str){NULL, 0};
    if (gateway == NULL || out == NULL || size == NULL || source == NULL ||
        gateway->options.mode != EXECWIRE_LINK_TWO_WAY)
        return EXECWIRE_LINK_NEVER;
    time = execwire_receiver_set_clock(&gateway->receiver, now);
    node = execwire_due_first(gateway);
    if (capacity >= EXECWIRE_LINK_MIN_MTU) {
        if (gateway->asking_count > 0)
            *size = ask_source(gateway, out, capacity, source);
        else if (node != EXECWIRE_GATEWAY_NO_NODE && gateway->options.nodes[node].due <= time)
            *size = answer_node(gateway, node, now, out, capacity, source);
    }
    gateway->stats.link = gateway->receiver.stats;
    return next_due(gateway, now, time);
}

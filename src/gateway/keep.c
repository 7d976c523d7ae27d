/* What is known of a node goes out as a record, and comes back from it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/crc32.h"
#include "error/error.h"
#include "gateway/arena.h"
#include "gateway/due.h"
#include "gateway/nodes.h"
#include "gateway/record.h"
#include "gateway/sources.h"
#include "gateway/table.h"
#include "link/model/check.h"
#include "link/receiver/owed.h"
#include "link/receiver/store.h"
#include "link/receiver/timers.h"

#include <string.h>

/* ---- Out ---- */

static execwire_str key_of(const execwire_gateway_entry *entry)
{
    return (execwire_str){entry->key, entry->size};
}

static void put_node(const execwire_gateway *gateway, uint32_t index, uint64_t time,
                     execwire_sink *sink)
{
    const execwire_gateway_node *node = &gateway->options.nodes[index];
    execwire_record record = {.peer = node->peer,
                              .known = execwire_table_is_known(&gateway->nodes, index),
                              .key = key_of(&node->entry),
                              .session_age = time - node->peer.session_heard,
                              .trusted_age = time - node->trusted_at};
    size_t size;

    if (execwire_table_is_there(&gateway->sources, node->source))
        record.source = key_of(execwire_table_at(&gateway->sources, node->source.index));
    record.words.data = execwire_arena_get(gateway, index, EXECWIRE_BLOCK_WORDS, &size);
    record.words.size = size;
    execwire_record_put(sink, &record);
}

static void put_execution(const char *states, unsigned ref, const execwire_link_context *context,
                          uint64_t time, execwire_sink *sink)
{
    execwire_record_execution execution = {.ref = ref,
                                           .number = context->number,
                                           .generation = context->generation,
                                           .newer = context->newer,
                                           .known = context->known,
                                           .want = context->want};

    if (context->known) {
        execution.age = time - context->heard;
        execution.earlier = context->earlier;
        execution.suspect = context->suspect;
        execution.owed = context->owed;
        if (context->size > 0)
            execution.message = (execwire_str){states + context->offset, context->size};
    }
    execwire_record_put_execution(sink, &execution);
}

static void put_executions(const execwire_gateway *gateway, uint32_t node, uint64_t time,
                           execwire_sink *sink)
{
    size_t size;
    const char *states = execwire_arena_get(gateway, node, EXECWIRE_BLOCK_STATES, &size);
    const execwire_link_context *contexts =
        execwire_arena_get(gateway, node, EXECWIRE_BLOCK_CONTEXTS, &size);

    for (unsigned ref = 0; ref < size / sizeof *contexts; ref++)
        if (contexts[ref].known || contexts[ref].want || contexts[ref].newer > 0)
            put_execution(states, ref, &contexts[ref], time, sink);
}

execwire_code execwire_gateway_save(const execwire_gateway *gateway, uint32_t node, uint64_t now,
                                    void *out, size_t capacity, size_t *size, execwire_error *error)
{
    execwire_buffer_sink record = execwire_sink_buffer(out, out != NULL ? capacity : 0);
    uint64_t time;

    if (size != NULL)
        *size = 0;
    if (size == NULL || !execwire_node_is_there(gateway, node))
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    time = execwire_receiver_time(&gateway->receiver, now);
    put_node(gateway, node, time, &record.sink);
    put_executions(gateway, node, time, &record.sink);
    *size = record.sink.size + EXECWIRE_RECORD_CHECK_SIZE;
    if (out == NULL)
        return EXECWIRE_OK;
    if (*size > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    execwire_sink_fixed32(&record.sink, execwire_crc32(0, out, record.sink.size));
    return EXECWIRE_OK;
}

/* ---- In ---- */

/* A time so long ago. */
static uint64_t ago(uint64_t time, uint64_t age, uint64_t more)
{
    uint64_t all = age + more;

    return all >= age && all < time ? time - all : 0;
}

/* Whether a message is the canonical one of a state. NO_SPACE where the memory lent is too little
 * for it, so that no state based on it could be rebuilt either. */
static execwire_code check_message(execwire_gateway *gateway, execwire_str message)
{
    const execwire_gateway_options *options = &gateway->options;
    execwire_scratch scratch = {.entries = options->entries,
                                .entry_capacity = options->entry_capacity};
    execwire_state *state = &gateway->receiver.state;
    size_t size;
    execwire_code code = execwire_decode(message.data, message.size, &scratch, state, NULL);

    if (code == EXECWIRE_OK)
        code = execwire_encode(state, options->text, options->text_capacity, &size, NULL);
    if (code == EXECWIRE_ERROR_NO_SPACE)
        return code;
    return code == EXECWIRE_OK && size == message.size &&
                   memcmp(options->text, message.data, size) == 0
               ? EXECWIRE_OK
               : EXECWIRE_ERROR_RECORD;
}

static execwire_code check_executions(execwire_gateway *gateway, execwire_record record,
                                      const char *start, execwire_error *error)
{
    execwire_record_execution execution;

    while (execwire_record_next(&record, &execution))
        if (execution.known && check_message(gateway, execution.message) == EXECWIRE_ERROR_RECORD)
            return execwire_fail(error, EXECWIRE_ERROR_RECORD,
                                 (size_t)(execution.message.data - start));
    return EXECWIRE_OK;
}

static void load_state(execwire_link_receiver *receiver, execwire_link_context *context,
                       const execwire_record_execution *execution, uint64_t heard, uint64_t time)
{
    const execwire_link_peer *peer = &receiver->peer;
    uint32_t check = execwire_link_check_start(peer->session, execution->ref, execution->generation,
                                               execution->number);

    if (!execwire_store_put(receiver, context, execution->message))
        return;
    context->check =
        execwire_crc32(check, execution->message.data, execution->message.size) ^ peer->salt;
    context->heard = heard;
    context->earlier = execution->earlier;
    context->suspect = execution->suspect;
    if (execution->owed)
        execwire_owed_ack(receiver, context, time);
}

/* Each execution may need memory, for which blocks move: the node is left in between. */
static void load_execution(execwire_gateway *gateway, uint32_t node, uint64_t age, uint64_t now,
                           const execwire_record_execution *execution)
{
    execwire_link_receiver *receiver = &gateway->receiver;
    uint64_t time = execwire_receiver_time(receiver, now);
    execwire_link_context *context;

    if (!execwire_node_prepare(gateway, node, execution->ref))
        return;
    execwire_node_enter(gateway, node);
    context = &receiver->options.contexts[execution->ref];
    context->number = execution->number;
    context->generation = execution->generation;
    context->newer = execution->newer;
    context->want = execution->want;
    if (execution->known && check_message(gateway, execution->message) == EXECWIRE_OK)
        load_state(receiver, context, execution, ago(time, execution->age, age), time);
    execwire_node_leave(gateway, now);
}

/* What the node said last came from there; that nothing has come from there is its credit. */
static void load_source(execwire_gateway *gateway, uint32_t node, const execwire_record *record)
{
    uint32_t source;

    if (record->source.size == 0)
        return;
    source = execwire_source_hear(gateway, record->source, 0);
    if (record->known)
        execwire_source_know(gateway, source);
    execwire_source_bind(gateway, source, node);
    gateway->options.nodes[node].source = execwire_table_place(&gateway->sources, source);
}

/* The node itself, without its executions. */
static void load_peer(execwire_gateway *gateway, uint32_t node, const execwire_record *record,
                      uint64_t age, uint64_t now)
{
    execwire_link_receiver *receiver = &gateway->receiver;
    uint64_t time = execwire_receiver_time(receiver, now);

    if (record->known)
        execwire_node_know(gateway, node);
    (void)execwire_node_prepare(gateway, node, 0);
    execwire_node_enter(gateway, node);
    receiver->peer = record->peer;
    receiver->peer.session_heard = ago(time, record->session_age, age);
    receiver->peer.owes_hello = false;
    if (record->peer.owes_hello)
        execwire_owed_ack_hello(receiver, record->peer.hello_check, time);
    memcpy(receiver->words, record->words.data, record->words.size);
    gateway->options.nodes[node].trusted_at = ago(time, record->trusted_age, age);
    execwire_node_leave(gateway, now);
}

/* What is to be said to the node waits for its next frame: until then its source has no credit. */
static uint32_t load_record(execwire_gateway *gateway, execwire_record *record, uint64_t age,
                            uint64_t now)
{
    uint32_t node = execwire_node_add(gateway, record->key);
    execwire_record_execution execution;

    load_peer(gateway, node, record, age, now);
    while (execwire_record_next(record, &execution))
        load_execution(gateway, node, age, now, &execution);
    load_source(gateway, node, record);
    execwire_due_set(gateway, node, EXECWIRE_LINK_NEVER);
    gateway->stats.link = gateway->receiver.stats;
    gateway->stats.store_used = gateway->arena.live;
    return node;
}

execwire_code execwire_gateway_load(execwire_gateway *gateway, const void *in, size_t in_size,
                                    uint64_t age, uint64_t now, uint32_t *node,
                                    execwire_error *error)
{
    execwire_record record;
    execwire_code code;
    uint32_t index;

    if (node != NULL)
        *node = EXECWIRE_GATEWAY_NO_NODE;
    if (gateway == NULL || in == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    code = execwire_record_read(in, in_size, &record, error);
    if (code == EXECWIRE_OK)
        code = check_executions(gateway, record, in, error);
    if (code != EXECWIRE_OK)
        return code;
    (void)execwire_receiver_set_clock(&gateway->receiver, now);
    index = execwire_table_find(&gateway->nodes, record.key);
    if (index == EXECWIRE_TABLE_NONE)
        index = load_record(gateway, &record, age, now);
    if (node != NULL)
        *node = index;
    return EXECWIRE_OK;
}

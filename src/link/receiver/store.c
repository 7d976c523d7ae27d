/* SPDX-License-Identifier: Apache-2.0 */
#include "link/receiver/store.h"

#include "link/receiver/owed.h"

#include <string.h>

execwire_str execwire_store_get(const execwire_link_receiver *receiver,
                                const execwire_link_context *context)
{
    return (execwire_str){(const char *)receiver->options.store + context->offset, context->size};
}

/* Closes the gap that a message leaves. */
static void take_out(execwire_link_receiver *receiver, execwire_link_context *context)
{
    uint8_t *store = receiver->options.store;
    size_t end = context->offset + context->size;

    memmove(store + context->offset, store + end, receiver->peer.store_used - end);
    receiver->peer.store_used -= context->size;
    for (size_t i = 0; i < receiver->options.context_count; i++)
        if (receiver->options.contexts[i].offset >= end)
            receiver->options.contexts[i].offset -= context->size;
    context->known = false;
    execwire_owed_forget(receiver, context);
}

/* The context with a message that was silent for longest; NULL when there is none. */
static execwire_link_context *most_silent(const execwire_link_receiver *receiver)
{
    execwire_link_context *oldest = NULL;

    for (size_t i = 0; i < receiver->options.context_count; i++) {
        execwire_link_context *context = &receiver->options.contexts[i];

        if (context->known && (oldest == NULL || context->heard < oldest->heard))
            oldest = context;
    }
    return oldest;
}

/* Asks the caller for more where all that is known would not fit. */
static void ask_for_room(execwire_link_receiver *receiver, const execwire_link_context *context,
                         size_t size)
{
    size_t others = receiver->peer.store_used - (context->known ? context->size : 0);

    if (receiver->options.grow != NULL && size > receiver->options.store_capacity - others)
        receiver->options.grow(receiver, others + size);
}

bool execwire_store_put(execwire_link_receiver *receiver, execwire_link_context *context,
                        execwire_str message)
{
    ask_for_room(receiver, context, message.size);
    if (message.size > receiver->options.store_capacity)
        return false;
    if (context->known)
        take_out(receiver, context);
    while (message.size > receiver->options.store_capacity - receiver->peer.store_used) {
        take_out(receiver, most_silent(receiver));
        receiver->stats.forgotten++;
    }
    context->offset = receiver->peer.store_used;
    context->size = message.size;
    context->known = true;
    if (message.size > 0)
        memcpy((uint8_t *)receiver->options.store + context->offset, message.data, message.size);
    receiver->peer.store_used += message.size;
    return true;
}

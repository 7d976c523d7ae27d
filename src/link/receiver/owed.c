/* SPDX-License-Identifier: Apache-2.0 */
#include "link/receiver/owed.h"

size_t execwire_owed_acks(const execwire_link_receiver *receiver)
{
    return receiver->peer.owed + (size_t)receiver->peer.owes_hello;
}

void execwire_owed_ack(execwire_link_receiver *receiver, execwire_link_context *context,
                       uint64_t now)
{
    if (receiver->options.mode != EXECWIRE_LINK_TWO_WAY || context->owed)
        return;
    if (execwire_owed_acks(receiver) == 0)
        receiver->peer.ack_since = now;
    context->owed = true;
    receiver->peer.owed++;
}

void execwire_owed_ack_hello(execwire_link_receiver *receiver, uint32_t check, uint64_t now)
{
    if (receiver->options.mode != EXECWIRE_LINK_TWO_WAY)
        return;
    if (execwire_owed_acks(receiver) == 0)
        receiver->peer.ack_since = now;
    receiver->peer.owes_hello = true;
    receiver->peer.hello_check = check;
}

void execwire_owed_forget(execwire_link_receiver *receiver, execwire_link_context *context)
{
    receiver->peer.owed = (uint8_t)(receiver->peer.owed - context->owed);
    context->owed = false;
}

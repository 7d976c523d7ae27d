/* SPDX-License-Identifier: Apache-2.0 */
#include "link/receiver/owed.h"

size_t execwire_owed_acks(const execwire_link_receiver *receiver)
{
    return receiver->owed + (size_t)receiver->owes_hello;
}

void execwire_owed_ack(execwire_link_receiver *receiver, execwire_link_context *context,
                       uint64_t now)
{
    if (receiver->options.mode != EXECWIRE_LINK_TWO_WAY || context->owed)
        return;
    if (execwire_owed_acks(receiver) == 0)
        receiver->ack_since = now;
    context->owed = true;
    receiver->owed++;
}

void execwire_owed_ack_hello(execwire_link_receiver *receiver, uint32_t check, uint64_t now)
{
    if (receiver->options.mode != EXECWIRE_LINK_TWO_WAY)
        return;
    if (execwire_owed_acks(receiver) == 0)
        receiver->ack_since = now;
    receiver->owes_hello = true;
    receiver->hello_check = check;
}

void execwire_owed_forget(execwire_link_receiver *receiver, execwire_link_context *context)
{
    receiver->owed = (uint8_t)(receiver->owed - context->owed);
    context->owed = false;
}

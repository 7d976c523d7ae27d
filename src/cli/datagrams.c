/* The framing that a socket of datagrams has: each is a message.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/framing.h"

static next_result next_datagram(messages *m, record *message, fault *why)
{
    input_result there = input_more(m->in);

    if (there != INPUT_MORE)
        return there == INPUT_END ? NEXT_END : NEXT_FAILED;
    m->number++;
    messages_describe(m, message, 0, input_size(m->in));
    m->pending = message->size;
    return message->size > m->max_message
               ? messages_refuse(why, EXECWIRE_ERROR_TOO_LARGE, m->max_message)
               : NEXT_RECORD;
}

const framing framing_datagrams = {.next = next_datagram};

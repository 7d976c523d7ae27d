/* A file that is one message.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/framing.h"

static next_result next_single(messages *m, record *message, fault *why)
{
    size_t most = m->max_message + 1; /* of one that is too large so much counts, whatever came */
    input_result result = input_need(m->in, most);

    m->number++;
    m->done = true;
    if (result == INPUT_FAILED)
        return NEXT_FAILED;
    messages_describe(m, message, 0, result == INPUT_MORE ? most : input_size(m->in));
    return result == INPUT_MORE ? messages_refuse(why, EXECWIRE_ERROR_TOO_LARGE, m->max_message)
                                : NEXT_RECORD;
}

const framing framing_single = {.next = next_single, .write = execwire_encode};

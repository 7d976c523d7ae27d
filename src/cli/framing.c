/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/framing.h"

#include "status/status.h"

void messages_init(messages *m, input *in, const framing *as, size_t max_message)
{
    *m = (messages){.in = in, .as = as, .max_message = max_message};
}

void messages_describe(messages *m, record *message, size_t prefix_size, size_t size)
{
    *message = (record){.data = input_data(m->in) + prefix_size,
                        .size = size,
                        .prefix_size = prefix_size,
                        .offset = m->in->offset,
                        .number = m->number};
}

next_result messages_refuse(fault *why, execwire_status code, size_t offset)
{
    execwire_fail(&why->error, code, offset);
    return NEXT_BAD;
}

next_result messages_next(messages *m, record *message, fault *why)
{
    *message = (record){0};
    *why = (fault){0};
    input_take(m->in, m->pending);
    m->pending = 0;
    return m->done ? NEXT_END : m->as->next(m, message, why);
}

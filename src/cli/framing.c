/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/framing.h"

#include <string.h>

void messages_init(messages *m, input *in, const framing *as, size_t max_message)
{
    *m = (messages){.in = in, .as = as, .max_message = max_message};
    execwire_delimited_init(&m->delimited, NULL, max_message);
}

void messages_describe(messages *m, record *message, size_t prefix_size, size_t size)
{
    *message = (record){.data = input_data(m->in) + prefix_size,
                        .size = size,
                        .prefix_size = prefix_size,
                        .offset = m->in->offset,
                        .number = m->number};
}

next_result messages_find(messages *m, char end, uint64_t max, size_t *size, bool *whole)
{
    size_t searched = 0;

    for (;;) {
        size_t there = input_size(m->in);
        const char *data = input_data(m->in);
        const char *found =
            there > searched ? memchr(data + searched, end, there - searched) : NULL;
        input_result result;

        *whole = found != NULL;
        *size = found != NULL ? (size_t)(found - data) : there;
        searched = there;
        if (*size > max)
            return NEXT_BAD;
        if (found != NULL)
            return NEXT_RECORD;
        result = input_more(m->in);
        if (result == INPUT_FAILED)
            return NEXT_FAILED;
        if (result == INPUT_END)
            return *size > 0 ? NEXT_RECORD : NEXT_END;
    }
}

input_result messages_skip(messages *m, char end)
{
    while (m->skip_rest) {
        size_t size = input_size(m->in);
        const char *data = input_data(m->in);
        const char *found = memchr(data, end, size);
        input_result result;

        m->skip_rest = found == NULL;
        input_take(m->in, found != NULL ? (size_t)(found - data) + 1 : size);
        result = m->skip_rest ? input_more(m->in) : INPUT_MORE;
        if (result != INPUT_MORE)
            return result;
    }
    return INPUT_MORE;
}

next_result messages_refuse(fault *why, execwire_code code, size_t offset)
{
    (void)execwire_fail(&why->error, code, offset);
    return NEXT_BAD;
}

bool messages_settle(messages *m)
{
    if (m->as->whole == NULL || m->done || m->delimited.skipping)
        return false;
    input_take(m->in, m->pending);
    m->pending = 0;
    return true;
}

next_result messages_next(messages *m, record *message, fault *why)
{
    uint64_t number = m->number;
    next_result result;

    *message = (record){0};
    fault_clear(why);
    input_take(m->in, m->pending);
    m->pending = 0;
    result = m->done ? NEXT_END : m->as->next(m, message, why);
    if (result == NEXT_FAILED)
        m->number = number;
    return result;
}

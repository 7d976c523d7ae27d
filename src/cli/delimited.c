/* Messages after their lengths: protobuf's writeDelimitedTo.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/framing.h"
#include "status/status.h"
#include "wire/cursor.h"
#include "wire/format.h"

#include <string.h>

/* The length before a message, which `message` tells the size of. NEXT_END when the file ends
 * before it. */
static next_result read_length(messages *m, record *message, uint32_t *length, fault *why)
{
    for (size_t wanted = 1;; wanted++) {
        input_result result = input_need(m->in, wanted);
        execwire_cursor bytes = {(const uint8_t *)input_data(m->in), NULL};
        execwire_status status;

        if (result == INPUT_FAILED)
            return NEXT_FAILED;
        if (result == INPUT_END && wanted == 1)
            return NEXT_END;
        bytes.end = bytes.at + input_size(m->in);
        status = execwire_cursor_varint32(&bytes, EXECWIRE_ERROR_VARINT, length);
        messages_describe(m, message, (size_t)((const char *)bytes.at - input_data(m->in)), 0);
        if (status == EXECWIRE_OK)
            return NEXT_RECORD;
        if (status == EXECWIRE_ERROR_TRUNCATED && result == INPUT_MORE)
            continue;
        m->done = true;
        why->place = FAULT_LENGTH;
        return messages_refuse(why, status, 0);
    }
}

/* Takes what is left of a message that was too large, without room for it. */
static input_result skip_bytes(messages *m)
{
    while (m->skip > 0) {
        size_t size = input_size(m->in) < m->skip ? input_size(m->in) : (size_t)m->skip;
        input_result result;

        input_take(m->in, size);
        m->skip -= size;
        if (m->skip == 0)
            break;
        result = input_more(m->in);
        if (result != INPUT_MORE)
            return result;
    }
    return INPUT_MORE;
}

static next_result next_delimited(messages *m, record *message, fault *why)
{
    input_result there = skip_bytes(m);
    uint32_t length = 0;
    size_t prefix_size;
    next_result result;

    if (there != INPUT_MORE)
        return there == INPUT_END ? NEXT_END : NEXT_FAILED;
    m->number++;
    result = read_length(m, message, &length, why);
    if (result != NEXT_RECORD)
        return result;
    prefix_size = message->prefix_size;
    if (length > m->max_message) {
        m->skip = (uint64_t)prefix_size + length;
        why->place = FAULT_LENGTH;
        return messages_refuse(why, EXECWIRE_ERROR_TOO_LARGE, 0);
    }
    there = input_need(m->in, prefix_size + length);
    if (there == INPUT_FAILED)
        return NEXT_FAILED;
    m->done = there == INPUT_END;
    messages_describe(m, message, prefix_size, m->done ? input_size(m->in) - prefix_size : length);
    m->pending = prefix_size + message->size;
    return m->done ? messages_refuse(why, EXECWIRE_ERROR_TRUNCATED, message->size) : NEXT_RECORD;
}

static execwire_status wrap_delimited(const void *message, size_t message_size, void *out,
                                      size_t capacity, size_t *size, execwire_error *error)
{
    *size = execwire_varint_size(message_size) + message_size;
    if (*size > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    memcpy(execwire_varint_put(out, message_size), message, message_size);
    return EXECWIRE_OK;
}

const framing framing_delimited = {
    .next = next_delimited, .write = execwire_delimited_write, .wrap = wrap_delimited};

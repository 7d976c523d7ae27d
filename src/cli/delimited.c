/* Messages after their lengths: protobuf's writeDelimitedTo.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/framing.h"

#include <string.h>

/* The length is at fault, or too large. */
static next_result refuse_length(messages *m, execwire_code code, fault *why)
{
    m->done = code != EXECWIRE_ERROR_TOO_LARGE;
    why->place = FAULT_LENGTH;
    why->error.offset = 0;
    return NEXT_BAD;
}

/* The file ends inside a message, of which there may be no more than its length. */
static next_result refuse_end(messages *m, record *message, fault *why)
{
    const execwire_delimited_reader *reader = &m->delimited;

    m->done = true;
    messages_describe(m, message, 0, 0);
    if (reader->prefix_done)
        messages_describe(m, message, reader->prefix_size, input_size(m->in) - reader->prefix_size);
    else
        why->place = FAULT_LENGTH;
    m->pending = input_size(m->in);
    return messages_refuse(why, EXECWIRE_ERROR_TRUNCATED, message->size);
}

/* Takes the next message from the window, whose size it grows as need be. */
static next_result next_delimited(messages *m, record *message, fault *why)
{
    m->number++;
    for (;;) {
        const char *data = input_data(m->in);
        execwire_str found;
        size_t used;
        execwire_code code = execwire_delimited_feed(&m->delimited, data, input_size(m->in), &used,
                                                     &found, &why->error);
        input_result result = INPUT_MORE;

        if (code != EXECWIRE_OK) {
            messages_describe(m, message, used, 0);
            m->pending = used;
            return refuse_length(m, code, why);
        }
        if (found.data != NULL) {
            messages_describe(m, message, (size_t)(found.data - data), found.size);
            m->pending = used;
            return NEXT_RECORD;
        }
        input_take(m->in, used);
        if (used == 0 || input_size(m->in) == 0)
            result = input_more(m->in);
        if (result == INPUT_FAILED)
            return NEXT_FAILED;
        if (result == INPUT_END && (m->delimited.skipping || input_size(m->in) == 0))
            return NEXT_END;
        if (result == INPUT_END)
            return refuse_end(m, message, why);
    }
}

static size_t whole_delimited(const messages *m)
{
    const char *data = input_data(m->in);
    size_t size = input_size(m->in);
    size_t whole = 0;
    execwire_delimited_reader reader;

    execwire_delimited_init(&reader, NULL, m->max_message);
    for (;;) {
        execwire_str found;
        size_t used;
        execwire_code code =
            execwire_delimited_feed(&reader, data + whole, size - whole, &used, &found, NULL);

        if (code != EXECWIRE_OK)
            return size;
        if (found.data == NULL)
            return whole;
        whole += used;
    }
}

static execwire_code wrap_delimited(const void *message, size_t message_size, void *out,
                                    size_t capacity, size_t *size, execwire_error *error)
{
    uint8_t prefix[EXECWIRE_DELIMITED_PREFIX_SIZE];
    size_t prefix_size = execwire_delimited_prefix(message_size, prefix);

    *size = prefix_size + message_size;
    if (*size > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    memcpy(out, prefix, prefix_size);
    memcpy((uint8_t *)out + prefix_size, message, message_size);
    return EXECWIRE_OK;
}

const framing framing_delimited = {.next = next_delimited,
                                   .write = execwire_delimited_write,
                                   .wrap = wrap_delimited,
                                   .whole = whole_delimited};

/* Messages as frames on a serial line: execwire/serial.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/framing.h"

#include <execwire/serial.h>

/* Takes the zeros before a frame. */
static input_result skip_zeros(messages *m)
{
    for (;;) {
        const char *data = input_data(m->in);
        size_t size = input_size(m->in);
        size_t zeros = 0;
        input_result result;

        while (zeros < size && data[zeros] == '\0')
            zeros++;
        input_take(m->in, zeros);
        if (zeros < size)
            return INPUT_MORE;
        result = input_more(m->in);
        if (result != INPUT_MORE)
            return result;
    }
}

/* The message of a frame, in the place of its bytes; none of a damaged one. */
static execwire_str unpack(char *frame, size_t size_with_zero)
{
    execwire_serial_reader reader;
    execwire_str message = {NULL, 0};
    size_t used;

    execwire_serial_init(&reader, frame, size_with_zero);
    if (execwire_serial_feed(&reader, frame, size_with_zero, &used, &message, NULL) != EXECWIRE_OK)
        return (execwire_str){NULL, 0};
    return message;
}

/* The next frame that is whole and undamaged; all others are counted and taken. */
static next_result next_frame(messages *m, record *message, fault *why)
{
    for (;;) {
        input_result there = messages_skip(m, '\0');
        execwire_str text = {NULL, 0};
        size_t size = 0;
        bool whole = false;
        next_result found;

        if (there == INPUT_MORE)
            there = skip_zeros(m);
        if (there != INPUT_MORE)
            return there == INPUT_END ? NEXT_END : NEXT_FAILED;
        found =
            messages_find(m, '\0', EXECWIRE_SERIAL_SIZE((uint64_t)m->max_message), &size, &whole);
        if (found == NEXT_FAILED)
            return found;
        if (found == NEXT_RECORD && whole)
            text = unpack(input_data(m->in), size + 1);
        if (text.data != NULL) {
            m->number++;
            messages_describe(m, message, 0, text.size);
            m->pending = size + 1;
            return text.size > m->max_message
                       ? messages_refuse(why, EXECWIRE_ERROR_TOO_LARGE, m->max_message)
                       : NEXT_RECORD;
        }
        m->dropped++;
        m->skip_rest = found == NEXT_BAD;
        input_take(m->in, found == NEXT_BAD ? 0 : size);
    }
}

/* The message is first put where its own frame may overlap it. */
static execwire_code write_frame(const execwire_state *state, void *out, size_t capacity,
                                 size_t *size, execwire_error *error)
{
    execwire_code code = execwire_encode(state, NULL, 0, size, error);
    size_t message_size = *size;
    uint8_t *message;

    if (code != EXECWIRE_OK)
        return code;
    *size = EXECWIRE_SERIAL_SIZE(message_size);
    if (*size > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    message = (uint8_t *)out + EXECWIRE_SERIAL_LEAD(message_size);
    code = execwire_encode(state, message, message_size, size, error);
    return code != EXECWIRE_OK
               ? code
               : execwire_serial_write(message, message_size, out, capacity, size, error);
}

const framing framing_serial = {
    .next = next_frame, .write = write_frame, .wrap = execwire_serial_write, .raw = true};

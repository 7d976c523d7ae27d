/* Messages as lines of hexadecimal digits.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/ascii.h"
#include "cli/framing.h"

/* ---- Reading ---- */

static next_result refuse_digit(fault *why, const char *text, size_t offset)
{
    (void)messages_refuse(why, EXECWIRE_ERROR_ARGUMENT, offset);
    why->error.text = text;
    why->place = FAULT_DIGIT;
    return NEXT_BAD;
}

/* Puts the bytes in the place of their digits. */
static next_result read_digits(char *line, size_t *size, fault *why)
{
    size_t digits = 0;
    int high = 0;

    for (size_t i = 0; i < *size; i++) {
        int value = execwire_hex_value(line[i]);

        if (execwire_is_space(line[i]))
            continue;
        if (value < 0)
            return refuse_digit(why, "not a hexadecimal digit", i);
        if (digits++ % 2 != 0)
            line[digits / 2 - 1] = (char)(high << 4 | value);
        high = value;
    }
    if (digits % 2 != 0)
        return refuse_digit(why, "an odd number of hexadecimal digits", *size);
    *size = digits / 2;
    return NEXT_RECORD;
}

static next_result next_line(messages *m, record *message, fault *why)
{
    input_result skipped = messages_skip(m, '\n');
    size_t size = 0;
    bool whole = false;
    next_result result;

    if (skipped != INPUT_MORE)
        return skipped == INPUT_END ? NEXT_END : NEXT_FAILED;
    /* two digits a byte, and a blank after each pair */
    result = messages_find(m, '\n', 3 * (uint64_t)m->max_message + 2, &size, &whole);
    if (result == NEXT_END || result == NEXT_FAILED)
        return result;
    m->number++;
    messages_describe(m, message, 0, 0);
    if (result == NEXT_BAD) {
        m->skip_rest = true;
        why->place = FAULT_DIGIT;
        return messages_refuse(why, EXECWIRE_ERROR_TOO_LARGE, 0);
    }
    m->pending = size + (whole ? 1 : 0);
    result = read_digits(input_data(m->in), &size, why);
    if (result != NEXT_RECORD)
        return result;
    message->size = size;
    return size > m->max_message ? messages_refuse(why, EXECWIRE_ERROR_TOO_LARGE, m->max_message)
                                 : NEXT_RECORD;
}

/* ---- Writing ---- */

/* The digits of a message, which may lie in the second half of the room: they do not reach a byte
 * before it is read. */
static void write_digits(const char *message, size_t message_size, char *line)
{
    for (size_t i = 0; i < message_size; i++) {
        unsigned byte = (unsigned char)message[i];

        line[2 * i] = execwire_hex_digit(byte >> 4);
        line[2 * i + 1] = execwire_hex_digit(byte & 15u);
    }
    line[2 * message_size] = '\n';
}

static execwire_code write_line(const execwire_state *state, void *out, size_t capacity,
                                size_t *size, execwire_error *error)
{
    size_t half = capacity / 2;
    char *message = (char *)out + half;
    execwire_code code = execwire_encode(state, message, half, size, error);
    size_t message_size = *size;

    if (code != EXECWIRE_OK && code != EXECWIRE_ERROR_NO_SPACE)
        return code;
    *size = 2 * message_size + 1;
    if (code == EXECWIRE_OK && *size > capacity) /* for the newline alone */
        code = execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    if (code == EXECWIRE_OK)
        write_digits(message, message_size, out);
    return code;
}

static execwire_code wrap_line(const void *message, size_t message_size, void *out, size_t capacity,
                               size_t *size, execwire_error *error)
{
    *size = 2 * message_size + 1;
    if (*size > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    write_digits(message, message_size, out);
    return EXECWIRE_OK;
}

const framing framing_hex = {
    .next = next_line, .write = write_line, .wrap = wrap_line, .text = true};

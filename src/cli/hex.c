/* Messages as lines of hexadecimal digits.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/framing.h"

#include <string.h>

/* ---- Reading ---- */

/* The bytes of the line that begins here, without its end; `*whole` when it has one. NEXT_BAD when
 * it is longer than any message's digits with a blank after each pair. */
static next_result read_line(messages *m, size_t *size, bool *whole)
{
    uint64_t max = 3 * (uint64_t)m->max_message + 2;
    size_t searched = 0;

    for (;;) {
        size_t there = input_size(m->in);
        const char *data = input_data(m->in);
        const char *end = there > searched ? memchr(data + searched, '\n', there - searched) : NULL;
        input_result result;

        *whole = end != NULL;
        *size = end != NULL ? (size_t)(end - data) : there;
        searched = there;
        if (*size > max)
            return NEXT_BAD;
        if (end != NULL)
            return NEXT_RECORD;
        result = input_more(m->in);
        if (result == INPUT_FAILED)
            return NEXT_FAILED;
        if (result == INPUT_END)
            return *size > 0 ? NEXT_RECORD : NEXT_END;
    }
}

/* Takes what is left of a line that was too long, without room for it. */
static input_result skip_line(messages *m)
{
    while (m->skip_line) {
        size_t size = input_size(m->in);
        const char *end = memchr(input_data(m->in), '\n', size);
        input_result result;

        m->skip_line = end == NULL;
        input_take(m->in, end != NULL ? (size_t)(end - input_data(m->in)) + 1 : size);
        result = m->skip_line ? input_more(m->in) : INPUT_MORE;
        if (result != INPUT_MORE)
            return result;
    }
    return INPUT_MORE;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static next_result refuse_digit(fault *why, const char *text, size_t offset)
{
    messages_refuse(why, EXECWIRE_ERROR_ARGUMENT, offset);
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
        int value = digit_value(line[i]);

        if (line[i] == ' ' || line[i] == '\t' || line[i] == '\r')
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
    input_result skipped = skip_line(m);
    size_t size = 0;
    bool whole = false;
    next_result result;

    if (skipped != INPUT_MORE)
        return skipped == INPUT_END ? NEXT_END : NEXT_FAILED;
    result = read_line(m, &size, &whole);
    if (result == NEXT_END || result == NEXT_FAILED)
        return result;
    m->number++;
    messages_describe(m, message, 0, 0);
    if (result == NEXT_BAD) {
        m->skip_line = true;
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

/* The message is first put in the second half of the room, where its digits do not reach a byte
 * before it is read. */
static execwire_status write_line(const execwire_state *state, void *out, size_t capacity,
                                  size_t *size, execwire_error *error)
{
    static const char digits[] = "0123456789abcdef";
    size_t half = capacity > 0 ? (capacity - 1) / 2 : 0;
    char *line = out;
    char *message = line + half;
    size_t message_size;
    execwire_status status = execwire_encode(state, message, half, &message_size, error);

    *size = 2 * message_size + 1;
    if (status != EXECWIRE_OK)
        return status;
    for (size_t i = 0; i < message_size; i++) {
        unsigned byte = (unsigned char)message[i];

        line[2 * i] = digits[byte >> 4];
        line[2 * i + 1] = digits[byte & 15];
    }
    line[2 * message_size] = '\n';
    return status;
}

const framing framing_hex = {next_line, write_line};

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/messages.h"

#include "status/status.h"
#include "wire/cursor.h"

#include <string.h>

void messages_init(messages *m, input *in, const cli_options *options)
{
    *m = (messages){.in = in, .options = options};
}

static next_result describe(messages *m, record *message, size_t prefix_size, size_t size)
{
    *message = (record){.data = input_data(m->in) + prefix_size,
                        .size = size,
                        .prefix_size = prefix_size,
                        .offset = m->in->offset,
                        .number = m->number};
    return NEXT_RECORD;
}

static next_result refuse(messages_error *error, execwire_status code, size_t offset)
{
    execwire_fail(&error->error, code, offset);
    return NEXT_BAD;
}

/* ---- After their lengths ---- */

/* The length before a message. NEXT_END when the file ends before it. */
static next_result read_length(messages *m, record *message, uint32_t *length,
                               messages_error *error)
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
        describe(m, message, (size_t)((const char *)bytes.at - input_data(m->in)), 0);
        if (status == EXECWIRE_OK)
            return NEXT_RECORD;
        if (status == EXECWIRE_ERROR_TRUNCATED && result == INPUT_MORE)
            continue;
        m->done = true;
        error->in_length = true;
        return refuse(error, status, 0);
    }
}

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

static next_result next_delimited(messages *m, record *message, messages_error *error)
{
    input_result skipped = skip_bytes(m);
    uint32_t length = 0;
    next_result result;
    size_t prefix_size;

    if (skipped != INPUT_MORE)
        return skipped == INPUT_END ? NEXT_END : NEXT_FAILED;
    m->number++;
    result = read_length(m, message, &length, error);
    if (result != NEXT_RECORD)
        return result;
    prefix_size = message->prefix_size;
    if (length > m->options->max_message) {
        m->skip = (uint64_t)prefix_size + length;
        error->in_length = true;
        return refuse(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    }
    skipped = input_need(m->in, prefix_size + length);
    if (skipped == INPUT_FAILED)
        return NEXT_FAILED;
    m->done = skipped == INPUT_END;
    describe(m, message, prefix_size, m->done ? input_size(m->in) - prefix_size : length);
    m->pending = prefix_size + message->size;
    return m->done ? refuse(error, EXECWIRE_ERROR_TRUNCATED, message->size) : NEXT_RECORD;
}

/* ---- A single one ---- */

static next_result next_single(messages *m, record *message, messages_error *error)
{
    input_result result = input_need(m->in, m->options->max_message + 1);

    m->number++;
    m->done = true;
    if (result == INPUT_FAILED)
        return NEXT_FAILED;
    describe(m, message, 0, input_size(m->in));
    if (result == INPUT_MORE)
        return refuse(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    return NEXT_RECORD;
}

/* ---- As digits ---- */

/* The bytes of the line that begins here, without its end; `*whole` when it has one. */
static next_result read_line(messages *m, size_t *size, bool *whole)
{
    /* two digits a byte, and a blank after each pair */
    size_t max = 3 * m->options->max_message + 2;
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

static input_result skip_line(messages *m)
{
    while (m->skip_line) {
        size_t size = input_size(m->in);
        const char *end = size > 0 ? memchr(input_data(m->in), '\n', size) : NULL;
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

/* Puts the bytes in the place of their digits. */
static next_result read_digits(char *line, size_t *size, messages_error *error)
{
    size_t digits = 0;
    int high = 0;

    for (size_t i = 0; i < *size; i++) {
        int value = digit_value(line[i]);

        if (line[i] == ' ' || line[i] == '\t' || line[i] == '\r')
            continue;
        if (value < 0) {
            refuse(error, EXECWIRE_ERROR_ARGUMENT, 0);
            error->error.text = "not a hexadecimal digit";
            error->column = i + 1;
            return NEXT_BAD;
        }
        if (digits++ % 2 != 0)
            line[digits / 2 - 1] = (char)(high << 4 | value);
        high = value;
    }
    error->column = *size;
    *size = digits / 2;
    if (digits % 2 == 0)
        return NEXT_RECORD;
    refuse(error, EXECWIRE_ERROR_ARGUMENT, 0);
    error->error.text = "an odd number of hexadecimal digits";
    return NEXT_BAD;
}

static next_result next_line(messages *m, record *message, messages_error *error)
{
    size_t size = 0;
    size_t max = m->options->max_message;
    bool whole = false;
    next_result result;
    input_result skipped = skip_line(m);

    if (skipped != INPUT_MORE)
        return skipped == INPUT_END ? NEXT_END : NEXT_FAILED;
    result = read_line(m, &size, &whole);
    if (result == NEXT_END || result == NEXT_FAILED)
        return result;
    m->number++;
    describe(m, message, 0, 0);
    if (result == NEXT_BAD) {
        m->skip_line = true;
        return refuse(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    }
    m->pending = size + (whole ? 1 : 0);
    result = read_digits(input_data(m->in), &size, error);
    message->size = size;
    if (result == NEXT_RECORD && size > max)
        return refuse(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    return result;
}

next_result messages_next(messages *m, record *message, messages_error *error)
{
    *error = (messages_error){0};
    input_take(m->in, m->pending);
    m->pending = 0;
    if (m->done)
        return NEXT_END;
    if (m->options->hex)
        return next_line(m, message, error);
    return m->options->single ? next_single(m, message, error) : next_delimited(m, message, error);
}

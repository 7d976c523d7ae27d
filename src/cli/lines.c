/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/lines.h"

#include "base/ascii.h"

#include <string.h>

/* ---- One message's text ---- */

bool digits_next(digits *d, char *c)
{
    while (d->at < d->size) {
        *c = d->text[d->at++];
        if (*c == '\n') {
            d->line++;
            d->line_start = d->at;
            d->before = 0;
        }
        if (!execwire_is_space(*c))
            return true;
    }
    d->at++; /* as if it had been taken */
    return false;
}

next_result digits_refuse(const digits *d, fault *why, const char *text)
{
    size_t offset = d->at - 1 - d->line_start + (size_t)d->before;

    (void)messages_refuse(why, EXECWIRE_ERROR_ARGUMENT, offset);
    why->error.text = text;
    why->place = FAULT_DIGIT;
    why->line = d->line;
    return NEXT_BAD;
}

/* ---- Finding it ---- */

static bool is_blank(const char *line, size_t size)
{
    size_t at = 0;

    while (at < size && execwire_is_space(line[at]))
        at++;
    return at == size;
}

/* With --wrapped, takes white space, or a message that is too large and the blank line behind it;
 * none of them needs room. */
static input_result skip_to(messages *m, bool (*ends)(messages *m, char c))
{
    for (;;) {
        const char *data = input_data(m->in);
        size_t size = input_size(m->in);
        size_t at = 0;
        input_result result;

        while (at < size && !ends(m, data[at])) {
            m->before = data[at] == '\n' ? 0 : m->before + 1;
            m->line += data[at++] == '\n';
        }
        input_take(m->in, at);
        if (at < size)
            return INPUT_MORE;
        result = input_more(m->in);
        if (result != INPUT_MORE)
            return result;
    }
}

static bool is_text(messages *m, char c)
{
    (void)m;
    return !execwire_is_space(c);
}

/* Of the line so far nothing but white space has been seen. */
static bool ends_blank_line(messages *m, char c)
{
    bool blank = m->blank;

    m->blank = c == '\n' || (blank && execwire_is_space(c));
    return blank && c == '\n';
}

/* With --wrapped: the lines from here to one that is blank, of at most `max` characters. */
static next_result find_lines(messages *m, uint64_t max, size_t *size)
{
    size_t searched = 0;

    *size = 0;
    for (;;) {
        const char *data = input_data(m->in);
        size_t there = input_size(m->in);
        const char *end = searched < there ? memchr(data + searched, '\n', there - searched) : NULL;
        input_result result = INPUT_MORE;

        if (there > max && (end == NULL || (size_t)(end - data) > max))
            return NEXT_BAD;
        searched = end != NULL ? (size_t)(end - data) + 1 : there;
        if (end != NULL && is_blank(data + *size, searched - *size))
            return NEXT_RECORD;
        if (end != NULL)
            *size = searched;
        else
            result = input_more(m->in);
        if (result == INPUT_FAILED)
            return NEXT_FAILED;
        if (result == INPUT_END) {
            *size = input_size(m->in);
            return NEXT_RECORD;
        }
    }
}

/* Takes what is left of a message that was too large, and with --wrapped the blank lines. */
static input_result leave(messages *m)
{
    input_result result = INPUT_MORE;

    if (!m->wrapped)
        return messages_skip(m, '\n');
    m->blank = false;
    if (m->skip_rest)
        result = skip_to(m, ends_blank_line);
    m->skip_rest = false;
    return result == INPUT_MORE ? skip_to(m, is_text) : result;
}

static next_result find(messages *m, size_t *size, size_t *taken)
{
    uint64_t most = 3 * (uint64_t)m->max_message + 2; /* two digits a byte, and a blank */
    bool whole = false;
    next_result result =
        m->wrapped ? find_lines(m, most, size) : messages_find(m, '\n', most, size, &whole);

    *taken = *size + whole;
    return result;
}

/* The bytes of a text that was found. */
static next_result read_text(messages *m, const text_form *form, size_t text_size, size_t *size,
                             fault *why)
{
    digits d = {.text = input_data(m->in), .size = text_size, .line = m->number};
    next_result result;

    if (m->wrapped) {
        d.line = m->line + 1;
        d.before = m->before;
    }
    result = form->read(&d, size, why);
    while (m->wrapped && d.at < m->pending)
        d.line += d.text[d.at++] == '\n';
    if (m->wrapped)
        m->line = d.line - 1;
    m->before = 0;
    return result;
}

next_result lines_next(messages *m, record *message, fault *why, const text_form *form)
{
    input_result left = leave(m);
    size_t text_size = 0;
    size_t taken = 0;
    size_t size = 0;
    next_result result;

    if (left != INPUT_MORE)
        return left == INPUT_END ? NEXT_END : NEXT_FAILED;
    result = find(m, &text_size, &taken);
    if (result == NEXT_END || result == NEXT_FAILED)
        return result;
    m->number++;
    messages_describe(m, message, 0, 0);
    if (result == NEXT_BAD) {
        m->skip_rest = true;
        why->place = FAULT_DIGIT;
        why->line = m->wrapped ? m->line + 1 : m->number;
        return messages_refuse(why, EXECWIRE_ERROR_TOO_LARGE, 0);
    }
    m->pending = taken;
    result = read_text(m, form, text_size, &size, why);
    if (result != NEXT_RECORD)
        return result;
    message->size = size;
    return size > m->max_message ? messages_refuse(why, EXECWIRE_ERROR_TOO_LARGE, m->max_message)
                                 : NEXT_RECORD;
}

/* ---- Writing ---- */

execwire_code lines_write(const execwire_state *state, void *out, size_t capacity, size_t *size,
                          execwire_error *error, const text_form *form)
{
    size_t half = capacity / 2;
    char *message = (char *)out + half;
    execwire_code code = execwire_encode(state, message, half, size, error);
    size_t message_size = *size;

    if (code != EXECWIRE_OK && code != EXECWIRE_ERROR_NO_SPACE)
        return code;
    *size = form->measure(message_size);
    if (code == EXECWIRE_ERROR_NO_SPACE && *size < 2 * message_size)
        *size = 2 * message_size;                /* so that half of it is enough */
    if (code == EXECWIRE_OK && *size > capacity) /* for the newline alone */
        code = execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    if (code == EXECWIRE_OK)
        form->put(message, message_size, out);
    return code;
}

execwire_code lines_wrap(const void *message, size_t message_size, void *out, size_t capacity,
                         size_t *size, execwire_error *error, const text_form *form)
{
    *size = form->measure(message_size);
    if (*size > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    form->put(message, message_size, out);
    return EXECWIRE_OK;
}

/* Messages as lines of hexadecimal digits.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/ascii.h"
#include "cli/lines.h"

/* "0x" before a pair of digits, as programs write bytes. */
static bool skip_prefix(digits *d, char zero)
{
    bool there = zero == '0' && d->size - d->at >= 2 && (d->text[d->at] | 0x20) == 'x' &&
                 execwire_hex_value(d->text[d->at + 1]) >= 0;

    d->at += there;
    return there;
}

static next_result read_digits(digits *d, size_t *size, fault *why)
{
    size_t count = 0;
    int high = 0;
    char c;

    while (digits_next(d, &c)) {
        int value = execwire_hex_value(c);

        if (value < 0)
            return digits_refuse(d, why, "not a hexadecimal digit");
        if (count % 2 == 0 && skip_prefix(d, c))
            continue;
        if (count++ % 2 != 0)
            d->text[count / 2 - 1] = (char)(high << 4 | value);
        high = value;
    }
    if (count % 2 != 0)
        return digits_refuse(d, why, "an odd number of hexadecimal digits");
    *size = count / 2;
    return NEXT_RECORD;
}

static size_t measure(size_t message_size)
{
    return 2 * message_size + 1;
}

static void put_digits(const char *message, size_t message_size, char *line)
{
    for (size_t i = 0; i < message_size; i++) {
        unsigned byte = (unsigned char)message[i];

        line[2 * i] = execwire_hex_digit(byte >> 4);
        line[2 * i + 1] = execwire_hex_digit(byte & 15u);
    }
    line[2 * message_size] = '\n';
}

static const text_form form = {read_digits, measure, put_digits};

static next_result next_line(messages *m, record *message, fault *why)
{
    return lines_next(m, message, why, &form);
}

static execwire_code write_line(const execwire_state *state, void *out, size_t capacity,
                                size_t *size, execwire_error *error)
{
    return lines_write(state, out, capacity, size, error, &form);
}

static execwire_code wrap_line(const void *message, size_t message_size, void *out, size_t capacity,
                               size_t *size, execwire_error *error)
{
    return lines_wrap(message, message_size, out, capacity, size, error, &form);
}

const framing framing_hex = {
    .next = next_line, .write = write_line, .wrap = wrap_line, .text = true};

/* Messages as lines of base64 (RFC 4648): written with the alphabet of section 4 and padding, read
 * with that of section 5 as well, and without padding.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/ascii.h"
#include "cli/lines.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* -1 for what is none. */
static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (execwire_is_digit(c))
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

/* The padding, of which one character was taken, behind so many digits. */
static next_result read_padding(digits *d, size_t count, fault *why)
{
    size_t pads = 1;
    char c;

    if (count % 4 < 2)
        return digits_refuse(d, why, "padding where base64 has none");
    for (; digits_next(d, &c); pads++)
        if (c != '=' || pads == 4 - count % 4)
            return digits_refuse(d, why, "something behind the end of base64");
    return pads == 4 - count % 4 ? NEXT_RECORD
                                 : digits_refuse(d, why, "base64 that ends in its padding");
}

static next_result read_digits(digits *d, size_t *size, fault *why)
{
    next_result result = NEXT_RECORD;
    size_t count = 0;
    unsigned bits = 0;
    bool padded = false;
    char c;

    while (!padded && digits_next(d, &c)) {
        int value = value_of(c);

        padded = c == '=';
        if (value < 0 && !padded)
            return digits_refuse(d, why, "not a digit of base64");
        if (padded)
            break;
        bits = bits << 6 | (unsigned)value;
        if (count++ % 4 != 0)
            d->text[(count - 1) / 4 * 3 + (count - 1) % 4 - 1] =
                (char)(bits >> (6 - 2 * ((count - 1) % 4)));
    }
    if (padded)
        result = read_padding(d, count, why);
    else if (count % 4 == 1)
        return digits_refuse(d, why, "base64 that ends inside a byte");
    if (result == NEXT_RECORD && (bits & ((1u << (count * 6 % 8)) - 1)) != 0)
        return digits_refuse(d, why, "base64 with bits behind the last byte");
    *size = count * 3 / 4;
    return result;
}

static size_t measure(size_t message_size)
{
    return (message_size + 2) / 3 * 4 + 1;
}

static void put_digits(const char *message, size_t message_size, char *line)
{
    for (size_t i = 0; i < message_size; i += 3) {
        unsigned bytes = 0;
        size_t pads = 0;

        for (size_t k = i; k < i + 3; k++) {
            bytes <<= 8;
            if (k < message_size)
                bytes |= (unsigned char)message[k];
            else
                pads++;
        }
        for (size_t k = 0; k < 4; k++)
            *line++ = k + pads < 4 ? alphabet[bytes >> (18 - 6 * k) & 63] : '=';
    }
    *line = '\n';
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

const framing framing_base64 = {
    .next = next_line, .write = write_line, .wrap = wrap_line, .text = true};

/* SPDX-License-Identifier: Apache-2.0 */
#include "json/number.h"

#include "base/ascii.h"

static size_t digits(const char *text, size_t size, size_t at)
{
    while (at < size && execwire_is_digit(text[at]))
        at++;
    return at;
}

size_t execwire_number_span(const char *text, size_t size, size_t *bad)
{
    size_t at = size > 0 && text[0] == '-';
    size_t whole = digits(text, size, at);

    *bad = whole;
    if (whole == at)
        return 0;
    if (text[at] == '0' && whole > at + 1) {
        *bad = at + 1; /* leading zero */
        return 0;
    }
    at = whole;
    if (at < size && text[at] == '.') {
        *bad = digits(text, size, at + 1);
        if (*bad == at + 1)
            return 0;
        at = *bad;
    }
    if (at < size && (text[at] == 'e' || text[at] == 'E')) {
        at++;
        at += at < size && (text[at] == '+' || text[at] == '-');
        *bad = digits(text, size, at);
        if (*bad == at)
            return 0;
        at = *bad;
    }
    return at;
}

/* Far beyond any exponent that could bring a number of this size back into range: the input has at
 * most 2^31 digits. */
#define EXPONENT_LIMIT 10000000000

/* A decimal number without its sign: significant * 10^exponent, where significant does not end in
 * zero, unless it is 0. */
typedef struct decimal {
    uint64_t significant;
    bool too_large; /* significant does not fit */
    int64_t exponent;
} decimal;

static void append_digit(decimal *d, unsigned digit)
{
    if (d->significant > (UINT64_MAX - digit) / 10)
        d->too_large = true;
    else
        d->significant = d->significant * 10 + digit;
}

/* A digit other than 0, and the zeros between it and the one before. */
static void append_after(decimal *d, int64_t zeros, unsigned digit)
{
    if (d->significant != 0)
        for (; zeros > 0 && !d->too_large; zeros--)
            append_digit(d, 0);
    append_digit(d, digit);
}

static int64_t read_exponent(const char *at, const char *end)
{
    bool negative = *at == '-';
    int64_t value = 0;

    for (at += *at == '-' || *at == '+'; at < end; at++)
        if (value < EXPONENT_LIMIT)
            value = value * 10 + (*at - '0');
    return negative ? -value : value;
}

/* Zeros are held back until a digit follows them, so that trailing ones only move the exponent. */
static decimal read_decimal(const char *at, const char *end)
{
    decimal d = {0, false, 0};
    int64_t zeros = 0;
    bool in_fraction = false;

    for (; at < end && *at != 'e' && *at != 'E'; at++) {
        if (*at == '.') {
            in_fraction = true;
            continue;
        }
        d.exponent -= in_fraction;
        if (*at == '0') {
            zeros++;
        } else {
            append_after(&d, zeros, (unsigned)(*at - '0'));
            zeros = 0;
        }
    }
    d.exponent += zeros;
    if (at < end)
        d.exponent += read_exponent(at + 1, end);
    return d;
}

execwire_code execwire_number_integer(execwire_str number, int64_t *value)
{
    bool negative = number.data[0] == '-';
    decimal d = read_decimal(number.data + negative, number.data + number.size);
    uint64_t limit = (uint64_t)INT64_MAX + negative;

    if (d.significant == 0) {
        *value = 0;
        return EXECWIRE_OK;
    }
    if (d.exponent < 0)
        return EXECWIRE_ERROR_INTEGER_FRACTION;
    if (d.too_large)
        return EXECWIRE_ERROR_INTEGER_RANGE;
    for (; d.exponent > 0; d.exponent--) {
        if (d.significant > limit / 10)
            return EXECWIRE_ERROR_INTEGER_RANGE;
        d.significant *= 10;
    }
    if (d.significant > limit)
        return EXECWIRE_ERROR_INTEGER_RANGE;
    *value = negative ? (int64_t)(0 - d.significant) : (int64_t)d.significant;
    return EXECWIRE_OK;
}

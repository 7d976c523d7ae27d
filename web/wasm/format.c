/* cli/base/format.h without libc: what the command's texts ask of printf, and no more.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/base/format.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define DIGITS 24 /* of a number of 64 bits, with its sign */

typedef struct sink {
    char *out;
    size_t capacity;
    size_t size; /* of all that was put, what did not fit included */
} sink;

/* What stands between a '%' and its letter. */
typedef struct field {
    bool zeros;
    size_t width;
    size_t precision;
    size_t bytes; /* of an integer */
} field;

static void put(sink *s, char c)
{
    if (s->size + 1 < s->capacity)
        s->out[s->size] = c;
    s->size++;
}

static void put_padded(sink *s, const char *text, size_t size, const field *f)
{
    for (size_t i = size; i < f->width; i++)
        put(s, f->zeros ? '0' : ' ');
    for (size_t i = 0; i < size; i++)
        put(s, text[i]);
}

static void put_number(sink *s, uint64_t value, bool negative, unsigned base, const field *f)
{
    char digits[DIGITS];
    size_t at = DIGITS;

    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value > 0);
    if (negative)
        digits[--at] = '-';
    put_padded(s, digits + at, DIGITS - at, f);
}

static void put_text(sink *s, const char *text, const field *f)
{
    size_t size = 0;

    while (size < f->precision && text[size] != '\0')
        size++;
    put_padded(s, text, size, f);
}

static size_t read_digits(const char **at)
{
    size_t value = 0;

    for (; **at >= '0' && **at <= '9'; ++*at)
        value = 10 * value + (size_t)(**at - '0');
    return value;
}

static const char *read_size(const char *at, field *f)
{
    f->bytes = sizeof(int);
    if (*at == 'z' || *at == 'l')
        f->bytes = sizeof(size_t);
    for (; *at == 'z' || *at == 'l'; at++) {
        if (at[0] == 'l' && at[1] == 'l')
            f->bytes = sizeof(uint64_t);
    }
    return at;
}

/* An integer argument: size_t is an unsigned here. */
static void put_integer(sink *s, char letter, uint64_t value, const field *f)
{
    bool wide = f->bytes == sizeof(uint64_t);
    int64_t number = wide ? (int64_t)value : (int32_t)(uint32_t)value;

    if (letter == 'c')
        put(s, (char)value);
    else if (letter == 'd' && number < 0)
        put_number(s, 0 - (uint64_t)number, true, 10, f);
    else
        put_number(s, value, false, letter == 'x' ? 16 : 10, f);
}

size_t format_list(char *out, size_t capacity, const char *text, va_list arguments)
{
    sink s = {out, capacity, 0};

    for (const char *at = text; *at != '\0'; at++) {
        field f = {.precision = SIZE_MAX};

        if (*at != '%') {
            put(&s, *at);
            continue;
        }
        f.zeros = *++at == '0';
        f.width = *at == '*' ? (at++, (size_t)va_arg(arguments, int)) : read_digits(&at);
        if (at[0] == '.' && at[1] == '*') {
            f.precision = (size_t)va_arg(arguments, int);
            at += 2;
        }
        at = read_size(at, &f);
        if (*at == 's')
            put_text(&s, va_arg(arguments, const char *), &f);
        else if (f.bytes == sizeof(uint64_t))
            put_integer(&s, *at, va_arg(arguments, uint64_t), &f);
        else
            put_integer(&s, *at, va_arg(arguments, unsigned), &f);
    }
    if (capacity > 0)
        out[s.size < capacity ? s.size : capacity - 1] = '\0';
    return s.size;
}

size_t format(char *out, size_t capacity, const char *text, ...)
{
    va_list arguments;
    size_t size;

    va_start(arguments, text);
    size = format_list(out, capacity, text, arguments);
    va_end(arguments);
    return size < capacity ? size : capacity - 1;
}

/* Numbers of JSON text as integers.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_JSON_NUMBER_H
#define EXECWIRE_JSON_NUMBER_H

#include "base/ascii.h"
#include "base/target.h"

#include <execwire/error.h>
#include <execwire/types.h>

/* Whether `text` begins with a number as RFC 8259, section 6, spells it: its length in bytes, or 0.
 * `*bad` is how far it went right. */
size_t execwire_number_span(const char *text, size_t size, size_t *bad);

/* A number of the usual kind, in one look: up to 18 digits, with nothing behind them that would
 * belong to it. Its length in bytes, or 0 when it is of another kind; small processors say so of
 * all numbers. Without it: encode +3.4 %. */
static inline size_t execwire_number_usual(const char *text, size_t size, int64_t *value)
{
#ifdef EXECWIRE_FAST_PATHS
    size_t first = size > 0 && text[0] == '-';
    size_t at = first;
    int64_t sum = 0;

    for (; at < size && execwire_is_digit(text[at]); at++) {
        if (at == first + 18)
            return 0;
        sum = sum * 10 + (text[at] - '0');
    }
    if (at == first || at == size || (text[first] == '0' && at > first + 1) || text[at] == '.' ||
        text[at] == 'e' || text[at] == 'E')
        return 0;
    *value = first > 0 ? -sum : sum;
    return at;
#else
    (void)text;
    (void)size;
    (void)value;
    return 0;
#endif
}

/* The exact value of such a number: OK, INTEGER_FRACTION or INTEGER_RANGE. 1.0 and 1e3 are
 * integers, whatever their spelling; nothing is rounded. */
execwire_code execwire_number_integer(execwire_str number, int64_t *value);

#endif

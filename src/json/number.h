/* Numbers of JSON text as integers.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_JSON_NUMBER_H
#define EXECWIRE_JSON_NUMBER_H

#include <execwire/status.h>
#include <execwire/types.h>

/* Whether `text` begins with a number as RFC 8259, section 6, spells it: its length in bytes, or 0.
 * `*bad` is how far it went right. */
size_t execwire_number_span(const char *text, size_t size, size_t *bad);

/* The exact value of such a number: OK, INTEGER_FRACTION or INTEGER_RANGE. 1.0 and 1e3 are
 * integers, whatever their spelling; nothing is rounded. */
execwire_status execwire_number_integer(execwire_str number, int64_t *value);

#endif

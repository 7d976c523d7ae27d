/* Times as text (RFC 3339, section 5.6). The public calls are in <execwire/execwire.h>.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TEXT_RFC3339_H
#define EXECWIRE_TEXT_RFC3339_H

#include "base/target.h"

#include <execwire/execwire.h>

#define EXECWIRE_FIRST_SECOND     (-62135596800) /* 0001-01-01T00:00:00Z */
#define EXECWIRE_LAST_SECOND      253402300799   /* 9999-12-31T23:59:59Z */
#define EXECWIRE_NANOS_PER_SECOND 1000000000

/* The range that both forms can say: TIME_RANGE, TIME_NANOS or OK. */
execwire_code execwire_time_check(const execwire_time *time);

#ifdef EXECWIRE_FAST_PATHS

/* Whether a time would pass it. */
static inline bool execwire_time_is_good(const execwire_time *time)
{
    const uint64_t range = (uint64_t)(EXECWIRE_LAST_SECOND - EXECWIRE_FIRST_SECOND);

    return (uint64_t)time->seconds - (uint64_t)EXECWIRE_FIRST_SECOND <= range &&
           (uint32_t)time->nanos < EXECWIRE_NANOS_PER_SECOND;
}

#endif

/* Writes a time that has passed the check, as execwire_time_write. Returns its size. */
size_t execwire_time_put(const execwire_time *time, char out[EXECWIRE_TIME_SIZE]);

/* The date that was written last, so that it need not be made again: the times of a state
 * are of one day as a rule. All zero where there is none. */
typedef struct execwire_date {
    uint64_t start;   /* its first second, since 0000-03-01: no time is of that first day */
    uint64_t text[2]; /* "2023-10-17T" and zeros */
} execwire_date;

#ifdef EXECWIRE_FAST_WORDS

/* As execwire_time_put; writes all of `out`, whatever the size. JSON is written in 0.93 of the
 * time. */
size_t execwire_time_put_on(const execwire_time *time, execwire_date *last,
                            char out[EXECWIRE_TIME_SIZE]);

#else

static inline size_t execwire_time_put_on(const execwire_time *time, execwire_date *last,
                                          char out[EXECWIRE_TIME_SIZE])
{
    (void)last;
    return execwire_time_put(time, out);
}

#endif

/* As execwire_time_read; `at` is the byte that an error is about, and nothing without one. */
execwire_code execwire_time_parse(const char *text, size_t size, execwire_time *time, size_t *at);

#ifdef EXECWIRE_FAST_WORDS

/* A time as nearly all are spelled, "2023-10-17T12:28:08.090286107Z", with or without a fraction,
 * of 20 bytes or more. False when it is anything else, which the call above says more about. */
bool execwire_time_parse_usual(const char *text, size_t size, execwire_time *time);

#endif

#endif

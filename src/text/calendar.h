/* Days and dates.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_TEXT_CALENDAR_H
#define EXECWIRE_TEXT_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

/* The calendar is the proleptic Gregorian one, in years that begin on 1 March, so that the leap day
 * comes last and the months' lengths repeat every five: 31 30 31 30 31. Unsigned all through: small
 * cores divide such numbers with less code. */

#define EXECWIRE_DAYS_PER_ERA 146097 /* 400 years */
#define EXECWIRE_DAYS_TO_1970 719468 /* from 0000-03-01 to 1970-01-01 */

typedef struct execwire_civil {
    unsigned year;
    unsigned month;
    unsigned day;
} execwire_civil;

static inline bool execwire_is_leap_year(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static inline unsigned execwire_days_in_month(unsigned year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (unsigned)(month == 2 && execwire_is_leap_year(year));
}

/* Days since 0000-03-01, which is the first. */
static inline uint32_t execwire_days_from_civil(execwire_civil date)
{
    uint32_t year = date.month > 2 ? date.year : date.year - 1;
    uint32_t month = date.month > 2 ? date.month - 3 : date.month + 9;
    uint32_t day_of_year = (153 * month + 2) / 5 + date.day - 1;

    return 365 * year + year / 4 - year / 100 + year / 400 + day_of_year;
}

/* The reverse. */
static inline execwire_civil execwire_civil_from_days(uint32_t days)
{
    uint32_t era = days / EXECWIRE_DAYS_PER_ERA;
    uint32_t of_era = days % EXECWIRE_DAYS_PER_ERA;
    uint32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint32_t of_year = of_era - (365 * year + year / 4 - year / 100);
    uint32_t month = (5 * of_year + 2) / 153;
    execwire_civil date;

    date.day = of_year - (153 * month + 2) / 5 + 1;
    date.month = month < 10 ? month + 3 : month - 9;
    date.year = 400 * era + year + (date.month <= 2);
    return date;
}

#endif

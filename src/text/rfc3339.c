/* SPDX-License-Identifier: Apache-2.0 */
#include "text/rfc3339.h"

#include "base/ascii.h"
#include "base/target.h"
#include "base/words.h"
#include "error/error.h"
#include "text/calendar.h"

#include <execwire/execwire.h>

#include <string.h>

#define SECONDS_PER_DAY 86400

execwire_code execwire_time_check(const execwire_time *time)
{
    if (time->seconds < EXECWIRE_FIRST_SECOND || time->seconds > EXECWIRE_LAST_SECOND)
        return EXECWIRE_ERROR_TIME_RANGE;
    if (time->nanos < 0 || time->nanos >= EXECWIRE_NANOS_PER_SECOND)
        return EXECWIRE_ERROR_TIME_NANOS;
    return EXECWIRE_OK;
}

/* ---- Reading ---- */

/* The text as far as it has been read. */
typedef struct time_cursor {
    const char *text;
    size_t size;
    size_t at;
} time_cursor;

static bool take_char(time_cursor *c, char wanted)
{
    if (c->at == c->size || c->text[c->at] != wanted)
        return false;
    c->at++;
    return true;
}

static bool take_letter(time_cursor *c, char capital)
{
    return take_char(c, capital) || take_char(c, (char)(capital + ('a' - 'A')));
}

static bool take_digits(time_cursor *c, size_t count, unsigned *value)
{
    *value = 0;
    for (size_t i = 0; i < count; i++, c->at++) {
        if (c->at == c->size || c->text[c->at] < '0' || c->text[c->at] > '9')
            return false;
        *value = *value * 10 + (unsigned)(c->text[c->at] - '0');
    }
    return true;
}

/* An error about the part that begins at `at`. */
static execwire_code fail_at(time_cursor *c, size_t at, execwire_code code)
{
    c->at = at;
    return code;
}

/* full-date: days since 0000-03-01. */
static execwire_code take_date(time_cursor *c, uint32_t *days)
{
    size_t start = c->at;
    execwire_civil date;

    if (!take_digits(c, 4, &date.year) || !take_char(c, '-') || !take_digits(c, 2, &date.month) ||
        !take_char(c, '-') || !take_digits(c, 2, &date.day))
        return EXECWIRE_ERROR_TIME_SYNTAX;
    if (date.year == 0 &&
        (date.month != 12 || date.day != 31)) /* of which an offset may lead out */
        return fail_at(c, start, EXECWIRE_ERROR_TIME_RANGE);
    if (date.month < 1 || date.month > 12)
        return fail_at(c, start + 5, EXECWIRE_ERROR_TIME_FIELD);
    if (date.day < 1 || date.day > execwire_days_in_month(date.year, date.month))
        return fail_at(c, start + 8, EXECWIRE_ERROR_TIME_FIELD);
    *days = execwire_days_from_civil(date);
    return EXECWIRE_OK;
}

/* partial-time without its fraction: seconds since midnight. */
static execwire_code take_time_of_day(time_cursor *c, uint32_t *seconds)
{
    size_t start = c->at;
    unsigned hour;
    unsigned minute;
    unsigned second;

    if (!take_digits(c, 2, &hour) || !take_char(c, ':') || !take_digits(c, 2, &minute) ||
        !take_char(c, ':') || !take_digits(c, 2, &second))
        return EXECWIRE_ERROR_TIME_SYNTAX;
    if (hour > 23)
        return fail_at(c, start, EXECWIRE_ERROR_TIME_FIELD);
    if (minute > 59)
        return fail_at(c, start + 3, EXECWIRE_ERROR_TIME_FIELD);
    if (second > 59)
        return fail_at(c, start + 6,
                       second == 60 ? EXECWIRE_ERROR_TIME_LEAP : EXECWIRE_ERROR_TIME_FIELD);
    *seconds = hour * 3600 + minute * 60 + second;
    return EXECWIRE_OK;
}

/* time-secfrac, which may be missing. */
static execwire_code take_fraction(time_cursor *c, int32_t *nanos)
{
    uint32_t unit = EXECWIRE_NANOS_PER_SECOND / 10;
    unsigned digit;

    *nanos = 0;
    if (!take_char(c, '.'))
        return EXECWIRE_OK;
    if (!take_digits(c, 1, &digit))
        return EXECWIRE_ERROR_TIME_SYNTAX;
    do {
        *nanos += (int32_t)(digit * unit);
        unit /= 10;
    } while (unit > 0 && take_digits(c, 1, &digit));
    if (unit == 0 && c->at < c->size && execwire_is_digit(c->text[c->at]))
        return EXECWIRE_ERROR_TIME_DIGITS;
    return EXECWIRE_OK;
}

/* time-offset: seconds east of UTC. */
static execwire_code take_offset(time_cursor *c, int32_t *seconds)
{
    size_t start = c->at;
    bool west;
    unsigned hour;
    unsigned minute;

    *seconds = 0;
    if (take_letter(c, 'Z'))
        return EXECWIRE_OK;
    west = take_char(c, '-');
    if ((!west && !take_char(c, '+')) || !take_digits(c, 2, &hour) || !take_char(c, ':') ||
        !take_digits(c, 2, &minute))
        return EXECWIRE_ERROR_TIME_SYNTAX;
    if (hour > 23)
        return fail_at(c, start + 1, EXECWIRE_ERROR_TIME_FIELD);
    if (minute > 59)
        return fail_at(c, start + 4, EXECWIRE_ERROR_TIME_FIELD);
    *seconds = (int32_t)(hour * 3600 + minute * 60) * (west ? -1 : 1);
    return EXECWIRE_OK;
}

static execwire_code take_all(time_cursor *c, execwire_time *time)
{
    uint32_t days;
    uint32_t second_of_day;
    int32_t offset;
    execwire_code code = take_date(c, &days);

    if (code == EXECWIRE_OK && !take_letter(c, 'T'))
        code = EXECWIRE_ERROR_TIME_SYNTAX;
    if (code == EXECWIRE_OK)
        code = take_time_of_day(c, &second_of_day);
    if (code == EXECWIRE_OK)
        code = take_fraction(c, &time->nanos);
    if (code == EXECWIRE_OK)
        code = take_offset(c, &offset);
    if (code == EXECWIRE_OK && c->at < c->size)
        code = EXECWIRE_ERROR_TIME_SYNTAX;
    if (code != EXECWIRE_OK)
        return code;
    time->seconds =
        ((int64_t)days - EXECWIRE_DAYS_TO_1970) * SECONDS_PER_DAY + (int32_t)second_of_day - offset;
    code = execwire_time_check(time);
    return code == EXECWIRE_OK ? code : fail_at(c, 0, code);
}

#ifdef EXECWIRE_FAST_WORDS

/* Times of the usual kind, eight characters at a time. Without it: encode +5.8 %. */

/* Eight characters that look like `like`, with a digit wherever that has a 0: the digits' values,
 * and 0 for the others. False when they do not look so. */
static bool digits_like(const char *text, const char *like, uint64_t separators, uint64_t *values)
{
    uint64_t word = execwire_load(text, 8) ^ execwire_load(like, 8);
    /* sets the top bit of a digit above 9 and of a separator that differs; a byte that carries into
     * the next has its own top bit set */
    uint64_t over = word + EXECWIRE_EACH_BYTE(0x76) + separators * 9;

    *values = word;
    return ((word | over) & EXECWIRE_EACH_BYTE(0x80)) == 0;
}

/* In each byte the number that its digit and the next make: none is above 99. */
static uint64_t pairs_of(uint64_t digits)
{
    return digits * 10 + (digits >> 8);
}

static unsigned byte_of(uint64_t word, unsigned at)
{
    return (unsigned)(word >> 8 * at) & 0xFF;
}

/* The number that eight digits make: their pairs, times 1,000,000, 10,000, 100 and 1, meet in the
 * upper half of the two products. */
static uint32_t number_of(uint64_t digits)
{
    const uint64_t fourths = UINT64_C(0x000000FF000000FF);
    uint64_t pairs = pairs_of(digits);
    uint64_t odd = (pairs & fourths) * (100 + (UINT64_C(1000000) << 32));
    uint64_t even = ((pairs >> 16) & fourths) * (1 + (UINT64_C(10000) << 32));

    return (uint32_t)((odd + even) >> 32);
}

/* The `count` digits between "." and "Z" as nanoseconds; false when they are none, or not 1 to 9:
 * of none, "Z" is the first. There are more than eight characters before them, of which zeros are
 * made. */
static bool fraction(const char *digits, size_t count, int32_t *nanos)
{
    static const uint32_t units[] = {0,     100000000, 10000000, 1000000, 100000,
                                     10000, 1000,      100,      10,      1};
    size_t eight = count < 8 ? count : 8;
    unsigned first = (unsigned char)digits[0] - (unsigned)'0';
    uint64_t word;

    if (count > 9 || first > 9)
        return false;
    word = (execwire_load(digits + count - 8, 8) ^ EXECWIRE_EACH_BYTE('0')) &
           UINT64_MAX << 8 * (8 - eight);
    if (((word | (word + EXECWIRE_EACH_BYTE(0x76))) & EXECWIRE_EACH_BYTE(0x80)) != 0)
        return false;
    *nanos = (int32_t)(number_of(word) * units[count] + (count == 9 ? first * units[1] : 0));
    return true;
}

bool execwire_time_parse_usual(const char *text, size_t size, execwire_time *time)
{
    uint64_t start;
    uint64_t end;
    execwire_civil date;
    unsigned hour;
    unsigned minute;
    unsigned tens = (unsigned char)text[17] - (unsigned)'0';
    unsigned ones = (unsigned char)text[18] - (unsigned)'0';
    int32_t nanos = 0;

    if (!digits_like(text, "0000-00-", UINT64_C(0x0100000100000000), &start) ||
        !digits_like(text + 8, "00T00:00", UINT64_C(0x0000010000010000), &end) || text[16] != ':' ||
        tens > 5 || ones > 9 || text[size - 1] != 'Z')
        return false;
    if (size > 20 && (text[19] != '.' || !fraction(text + 20, size - 21, &nanos)))
        return false;
    start = pairs_of(start);
    end = pairs_of(end);
    date = (execwire_civil){byte_of(start, 0) * 100 + byte_of(start, 2), byte_of(start, 5),
                            byte_of(end, 0)};
    hour = byte_of(end, 3);
    minute = byte_of(end, 6);
    if (date.year == 0 || date.month < 1 || date.month > 12 || date.day < 1 ||
        (date.day > 28 && date.day > execwire_days_in_month(date.year, date.month)) || hour > 23 ||
        minute > 59)
        return false;
    time->seconds =
        ((int64_t)execwire_days_from_civil(date) - EXECWIRE_DAYS_TO_1970) * SECONDS_PER_DAY +
        (int32_t)(hour * 3600 + minute * 60 + tens * 10 + ones);
    time->nanos = nanos;
    return true;
}

#endif

execwire_code execwire_time_parse(const char *text, size_t size, execwire_time *time, size_t *at)
{
    time_cursor c = {text, size, 0};
    execwire_time result;
    execwire_code code;

#ifdef EXECWIRE_FAST_WORDS
    if (size >= 20 && execwire_time_parse_usual(text, size, time))
        return EXECWIRE_OK;
#endif
    code = take_all(&c, &result);
    *at = c.at;
    if (code == EXECWIRE_OK)
        *time = result;
    return code;
}

execwire_code execwire_time_read(const char *in, size_t in_size, execwire_time *time,
                                 execwire_error *error)
{
    size_t at;
    execwire_code code;

    if (time != NULL)
        *time = (execwire_time){0, 0};
    if (time == NULL || (in == NULL && in_size > 0))
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    code = execwire_time_parse(in, in_size, time, &at);
    return code == EXECWIRE_OK ? code : execwire_fail(error, code, at);
}

/* ---- Writing ---- */

#ifdef EXECWIRE_FAST_PATHS

/* The two digits of a number below 100, as they are in memory. */
static inline uint64_t two_digits(uint32_t value)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    uint16_t pair;

    memcpy(&pair, &pairs[(size_t)value * 2], 2);
    return pair;
}

#endif

/* A number below 100. Without the pairs: decode +3.1 %. */
static inline char *put_two(char *out, uint32_t value)
{
#ifdef EXECWIRE_FAST_PATHS
    uint16_t pair = (uint16_t)two_digits(value);

    memcpy(out, &pair, 2);
#else
    out[0] = (char)('0' + value / 10);
    out[1] = (char)('0' + value % 10);
#endif
    return out + 2;
}

static char *put_date(char *out, uint32_t days)
{
    execwire_civil date = execwire_civil_from_days(days);

    out = put_two(out, date.year / 100);
    out = put_two(out, date.year % 100);
    *out++ = '-';
    out = put_two(out, date.month);
    *out++ = '-';
    return put_two(out, date.day);
}

static char *put_time_of_day(char *out, uint32_t seconds)
{
    out = put_two(out, seconds / 3600);
    *out++ = ':';
    out = put_two(out, seconds / 60 % 60);
    *out++ = ':';
    return put_two(out, seconds % 60);
}

static char *put_fraction(char *out, uint32_t nanos)
{
    char *end = out + sizeof ".123456789" - 1;

    if (nanos == 0)
        return out;
    out[0] = '.';
    for (char *at = end - 2; at > out; at -= 2, nanos /= 100)
        put_two(at, nanos % 100);
    out[1] = (char)('0' + nanos);
    while (end[-1] == '0')
        end--;
    return end;
}

/* Seconds since 0000-03-01. */
static uint64_t seconds_of(const execwire_time *time)
{
    return (uint64_t)(time->seconds + (int64_t)EXECWIRE_DAYS_TO_1970 * SECONDS_PER_DAY);
}

size_t execwire_time_put(const execwire_time *time, char out[EXECWIRE_TIME_SIZE])
{
    uint64_t seconds = seconds_of(time);
    char *end = put_date(out, (uint32_t)(seconds / SECONDS_PER_DAY));

    *end++ = 'T';
    end = put_time_of_day(end, (uint32_t)(seconds % SECONDS_PER_DAY));
    end = put_fraction(end, (uint32_t)time->nanos);
    *end++ = 'Z';
    return (size_t)(end - out);
}

#ifdef EXECWIRE_FAST_WORDS

/* The eight digits of a number, the first one lowest: halved three times, all parts at once. What
 * is multiplied and shifted is divided by 100, and by 10: exact below 10,000, and below 100. */
static uint64_t digits_of(uint32_t number)
{
    uint64_t fours = number / 10000 | (uint64_t)(number % 10000) << 32;
    uint64_t upper = (fours * 10486 >> 20) & UINT64_C(0x0000007F0000007F);
    uint64_t twos = upper | (fours - upper * 100) << 16;
    uint64_t tens = (twos * 103 >> 10) & UINT64_C(0x000F000F000F000F);

    return tens | (twos - tens * 10) << 8;
}

/* As put_fraction, without a step for each digit. Nine digits are foreseen, so that what follows
 * need not wait for how many there are. */
static inline char *put_fraction_at_once(char *out, uint32_t nanos)
{
    uint32_t first = nanos / 100000000;
    uint64_t digits = digits_of(nanos % 100000000);
    uint64_t text = digits | EXECWIRE_EACH_BYTE('0');

    if (nanos == 0)
        return out;
    out[0] = '.';
    out[1] = (char)('0' + first);
    memcpy(out + 2, &text, sizeof text);
    if (digits >> 56 != 0)
        return out + 10;
    return out + 2 + (digits != 0 ? execwire_highest_bit(digits) / 8 + 1 : 0);
}

/* What put_date writes, in words. */
static execwire_date date_of(uint32_t days)
{
    execwire_civil date = execwire_civil_from_days(days);
    uint64_t year = two_digits(date.year / 100) | two_digits(date.year % 100) << 16;

    return (execwire_date){
        (uint64_t)days * SECONDS_PER_DAY,
        {year | (uint64_t)'-' << 32 | two_digits(date.month) << 40 | (uint64_t)'-' << 56,
         two_digits(date.day) | (uint64_t)'T' << 16}};
}

size_t execwire_time_put_on(const execwire_time *time, execwire_date *last,
                            char out[EXECWIRE_TIME_SIZE])
{
    uint64_t seconds = seconds_of(time);
    char *end = out + sizeof "2023-10-17T" - 1;

    if (seconds - last->start >= SECONDS_PER_DAY)
        *last = date_of((uint32_t)(seconds / SECONDS_PER_DAY));
    /* word by word, as they were written: of two words that have just been stored no one move can
     * read both before they are in the cache */
    memcpy(out, &last->text[0], 8);
    memcpy(out + 8, &last->text[1], 4);
    end = put_time_of_day(end, (uint32_t)(seconds - last->start));
    end = put_fraction_at_once(end, (uint32_t)time->nanos);
    *end++ = 'Z';
    return (size_t)(end - out);
}

#endif

execwire_code execwire_time_write(const execwire_time *time, char *out, size_t capacity,
                                  size_t *size, execwire_error *error)
{
    char text[EXECWIRE_TIME_SIZE];
    execwire_code code;

    if (size != NULL)
        *size = 0;
    if (time == NULL || size == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    code = execwire_time_check(time);
    if (code != EXECWIRE_OK)
        return execwire_fail(error, code, 0);
    *size = execwire_time_put(time, text);
    if (out == NULL)
        return EXECWIRE_OK;
    if (*size > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    memcpy(out, text, *size);
    return EXECWIRE_OK;
}

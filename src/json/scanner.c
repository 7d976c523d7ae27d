/* SPDX-License-Identifier: Apache-2.0 */
#include "json/scanner.h"

#include "error/error.h"
#include "text/span.h"
#include "text/utf8.h"
#include "json/number.h"

#include <execwire/execwire.h>

#include <string.h>

/* ---- Errors ---- */

execwire_code execwire_scan_fail(const execwire_scanner *s, execwire_code code, const char *at)
{
    return execwire_fail(s->error, at == s->end ? EXECWIRE_ERROR_TRUNCATED : code,
                         (size_t)(at - s->start));
}

/* What kind of value begins with this byte; NULL when none does. */
static const char *value_name(char c)
{
    switch (c) {
    case '{':
        return "an object";
    case '[':
        return "an array";
    case '"':
        return "a string";
    case 't':
        return "true";
    case 'f':
        return "false";
    case 'n':
        return "null";
    default:
        return c == '-' || execwire_is_digit(c) ? "a number" : NULL;
    }
}

execwire_code execwire_scan_mismatch(const execwire_scanner *s, execwire_code expected)
{
    const char *found = s->at < s->end ? value_name(*s->at) : NULL;

    if (found == NULL)
        return execwire_scan_fail(s, EXECWIRE_ERROR_JSON_VALUE, s->at);
    return execwire_fail_found(s->error, expected, (size_t)(s->at - s->start), found);
}

/* ---- Structure ---- */

execwire_code execwire_scan_enter(execwire_scanner *s)
{
    if (s->depth == EXECWIRE_MAX_JSON_DEPTH)
        return execwire_scan_fail(s, EXECWIRE_ERROR_DEPTH, s->at);
    s->depth++;
    s->at++;
    return EXECWIRE_OK;
}

void execwire_scan_leave(execwire_scanner *s)
{
    s->depth--;
}

execwire_code execwire_scan_end(execwire_scanner *s)
{
    execwire_scan_peek(s);
    if (s->at < s->end)
        return execwire_scan_fail(s, EXECWIRE_ERROR_JSON_TRAILING, s->at);
    return EXECWIRE_OK;
}

execwire_code execwire_scan_word(execwire_scanner *s, const char *word)
{
    size_t i = 0;

    for (; word[i] != '\0'; i++)
        if (s->at + i == s->end || s->at[i] != word[i])
            return execwire_scan_fail(s, EXECWIRE_ERROR_JSON_VALUE,
                                      s->at + i == s->end ? s->end : s->at);
    s->at += i;
    return EXECWIRE_OK;
}

execwire_code execwire_scan_number(execwire_scanner *s, execwire_str *text)
{
    size_t bad;
    size_t size = execwire_number_span(s->at, (size_t)(s->end - s->at), &bad);

    if (size == 0)
        return execwire_scan_fail(s, EXECWIRE_ERROR_JSON_NUMBER, s->at + bad);
    *text = (execwire_str){s->at, size};
    s->at += size;
    return EXECWIRE_OK;
}

/* ---- Strings ---- */

/* Where the characters of a string go. size counts also what did not fit. */
typedef struct unescaped {
    char *out;
    size_t capacity;
    size_t size;
} unescaped;

static void put_unescaped(unescaped *to, const char *text, size_t size)
{
    size_t room = to->size < to->capacity ? to->capacity - to->size : 0;
    size_t fits = size < room ? size : room;

    if (fits > 0)
        memcpy(to->out + to->size, text, fits);
    to->size += size;
}

static void put_byte(unescaped *to, char byte)
{
    if (to->size < to->capacity)
        to->out[to->size] = byte;
    to->size++;
}

/* The size of the character beyond ASCII that is next where masks tell, else 0. */
static inline size_t usual_character(const execwire_scanner *s)
{
#ifdef EXECWIRE_FAST_WORDS
    return s->end - s->at < 4 ? 0 : execwire_utf8_by_masks(s->at);
#else
    (void)s;
    return 0;
#endif
}

/* Moves over characters that stand for themselves, up to a quote or backslash. */
static execwire_code scan_plain(execwire_scanner *s)
{
    for (;;) {
        size_t size;
        size_t whole;
        unsigned char c;

        s->at += execwire_plain_span(s->at, (size_t)(s->end - s->at));
        if (s->at == s->end)
            return execwire_scan_fail(s, EXECWIRE_ERROR_TRUNCATED, s->end);
        c = (unsigned char)*s->at;
        if (c == '"' || c == '\\')
            return EXECWIRE_OK;
        if (c < 0x20)
            return execwire_scan_fail(s, EXECWIRE_ERROR_JSON_CONTROL, s->at);
        size = usual_character(s);
        if (size > 0) {
            s->at += size;
            continue;
        }
        size = execwire_utf8_start(s->at, (size_t)(s->end - s->at), &whole);
        if (size != whole)
            return execwire_scan_fail(s, EXECWIRE_ERROR_UTF8,
                                      size < whole && s->at + size == s->end ? s->end : s->at);
        s->at += size;
    }
}

/* The upper six bits of a surrogate (Unicode, section 3.8). */
#define HIGH_SURROGATE 0x36
#define LOW_SURROGATE  0x37

/* The four hexadecimal digits of a \u escape, at `at`, which is the second of a surrogate pair if
 * it is `low`. Digits that are cut off are taken to be good ones. */
static execwire_code scan_unit(const execwire_scanner *s, const char *at, bool low, unsigned *unit)
{
    size_t size = (size_t)(s->end - at);

    *unit = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = execwire_hex_value(i < size ? at[i] : "DC0000"[i + (low ? 0 : 2)]);

        if (digit < 0)
            return execwire_scan_fail(s, EXECWIRE_ERROR_JSON_ESCAPE, at + i);
        *unit = *unit * 16 + (unsigned)digit;
    }
    if ((*unit >> 10 == LOW_SURROGATE) != low)
        return execwire_scan_fail(s, EXECWIRE_ERROR_JSON_SURROGATE, s->at);
    return size < 4 ? execwire_scan_fail(s, EXECWIRE_ERROR_TRUNCATED, s->end) : EXECWIRE_OK;
}

/* A \u escape, or two that are a surrogate pair (RFC 8259, section 7). */
static execwire_code scan_unicode(execwire_scanner *s, unescaped *to)
{
    char utf8[4];
    unsigned high;
    unsigned low;
    unsigned long scalar;
    execwire_code code = scan_unit(s, s->at + 2, false, &high);

    if (code != EXECWIRE_OK)
        return code;
    scalar = high;
    if (high >> 10 == HIGH_SURROGATE) {
        const char *second = s->at + 6;

        if (second == s->end || (second + 1 == s->end && *second == '\\'))
            return execwire_scan_fail(s, EXECWIRE_ERROR_TRUNCATED, s->end);
        if (second[0] != '\\' || second[1] != 'u')
            return execwire_scan_fail(s, EXECWIRE_ERROR_JSON_SURROGATE, s->at);
        code = scan_unit(s, second + 2, true, &low);
        if (code != EXECWIRE_OK)
            return code;
        scalar = 0x10000 + ((unsigned long)(high - 0xD800) << 10) + (low - 0xDC00);
        s->at += 6;
    }
    s->at += 6;
    put_unescaped(to, utf8, execwire_utf8_write(scalar, utf8));
    return EXECWIRE_OK;
}

/* The character that an escape sequence of two stands for; NUL when there is none of this name. */
static char named(char name)
{
    switch (name) {
    case '"':
    case '\\':
    case '/':
        return name;
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return '\0';
    }
}

/* An escape sequence, whose backslash is next. */
static execwire_code scan_escape(execwire_scanner *s, unescaped *to)
{
    char character;

    if (s->at + 1 == s->end)
        return execwire_scan_fail(s, EXECWIRE_ERROR_TRUNCATED, s->end);
    if (s->at[1] == 'u')
        return scan_unicode(s, to);
    character = named(s->at[1]);
    if (character == '\0')
        return execwire_scan_fail(s, EXECWIRE_ERROR_JSON_ESCAPE, s->at);
    put_byte(to, character);
    s->at += 2;
    return EXECWIRE_OK;
}

#ifdef EXECWIRE_FAST_PATHS

/* The character beyond ASCII that is next, in one move; its size, 0 where there is none or masks do
 * not tell. Four bytes of both are there. */
static inline size_t copy_character(char *out, const char *at)
{
#ifdef EXECWIRE_FAST_WORDS
    memcpy(out, at, 4);
    return execwire_utf8_by_masks(at);
#else
    (void)out;
    (void)at;
    return 0;
#endif
}

/* The same of an escape sequence of two characters. */
static inline size_t copy_named(char *out, const char *at)
{
    *out = *at == '\\' ? named(at[1]) : '\0';
    return *out != '\0' ? 2 : 0;
}

/* Moves over characters and escape sequences, and copies what they stand for, as long as whole
 * blocks are left of both. What comes then, scan_escape and scan_plain see. Texts with escape
 * sequences are read in 0.9 of the time of first looking for each and then copying. */
static void copy_usual(execwire_scanner *s, unescaped *to)
{
    const char *at = s->at;
    size_t size = to->size;

    while (size < to->capacity && to->capacity - size >= EXECWIRE_BLOCK + 4 &&
           (size_t)(s->end - at) >= EXECWIRE_BLOCK + 4) {
        size_t plain = execwire_plain_in_block(at);
        size_t taken;

        memcpy(to->out + size, at, EXECWIRE_BLOCK);
        at += plain;
        size += plain;
        if (plain == EXECWIRE_BLOCK)
            continue;
        taken = copy_character(to->out + size, at);
        size += taken;
        if (taken == 0) {
            taken = copy_named(to->out + size, at);
            size += taken / 2;
        }
        if (taken == 0)
            break;
        at += taken;
    }
    s->at = at;
    to->size = size;
}

#else

static void copy_usual(execwire_scanner *s, unescaped *to)
{
    (void)s;
    (void)to;
}

#endif

/* The rest of a string that has escape sequences; `plain` is where its first characters begin. */
static execwire_code scan_escaped(execwire_scanner *s, const char *plain, unescaped *to)
{
    for (;;) {
        execwire_code code;

        put_unescaped(to, plain, (size_t)(s->at - plain));
        if (*s->at == '"')
            return EXECWIRE_OK;
        code = scan_escape(s, to);
        if (code != EXECWIRE_OK)
            return code;
        copy_usual(s, to);
        plain = s->at;
        code = scan_plain(s);
        if (code != EXECWIRE_OK)
            return code;
    }
}

execwire_code execwire_scan_special(execwire_scanner *s, const char *first, char *out,
                                    size_t capacity, execwire_str *text)
{
    unescaped to = {out, capacity, 0};
    execwire_code code = scan_plain(s);

    if (code != EXECWIRE_OK)
        return code;
    if (*s->at == '"') {
        *text = (execwire_str){first, (size_t)(s->at - first)};
    } else {
        code = scan_escaped(s, first, &to);
        if (code != EXECWIRE_OK)
            return code;
        *text = (execwire_str){out, to.size};
    }
    s->at++;
    return EXECWIRE_OK;
}

/* ---- Any value ---- */

/* Open brackets of a value that is skipped, one bit each: set for an object. Depth is bounded, so
 * 64 bits are enough and nothing recurses. */
_Static_assert(EXECWIRE_MAX_JSON_DEPTH <= 64, "a bit for each level");

execwire_code execwire_scan_skip_scalar(execwire_scanner *s)
{
    execwire_str unused;

    switch (execwire_scan_peek(s)) {
    case '"':
        return execwire_scan_string(s, NULL, 0, &unused);
    case 't':
        return execwire_scan_word(s, "true");
    case 'f':
        return execwire_scan_word(s, "false");
    case 'n':
        return execwire_scan_word(s, "null");
    default:
        if (s->at < s->end && (*s->at == '-' || execwire_is_digit(*s->at)))
            return execwire_scan_number(s, &unused);
        return execwire_scan_fail(s, EXECWIRE_ERROR_JSON_VALUE, s->at);
    }
}

/* The beginning of a value: enters it if it is an object or array, skips it otherwise. */
static execwire_code skip_start(execwire_scanner *s, uint64_t *objects, bool *entered)
{
    char c = execwire_scan_peek(s);

    *entered = c == '{' || c == '[';
    if (!*entered)
        return execwire_scan_skip_scalar(s);
    *objects = *objects << 1 | (c == '{');
    return execwire_scan_enter(s);
}

execwire_code execwire_scan_skip(execwire_scanner *s)
{
    unsigned outside = s->depth;
    uint64_t objects = 0;
    execwire_str unused;
    bool first;
    execwire_code code = skip_start(s, &objects, &first);

    while (code == EXECWIRE_OK && s->depth > outside) {
        bool in_object = objects & 1;
        bool more;

        code = execwire_scan_next(s, in_object ? '}' : ']', first, &more);
        if (code != EXECWIRE_OK)
            return code;
        first = false;
        if (!more) {
            execwire_scan_leave(s);
            objects >>= 1;
            continue;
        }
        if (in_object)
            code = execwire_scan_key(s, NULL, 0, &unused);
        if (code == EXECWIRE_OK)
            code = skip_start(s, &objects, &first);
    }
    return code;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/hint.h"

#include "base/ascii.h"

#include <string.h>

/* So many bytes of digits are no coincidence any more. */
#define ENOUGH_DIGITS 64

typedef struct text {
    const char *at;
    const char *end;
} text;

static void skip_space(text *t)
{
    while (t->at < t->end && execwire_is_space(*t->at))
        t->at++;
}

/* Takes this byte behind white space, if it is the next. */
static bool take(text *t, char c)
{
    skip_space(t);
    if (t->at == t->end || *t->at != c)
        return false;
    t->at++;
    return true;
}

/* The beginning of an object: a length of 123 could be taken for its bracket, but not with a key in
 * quotation marks and a colon behind it. */
static bool is_object(text t)
{
    if (!take(&t, '{'))
        return false;
    if (take(&t, '}'))
        return true;
    if (!take(&t, '"'))
        return false;
    while (t.at < t.end && *t.at >= ' ' && *t.at <= '~' && *t.at != '"')
        t.at++;
    return take(&t, '"') && take(&t, ':');
}

static bool is_json(text t)
{
    static const char mark[] = "\xEF\xBB\xBF";

    if (t.end - t.at > 3 && memcmp(t.at, mark, 3) == 0)
        t.at += 3;
    return is_object(t) || (take(&t, '[') && (is_object(t) || take(&t, ']')));
}

static bool is_hex(text t)
{
    size_t digits = 0;

    if (t.end - t.at > ENOUGH_DIGITS)
        t.end = t.at + ENOUGH_DIGITS;
    for (; t.at < t.end; t.at++) {
        if (execwire_is_space(*t.at))
            continue;
        if (execwire_hex_value(*t.at) < 0)
            return false;
        digits++;
    }
    return digits >= 2;
}

static bool is_message(text t)
{
    size_t size = (size_t)(t.end - t.at);
    size_t unknown;

    return execwire_check(t.at, size, &unknown, NULL) == EXECWIRE_OK && unknown == 0;
}

const char *hint_for(const char *start, size_t size, const cli_options *options,
                     const option_use *takes)
{
    text t = {start, start + size};
    bool single = option_has(takes, &options_single) && !options->frames;

    if (is_json(t) && option_has(takes, &options_input))
        return "it looks like JSON, which --json reads";
    if (is_json(t) && options->frames)
        return "it looks like JSON, which execwire link send reads";
    if (is_json(t))
        return "it looks like JSON, which execwire encode reads";
    if (options->framing != &framing_hex && is_hex(t))
        return "it looks like hexadecimal digits, which --hex reads";
    if (options->framing == &framing_delimited && single && is_message(t))
        return "it looks like a message without its length, which --single reads";
    return NULL;
}

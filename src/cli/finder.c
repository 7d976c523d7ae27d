/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/finder.h"

/* Whether `last` ends a value or key, so that no other may follow. */
static bool ends_value(char last)
{
    return last == '"' || last == 'v' || last == '}' || last == ']';
}

/* The inside of a string, up to its closing quote. */
static finder_result look_string(finder *f, const char *text, size_t size)
{
    while (f->at < size) {
        char c;

        if (f->escaped) {
            f->escaped = false;
            f->at++;
            continue;
        }
        c = text[f->at++];
        if (c == '\n')
            return FINDER_BROKEN;
        f->escaped = c == '\\';
        if (c == '"') {
            f->in_string = false;
            break;
        }
    }
    return FINDER_MORE;
}

static finder_result open_bracket(finder *f, char c)
{
    bool in_object = f->depth > 0 && f->depth <= 64 && (f->objects & 1) != 0;

    if (ends_value(f->last) || (in_object && f->last != ':'))
        return FINDER_BROKEN;
    f->depth++;
    f->objects = f->objects << 1 | (c == '{');
    f->last = c;
    return FINDER_MORE;
}

static finder_result close_bracket(finder *f, char c)
{
    f->depth--;
    f->objects >>= 1;
    f->last = c;
    return f->depth == 0 ? FINDER_FOUND : FINDER_MORE;
}

static finder_result look_byte(finder *f, char c)
{
    switch (c) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
        return FINDER_MORE;
    case '{':
    case '[':
        return open_bracket(f, c);
    case '}':
    case ']':
        return close_bracket(f, c);
    case '"':
        if (ends_value(f->last))
            return FINDER_BROKEN;
        f->in_string = true;
        f->last = c;
        return FINDER_MORE;
    case ',':
    case ':':
        f->last = c;
        return FINDER_MORE;
    default:
        f->last = 'v';
        return FINDER_MORE;
    }
}

finder_result finder_look(finder *f, const char *text, size_t size)
{
    finder_result result = FINDER_MORE;

    while (result == FINDER_MORE && f->at < size) {
        if (f->in_string)
            result = look_string(f, text, size);
        else
            result = look_byte(f, text[f->at++]);
    }
    return result;
}

/* The tokens of JSON text (RFC 8259). The scanner owns the position and all pointer arithmetic of
 * the reader; it knows nothing of the schema.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_JSON_SCANNER_H
#define EXECWIRE_JSON_SCANNER_H

#include "base/ascii.h"
#include "base/target.h"
#include "text/span.h"

#include <execwire/error.h>
#include <execwire/types.h>

typedef struct execwire_scanner {
    const char *start;
    const char *at;
    const char *end;
    unsigned depth; /* open objects and arrays */
    execwire_error *error;
} execwire_scanner;

/* Starts an error at `at`, or at the end of the input as TRUNCATED when `at` is there. */
execwire_code execwire_scan_fail(const execwire_scanner *s, execwire_code code, const char *at);

/* The same with the name of the value that begins at the current position as what was found. */
execwire_code execwire_scan_mismatch(const execwire_scanner *s, execwire_code expected);

/* Skips white space and returns the next byte, '\0' at the end of the input. */
static inline char execwire_scan_peek(execwire_scanner *s)
{
    for (; s->at < s->end; s->at++)
        if (!execwire_is_space(*s->at))
            return *s->at;
    return '\0';
}

/* The next byte where white space was skipped before, '\0' at the end of the input. */
static inline char execwire_scan_here(const execwire_scanner *s)
{
    return s->at < s->end ? *s->at : '\0';
}

/* Takes `wanted` if it is next after white space. */
static inline bool execwire_scan_take(execwire_scanner *s, char wanted)
{
    if (execwire_scan_peek(s) != wanted)
        return false;
    s->at++;
    return true;
}

/* Enters an object or array whose opening bracket is next, or leaves one whose closing bracket
 * was taken. Entering fails with DEPTH. */
execwire_code execwire_scan_enter(execwire_scanner *s);
void execwire_scan_leave(execwire_scanner *s);

/* To the next member of the object or array that ends in `close`: takes the closing bracket, or
 * the comma that must stand before every member but the first. `*more` says which. A member of an
 * object begins with the quote of its key, which is checked too. */
static inline execwire_code execwire_scan_next(execwire_scanner *s, char close, bool first,
                                               bool *more)
{
    char c;

#ifdef EXECWIRE_FAST_PATHS /* without it: encode +2.5 % */
    if (!first && close == '}' && s->end - s->at > 1 && s->at[0] == ',' && s->at[1] == '"') {
        s->at++;
        *more = true;
        return EXECWIRE_OK;
    }
#endif
    c = execwire_scan_peek(s);
    *more = c != close;
    if (!*more) {
        s->at++;
        return EXECWIRE_OK;
    }
    if (!first) {
        if (c != ',')
            return execwire_scan_fail(s, EXECWIRE_ERROR_JSON_COMMA, s->at);
        s->at++;
        c = execwire_scan_peek(s);
    }
    if (close == '}' && c != '"')
        return execwire_scan_fail(s, EXECWIRE_ERROR_JSON_KEY, s->at);
    return EXECWIRE_OK;
}

/* A string whose characters begin at `first`, and which is plain up to the current position. */
execwire_code execwire_scan_special(execwire_scanner *s, const char *first, char *out,
                                    size_t capacity, execwire_str *text);

/* A string, whose opening quote is next. Without escape sequences `*text` is a view into the
 * input; with them its characters go to `out`, as many as fit, and `text->size` says how many
 * there are: compare it with `capacity`. */
static inline execwire_code execwire_scan_string(execwire_scanner *s, char *out, size_t capacity,
                                                 execwire_str *text)
{
    const char *first = s->at + 1;
    const char *at = first + execwire_plain_blocks(first, (size_t)(s->end - first));

    s->at = at;
    if (at == s->end || *at != '"')
        return execwire_scan_special(s, first, out, capacity, text);
    *text = (execwire_str){first, (size_t)(at - first)};
    s->at++;
    return EXECWIRE_OK;
}

/* A key, whose opening quote must be next, and the colon after it; as execwire_scan_string. */
static inline execwire_code execwire_scan_key(execwire_scanner *s, char *out, size_t capacity,
                                              execwire_str *key)
{
    execwire_code code = execwire_scan_string(s, out, capacity, key);

    if (code == EXECWIRE_OK && !execwire_scan_take(s, ':'))
        code = execwire_scan_fail(s, EXECWIRE_ERROR_JSON_COLON, s->at);
    return code;
}

/* A number, as its text: begins with '-' or a digit, and is well formed. */
execwire_code execwire_scan_number(execwire_scanner *s, execwire_str *text);

/* The word `word`, such as "null". */
execwire_code execwire_scan_word(execwire_scanner *s, const char *word);

/* A value that has no members: number, string or word. */
execwire_code execwire_scan_skip_scalar(execwire_scanner *s);

/* Any value, checked to its last byte. */
execwire_code execwire_scan_skip(execwire_scanner *s);

/* Only white space may be left. */
execwire_code execwire_scan_end(execwire_scanner *s);

#endif

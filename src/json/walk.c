/* To the states that a JSON Pointer (RFC 6901) names, through documents of any size.
 *
 * The brackets that are open are kept in bits, newest lowest, so that nothing recurses. The
 * outermost `level` of them are on the way, and belong to the first tokens of the pointer, one
 * each; one more is an array of states. A step that the text cuts off changes nothing and is taken
 * again.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "error/error.h"
#include "text/path.h"
#include "json/scanner.h"

#include <execwire/execwire.h>

_Static_assert(EXECWIRE_MAX_JSON_DEPTH <= 64, "a bit for each level");

/* What `next` says. */
enum { AT_VALUE, AT_FIRST, AT_NEXT };

/* ---- The pointer ---- */

/* The token of this number, from 0, as it stands in the pointer. */
static execwire_str token_of(const execwire_json_walk *w, unsigned number)
{
    const char *at = w->pointer.data;
    const char *end = at + w->pointer.size;

    for (;; number--) {
        const char *start = at + 1;

        for (at = start; at < end && *at != '/';)
            at++;
        if (number == 0)
            return (execwire_str){start, (size_t)(at - start)};
    }
}

static bool is_any(execwire_str token)
{
    return token.size == 1 && *token.data == '*';
}

/* The next character of a token that has one: ~0 is '~' and ~1 is '/' (RFC 6901, section 4). */
static char next_of(execwire_str token, size_t *at)
{
    char c = token.data[(*at)++];

    if (c != '~')
        return c;
    return token.data[(*at)++] == '0' ? '~' : '/';
}

static bool names_member(execwire_str token, execwire_str key)
{
    size_t at = 0;
    size_t same = 0;

    while (same < key.size && at < token.size && next_of(token, &at) == key.data[same])
        same++;
    return same == key.size && at == token.size;
}

/* An index is a number without leading zeros; one of ten digits is of no array. */
static bool names_element(execwire_str token, uint32_t index)
{
    uint32_t number = 0;

    if (token.size == 0 || token.size > 9 || (token.size > 1 && *token.data == '0'))
        return false;
    for (size_t i = 0; i < token.size; i++) {
        if (!execwire_is_digit(token.data[i]))
            return false;
        number = number * 10 + (uint32_t)(token.data[i] - '0');
    }
    return number == index;
}

/* Puts the first tokens of the pointer into the path of an error. */
static execwire_code fail_on_way(const execwire_json_walk *w, execwire_error *error,
                                 execwire_code code, unsigned tokens)
{
    while (tokens-- > 0) {
        char name[EXECWIRE_JSON_POINTER_SIZE];
        execwire_str token = token_of(w, tokens);
        size_t size = 0;

        for (size_t at = 0; at < token.size;)
            name[size++] = next_of(token, &at);
        (void)execwire_fail_in(error, code, name, size);
    }
    return code;
}

/* ---- Steps ---- */

static void start_document(execwire_json_walk *w)
{
    w->depth = 0;
    w->level = 0;
    w->next = AT_VALUE;
    w->on = true;
}

static void end_value(execwire_json_walk *w)
{
    if (w->depth == 0)
        start_document(w);
    else
        w->next = AT_NEXT;
}

static execwire_code enter(execwire_json_walk *w, execwire_scanner *s, bool on)
{
    bool object = *s->at == '{';
    execwire_code code = execwire_scan_enter(s);

    if (code != EXECWIRE_OK)
        return code;
    w->depth++;
    w->objects = w->objects << 1 | object;
    w->next = AT_FIRST;
    if (on) {
        w->found &= ~((uint64_t)1 << w->level);
        w->count[w->level++] = 0;
    }
    return EXECWIRE_OK;
}

/* A value that is no state, or what is in it. A number may go on behind the text. */
static execwire_code pass(execwire_json_walk *w, execwire_scanner *s)
{
    bool number = *s->at == '-' || execwire_is_digit(*s->at);
    execwire_code code;

    if (*s->at == '{' || *s->at == '[')
        return enter(w, s, false);
    code = execwire_scan_skip_scalar(s);
    if (code == EXECWIRE_OK && number && s->at == s->end)
        code = execwire_scan_fail(s, EXECWIRE_ERROR_TRUNCATED, s->end);
    if (code == EXECWIRE_OK)
        end_value(w);
    return code;
}

/* Where the way goes on or ends, an array may be null. */
static bool may_be_null(const execwire_json_walk *w)
{
    if (w->level < w->tokens)
        return is_any(token_of(w, w->level));
    return w->level == w->tokens && w->tokens > 0 && !is_any(token_of(w, w->tokens - 1));
}

/* A value that is on the way, or at its end. */
static execwire_code take_named(execwire_json_walk *w, execwire_scanner *s, bool *state)
{
    bool further = w->level < w->tokens;
    execwire_code expected = further ? EXECWIRE_ERROR_JSON_POINTER : EXECWIRE_ERROR_EXPECTED_OBJECT;

    if (*s->at == 'n' && may_be_null(w))
        return pass(w, s);
    if ((*s->at == '[' && w->level <= w->tokens) || (*s->at == '{' && further))
        return enter(w, s, true);
    *state = *s->at == '{';
    if (*state) {
        end_value(w);
        return EXECWIRE_OK;
    }
    w->on = false;
    return fail_on_way(w, s->error, execwire_scan_mismatch(s, expected),
                       further ? w->level + 1 : w->tokens);
}

/* The key of a member. Only what a named member is called counts; a key that is longer than any
 * token is none. */
static execwire_code take_member(execwire_json_walk *w, execwire_scanner *s)
{
    char room[EXECWIRE_JSON_POINTER_SIZE];
    size_t offset = (size_t)(s->at - s->start);
    execwire_str key;
    execwire_code code = execwire_scan_key(s, room, sizeof room, &key);
    uint64_t bit;

    if (code != EXECWIRE_OK)
        return code;
    w->next = AT_VALUE;
    w->on = false;
    if (w->depth > w->level || key.size > sizeof room)
        return EXECWIRE_OK;
    w->on = is_any(token_of(w, w->level - 1));
    if (w->on || !names_member(token_of(w, w->level - 1), key))
        return EXECWIRE_OK;
    bit = (uint64_t)1 << (w->level - 1);
    if ((w->found & bit) != 0)
        return fail_on_way(w, s->error,
                           execwire_fail(s->error, EXECWIRE_ERROR_DUPLICATE_KEY, offset), w->level);
    w->found |= bit;
    w->on = true;
    return EXECWIRE_OK;
}

static void take_element(execwire_json_walk *w)
{
    uint32_t *count;

    w->next = AT_VALUE;
    w->on = w->depth == w->level;
    if (!w->on || w->level > w->tokens)
        return;
    count = &w->count[w->level - 1];
    w->on = is_any(token_of(w, w->level - 1)) || names_element(token_of(w, w->level - 1), *count);
    w->found |= (uint64_t)w->on << (w->level - 1);
    *count += *count < UINT32_MAX;
}

/* A closing bracket, which was taken. */
static execwire_code leave(execwire_json_walk *w, const execwire_scanner *s)
{
    unsigned level = w->level;
    bool missing = w->depth == level && level <= w->tokens && !is_any(token_of(w, level - 1)) &&
                   (w->found >> (level - 1) & 1) == 0;

    w->level -= w->depth == level;
    w->depth--;
    w->objects >>= 1;
    end_value(w);
    if (!missing)
        return EXECWIRE_OK;
    return fail_on_way(
        w, s->error,
        execwire_fail(s->error, EXECWIRE_ERROR_JSON_POINTER, (size_t)(s->at - 1 - s->start)),
        level);
}

/* What is next, if it is there to its end. */
static execwire_code step(execwire_json_walk *w, execwire_scanner *s, bool *state)
{
    bool in_object = w->objects & 1;
    bool more;
    execwire_code code;

    if (execwire_scan_peek(s) == '\0' && s->at == s->end)
        return execwire_scan_fail(s, EXECWIRE_ERROR_TRUNCATED, s->end);
    if (w->next == AT_VALUE)
        return w->on ? take_named(w, s, state) : pass(w, s);
    code = execwire_scan_next(s, in_object ? '}' : ']', w->next == AT_FIRST, &more);
    if (code != EXECWIRE_OK)
        return code;
    if (!more)
        return leave(w, s);
    if (in_object)
        return take_member(w, s);
    take_element(w);
    return EXECWIRE_OK;
}

/* ---- The calls ---- */

/* Counts the tokens. False: it is no pointer. */
static bool count_tokens(execwire_str pointer, unsigned *tokens)
{
    *tokens = 0;
    for (size_t i = 0; i < pointer.size; i++) {
        char c = pointer.data[i];

        if (i == 0 && c != '/')
            return false;
        *tokens += c == '/';
        if (c == '~' &&
            (i + 1 == pointer.size || (pointer.data[i + 1] != '0' && pointer.data[i + 1] != '1')))
            return false;
    }
    return *tokens < EXECWIRE_MAX_JSON_DEPTH;
}

execwire_code execwire_json_walk_init(execwire_json_walk *walk, execwire_str pointer,
                                      execwire_error *error)
{
    unsigned tokens;

    if (walk == NULL || (pointer.data == NULL && pointer.size > 0) ||
        pointer.size > EXECWIRE_JSON_POINTER_SIZE || !count_tokens(pointer, &tokens))
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    *walk = (execwire_json_walk){.pointer = pointer, .tokens = tokens};
    start_document(walk);
    return EXECWIRE_OK;
}

static bool may_go_on(execwire_code code)
{
    return code == EXECWIRE_OK || code == EXECWIRE_ERROR_TRUNCATED ||
           code == EXECWIRE_ERROR_JSON_POINTER || code == EXECWIRE_ERROR_DUPLICATE_KEY ||
           code == EXECWIRE_ERROR_EXPECTED_OBJECT;
}

execwire_code execwire_json_walk_next(execwire_json_walk *walk, const void *in, size_t in_size,
                                      size_t *used, execwire_error *error)
{
    execwire_scanner s = {in, in, in, 0, error};
    const char *before = in;
    bool state = false;
    execwire_code code = EXECWIRE_OK;

    if (used != NULL)
        *used = 0;
    if (walk == NULL || used == NULL || (in == NULL && in_size > 0))
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    if (in_size > 0)
        s.end += in_size;
    while (code == EXECWIRE_OK && !state) {
        (void)execwire_scan_peek(&s);
        before = s.at;
        s.depth = walk->depth;
        code = step(walk, &s, &state);
    }
    if (code == EXECWIRE_ERROR_TRUNCATED)
        s.at = before;
    if (in_size > 0)
        *used = (size_t)(s.at - s.start);
    if (!may_go_on(code))
        start_document(walk);
    return code;
}

bool execwire_json_walk_is_between(const execwire_json_walk *walk)
{
    return walk != NULL && walk->depth == 0;
}

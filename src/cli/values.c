/* SPDX-License-Identifier: Apache-2.0 */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
#define _GNU_SOURCE /* memrchr */
#include "cli/values.h"

#include "base/ascii.h"
#include "cli/finder.h"

#include <string.h>

static const char byte_order_mark[] = "\xEF\xBB\xBF";

void values_init(values *v, input *in, size_t max, const char *pointer)
{
    *v = (values){.in = in, .max = max, .line = 1, .named = pointer != NULL};
    if (v->named)
        (void)execwire_json_walk_init(&v->walk, execwire_str_of(pointer), NULL);
}

/* ---- Taking bytes ---- */

void values_take(values *v, size_t size)
{
    const char *data = input_data(v->in);

    for (size_t at = 0; at < size;) {
        const char *found = memchr(data + at, '\n', size - at);

        if (found == NULL)
            break;
        at = (size_t)(found - data) + 1;
        v->line++;
        v->line_start = v->in->offset + at;
    }
    input_take(v->in, size);
}

/* To the next byte that is not white space. */
static input_result skip_space(values *v)
{
    for (;;) {
        const char *data = input_data(v->in);
        size_t size = input_size(v->in);
        size_t at = 0;
        input_result result;

        while (at < size && execwire_is_space(data[at]))
            at++;
        values_take(v, at);
        if (at < size)
            return INPUT_MORE;
        result = input_more(v->in);
        if (result != INPUT_MORE)
            return result;
    }
}

/* To the next line that begins with an object, or with the end of the array. */
static input_result skip_lost(values *v)
{
    for (;;) {
        size_t size = input_size(v->in);
        const char *data = input_data(v->in);
        const char *found = size > 0 ? memchr(data, '\n', size) : NULL;
        input_result result = INPUT_MORE;

        values_take(v, found != NULL ? (size_t)(found - data) : size);
        result = found != NULL ? skip_space(v) : input_more(v->in);
        if (result != INPUT_MORE)
            return result;
        if (found == NULL)
            continue;
        if (*input_data(v->in) == '{')
            return INPUT_MORE;
        if (v->place != PLACE_TOP && *input_data(v->in) == ']')
            return INPUT_MORE;
    }
}

/* To the next line that begins with a bracket, without blanks before it: a document, as programs
 * write them. */
static input_result skip_document(values *v)
{
    for (;;) {
        size_t size = input_size(v->in);
        const char *data = input_data(v->in);
        const char *found = size > 0 ? memchr(data, '\n', size) : NULL;

        values_take(v, found != NULL ? (size_t)(found - data) + 1 : size);
        if (input_size(v->in) == 0) {
            input_result result = input_more(v->in);

            if (result != INPUT_MORE)
                return result;
        }
        if (found != NULL && (*input_data(v->in) == '{' || *input_data(v->in) == '['))
            return INPUT_MORE;
    }
}

/* ---- The current value ---- */

static next_result describe(values *v, record *value, size_t size, next_result result)
{
    value->data = input_data(v->in);
    value->size = size;
    value->offset = v->in->offset;
    value->prefix_size = 0;
    value->number = v->number;
    v->pending = size;
    return result;
}

static next_result refuse(values *v, record *value, execwire_code code, execwire_error *error)
{
    (void)execwire_fail(error, code, 0);
    v->broken = true;
    return describe(v, value, input_size(v->in) > 0 ? 1 : 0, NEXT_BAD);
}

/* The value that begins here. Only an object can be a good one. */
static next_result begin_value(values *v, record *value)
{
    size_t there = input_size(v->in);

    v->number++;
    if (v->place == PLACE_ARRAY_FIRST || v->place == PLACE_ARRAY_VALUE)
        v->place = PLACE_ARRAY_NEXT;
    v->broken = *input_data(v->in) != '{';
    return describe(v, value, v->broken ? 1 : there < v->max ? there : v->max, NEXT_RECORD);
}

void values_end(values *v, record *value, size_t size)
{
    (void)describe(v, value, size, NEXT_RECORD);
}

next_result values_find_end(values *v, record *value, execwire_error *error)
{
    finder f = {0};
    finder_result found;

    if (v->broken)
        return NEXT_RECORD;
    for (;;) {
        input_result result;

        found = finder_look(&f, input_data(v->in), input_size(v->in));
        if (f.at > v->max)
            return refuse(v, value, EXECWIRE_ERROR_TOO_LARGE, error);
        if (found != FINDER_MORE)
            break;
        result = input_more(v->in);
        if (result == INPUT_FAILED)
            return NEXT_FAILED;
        if (result == INPUT_END)
            break;
    }
    v->broken = found != FINDER_FOUND;
    return describe(v, value, f.at, NEXT_RECORD);
}

/* ---- Between values ---- */

static next_result end_of_file(values *v, record *value, execwire_error *error)
{
    bool open = v->place != PLACE_TOP && v->place != PLACE_RESUMED;

    v->place = PLACE_TOP;
    if (!open)
        return NEXT_END;
    return refuse(v, value, EXECWIRE_ERROR_TRUNCATED, error);
}

static bool is_byte_order_mark(values *v)
{
    size_t size = sizeof byte_order_mark - 1;

    return v->in->offset == 0 && *input_data(v->in) == byte_order_mark[0] &&
           input_need(v->in, size) == INPUT_MORE &&
           memcmp(input_data(v->in), byte_order_mark, size) == 0;
}

static next_result refuse_mark(values *v, record *value, execwire_error *error)
{
    (void)execwire_fail(error, EXECWIRE_ERROR_JSON_VALUE, 0);
    error->found = "a byte order mark";
    return describe(v, value, sizeof byte_order_mark - 1, NEXT_BAD);
}

/* Takes what stands around the values of an array. False: a value or an error is next. */
static bool take_punctuation(values *v)
{
    char c = *input_data(v->in);
    values_place place = v->place;

    switch (v->place) {
    case PLACE_TOP:
        place = c == '[' ? PLACE_ARRAY_FIRST : PLACE_TOP;
        break;
    case PLACE_ARRAY_NEXT:
        if (c == ',')
            place = PLACE_ARRAY_VALUE;
        else if (c == ']')
            place = PLACE_TOP;
        break;
    case PLACE_ARRAY_FIRST:
        place = c == ']' ? PLACE_TOP : PLACE_ARRAY_FIRST;
        break;
    case PLACE_RESUMED:
        if (c == ']')
            place = PLACE_TOP;
        else if (c != ',')
            return false;
        break;
    case PLACE_ARRAY_VALUE:
        break;
    }
    if (place == v->place && place != PLACE_RESUMED)
        return false;
    v->place = place;
    values_take(v, 1);
    return true;
}

/* Takes what is left of the value before. */
static input_result leave_value(values *v)
{
    input_result result = INPUT_MORE;

    if (v->broken && v->named) {
        values_take(v, v->pending);
        result = skip_document(v);
        (void)execwire_json_walk_init(&v->walk, v->walk.pointer, NULL);
    } else if (v->broken) {
        result = skip_lost(v);
        if (v->place != PLACE_TOP)
            v->place = PLACE_RESUMED;
    } else {
        values_take(v, v->pending);
    }
    v->pending = 0;
    v->broken = false;
    return result;
}

/* A value where a comma is missing: what is wrong is the comma, and the value is next. */
static next_result refuse_comma(values *v, record *value, execwire_error *error)
{
    if (*input_data(v->in) != '{')
        return refuse(v, value, EXECWIRE_ERROR_JSON_COMMA, error);
    (void)execwire_fail(error, EXECWIRE_ERROR_JSON_COMMA, 0);
    v->place = PLACE_RESUMED;
    return describe(v, value, 0, NEXT_BAD);
}

/* ---- Values that a pointer names ---- */

/* Takes what is done with. What the walk stopped at is cut off: it needs more, and may not be
 * larger than a value. */
static next_result read_on(values *v, record *value, size_t used, execwire_error *error)
{
    size_t left;
    input_result result;

    values_take(v, used);
    left = input_size(v->in);
    if (left > v->max)
        return refuse(v, value, EXECWIRE_ERROR_TOO_LARGE, error);
    result = input_more(v->in);
    if (result == INPUT_MORE)
        return NEXT_RECORD;
    if (result == INPUT_FAILED)
        return NEXT_FAILED;
    if (left == 0 && execwire_json_walk_is_between(&v->walk))
        return NEXT_END;
    (void)refuse(v, value, EXECWIRE_ERROR_TRUNCATED, error);
    error->offset = left;
    return NEXT_BAD;
}

/* Behind some errors the walk goes on; behind others the document is lost. */
static next_result refuse_named(values *v, record *value, execwire_code code, size_t used)
{
    v->broken = code != EXECWIRE_ERROR_JSON_POINTER && code != EXECWIRE_ERROR_EXPECTED_OBJECT &&
                code != EXECWIRE_ERROR_DUPLICATE_KEY;
    return describe(v, value, used, NEXT_BAD);
}

static next_result next_named(values *v, record *value, execwire_error *error)
{
    next_result result = NEXT_RECORD;

    while (result == NEXT_RECORD) {
        size_t used;
        execwire_code code;

        if (v->in->offset == 0 && input_need(v->in, 1) == INPUT_MORE && is_byte_order_mark(v))
            return refuse_mark(v, value, error);
        code =
            execwire_json_walk_next(&v->walk, input_data(v->in), input_size(v->in), &used, error);
        if (code == EXECWIRE_OK) {
            values_take(v, used);
            return begin_value(v, value);
        }
        if (code != EXECWIRE_ERROR_TRUNCATED)
            return refuse_named(v, value, code, used);
        result = read_on(v, value, used, error);
    }
    return result;
}

next_result values_next(values *v, record *value, execwire_error *error)
{
    input_result result = leave_value(v);

    if (v->named && result == INPUT_MORE)
        return next_named(v, value, error);
    for (;;) {
        if (result == INPUT_MORE)
            result = skip_space(v);
        if (result == INPUT_FAILED)
            return NEXT_FAILED;
        if (result == INPUT_END)
            return end_of_file(v, value, error);
        if (is_byte_order_mark(v))
            return refuse_mark(v, value, error);
        if (!take_punctuation(v))
            break;
    }
    if (v->place == PLACE_ARRAY_NEXT)
        return refuse_comma(v, value, error);
    return begin_value(v, value);
}

bool values_settle(values *v)
{
    if (v->named || v->broken || v->place != PLACE_TOP)
        return false;
    values_take(v, v->pending);
    v->pending = 0;
    return true;
}

size_t values_whole(const values *v)
{
    const char *data = input_data(v->in);
    size_t size = input_size(v->in);
    const char *found = size > 0 ? memrchr(data, '\n', size) : NULL;

    while (found != NULL && (found + 1 == data + size || found[1] != '{'))
        found = memrchr(data, '\n', (size_t)(found - data));
    return found != NULL ? (size_t)(found + 1 - data) : 0;
}

size_t values_whole_now(const values *v)
{
    const char *data = input_data(v->in);
    size_t size = input_size(v->in);
    size_t at = 0;
    finder f = {0};

    while (at < size && execwire_is_space(data[at]))
        at++;
    if (at == size)
        return 0;
    if (data[at] == '{' && finder_look(&f, data + at, size - at) == FINDER_MORE && f.at <= v->max)
        return 0;
    return size;
}

void values_follow(values *v, const values *piece)
{
    if (piece->line > 1)
        v->line_start = piece->line_start;
    v->line += piece->line - 1;
}

void values_locate(const values *v, size_t offset, uint64_t *line, uint64_t *column)
{
    const char *data = input_data(v->in);
    uint64_t line_start = v->line_start;

    *line = v->line;
    for (size_t i = 0; i < offset; i++) {
        if (data[i] != '\n')
            continue;
        ++*line;
        line_start = v->in->offset + i + 1;
    }
    *column = v->in->offset + offset - line_start + 1;
}

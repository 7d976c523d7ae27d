/* Keys and values as writers write them, without white space, for hosts: the short way of reading
 * JSON, its position in a register. Without values: encode +7 %.
 *
 * What is not as usual is left to the reader (json/reader.c), which judges whatever is wrong;
 * behind white space it reads all values. tests/test_json_usual.c and the fuzz target `paths` hold
 * the two against each other.
 *
 * What reads a value is told where to, and where the text ends; it returns where the value ends, or
 * NULL when it is not as usual.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_JSON_USUAL_H
#define EXECWIRE_JSON_USUAL_H

#include "schema/schema.h"
#include "text/rfc3339.h"
#include "text/same.h"
#include "json/number.h"
#include "json/scanner.h"

#ifdef EXECWIRE_FAST_PATHS

/* Moves over `name` with its quotes and the colon right behind it, if that is what is next. */
static inline bool execwire_take_key(execwire_scanner *s, const char *name, size_t size)
{
    const char *key = s->at + 1;

    if ((size_t)(s->end - key) < size + 2 || key[size] != '"' || key[size + 1] != ':' ||
        !execwire_same_bytes(key, name, size))
        return false;
    s->at = key + size + 2;
    return true;
}

static inline const char *execwire_usual_string(const char *at, const char *end, execwire_str *out)
{
    const char *first = at + 1;
    size_t size;

    if (at == end || *at != '"')
        return NULL;
    size = execwire_plain_blocks(first, (size_t)(end - first));
    if (first + size == end || first[size] != '"')
        return NULL;
    *out = (execwire_str){first, size};
    return first + size + 1;
}

static inline const char *execwire_usual_time(const char *at, const char *end, execwire_time *out)
{
#ifdef EXECWIRE_FAST_WORDS
    execwire_str text;

    at = execwire_usual_string(at, end, &text);
    return at != NULL && text.size >= 20 && execwire_time_parse_usual(text.data, text.size, out)
               ? at
               : NULL;
#else
    (void)at;
    (void)end;
    (void)out;
    return NULL;
#endif
}

static inline const char *execwire_usual_integer(const char *at, const char *end, int64_t *out)
{
    size_t size = execwire_number_usual(at, (size_t)(end - at), out);

    return size > 0 ? at + size : NULL;
}

static inline const char *execwire_usual_enum(const char *at, const char *end, int32_t *out)
{
    int64_t number = -1;

    at = execwire_usual_integer(at, end, &number);
    if (number < 0 || number > INT32_MAX)
        return NULL;
    *out = (int32_t)number;
    return at;
}

/* What has members is never as usual here. */
static inline const char *execwire_usual_value(const char *at, const char *end,
                                               const execwire_field *field, void *member)
{
    switch ((execwire_kind)field->kind) {
    case EXECWIRE_KIND_STRING:
        return execwire_usual_string(at, end, member);
    case EXECWIRE_KIND_TIME:
        return execwire_usual_time(at, end, member);
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        return execwire_usual_integer(at, end, member);
    case EXECWIRE_KIND_ENUM:
        return execwire_usual_enum(at, end, member);
    case EXECWIRE_KIND_BOOL:
    case EXECWIRE_KIND_INT32:
    case EXECWIRE_KIND_MESSAGE:
    case EXECWIRE_KIND_MAP:
        break;
    }
    return NULL;
}

#else

static inline const char *execwire_usual_value(const char *at, const char *end,
                                               const execwire_field *field, void *member)
{
    (void)at;
    (void)end;
    (void)field;
    (void)member;
    return NULL;
}

#endif

#endif

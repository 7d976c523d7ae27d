/* From JSON text to a state, driven by the schema tables.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/target.h"
#include "error/error.h"
#include "schema/map.h"
#include "schema/schema.h"
#include "schema/scratch.h"
#include "text/path.h"
#include "text/rfc3339.h"
#include "text/same.h"
#include "json/foreign.h"
#include "json/guess.h"
#include "json/number.h"
#include "json/scanner.h"
#include "json/usual.h"

#include <execwire/execwire.h>

#include <string.h>

/* Decoded characters of a short string with escape sequences that may still mean something: a
 * number, a time, an enum's name. */
#define SHORT_SIZE 64

typedef struct json_reader {
    execwire_scanner scan;
    execwire_scratch *scratch; /* never NULL in here */
    bool ignore_unknown;
    bool known;   /* the outermost object has a key of the schema */
    bool foreign; /* it has a key of something else */
    bool api;     /* keys that were guessed have the form of the API */
} json_reader;

static execwire_code read_object(json_reader *r, const execwire_message *message, void *base);

static execwire_code fail_json(const json_reader *r, execwire_code code, const char *at)
{
    return execwire_fail(r->scan.error, code, (size_t)(at - r->scan.start));
}

/* ---- Values, which begin at the current position: white space was skipped ---- */

/* A string that is kept. */
static execwire_code read_string(json_reader *r, execwire_str *out)
{
    execwire_scratch *scratch = r->scratch;
    size_t used =
        scratch->text_size < scratch->text_capacity ? scratch->text_size : scratch->text_capacity;
    char *room = scratch->text != NULL ? scratch->text + used : NULL;
    const char *start;
    execwire_code code;

    if (execwire_scan_here(&r->scan) != '"')
        return execwire_scan_mismatch(&r->scan, EXECWIRE_ERROR_EXPECTED_STRING);
    start = r->scan.at;
    code = execwire_scan_string(&r->scan, room, scratch->text_capacity - used, out);
    if (code == EXECWIRE_OK && out->data != start + 1)
        scratch->text_size += out->size;
    return code;
}

/* A string that is only looked at. With escape sequences and longer than SHORT_SIZE it is taken for
 * empty, which is no name, number or time either. */
static execwire_code read_short(json_reader *r, char room[SHORT_SIZE], execwire_str *out)
{
    execwire_code code = execwire_scan_string(&r->scan, room, SHORT_SIZE, out);

    if (code == EXECWIRE_OK && out->data == room && out->size > SHORT_SIZE)
        out->size = 0;
    return code;
}

static bool is_number_start(char c)
{
    return c == '-' || execwire_is_digit(c);
}

/* A JSON number, or a decimal in quotes as ProtoJSON writes 64-bit integers. */
static execwire_code read_integer(json_reader *r, execwire_code expected, int64_t *value)
{
    char room[SHORT_SIZE];
    execwire_str text;
    size_t bad;
    char c = execwire_scan_here(&r->scan);
    const char *start = r->scan.at;
    size_t usual = execwire_number_usual(start, (size_t)(r->scan.end - start), value);
    execwire_code code;

    r->scan.at += usual;
    if (usual > 0)
        return EXECWIRE_OK;
    if (is_number_start(c))
        code = execwire_scan_number(&r->scan, &text);
    else if (c == '"' && expected == EXECWIRE_ERROR_EXPECTED_INTEGER)
        code = read_short(r, room, &text);
    else
        return execwire_scan_mismatch(&r->scan, expected);
    if (code != EXECWIRE_OK)
        return code;
    if (c == '"' &&
        (text.size == 0 || execwire_number_span(text.data, text.size, &bad) != text.size))
        return execwire_fail_found(r->scan.error, expected, (size_t)(start - r->scan.start),
                                   "a string");
    code = execwire_number_integer(text, value);
    return code == EXECWIRE_OK ? code : fail_json(r, code, start);
}

static execwire_code read_enum(json_reader *r, const execwire_enum *type, int32_t *out)
{
    char room[SHORT_SIZE];
    const execwire_enum_value *value;
    const char *start = r->scan.at;
    execwire_str name;
    int64_t number = 0;
    execwire_code code;
    char c = execwire_scan_here(&r->scan);

    if (c != '"') {
        code = read_integer(r, EXECWIRE_ERROR_EXPECTED_ENUM, &number);
        if (code == EXECWIRE_ERROR_INTEGER_RANGE ||
            (code == EXECWIRE_OK && (number < 0 || number > INT32_MAX)))
            return fail_json(r, EXECWIRE_ERROR_ENUM_RANGE, start);
        *out = code == EXECWIRE_OK ? (int32_t)number : 0;
        return code;
    }
    code = read_short(r, room, &name);
    if (code != EXECWIRE_OK)
        return code;
    value = execwire_schema_enum_name(type, name);
    if (value == NULL)
        return fail_json(r, EXECWIRE_ERROR_ENUM_NAME, start);
    *out = value->number;
    return EXECWIRE_OK;
}

static execwire_code read_bool(json_reader *r, bool *out)
{
    char c = execwire_scan_here(&r->scan);

    if (c != 't' && c != 'f')
        return execwire_scan_mismatch(&r->scan, EXECWIRE_ERROR_EXPECTED_BOOL);
    *out = c == 't';
    return execwire_scan_word(&r->scan, c == 't' ? "true" : "false");
}

static execwire_code read_json_time(json_reader *r, execwire_time *out)
{
    char room[SHORT_SIZE];
    const char *start;
    execwire_str text;
    size_t at;
    execwire_code code;

    if (execwire_scan_here(&r->scan) != '"')
        return execwire_scan_mismatch(&r->scan, EXECWIRE_ERROR_EXPECTED_TIME);
    start = r->scan.at + 1;
    code = read_short(r, room, &text);
    if (code != EXECWIRE_OK)
        return code;
    code = execwire_time_parse(text.data, text.size, out, &at);
    if (code == EXECWIRE_OK)
        return code;
    return fail_json(r, code, text.data == start ? start + at : start);
}

/* Puts the key whose opening quote is at `start`, and which has been read before, in front of the
 * path. A longer key than the path has room for may be cut. */
static execwire_code fail_in_key(const json_reader *r, execwire_code code, const char *start)
{
    execwire_scanner scan = r->scan;
    char room[EXECWIRE_PATH_SIZE];
    execwire_str key = {room, 0};

    scan.at = start;
    (void)execwire_scan_string(&scan, room, sizeof room, &key); /* as it was the first time */
    if (key.data == room && key.size > sizeof room)
        key.size = sizeof room;
    return execwire_fail_in(r->scan.error, code, key.data, key.size);
}

/* ---- The map ---- */

static bool has_room(const execwire_scratch *scratch)
{
    return scratch->entry_count <= scratch->entry_capacity &&
           scratch->text_size <= scratch->text_capacity;
}

static execwire_code read_entry(json_reader *r, execwire_map *map)
{
    execwire_scratch *scratch = r->scratch;
    const char *start = r->scan.at;
    execwire_entry entry;
    execwire_code code = read_string(r, &entry.key);

    if (code == EXECWIRE_OK && !execwire_scan_take(&r->scan, ':'))
        code = execwire_scan_fail(&r->scan, EXECWIRE_ERROR_JSON_COLON, r->scan.at);
    if (code != EXECWIRE_OK)
        return code;
    execwire_scan_peek(&r->scan);
    code = read_string(r, &entry.value);
    if (code != EXECWIRE_OK)
        return fail_in_key(r, code, start);
    entry.position = (size_t)(start - r->scan.start);
    if (scratch->entry_count < scratch->entry_capacity)
        map->entries[map->count++] = entry;
    scratch->entry_count++;
    return EXECWIRE_OK;
}

/* Orders the map, after which a key that is there twice stands beside itself. */
static execwire_code close_map(json_reader *r, execwire_map *map)
{
    execwire_sort_entries(map->entries, map->count);
    for (size_t i = 1; i < map->count; i++) {
        const char *start = r->scan.start + map->entries[i].position;

        if (execwire_compare_keys(map->entries[i - 1].key, map->entries[i].key) == 0)
            return fail_in_key(r, fail_json(r, EXECWIRE_ERROR_DUPLICATE_KEY, start), start);
    }
    return EXECWIRE_OK;
}

static execwire_code read_map(json_reader *r, execwire_map *map)
{
    execwire_code code;
    bool more;

    if (execwire_scan_here(&r->scan) != '{')
        return execwire_scan_mismatch(&r->scan, EXECWIRE_ERROR_EXPECTED_OBJECT);
    map->entries = r->scratch->entries;
    code = execwire_scan_enter(&r->scan);
    for (bool first = true; code == EXECWIRE_OK; first = false) {
        code = execwire_scan_next(&r->scan, '}', first, &more);
        if (code != EXECWIRE_OK || !more)
            break;
        code = read_entry(r, map);
    }
    if (code != EXECWIRE_OK)
        return code;
    execwire_scan_leave(&r->scan);
    return has_room(r->scratch) ? close_map(r, map) : EXECWIRE_OK;
}

/* ---- Messages ---- */

static execwire_code read_value(json_reader *r, const execwire_field *field, void *base)
{
    void *member = execwire_member(field, base);

    switch ((execwire_kind)field->kind) {
    case EXECWIRE_KIND_STRING:
        return read_string(r, member);
    case EXECWIRE_KIND_BOOL:
        return read_bool(r, member);
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        return read_integer(r, EXECWIRE_ERROR_EXPECTED_INTEGER, member);
    case EXECWIRE_KIND_ENUM:
        return read_enum(r, execwire_field_enum(field), member);
    case EXECWIRE_KIND_TIME:
        return read_json_time(r, member);
    case EXECWIRE_KIND_MESSAGE:
        return read_object(r, execwire_field_message(field), member);
    case EXECWIRE_KIND_MAP:
        return read_map(r, member);
    case EXECWIRE_KIND_INT32: /* only inside Timestamp, which is a string here */
        break;
    }
    return execwire_fail(r->scan.error, EXECWIRE_ERROR_ARGUMENT, 0);
}

/* The value after a key. null is the same as no key at all. */
static execwire_code read_member_value(json_reader *r, const execwire_field *field, void *base)
{
    void *member = execwire_member(field, base);
    const char *end = execwire_usual_value(r->scan.at, r->scan.end, field, member);

    if (end != NULL) {
        r->scan.at = end;
        execwire_set_present(field, base);
        return EXECWIRE_OK;
    }
    if (execwire_scan_peek(&r->scan) == 'n')
        return execwire_scan_word(&r->scan, "null");
    execwire_set_present(field, base);
    return read_value(r, field, base);
}

/* The value after a key that the schema does not know and that begins at `start`. */
static execwire_code read_unknown(json_reader *r, const char *start)
{
    execwire_code code;

    if (r->ignore_unknown) {
        r->scratch->unknown_count++;
        code = execwire_scan_skip(&r->scan);
    } else {
        code = fail_json(r, EXECWIRE_ERROR_UNKNOWN_KEY, start);
    }
    return code == EXECWIRE_OK ? code : fail_in_key(r, code, start);
}

/* The field of the key that is next, and the colon; NULL when there is no such field. */
static execwire_code read_key(json_reader *r, const execwire_message *message,
                              const execwire_field **field)
{
    char room[EXECWIRE_SCHEMA_KEY_SIZE];
    execwire_str key;
    execwire_code code = execwire_scan_key(&r->scan, room, sizeof room, &key);

    *field = NULL;
    if (code != EXECWIRE_OK || (key.data == room && key.size > sizeof room))
        return code;
    *field = execwire_schema_key(message, key);
    /* under the first a job has its executions: what else it says is not of one of them */
    r->foreign |= *field == NULL && (execwire_schema_same_name(key, "executions") ||
                                     execwire_schema_same_name(key, EXECWIRE_JSON_OTHER_KEY));
    return EXECWIRE_OK;
}

/* A key and its value. */
static execwire_code read_member(json_reader *r, const execwire_message *message, void *base,
                                 execwire_progress *done)
{
    const char *start = r->scan.at;
    const execwire_field *field = execwire_take_guess(&r->scan, &r->api, message, done);
    uint64_t bit;
    execwire_code code = EXECWIRE_OK;

    if (field == NULL)
        code = read_key(r, message, &field);
    if (code != EXECWIRE_OK)
        return code;
    if (field == NULL)
        return read_unknown(r, start);
    bit = (uint64_t)1 << (field - message->fields);
    code = (done->seen & bit) != 0 ? fail_json(r, EXECWIRE_ERROR_DUPLICATE_KEY, start)
                                   : read_member_value(r, field, base);
    done->seen |= bit;
    done->next = field + 1;
    return code == EXECWIRE_OK ? code : execwire_fail_in_field(r->scan.error, code, field);
}

/* Recursion is as deep as the schema, which the generator bounds. */
static execwire_code read_object(json_reader *r, const execwire_message *message, void *base)
{
    execwire_progress done = {.next = message->fields};
    bool more;
    execwire_code code;

    if (execwire_scan_here(&r->scan) != '{')
        return execwire_scan_mismatch(&r->scan, EXECWIRE_ERROR_EXPECTED_OBJECT);
    code = execwire_scan_enter(&r->scan);
    for (bool first = true; code == EXECWIRE_OK; first = false) {
        code = execwire_scan_next(&r->scan, '}', first, &more);
        if (code != EXECWIRE_OK || !more)
            break;
        code = read_member(r, message, base, &done);
    }
    if (code == EXECWIRE_OK)
        execwire_scan_leave(&r->scan);
    r->known = done.seen != 0; /* the outermost ends last */
    return code;
}

/* With unknown keys ignored, an object that has no other says nothing of an execution, nor does one
 * that has several. */
EXECWIRE_IN_EACH execwire_code read_document(json_reader *r, bool alone, execwire_state *state)
{
    const char *start;
    execwire_code code;

    execwire_scan_peek(&r->scan);
    start = r->scan.at;
    code = read_object(r, &execwire_messages[0], state);
    if (code == EXECWIRE_OK && alone)
        code = execwire_scan_end(&r->scan);
    if (code == EXECWIRE_OK && r->scratch->unknown_count > 0 && (!r->known || r->foreign))
        code = fail_json(r, EXECWIRE_ERROR_NOT_A_STATE, start);
    if (code != EXECWIRE_OK && code != EXECWIRE_ERROR_TRUNCATED &&
        execwire_json_is_other_execution(start, r->scan.end))
        code = fail_json(r, EXECWIRE_ERROR_OTHER_EXECUTION, start);
    return code;
}

/* `alone`: nothing may follow; else `*used` says where that begins. */
EXECWIRE_IN_EACH execwire_code read_state_text(const void *in, size_t in_size, bool alone,
                                               size_t *used, const execwire_json_options *options,
                                               execwire_scratch *scratch, execwire_state *state,
                                               execwire_error *error)
{
    execwire_scratch none = {0};
    execwire_state measured;
    bool measure = state == NULL;
    json_reader r = {.scan = {in, in, in, 0, error},
                     .scratch = scratch != NULL ? scratch : &none,
                     .ignore_unknown = options != NULL && options->ignore_unknown};
    bool good = execwire_scratch_start(r.scratch) && (in != NULL || in_size == 0) &&
                (alone || used != NULL);
    execwire_code code;

    if (measure)
        state = &measured;
    memset(state, 0, sizeof *state);
    if (!good)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    if (in_size > EXECWIRE_MAX_SIZE)
        return execwire_fail(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    if (in_size > 0)
        r.scan.end += in_size;
    code = read_document(&r, alone, state);
    if (code == EXECWIRE_OK && !measure && !has_room(r.scratch))
        code = execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    if (code != EXECWIRE_OK)
        memset(state, 0, sizeof *state);
    else if (!alone)
        *used = (size_t)(r.scan.at - r.scan.start);
    return code;
}

execwire_code execwire_json_read(const void *in, size_t in_size,
                                 const execwire_json_options *options, execwire_scratch *scratch,
                                 execwire_state *state, execwire_error *error)
{
    return read_state_text(in, in_size, true, NULL, options, scratch, state, error);
}

execwire_code execwire_json_read_first(const void *in, size_t in_size, size_t *used,
                                       const execwire_json_options *options,
                                       execwire_scratch *scratch, execwire_state *state,
                                       execwire_error *error)
{
    if (used != NULL)
        *used = 0;
    return read_state_text(in, in_size, false, used, options, scratch, state, error);
}

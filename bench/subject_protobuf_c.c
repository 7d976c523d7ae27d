/* protobuf-c alone, with jansson, and with cJSON. The metadata map is left out: the workloads have
 * none.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* strptime, timegm */
#include "subject.h"

#include "execwire/v1/execution_state.pb-c.h"

#include <cjson/cJSON.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint8_t out[4 << 20];

/* The workload in protobuf-c's structs. */
static Execwire__V1__ExecutionState **states;
static size_t state_count;

static Execwire__V1__ExecutionState *unpack(const bytes *wire)
{
    return execwire__v1__execution_state__unpack(NULL, wire->size, (const uint8_t *)wire->data);
}

static void prepare(const workload *messages)
{
    for (size_t i = 0; i < state_count; i++)
        execwire__v1__execution_state__free_unpacked(states[i], NULL);
    states = realloc(states, messages->count * sizeof(Execwire__V1__ExecutionState *));
    state_count = messages->count;
    for (size_t i = 0; i < state_count; i++)
        states[i] = unpack(&messages->wire[i]);
}

static size_t decode(const workload *messages, size_t i)
{
    Execwire__V1__ExecutionState *state = unpack(&messages->wire[i]);
    size_t result = state->job_id != NULL;

    execwire__v1__execution_state__free_unpacked(state, NULL);
    return result;
}

static size_t encode(const workload *messages, size_t i)
{
    (void)messages;
    return execwire__v1__execution_state__pack(states[i], out);
}

static size_t encoded_size(const workload *messages, size_t i)
{
    (void)messages;
    return execwire__v1__execution_state__get_packed_size(states[i]);
}

/* UTC, any number of fraction digits. */
static Google__Protobuf__Timestamp *parse_time(const char *text)
{
    Google__Protobuf__Timestamp *time = malloc(sizeof *time);
    struct tm parts = {0};
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
    int unit = 100000000;

    google__protobuf__timestamp__init(time);
    time->seconds = timegm(&parts);
    if (rest != NULL && *rest == '.')
        for (rest++; *rest >= '0' && *rest <= '9' && unit > 0; rest++, unit /= 10)
            time->nanos += (*rest - '0') * unit;
    return time;
}

static const char *print_time(const Google__Protobuf__Timestamp *time, char *text, size_t size)
{
    time_t seconds = time->seconds;
    struct tm parts;
    size_t used;

    gmtime_r(&seconds, &parts);
    used = strftime(text, size, "%Y-%m-%dT%H:%M:%S", &parts);
    if (time->nanos != 0) {
        used += (size_t)snprintf(text + used, size - used, ".%09d", time->nanos);
        while (text[used - 1] == '0')
            used--;
    }
    snprintf(text + used, size - used, "Z");
    return text;
}

/* ---- jansson ---- */

#define NAME(x)                 jansson_##x
#define TREE                    json_t *
#define PARSE(data, size)       json_loadb(data, size, 0, NULL)
#define PRINT(tree, room, size) json_dumpb(tree, room, size, JSON_COMPACT)
#define FREE(tree)              json_decref(tree)
#define GET(object, key)        json_object_get(object, key)
#define TEXT(value)             json_string_value(value)
#define NUMBER(value)           json_integer_value(value)
#define TRUE(value)             json_is_true(value)
#define OBJECT()                json_object()
#define ADD(object, key, value) json_object_set_new(object, key, value)
#define NEW_TEXT(text)          json_string(text)
#define NEW_NUMBER(number)      json_integer(number)
#define NEW_BOOL(flag)          json_boolean(flag)
#include "protobuf_c_json.inc"
#undef NAME
#undef TREE
#undef PARSE
#undef PRINT
#undef FREE
#undef GET
#undef TEXT
#undef NUMBER
#undef TRUE
#undef OBJECT
#undef ADD
#undef NEW_TEXT
#undef NEW_NUMBER
#undef NEW_BOOL

/* ---- cJSON ---- */

static size_t cjson_print(cJSON *tree, char *room, int size)
{
    return cJSON_PrintPreallocated(tree, room, size, 0) ? strlen(room) : 0;
}

#define NAME(x)                 cjson_##x
#define TREE                    cJSON *
#define PARSE(data, size)       cJSON_ParseWithLength(data, size)
#define PRINT(tree, room, size) cjson_print(tree, room, (int)(size))
#define FREE(tree)              cJSON_Delete(tree)
#define GET(object, key)        cJSON_GetObjectItemCaseSensitive(object, key)
#define TEXT(value)             cJSON_GetStringValue(value)
#define NUMBER(value)           cJSON_GetNumberValue(value)
#define TRUE(value)             cJSON_IsTrue(value)
#define OBJECT()                cJSON_CreateObject()
#define ADD(object, key, value) cJSON_AddItemToObject(object, key, value)
#define NEW_TEXT(text)          cJSON_CreateString(text)
#define NEW_NUMBER(number)      cJSON_CreateNumber((double)(number))
#define NEW_BOOL(flag)          cJSON_CreateBool(flag)
#include "protobuf_c_json.inc"

const subject subject_protobuf_c = {
    "protobuf-c",
    prepare,
    {[DECODE] = decode, [ENCODE] = encode, [ENCODED_SIZE] = encoded_size},
};

const subject subject_protobuf_c_jansson = {
    "protobuf-c + jansson",
    prepare,
    {[JSON_TO_WIRE] = jansson_json_to_wire,
     [WIRE_TO_JSON] = jansson_wire_to_json,
     [JSON_READ] = jansson_json_read,
     [JSON_WRITE] = jansson_json_write},
};

const subject subject_protobuf_c_cjson = {
    "protobuf-c + cJSON",
    prepare,
    {[JSON_TO_WIRE] = cjson_json_to_wire,
     [WIRE_TO_JSON] = cjson_wire_to_json,
     [JSON_READ] = cjson_json_read,
     [JSON_WRITE] = cjson_json_write},
};

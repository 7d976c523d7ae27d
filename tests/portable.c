/* The library against the test vectors, in plain C11: for processors, C libraries and compilers
 * where the other tests cannot run. The vectors' bytes are python3-protobuf's.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifdef EXECWIRE_AMALGAMATED
#include "execwire.h"
#else
#include <execwire/serial.h>
#endif

#include <stdio.h>
#include <string.h>

typedef struct vector {
    const char *name;
    const unsigned char *json;
    size_t json_size;
    const unsigned char *pb;
    size_t pb_size;
} vector;

#include "vectors.h"

#define ENTRIES 40
#define ROOM    8192 /* holds each vector in its longest form */

/* A state with the memory that it points into. */
typedef struct record {
    execwire_state state;
    execwire_entry entries[ENTRIES];
    char text[ROOM];
} record;

static record from_json;
static record from_pb;
static record again;
static char text[ROOM];
static char same_text[ROOM];
static unsigned char bytes[ROOM];
static int failed;
static int passed;

static void expect(bool right, const char *name, const char *what)
{
    if (right) {
        passed++;
        return;
    }
    failed++;
    printf("%s: %s\n", name, what);
}

static execwire_scratch scratch_of(record *r)
{
    return (execwire_scratch){
        .entries = r->entries, .entry_capacity = ENTRIES, .text = r->text, .text_capacity = ROOM};
}

static execwire_code read_json(const void *in, size_t size, record *r, execwire_error *error)
{
    execwire_scratch scratch = scratch_of(r);

    return execwire_json_read(in, size, NULL, &scratch, &r->state, error);
}

static execwire_code decode(const void *in, size_t size, record *r, execwire_error *error)
{
    execwire_scratch scratch = scratch_of(r);

    return execwire_decode(in, size, &scratch, &r->state, error);
}

static bool encodes_to(const record *r, const vector *v)
{
    size_t needed = 0;
    size_t size = 0;

    return execwire_encode(&r->state, NULL, 0, &needed, NULL) == EXECWIRE_OK &&
           needed == v->pb_size &&
           execwire_encode(&r->state, bytes, needed, &size, NULL) == EXECWIRE_OK &&
           size == needed && memcmp(bytes, v->pb, size) == 0;
}

/* One byte less than enough: refused, nothing behind the end touched, the size needed reported. */
static bool refuses_small_room(const record *r, const vector *v)
{
    size_t size = 0;

    if (v->pb_size == 0)
        return true;
    bytes[v->pb_size - 1] = 0x5A;
    return execwire_encode(&r->state, bytes, v->pb_size - 1, &size, NULL) ==
               EXECWIRE_ERROR_NO_SPACE &&
           size == v->pb_size && bytes[v->pb_size - 1] == 0x5A;
}

/* In this form both states are the same text, which reads back to the same bytes. */
static bool same_json(const vector *v, const execwire_json_options *options)
{
    size_t size = 0;
    size_t same_size = 0;

    return execwire_json_write(&from_pb.state, options, text, ROOM, &size, NULL) == EXECWIRE_OK &&
           execwire_json_write(&from_json.state, options, same_text, ROOM, &same_size, NULL) ==
               EXECWIRE_OK &&
           size == same_size && memcmp(text, same_text, size) == 0 &&
           read_json(text, size, &again, NULL) == EXECWIRE_OK && encodes_to(&again, v);
}

static bool same_json_in_all_forms(const vector *v)
{
    for (unsigned i = 0; i < 8; i++) {
        execwire_json_options options = {
            .form = (i & 1) != 0 ? EXECWIRE_JSON_API : EXECWIRE_JSON_DOCUMENTED,
            .enums = (i & 2) != 0 ? EXECWIRE_JSON_ENUM_NAMES : EXECWIRE_JSON_ENUM_NUMBERS,
            .pretty = (i & 4) != 0};

        if (!same_json(v, &options))
            return false;
    }
    return true;
}

/* A cut message is refused, but between two fields; nothing is left of it then. */
static bool stands_cuts(const vector *v)
{
    execwire_state absent;

    memset(&absent, 0, sizeof absent);
    for (size_t size = 0; size < v->pb_size; size++) {
        execwire_error error = {.offset = 0};
        execwire_code code = decode(v->pb, size, &again, &error);

        if (code != EXECWIRE_OK &&
            (error.code != code || error.offset > size || again.state.has_version ||
             again.state.compute_reference.data != absent.compute_reference.data))
            return false;
    }
    return true;
}

static void check_vector(const vector *v)
{
    bool json_read = read_json(v->json, v->json_size, &from_json, NULL) == EXECWIRE_OK;
    bool decoded = decode(v->pb, v->pb_size, &from_pb, NULL) == EXECWIRE_OK;

    expect(json_read, v->name, "the JSON is not read");
    expect(decoded, v->name, "the bytes are not decoded");
    if (!json_read || !decoded)
        return;
    expect(encodes_to(&from_json, v), v->name, "JSON does not encode to the vector's bytes");
    expect(encodes_to(&from_pb, v), v->name, "what was decoded encodes to other bytes");
    expect(refuses_small_room(&from_pb, v), v->name, "room for one byte less is not refused");
    expect(same_json_in_all_forms(v), v->name, "decoded and read states differ as JSON");
    expect(stands_cuts(v), v->name, "a cut message is not refused properly");
}

/* What must be refused, where the sign of char or the order of bytes could make a difference. */
typedef struct refusal {
    const char *json;
    execwire_code code;
    size_t offset;
    const char *path;
} refusal;

static const refusal refusals[] = {
    {"{\"status\":\"\xC3\x28\"}", EXECWIRE_ERROR_UTF8, 11, "/Status"},
    {"{\"status\":\"\xED\xA0\x80\"}", EXECWIRE_ERROR_UTF8, 11, "/Status"},
    {"{\"status\":\"\xF4\x90\x80\x80\"}", EXECWIRE_ERROR_UTF8, 11, "/Status"},
    {"{\"status\":\"\x01\"}", EXECWIRE_ERROR_JSON_CONTROL, 11, "/Status"},
    {"{\"status\":\"\\udc00\"}", EXECWIRE_ERROR_JSON_SURROGATE, 11, "/Status"},
    {"{\"version\":9223372036854775808}", EXECWIRE_ERROR_INTEGER_RANGE, 11, "/Version"},
    {"{\"state\":-1}", EXECWIRE_ERROR_ENUM_RANGE, 9, "/State"},
    {"{\"\xC3\xBC\":1}", EXECWIRE_ERROR_UNKNOWN_KEY, 1, "/\xC3\xBC"},
    {"{\"create_time\":\"0000-12-31T23:59:59Z\"}", EXECWIRE_ERROR_TIME_RANGE, 16, "/CreateTime"},
    {"{\"published_results\":{\"s3\":7}}", EXECWIRE_ERROR_EXPECTED_OBJECT, 27,
     "/PublishedResults/S3"},
};

static void check_refusal(const refusal *r)
{
    execwire_error error = {.offset = 0};
    execwire_code code = read_json(r->json, strlen(r->json), &again, &error);

    expect(code == r->code, r->json, "another status");
    expect(error.offset == r->offset, r->json, "another offset");
#ifndef EXECWIRE_NO_TEXTS
    expect(strcmp(error.path, r->path) == 0, r->json, "another path");
    expect(strcmp(error.text, execwire_code_text(r->code)) == 0, r->json, "another text");
#endif
}

/* A frame as Python's zlib.crc32 makes it, and back. */
static void check_frame(void)
{
    static const unsigned char frame[] = {0x00, 0x0E, '1', '2',  '3',  '4',  '5',  '6',
                                          '7',  '8',  '9', 0x26, 0x39, 0xF4, 0xCB, 0x00};
    execwire_serial_reader reader;
    execwire_str message;
    size_t size = 0;

    expect(execwire_serial_write("123456789", 9, bytes, ROOM, &size, NULL) == EXECWIRE_OK &&
               size == sizeof frame && memcmp(bytes, frame, size) == 0,
           "serial frame", "other bytes");
    execwire_serial_init(&reader, text, ROOM);
    expect(execwire_serial_feed(&reader, frame, sizeof frame, &size, &message, NULL) ==
                   EXECWIRE_OK &&
               message.size == 9 && memcmp(message.data, "123456789", 9) == 0,
           "serial frame", "is not read");
}

int main(void)
{
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        check_vector(&vectors[i]);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        check_refusal(&refusals[i]);
    check_frame();
    printf("%d passed, %d failed\n", passed, failed);
    return failed > 0;
}

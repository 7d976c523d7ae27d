/* Reading protobuf bytes: what other runtimes may write, cuts everywhere, memory of every size,
 * and what a visitor is shown.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/json.h"
#include "support/wire.h"
#include "wire/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- What is accepted ---- */

/* Bytes from hexadecimal digits; "-" is none. */
static size_t from_hex(const char *digits, char *bytes)
{
    size_t size = digits[0] == '-' ? 0 : strlen(digits) / 2;

    for (size_t i = 0; i < size; i++) {
        const char pair[] = {digits[2 * i], digits[2 * i + 1], '\0'};

        bytes[i] = (char)strtoul(pair, NULL, 16);
    }
    return size;
}

static void check_reading(const char *digits, const char *canonical, size_t unknown)
{
    char bytes[256];
    char expected[256];
    size_t size = from_hex(digits, bytes);
    size_t expected_size = from_hex(canonical, expected);
    wire_message m;

    wire_accept(&m, bytes, size);
    assert_int_equal(m.scratch.unknown_count, unknown);
    wire_check_encoded(&m.state, expected, expected_size);
    wire_free(&m);
}

/* tests/readings.txt says which runtime vouches for it. */
static void test_messages_of_other_runtimes(void **unused)
{
    FILE *file = fopen("tests/readings.txt", "r");
    char line[600];
    size_t count = 0;

    (void)unused;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        char digits[300];
        char canonical[300];
        size_t unknown;

        if (line[0] == '#' || line[0] == '\n')
            continue;
        print_message("%s", line);
        assert_int_equal(sscanf(line, "%299s %299s %zu", digits, canonical, &unknown), 3);
        check_reading(digits, canonical, unknown);
        count++;
    }
    fclose(file);
    assert_in_range(count, 60, 1000);
}

static void check_vector(const char *bytes, size_t size, const char *json, size_t json_size)
{
    wire_message m;

    (void)json;
    (void)json_size;
    wire_accept(&m, bytes, size);
    assert_int_equal(m.scratch.unknown_count, 0);
    wire_check_encoded(&m.state, bytes, size);
    wire_free(&m);
}

static void test_vectors(void **unused)
{
    (void)unused;
    wire_each_vector(check_vector);
}

/* Each member, by its value: encoding what was decoded could not tell two members apart. */
static void test_every_field_has_its_place(void **unused)
{
    static const char bytes[] =
        "\x0A\001a\x12\x02\x08\x01\x18\x02\x22\001d\x2A\001e"
        "\x32\x32\x0A\001f\x12\x06\x0A\001g\x12\001h\x1A\001i\x22\001j\x28\x01\x32\001k"
        "\x3A\x12\x0A\001l\x12\001m\x1A\001n\x22\001o\x2A\001p\x32\001q"
        "\x42\001r\x48\x08\x52\001t"
        "\x3A\x0F\x08\x01\x12\001u\x1A\001v\x20\x00\x2A\001w\x30\x01"
        "\x40\x07\x4A\001x\x52\x02\x10\x03\x58\x04";
    wire_message m;
    const execwire_state *s = &m.state;
    const execwire_storage_spec *p = &m.state.published_results;
    const execwire_run_command_result *o = &m.state.run_output;

    (void)unused;
    wire_accept(&m, bytes, sizeof bytes - 1);
    assert_true(json_is(s->compute_reference, "a") && json_is(s->job_id, "d"));
    assert_true(json_is(s->node_id, "e") && json_is(s->status, "x"));
    assert_true(s->has_create_time && s->create_time.seconds == 1 && s->create_time.nanos == 0);
    assert_true(s->has_update_time && s->update_time.seconds == 0 && s->update_time.nanos == 3);
    assert_true(s->has_desired_state && s->desired_state == 2 && s->has_state && s->state == 7);
    assert_true(s->has_version && s->version == 4);
    assert_true(s->has_published_results && s->has_run_output);
    assert_true(json_is(p->cid, "f") && json_is(p->name, "i") && json_is(p->path, "j"));
    assert_true(p->has_read_write && p->read_write && json_is(p->repo, "k"));
    assert_int_equal(p->metadata.count, 1);
    assert_true(json_is(p->metadata.entries[0].key, "g"));
    assert_true(json_is(p->metadata.entries[0].value, "h"));
    assert_true(p->has_s3 && json_is(p->s3.bucket, "l") && json_is(p->s3.checksum, "m"));
    assert_true(json_is(p->s3.endpoint, "n") && json_is(p->s3.key, "o"));
    assert_true(json_is(p->s3.region, "p") && json_is(p->s3.version_id, "q"));
    assert_true(json_is(p->source_path, "r") && json_is(p->url, "t"));
    assert_true(p->has_storage_source && p->storage_source == 8);
    assert_true(o->has_exit_code && o->exit_code == -1 && json_is(o->runner_error, "u"));
    assert_true(json_is(o->std_err, "v") && json_is(o->std_out, "w"));
    assert_true(o->has_stderrtruncated && !o->stderrtruncated);
    assert_true(o->has_stdouttruncated && o->stdouttruncated);
    wire_free(&m);
}

static void test_absent_is_not_empty(void **unused)
{
    wire_message m;

    (void)unused;
    wire_accept(&m, WIRE(""));
    assert_true(json_is(m.state.job_id, NULL) && !m.state.has_state && !m.state.has_run_output);
    wire_free(&m);
    wire_accept(&m, WIRE("\x22\x00\x3A\x00"));
    assert_true(json_is(m.state.job_id, "") && json_is(m.state.node_id, NULL));
    assert_true(m.state.has_run_output && !m.state.run_output.has_exit_code);
    wire_free(&m);
}

/* Strings are views: nothing is copied. */
static void test_strings_are_views_into_the_input(void **unused)
{
    wire_message m;

    (void)unused;
    wire_accept(&m, WIRE("\x22\003a\x00z"));
    assert_ptr_equal(m.state.job_id.data, m.bytes + 2);
    assert_int_equal(m.state.job_id.size, 3);
    wire_free(&m);
}

/* Not in tests/readings.txt: python3-protobuf's maps have no place for unknown fields. */
static void test_unknown_fields_of_map_entries_count(void **unused)
{
    wire_message m;

    (void)unused;
    wire_accept(&m, WIRE("\x32\x0C\x12\x0A\x0A\001a\x12\001b\x18\x01\x7B\x7C"));
    assert_int_equal(m.scratch.unknown_count, 2);
    assert_true(json_is(m.state.published_results.metadata.entries[0].value, "b"));
    wire_free(&m);
}

/* A cut message is refused but between two fields of the outermost message, and then it is the
 * message without the fields that are missing. */
static void check_prefixes(const char *bytes, size_t size, const char *json, size_t json_size)
{
    size_t accepted = 0;

    (void)json;
    (void)json_size;
    for (size_t cut = 0; cut < size; cut++) {
        wire_message m;

        wire_decode(&m, bytes, cut);
        if (m.code != EXECWIRE_OK)
            assert_int_equal(m.code, EXECWIRE_ERROR_TRUNCATED);
        else
            wire_check_encoded(&m.state, bytes, cut);
        accepted += m.code == EXECWIRE_OK;
        wire_free(&m);
    }
    assert_in_range(accepted, 0, 11);
}

static void test_every_prefix_of_every_vector(void **unused)
{
    (void)unused;
    wire_each_vector(check_prefixes);
}

/* ---- Memory, and arguments ---- */

#define THREE_ENTRIES "\x32\x12\x12\x04\x0A\002zz\x12\x04\x0A\002zz\x12\x04\x0A\002aa"

static void check_room(size_t capacity)
{
    static const execwire_state absent;
    execwire_entry entries[5];
    execwire_entry untouched;
    execwire_scratch scratch = {.entries = entries, .entry_capacity = capacity};
    execwire_state state;
    execwire_error error;
    execwire_code code;

    memset(entries, 0xA5, sizeof entries);
    untouched = entries[capacity];
    code = execwire_decode(WIRE(THREE_ENTRIES), &scratch, &state, &error);
    assert_memory_equal(&entries[capacity], &untouched, sizeof untouched);
    /* what was read is counted, though two of them become one */
    assert_int_equal(scratch.entry_count, 3);
    if (capacity < 3) {
        assert_int_equal(code, EXECWIRE_ERROR_NO_SPACE);
        json_check_error(&error, EXECWIRE_ERROR_NO_SPACE, 0, "", NULL);
        assert_memory_equal(&state, &absent, sizeof absent);
        return;
    }
    assert_int_equal(code, EXECWIRE_OK);
    assert_int_equal(state.published_results.metadata.count, 2);
    assert_true(json_is(entries[0].key, "aa") && json_is(entries[1].key, "zz"));
    assert_int_equal(entries[0].position, 14);
    assert_int_equal(entries[1].position, 8);
}

/* promise: no-space-says-enough */
static void test_room_for_map_entries(void **unused)
{
    (void)unused;
    for (size_t capacity = 0; capacity < 5; capacity++)
        check_room(capacity);
}

static void test_measuring(void **unused)
{
    execwire_scratch scratch = {.unknown_count = 9, .text_size = 9, .entry_count = 9};

    (void)unused;
    assert_int_equal(execwire_decode(WIRE(THREE_ENTRIES "\x78\x01"), &scratch, NULL, NULL),
                     EXECWIRE_OK);
    assert_int_equal(scratch.entry_count, 3);
    assert_int_equal(scratch.unknown_count, 1);
    assert_int_equal(scratch.text_size, 0);
    /* NULL instead of a scratch is one without any room */
    assert_int_equal(execwire_decode(WIRE(THREE_ENTRIES), NULL, NULL, NULL), EXECWIRE_OK);
}

static void test_no_scratch(void **unused)
{
    execwire_state state;

    (void)unused;
    assert_int_equal(execwire_decode(WIRE("\x40\x07"), NULL, &state, NULL), EXECWIRE_OK);
    assert_int_equal(state.state, 7);
    assert_int_equal(execwire_decode(WIRE(THREE_ENTRIES), NULL, &state, NULL),
                     EXECWIRE_ERROR_NO_SPACE);
}

/* No byte is looked at when there can be none, or too many. */
static void check_unread(const void *in, size_t in_size, execwire_code expected)
{
    static const execwire_state absent;
    execwire_scratch scratch = {.entry_count = 9, .unknown_count = 9};
    execwire_state state;
    execwire_error error;
    size_t unknown = 9;

    memset(&state, 0xA5, sizeof state);
    assert_int_equal(execwire_decode(in, in_size, &scratch, &state, &error), expected);
    if (expected != EXECWIRE_OK)
        json_check_error(&error, expected, 0, "", NULL);
    assert_memory_equal(&state, &absent, sizeof absent);
    assert_int_equal(scratch.entry_count + scratch.unknown_count, 0);
    assert_int_equal(execwire_check(in, in_size, &unknown, NULL), expected);
    assert_int_equal(unknown, 0);
}

/* promise: decode-errors */
static void test_arguments(void **unused)
{
    (void)unused;
    check_unread(NULL, 0, EXECWIRE_OK);
    check_unread("", 0, EXECWIRE_OK);
    check_unread(NULL, 1, EXECWIRE_ERROR_ARGUMENT);
    check_unread("", (size_t)EXECWIRE_MAX_SIZE + 1, EXECWIRE_ERROR_TOO_LARGE);
    check_unread("", SIZE_MAX, EXECWIRE_ERROR_TOO_LARGE);
    check_unread("\x00", EXECWIRE_MAX_SIZE, EXECWIRE_ERROR_TAG); /* is looked at */
}

/* ---- Merging ---- */

/* What a message may have before another is merged into it: no map. */
static const struct {
    const char *bytes;
    size_t size;
} firsts[] = {
    {WIRE("")},
    {WIRE("\x40\x07\x22\001j")},
    {WIRE("\x3A\x06\x08\x02\x1A\002xy\x12\x02\x08\x05")},
    {WIRE("\x32\x0A\x0A\001c\x3A\x05\x22\003key\x4A\x00")},
};

/* The state is that of both messages, one behind the other. */
static void check_merged(const char *bytes, size_t size, const char *json, size_t json_size)
{
    (void)json;
    (void)json_size;
    for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++) {
        const size_t first = firsts[i].size;
        char *both = malloc(first + size + 1);
        execwire_entry entries[16];
        execwire_scratch scratch = {
            .entries = entries, .entry_capacity = 16, .entry_count = 99, .unknown_count = 99};
        execwire_state state;
        wire_message expected;
        size_t merged_size;
        char *merged;

        assert_non_null(both);
        memcpy(both, firsts[i].bytes, first);
        memcpy(both + first, bytes, size);
        wire_accept(&expected, both, first + size);
        assert_int_equal(execwire_decode(both, first, NULL, &state, NULL), EXECWIRE_OK);
        assert_int_equal(execwire_wire_merge(both + first, size, &scratch, &state, NULL),
                         EXECWIRE_OK);
        assert_int_equal(scratch.entry_count, expected.scratch.entry_count);
        assert_int_equal(scratch.unknown_count, expected.scratch.unknown_count);
        merged = wire_encode(&state, &merged_size);
        wire_check_encoded(&expected.state, merged, merged_size);
        free(merged);
        wire_free(&expected);
        free(both);
    }
}

static void check_unmerged(const char *in, size_t in_size, execwire_code code, const char *path)
{
    execwire_scratch scratch = {.entry_capacity = 0};
    execwire_state state = {.has_state = false};
    execwire_error error;

    assert_int_equal(execwire_wire_merge(in, in_size, &scratch, &state, &error), code);
    json_check_error(&error, code, code == EXECWIRE_ERROR_LENGTH, path, NULL);
}

static void test_merging(void **unused)
{
    (void)unused;
    wire_each_vector(check_merged);
    check_merged(WIRE("\x78\x01\x7A\x01x"), NULL, 0); /* fields that the schema does not know */
    /* it is complete: what is cut off in it is a wrong length */
    check_unmerged(WIRE("\x22\x05j"), EXECWIRE_ERROR_LENGTH, "/JobID");
    check_unmerged("", (size_t)EXECWIRE_MAX_SIZE + 1, EXECWIRE_ERROR_TOO_LARGE, "");
    check_unmerged("\x00", EXECWIRE_MAX_SIZE, EXECWIRE_ERROR_TAG, ""); /* is looked at */
}

/* ---- The visitor ---- */

typedef struct sighting {
    const char *message;
    const char *field; /* NULL when the schema does not know it */
    uint32_t number;
    unsigned wire_type;
    unsigned depth;
    size_t tag;
    size_t payload;
    size_t end;
    uint64_t varint;
} sighting;

static const char seen_bytes[] =
    "\x40\x87\x00"                                          /* state 7, in two bytes */
    "\x32\x0F\x3A\x03\x0A\001b\x12\x08\x0A\002k1\x12\002v1" /* s3 and metadata */
    "\x12\x04\x08\x05\x10\x06"                              /* create_time */
    "\x7B\x08\x01\x7C\x7D\x01\x02\x03\x04";                 /* a group 15, a fixed32 15 */

static const sighting sightings[] = {
    {"ExecutionState", "state", 8, EXECWIRE_WIRE_VARINT, 0, 0, 1, 3, 7},
    {"ExecutionState", "published_results", 6, EXECWIRE_WIRE_BYTES, 0, 3, 5, 20, 0},
    {"StorageSpec", "s3", 7, EXECWIRE_WIRE_BYTES, 1, 5, 7, 10, 0},
    {"S3StorageSpec", "bucket", 1, EXECWIRE_WIRE_BYTES, 2, 7, 9, 10, 0},
    {"StorageSpec", "metadata", 2, EXECWIRE_WIRE_BYTES, 1, 10, 12, 20, 0},
    {"MetadataEntry", "key", 1, EXECWIRE_WIRE_BYTES, 2, 12, 14, 16, 0},
    {"MetadataEntry", "value", 2, EXECWIRE_WIRE_BYTES, 2, 16, 18, 20, 0},
    {"ExecutionState", "create_time", 2, EXECWIRE_WIRE_BYTES, 0, 20, 22, 26, 0},
    {"Timestamp", "seconds", 1, EXECWIRE_WIRE_VARINT, 1, 22, 23, 24, 5},
    {"Timestamp", "nanos", 2, EXECWIRE_WIRE_VARINT, 1, 24, 25, 26, 6},
    {"ExecutionState", NULL, 15, EXECWIRE_WIRE_GROUP, 0, 26, 27, 30, 0},
    {"ExecutionState", NULL, 15, EXECWIRE_WIRE_FIXED32, 0, 30, 31, 35, 0},
};

static void compare(void *context, const execwire_wire_field *field)
{
    const uint8_t *start = (const uint8_t *)seen_bytes;
    size_t *count = context;
    const sighting *expected = &sightings[*count];

    assert_in_range(*count, 0, sizeof sightings / sizeof sightings[0] - 1);
    assert_string_equal(field->message->name, expected->message);
    if (expected->field == NULL)
        assert_null(field->field);
    else
        assert_string_equal(field->field->name, expected->field);
    assert_int_equal(field->number, expected->number);
    assert_int_equal(field->wire_type, expected->wire_type);
    assert_int_equal(field->depth, expected->depth);
    assert_int_equal(field->tag - start, expected->tag);
    assert_int_equal(field->payload - start, expected->payload);
    assert_int_equal(field->end - start, expected->end);
    if (expected->wire_type == EXECWIRE_WIRE_VARINT)
        assert_int_equal(field->varint, expected->varint);
    (*count)++;
}

static void test_a_visitor_sees_every_field(void **unused)
{
    size_t count = 0;
    execwire_wire_visitor visitor = {compare, &count};

    (void)unused;
    assert_int_equal(execwire_wire_read(WIRE(seen_bytes), NULL, NULL, &visitor, NULL), EXECWIRE_OK);
    assert_int_equal(count, sizeof sightings / sizeof sightings[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages_of_other_runtimes),
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_every_field_has_its_place),
        cmocka_unit_test(test_absent_is_not_empty),
        cmocka_unit_test(test_strings_are_views_into_the_input),
        cmocka_unit_test(test_unknown_fields_of_map_entries_count),
        cmocka_unit_test(test_every_prefix_of_every_vector),
        cmocka_unit_test(test_room_for_map_entries),
        cmocka_unit_test(test_measuring),
        cmocka_unit_test(test_no_scratch),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_merging),
        cmocka_unit_test(test_a_visitor_sees_every_field),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

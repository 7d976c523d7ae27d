/* Writing protobuf bytes: those of python3-protobuf and protobuf-c, room of every size, and states
 * that cannot be said.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include "support/cmocka.h"

#include "support/bad_states.h"
#include "support/json.h"
#include "support/slow.h"
#include "support/wire.h"

#include "execwire/v1/execution_state.pb-c.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* ---- Bytes ---- */

static void check_vector(const char *bytes, size_t size, const char *json, size_t json_size)
{
    json_document d;

    json_read(&d, json, json_size, false);
    assert_int_equal(d.code, EXECWIRE_OK);
    wire_check_encoded(&d.state, bytes, size);
    json_free(&d);
}

static void test_vectors(void **unused)
{
    (void)unused;
    wire_each_vector(check_vector);
}

#define TEXT(literal)                                                                              \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }

/* The specification's own encodings ("Protocol Buffers Encoding"). */
static const struct {
    execwire_state state;
    const char *bytes;
    size_t size;
} cases[] = {
    {{.has_state = false}, WIRE("")},
    {{.job_id = TEXT("")}, WIRE("\x22\x00")},
    {{.job_id = TEXT("testing")}, WIRE("\x22\x07testing")},
    {{.job_id = TEXT("a\0b\xC3\xA9")}, WIRE("\x22\005a\000b\xC3\xA9")},
    {{.has_version = true, .version = 0}, WIRE("\x58\x00")},
    {{.has_version = true, .version = 127}, WIRE("\x58\x7F")},
    {{.has_version = true, .version = 150}, WIRE("\x58\x96\x01")},
    {{.has_version = true, .version = INT64_MAX}, WIRE("\x58\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F")},
    {{.has_version = true, .version = -2}, WIRE("\x58\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01")},
    {{.has_version = true, .version = INT64_MIN},
     WIRE("\x58\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01")},
    {{.has_state = true, .state = 7}, WIRE("\x40\x07")},
    {{.has_state = true, .state = INT32_MAX}, WIRE("\x40\xFF\xFF\xFF\xFF\x07")},
    {{.has_run_output = true}, WIRE("\x3A\x00")},
    {{.has_run_output = true, .run_output = {.has_exit_code = true, .exit_code = 0}},
     WIRE("\x3A\x02\x08\x00")},
    {{.has_run_output = true, .run_output = {.has_exit_code = true, .exit_code = -1}},
     WIRE("\x3A\x02\x08\x01")},
    {{.has_run_output = true, .run_output = {.has_exit_code = true, .exit_code = 1}},
     WIRE("\x3A\x02\x08\x02")},
    {{.has_run_output = true, .run_output = {.has_exit_code = true, .exit_code = 0x7FFFFFFF}},
     WIRE("\x3A\x06\x08\xFE\xFF\xFF\xFF\x0F")},
    {{.has_run_output = true, .run_output = {.has_exit_code = true, .exit_code = INT64_MIN}},
     WIRE("\x3A\x0B\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01")},
    {{.has_run_output = true,
      .run_output = {.has_stderrtruncated = true,
                     .has_stdouttruncated = true,
                     .stdouttruncated = true}},
     WIRE("\x3A\x04\x20\x00\x30\x01")},
    /* Timestamp is a proto3 message: a part that is 0 is left out */
    {{.has_create_time = true}, WIRE("\x12\x00")},
    {{.has_create_time = true, .create_time = {1, 0}}, WIRE("\x12\x02\x08\x01")},
    {{.has_create_time = true, .create_time = {0, 1}}, WIRE("\x12\x02\x10\x01")},
    {{.has_update_time = true, .update_time = {-1, 999999999}},
     WIRE("\x52\x11\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\x10\xFF\x93\xEB\xDC\x03")},
    /* a flag that is not set hides its member */
    {{.version = 5, .state = 7, .run_output = {.exit_code = 1}}, WIRE("")},
    {{.published_results = {.cid = TEXT("x")}}, WIRE("")},
};

static void test_values(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size;
        char *bytes = wire_encode(&cases[i].state, &size);

        if (size != cases[i].size || memcmp(bytes, cases[i].bytes, size) != 0)
            fail_msg("case %zu", i);
        free(bytes);
    }
}

/* promise: empty-map-is-absent */
static void test_maps(void **unused)
{
    execwire_entry entries[] = {{EXECWIRE_STR("b"), EXECWIRE_STR("1"), 9},
                                {EXECWIRE_STR(""), EXECWIRE_STR(""), 0},
                                {EXECWIRE_STR("a"), EXECWIRE_STR("2"), 5}};
    execwire_state s = {.has_published_results = true,
                        .published_results = {.metadata = {entries, 3}}};

    (void)unused;
    assert_int_equal(execwire_map_sort(&s.published_results.metadata, NULL), EXECWIRE_OK);
    /* empty keys and values are written, as libprotobuf does */
    wire_check_encoded(&s, WIRE("\x32\x16\x12\x04\x0A\x00\x12\x00"
                                "\x12\x06\x0A\001a\x12\0012\x12\x06\x0A\001b\x12\0011"));
    /* an empty map is an absent map, whatever else it holds */
    s.published_results.metadata.count = 0;
    wire_check_encoded(&s, WIRE("\x32\x00"));
}

/* protobuf-c reads the bytes and writes the same again, so every length is right and minimal. */
static void check_repacked(const execwire_state *state, size_t expected_size)
{
    size_t size;
    char *bytes = wire_encode(state, &size);
    Execwire__V1__ExecutionState *theirs =
        execwire__v1__execution_state__unpack(NULL, size, (const uint8_t *)bytes);
    char *again = malloc(size);

    assert_int_equal(size, expected_size);
    assert_non_null(theirs);
    assert_non_null(again);
    assert_int_equal(execwire__v1__execution_state__get_packed_size(theirs), size);
    execwire__v1__execution_state__pack(theirs, (uint8_t *)again);
    assert_memory_equal(again, bytes, size);
    execwire__v1__execution_state__free_unpacked(theirs, NULL);
    free(again);
    free(bytes);
}

/* Bytes that the varint of a length has. */
static size_t length_size(size_t length)
{
    return length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x200000 ? 3 : 4;
}

/* What a string, a map entry or a submessage of this many bytes costs, tag and length included. */
static size_t with_header(size_t size)
{
    return 1 + length_size(size) + size;
}

/* On both sides of where a length needs another byte, at each level. */
static void test_lengths_of_every_size(void **unused)
{
    static const size_t limits[] = {0x80, 0x4000, 0x200000};
    char *text = malloc(0x200000 + 16);

    (void)unused;
    assert_non_null(text);
    memset(text, 'x', 0x200000 + 16);
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        for (size_t size = limits[i] - 16; size < limits[i] + 2; size++) {
            execwire_str view = {text, size};
            execwire_entry entry = {EXECWIRE_STR("k"), view, 0};
            execwire_state output = {.has_run_output = true, .run_output = {.std_out = view}};
            execwire_state s3 = {.has_published_results = true,
                                 .published_results = {.has_s3 = true, .s3 = {.key = view}}};
            execwire_state map = {.has_published_results = true,
                                  .published_results = {.metadata = {&entry, 1}}};

            check_repacked(&output, with_header(with_header(size)));
            check_repacked(&s3, with_header(with_header(with_header(size))));
            check_repacked(&map, with_header(with_header(3 + with_header(size))));
        }
    free(text);
}

/* ---- Room ---- */

static void check_room(const char *bytes, size_t size, const char *json, size_t json_size)
{
    wire_message m;

    (void)json;
    (void)json_size;
    wire_accept(&m, bytes, size);
    wire_check_room(execwire_encode, &m.state, bytes, size);
    wire_free(&m);
}

/* promise: encode-errors */
static void test_room_of_every_size(void **unused)
{
    (void)unused;
    wire_each_vector(check_room);
}

/* ---- States that cannot be said ---- */

static void check_refused(const execwire_state *state, execwire_code code, size_t offset,
                          const char *path)
{
    char out[101];
    execwire_error error;
    size_t size = 99;

    assert_int_equal(execwire_encode(state, out, sizeof out, &size, NULL), code);
    assert_int_equal(execwire_encode(state, NULL, 0, &size, &error), code);
    json_check_error(&error, code, offset, path, NULL);
    for (size_t capacity = 0; capacity < sizeof out; capacity++) {
        memset(out, 0x5A, sizeof out);
        size = 99;
        assert_int_equal(execwire_encode(state, out, capacity, &size, &error), code);
        json_check_error(&error, code, offset, path, NULL);
        assert_int_equal(size, 0);
        for (size_t i = capacity; i < sizeof out; i++)
            assert_int_equal(out[i], 0x5A);
    }
}

static void test_states_that_cannot_be_said(void **unused)
{
    (void)unused;
    bad_states_each(check_refused);
}

static void check_too_large(wire_write_call *write, const execwire_state *state, const char *path)
{
    execwire_error error;
    size_t size = 99;

    assert_int_equal(write(state, NULL, 0, &size, &error), EXECWIRE_ERROR_TOO_LARGE);
    json_check_error(&error, EXECWIRE_ERROR_TOO_LARGE, 0, path, NULL);
    assert_int_equal(size, 0);
}

/* 16 strings of 2^27 bytes, and 93 bytes less than that. Each has a tag and a length of 4 bytes,
 * the two submessages have a tag and one of 5: together 2^31 - 1, which is the largest message. */
/* promise: decode-errors */
static void test_the_largest_message(void **unused)
{
    char *zeros;
    execwire_state s;
    size_t size = 0;

    (void)unused;
    if (slow_leaves_out("a message of 2 GiB"))
        return;
    zeros = calloc(LARGE_TEXT, 1);
    assert_non_null(zeros);
    s = large_state(zeros, LARGE_TEXT - 93);
    assert_int_equal(execwire_encode(&s, NULL, 0, &size, NULL), EXECWIRE_OK);
    assert_int_equal(size, EXECWIRE_MAX_SIZE);
    /* and with its size before it, of 5 bytes */
    assert_int_equal(execwire_delimited_write(&s, NULL, 0, &size, NULL), EXECWIRE_OK);
    assert_int_equal(size, (size_t)EXECWIRE_MAX_SIZE + 5);
    s.status.size++;
    check_too_large(execwire_encode, &s, "");
    check_too_large(execwire_delimited_write, &s, "");
    free(zeros);
}

/* An entry counts with at least 18 bytes beside its texts. 16 entries leave 15. */
static void test_a_map_that_is_too_large(void **unused)
{
    static const char keys[LARGE_STRINGS + 2] = "abcdefghijklmnopq";
    char *zeros = calloc(LARGE_TEXT, 1);
    execwire_entry entries[LARGE_STRINGS + 1];
    execwire_state s = {.has_published_results = true,
                        .published_results = {.metadata = {entries, LARGE_STRINGS + 1}}};

    (void)unused;
    assert_non_null(zeros);
    for (size_t i = 0; i <= LARGE_STRINGS; i++)
        entries[i] = (execwire_entry){{&keys[i], 1}, {zeros, LARGE_TEXT - 1 - 1 - 18}, 0};
    check_too_large(execwire_encode, &s, "/PublishedResults/Metadata/q");
    free(zeros);
}

/* Sizes are added up before bytes are looked at: of what is too large no byte need be there. */
static void test_what_is_too_large_is_not_read(void **unused)
{
    void *nothing = mmap(NULL, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const execwire_str few = {"abc", 3}, rest = {nothing, EXECWIRE_MAX_SIZE - 2},
                       all = {nothing, EXECWIRE_MAX_SIZE + 1u};
    execwire_entry entry = {.key = {"k", 1}, .value = {"v", 1}};
    const execwire_state states[] = {{.job_id = all},
                                     {.job_id = few, .node_id = rest},
                                     {.has_published_results = true,
                                      .published_results = {.metadata = {&entry, 1}},
                                      .has_run_output = true,
                                      .run_output = {.std_out = {nothing, EXECWIRE_MAX_SIZE - 1}}}};
    char out[8];

    (void)unused;
    assert_ptr_not_equal(nothing, MAP_FAILED);
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        size_t size = 99;

        assert_int_equal(execwire_encode(&states[i], NULL, 0, &size, NULL),
                         EXECWIRE_ERROR_TOO_LARGE);
        assert_int_equal(execwire_encode(&states[i], out, sizeof out, &size, NULL),
                         EXECWIRE_ERROR_TOO_LARGE);
        assert_int_equal(size, 0);
    }
    assert_int_equal(munmap(nothing, 1), 0);
}

static void test_arguments(void **unused)
{
    execwire_state s = {.has_state = true};
    execwire_error error;
    size_t size = 99;

    (void)unused;
    assert_int_equal(execwire_encode(NULL, NULL, 0, &size, &error), EXECWIRE_ERROR_ARGUMENT);
    json_check_error(&error, EXECWIRE_ERROR_ARGUMENT, 0, "", NULL);
    assert_int_equal(size, 0);
    assert_int_equal(execwire_encode(&s, NULL, 0, NULL, NULL), EXECWIRE_ERROR_ARGUMENT);
    /* measuring does not look at the capacity */
    assert_int_equal(execwire_encode(&s, NULL, 100, &size, NULL), EXECWIRE_OK);
    assert_int_equal(size, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_maps),
        cmocka_unit_test(test_lengths_of_every_size),
        cmocka_unit_test(test_room_of_every_size),
        cmocka_unit_test(test_states_that_cannot_be_said),
        cmocka_unit_test(test_the_largest_message),
        cmocka_unit_test(test_a_map_that_is_too_large),
        cmocka_unit_test(test_what_is_too_large_is_not_read),
        cmocka_unit_test(test_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Every call of the core with arguments that are missing or senseless: none crashes, all say
 * ARGUMENT, and what they have to leave empty is empty. And an empty input that is (NULL, 0).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include <execwire/execwire.h>
#include <execwire/fuzz.h>
#include <execwire/serial.h>

#include <string.h>

static execwire_error error;
static execwire_state state;
static const execwire_state absent;
static char room[64];
static size_t size;

/* What a call must set anew. */
static void before(void)
{
    memset(&error, 0x5A, sizeof error);
    memset(&state, 0x5A, sizeof state);
    size = 99;
}

static void check_argument(execwire_code code)
{
    assert_int_equal(code, EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(error.code, EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(error.offset, 0); /* no byte of an input is at fault */
    assert_string_equal(error.text, "an argument is NULL or out of range");
    assert_null(error.found);
    assert_string_equal(error.path, "");
}

#define ARGUMENT(call) (before(), check_argument(call))

/* promise: error-is-filled */
static void test_writers(void **unused)
{
    (void)unused;
    ARGUMENT(execwire_encode(NULL, room, sizeof room, &size, &error));
    assert_int_equal(size, 0);
    ARGUMENT(execwire_encode(&absent, room, sizeof room, NULL, &error));
    ARGUMENT(execwire_delimited_write(NULL, room, sizeof room, &size, &error));
    assert_int_equal(size, 0);
    ARGUMENT(execwire_delimited_write(&absent, room, sizeof room, NULL, &error));
    ARGUMENT(execwire_json_write(NULL, NULL, room, sizeof room, &size, &error));
    assert_int_equal(size, 0);
    ARGUMENT(execwire_json_write(&absent, NULL, room, sizeof room, NULL, &error));
    ARGUMENT(execwire_serial_write(NULL, 1, room, sizeof room, &size, &error));
    assert_int_equal(size, 0);
    ARGUMENT(execwire_serial_write("x", 1, room, sizeof room, NULL, &error));
    ARGUMENT(execwire_utf8_mend(NULL, 1, room, sizeof room, &size, &error));
    assert_int_equal(size, 0);
    ARGUMENT(execwire_utf8_mend("x", 1, room, sizeof room, NULL, &error));
    ARGUMENT(execwire_time_write(NULL, room, sizeof room, &size, &error));
    assert_int_equal(size, 0);
}

static void test_maps(void **unused)
{
    execwire_entry entries[2] = {{.key = EXECWIRE_STR("a")}, {.key = {NULL, 4}}};
    execwire_map no_entries = {NULL, 1}, no_key = {entries, 2}, no_first_key = {entries + 1, 1};

    (void)unused;
    ARGUMENT(execwire_map_sort(NULL, &error));
    ARGUMENT(execwire_map_sort(&no_entries, &error));
    ARGUMENT(execwire_map_sort(&no_key, &error));
    ARGUMENT(execwire_map_sort(&no_first_key, &error));
}

/* promise: nothing-half-made */
/* promise: decode-errors */
/* promise: all-or-nothing */
static void test_readers(void **unused)
{
    execwire_json_walk walk;
    execwire_time time = {7, 7};

    (void)unused;
    ARGUMENT(execwire_decode(NULL, 1, NULL, &state, &error));
    assert_memory_equal(&state, &absent, sizeof state);
    ARGUMENT(execwire_check(NULL, 1, &size, &error));
    assert_int_equal(size, 0);
    ARGUMENT(execwire_json_read(NULL, 1, NULL, NULL, &state, &error));
    assert_memory_equal(&state, &absent, sizeof state);
    ARGUMENT(execwire_json_read_first(NULL, 1, &size, NULL, NULL, &state, &error));
    assert_memory_equal(&state, &absent, sizeof state);
    assert_int_equal(size, 0);
    ARGUMENT(execwire_json_read_first("{}", 2, NULL, NULL, NULL, &state, &error));
    assert_memory_equal(&state, &absent, sizeof state);
    ARGUMENT(execwire_json_walk_init(NULL, EXECWIRE_STR(""), &error));
    ARGUMENT(execwire_json_walk_next(NULL, "{}", 2, &size, &error));
    assert_int_equal(size, 0);
    assert_int_equal(execwire_json_walk_init(&walk, EXECWIRE_STR(""), &error), EXECWIRE_OK);
    ARGUMENT(execwire_json_walk_next(&walk, NULL, 1, &size, &error));
    ARGUMENT(execwire_json_walk_next(&walk, "{}", 2, NULL, &error));
    assert_false(execwire_json_walk_is_between(NULL));
    ARGUMENT(execwire_time_read(NULL, 1, &time, &error));
    assert_true(time.seconds == 0 && time.nanos == 0);
    ARGUMENT(execwire_time_read("x", 1, NULL, &error));
    ARGUMENT(execwire_state_copy(NULL, NULL, &state, &error));
    assert_memory_equal(&state, &absent, sizeof state);
    ARGUMENT(execwire_fuzz_state(NULL, 1, NULL, &state, &error));
    assert_memory_equal(&state, &absent, sizeof state);
}

/* A scratch that says that there is room, and has no memory. */
static void test_room_without_memory(void **unused)
{
    static const char map[] = "\x32\x08\x12\x06\x0A\x01k\x12\x01v";
    static const char json[] =
        "{\"Status\":\"\\u0041\",\"PublishedResults\":{\"Metadata\":{\"k\":\"v\"}}}";
    execwire_scratch entries = {.entry_capacity = 9}, text = {.text_capacity = 9};
    execwire_scratch *const scratches[] = {&entries, &text};

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        ARGUMENT(execwire_decode(map, sizeof map - 1, scratches[i], &state, &error));
        assert_memory_equal(&state, &absent, sizeof state);
        ARGUMENT(execwire_json_read(json, sizeof json - 1, NULL, scratches[i], &state, &error));
        assert_memory_equal(&state, &absent, sizeof state);
        ARGUMENT(execwire_json_read(json, sizeof json - 1, NULL, scratches[i], NULL, &error));
        ARGUMENT(execwire_state_copy(&absent, scratches[i], &state, &error));
        ARGUMENT(execwire_fuzz_state("x", 1, scratches[i], &state, &error));
        assert_memory_equal(&state, &absent, sizeof state);
    }
}

static void test_forms_that_are_none(void **unused)
{
    static const int numbers[] = {2, 77, -1, 0x7FFFFFFF};

    (void)unused;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        execwire_json_options form = {.form = (execwire_json_form)numbers[i]};
        execwire_json_options enums = {.enums = (execwire_json_enums)numbers[i]};

        ARGUMENT(execwire_json_write(&absent, &form, room, sizeof room, &size, &error));
        ARGUMENT(execwire_json_write(&absent, &enums, room, sizeof room, &size, &error));
        assert_int_equal(size, 0);
        /* reading takes both forms, whatever is chosen for writing */
        assert_int_equal(execwire_json_read("{}", 2, &form, NULL, &state, &error), EXECWIRE_OK);
    }
}

/* promise: null-is-argument */
static void test_stream_readers(void **unused)
{
    execwire_delimited_reader delimited;
    execwire_serial_reader serial;
    execwire_str message = {room, 1};

    (void)unused;
    execwire_delimited_init(NULL, room, sizeof room);
    execwire_serial_init(NULL, room, sizeof room);
    execwire_delimited_init(&delimited, NULL, sizeof room);
    execwire_serial_init(&serial, NULL, sizeof room);
    ARGUMENT(execwire_delimited_feed(NULL, "x", 1, &size, &message, &error));
    assert_true(size == 0 && message.data == NULL && message.size == 0);
    ARGUMENT(execwire_delimited_feed(&delimited, NULL, 1, &size, &message, &error));
    ARGUMENT(execwire_delimited_feed(&delimited, "x", 1, NULL, &message, &error));
    ARGUMENT(execwire_delimited_feed(&delimited, "x", 1, &size, NULL, &error));
    ARGUMENT(execwire_delimited_end(NULL, &error));
    ARGUMENT(execwire_serial_feed(NULL, "x", 1, &size, &message, &error));
    assert_true(size == 0 && message.data == NULL && message.size == 0);
    ARGUMENT(execwire_serial_feed(&serial, NULL, 1, &size, &message, &error));
    ARGUMENT(execwire_serial_feed(&serial, "x", 1, NULL, &message, &error));
    ARGUMENT(execwire_serial_feed(&serial, "x", 1, &size, NULL, &error));
    ARGUMENT(execwire_serial_end(NULL, &error));
}

/* (NULL, 0) is the same input as ("", 0), whatever that is to the call. */
static void test_an_empty_input_may_be_null(void **unused)
{
    execwire_delimited_reader delimited;
    execwire_serial_reader serial;
    execwire_str message;
    execwire_time time;

    (void)unused;
    for (int i = 0; i < 2; i++) {
        const char *in = i == 0 ? "" : NULL;

        before();
        assert_int_equal(execwire_decode(in, 0, NULL, &state, &error), EXECWIRE_OK);
        assert_memory_equal(&state, &absent, sizeof state);
        assert_int_equal(execwire_check(in, 0, NULL, &error), EXECWIRE_OK);
        assert_int_equal(execwire_json_read(in, 0, NULL, NULL, &state, &error),
                         EXECWIRE_ERROR_TRUNCATED);
        assert_int_equal(execwire_time_read(in, 0, &time, &error), EXECWIRE_ERROR_TIME_SYNTAX);
        assert_int_equal(execwire_utf8_mend(in, 0, room, 0, &size, &error), EXECWIRE_OK);
        assert_int_equal(size, 0);
        assert_int_equal(execwire_serial_write(in, 0, room, sizeof room, &size, &error),
                         EXECWIRE_OK);
        /* RFC 1952 and COBS by hand: the CRC of nothing is 00000000 */
        assert_int_equal(size, 7);
        assert_memory_equal(room, "\x00\x01\x01\x01\x01\x01\x00", 7);
        execwire_delimited_init(&delimited, NULL, 0);
        assert_int_equal(execwire_delimited_feed(&delimited, in, 0, &size, &message, &error),
                         EXECWIRE_OK);
        assert_true(size == 0 && message.data == NULL && message.size == 0);
        execwire_serial_init(&serial, room, sizeof room);
        assert_int_equal(execwire_serial_feed(&serial, in, 0, &size, &message, &error),
                         EXECWIRE_OK);
        assert_true(size == 0 && message.data == NULL && message.size == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writers),
        cmocka_unit_test(test_maps),
        cmocka_unit_test(test_readers),
        cmocka_unit_test(test_room_without_memory),
        cmocka_unit_test(test_forms_that_are_none),
        cmocka_unit_test(test_stream_readers),
        cmocka_unit_test(test_an_empty_input_may_be_null),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What the bytes that a state is made of say: a corpus that was made with one version means the
 * same states in the next, and each form of a value is made of some byte.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include <execwire/fuzz.h>

#include <string.h>

#define ENTRIES 16
#define TEXT    (64 << 10)
#define MOST    64 /* bytes that a value is made of */

static execwire_entry entries[ENTRIES];
static char text[TEXT];
static execwire_scratch scratch;

/* Of the members of a state, by ascending numbers. */
enum {
    COMPUTE_REFERENCE,
    CREATE_TIME,
    DESIRED_STATE,
    PUBLISHED_RESULTS = 5,
    RUN_OUTPUT,
    VERSION = 10
};

/* A byte 0 leaves a member out, 1 does not. */
static execwire_state make(size_t member, const void *value, size_t size)
{
    uint8_t in[16 + MOST] = {0};
    execwire_state state;

    assert_true(size <= MOST);
    in[member] = 1;
    memcpy(in + member + 1, value, size);
    scratch = (execwire_scratch){entries, ENTRIES, text, TEXT, 0, 0, 0};
    assert_int_equal(execwire_fuzz_state(in, member + 1 + size, &scratch, &state, NULL),
                     EXECWIRE_OK);
    return state;
}

/* ---- Which members there are ---- */

static void test_one_member_in_four_is_absent(void **unused)
{
    (void)unused;
    for (unsigned byte = 0; byte < 0x100; byte++) {
        uint8_t in[] = {(uint8_t)byte, 2, 'a', 'b'};
        execwire_state state;

        scratch = (execwire_scratch){entries, ENTRIES, text, TEXT, 0, 0, 0};
        assert_int_equal(execwire_fuzz_state(in, sizeof in, &scratch, &state, NULL), EXECWIRE_OK);
        assert_int_equal(state.compute_reference.data != NULL, byte % 4 != 0);
    }
}

/* promise: fuzz-state-is-valid */
static void test_what_the_bytes_do_not_reach_is_absent(void **unused)
{
    execwire_state state = make(COMPUTE_REFERENCE, "\2ab", 3);

    (void)unused;
    assert_int_equal(state.compute_reference.size, 2);
    state.compute_reference = (execwire_str){NULL, 0};
    assert_true(execwire_state_equal(&state, &(execwire_state){0}));
    state = make(COMPUTE_REFERENCE, "", 0); /* one byte in all */
    assert_true(state.compute_reference.data != NULL && state.compute_reference.size == 0);
}

static void test_booleans(void **unused)
{
    (void)unused;
    for (unsigned byte = 0; byte < 0x100; byte++) {
        /* no exit_code, runner_error and std_err before it */
        uint8_t value[] = {0, 0, 0, 1, (uint8_t)byte};
        execwire_state state = make(RUN_OUTPUT, value, sizeof value);

        assert_true(state.has_run_output && state.run_output.has_stderrtruncated);
        assert_int_equal(state.run_output.stderrtruncated, byte % 2);
    }
}

/* ---- Numbers ---- */

static int64_t make_version(const void *value, size_t size)
{
    execwire_state state = make(VERSION, value, size);

    assert_true(state.has_version);
    return state.version;
}

static void test_small_numbers(void **unused)
{
    (void)unused;
    for (uint8_t byte = 0; byte < 0x80; byte++)
        assert_int_equal(make_version(&byte, 1), byte);
}

/* promise: fuzz-state-is-valid */
static void test_numbers_at_the_ends_of_ranges(void **unused)
{
    static const int64_t ends[] = {0,          -1,          INT64_MAX,  INT64_MIN,
                                   2147483647, -2147483648, 4294967295, 9007199254740992};

    (void)unused;
    for (unsigned byte = 0x80; byte < 0xC0; byte++)
        assert_true(make_version(&(uint8_t){(uint8_t)byte}, 1) == ends[byte % 8]);
}

static void test_any_number(void **unused)
{
    (void)unused;
    assert_true(make_version("\xC0\x01\x23\x45\x67\x89\xAB\xCD\xEF", 9) == 0x0123456789ABCDEF);
    assert_true(make_version("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFE", 9) == -2);
    /* behind the end are zeros */
    assert_true(make_version("\xC0\x12", 2) == 0x1200000000000000);
}

static void test_enums(void **unused)
{
    execwire_state state;

    (void)unused;
    for (unsigned byte = 0; byte < 0xF0; byte++) {
        state = make(DESIRED_STATE, &(uint8_t){(uint8_t)byte}, 1);
        assert_true(state.has_desired_state);
        assert_int_equal(state.desired_state, byte % 16);
    }
    state = make(DESIRED_STATE, "\xF0\x12\x34\x56\x78", 5);
    assert_int_equal(state.desired_state, 0x12345678);
    state = make(DESIRED_STATE, "\xFF\xFF\xFF\xFF\xFF", 5); /* no sign */
    assert_int_equal(state.desired_state, 0x7FFFFFFF);
}

/* ---- Times ---- */

#define FIRST (-62135596800) /* of the year 1 */
#define LAST  253402300799   /* of the year 9999 */

static void check_time(const void *value, size_t size, int64_t seconds, int32_t nanos)
{
    execwire_state state = make(CREATE_TIME, value, size);

    assert_true(state.has_create_time);
    assert_int_equal(state.create_time.seconds, seconds);
    assert_int_equal(state.create_time.nanos, nanos);
}

#define CHECK_TIME(value, seconds, nanos) check_time(value, sizeof(value) - 1, seconds, nanos)

static void test_seconds(void **unused)
{
    (void)unused;
    CHECK_TIME("\x00", FIRST, 0);
    CHECK_TIME("\x01", LAST, 0);
    CHECK_TIME("\x02\x00\x00\x00\x00\x07", FIRST + 7, 0);
    CHECK_TIME("\x02\x12\x34\x56\x78\x9A", FIRST + 0x123456789A, 0);
    /* 315537897600 seconds are all of them */
    CHECK_TIME("\x02\x49\x77\x86\x38\x7F", LAST, 0);
    CHECK_TIME("\x02\x49\x77\x86\x38\x80", FIRST, 0);
    CHECK_TIME("\x03\x00\x00", 1715074886, 0);
    CHECK_TIME("\x33\x01\x02", 1715074886 + 0x0102, 0);
}

static void test_nanoseconds(void **unused)
{
    (void)unused;
    CHECK_TIME("\x3C\x11\x11\x11\x11", FIRST, 0); /* takes none */
    CHECK_TIME("\x3F\x00\x00\x11\x11\x11\x11", 1715074886, 0);
    CHECK_TIME("\x40\x00\x00\x00\x09", FIRST, 9);
    CHECK_TIME("\xBF\x00\x00\x00\x00\x00\x09", 1715074886, 9);
    CHECK_TIME("\x41\x12\x34\x56\x78", LAST, 0x12345678);
    CHECK_TIME("\xBC\x3B\x9A\xC9\xFF", FIRST, 999999999);
    CHECK_TIME("\xBC\x3B\x9A\xCA\x00", FIRST, 0);
    CHECK_TIME("\xC0\x11\x11\x11\x11", FIRST, 999999999);
    CHECK_TIME("\xFD\x11\x11\x11\x11", LAST, 999999999);
}

/* ---- Texts ---- */

static void check_text(const void *value, size_t size, const char *expected, size_t expected_size)
{
    execwire_state state = make(COMPUTE_REFERENCE, value, size);

    assert_non_null(state.compute_reference.data);
    assert_int_equal(state.compute_reference.size, expected_size);
    assert_memory_equal(state.compute_reference.data, expected, expected_size);
}

#define CHECK_TEXT(value, expected)                                                                \
    check_text(value, sizeof(value) - 1, expected, sizeof(expected) - 1)

static void test_short_texts(void **unused)
{
    char value[33], expected[32];

    (void)unused;
    for (unsigned kind = 0; kind < 0xF0; kind++) {
        value[0] = (char)kind;
        for (unsigned i = 0; i < 32; i++)
            value[1 + i] = expected[i] = (char)(i * 4 % 0x80);
        check_text(value, sizeof value, expected, kind % 32);
    }
    CHECK_TEXT("\x00z", "");
    CHECK_TEXT("\x08"
               "abc",
               "abc"); /* as far as there are bytes */
    CHECK_TEXT("\x02\x7F\x00z", "\x7F\0");
}

/* promise: fuzz-state-is-valid */
static void test_characters_beyond_ascii(void **unused)
{
    static const char *const odd[] = {"\n",     "\r",           "\"",     "\\",
                                      "%n",     "\x7F",         "\u00E9", "\u20AC",
                                      "\u2028", "\u202E\u202C", "\uFEFF", "\uFFFD",
                                      "\u0301", "\U0001D11E",   "\uFFFF", "\U0010FFFF"};

    (void)unused;
    for (unsigned byte = 0x80; byte < 0x100; byte++) {
        uint8_t value[] = {1, (uint8_t)byte};

        check_text(value, sizeof value, odd[byte % 16], strlen(odd[byte % 16]));
    }
}

/* promise: fuzz-state-is-valid */
static void test_long_texts(void **unused)
{
    static const size_t sizes[] = {1,   2,   4,    8,    16,   32, 64, 128,
                                   256, 512, 1024, 2048, 4096, 1,  2,  4};
    static char expected[4096];

    (void)unused;
    memset(expected, 'x', sizeof expected);
    for (unsigned i = 0; i < 16; i++)
        check_text((uint8_t[]){(uint8_t)(0xF0 + i), 'x', 'z'}, 3, expected, sizes[i]);
    memset(expected, '\0', sizeof expected);
    check_text("\xFC", 1, expected, 4096); /* behind the end are zeros */
    CHECK_TEXT("\xF1\x87z", "\u20AC\u20AC");
}

/* ---- The map ---- */

/* Published results that have nothing but a map of these bytes. */
static execwire_map make_map(const char *bytes, size_t size)
{
    uint8_t value[MOST] = {0, 1}; /* no cid */

    memcpy(value + 2, bytes, size);
    return make(PUBLISHED_RESULTS, value, 2 + size).published_results.metadata;
}

static void test_the_count_of_entries(void **unused)
{
    static const char keys[] = "\1a\0\1b\0\1c\0\1d\0\1e\0\1f\0\1g\0\1h";

    (void)unused;
    for (unsigned byte = 0; byte < 0x100; byte++) {
        char bytes[1 + sizeof keys] = {(char)byte};
        execwire_map map;

        memcpy(bytes + 1, keys, sizeof keys);
        map = make_map(bytes, sizeof bytes);
        assert_int_equal(map.count, 1 + byte % 8);
        assert_int_equal(scratch.entry_count, 1 + byte % 8);
    }
}

/* In order, and of those with the same key the first. */
static void test_entries(void **unused)
{
    static const char bytes[] = "\4\1b\0011\1a\0012\1b\0013\0\0014\1a\0015\1\1n";
    static const char *const keys[] = {"", "a", "b"}, *const values[] = {"4", "2", "1"};
    execwire_map map = make_map(bytes, sizeof bytes - 1);

    (void)unused;
    assert_int_equal(map.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(map.entries[i].key.size, strlen(keys[i]));
        assert_memory_equal(map.entries[i].key.data, keys[i], strlen(keys[i]));
        assert_int_equal(map.entries[i].value.size, 1);
        assert_memory_equal(map.entries[i].value.data, values[i], 1);
    }
    assert_memory_equal(text + scratch.text_size - 1, "n", 1); /* the name behind it */
}

/* ---- Room ---- */

/* promise: fuzz-state-errors */
static void test_texts_that_do_not_fit(void **unused)
{
    static const uint8_t in[] = {1, 0xF4, 'x', 0, 0, 1, 2, 'a', 'b'};
    char room[20];

    (void)unused;
    for (size_t capacity = 0; capacity <= 18; capacity++) {
        execwire_scratch small = {NULL, 0, room, capacity, 0, 0, 0};
        execwire_state state;

        memset(room, '-', sizeof room);
        assert_int_equal(execwire_fuzz_state(in, sizeof in, &small, &state, NULL),
                         capacity < 18 ? EXECWIRE_ERROR_NO_SPACE : EXECWIRE_OK);
        assert_int_equal(small.text_size, 18);
        for (size_t i = capacity; i < sizeof room; i++)
            assert_int_equal(room[i], '-');
    }
}

/* promise: fuzz-state-is-valid */
static void test_texts_that_just_fit(void **unused)
{
    char room[1];
    execwire_scratch small = {NULL, 0, room, 1, 0, 0, 0};
    execwire_state state;

    (void)unused;
    room[0] = '-';
    assert_int_equal(execwire_fuzz_state("\1\1a", 3, &small, &state, NULL), EXECWIRE_OK);
    assert_int_equal(state.compute_reference.size, 1);
    assert_int_equal(state.compute_reference.data[0], 'a');
    /* an empty one takes no memory, and is there */
    assert_int_equal(execwire_fuzz_state("\1\0", 2, NULL, &state, NULL), EXECWIRE_OK);
    assert_int_equal(state.compute_reference.size, 0);
    assert_non_null(state.compute_reference.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_member_in_four_is_absent),
        cmocka_unit_test(test_what_the_bytes_do_not_reach_is_absent),
        cmocka_unit_test(test_booleans),
        cmocka_unit_test(test_small_numbers),
        cmocka_unit_test(test_numbers_at_the_ends_of_ranges),
        cmocka_unit_test(test_any_number),
        cmocka_unit_test(test_enums),
        cmocka_unit_test(test_seconds),
        cmocka_unit_test(test_nanoseconds),
        cmocka_unit_test(test_short_texts),
        cmocka_unit_test(test_characters_beyond_ascii),
        cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_the_count_of_entries),
        cmocka_unit_test(test_entries),
        cmocka_unit_test(test_texts_that_do_not_fit),
        cmocka_unit_test(test_texts_that_just_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

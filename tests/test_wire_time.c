/* Times on the wire: the short way for the usual spelling reads as the general walk does, which is
 * taken when a visitor looks on.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "wire/reader.h"

#include <string.h>

#define TAG 0x12 /* create_time */

static void look(void *context, const execwire_wire_field *field)
{
    (void)field;
    ++*(unsigned *)context;
}

/* Reads a message of one time with this payload, in both ways, and compares all that comes out. */
static execwire_code check(const uint8_t *payload, size_t size, execwire_state *state)
{
    uint8_t message[64] = {TAG, (uint8_t)size};
    unsigned seen = 0;
    execwire_wire_visitor visitor = {look, &seen};
    execwire_state general;
    execwire_error error = {.code = EXECWIRE_OK};
    execwire_error general_error = {.code = EXECWIRE_OK};
    execwire_scratch scratch = {0};
    execwire_scratch general_scratch = {0};
    execwire_code code;

    memcpy(message + 2, payload, size);
    code = execwire_wire_read(message, size + 2, &scratch, state, NULL, &error);
    assert_int_equal(
        execwire_wire_read(message, size + 2, &general_scratch, &general, &visitor, &general_error),
        code);
    assert_memory_equal(state, &general, sizeof general);
    assert_int_equal(error.code, general_error.code);
    assert_int_equal(error.offset, general_error.offset);
    assert_string_equal(error.path, general_error.path);
    assert_int_equal(scratch.unknown_count, general_scratch.unknown_count);
    assert_true(seen > 0 || code != EXECWIRE_OK);
    return code;
}

static void test_spellings(void **unused)
{
    static const struct {
        const char *payload;
        size_t size;
        execwire_code code;
        int64_t seconds;
        int32_t nanos;
    } cases[] = {
        {"\x08\x01\x10\x02", 4, EXECWIRE_OK, 1, 2},
        {"\x10\x02\x08\x01", 4, EXECWIRE_OK, 1, 2},
        {"\x08\x01", 2, EXECWIRE_OK, 1, 0},
        {"\x10\x02", 2, EXECWIRE_OK, 0, 2},
        {"", 0, EXECWIRE_OK, 0, 0},
        /* the last of several wins, an unknown field is skipped, a varint may be longer */
        {"\x08\x01\x10\x02\x08\x03", 6, EXECWIRE_OK, 3, 2},
        {"\x08\x01\x10\x02\x18\x03", 6, EXECWIRE_OK, 1, 2},
        {"\x08\x81\x00\x10\x82\x80\x00", 7, EXECWIRE_OK, 1, 2},
        {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x10\x02", 13, EXECWIRE_OK, -1, 2},
        /* 32-bit fields take the low bits */
        {"\x08\x01\x10\x82\x80\x80\x80\x10", 8, EXECWIRE_OK, 1, 2},
        {"\x08\x01\x10\x80\x94\xeb\xdc\x03", 8, EXECWIRE_ERROR_TIME_NANOS, 0, 0},
        {"\x08\x80\xc0\xa3\xff\xdb\x07\x10\x02", 9, EXECWIRE_ERROR_TIME_RANGE, 0, 0},
        {"\x08\x01\x10", 3, EXECWIRE_ERROR_LENGTH, 0, 0},
        {"\x08\x81", 2, EXECWIRE_ERROR_LENGTH, 0, 0},
        {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02\x10\x02", 13, EXECWIRE_ERROR_VARINT, 0, 0},
        {"\x0a\x01\x10\x02", 4, EXECWIRE_ERROR_FIELD_TYPE, 0, 0},
        {"\x05\x10\x02", 3, EXECWIRE_ERROR_TAG, 0, 0},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        execwire_state state;

        if (check((const uint8_t *)cases[i].payload, cases[i].size, &state) != cases[i].code)
            fail_msg("case %zu", i);
        assert_int_equal(state.create_time.seconds, cases[i].seconds);
        assert_int_equal(state.create_time.nanos, cases[i].nanos);
    }
}

/* Bytes that are nearly the usual spelling. */
static void test_spellings_at_random(void **unused)
{
    static const uint8_t bytes[] = {0x08, 0x10, 0x01, 0x7F, 0x80, 0xFF, 0x00, 0x18};
    uint32_t seed = 1;

    (void)unused;
    for (int round = 0; round < 200000; round++) {
        uint8_t payload[12] = {0x08};
        execwire_state state;

        for (size_t i = 1; i < sizeof payload; i++) {
            seed = seed * 1664525 + 1013904223;
            payload[i] = bytes[seed >> 29];
        }
        (void)check(payload, (seed >> 8) % (sizeof payload + 1), &state); /* which asserts */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_spellings_at_random),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

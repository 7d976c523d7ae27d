/* Fields as writers write them, which are read the short way: where a text's length takes another
 * byte, where a message ends, and what is no longer as usual. The general way, which is taken when
 * a visitor looks on, reads the same.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/slow.h"
#include "support/wire.h"
#include "wire/reader.h"
#include "wire/usual.h"

#include <stdlib.h>
#include <string.h>

#define ENTRIES 16

static void look(void *context, const execwire_wire_field *field)
{
    (void)context;
    (void)field;
}

/* Reads in both ways and compares all that comes out. */
static execwire_code read_twice(const char *in, size_t size, execwire_state *state)
{
    static execwire_entry entries[2][ENTRIES];
    const execwire_wire_visitor visitor = {look, NULL};
    execwire_scratch quick = {.entries = entries[0], .entry_capacity = ENTRIES};
    execwire_scratch general = {.entries = entries[1], .entry_capacity = ENTRIES};
    execwire_error errors[2] = {{.code = EXECWIRE_OK}, {.code = EXECWIRE_OK}};
    execwire_state other;
    execwire_code code = execwire_wire_read(in, size, &quick, state, NULL, &errors[0]);

    assert_int_equal(execwire_wire_read(in, size, &general, &other, &visitor, &errors[1]), code);
    assert_int_equal(errors[0].code, errors[1].code);
    assert_int_equal(errors[0].offset, errors[1].offset);
    assert_string_equal(errors[0].path, errors[1].path);
    assert_int_equal(quick.unknown_count, general.unknown_count);
    assert_int_equal(quick.entry_count, general.entry_count);
    assert_true(execwire_state_equal(state, &other));
    return code;
}

/* ---- Lengths ---- */

/* Where a length takes another byte, what is behind the text is more of the same. */
#define FILLERS "\x00\x01\x22\x7F"

/* JobID of so many bytes and what is behind it, which begins with another field; and cut off in its
 * last byte. */
static void check_text(char filler, size_t size, const char *behind, size_t behind_size)
{
    const size_t head = size < 0x80 ? 2 : size < 0x4000 ? 3 : 4;
    char *message = malloc(head + size + behind_size);
    execwire_state state;

    assert_non_null(message);
    message[0] = 0x22;
    memcpy(message + 1,
           (const char[]){(char)(size & 0x7F), (char)(size >> 7 & 0x7F), (char)(size >> 14)},
           head - 1);
    for (size_t i = 1; i < head - 1; i++)
        message[i] |= (char)0x80;
    memset(message + head, filler, size);
    memcpy(message + head + size, behind, behind_size);
    assert_int_equal(read_twice(message, head + size + behind_size, &state), EXECWIRE_OK);
    assert_ptr_equal(state.job_id.data, message + head);
    assert_int_equal(state.job_id.size, size);
    assert_int_equal(state.has_version, behind_size > 0);
    assert_int_equal(state.version, behind_size > 0 ? 4 : 0);
    if (size > 0)
        assert_int_equal(read_twice(message, head + size - 1, &state), EXECWIRE_ERROR_TRUNCATED);
    free(message);
}

static void test_a_text_of_every_length(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof FILLERS - 1; i++)
        for (size_t size = 0; size <= 16500; size += size == 400 ? 15900 : 1) {
            check_text(FILLERS[i], size, WIRE(""));
            check_text(FILLERS[i], size, WIRE("\x58\x04"));
        }
}

/* So much behind a text that any length that is misread is there as well. */
static void test_a_text_before_a_large_one(void **unused)
{
    static const size_t sizes[] = {0, 1, 127, 128, 129, 255, 256, 300, 16383};
    static const char behind[70000] = "\x58\x04\x4A\xEA\xA2\x04";

    (void)unused;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        check_text('\0', sizes[i], behind, sizeof behind);
}

/* A length may be spelled in more bytes than it needs. */
static void test_a_length_of_two_bytes_that_needs_one(void **unused)
{
    execwire_state state;

    (void)unused;
    assert_int_equal(read_twice(WIRE("\x22\x83\x00xyz\x58\x04"), &state), EXECWIRE_OK);
    assert_int_equal(state.job_id.size, 3);
    assert_memory_equal(state.job_id.data, "xyz", 3);
    assert_int_equal(state.version, 4);
    assert_int_equal(read_twice(WIRE("\x22\x80\x00"), &state), EXECWIRE_OK);
    assert_non_null(state.job_id.data);
    assert_int_equal(state.job_id.size, 0);
}

/* ---- Numbers ---- */

/* Each kind of number with each value of one byte, the last field of the message and not. */
static void test_numbers_of_one_byte(void **unused)
{
    (void)unused;
    for (unsigned value = 0; value < 0x80; value++) {
        const char number = (char)value;
        const char message[] = {0x18, number, 0x32, 4,      0x28, number, 0x48, number,
                                0x3A, 4,      0x08, number, 0x30, number, 0x58, number};
        execwire_state state;

        assert_int_equal(read_twice(message, sizeof message, &state), EXECWIRE_OK);
        assert_true(state.has_desired_state && state.has_version);
        assert_int_equal(state.desired_state, value);
        assert_int_equal(state.version, value);
        assert_true(state.published_results.has_read_write);
        assert_int_equal(state.published_results.read_write, value != 0);
        assert_int_equal(state.published_results.storage_source, value);
        assert_int_equal(state.run_output.exit_code,
                         value % 2 != 0 ? -(int)(value / 2) - 1 : (int)(value / 2));
        assert_int_equal(state.run_output.stdouttruncated, value != 0);
    }
}

/* ---- What is nearly as usual ---- */

/* Each byte of each vector with each of its bits turned, and each end of it. */
static void check_changes(const char *bytes, size_t size, const char *json, size_t json_size)
{
    const unsigned step = slow_one_in(4, 16, "bits of the vectors");
    execwire_state state;

    (void)json;
    (void)json_size;
    for (size_t bit = 0; bit < 8 * size; bit += step) {
        char *changed = malloc(size);

        assert_non_null(changed);
        memcpy(changed, bytes, size);
        changed[bit / 8] ^= (char)(1 << bit % 8);
        (void)read_twice(changed, size, &state); /* which asserts */
        free(changed);
    }
    for (size_t cut = 0; cut <= size; cut++) {
        char *begun = malloc(cut > 0 ? cut : 1);

        assert_non_null(begun);
        memcpy(begun, bytes, cut);
        (void)read_twice(begun, cut, &state);
        free(begun);
    }
}

static void test_changes_of_every_vector(void **unused)
{
    (void)unused;
    wire_each_vector(check_changes);
}

/* ---- What is as usual: all of it goes the short way, so that it is worth having ---- */

#ifdef EXECWIRE_FAST_PATHS

/* How many bytes are taken, and what may come behind the field that is next. */
static size_t taken(const char *in, size_t size, size_t *next)
{
    const execwire_message *message = &execwire_messages[0];
    const uint8_t *start = (const uint8_t *)in;
    execwire_cursor bytes = {start, start + size};
    execwire_state state = {.has_state = false};

    *next = (size_t)(execwire_take_usual_fields(message->fields, message->fields + message->count,
                                                &bytes, &state) -
                     message->fields);
    return (size_t)(bytes.at - start);
}

static void test_usual_texts_are_taken(void **unused)
{
    static const size_t sizes[] = {0, 2, 64, 66, 126, 127, 128, 16383, 16384};
    static char message[16400] = "\x22";
    size_t next;

    (void)unused;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const size_t head = sizes[i] < 0x80 ? 2 : 3;
        const bool usual = sizes[i] < 0x4000;

        message[1] = (char)(head == 2 ? sizes[i] : 0x80 | (sizes[i] & 0x7F));
        message[2] = (char)(sizes[i] >> 7);
        for (size_t at = 0; at < sizes[i]; at++)
            message[head + at] = sizes[i] % 2 != 0 ? 'x' : at % 2 == 0 ? '\xC3' : '\xA9';
        assert_int_equal(taken(message, head + sizes[i], &next), usual ? head + sizes[i] : 0);
        /* one byte of it is no text */
        if (sizes[i] > 0) {
            message[head + sizes[i] - 1] = '\xFF';
            assert_int_equal(taken(message, head + sizes[i], &next), 0);
        }
    }
}

static void test_usual_numbers_and_times_are_taken(void **unused)
{
    size_t next;

    (void)unused;
    for (unsigned value = 0; value < 0x100; value++)
        assert_int_equal(taken((const char[]){0x58, (char)value}, 2, &next), value < 0x80 ? 2 : 0);
    assert_int_equal(taken(WIRE("\x12\x04\x08\x01\x10\x02"), &next), 6);
    assert_int_equal(taken(WIRE("\x12\x05\x08\x81\x01\x10\x02"), &next), 7);
    assert_int_equal(taken(WIRE("\x12\x02\x08\x01"), &next), 0);
}

/* As far as it is usual, and in order: then comes the general way, for one field. */
static void test_usual_fields_are_taken_together(void **unused)
{
    size_t next;

    (void)unused;
    assert_int_equal(taken(WIRE("\x0A\x01r\x18\x02\x22\x01j\x3A\x00\x58\x04"), &next), 8);
    assert_int_equal(next, 7);
    assert_int_equal(taken(WIRE("\x22\x01j\x2A\x01n\x40\x07\x58\x04"), &next), 10);
    assert_int_equal(next, 11);
    assert_int_equal(taken(WIRE("\x2A\x01n\x22\x01j"), &next), 3);
    assert_int_equal(next, 11);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_text_of_every_length),
        cmocka_unit_test(test_a_text_before_a_large_one),
        cmocka_unit_test(test_a_length_of_two_bytes_that_needs_one),
        cmocka_unit_test(test_numbers_of_one_byte),
        cmocka_unit_test(test_changes_of_every_vector),
#ifdef EXECWIRE_FAST_PATHS
        cmocka_unit_test(test_usual_texts_are_taken),
        cmocka_unit_test(test_usual_numbers_and_times_are_taken),
        cmocka_unit_test(test_usual_fields_are_taken_together),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

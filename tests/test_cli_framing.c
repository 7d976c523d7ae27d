/* The writers of all framings, with room of every size behind and before which nothing may be
 * touched, and the one place that gives them room, at every fill level of the output.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "cli/command.h"
#include "cli/link.h"

#include "support/random_state.h"
#include "support/slow.h"

#include <execwire/serial.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define GUARD       16
#define GUARD_BYTE  0x5A
#define FRAMINGS    5
#define LARGE       1000 /* bytes of text: a length of two bytes, and blocks of COBS */
#define VERY_LARGE  ((size_t)300 << 10) /* more than the output's buffer */
#define SOME_STATES 20

/* ---- What is to be written ---- */

/* A state's message in one framing. */
typedef struct framed {
    const framing *as;
    const execwire_state *state;
    char *message;
    size_t message_size;
    char *expected;
    size_t size;
    size_t asked; /* what NO_SPACE is to say of a state; of a message it is the size */
} framed;

static void *allocate(size_t size)
{
    void *memory = malloc(size);

    assert_non_null(memory);
    return memory;
}

static void expect_hex(framed *f)
{
    f->size = f->asked = 2 * f->message_size + 1;
    f->expected = allocate(f->size + 1);
    for (size_t i = 0; i < f->message_size; i++)
        snprintf(f->expected + 2 * i, 3, "%02x", (unsigned char)f->message[i]);
    f->expected[f->size - 1] = '\n';
}

/* By the definition of RFC 4648: 24 bits are four digits. */
static void expect_base64(framed *f)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t bits = 8 * f->message_size;

    f->size = (f->message_size + 2) / 3 * 4 + 1;
    f->asked = f->size > 2 * f->message_size ? f->size : 2 * f->message_size; /* half is enough */
    f->expected = allocate(f->size);
    memset(f->expected, '=', f->size - 1);
    for (size_t at = 0; at < bits; at += 6) {
        unsigned digit = 0;

        for (size_t i = at; i < at + 6; i++)
            digit = 2 * digit + (i < bits && ((unsigned char)f->message[i / 8] >> (7 - i % 8) & 1));
        f->expected[at / 6] = digits[digit];
    }
    f->expected[f->size - 1] = '\n';
}

static void expect_delimited(framed *f)
{
    size_t rest = f->message_size;

    f->expected = allocate(f->message_size + 5);
    for (f->size = 0; rest >= 128; rest /= 128)
        f->expected[f->size++] = (char)(rest % 128 + 128);
    f->expected[f->size++] = (char)rest;
    memcpy(f->expected + f->size, f->message, f->message_size);
    f->size = f->asked = f->size + f->message_size;
}

/* The library's own frame, which test_serial.c holds against Python's. */
static void expect_serial(framed *f)
{
    f->asked = EXECWIRE_SERIAL_SIZE(f->message_size);
    f->expected = allocate(f->asked);
    assert_int_equal(
        execwire_serial_write(f->message, f->message_size, f->expected, f->asked, &f->size, NULL),
        EXECWIRE_OK);
}

static void expect_single(framed *f)
{
    f->size = f->asked = f->message_size;
    f->expected = allocate(f->size + 1);
    memcpy(f->expected, f->message, f->size);
}

static void expect(framed *f, const execwire_state *state, unsigned which)
{
    static const framing *const framings[FRAMINGS] = {
        &framing_delimited, &framing_hex, &framing_serial, &framing_single, &framing_base64};
    static void (*const expecting[FRAMINGS])(framed *) = {
        expect_delimited, expect_hex, expect_serial, expect_single, expect_base64};

    *f = (framed){.as = framings[which], .state = state};
    assert_int_equal(execwire_encode(state, NULL, 0, &f->message_size, NULL), EXECWIRE_OK);
    f->message = allocate(f->message_size + 1);
    assert_int_equal(execwire_encode(state, f->message, f->message_size, &f->message_size, NULL),
                     EXECWIRE_OK);
    expecting[which](f);
}

static void forget(framed *f)
{
    free(f->message);
    free(f->expected);
}

/* Calls `check` with a state of no field, small and large ones, those on both sides of where the
 * length takes another byte, and some at random; in each framing. */
static void each_framed(void (*check)(const framed *f), size_t largest)
{
    static random_source randomness = {.seed = 9};
    static char text[VERY_LARGE];
    const size_t some_states = SOME_STATES / slow_one_in(4, 10, "the states at random");
    const size_t sizes[] = {0, 1, 124, 125, 126, 127, 248, 249, 250, 251, 252, 253, 254, largest};

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i % 900 < 300 ? 0 : i * i % 127); /* NUL bytes alone, and rarely */
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes + some_states; i++) {
        bool random = i >= sizeof sizes / sizeof *sizes;
        execwire_state state = {0};
        framed f;

        if (random)
            random_state(&randomness, &state);
        else if (i > 0)
            state.status = (execwire_str){text, sizes[i]};
        for (unsigned which = 0; which < FRAMINGS; which++) {
            expect(&f, &state, which);
            check(&f);
            forget(&f);
        }
    }
}

/* ---- The calls, with every capacity ---- */

typedef execwire_code call(const framed *f, void *out, size_t capacity, size_t *size,
                           execwire_error *error);

static execwire_code call_write(const framed *f, void *out, size_t capacity, size_t *size,
                                execwire_error *error)
{
    return f->as->write(f->state, out, capacity, size, error);
}

static execwire_code call_wrap(const framed *f, void *out, size_t capacity, size_t *size,
                               execwire_error *error)
{
    return f->as->wrap(f->message, f->message_size, out, capacity, size, error);
}

static bool is_guard(const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    unsigned other = 0;

    for (size_t i = 0; i < size; i++)
        other |= at[i] ^ GUARD_BYTE;
    return other == 0;
}

/* `guard` bytes are behind the room; without, a sanitizer sees the first byte too far. */
static void check_call(const framed *f, call *write, size_t asked, size_t capacity, size_t guard)
{
    execwire_error error = {.code = EXECWIRE_OK};
    uint8_t *room = allocate(capacity + guard);
    bool fits = capacity >= asked;
    size_t size = 77;

    memset(room, GUARD_BYTE, capacity + guard);
    assert_int_equal(write(f, room, capacity, &size, &error),
                     fits ? EXECWIRE_OK : EXECWIRE_ERROR_NO_SPACE);
    assert_int_equal(size, fits ? f->size : asked);
    assert_int_equal(error.code, fits ? EXECWIRE_OK : EXECWIRE_ERROR_NO_SPACE);
    assert_true(is_guard(room + capacity, guard));
    if (fits)
        assert_memory_equal(room, f->expected, size);
    free(room);
}

static void check_calls(const framed *f)
{
    for (size_t capacity = 0; capacity <= f->asked + 1; capacity++) {
        check_call(f, call_write, f->asked, capacity, 0);
        check_call(f, call_write, f->asked, capacity, GUARD);
        if (f->as->wrap == NULL)
            continue;
        check_call(f, call_wrap, f->size, capacity, 0);
        check_call(f, call_wrap, f->size, capacity, GUARD);
    }
}

static void test_every_capacity(void **unused)
{
    (void)unused;
    each_framed(check_calls, LARGE);
}

/* No framing leaves a size behind for a state that cannot be written. */
static void test_states_that_cannot_be_written(void **unused)
{
    static const framing *const framings[FRAMINGS] = {
        &framing_delimited, &framing_hex, &framing_serial, &framing_single, &framing_base64};
    const execwire_state state = {.status = EXECWIRE_STR("\xFF")};

    (void)unused;
    for (unsigned which = 0; which < FRAMINGS; which++)
        for (size_t capacity = 0; capacity < 10; capacity++) {
            char room[10];
            size_t size = 77;

            assert_int_equal(framings[which]->write(&state, room, capacity, &size, NULL),
                             EXECWIRE_ERROR_UTF8);
            assert_int_equal(size, 0);
        }
}

/* ---- The output, at every fill level ---- */

static int null_device;

/* An output whose buffer has this size, of which `filled` bytes are taken. Held: all of it has to
 * stay. */
static void open_output(output *out, size_t capacity, size_t filled, bool held)
{
    *out = (output){.name = "test", .fd = null_device, .held = held, .capacity = capacity};
    out->buffer = allocate(capacity);
    memset(out->buffer, GUARD_BYTE, capacity);
    out->size = filled;
}

static void check_output(output *out, size_t filled, const char *expected, size_t size)
{
    size_t before = out->held || out->size != size ? filled : 0;

    assert_int_equal(out->size, before + size);
    assert_in_range(out->size, 0, out->capacity);
    assert_true(is_guard(out->buffer, before));
    assert_memory_equal(out->buffer + before, expected, size);
    assert_false(out->failed);
    free(out->buffer);
}

/* The three ways to append: a state as a message, the message as a link's frame, a state as JSON.
 */
static void append(const framed *f, size_t capacity, size_t filled, bool held)
{
    const cli_options options = {.framing = f->as};
    cli_job job = {.options = &options};
    fault why;
    char *json;
    size_t json_size;

    open_output(&job.out, capacity, filled, held);
    assert_int_equal(command_write_message(&job, f->state, f->as, &why), OUTCOME_GOOD);
    check_output(&job.out, filled, f->expected, f->size);
    if (f->as->wrap != NULL) {
        open_output(&job.out, capacity, filled, held);
        link_put(&job.out, f->as, f->message, f->message_size);
        check_output(&job.out, filled, f->expected, f->size);
    }
    if (f->as != &framing_delimited)
        return;
    assert_int_equal(execwire_json_write(f->state, NULL, NULL, 0, &json_size, NULL), EXECWIRE_OK);
    json = allocate(json_size + 1);
    assert_int_equal(execwire_json_write(f->state, NULL, json, json_size, &json_size, NULL),
                     EXECWIRE_OK);
    json[json_size] = '\n';
    open_output(&job.out, capacity, filled, held);
    assert_int_equal(command_write_json(&job, f->state, NULL, &why), OUTCOME_GOOD);
    check_output(&job.out, filled, json, json_size + 1);
    free(json);
}

/* Every fill level of buffers that are smaller than what is written, as large, and larger. */
static void check_fill_levels(const framed *f)
{
    const size_t capacities[] = {0, 1, f->asked - (f->asked > 0), f->asked, f->asked + 3};

    if (f->message_size > 300)
        return;
    for (size_t i = 0; i < sizeof capacities / sizeof *capacities; i++)
        for (size_t filled = 0; filled <= capacities[i]; filled++) {
            append(f, capacities[i], filled, false);
            append(f, capacities[i], filled, true);
        }
}

/* The real buffer's last bytes, before what is smaller and what is larger than all of it. */
static void check_last_bytes(const framed *f)
{
    output real;

    output_use(&real, "test", null_device);
    free(real.buffer);
    for (size_t left = 0; left <= 3; left++)
        append(f, real.capacity, real.capacity - left, false);
    for (size_t left = f->asked - (f->asked > 0); left <= f->asked + 1 && left < real.capacity;
         left++)
        append(f, real.capacity, real.capacity - left, true);
    append(f, 3 * real.capacity, 3 * real.capacity, true);
}

static void test_every_fill_level(void **unused)
{
    (void)unused;
    each_framed(check_fill_levels, LARGE);
}

static void test_the_last_bytes_of_the_buffer(void **unused)
{
    (void)unused;
    each_framed(check_last_bytes, VERY_LARGE);
}

/* ---- Writers that are wrong ---- */

static execwire_code write_too_much(const void *what, void *room, size_t capacity, size_t *size,
                                    execwire_error *error)
{
    (void)what, (void)room, (void)error;
    *size = capacity + 1;
    return EXECWIRE_OK;
}

static execwire_code ask_for_what_is_there(const void *what, void *room, size_t capacity,
                                           size_t *size, execwire_error *error)
{
    (void)what, (void)room, (void)error;
    *size = capacity;
    return EXECWIRE_ERROR_NO_SPACE;
}

static execwire_code wrong_wrap(const void *message, size_t message_size, void *out,
                                size_t capacity, size_t *size, execwire_error *error)
{
    return write_too_much(message, out, capacity + message_size, size, error);
}

static execwire_code wrong_write(const execwire_state *state, void *out, size_t capacity,
                                 size_t *size, execwire_error *error)
{
    return write_too_much(state, out, capacity, size, error);
}

static void append_too_much(output *out)
{
    (void)output_append(out, write_too_much, NULL, NULL);
}

static void append_for_ever(output *out)
{
    (void)output_append(out, ask_for_what_is_there, NULL, NULL);
}

static void put_too_much(output *out)
{
    link_put(out, &(framing){.wrap = wrong_wrap}, "frame", 5);
}

static void write_wrongly(output *out)
{
    const execwire_state state = {0};
    cli_job job = {.out = *out};
    fault why;

    (void)command_write_message(&job, &state, &(framing){.write = wrong_write}, &why);
}

/* In a process of its own, as it ends. */
static void check_ends(void (*with)(output *out), const char *text)
{
    char said[200] = "";
    int ends[2];
    int status;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        output out;

        dup2(ends[1], STDERR_FILENO);
        open_output(&out, 64, 4, false);
        with(&out);
        _exit(0);
    }
    close(ends[1]);
    assert_in_range(read(ends[0], said, sizeof said - 1), 1, sizeof said - 1);
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), OUTCOME_IO);
    assert_string_equal(said, text);
}

static void test_a_writer_that_is_wrong_ends_the_command(void **unused)
{
    static const char too_much[] = "execwire: a mistake in execwire: 61 bytes in room for 60\n";

    (void)unused;
    check_ends(append_too_much, too_much);
    check_ends(write_wrongly, too_much);
    check_ends(put_too_much, "execwire: a mistake in execwire: 66 bytes in room for 60\n");
    check_ends(append_for_ever, "execwire: a mistake in execwire: 60 bytes in room for 60\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_capacity), cmocka_unit_test(test_states_that_cannot_be_written),
        cmocka_unit_test(test_every_fill_level),
        cmocka_unit_test(test_the_last_bytes_of_the_buffer),
        cmocka_unit_test(test_a_writer_that_is_wrong_ends_the_command)};

    null_device = open("/dev/null", O_WRONLY);
    return null_device < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}

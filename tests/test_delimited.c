/* Messages in a stream: written, cut into pieces everywhere, and refused.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/bad_states.h"
#include "support/json.h"
#include "support/wire.h"

#include <stdlib.h>
#include <string.h>

#define MAX_MESSAGES 64
#define ROOM         1024 /* holds each of the vectors */

/* Messages as they come out of a reader, copied. */
typedef struct messages {
    char *data[MAX_MESSAGES];
    size_t size[MAX_MESSAGES];
    size_t count;
} messages;

static void add(messages *list, const char *data, size_t size)
{
    char *copy = malloc(size + 1);

    assert_non_null(copy);
    assert_in_range(list->count, 0, MAX_MESSAGES - 1);
    memcpy(copy, data, size);
    list->data[list->count] = copy;
    list->size[list->count++] = size;
}

static void clear(messages *list)
{
    while (list->count > 0)
        free(list->data[--list->count]);
}

static void check_same(const messages *got, const messages *expected)
{
    assert_int_equal(got->count, expected->count);
    for (size_t i = 0; i < expected->count; i++)
        wire_check_bytes(got->data[i], got->size[i], expected->data[i], expected->size[i]);
}

/* ---- A stream of all vectors ---- */

static messages vectors;
static char stream[MAX_MESSAGES * ROOM];
static size_t stream_size;

/* A message after its length, as the specification has it: 7 bits a byte, the low ones first. */
static size_t delimit(const char *bytes, size_t size, char *out)
{
    size_t at = 0;

    assert_in_range(size, 0, ROOM - 2);
    if (size >= 0x80)
        out[at++] = (char)(0x80 | (size & 0x7F));
    out[at++] = (char)(size < 0x80 ? size : size >> 7);
    memcpy(out + at, bytes, size);
    return at + size;
}

static void append(const char *bytes, size_t size, const char *json, size_t json_size)
{
    (void)json;
    (void)json_size;
    add(&vectors, bytes, size);
    stream_size += delimit(bytes, size, stream + stream_size);
}

static int make_stream(void **unused)
{
    (void)unused;
    wire_each_vector(append);
    append("", 0, NULL, 0);
    append("", 0, NULL, 0);
    append("\x40\x07", 2, NULL, 0);
    return 0;
}

static int free_stream(void **unused)
{
    (void)unused;
    clear(&vectors);
    return 0;
}

/* ---- Writing ---- */

static void check_written(const char *bytes, size_t size, const char *json, size_t json_size)
{
    char expected[ROOM];
    wire_message m;

    (void)json;
    (void)json_size;
    wire_accept(&m, bytes, size);
    size = delimit(bytes, size, expected);
    wire_check_room(execwire_delimited_write, &m.state, expected, size);
    wire_free(&m);
}

static void test_written_vectors_in_room_of_every_size(void **unused)
{
    (void)unused;
    wire_each_vector(check_written);
}

static void test_long_prefixes(void **unused)
{
    static const struct {
        size_t size; /* of a string; its tag and length are 1 + 1, 1 + 2, 1 + 3 bytes */
        const char *prefix;
        size_t prefix_size;
    } cases[] = {
        {125, WIRE("\x7F")},
        {126, WIRE("\x80\x01")},
        {16380, WIRE("\xFF\x7F")},
        {16381, WIRE("\x80\x80\x01")},
        {2097147, WIRE("\xFF\xFF\x7F")},
        {2097148, WIRE("\x80\x80\x80\x01")},
    };
    char *text = malloc(2097148);
    char *out = malloc(2097148 + 8);

    (void)unused;
    assert_true(text != NULL && out != NULL);
    memset(text, 'x', 2097148);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        execwire_state s = {.job_id = {text, cases[i].size}};
        size_t measured;
        size_t size;

        assert_int_equal(execwire_delimited_write(&s, NULL, 0, &measured, NULL), EXECWIRE_OK);
        assert_int_equal(execwire_delimited_write(&s, out, measured, &size, NULL), EXECWIRE_OK);
        assert_int_equal(size, measured);
        assert_memory_equal(out, cases[i].prefix, cases[i].prefix_size);
        assert_int_equal(out[cases[i].prefix_size], 0x22);
        assert_memory_equal(out + size - cases[i].size, text, cases[i].size);
    }
    free(text);
    free(out);
}

static void check_refused(const execwire_state *state, execwire_code code, size_t offset,
                          const char *path)
{
    char out[101];
    execwire_error error;

    for (size_t capacity = 0; capacity < sizeof out; capacity++) {
        size_t size = 99;

        memset(out, 0x5A, sizeof out);
        assert_int_equal(execwire_delimited_write(state, out, capacity, &size, &error), code);
        json_check_error(&error, code, offset, path, NULL);
        assert_int_equal(size, 0);
        for (size_t i = capacity; i < sizeof out; i++)
            assert_int_equal(out[i], 0x5A);
    }
}

static void test_states_that_cannot_be_said(void **unused)
{
    execwire_state s = {.has_state = true};
    execwire_error error;

    (void)unused;
    bad_states_each(check_refused);
    check_refused(NULL, EXECWIRE_ERROR_ARGUMENT, 0, "");
    assert_int_equal(execwire_delimited_write(&s, NULL, 0, NULL, &error), EXECWIRE_ERROR_ARGUMENT);
    json_check_error(&error, EXECWIRE_ERROR_ARGUMENT, 0, "", NULL);
}

/* ---- Reading ---- */

/* Feeds one piece, in a block of its own, and adds what comes out of it. */
static void feed(execwire_delimited_reader *reader, const char *in, size_t in_size, messages *out)
{
    char *piece = malloc(in_size + 1);
    size_t at = 0;

    assert_non_null(piece);
    memcpy(piece, in, in_size);
    while (at < in_size) {
        execwire_str message;
        execwire_error error = {.offset = 99};
        size_t used;

        assert_int_equal(
            execwire_delimited_feed(reader, piece + at, in_size - at, &used, &message, &error),
            EXECWIRE_OK);
        assert_int_equal(error.offset, 99);
        assert_in_range(used, 1, in_size - at);
        /* all is taken, but for what is behind a complete message */
        assert_true(message.data != NULL || used == in_size - at);
        at += used;
        if (message.data != NULL)
            add(out, message.data, message.size);
    }
    free(piece);
}

static void check_end(const execwire_delimited_reader *reader, bool complete, size_t start)
{
    execwire_error error = {.offset = 99};
    execwire_code code = complete ? EXECWIRE_OK : EXECWIRE_ERROR_TRUNCATED;

    assert_int_equal(execwire_delimited_end(reader, NULL), code);
    assert_int_equal(execwire_delimited_end(reader, &error), code);
    if (complete)
        assert_int_equal(error.offset, 99);
    else
        json_check_error(&error, EXECWIRE_ERROR_TRUNCATED, start, "", NULL);
}

/* Where the message begins in which `cut` lies; `*complete` when it lies between two. */
static size_t start_of(size_t cut, bool *complete)
{
    size_t at = 0;

    for (size_t i = 0; i < vectors.count; i++) {
        size_t next = at + vectors.size[i] + (vectors.size[i] < 0x80 ? 1 : 2);

        if (next > cut)
            break;
        at = next;
    }
    *complete = at == cut;
    return at;
}

static void test_a_stream_cut_at_every_byte(void **unused)
{
    (void)unused;
    for (size_t cut = 0; cut <= stream_size; cut++) {
        char buffer[ROOM];
        execwire_delimited_reader reader;
        messages got = {.count = 0};
        bool complete;
        size_t start = start_of(cut, &complete);

        execwire_delimited_init(&reader, buffer, sizeof buffer);
        feed(&reader, stream, cut, &got);
        check_end(&reader, complete, start);
        feed(&reader, stream + cut, stream_size - cut, &got);
        check_end(&reader, true, 0);
        check_same(&got, &vectors);
        clear(&got);
    }
}

static void test_a_stream_in_pieces_of_every_size(void **unused)
{
    (void)unused;
    for (size_t piece = 1; piece <= stream_size; piece++) {
        char buffer[ROOM];
        execwire_delimited_reader reader;
        messages got = {.count = 0};

        execwire_delimited_init(&reader, buffer, sizeof buffer);
        for (size_t at = 0; at < stream_size; at += piece)
            feed(&reader, stream + at, at + piece < stream_size ? piece : stream_size - at, &got);
        check_end(&reader, true, 0);
        check_same(&got, &vectors);
        clear(&got);
    }
}

/* A message that lies whole in a piece is a view into it: no copy, and no buffer is written. */
/* promise: delimited-message-valid */
static void test_a_whole_message_is_not_copied(void **unused)
{
    static const char in[] = "\x02\x40\x07\x02\x40\x08";
    char buffer[2] = "ZZ";
    execwire_delimited_reader reader;
    execwire_str message;
    size_t used;

    (void)unused;
    execwire_delimited_init(&reader, buffer, sizeof buffer);
    assert_int_equal(execwire_delimited_feed(&reader, in, 6, &used, &message, NULL), EXECWIRE_OK);
    assert_ptr_equal(message.data, in + 1);
    assert_int_equal(message.size, 2);
    assert_int_equal(used, 3);
    assert_memory_equal(buffer, "ZZ", 2);
    /* the second one comes in two pieces, so it is put together in the buffer */
    assert_int_equal(execwire_delimited_feed(&reader, in + 3, 2, &used, &message, NULL),
                     EXECWIRE_OK);
    assert_null(message.data);
    assert_int_equal(used, 2);
    assert_int_equal(execwire_delimited_feed(&reader, in + 5, 1, &used, &message, NULL),
                     EXECWIRE_OK);
    assert_ptr_equal(message.data, buffer);
    assert_memory_equal(buffer, "\x40\x08", 2);
}

/* An empty message is there at once, also when its length is the last byte of a piece. */
static void test_empty_messages(void **unused)
{
    char buffer[1];
    execwire_delimited_reader reader;
    execwire_str message;
    size_t used;

    (void)unused;
    execwire_delimited_init(&reader, buffer, sizeof buffer);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(execwire_delimited_feed(&reader, "", 1, &used, &message, NULL),
                         EXECWIRE_OK);
        assert_non_null(message.data);
        assert_int_equal(message.size, 0);
        assert_int_equal(used, 1);
    }
    /* an empty piece changes nothing */
    assert_int_equal(execwire_delimited_feed(&reader, "", 0, &used, &message, NULL), EXECWIRE_OK);
    assert_null(message.data);
    assert_int_equal(used, 0);
    check_end(&reader, true, 0);
}

static void test_long_and_longest_prefixes(void **unused)
{
    static const char in[] = "\x82\x80\x80\x80\x00\x40\x07\x80\x00";
    char buffer[4];
    execwire_delimited_reader reader;
    messages got = {.count = 0};

    (void)unused;
    execwire_delimited_init(&reader, buffer, sizeof buffer);
    feed(&reader, in, sizeof in - 1, &got);
    assert_int_equal(got.count, 2);
    wire_check_bytes(got.data[0], got.size[0], WIRE("\x40\x07"));
    assert_int_equal(got.size[1], 0);
    check_end(&reader, true, 0);
    clear(&got);
}

/* A byte at a time, on both sides of where a size needs another byte. */
static void test_sizes_around_a_longer_prefix(void **unused)
{
    (void)unused;
    for (size_t size = 0x7C; size <= 0x83; size++) {
        char text[0x83] = "", in[0x83 + 2], buffer[0x83];
        size_t in_size = delimit(text, size, in);
        execwire_delimited_reader reader;
        messages got = {.count = 0};

        execwire_delimited_init(&reader, buffer, sizeof buffer);
        for (size_t at = 0; at < in_size; at++)
            feed(&reader, in + at, 1, &got);
        assert_int_equal(got.count, 1);
        wire_check_bytes(got.data[0], got.size[0], text, size);
        clear(&got);
    }
}

/* ---- Refusals ---- */

/* `at` bytes of the stream are good messages, and the next one's length is not. */
static const struct {
    const char *bytes;
    size_t size;
    size_t at;
    execwire_code code;
} refusals[] = {
    {WIRE("\x80\x80\x80\x80\x80\x00"), 0, EXECWIRE_ERROR_VARINT},
    {WIRE("\x80\x80\x80\x80\x10"), 0, EXECWIRE_ERROR_VARINT},
    {WIRE("\xFF\xFF\xFF\xFF\x7F"), 0, EXECWIRE_ERROR_VARINT},
    {WIRE("\x02\x40\x07\xFF\xFF\xFF\xFF\xFF\xFF"), 3, EXECWIRE_ERROR_VARINT},
    {WIRE("\x05\x22\003abc"), 0, EXECWIRE_ERROR_TOO_LARGE},
    {WIRE("\x02\x40\x07\x05\x22\003abc"), 3, EXECWIRE_ERROR_TOO_LARGE},
    {WIRE("\x02\x40\x07\x80\x01"), 3, EXECWIRE_ERROR_TOO_LARGE},
    {WIRE("\x00\x00\xFF\xFF\xFF\xFF\x0F"), 2, EXECWIRE_ERROR_TOO_LARGE},
};

/* With a buffer of 4 bytes, in pieces of this size. */
static void check_refusal(size_t i, size_t piece)
{
    char buffer[4];
    execwire_delimited_reader reader;
    execwire_code code = EXECWIRE_OK;
    execwire_error error;
    execwire_str message;
    size_t used;

    execwire_delimited_init(&reader, buffer, sizeof buffer);
    for (size_t at = 0; code == EXECWIRE_OK && at < refusals[i].size; at += used) {
        size_t rest = refusals[i].size - at;

        code = execwire_delimited_feed(&reader, refusals[i].bytes + at, rest < piece ? rest : piece,
                                       &used, &message, &error);
    }
    assert_int_equal(code, refusals[i].code);
    json_check_error(&error, refusals[i].code, refusals[i].at, "", NULL);
    assert_null(message.data);
    assert_int_equal(execwire_delimited_end(&reader, NULL), EXECWIRE_ERROR_TRUNCATED);
    if (refusals[i].code == EXECWIRE_ERROR_TOO_LARGE) /* it is skipped: see below */
        return;
    /* the stream cannot be taken further */
    memset(&error, 0, sizeof error);
    assert_int_equal(execwire_delimited_feed(&reader, "\x00", 1, &used, &message, &error),
                     refusals[i].code);
    json_check_error(&error, refusals[i].code, refusals[i].at, "", NULL);
    assert_int_equal(used, 0);
    assert_null(message.data);
    assert_int_equal(execwire_delimited_end(&reader, NULL), EXECWIRE_ERROR_TRUNCATED);
}

/* promise: delimited-errors */
/* promise: no-waiting-for-gigabytes */
static void test_lengths_that_are_refused(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        for (size_t piece = 1; piece <= refusals[i].size; piece++)
            check_refusal(i, piece);
}

static void test_the_largest_message_that_is_accepted(void **unused)
{
    char buffer[4];
    execwire_delimited_reader reader;
    messages got = {.count = 0};

    (void)unused;
    execwire_delimited_init(&reader, buffer, 4);
    feed(&reader, "\x04\x22\002ab", 5, &got);
    feed(&reader, "\x04\x22\002a", 4, &got);
    feed(&reader, "b", 1, &got);
    assert_int_equal(got.count, 2);
    clear(&got);
}

static void test_arguments(void **unused)
{
    char buffer[4];
    execwire_delimited_reader reader;
    execwire_str message = {"x", 1};
    execwire_error error;
    size_t used = 99;

    (void)unused;
    execwire_delimited_init(&reader, buffer, sizeof buffer);
    assert_int_equal(execwire_delimited_feed(&reader, NULL, 1, &used, &message, &error),
                     EXECWIRE_ERROR_ARGUMENT);
    json_check_error(&error, EXECWIRE_ERROR_ARGUMENT, 0, "", NULL);
    assert_null(message.data);
    assert_int_equal(used, 0);
    assert_int_equal(execwire_delimited_feed(NULL, "", 1, &used, &message, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_delimited_feed(&reader, "", 1, NULL, &message, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_delimited_feed(&reader, "", 1, &used, NULL, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_delimited_end(NULL, &error), EXECWIRE_ERROR_ARGUMENT);
    json_check_error(&error, EXECWIRE_ERROR_ARGUMENT, 0, "", NULL);
    /* nothing of this was taken */
    check_end(&reader, true, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_stream_cut_at_every_byte),
        cmocka_unit_test(test_a_stream_in_pieces_of_every_size),
        cmocka_unit_test(test_written_vectors_in_room_of_every_size),
        cmocka_unit_test(test_long_prefixes),
        cmocka_unit_test(test_states_that_cannot_be_said),
        cmocka_unit_test(test_a_whole_message_is_not_copied),
        cmocka_unit_test(test_empty_messages),
        cmocka_unit_test(test_long_and_longest_prefixes),
        cmocka_unit_test(test_sizes_around_a_longer_prefix),
        cmocka_unit_test(test_lengths_that_are_refused),
        cmocka_unit_test(test_the_largest_message_that_is_accepted),
        cmocka_unit_test(test_arguments),
    };

    return cmocka_run_group_tests(tests, make_stream, free_stream);
}

/* A delimited reader that goes on behind a message that is too large, and one without a buffer. The
 * streams are put together here by hand: protobuf's encoding guide has their lengths.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/json.h"

#include <execwire/execwire.h>

#define CAPACITY 4

/* Two good messages; one of 300 bytes; a good one; one of 5 bytes; an empty one and a good one. */
#define LARGE     300
#define LARGE_AT  4
#define SECOND_AT (LARGE_AT + 2 + LARGE + 3)
#define STREAM    (SECOND_AT + 6 + 1 + 4)
#define MESSAGES  5
#define REFUSED   2
static char stream[STREAM];

static void make_stream(void)
{
    char *at = stream;

    memset(stream, 0x55, sizeof stream);
    memcpy(at, "\x02\x40\x07\x00", 4);
    memcpy(at + LARGE_AT, "\xAC\x02", 2);
    memcpy(at + SECOND_AT - 3, "\x02\x40\x08", 3);
    memcpy(at + SECOND_AT, "\x05", 1);
    memcpy(at + SECOND_AT + 6, "\x00\x03\x40\x89\x01", 5);
}

/* What came out of a stream, one after the other. */
typedef struct account {
    char text[64];
    size_t size;
    size_t messages;
    size_t refused[REFUSED + 1]; /* where */
    size_t refusals;
} account;

static void take(account *a, execwire_code code, const execwire_str *message,
                 const execwire_error *error)
{
    if (code != EXECWIRE_OK) {
        json_check_error(error, EXECWIRE_ERROR_TOO_LARGE, error->offset, "", NULL);
        assert_null(message->data);
        assert_in_range(a->refusals, 0, REFUSED);
        a->refused[a->refusals++] = error->offset;
    } else if (message->data != NULL) {
        assert_in_range(message->size, 0, sizeof a->text - a->size - 1);
        memcpy(a->text + a->size, message->data, message->size);
        a->size += message->size;
        a->text[a->size++] = '/';
        a->messages++;
    }
}

static void check_account(const account *a)
{
    static const char expected[] = "\x40\x07/"
                                   "/"
                                   "\x40\x08/"
                                   "/"
                                   "\x40\x89\x01/";

    assert_int_equal(a->messages, MESSAGES);
    assert_int_equal(a->size, sizeof expected - 1);
    assert_memory_equal(a->text, expected, sizeof expected - 1);
    assert_int_equal(a->refusals, REFUSED);
    assert_int_equal(a->refused[0], LARGE_AT);
    assert_int_equal(a->refused[1], SECOND_AT);
}

/* promise: delimited-errors */
static void test_too_large_is_skipped(void **unused)
{
    (void)unused;
    make_stream();
    for (size_t piece = 1; piece <= sizeof stream; piece++) {
        char buffer[CAPACITY];
        execwire_delimited_reader reader;
        account a = {.size = 0};
        size_t used;

        execwire_delimited_init(&reader, buffer, sizeof buffer);
        for (size_t at = 0; at < sizeof stream; at += used) {
            size_t rest = sizeof stream - at;
            execwire_str message;
            execwire_error error;
            execwire_code code = execwire_delimited_feed(
                &reader, stream + at, rest < piece ? rest : piece, &used, &message, &error);

            assert_in_range(used, 1, piece);
            take(&a, code, &message, &error);
        }
        check_account(&a);
        assert_int_equal(execwire_delimited_end(&reader, NULL), EXECWIRE_OK);
    }
}

/* The stream ends inside a message that is skipped. */
static void test_cut_while_skipping(void **unused)
{
    (void)unused;
    make_stream();
    for (size_t cut = LARGE_AT + 2; cut < LARGE_AT + 2 + LARGE; cut++) {
        char buffer[CAPACITY];
        execwire_delimited_reader reader;
        execwire_str message;
        execwire_error error;
        size_t used;

        execwire_delimited_init(&reader, buffer, sizeof buffer);
        for (size_t at = 0; at < cut; at += used)
            (void)execwire_delimited_feed(&reader, stream + at, cut - at, &used, &message, NULL);
        assert_int_equal(execwire_delimited_end(&reader, &error), EXECWIRE_ERROR_TRUNCATED);
        json_check_error(&error, EXECWIRE_ERROR_TRUNCATED, LARGE_AT, "", NULL);
    }
}

/* Without a buffer: what is not taken is given again, with `more` bytes behind it. */
static void read_window(size_t more)
{
    execwire_delimited_reader reader;
    account a = {.size = 0};
    size_t start = 0, end = 0;

    execwire_delimited_init(&reader, NULL, CAPACITY);
    while (start < sizeof stream) {
        execwire_str message;
        execwire_error error;
        size_t used;
        execwire_code code;

        end = end + more < sizeof stream ? end + more : sizeof stream;
        do {
            code = execwire_delimited_feed(&reader, stream + start, end - start, &used, &message,
                                           &error);
            take(&a, code, &message, &error);
            if (message.data != NULL)
                assert_ptr_equal(message.data + message.size, stream + start + used);
            start += used;
        } while (used > 0 && start < end);
        if (start < end) { /* what is known of the message that goes on */
            assert_int_equal(reader.start, start);
            assert_true(!reader.prefix_done || reader.prefix_size + reader.length > end - start);
            assert_int_equal(execwire_delimited_end(&reader, NULL), EXECWIRE_ERROR_TRUNCATED);
        }
    }
    check_account(&a);
    assert_int_equal(execwire_delimited_end(&reader, NULL), EXECWIRE_OK);
}

static void test_without_a_buffer(void **unused)
{
    (void)unused;
    make_stream();
    for (size_t more = 1; more <= sizeof stream; more++)
        read_window(more);
}

static void test_a_length_that_is_none_without_a_buffer(void **unused)
{
    execwire_delimited_reader reader;
    execwire_str message;
    execwire_error error;
    size_t used;

    (void)unused;
    execwire_delimited_init(&reader, NULL, CAPACITY);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(
            execwire_delimited_feed(&reader, "\xFF\xFF\xFF\xFF\x7F", 5, &used, &message, &error),
            EXECWIRE_ERROR_VARINT);
        json_check_error(&error, EXECWIRE_ERROR_VARINT, 0, "", NULL);
        assert_int_equal(used, 0);
        assert_null(message.data);
    }
}

/* promise: delimited-prefix */
static void test_prefixes(void **unused)
{
    static const struct {
        size_t message_size;
        const char *bytes;
        size_t size;
    } prefixes[] = {
        {0, "\x00", 1},
        {127, "\x7F", 1},
        {128, "\x80\x01", 2},
        {300, "\xAC\x02", 2},
        {150, "\x96\x01", 2}, /* the encoding guide's own example */
        {16383, "\xFF\x7F", 2},
        {16384, "\x80\x80\x01", 3},
        {EXECWIRE_MAX_SIZE, "\xFF\xFF\xFF\xFF\x07", 5},
    };
    uint8_t out[EXECWIRE_DELIMITED_PREFIX_SIZE];

    (void)unused;
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        assert_int_equal(execwire_delimited_prefix(prefixes[i].message_size, out),
                         prefixes[i].size);
        assert_memory_equal(out, prefixes[i].bytes, prefixes[i].size);
        assert_int_equal(execwire_delimited_prefix(prefixes[i].message_size, NULL),
                         prefixes[i].size);
    }
    assert_int_equal(execwire_delimited_prefix((size_t)EXECWIRE_MAX_SIZE + 1, out), 0);
    assert_int_equal(execwire_delimited_prefix((size_t)EXECWIRE_MAX_SIZE + 1, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_too_large_is_skipped),
        cmocka_unit_test(test_cut_while_skipping),
        cmocka_unit_test(test_without_a_buffer),
        cmocka_unit_test(test_a_length_that_is_none_without_a_buffer),
        cmocka_unit_test(test_prefixes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

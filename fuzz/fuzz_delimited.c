/* A stream gives the same messages and errors however it is cut into pieces, and what the writer
 * writes comes back as one message.
 *
 * Input: two bytes that say how much a message may have (little-endian), then the stream.
 *
 * SPDX-License-Identifier: Apache-2.0 */
/* promise: no-waiting-for-gigabytes */
#include "support.h"

#include "wire/cursor.h"

#include <stdlib.h>
#include <string.h>

#define CAPACITY_SIZE 2
#define MAX_CAPACITY  1024
#define EVERY_CUT     48 /* a stream of at most that many bytes is cut at each of them */

/* What a reader said about a stream. */
typedef struct account {
    size_t count;
    size_t sizes; /* of all messages together */
    size_t hash;  /* of all messages */
    size_t used;  /* bytes of the stream up to its error, or all */
    execwire_code code;
    execwire_error error; /* where the status is not OK */
} account;

typedef void take_message(const execwire_str *message);

static void log_message(account *a, const execwire_str *message)
{
    size_t link[3] = {a->hash, message->size, fuzz_hash(message->data, message->size)};

    a->hash = fuzz_hash(link, sizeof link);
    a->sizes += message->size;
    a->count++;
}

/* Memory that every piece is copied to before it is fed, and that is overwritten afterwards: the
 * reader may look neither beyond a piece nor at one that has gone. */
typedef struct room {
    uint8_t *data;
    size_t size; /* of the largest piece */
} room;

static void feed_piece(execwire_delimited_reader *reader, account *a, const room *r,
                       const uint8_t *in, size_t size, take_message *take)
{
    uint8_t *piece = r->data + (r->size - size);
    size_t at = 0;

    memcpy(piece, in, size);
    while (at < size && a->code == EXECWIRE_OK) {
        execwire_str message;
        size_t used;

        a->code =
            execwire_delimited_feed(reader, piece + at, size - at, &used, &message, &a->error);
        FUZZ_REQUIRE(used > 0 && used <= size - at);
        FUZZ_REQUIRE(message.size <= reader->capacity);
        FUZZ_REQUIRE(message.data != NULL || message.size == 0);
        FUZZ_REQUIRE(message.data == NULL || a->code == EXECWIRE_OK);
        at += used;
        if (message.data == NULL)
            continue;
        log_message(a, &message);
        if (take != NULL)
            take(&message);
    }
    a->used += at;
    memset(piece, 0xA5, size);
}

/* Reads the stream in pieces: one that ends at `cut`, then such of `step` bytes. */
static account read_stream(const uint8_t *in, size_t size, size_t capacity, size_t cut, size_t step,
                           take_message *take)
{
    uint8_t *buffer = fuzz_block(capacity);
    room r = {NULL, cut > step ? cut : step};
    execwire_delimited_reader reader;
    account a;

    memset(&a, 0, sizeof a);
    r.data = fuzz_block(r.size);
    execwire_delimited_init(&reader, buffer, capacity);
    feed_piece(&reader, &a, &r, in, cut, take);
    for (size_t at = cut; at < size && a.code == EXECWIRE_OK; at += step)
        feed_piece(&reader, &a, &r, in + at, step < size - at ? step : size - at, take);
    if (a.code == EXECWIRE_OK)
        a.code = execwire_delimited_end(&reader, &a.error);
    if (a.code != EXECWIRE_OK)
        FUZZ_REQUIRE(fuzz_good_error(&a.error, a.code, size));
    free(r.data);
    free(buffer);
    return a;
}

static bool same_account(const account *left, const account *right)
{
    return left->count == right->count && left->sizes == right->sizes &&
           left->hash == right->hash && left->used == right->used && left->code == right->code &&
           (left->code == EXECWIRE_OK || fuzz_same_error(&left->error, &right->error));
}

static void require_cuts_agree(const account *whole, const uint8_t *in, size_t size,
                               size_t capacity)
{
    size_t vary = fuzz_hash(in, size);
    account cut = read_stream(in, size, capacity, 0, 1, NULL);

    FUZZ_REQUIRE(same_account(whole, &cut));
    cut = read_stream(in, size, capacity, vary % (size + 1), 1 + vary % 13, NULL);
    FUZZ_REQUIRE(same_account(whole, &cut));
    for (size_t at = 1; at < size && size <= EVERY_CUT; at++) {
        cut = read_stream(in, size, capacity, at, size, NULL);
        FUZZ_REQUIRE(same_account(whole, &cut));
    }
}

/* A message that can be decoded is written as a stream of one message, which is its bytes. */
static void require_written_back(const execwire_str *message)
{
    fuzz_record record;

    fuzz_decode(&record, message->data, message->size);
    if (record.code == EXECWIRE_OK) {
        fuzz_bytes bytes = fuzz_encode(&record.state, message->size);
        fuzz_bytes stream = fuzz_delimited_write(&record.state, message->size);
        execwire_str text = {(const char *)bytes.data, bytes.size};
        account expected = {.used = stream.size};
        account a = read_stream(stream.data, stream.size, bytes.size, stream.size, 1, NULL);

        log_message(&expected, &text);
        FUZZ_REQUIRE(same_account(&expected, &a));
        free(stream.data);
        free(bytes.data);
    }
    fuzz_free_record(&record);
}

static void run(const uint8_t *in, size_t size)
{
    size_t capacity;
    account whole;

    if (size < CAPACITY_SIZE)
        return;
    capacity = (size_t)(in[0] | in[1] << 8) % (MAX_CAPACITY + 1);
    in += CAPACITY_SIZE;
    size -= CAPACITY_SIZE;
    whole = read_stream(in, size, capacity, size, 1, require_written_back);
    FUZZ_REQUIRE(whole.code != EXECWIRE_OK || whole.sizes + whole.count <= size);
    require_cuts_agree(&whole, in, size, capacity);
}

/* ---- Mutation ---- */

#define MOST_MESSAGES 64

/* Where the messages begin, each with its length before it, and where the last whole one ends. */
static size_t find_messages(const execwire_fuzz_buffer *b, size_t starts[MOST_MESSAGES + 1])
{
    execwire_cursor bytes = {b->data, b->data + b->size};
    execwire_cursor message;
    uint64_t length;
    size_t count = 0;

    bytes.at += CAPACITY_SIZE;
    for (;;) {
        starts[count] = (size_t)(bytes.at - b->data);
        if (count == MOST_MESSAGES || execwire_cursor_varint(&bytes, &length) != EXECWIRE_OK ||
            execwire_cursor_take(&bytes, (size_t)length, &message) != EXECWIRE_OK)
            return count;
        count++;
    }
}

/* A message with another field, and the length that it has then. */
static size_t mutate(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity)
{
    execwire_fuzz_buffer b = {data, size, capacity};
    size_t starts[MOST_MESSAGES + 1];
    size_t count = size > CAPACITY_SIZE ? find_messages(&b, starts) : 0;
    size_t one;

    if (count == 0 || execwire_fuzz_below(c, 2) == 0)
        return c->bytes(c, data, size, capacity);
    one = execwire_fuzz_below(c, count);
    execwire_fuzz_prefixed(c, &b, starts[one], starts[one + 1]);
    return b.size;
}

const fuzz_target fuzz_this_target = {.name = "delimited", .run = run, .mutate = mutate};

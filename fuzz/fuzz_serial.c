/* A line gives the same messages and errors however it is cut into pieces, and whatever was framed
 * comes back as one message, behind any noise.
 *
 * Input: two bytes that say how much a frame may have (little-endian), then what is on the line.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <execwire/serial.h>

#include <stdlib.h>
#include <string.h>

#define CAPACITY_SIZE 2
#define MAX_CAPACITY  1024

/* What a reader said about a line. */
typedef struct account {
    size_t count;  /* of messages */
    size_t errors; /* of the frames dropped */
    size_t hash;   /* of all messages, and of all errors with their offsets */
    execwire_str last;
    execwire_code end;
} account;

static void log_event(account *a, execwire_code code, size_t offset, execwire_str message)
{
    size_t link[5] = {a->hash, (size_t)code, offset, message.size,
                      message.data != NULL ? fuzz_hash(message.data, message.size) : 0};

    a->hash = fuzz_hash(link, sizeof link);
    a->errors += code != EXECWIRE_OK;
    a->count += message.data != NULL;
    if (message.data != NULL)
        a->last = message;
}

/* A piece is copied to memory of its own, where nothing lies behind it. */
static void feed_piece(execwire_serial_reader *reader, account *a, const uint8_t *in, size_t size,
                       size_t line_size)
{
    uint8_t *piece = fuzz_block(size);

    memcpy(piece, in, size);
    for (size_t at = 0; at < size;) {
        execwire_str message;
        execwire_error error = {.offset = 0};
        size_t used;
        execwire_code code =
            execwire_serial_feed(reader, piece + at, size - at, &used, &message, &error);

        FUZZ_REQUIRE(used > 0 && used <= size - at);
        FUZZ_REQUIRE(message.data == NULL || code == EXECWIRE_OK);
        FUZZ_REQUIRE(message.data == NULL ||
                     message.size + EXECWIRE_SERIAL_CRC_SIZE <= reader->capacity);
        if (code != EXECWIRE_OK)
            FUZZ_REQUIRE(fuzz_good_error(&error, code, line_size));
        if (code != EXECWIRE_OK || message.data != NULL)
            log_event(a, code, error.offset, message);
        at += used;
    }
    FUZZ_REQUIRE(reader->dropped == a->errors);
    free(piece);
}

/* Reads a line in pieces of `step` bytes. `buffer` holds the last message. */
static account read_line(const uint8_t *in, size_t size, uint8_t *buffer, size_t capacity,
                         size_t step)
{
    execwire_serial_reader reader;
    account a;

    memset(&a, 0, sizeof a);
    execwire_serial_init(&reader, buffer, capacity);
    for (size_t at = 0; at < size; at += step)
        feed_piece(&reader, &a, in + at, step < size - at ? step : size - at, size);
    a.end = execwire_serial_end(&reader, NULL);
    return a;
}

static void require_cuts_agree(const uint8_t *in, size_t size, size_t capacity)
{
    const size_t steps[] = {size + 1, 1, 2 + fuzz_hash(in, size) % 13};
    uint8_t *buffer = fuzz_block(capacity);
    account whole = read_line(in, size, buffer, capacity, steps[0]);

    for (size_t i = 1; i < sizeof steps / sizeof *steps; i++) {
        account cut = read_line(in, size, buffer, capacity, steps[i]);

        FUZZ_REQUIRE(cut.count == whole.count && cut.errors == whole.errors);
        FUZZ_REQUIRE(cut.hash == whole.hash && cut.end == whole.end);
    }
    free(buffer);
}

/* The input as a message: framed, also where it lies in its own frame, and read back behind the
 * input as noise. */
static void require_gets_through(const uint8_t *in, size_t size)
{
    size_t needed;
    size_t written;
    uint8_t *line = fuzz_block(size + EXECWIRE_SERIAL_SIZE(size));
    uint8_t *frame = line + size;
    uint8_t *both = fuzz_block(EXECWIRE_SERIAL_SIZE(size));
    uint8_t *buffer = fuzz_block(size + EXECWIRE_SERIAL_CRC_SIZE);
    account a;

    memcpy(line, in, size);
    memcpy(both + EXECWIRE_SERIAL_LEAD(size), in, size);
    FUZZ_REQUIRE(execwire_serial_write(in, size, NULL, 0, &needed, NULL) == EXECWIRE_OK);
    FUZZ_REQUIRE(needed <= EXECWIRE_SERIAL_SIZE(size));
    FUZZ_REQUIRE(execwire_serial_write(in, size, frame, needed - 1, &written, NULL) ==
                 EXECWIRE_ERROR_NO_SPACE);
    FUZZ_REQUIRE(execwire_serial_write(in, size, frame, needed, &written, NULL) == EXECWIRE_OK);
    FUZZ_REQUIRE(written == needed && memchr(frame + 1, 0, needed - 2) == NULL);
    FUZZ_REQUIRE(execwire_serial_write(both + EXECWIRE_SERIAL_LEAD(size), size, both,
                                       EXECWIRE_SERIAL_SIZE(size), &written, NULL) == EXECWIRE_OK);
    FUZZ_REQUIRE(written == needed && memcmp(both, frame, needed) == 0);
    a = read_line(line, size + needed, buffer, size + EXECWIRE_SERIAL_CRC_SIZE, size + needed);
    FUZZ_REQUIRE(a.end == EXECWIRE_OK && a.last.data != NULL && a.last.size == size);
    FUZZ_REQUIRE(size == 0 || memcmp(a.last.data, in, size) == 0);
    free(buffer);
    free(both);
    free(line);
}

static void run(const uint8_t *in, size_t size)
{
    if (size < CAPACITY_SIZE)
        return;
    require_cuts_agree(in + CAPACITY_SIZE, size - CAPACITY_SIZE,
                       (size_t)(in[0] | in[1] << 8) % (MAX_CAPACITY + 1));
    require_gets_through(in + CAPACITY_SIZE, size - CAPACITY_SIZE);
}

const fuzz_target fuzz_this_target = {.name = "serial", .run = run};

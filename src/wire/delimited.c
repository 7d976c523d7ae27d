/* Messages in a stream, each after its size (protobuf's writeDelimitedTo).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/target.h"
#include "error/error.h"
#include "wire/at_once.h"
#include "wire/cursor.h"
#include "wire/format.h"
#include "wire/writer.h"

#include <execwire/execwire.h>

#include <string.h>

#ifdef EXECWIRE_FAST_PATHS

/* Bytes before a message of the usual size, 128 to 16,383 bytes. */
#define USUAL_PREFIX 2

/* The message is written where it belongs if its size is a usual one, so that such a message is
 * checked and measured once. Any other is written again, at its place. Without it: encode
 * +25.9 %. */
execwire_code execwire_delimited_write(const execwire_state *state, void *out, size_t capacity,
                                       size_t *size, execwire_error *error)
{
    size_t message_size;
    size_t prefix_size;
    execwire_code code;

    if (size != NULL)
        *size = 0;
    if (state == NULL || size == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    code = execwire_check_and_write(state, out, capacity, USUAL_PREFIX, &message_size, error);
    if (code != EXECWIRE_OK)
        return code;
    if (message_size > EXECWIRE_MAX_SIZE)
        return execwire_fail(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    prefix_size = execwire_varint_size(message_size);
    *size = prefix_size + message_size;
    if (out == NULL)
        return EXECWIRE_OK;
    if (*size > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    out = execwire_varint_put(out, message_size);
    if (prefix_size != USUAL_PREFIX)
        execwire_write_message(state, out, message_size);
    return EXECWIRE_OK;
}

#else /* a second call of the writer would cost every encoder stack */

execwire_code execwire_delimited_write(const execwire_state *state, void *out, size_t capacity,
                                       size_t *size, execwire_error *error)
{
    size_t message_size;
    size_t needed;
    execwire_code code;

    if (size == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    *size = 0;
    code = execwire_encode(state, NULL, 0, &message_size, error);
    if (code != EXECWIRE_OK)
        return code;
    needed = execwire_varint_size(message_size) + message_size;
    *size = needed;
    if (out == NULL)
        return EXECWIRE_OK;
    if (needed > capacity)
        return execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
    out = execwire_varint_put(out, message_size);
    return execwire_encode(state, out, message_size, &message_size, error);
}

#endif

size_t execwire_delimited_prefix(size_t message_size, uint8_t out[EXECWIRE_DELIMITED_PREFIX_SIZE])
{
    if (message_size > EXECWIRE_MAX_SIZE)
        return 0;
    if (out == NULL)
        return execwire_varint_size(message_size);
    return (size_t)(execwire_varint_put(out, message_size) - out);
}

#ifndef EXECWIRE_NO_DECODE

void execwire_delimited_init(execwire_delimited_reader *reader, void *buffer, size_t capacity)
{
    if (reader == NULL)
        return;
    memset(reader, 0, sizeof *reader);
    reader->buffer = buffer;
    reader->capacity = capacity;
}

static bool prefix_complete(const execwire_delimited_reader *reader)
{
    size_t size = reader->prefix_size;

    return size > 0 && (size == sizeof reader->prefix || reader->prefix[size - 1] < 0x80);
}

/* Takes bytes of the length prefix until it is complete or the piece ends. One that ends a stream
 * is found again by each further call. */
static execwire_code feed_prefix(execwire_delimited_reader *reader, execwire_cursor *piece,
                                 execwire_error *error)
{
    execwire_cursor prefix = {reader->prefix, reader->prefix};
    uint32_t length;

    while (piece->at < piece->end && !prefix_complete(reader))
        reader->prefix[reader->prefix_size++] = *piece->at++;
    if (!prefix_complete(reader))
        return EXECWIRE_OK;
    prefix.end += reader->prefix_size;
    if (execwire_cursor_varint32(&prefix, EXECWIRE_ERROR_VARINT, &length) != EXECWIRE_OK)
        return execwire_fail(error, EXECWIRE_ERROR_VARINT, reader->start);
    reader->length = length;
    reader->prefix_done = true;
    reader->skipping = length > reader->capacity;
    if (reader->skipping)
        return execwire_fail(error, EXECWIRE_ERROR_TOO_LARGE, reader->start);
    return EXECWIRE_OK;
}

static void start_next(execwire_delimited_reader *reader)
{
    reader->start += reader->prefix_size + reader->length;
    reader->filled = 0;
    reader->prefix_size = 0;
    reader->prefix_done = false;
    reader->skipping = false;
}

static bool is_whole(const execwire_delimited_reader *reader, const execwire_cursor *piece)
{
    return reader->length <= (size_t)(piece->end - piece->at);
}

/* Takes a message that lies whole in the piece, without a copy. */
static void take_whole(execwire_delimited_reader *reader, execwire_cursor *piece,
                       execwire_str *message)
{
    *message = (execwire_str){(const char *)piece->at, reader->length};
    piece->at += reader->length;
    start_next(reader);
}

/* Takes bytes of the message into the buffer. */
static void fill_buffer(execwire_delimited_reader *reader, execwire_cursor *piece,
                        execwire_str *message)
{
    size_t missing = reader->length - reader->filled;
    size_t available = (size_t)(piece->end - piece->at);
    size_t size = available < missing ? available : missing;

    memcpy(reader->buffer + reader->filled, piece->at, size);
    piece->at += size;
    reader->filled += size;
    if (reader->filled < reader->length)
        return;
    *message = (execwire_str){(const char *)reader->buffer, reader->length};
    start_next(reader);
}

/* Takes bytes of a message that is too large. */
static void skip_message(execwire_delimited_reader *reader, execwire_cursor *piece)
{
    size_t missing = reader->length - reader->filled;
    size_t available = (size_t)(piece->end - piece->at);
    size_t size = available < missing ? available : missing;

    piece->at += size;
    reader->filled += size;
    if (size == missing)
        start_next(reader);
}

/* Takes the message if it lies whole in the piece, and nothing of it if not. */
static execwire_code feed_whole(execwire_delimited_reader *reader, execwire_cursor *piece,
                                execwire_str *message, execwire_error *error)
{
    const uint8_t *start = piece->at;
    execwire_code code;

    reader->prefix_size = 0;
    reader->prefix_done = false;
    code = feed_prefix(reader, piece, error);
    if (code == EXECWIRE_ERROR_TOO_LARGE)
        return code;
    if (code == EXECWIRE_OK && reader->prefix_done && is_whole(reader, piece))
        take_whole(reader, piece, message);
    else
        piece->at = start;
    return code;
}

static execwire_code feed_buffer(execwire_delimited_reader *reader, execwire_cursor *piece,
                                 execwire_str *message, execwire_error *error)
{
    execwire_code code = EXECWIRE_OK;

    if (!reader->prefix_done)
        code = feed_prefix(reader, piece, error);
    if (code != EXECWIRE_OK || !reader->prefix_done)
        return code;
    if (reader->filled == 0 && is_whole(reader, piece))
        take_whole(reader, piece, message);
    else
        fill_buffer(reader, piece, message);
    return EXECWIRE_OK;
}

execwire_code execwire_delimited_feed(execwire_delimited_reader *reader, const void *in,
                                      size_t in_size, size_t *used, execwire_str *message,
                                      execwire_error *error)
{
    execwire_cursor piece = {in, in};
    execwire_code code = EXECWIRE_OK;

    if (used != NULL)
        *used = 0;
    if (message != NULL)
        *message = (execwire_str){NULL, 0};
    if (reader == NULL || used == NULL || message == NULL || (in == NULL && in_size > 0))
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    if (in_size == 0)
        return EXECWIRE_OK;
    piece.end += in_size;
    if (reader->skipping)
        skip_message(reader, &piece);
    else if (reader->buffer == NULL)
        code = feed_whole(reader, &piece, message, error);
    else
        code = feed_buffer(reader, &piece, message, error);
    *used = (size_t)(piece.at - (const uint8_t *)in);
    return code;
}

execwire_code execwire_delimited_end(const execwire_delimited_reader *reader, execwire_error *error)
{
    if (reader == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    if (reader->prefix_size > 0)
        return execwire_fail(error, EXECWIRE_ERROR_TRUNCATED, reader->start);
    return EXECWIRE_OK;
}

#endif

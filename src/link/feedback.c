/* What both ends need of frames: values of repeated fields, checks of control frames, feedback.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "link/frame.h"
#include "status/status.h"
#include "text/crc32.h"
#include "wire/reader.h"

#include <string.h>

/* ---- Repeated fields ---- */

/* What is left of a field's bytes; an absent one has none. */
static execwire_cursor rest_of(const execwire_str *rest)
{
    const uint8_t *data = (const uint8_t *)rest->data;

    return (execwire_cursor){data, rest->size > 0 ? data + rest->size : data};
}

static void set_rest(execwire_str *rest, const uint8_t *at)
{
    rest->size -= (size_t)((const char *)at - rest->data);
    rest->data = (const char *)at;
}

bool execwire_frame_next_bytes(execwire_str *rest, execwire_str *item)
{
    execwire_cursor bytes = rest_of(rest), taken;
    uint32_t tag, size;

    if (execwire_cursor_varint32(&bytes, EXECWIRE_ERROR_TAG, &tag) != EXECWIRE_OK ||
        execwire_cursor_varint32(&bytes, EXECWIRE_ERROR_LENGTH, &size) != EXECWIRE_OK ||
        execwire_cursor_take(&bytes, size, &taken) != EXECWIRE_OK)
        return false;
    *item = (execwire_str){(const char *)taken.at, size};
    set_rest(rest, bytes.at);
    return true;
}

bool execwire_frame_next_number(execwire_str *rest, uint32_t *value)
{
    execwire_cursor bytes = rest_of(rest);

    if (execwire_cursor_varint32(&bytes, EXECWIRE_ERROR_VARINT, value) != EXECWIRE_OK)
        return false;
    set_rest(rest, bytes.at);
    return true;
}

bool execwire_frame_next_fixed32(execwire_str *rest, uint32_t *value)
{
    const uint8_t *bytes = (const uint8_t *)rest->data;

    if (rest->size < 4)
        return false;
    *value = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
             (uint32_t)bytes[3] << 24;
    set_rest(rest, bytes + 4);
    return true;
}

bool execwire_frame_next_repair(execwire_str *rest, execwire_repair *repair)
{
    return execwire_frame_next_number(rest, &repair->update) &&
           execwire_frame_next_number(rest, &repair->whole) &&
           execwire_frame_next_number(rest, &repair->offset) &&
           execwire_frame_next_number(rest, &repair->size);
}

/* ---- Control frames ---- */

#define CHECK_SIZE 5 /* tag and value */

size_t execwire_frame_put_check(execwire_sink *sink)
{
    size_t at = sink->size;

    execwire_sink_tag(sink, EXECWIRE_FRAME_CHECK, EXECWIRE_WIRE_FIXED32);
    execwire_sink_fixed32(sink, 0);
    return at;
}

/* The checksum of all of a frame but its check. */
static uint32_t checksum(const uint8_t *frame, size_t size, size_t check_at)
{
    size_t after = check_at + CHECK_SIZE;

    return execwire_crc32(execwire_crc32(0, frame, check_at), frame + after, size - after);
}

uint32_t execwire_frame_finish_check(uint8_t *frame, size_t size, size_t check_at,
                                     execwire_str node, uint32_t salt)
{
    uint32_t crc = execwire_crc32(checksum(frame, size, check_at), node.data, node.size) ^ salt;
    execwire_buffer_sink value = execwire_sink_buffer(frame + check_at + 1, CHECK_SIZE - 1);

    execwire_sink_fixed32(&value.sink, crc);
    return crc;
}

/* ---- Feedback ---- */

static const uint8_t tags[EXECWIRE_FEEDBACK_FIELDS] = {
    [EXECWIRE_FEEDBACK_ACKS] = EXECWIRE_FRAME_ACKS << 3 | EXECWIRE_WIRE_BYTES,
    [EXECWIRE_FEEDBACK_CHECK] = EXECWIRE_FRAME_CHECK << 3 | EXECWIRE_WIRE_FIXED32,
    [EXECWIRE_FEEDBACK_WANTS] = EXECWIRE_FRAME_WANTS << 3 | EXECWIRE_WIRE_BYTES,
    [EXECWIRE_FEEDBACK_REPAIRS] = EXECWIRE_FRAME_REPAIRS << 3 | EXECWIRE_WIRE_BYTES,
};

static execwire_status read_field(execwire_cursor *bytes, execwire_str *fields)
{
    execwire_cursor taken = {NULL, NULL};
    uint32_t tag, size = 4;
    execwire_status status = execwire_cursor_varint32(bytes, EXECWIRE_ERROR_TAG, &tag);

    if (status == EXECWIRE_OK && (tag & 7) == EXECWIRE_WIRE_BYTES)
        status = execwire_cursor_varint32(bytes, EXECWIRE_ERROR_LENGTH, &size);
    if (status == EXECWIRE_OK)
        status = execwire_cursor_take(bytes, size, &taken);
    if (status != EXECWIRE_OK)
        return status;
    for (size_t i = 0; i < EXECWIRE_FEEDBACK_FIELDS; i++)
        if (tag == tags[i]) {
            fields[i] = (execwire_str){(const char *)taken.at, size};
            return EXECWIRE_OK;
        }
    return EXECWIRE_ERROR_LINK_FRAME;
}

/* Acknowledgments alone need no check: they are checks. */
static bool is_good(const uint8_t *frame, size_t size, const execwire_str *fields)
{
    execwire_str rest = fields[EXECWIRE_FEEDBACK_CHECK];
    const uint8_t *value = (const uint8_t *)rest.data;
    uint32_t check;

    if (fields[EXECWIRE_FEEDBACK_WANTS].data == NULL &&
        fields[EXECWIRE_FEEDBACK_REPAIRS].data == NULL)
        return fields[EXECWIRE_FEEDBACK_ACKS].data != NULL;
    return execwire_frame_next_fixed32(&rest, &check) &&
           check == checksum(frame, size, (size_t)(value - frame) - 1);
}

execwire_status execwire_feedback_read(const void *in, size_t in_size,
                                       execwire_str fields[EXECWIRE_FEEDBACK_FIELDS],
                                       execwire_error *error)
{
    const uint8_t *start = in;
    execwire_cursor bytes = {start, start + in_size};

    memset(fields, 0, EXECWIRE_FEEDBACK_FIELDS * sizeof *fields);
    while (bytes.at < bytes.end) {
        const uint8_t *field = bytes.at;
        execwire_status status = read_field(&bytes, fields);

        if (status != EXECWIRE_OK)
            return execwire_fail(error, status, (size_t)(field - start));
    }
    if (!is_good(in, in_size, fields))
        return execwire_fail(error, EXECWIRE_ERROR_LINK_FRAME, 0);
    return EXECWIRE_OK;
}

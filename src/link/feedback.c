/* What both ends need of frames: values of repeated fields, checks of control frames, feedback.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "link/frame.h"
#include "status/status.h"
#include "text/crc32.h"
#include "wire/reader.h"

/* ---- Repeated fields ---- */

/* An absent field is an empty one. */
static execwire_cursor cursor_of(const execwire_str *rest)
{
    static const uint8_t nothing[1];
    const uint8_t *data = rest->size > 0 ? (const uint8_t *)rest->data : nothing;

    return (execwire_cursor){data, data + rest->size};
}

static void set_rest(execwire_str *rest, execwire_cursor bytes)
{
    rest->data = (const char *)bytes.at;
    rest->size = (size_t)(bytes.end - bytes.at);
}

bool execwire_frame_next_bytes(execwire_str *rest, execwire_str *item)
{
    execwire_cursor bytes = cursor_of(rest), taken;
    uint32_t tag, size;

    if (rest->size == 0 ||
        execwire_cursor_varint32(&bytes, EXECWIRE_ERROR_TAG, &tag) != EXECWIRE_OK ||
        execwire_cursor_varint32(&bytes, EXECWIRE_ERROR_LENGTH, &size) != EXECWIRE_OK ||
        execwire_cursor_take(&bytes, size, &taken) != EXECWIRE_OK)
        return false;
    *item = (execwire_str){(const char *)taken.at, size};
    set_rest(rest, bytes);
    return true;
}

bool execwire_frame_next_varint(execwire_str *rest, uint64_t *value)
{
    execwire_cursor bytes = cursor_of(rest);

    if (rest->size == 0 || execwire_cursor_varint(&bytes, value) != EXECWIRE_OK)
        return false;
    set_rest(rest, bytes);
    return true;
}

bool execwire_frame_next_fixed32(execwire_str *rest, uint32_t *value)
{
    execwire_cursor bytes = cursor_of(rest), taken;

    if (rest->size == 0 || execwire_cursor_take(&bytes, 4, &taken) != EXECWIRE_OK)
        return false;
    *value = (uint32_t)taken.at[0] | (uint32_t)taken.at[1] << 8 | (uint32_t)taken.at[2] << 16 |
             (uint32_t)taken.at[3] << 24;
    set_rest(rest, bytes);
    return true;
}

/* One field of a LinkRepair. */
static bool read_repair_field(execwire_cursor *bytes, execwire_repair *repair)
{
    uint32_t *const members[] = {NULL, &repair->update, &repair->whole, &repair->offset,
                                 &repair->size};
    uint32_t tag;

    if (execwire_cursor_varint32(bytes, EXECWIRE_ERROR_TAG, &tag) != EXECWIRE_OK ||
        (tag & 7) != EXECWIRE_WIRE_VARINT || tag >> 3 == 0 || tag >> 3 > EXECWIRE_REPAIR_SIZE)
        return false;
    return execwire_cursor_varint32(bytes, EXECWIRE_ERROR_VARINT, members[tag >> 3]) == EXECWIRE_OK;
}

bool execwire_frame_next_repair(execwire_str *rest, execwire_repair *repair)
{
    execwire_str item;
    execwire_cursor bytes;

    if (!execwire_frame_next_bytes(rest, &item))
        return false;
    *repair = (execwire_repair){0, 0, 0, 0};
    bytes = cursor_of(&item);
    while (bytes.at < bytes.end)
        if (!read_repair_field(&bytes, repair))
            return false;
    return true;
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

uint32_t execwire_frame_finish_check(uint8_t *frame, size_t size, size_t check_at,
                                     execwire_str node)
{
    size_t after = check_at + CHECK_SIZE;
    uint32_t crc = execwire_crc32(0, frame, check_at);

    crc = execwire_crc32(crc, frame + after, size - after);
    crc = execwire_crc32(crc, node.data, node.size);
    for (unsigned i = 0; i < 4; i++)
        frame[check_at + 1 + i] = (uint8_t)(crc >> (8 * i));
    return crc;
}

/* ---- Feedback ---- */

/* One field of feedback. Its check goes into `check`; the checksum of all else into `crc`. */
static execwire_status read_field(execwire_cursor *bytes, execwire_feedback *feedback,
                                  uint32_t *check, uint32_t *crc)
{
    const uint8_t *start = bytes->at;
    execwire_str value;
    execwire_cursor taken = {NULL, NULL};
    uint32_t tag, size = 4;
    execwire_status status = execwire_cursor_varint32(bytes, EXECWIRE_ERROR_TAG, &tag);

    if (status == EXECWIRE_OK && (tag & 7) == EXECWIRE_WIRE_BYTES)
        status = execwire_cursor_varint32(bytes, EXECWIRE_ERROR_LENGTH, &size);
    if (status == EXECWIRE_OK)
        status = execwire_cursor_take(bytes, size, &taken);
    if (status != EXECWIRE_OK)
        return status;
    value = (execwire_str){(const char *)taken.at, size};
    if (tag == (EXECWIRE_FRAME_CHECK << 3 | EXECWIRE_WIRE_FIXED32))
        return execwire_frame_next_fixed32(&value, check) ? EXECWIRE_OK : EXECWIRE_ERROR_LENGTH;
    *crc = execwire_crc32(*crc, start, (size_t)(bytes->at - start));
    if (tag == (EXECWIRE_FRAME_ACKS << 3 | EXECWIRE_WIRE_BYTES))
        feedback->acks = value;
    else if (tag == (EXECWIRE_FRAME_WANTS << 3 | EXECWIRE_WIRE_BYTES))
        feedback->wants = value;
    else if (tag != (EXECWIRE_FRAME_REPAIRS << 3 | EXECWIRE_WIRE_BYTES))
        return EXECWIRE_ERROR_LINK_FRAME;
    else if (feedback->repairs.data == NULL)
        feedback->repairs.data = (const char *)start;
    if (feedback->repairs.data != NULL)
        feedback->repairs.size = (size_t)((const char *)bytes->at - feedback->repairs.data);
    return EXECWIRE_OK;
}

execwire_status execwire_feedback_read(const void *in, size_t in_size, execwire_feedback *feedback,
                                       execwire_error *error)
{
    const uint8_t *start = in;
    execwire_cursor bytes = {start, start + in_size};
    uint32_t check = 0, crc = 0;
    bool only_acks;

    *feedback = (execwire_feedback){{NULL, 0}, {NULL, 0}, {NULL, 0}};
    while (bytes.at < bytes.end) {
        const uint8_t *field = bytes.at;
        execwire_status status = read_field(&bytes, feedback, &check, &crc);

        if (status != EXECWIRE_OK)
            return execwire_fail(error, status, (size_t)(field - start));
    }
    /* acknowledgments alone need no check: they are checks */
    only_acks = feedback->wants.data == NULL && feedback->repairs.data == NULL;
    if (only_acks ? feedback->acks.data == NULL : check != crc)
        return execwire_fail(error, EXECWIRE_ERROR_LINK_FRAME, 0);
    return EXECWIRE_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "link/frame/feedback.h"

#include "error/error.h"
#include "link/frame/control.h"
#include "link/frame/values.h"
#include "wire/cursor.h"
#include "wire/reader.h"

#include <execwire/link_frame.h>

#include <string.h>

static const uint8_t tags[EXECWIRE_FEEDBACK_FIELDS] = {
    [EXECWIRE_FEEDBACK_ACKS] = EXECWIRE_FRAME_ACKS << 3 | EXECWIRE_WIRE_BYTES,
    [EXECWIRE_FEEDBACK_CHECK] = EXECWIRE_FRAME_CHECK << 3 | EXECWIRE_WIRE_FIXED32,
    [EXECWIRE_FEEDBACK_WANTS] = EXECWIRE_FRAME_WANTS << 3 | EXECWIRE_WIRE_BYTES,
    [EXECWIRE_FEEDBACK_REPAIRS] = EXECWIRE_FRAME_REPAIRS << 3 | EXECWIRE_WIRE_BYTES,
};

static execwire_code read_feedback_field(execwire_cursor *bytes, execwire_str *fields)
{
    execwire_cursor taken = {NULL, NULL};
    uint32_t tag, size = 4;
    execwire_code code = execwire_cursor_varint32(bytes, EXECWIRE_ERROR_TAG, &tag);

    if (code == EXECWIRE_OK && (tag & 7) == EXECWIRE_WIRE_BYTES)
        code = execwire_cursor_varint32(bytes, EXECWIRE_ERROR_LENGTH, &size);
    if (code == EXECWIRE_OK)
        code = execwire_cursor_take(bytes, size, &taken);
    if (code != EXECWIRE_OK)
        return code;
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
           check == execwire_control_sum(frame, size, (size_t)(value - frame) - 1);
}

execwire_code execwire_feedback_read(const void *in, size_t in_size,
                                     execwire_str fields[EXECWIRE_FEEDBACK_FIELDS],
                                     execwire_error *error)
{
    const uint8_t *start = in;
    execwire_cursor bytes = {start, start + in_size};

    memset(fields, 0, EXECWIRE_FEEDBACK_FIELDS * sizeof *fields);
    while (bytes.at < bytes.end) {
        const uint8_t *field = bytes.at;
        execwire_code code = read_feedback_field(&bytes, fields);

        if (code != EXECWIRE_OK)
            return execwire_fail(error, code, (size_t)(field - start));
    }
    if (!is_good(in, in_size, fields))
        return execwire_fail(error, EXECWIRE_ERROR_LINK_FRAME, 0);
    return EXECWIRE_OK;
}

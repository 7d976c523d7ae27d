/* SPDX-License-Identifier: Apache-2.0 */
#include "link/frame/values.h"

#include "wire/cursor.h"

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
    execwire_cursor bytes = rest_of(rest);

    if (execwire_cursor_fixed32(&bytes, value) != EXECWIRE_OK)
        return false;
    set_rest(rest, bytes.at);
    return true;
}

bool execwire_frame_next_repair(execwire_str *rest, execwire_repair *repair)
{
    return execwire_frame_next_number(rest, &repair->update) &&
           execwire_frame_next_number(rest, &repair->whole) &&
           execwire_frame_next_number(rest, &repair->offset) &&
           execwire_frame_next_number(rest, &repair->size);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/cursor.h"

/* A varint of at most `bytes` bytes, the last of which may have only the bits of `last`. */
static execwire_code read_long_varint(execwire_cursor *cursor, unsigned bytes, uint8_t last,
                                      execwire_code too_long, uint64_t *value)
{
    const uint8_t *at = cursor->at, *part;
    uint64_t result = 0;

    do {
        if (at == cursor->end)
            return EXECWIRE_ERROR_TRUNCATED;
        if (--bytes == 0 && *at > last)
            return too_long;
    } while (*at++ >= 0x80);
    part = at;
    do
        result = result << 7 | (*--part & 0x7F);
    while (part > cursor->at);
    cursor->at = at;
    *value = result;
    return EXECWIRE_OK;
}

execwire_code execwire_cursor_long_varint(execwire_cursor *cursor, uint64_t *value)
{
    return read_long_varint(cursor, 10, 0x01, EXECWIRE_ERROR_VARINT, value);
}

execwire_code execwire_cursor_long_varint32(execwire_cursor *cursor, execwire_code too_long,
                                            uint32_t *value)
{
    uint64_t wide = 0;
    execwire_code code = read_long_varint(cursor, 5, 0x0F, too_long, &wide);

    *value = (uint32_t)wide;
    return code;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "link/frame/head.h"

#include "link/frame/update.h"

#define IDENTITY_SHIFT 4
#define SPAN_SHIFT     5
#define LONG_SPAN      7u /* the rest of the time follows */
#define LOW_TIME_BITS  32

void execwire_head_put_time(execwire_sink *sink, uint64_t time)
{
    execwire_sink_fixed32(sink, (uint32_t)time);
    execwire_sink_varint(sink, time >> LOW_TIME_BITS);
}

void execwire_head_put_update(execwire_sink *sink, unsigned ref, unsigned state, uint64_t elapsed,
                              bool identified)
{
    uint32_t rest = (uint32_t)(elapsed >> LOW_TIME_BITS);
    unsigned span = elapsed == 0 ? 0 : rest < LONG_SPAN - 1 ? (unsigned)rest + 1 : LONG_SPAN;

    execwire_sink_byte(sink, EXECWIRE_HEAD_STATE | ref);
    execwire_sink_byte(sink, state | (unsigned)identified << IDENTITY_SHIFT | span << SPAN_SHIFT);
    if (span == LONG_SPAN)
        execwire_head_put_time(sink, elapsed);
    else if (span > 0)
        execwire_sink_fixed32(sink, (uint32_t)elapsed);
}

execwire_code execwire_head_take_time(execwire_cursor *bytes, uint64_t *time)
{
    uint32_t low = 0, rest = 0;
    execwire_code code = execwire_cursor_fixed32(bytes, &low);

    if (code == EXECWIRE_OK)
        code = execwire_cursor_varint32(bytes, EXECWIRE_ERROR_VARINT, &rest);
    *time = (uint64_t)rest << LOW_TIME_BITS | low;
    return code;
}

static execwire_code take_elapsed(execwire_cursor *bytes, unsigned span, uint64_t *elapsed)
{
    uint32_t low = 0;
    execwire_code code;

    *elapsed = 0;
    if (span == 0)
        return EXECWIRE_OK;
    if (span == LONG_SPAN) {
        code = execwire_head_take_time(bytes, elapsed);
        if (code == EXECWIRE_OK && *elapsed >> EXECWIRE_UPDATE_ELAPSED_BITS != 0)
            code = EXECWIRE_ERROR_LINK_FRAME;
        return code;
    }
    code = execwire_cursor_fixed32(bytes, &low);
    *elapsed = (uint64_t)(span - 1) << LOW_TIME_BITS | low;
    return code;
}

execwire_code execwire_head_take_update(execwire_cursor *bytes, uint64_t *update, bool *identified)
{
    execwire_cursor taken;
    uint64_t elapsed;
    unsigned second;
    execwire_code code = execwire_cursor_take(bytes, 2, &taken);

    if (code != EXECWIRE_OK)
        return code;
    second = taken.at[1];
    code = take_elapsed(bytes, second >> SPAN_SHIFT, &elapsed);
    *identified = (second >> IDENTITY_SHIFT & 1) != 0;
    *update = execwire_update_of(taken.at[0] & EXECWIRE_UPDATE_REF_MASK,
                                 second & EXECWIRE_UPDATE_STATE_MASK, elapsed);
    return code;
}

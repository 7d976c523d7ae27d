/* SPDX-License-Identifier: Apache-2.0 */
#include "link/frame/control.h"

#include "base/crc32.h"
#include "wire/reader.h"

#include <execwire/link_frame.h>

size_t execwire_control_put_check(execwire_sink *sink)
{
    size_t at = sink->size;

    execwire_sink_tag(sink, EXECWIRE_FRAME_CHECK, EXECWIRE_WIRE_FIXED32);
    execwire_sink_fixed32(sink, 0);
    return at;
}

uint32_t execwire_control_sum(const uint8_t *frame, size_t size, size_t check_at)
{
    const uint8_t *check = frame + check_at;

    return execwire_control_sum_around(frame, check, check + EXECWIRE_CONTROL_CHECK_SIZE,
                                       frame + size);
}

uint32_t execwire_control_finish(uint8_t *frame, size_t size, size_t check_at, execwire_str node,
                                 uint32_t salt)
{
    uint32_t crc =
        execwire_crc32(execwire_control_sum(frame, size, check_at), node.data, node.size) ^ salt;
    execwire_buffer_sink value =
        execwire_sink_buffer(frame + check_at + 1, EXECWIRE_CONTROL_CHECK_SIZE - 1);

    execwire_sink_fixed32(&value.sink, crc);
    return crc;
}

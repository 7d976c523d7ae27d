/* The check of a hello, a digest and feedback, which is over the rest of the frame.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_FRAME_CONTROL_H
#define EXECWIRE_LINK_FRAME_CONTROL_H

#include "base/crc32.h"
#include "link/base/sink.h"

#include <execwire/types.h>

/* Tag and value. */
#define EXECWIRE_CONTROL_CHECK_SIZE 5

/* Leaves room for the check, where its field belongs. Returns where that is. */
size_t execwire_control_put_check(execwire_sink *sink);

/* Puts the check into a frame that is complete, and returns it. That of a hello with words and of a
 * digest goes on over `node`, as the first hello had it, and is xored with the session's salt: they
 * must not pass for those of another node or of another session. */
uint32_t execwire_control_finish(uint8_t *frame, size_t size, size_t check_at, execwire_str node,
                                 uint32_t salt);

/* The checksum of all of a frame but the check, whose tag a stranger may have made longer than it
 * must be: what goes from `check` to `rest` is left out. */
static inline uint32_t execwire_control_sum_around(const uint8_t *frame, const uint8_t *check,
                                                   const uint8_t *rest, const uint8_t *end)
{
    uint32_t crc = execwire_crc32(0, frame, (size_t)(check - frame));

    return execwire_crc32(crc, rest, (size_t)(end - rest));
}

/* The same of the check that begins at `check_at`, as senders write it. */
uint32_t execwire_control_sum(const uint8_t *frame, size_t size, size_t check_at);

#endif

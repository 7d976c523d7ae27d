/* The check of a hello, a digest and feedback, which is over the rest of the frame.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_FRAME_CONTROL_H
#define EXECWIRE_LINK_FRAME_CONTROL_H

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

/* The checksum of all of a frame but the check that begins at `check_at`. */
uint32_t execwire_control_sum(const uint8_t *frame, size_t size, size_t check_at);

#endif

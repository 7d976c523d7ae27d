/* What hello and digest have in common: the frame buffer, the session, the check.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_SENDER_CONTROL_H
#define EXECWIRE_LINK_SENDER_CONTROL_H

#include "link/base/sink.h"

#include <execwire/link.h>

/* The frame buffer. */
execwire_buffer_sink execwire_sender_frame(const execwire_link_sender *sender);

/* The session's number, and its salt where there is one and it is asked for. */
void execwire_sender_put_session(const execwire_link_sender *sender, execwire_sink *sink,
                                 bool with_salt);

/* Completes the frame in the frame buffer and hands it out: puts the session in, and the check at
 * `check_at`. Returns the check. For what is to be believed of this node and session alone it goes
 * on over the node and the salt, which only what is not `of_session` says. */
uint32_t execwire_sender_end_control(execwire_link_sender *sender, execwire_buffer_sink *out,
                                     size_t check_at, bool of_session);

#endif

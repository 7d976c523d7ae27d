/* What hellos and digests say: the session, its node and words, and which executions are open.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_RECEIVER_SESSION_H
#define EXECWIRE_LINK_RECEIVER_SESSION_H

#include "link/frame/frame.h"

#include <execwire/link.h>

/* Takes a hello or a digest. Errors: LINK_FRAME (a wrong check). */
execwire_code execwire_session_take(execwire_link_receiver *receiver, const execwire_frame *frame,
                                    uint64_t now, execwire_link_event *event,
                                    execwire_error *error);

/* Whether a frame is a good hello that says whose it is: the node as it stands in it, which may be
 * absent. */
bool execwire_session_is_hello(const execwire_frame *frame, execwire_str *node);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "link/sender/control.h"

#include "link/frame/control.h"
#include "link/model/identity.h"
#include "link/sender/pieces.h"
#include "wire/format.h"

#include <execwire/link_frame.h>

execwire_buffer_sink execwire_sender_frame(const execwire_link_sender *sender)
{
    return execwire_sink_buffer(sender->options.frame, sender->options.mtu);
}

void execwire_sender_put_session(const execwire_link_sender *sender, execwire_sink *sink,
                                 bool with_salt)
{
    execwire_sink_varint_field(sink, EXECWIRE_FRAME_SESSION, sender->session);
    if (!with_salt || sender->options.salt == 0)
        return;
    execwire_sink_tag(sink, EXECWIRE_FRAME_SALT, EXECWIRE_WIRE_FIXED32);
    execwire_sink_fixed32(sink, sender->options.salt);
}

uint32_t execwire_sender_end_control(execwire_link_sender *sender, execwire_buffer_sink *out,
                                     size_t check_at, bool of_session)
{
    uint8_t raw[EXECWIRE_LINK_NODE_SIZE];
    size_t raw_size = of_session ? execwire_identity_pack_node(sender->options.node, raw) : 0;
    uint32_t check;

    execwire_sender_put_session(sender, &out->sink, !of_session);
    check = execwire_control_finish(out->data, out->sink.size, check_at,
                                    (execwire_str){(const char *)raw, raw_size},
                                    of_session ? sender->options.salt : 0);
    sender->stats.controls++;
    execwire_sender_emit(sender, out->sink.size);
    return check;
}

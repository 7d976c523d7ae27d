/* SPDX-License-Identifier: Apache-2.0 */
#include "link/sender/digest.h"

#include "link/frame/control.h"
#include "link/frame/update.h"
#include "link/sender/control.h"
#include "link/sender/executions.h"
#include "link/sender/timers.h"

#include <execwire/link_frame.h>

/* All of a digest but its entries: check, tag and size, session. */
#define AROUND_LIVE 16
/* Bytes of an entry, at most. */
#define LARGEST_LIVE 4

/* Writes the entries from `ref` on, as many as fit. Returns the ref behind them. */
static unsigned put_live(const execwire_link_sender *sender, unsigned ref, execwire_sink *sink)
{
    size_t last = sink->size + sender->options.mtu - AROUND_LIVE - LARGEST_LIVE;

    for (; ref < sender->options.execution_count && sink->size <= last; ref++) {
        const execwire_link_execution *execution = &sender->options.executions[ref];

        if (execwire_execution_is_open(execution))
            execwire_sink_varint(sink,
                                 execwire_live_of(ref, execution->generation, execution->number));
    }
    return ref;
}

static void send_digest(execwire_link_sender *sender)
{
    unsigned next = 0;

    sender->digest_sent = sender->now;
    while (next < sender->options.execution_count) {
        execwire_buffer_sink out = execwire_sender_frame(sender);
        execwire_sink size = {NULL, 0};
        unsigned first = next;
        size_t check_at = execwire_control_put_check(&out.sink);

        next = put_live(sender, first, &size);
        if (size.size == 0)
            return;
        execwire_sink_head(&out.sink, EXECWIRE_FRAME_LIVE, size.size);
        (void)put_live(sender, first, &out.sink);
        (void)execwire_sender_end_control(sender, &out, check_at, true);
    }
}

uint32_t execwire_digest_poll(execwire_link_sender *sender)
{
    uint32_t wait = execwire_sender_wait(sender, sender->digest_sent,
                                         sender->intervals[EXECWIRE_SENDER_DIGEST]);
    execwire_sink size = {NULL, 0};

    (void)put_live(sender, 0, &size);
    if (sender->options.mode == EXECWIRE_LINK_LOSSLESS || size.size == 0)
        return EXECWIRE_SENDER_NEVER;
    if (wait == 0)
        send_digest(sender);
    return wait;
}

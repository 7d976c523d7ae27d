/* All messages of a file: one after the other, or while they are good and plain, by as many threads
 * as are wanted.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/relay.h"

/* Lets threads go on from here, when there are to be some. Returns where in the file they may
 * again: what they gave back is first handled without them, so that bad messages in every piece
 * cost at most twice the time. */
static uint64_t relay_on(cli_job *job, source *from, state_handler *handle)
{
    if (source_settle(from))
        relay_run(job, from, handle);
    return from->in.offset + input_size(&from->in);
}

outcome command_each(cli_job *job, source *from, state_handler *handle)
{
    bool keep_going = job->options->keep_going;
    bool alone = job->options->jobs < 2;
    uint64_t next_relay = 0;

    while (from->bad == 0 || keep_going) {
        record seen;
        fault why;
        next_result next;

        if (!alone && from->in.offset >= next_relay)
            next_relay = relay_on(job, from, handle);
        if (!alone && job->out.failed)
            return OUTCOME_IO;
        next = command_next(job, from, handle, &seen, &why);
        if (next == NEXT_FAILED)
            return OUTCOME_IO;
        if (next == NEXT_END)
            break;
        if (next == NEXT_BAD)
            source_refuse(from, &seen, &why);
    }
    return from->bad > 0 ? OUTCOME_DATA : OUTCOME_GOOD;
}

/* What comes back: acknowledgments, and wants and repairs, which anybody can make up. Whatever they
 * say, the sender does not send, nor work, beyond its budget for them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "link/frame/feedback.h"
#include "error/error.h"
#include "link/frame/update.h"
#include "link/frame/values.h"
#include "link/sender/budget.h"
#include "link/sender/draft.h"
#include "link/sender/executions.h"
#include "link/sender/hello.h"
#include "link/sender/pieces.h"
#include "link/sender/rtt.h"

#include <execwire/link_frame.h>

/* Repairs that one feedback may ask for. */
#define MAX_REPAIRS 8
/* What it costs of the budget to make a draft, as texts are compressed for it: as much as so many
 * frames. */
#define DRAFT_COST 4

/* ---- Acknowledgments and wants ---- */

static void take_ack(execwire_link_sender *sender, uint32_t check)
{
    if (check == sender->hello_check && sender->hello_tries > 0) {
        execwire_hello_acked(sender);
        sender->stats.acks++;
    }
    for (size_t i = 0; i < sender->options.execution_count; i++) {
        execwire_link_execution *execution = &sender->options.executions[i];

        if (execution->number == 0 || execution->check != check ||
            (execution->flags & EXECWIRE_EXECUTION_ACKED) != 0)
            continue;
        execwire_rtt_acked(sender, execution->sent,
                           execution->tries > 0 ||
                               execwire_execution_has(execution, EXECWIRE_EXECUTION_REPAIRED));
        execution->flags |= EXECWIRE_EXECUTION_ACKED | EXECWIRE_EXECUTION_KNOWN;
        sender->stats.acks++;
    }
}

static void take_want(execwire_link_sender *sender, uint32_t want)
{
    sender->stats.wants++;
    if (want == EXECWIRE_WANT_HELLO)
        sender->hello_wanted = true;
    else if (want < sender->options.execution_count && sender->options.executions[want].number != 0)
        sender->options.executions[want].flags |= EXECWIRE_EXECUTION_WANTED;
}

/* ---- Repairs ---- */

/* The execution whose last frame a repair may be for, by what is known without looking at its
 * state; NULL when there is none. */
static execwire_link_execution *find_repaired(const execwire_link_sender *sender,
                                              const execwire_repair *repair)
{
    const uint32_t state_bits = EXECWIRE_UPDATE_STATE_MASK << EXECWIRE_UPDATE_STATE_SHIFT;
    size_t ref = execwire_update_ref(repair->update);
    execwire_link_execution *execution = &sender->options.executions[ref];

    if (ref >= sender->options.execution_count || execution->number == 0 ||
        repair->whole <= sender->options.mtu || repair->offset >= repair->whole)
        return NULL;
    if (((execwire_draft_head(sender, execution, 0) ^ repair->update) & ~state_bits) != 0)
        return NULL;
    return execution;
}

/* Makes the draft of the frame that a repair is for. NULL: it is not the execution's last one, or
 * there is no budget for it. */
static execwire_link_execution *draft_repair(execwire_link_sender *sender,
                                             const execwire_repair *repair, execwire_draft *draft)
{
    execwire_link_execution *execution = find_repaired(sender, repair);
    const execwire_state *state = NULL;

    if (execution == NULL || execwire_sender_budget(sender) <= DRAFT_COST)
        return NULL;
    sender->budget = (uint8_t)(sender->budget - DRAFT_COST);
    state = execwire_execution_recall(sender, execution);
    if (state == NULL || !execwire_draft_is_last(sender, execution, state))
        return NULL;
    execwire_draft_make(draft, sender, execution, state, 0);
    return draft->head == repair->update && draft->size == repair->whole ? execution : NULL;
}

/* Sends the parts that are wanted. Those of one frame come one after the other, and need one draft:
 * compressing is what takes time. */
static void take_repairs(execwire_link_sender *sender, execwire_str *repairs)
{
    execwire_repair repair, last = {0}; /* no frame is of 0 bytes */
    execwire_link_execution *execution = NULL;
    execwire_draft draft;

    sender->asked = true;
    for (unsigned i = 0; i < MAX_REPAIRS && execwire_frame_next_repair(repairs, &repair); i++) {
        if (repair.update != last.update || repair.whole != last.whole)
            execution = draft_repair(sender, &repair, &draft);
        last = repair;
        if (execution == NULL || sender->budget == 0)
            continue;
        sender->stats.wants++;
        execution->flags |= EXECWIRE_EXECUTION_REPAIRED;
        (void)execwire_pieces_send(sender, &draft, repair.offset,
                                   (size_t)repair.offset + repair.size);
    }
    sender->asked = false;
}

/* ---- Feedback ---- */

execwire_code execwire_link_feedback(execwire_link_sender *sender, const void *frame, size_t size,
                                     execwire_error *error)
{
    execwire_str feedback[EXECWIRE_FEEDBACK_FIELDS];
    execwire_code code;
    uint32_t check, want;

    if (sender == NULL || frame == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    code = execwire_feedback_read(frame, size, feedback, error);
    if (code != EXECWIRE_OK) {
        sender->stats.refused++;
        return code;
    }
    if (sender->options.mode != EXECWIRE_LINK_TWO_WAY)
        return EXECWIRE_OK;
    while (execwire_frame_next_fixed32(&feedback[EXECWIRE_FEEDBACK_ACKS], &check))
        take_ack(sender, check);
    while (execwire_frame_next_number(&feedback[EXECWIRE_FEEDBACK_WANTS], &want))
        take_want(sender, want);
    take_repairs(sender, &feedback[EXECWIRE_FEEDBACK_REPAIRS]);
    return EXECWIRE_OK;
}

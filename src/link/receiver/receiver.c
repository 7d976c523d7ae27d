/* What a frame changes in what is known.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "error/error.h"
#include "link/frame/frame.h"
#include "link/frame/update.h"
#include "link/model/numbers.h"
#include "link/receiver/assembly.h"
#include "link/receiver/contexts.h"
#include "link/receiver/owed.h"
#include "link/receiver/rebuild.h"
#include "link/receiver/session.h"
#include "link/receiver/store.h"
#include "link/receiver/timers.h"

#include <string.h>

/* ---- Calls that change nothing ---- */

execwire_code execwire_link_receiver_init(execwire_link_receiver *receiver,
                                          const execwire_link_receiver_options *options,
                                          execwire_error *error)
{
    if (receiver == NULL || options == NULL || options->contexts == NULL ||
        options->context_count == 0 || options->context_count > EXECWIRE_LINK_MAX_REFS ||
        options->store == NULL || options->text == NULL ||
        (options->entries == NULL && options->entry_capacity > 0) ||
        (options->transfer_count > 0 && (options->transfers == NULL || options->pieces == NULL)))
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    memset(receiver, 0, sizeof *receiver);
    memset(options->contexts, 0, options->context_count * sizeof *options->contexts);
    for (size_t i = 0; i < options->transfer_count; i++)
        options->transfers[i] = (execwire_link_transfer){.whole = 0};
    receiver->options = *options;
    return EXECWIRE_OK;
}

bool execwire_link_receiver_view(const execwire_link_receiver *receiver, unsigned ref, uint64_t now,
                                 execwire_link_view *view)
{
    const execwire_link_context *context;

    if (view != NULL)
        memset(view, 0, sizeof *view);
    if (receiver == NULL || view == NULL || ref >= receiver->options.context_count)
        return false;
    context = &receiver->options.contexts[ref];
    if (!context->known)
        return false;
    view->age_ms = execwire_receiver_time(receiver, now) - context->heard;
    view->suspect = context->suspect;
    view->current = !context->suspect && view->age_ms <= execwire_receiver_fresh_interval(receiver);
    view->number = context->number;
    view->message = execwire_store_get(receiver, context);
    return true;
}

/* ---- States ---- */

static bool is_newer(const execwire_link_context *context, const execwire_rebuilt *rebuilt)
{
    return !execwire_context_is_present(context) ||
           execwire_update_is_newer(rebuilt->generation, rebuilt->number, context->generation,
                                    context->number);
}

/* The state that is stored has come, first or again, and is acknowledged. Others are not: a sender
 * that goes by another one has to go on, and one that is older is of no use to it. */
static void confirm(execwire_link_receiver *receiver, execwire_link_context *context, uint64_t now)
{
    execwire_owed_ack(receiver, context, now);
    receiver->peer.session_heard = now;
    if (context->number < context->newer) /* it comes late: what is wanted is newer */
        return;
    context->heard = now;
    context->suspect = false;
    context->want = false;
    context->asks = 0;
}

static execwire_link_outcome keep(execwire_link_receiver *receiver, const execwire_frame *frame,
                                  const execwire_rebuilt *rebuilt, uint64_t now,
                                  execwire_link_event *event)
{
    const execwire_link_receiver_options *options = &receiver->options;
    execwire_link_context *context = &options->contexts[frame->ref];
    execwire_scratch scratch = {.entries = options->entries,
                                .entry_capacity = options->entry_capacity};

    event->number = rebuilt->number;
    if (!is_newer(context, rebuilt))
        return EXECWIRE_LINK_REPEATED;
    if (!execwire_store_put(receiver, context, rebuilt->message))
        return EXECWIRE_LINK_NO_ROOM;
    if (context->generation != rebuilt->generation)
        context->newer = 0;
    context->number = rebuilt->number;
    context->generation = rebuilt->generation;
    context->check = (uint32_t)frame->value[EXECWIRE_FRAME_CHECK];
    context->earlier = false;
    confirm(receiver, context, now);
    execwire_assembly_forget(receiver, frame->ref);
    event->message = execwire_store_get(receiver, context);
    (void)execwire_decode(event->message.data, event->message.size, &scratch, &receiver->state,
                          NULL);
    event->state = &receiver->state;
    return EXECWIRE_LINK_STATE;
}

/* Asks for what would make sense of a frame. */
static void want_what_lacks(execwire_link_receiver *receiver, const execwire_frame *frame,
                            execwire_link_outcome outcome)
{
    execwire_link_context *context = &receiver->options.contexts[frame->ref];

    switch (outcome) {
    case EXECWIRE_LINK_NO_SESSION:
    case EXECWIRE_LINK_NO_WORD:
        execwire_owed_want_hello(receiver);
        break;
    case EXECWIRE_LINK_MISMATCH:
        if (frame->kind == EXECWIRE_FRAME_KIND_IDENTITY)
            execwire_owed_want_hello(receiver);
        break;
    case EXECWIRE_LINK_NO_IDENTITY:
    case EXECWIRE_LINK_NO_BASE:
        break;
    case EXECWIRE_LINK_STATE:
    case EXECWIRE_LINK_REPEATED:
    case EXECWIRE_LINK_HELLO:
    case EXECWIRE_LINK_DIGEST:
    case EXECWIRE_LINK_PIECE:
    case EXECWIRE_LINK_OLD_SESSION:
    case EXECWIRE_LINK_NO_ROOM:
    case EXECWIRE_LINK_FEEDBACK:
    case EXECWIRE_LINK_PROFILE:
    case EXECWIRE_LINK_OTHER_NODE:
    case EXECWIRE_LINK_BUSY:
    case EXECWIRE_LINK_OUTCOME_COUNT:
        return;
    }
    execwire_owed_want(context);
    context->suspect = context->known;
}

/* What can be said of a state's frame before it is rebuilt; STATE when it is to be. */
static execwire_link_outcome judge(const execwire_link_receiver *receiver,
                                   const execwire_frame *frame)
{
    const execwire_link_context *context = &receiver->options.contexts[frame->ref];
    uint64_t session = frame->value[EXECWIRE_FRAME_SESSION];

    if (frame->value[EXECWIRE_FRAME_PROFILE] != 0)
        return EXECWIRE_LINK_PROFILE;
    if (execwire_frame_has(frame, EXECWIRE_FRAME_SESSION) && receiver->peer.has_session &&
        session < receiver->peer.session)
        return EXECWIRE_LINK_OLD_SESSION;
    if (!receiver->peer.has_hello ||
        (execwire_frame_has(frame, EXECWIRE_FRAME_SESSION) && session > receiver->peer.session))
        return EXECWIRE_LINK_NO_SESSION;
    if (execwire_context_is_present(context) &&
        context->check == frame->value[EXECWIRE_FRAME_CHECK])
        return EXECWIRE_LINK_REPEATED;
    if (frame->kind == EXECWIRE_FRAME_KIND_IDENTITY)
        return EXECWIRE_LINK_STATE;
    if (!execwire_context_is_present(context))
        return EXECWIRE_LINK_NO_IDENTITY;
    if (execwire_frame_has(frame, EXECWIRE_FRAME_BASE) && frame->number <= context->number)
        return EXECWIRE_LINK_REPEATED;
    return EXECWIRE_LINK_STATE;
}

static execwire_code take_state(execwire_link_receiver *receiver, const execwire_frame *frame,
                                uint64_t now, execwire_link_event *event, execwire_error *error)
{
    event->outcome = judge(receiver, frame);
    if (event->outcome == EXECWIRE_LINK_REPEATED) {
        execwire_link_context *context = &receiver->options.contexts[frame->ref];

        event->number = context->number;
        if (context->check == frame->value[EXECWIRE_FRAME_CHECK])
            confirm(receiver, context, now);
    }
    if (event->outcome == EXECWIRE_LINK_STATE) {
        execwire_rebuilt rebuilt;
        execwire_code code = execwire_rebuild(receiver, frame, &rebuilt, &event->outcome, error);

        if (code != EXECWIRE_OK)
            return code;
        if (event->outcome == EXECWIRE_LINK_STATE)
            event->outcome = keep(receiver, frame, &rebuilt, now, event);
    }
    want_what_lacks(receiver, frame, event->outcome);
    return EXECWIRE_OK;
}

/* ---- Pieces ---- */

/* Whether a piece's update is not newer than what is known. */
static bool is_known(const execwire_link_context *context, uint64_t update)
{
    return execwire_context_is_present(context) &&
           execwire_piece_generation(update) == context->generation &&
           execwire_piece_number((uint32_t)update) <= context->number;
}

static execwire_code take_piece(execwire_link_receiver *receiver, const execwire_frame *piece,
                                uint64_t now, execwire_link_event *event, execwire_error *error)
{
    execwire_link_context *context = &receiver->options.contexts[piece->ref];
    execwire_frame frame;
    execwire_str whole;
    execwire_code code;

    if (is_known(context, piece->value[EXECWIRE_FRAME_UPDATE])) {
        event->outcome = EXECWIRE_LINK_REPEATED;
        event->number = context->number;
        execwire_owed_ack(receiver, context, now);
        return EXECWIRE_OK;
    }
    event->outcome = execwire_assembly_take(receiver, piece, now, &whole);
    if (whole.data == NULL)
        return EXECWIRE_OK;
    code = execwire_frame_read(whole.data, whole.size, &frame, error);
    if (code != EXECWIRE_OK)
        return code;
    if ((frame.kind != EXECWIRE_FRAME_KIND_IDENTITY && frame.kind != EXECWIRE_FRAME_KIND_DELTA) ||
        frame.ref != piece->ref)
        return execwire_fail(error, EXECWIRE_ERROR_LINK_FRAME, 0);
    return take_state(receiver, &frame, now, event, error);
}

/* ---- All frames ---- */

static execwire_code take_frame(execwire_link_receiver *receiver, const execwire_frame *frame,
                                uint64_t now, execwire_link_event *event, execwire_error *error)
{
    switch (frame->kind) {
    case EXECWIRE_FRAME_KIND_IDENTITY:
    case EXECWIRE_FRAME_KIND_DELTA:
    case EXECWIRE_FRAME_KIND_PIECE:
        event->has_ref = true;
        event->ref = frame->ref;
        event->outcome = EXECWIRE_LINK_NO_ROOM;
        if (frame->ref >= receiver->options.context_count)
            return EXECWIRE_OK;
        return frame->kind == EXECWIRE_FRAME_KIND_PIECE
                   ? take_piece(receiver, frame, now, event, error)
                   : take_state(receiver, frame, now, event, error);
    case EXECWIRE_FRAME_KIND_HELLO:
    case EXECWIRE_FRAME_KIND_DIGEST:
        return execwire_session_take(receiver, frame, now, event, error);
    case EXECWIRE_FRAME_KIND_ACKS:
    case EXECWIRE_FRAME_KIND_FEEDBACK:
        break;
    }
    event->outcome = EXECWIRE_LINK_FEEDBACK;
    return EXECWIRE_OK;
}

execwire_code execwire_link_receive(execwire_link_receiver *receiver, const void *frame,
                                    size_t size, uint64_t now, execwire_link_event *event,
                                    execwire_error *error)
{
    execwire_link_event unused;
    execwire_frame parts;
    execwire_code code;

    if (event == NULL)
        event = &unused;
    memset(event, 0, sizeof *event);
    if (receiver == NULL || frame == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    now = execwire_receiver_set_clock(receiver, now);
    if (now - receiver->failed_since >= 1000) {
        receiver->failed_since = now;
        receiver->failed = 0;
    }
    receiver->stats.bytes += size;
    code = execwire_frame_read(frame, size, &parts, error);
    if (code == EXECWIRE_OK)
        code = take_frame(receiver, &parts, now, event, error);
    if (code == EXECWIRE_OK)
        receiver->stats.outcomes[event->outcome]++;
    else {
        receiver->stats.malformed++;
        memset(event, 0, sizeof *event);
    }
    return code;
}

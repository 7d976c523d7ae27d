/* SPDX-License-Identifier: Apache-2.0 */
#include "link/receiver/session.h"

#include "base/crc32.h"
#include "error/error.h"
#include "link/frame/update.h"
#include "link/frame/values.h"
#include "link/model/numbers.h"
#include "link/model/text.h"
#include "link/receiver/contexts.h"
#include "link/receiver/owed.h"
#include "link/receiver/timers.h"
#include "wire/format.h"

#include <string.h>

static void open_session(execwire_link_receiver *receiver, const execwire_frame *hello,
                         uint64_t now)
{
    receiver->peer.session_heard = now;
    receiver->peer.session = (uint32_t)hello->value[EXECWIRE_FRAME_SESSION];
    receiver->peer.salt = (uint32_t)hello->value[EXECWIRE_FRAME_SALT];
    receiver->peer.has_session = true;
    receiver->peer.word_count = 0;
    receiver->peer.words_used = 0;
    for (size_t i = 0; i < receiver->options.context_count; i++) {
        execwire_link_context *context = &receiver->options.contexts[i];

        context->earlier = true;
        context->suspect = context->known;
        context->newer = 0;
        execwire_owed_forget(receiver, context);
        context->want = false;
        context->asks = 0;
    }
    for (size_t i = 0; i < receiver->options.transfer_count; i++)
        receiver->options.transfers[i].whole = 0;
}

/* Whether a hello names the node that hellos named before: a link has one. */
static bool is_same_node(const execwire_link_receiver *receiver, const execwire_frame *frame)
{
    execwire_str node = frame->bytes[EXECWIRE_FRAME_NODE];

    if (node.size > sizeof receiver->peer.node)
        return false;
    if (!receiver->peer.has_met)
        return true;
    return node.size == receiver->peer.node_size &&
           (node.size == 0 || memcmp(node.data, receiver->peer.node, node.size) == 0);
}

static void take_base(execwire_link_receiver *receiver, const execwire_frame *frame)
{
    execwire_str node = frame->bytes[EXECWIRE_FRAME_NODE];

    receiver->peer.has_hello = true;
    receiver->peer.has_met = true;
    receiver->peer.want_hello = false;
    receiver->peer.hello_asks = 0;
    if (node.size > 0)
        memcpy(receiver->peer.node, node.data, node.size);
    receiver->peer.node_size = (uint8_t)node.size;
    receiver->peer.has_epoch = execwire_frame_has(frame, EXECWIRE_FRAME_EPOCH);
    receiver->peer.epoch = execwire_unzigzag(frame->value[EXECWIRE_FRAME_EPOCH]);
}

/* Adds a word behind those that are there. */
static bool keep_word(execwire_link_receiver *receiver, execwire_str packed)
{
    const execwire_link_names nothing = {.word_count = 0};
    char *word = receiver->words + receiver->peer.words_used;
    size_t room = sizeof receiver->words - receiver->peer.words_used;
    size_t size;

    if (room == 0 || receiver->peer.word_count == EXECWIRE_LINK_MAX_WORDS ||
        execwire_text_read((const uint8_t *)packed.data, packed.size, &nothing, word + 1,
                           room - 1 < UINT8_MAX ? room - 1 : UINT8_MAX, &size) != EXECWIRE_TEXT_OK)
        return false;
    *word = (char)size;
    receiver->peer.words_used = (uint16_t)(receiver->peer.words_used + 1 + size);
    receiver->peer.word_count++;
    return true;
}

/* Words come in order; those that are there already are skipped. False when some are missing. */
static bool take_words(execwire_link_receiver *receiver, const execwire_frame *frame)
{
    uint64_t index = frame->value[EXECWIRE_FRAME_FIRST_WORD];
    execwire_str rest = frame->bytes[EXECWIRE_FRAME_WORDS];
    execwire_str word;

    for (; execwire_frame_next_bytes(&rest, &word); index++) {
        if (index > receiver->peer.word_count)
            return false;
        if (index == receiver->peer.word_count && !keep_word(receiver, word))
            return false;
    }
    return true;
}

/* Whether a hello is of a session that the receiver is not in: one with another number, or another
 * one whose number is the same. A session may get its epoch late. */
static bool is_of_another(const execwire_link_receiver *receiver, const execwire_frame *frame)
{
    if (!receiver->peer.has_session ||
        frame->value[EXECWIRE_FRAME_SESSION] != receiver->peer.session ||
        frame->value[EXECWIRE_FRAME_SALT] != receiver->peer.salt)
        return true;
    return receiver->peer.has_epoch && execwire_frame_has(frame, EXECWIRE_FRAME_EPOCH) &&
           execwire_unzigzag(frame->value[EXECWIRE_FRAME_EPOCH]) != receiver->peer.epoch;
}

static execwire_link_outcome take_hello(execwire_link_receiver *receiver,
                                        const execwire_frame *frame, uint64_t now)
{
    bool has_words = execwire_frame_has(frame, EXECWIRE_FRAME_WORDS);

    if (frame->value[EXECWIRE_FRAME_PROFILE] != 0)
        return EXECWIRE_LINK_PROFILE;
    if (!has_words && !is_same_node(receiver, frame))
        return EXECWIRE_LINK_OTHER_NODE;
    if (receiver->peer.has_session &&
        frame->value[EXECWIRE_FRAME_SESSION] < receiver->peer.session &&
        (has_words || now - receiver->peer.session_heard <= EXECWIRE_RECEIVER_SESSION_MS))
        return EXECWIRE_LINK_OLD_SESSION;
    if (!has_words && is_of_another(receiver, frame))
        open_session(receiver, frame, now);
    if (!has_words)
        take_base(receiver, frame);
    else if (!take_words(receiver, frame)) {
        execwire_owed_want_hello(receiver);
        return EXECWIRE_LINK_NO_SESSION;
    }
    execwire_owed_ack_hello(receiver, (uint32_t)frame->value[EXECWIRE_FRAME_CHECK], now);
    return EXECWIRE_LINK_HELLO;
}

/* Compares one entry of a digest with what is known. */
static void compare_live(execwire_link_receiver *receiver, uint32_t entry, uint64_t now)
{
    unsigned ref = execwire_update_ref(entry);
    unsigned low_generation = execwire_live_low_generation(entry);
    uint32_t number = execwire_live_number(entry);
    execwire_link_context *context;

    if (ref >= receiver->options.context_count)
        return;
    context = &receiver->options.contexts[ref];
    if (execwire_context_knows(context, low_generation, number)) {
        if (number == context->number)
            context->heard = now;
        return;
    }
    context->suspect = context->known;
    context->newer = execwire_number_as_new(low_generation, number, context->generation);
    execwire_owed_want(context);
}

static execwire_link_outcome take_digest(execwire_link_receiver *receiver,
                                         const execwire_frame *frame, uint64_t now)
{
    execwire_str live = frame->bytes[EXECWIRE_FRAME_LIVE];
    uint32_t entry;

    if (frame->value[EXECWIRE_FRAME_SESSION] < receiver->peer.session)
        return EXECWIRE_LINK_OLD_SESSION;
    while (execwire_frame_next_number(&live, &entry))
        compare_live(receiver, entry, now);
    return EXECWIRE_LINK_DIGEST;
}

bool execwire_session_is_hello(const execwire_frame *frame, execwire_str *node)
{
    *node = frame->bytes[EXECWIRE_FRAME_NODE];
    return frame->kind == EXECWIRE_FRAME_KIND_HELLO &&
           !execwire_frame_has(frame, EXECWIRE_FRAME_WORDS) &&
           frame->control == frame->value[EXECWIRE_FRAME_CHECK];
}

static bool is_control_good(const execwire_link_receiver *receiver, const execwire_frame *frame)
{
    uint32_t check = frame->control;
    bool of_node = frame->kind == EXECWIRE_FRAME_KIND_DIGEST ||
                   execwire_frame_has(frame, EXECWIRE_FRAME_WORDS);

    if (of_node)
        check = execwire_crc32(check, receiver->peer.node, receiver->peer.node_size) ^
                receiver->peer.salt;
    return check == frame->value[EXECWIRE_FRAME_CHECK];
}

execwire_code execwire_session_take(execwire_link_receiver *receiver, const execwire_frame *frame,
                                    uint64_t now, execwire_link_event *event, execwire_error *error)
{
    bool is_base = frame->kind == EXECWIRE_FRAME_KIND_HELLO &&
                   !execwire_frame_has(frame, EXECWIRE_FRAME_WORDS);

    /* there is nothing yet to hold it against */
    if (!is_base && (!receiver->peer.has_hello ||
                     frame->value[EXECWIRE_FRAME_SESSION] > receiver->peer.session)) {
        event->outcome = EXECWIRE_LINK_NO_SESSION;
        execwire_owed_want_hello(receiver);
        return EXECWIRE_OK;
    }
    if (!is_control_good(receiver, frame))
        return execwire_fail(error, EXECWIRE_ERROR_LINK_FRAME, 0);
    event->outcome = frame->kind == EXECWIRE_FRAME_KIND_HELLO ? take_hello(receiver, frame, now)
                                                              : take_digest(receiver, frame, now);
    return EXECWIRE_OK;
}

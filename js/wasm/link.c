/* The receiver of a link: one to an instance.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "error/error.h"
#include "glue.h"
#include "tape.h"

#include <execwire/link.h>

#define TRANSFERS 16 /* large frames that arrive in pieces at the same time */

/* Of a view. */
#define FLAG_CURRENT 1
#define FLAG_SUSPECT 2

static execwire_link_receiver receiver;
static execwire_link_context contexts[EXECWIRE_LINK_MAX_REFS];
static execwire_link_transfer transfers[TRANSFERS];

/* Memory as execwire(1) lends it, for states of at most `largest` bytes. */
EXPORT(link_open)
execwire_code link_open(execwire_link_mode mode, size_t largest, uint32_t ack_ms, uint32_t want_ms,
                        uint32_t fresh_ms)
{
    execwire_link_receiver_options options = {.mode = mode,
                                              .ack_ms = ack_ms,
                                              .want_ms = want_ms,
                                              .fresh_ms = fresh_ms,
                                              .contexts = contexts,
                                              .context_count = EXECWIRE_LINK_MAX_REFS,
                                              .store_capacity = 8 * largest,
                                              .text_capacity = 2 * largest,
                                              .entry_capacity = largest / 4 + 1,
                                              .transfers = transfers,
                                              .transfer_count = TRANSFERS,
                                              .piece_capacity = TRANSFERS * largest};
    execwire_code code;

    options.store = arena_take(options.store_capacity);
    options.text = arena_take(options.text_capacity);
    options.entries = arena_take(options.entry_capacity * sizeof *options.entries);
    options.pieces = arena_take(options.piece_capacity);
    if (options.store == NULL || options.text == NULL || options.entries == NULL ||
        options.pieces == NULL)
        return execwire_fail(&glue_error, EXECWIRE_ERROR_NO_SPACE, 0);
    code = execwire_link_receiver_init(&receiver, &options, &glue_error);
    arena_keep();
    return code;
}

static void give_message(execwire_str message)
{
    glue.out = glue_address(message.data);
    glue.out_size = (uint32_t)message.size;
}

EXPORT(link_receive) execwire_code link_receive(const void *frame, size_t size, double now)
{
    execwire_link_event event;
    execwire_code code;

    glue_begin();
    code = execwire_link_receive(&receiver, frame, size, (uint64_t)now, &event, &glue_error);
    if (code != EXECWIRE_OK)
        return code;
    glue.outcome = event.outcome;
    glue.number = event.number;
    if (event.has_ref)
        glue.ref = event.ref;
    give_message(event.message);
    if (event.state != NULL && !tape_write(event.state, event.message.size))
        return execwire_fail(&glue_error, EXECWIRE_ERROR_NO_SPACE, 0);
    return code;
}

/* Feedback goes out; the time is when to call again, or infinity. The input is room for the frame.
 */
EXPORT(link_poll) void link_poll(void *out, size_t capacity, double now)
{
    size_t size = 0;
    uint64_t next;

    glue_begin();
    next = execwire_link_receiver_poll(&receiver, (uint64_t)now, out, capacity, &size);
    glue.out = glue_address(out);
    glue.out_size = (uint32_t)size;
    glue.time = next == EXECWIRE_LINK_NEVER ? __builtin_inf() : (double)next;
}

EXPORT(link_view) bool link_view(unsigned ref, double now)
{
    execwire_link_view view;
    execwire_state state;

    glue_begin();
    if (!execwire_link_receiver_view(&receiver, ref, (uint64_t)now, &view))
        return false;
    glue.ref = ref;
    glue.number = view.number;
    glue.time = (double)view.age_ms;
    glue.flags = (view.current ? FLAG_CURRENT : 0) | (view.suspect ? FLAG_SUSPECT : 0);
    give_message(view.message);
    return glue_decode(view.message.data, view.message.size, &state) == EXECWIRE_OK &&
           tape_write(&state, view.message.size);
}

EXPORT(link_outcome_count) uint32_t link_outcome_count(void)
{
    return EXECWIRE_LINK_OUTCOME_COUNT;
}

EXPORT(link_outcome_name) const char *link_outcome_name(execwire_link_outcome outcome)
{
    return execwire_link_outcome_name(outcome);
}

EXPORT(link_outcome_text) const char *link_outcome_text(execwire_link_outcome outcome)
{
    return execwire_link_outcome_text(outcome);
}

EXPORT(link_outcomes) uint32_t link_outcomes(execwire_link_outcome outcome)
{
    return receiver.stats.outcomes[outcome];
}

EXPORT(link_malformed) uint32_t link_malformed(void)
{
    return receiver.stats.malformed;
}

EXPORT(link_forgotten) uint32_t link_forgotten(void)
{
    return receiver.stats.forgotten;
}

EXPORT(link_feedbacks) uint32_t link_feedbacks(void)
{
    return receiver.stats.feedbacks;
}

EXPORT(link_bytes) double link_bytes(void)
{
    return (double)receiver.stats.bytes;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "calls.h"
#include "lent.h"

#include <execwire/link_frame.h>

/* What the fields of a frame hold, each read as whatever it might be. */
static void note_frame_field(void *context, const execwire_field_view *field)
{
    char ids[EXECWIRE_FRAME_IDS_SIZE];
    work *w = context;
    execwire_update_parts parts;
    execwire_repair repair = {.update = 0};
    execwire_str rest = field->bytes, checks = field->bytes, numbers = field->bytes;
    uint32_t value = 0;

    note_number(w, field->end);
    note(w, ids, execwire_frame_ids(field, ids));
    execwire_frame_update_parts((uint64_t)field->value, w->frames % 2 > 0, &parts);
    note_number(w, parts.number);
    execwire_frame_live_parts((uint32_t)field->value, &parts);
    note_number(w, parts.generation);
    execwire_frame_elapsed((uint64_t)field->value, &parts.elapsed);
    note_number(w, (uint64_t)parts.elapsed.seconds);
    note_number(w, execwire_frame_next_repair(&rest, &repair));
    note_number(w, repair.update);
    note_number(w, execwire_frame_next_fixed32(&checks, &value));
    note_number(w, execwire_frame_next_number(&numbers, &value));
    note_number(w, value);
    note_output(w, execwire_frame_text(field->bytes.data, field->bytes.size, w->out, ROOM, &w->size,
                                       NULL, &w->error));
}

static void note_frame(work *w, const void *frame, size_t size)
{
    execwire_frame_kind kind;

    note_code(w, execwire_visit_frame(frame, size, note_frame_field, w, &kind, &w->error));
    note_text(w, execwire_frame_kind_name(kind));
}

/* Every third frame is lost. */
static void emit(void *context, const void *frame, size_t size)
{
    work *w = context;
    execwire_link_event event;
    execwire_gateway_event from;
    execwire_str node;

    note(w, frame, size);
    note_frame(w, frame, size);
    note_number(w, execwire_link_hello_node(frame, size, w->other, &node));
    note(w, node.data, node.size);
    if (++w->frames % 3 == 0)
        return;
    note_code(w, execwire_link_receive(&w->receiver, frame, size, w->now, &event, &w->error));
    note_number(w, event.outcome);
    note(w, event.message.data, event.message.size);
    note_code(w, execwire_gateway_receive(&w->gateway, EXECWIRE_STR("here"), frame, size, w->now,
                                          &from, &w->error));
    note_number(w, from.link.outcome);
    note_number(w, from.node);
    note(w, from.link.message.data, from.link.message.size);
}

static const execwire_state *recall(void *context, unsigned ref)
{
    return ((work *)context)->newest[ref];
}

static void open_gateway(work *w, execwire_link_mode mode)
{
    const execwire_gateway_options options = {.mode = mode,
                                              .nodes = w->nodes,
                                              .node_count = 4,
                                              .sources = w->sources,
                                              .source_count = 4,
                                              .store = w->shared,
                                              .store_capacity = sizeof w->shared,
                                              .assemblies = w->assemblies,
                                              .assembly_count = 1,
                                              .pieces = w->other,
                                              .piece_capacity = ROOM,
                                              .text = w->text,
                                              .text_capacity = ROOM / 4,
                                              .entries = w->entries,
                                              .entry_capacity = ENTRIES};

    note_code(w, execwire_gateway_init(&w->gateway, &options, &w->error));
}

static void open_link(work *w, execwire_link_mode mode)
{
    const execwire_link_sender_options sending = {.mode = mode,
                                                  LENT_TO_SENDER(w),
                                                  .mtu = MTU,
                                                  LENT_TEXTS(w),
                                                  .emit = emit,
                                                  .recall = recall,
                                                  .context = w};
    const execwire_link_receiver_options receiving = {
        .mode = mode, LENT_TO_RECEIVER(w), LENT_ENTRIES(w)};

    w->now = 0;
    w->frames = 0;
    note_code(w, execwire_link_sender_init(&w->sender, &sending, &w->error));
    note_code(w, execwire_link_receiver_init(&w->receiver, &receiving, &w->error));
    open_gateway(w, mode);
    execwire_link_restore_session(&w->sender, 7);
    note_number(w, execwire_link_session(&w->sender));
    note_number(w, execwire_link_waiting(&w->sender));
    note_number(w, execwire_link_acknowledged(&w->sender, 0));
}

static void answer(work *w)
{
    char frame[MTU];
    execwire_str to;

    note_number(w,
                execwire_link_receiver_poll(&w->receiver, w->now, frame, sizeof frame, &w->size));
    note(w, frame, w->size);
    if (w->size > 0)
        note_code(w, execwire_link_feedback(&w->sender, frame, w->size, &w->error));
    note_number(w, execwire_gateway_poll(&w->gateway, w->now, frame, sizeof frame, &w->size, &to));
    note(w, frame, w->size);
    note(w, to.data, to.size);
}

/* What is known of the first node goes to a gateway that is started anew. */
static void restart_gateway(work *w, execwire_link_mode mode)
{
    execwire_link_view view;
    uint32_t node;

    note_output(w,
                execwire_gateway_save(&w->gateway, 0, w->now, w->out, ROOM, &w->size, &w->error));
    open_gateway(w, mode);
    note_code(w, execwire_gateway_load(&w->gateway, w->out, w->size, 0, w->now, &node, &w->error));
    note_number(w, node);
    note_number(w, execwire_gateway_view(&w->gateway, 0, 0, w->now, &view));
    note(w, view.message.data, view.message.size);
}

void use_link(work *w, const sample *all, size_t count, size_t which)
{
    open_link(w, (execwire_link_mode)(which % 3));
    for (size_t i = 0; i < 6; i++) {
        const sample *next = &all[(which + i) % count];
        unsigned ref = 0;

        note_code(w, execwire_link_update(&w->sender, &next->state, w->now, &ref, &w->error));
        w->newest[ref] = &next->state;
        answer(w);
        w->now += 1500;
        note_number(w, execwire_link_sender_poll(&w->sender, w->now));
    }
    for (unsigned ref = 0; ref < REFS; ref++) {
        execwire_link_view view;

        note_number(w, execwire_link_receiver_view(&w->receiver, ref, w->now, &view));
        note(w, view.message.data, view.message.size);
        note_number(w, execwire_gateway_view(&w->gateway, 0, ref, w->now, &view));
        note(w, view.message.data, view.message.size);
        note(w, w->other, execwire_gateway_name(&w->gateway, ref, w->other).size);
    }
    restart_gateway(w, (execwire_link_mode)(which % 3));
}

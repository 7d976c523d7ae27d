/* SPDX-License-Identifier: Apache-2.0 */
#include "link/sender/draft.h"

#include "link/base/elapsed.h"
#include "link/frame/head.h"
#include "link/frame/update.h"
#include "link/model/canonical.h"
#include "link/model/check.h"
#include "link/model/compress.h"
#include "link/model/difference.h"
#include "link/model/identity.h"
#include "link/model/predict.h"
#include "link/sender/executions.h"
#include "wire/format.h"

#include <execwire/link_frame.h>

#include <string.h>

/* The receiver knows a text, or is told: it is in the prediction as it is in the state. */
static void know(execwire_draft *draft, const execwire_str *text)
{
    size_t offset = (size_t)((const char *)text - (const char *)draft->state);

    *(execwire_str *)(void *)((char *)&draft->predicted + offset) = *text;
}

/* ---- The identity ---- */

static void put_bytes(execwire_sink *sink, unsigned field, const uint8_t *data, size_t size)
{
    if (size > 0)
        execwire_sink_bytes_field(sink, field, data, size);
}

static bool is_same_id(const execwire_str *left, const execwire_str *right)
{
    return left->data != NULL && right->data != NULL && left->size == right->size &&
           memcmp(left->data, right->data, left->size) == 0;
}

/* The node, where it is not the session's. */
static void put_node(execwire_draft *draft, execwire_sink *sink)
{
    const execwire_str *node = &draft->state->node_id;
    const execwire_str *usual = &draft->sender->options.node;
    uint8_t raw[EXECWIRE_HASH_RAW];
    size_t size = 0;

    draft->predicted.node_id = *usual;
    if (!is_same_id(node, usual))
        size = execwire_id_read(EXECWIRE_ID_HASH, node, raw);
    if (size > 0)
        know(draft, node);
    put_bytes(sink, EXECWIRE_FRAME_NODE, raw, size);
}

/* ---- Times ---- */

typedef struct times {
    uint64_t created;
    uint64_t elapsed;
} times;

static times know_times(execwire_draft *draft)
{
    const execwire_link_sender *sender = draft->sender;
    const execwire_state *state = draft->state;
    execwire_state *known = &draft->predicted;
    execwire_time epoch = {sender->epoch, 0};
    times t = {0, 0};

    known->has_create_time =
        state->has_create_time &&
        (!execwire_execution_has(draft->execution, EXECWIRE_EXECUTION_IDENTIFIED) ||
         (sender->has_epoch && execwire_time_between(&epoch, &state->create_time, &t.created)));
    known->has_update_time = known->has_create_time;
    if (!known->has_create_time)
        return t;
    known->create_time = state->create_time;
    known->update_time = state->update_time;
    if (!state->has_update_time ||
        !execwire_time_between(&state->create_time, &state->update_time, &t.elapsed) ||
        t.elapsed >> EXECWIRE_UPDATE_ELAPSED_BITS != 0) {
        t.elapsed = 0;
        known->update_time = state->create_time;
    }
    return t;
}

/* ---- Facts ---- */

static unsigned number_of_state(const execwire_state *state)
{
    bool fits = state->has_state && (uint32_t)state->state < EXECWIRE_LINK_NO_STATE;

    return fits ? (unsigned)state->state : EXECWIRE_LINK_NO_STATE;
}

static unsigned state_of(const execwire_draft *draft)
{
    return execwire_update_state(draft->head);
}

uint32_t execwire_draft_head(const execwire_link_sender *sender,
                             const execwire_link_execution *execution, unsigned state_number)
{
    return execwire_piece_head(execwire_execution_ref(sender, execution), state_number,
                               execution->generation, execution->number);
}

static void put_cid(execwire_draft *draft, execwire_sink *sink)
{
    const execwire_str *cid = execwire_path_get(draft->state, EXECWIRE_PATH_CID);
    uint8_t raw[EXECWIRE_CID1_RAW];
    size_t size;

    if (cid == NULL)
        return;
    size = execwire_id_read(EXECWIRE_ID_HASH, cid, raw);
    if (size == 0)
        size = execwire_id_read(EXECWIRE_ID_CID1, cid, raw);
    if (size > 0)
        know(draft, cid);
    put_bytes(sink, EXECWIRE_FRAME_CID, raw, size);
}

static void put_uint32(execwire_sink *sink, bool present, unsigned field, uint32_t value)
{
    if (present)
        execwire_sink_varint_field(sink, field, value);
}

/* The head; of an identity that is not as most are, `ids` and `created` after it. A receiver of a
 * delta knows the ids. */
static void put_update(execwire_draft *draft, execwire_sink *sink, times t)
{
    const execwire_state *state = draft->state;
    bool identity = execwire_execution_has(draft->execution, EXECWIRE_EXECUTION_IDENTIFIED);
    bool has_created = draft->predicted.has_create_time;
    uint8_t ids[EXECWIRE_IDS_RAW];
    size_t size =
        identity ? execwire_identity_pack(&state->job_id, &state->compute_reference, ids) : 0;
    bool usual = size == EXECWIRE_HEAD_IDS && has_created;

    if (size > 0 || !identity) {
        know(draft, &state->job_id);
        know(draft, &state->compute_reference);
    }
    execwire_head_put_update(sink, execwire_update_ref(draft->head), state_of(draft), t.elapsed,
                             usual);
    execwire_sink_fixed32(sink, draft->check);
    if (usual) {
        execwire_sink_put(sink, ids, size);
        execwire_head_put_time(sink, t.created);
        return;
    }
    if (identity)
        execwire_sink_bytes_field(sink, EXECWIRE_FRAME_IDS, ids, size);
    if (identity && has_created)
        execwire_sink_varint_field(sink, EXECWIRE_FRAME_CREATED, t.created);
}

/* The fields after the texts and the patch. */
static void put_last(execwire_draft *draft, execwire_sink *sink)
{
    const execwire_link_execution *execution = draft->execution;
    uint32_t generation = execwire_execution_generation(draft->sender, execution);
    bool identity = execwire_execution_has(draft->execution, EXECWIRE_EXECUTION_IDENTIFIED);

    put_uint32(sink, identity && generation > 0, EXECWIRE_FRAME_GENERATION, generation);
    put_uint32(sink, draft->base != 0, EXECWIRE_FRAME_BASE, draft->base);
    if (identity)
        put_node(draft, sink);
    else
        know(draft, &draft->state->node_id);
    put_uint32(sink, execwire_execution_has(draft->execution, EXECWIRE_EXECUTION_SESSION),
               EXECWIRE_FRAME_SESSION, draft->sender->session);
}

/* ---- Texts ---- */

#define FIELD_AND_PATH(name, path, member) {EXECWIRE_FRAME_##name, EXECWIRE_PATH_##path},

/* They are sent unless they are empty. */
static const struct {
    uint16_t field;
    uint16_t path;
} draft_texts[] = {EXECWIRE_TEXT_FIELDS(FIELD_AND_PATH)};

_Static_assert(sizeof draft_texts / sizeof draft_texts[0] == EXECWIRE_TEXT_FIELD_COUNT,
               "as many as a draft has");

static void plan_texts(execwire_draft *draft)
{
    const execwire_link_sender_options *options = &draft->sender->options;
    execwire_text_room room = {NULL, options->frame, options->mtu};
    size_t compressible = EXECWIRE_COMPRESS_FRAME_MAX;

    /* the last one first: then those that are kept are in the order in which they are written */
    for (unsigned i = EXECWIRE_TEXT_FIELD_COUNT; i-- > 0;) {
        const execwire_str *text = execwire_path_get(draft->state, draft_texts[i].path);

        if (text == NULL || text->size == 0)
            continue;
        know(draft, text);
        room.memory = text->size <= compressible ? options->packing : NULL;
        execwire_text_plan(&draft->texts[i], text, &draft->names, &room);
        if (draft->texts[i].compressed)
            compressible -= text->size;
    }
}

/* Pieces are written where the compressed texts are kept. */
static void forget_kept(execwire_draft *draft)
{
    for (unsigned i = 0; i < EXECWIRE_TEXT_FIELD_COUNT; i++)
        draft->texts[i].kept = NULL;
}

static void write_texts(const execwire_draft *draft, execwire_sink *sink)
{
    for (unsigned i = 0; i < EXECWIRE_TEXT_FIELD_COUNT; i++) {
        const execwire_packed *packed = &draft->texts[i];

        if (packed->size == 0)
            continue;
        execwire_sink_head(sink, draft_texts[i].field, packed->size);
        if (sink->put == NULL)
            sink->size += packed->size;
        else
            execwire_text_write(packed, &draft->names, sink);
    }
}

/* ---- Prediction ---- */

/* Says whether a text of the state is what is predicted: then that is predicted, else something
 * that no state has. */
typedef struct comparer {
    execwire_link_joiner joiner;
    execwire_draft *draft;
} comparer;

/* No text is of that size, so that the prediction differs from any. Its bytes are never looked at.
 */
static const execwire_str different = {"", SIZE_MAX};

/* The longest packed text that is predicted. */
#define JOINED_SIZE 16

static bool compare_joined(execwire_link_joiner *joiner, const char *packed, size_t size,
                           execwire_str *member)
{
    execwire_draft *draft = ((comparer *)joiner)->draft;
    const execwire_link_names names = {.state = &draft->predicted,
                                       .name_count = EXECWIRE_TEXT_ALL_NAMES};
    size_t offset = (size_t)((const char *)member - (const char *)&draft->predicted);
    const execwire_str *actual =
        (const execwire_str *)(const void *)((const char *)draft->state + offset);
    uint8_t out[JOINED_SIZE];
    execwire_buffer_sink sink = execwire_sink_buffer(out, sizeof out);

    *member = different;
    if (actual->data == NULL)
        return true;
    execwire_text_write_plain(actual, &names, &sink.sink);
    if (sink.sink.size == size && memcmp(out, packed, size) == 0)
        *member = *actual;
    return true;
}

/* ---- The whole ---- */

static uint32_t check_of(const execwire_link_sender *sender,
                         const execwire_link_execution *execution, const execwire_state *state)
{
    uint32_t start = execwire_link_check_start(
        sender->session, execwire_execution_ref(sender, execution),
        execwire_execution_generation(sender, execution), execution->number);

    return execwire_canonical_sum(state, EXECWIRE_CANONICAL_ALL, start) ^ sender->options.salt;
}

bool execwire_draft_is_last(const execwire_link_sender *sender,
                            const execwire_link_execution *execution, const execwire_state *state)
{
    return execution->number != 0 && check_of(sender, execution, state) == execution->check;
}

/* What is small of the frame. */
static void put_fields(execwire_draft *draft)
{
    execwire_buffer_sink out = execwire_sink_buffer(draft->fields, sizeof draft->fields);
    uint32_t number = draft->execution->number;
    times t = know_times(draft);

    put_update(draft, &out.sink, t);
    put_uint32(&out.sink, number != execwire_update_usual_number(state_of(draft)),
               EXECWIRE_FRAME_NUMBER, number);
    if (draft->base == 0)
        put_cid(draft, &out.sink);
    draft->fields_before = out.sink.size;
    put_last(draft, &out.sink);
    draft->fields_size = out.sink.size;
}

/* The texts, and what follows from them. */
static void put_texts(execwire_draft *draft)
{
    comparer c = {{compare_joined}, draft};

    plan_texts(draft);
    (void)execwire_link_predict_large(&draft->predicted, &c.joiner);
}

void execwire_draft_make(execwire_draft *draft, const execwire_link_sender *sender,
                         const execwire_link_execution *execution, const execwire_state *state,
                         uint32_t base)
{
    execwire_sink size = {NULL, 0};

    memset(draft, 0, sizeof *draft);
    draft->sender = sender;
    draft->execution = execution;
    draft->state = state;
    draft->base = base;
    draft->names =
        (execwire_link_names){&draft->predicted, EXECWIRE_TEXT_NAMES, sender->options.words,
                              sender->parts_known > 0 ? sender->parts_known - 1u : 0};
    draft->head = execwire_draft_head(sender, execution, number_of_state(state));
    draft->check = check_of(sender, execution, state);
    if (base != 0)
        draft->predicted = *state;
    put_fields(draft);
    execwire_link_predict(&draft->predicted, execution->number, state_of(draft));
    if (base == 0)
        put_texts(draft);
    execwire_draft_write(draft, &size);
    draft->size = size.size;
    if (draft->size > sender->options.mtu)
        forget_kept(draft);
}

/* ---- Writing ---- */

static void write_patch(const execwire_draft *draft, execwire_sink *sink)
{
    execwire_sink size = {NULL, 0};

    execwire_canonical_patch(&size, draft->state, &draft->predicted);
    if (size.size == 0)
        return;
    execwire_sink_head(sink, EXECWIRE_FRAME_PATCH, size.size);
    execwire_canonical_patch(sink, draft->state, &draft->predicted);
}

static void write_clear(const execwire_draft *draft, execwire_sink *sink)
{
    execwire_sink size = {NULL, 0};

    execwire_difference_clears(&size, &draft->predicted, draft->state);
    if (size.size == 0)
        return;
    execwire_sink_head(sink, EXECWIRE_FRAME_CLEAR, size.size);
    execwire_difference_clears(sink, &draft->predicted, draft->state);
}

void execwire_draft_write(const execwire_draft *draft, execwire_sink *sink)
{
    execwire_sink_put(sink, draft->fields, draft->fields_before);
    write_texts(draft, sink);
    write_patch(draft, sink);
    execwire_sink_put(sink, draft->fields + draft->fields_before,
                      draft->fields_size - draft->fields_before);
    write_clear(draft, sink);
}

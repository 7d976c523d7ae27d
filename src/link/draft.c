/* SPDX-License-Identifier: Apache-2.0 */
#include "link/draft.h"

#include "link/canonical.h"
#include "link/check.h"
#include "link/elapsed.h"
#include "link/frame.h"
#include "link/predict.h"
#include "wire/reader.h"

#include <string.h>

static const execwire_str absent = {NULL, 0};

static bool same_text(execwire_str left, execwire_str right)
{
    return left.data != NULL && right.data != NULL && left.size == right.size &&
           memcmp(left.data, right.data, left.size) == 0;
}

/* ---- The identity ---- */

static bool is_version_4(const uint8_t uuid[EXECWIRE_UUID_RAW])
{
    return uuid[6] >> 4 == 4;
}

/* Two UUIDs, in 31 bytes where both are of version 4: byte 6 begins with the 4 then. */
static size_t pack_uuids(uint8_t ids[2 * EXECWIRE_UUID_RAW])
{
    uint8_t *second = ids + EXECWIRE_UUID_RAW;

    if (!is_version_4(ids) || !is_version_4(second))
        return (size_t)2 * EXECWIRE_UUID_RAW;
    ids[6] = (uint8_t)(ids[6] << 4 | (second[6] & 15));
    memmove(second + 6, second + 7, EXECWIRE_UUID_RAW - 7);
    return (size_t)2 * EXECWIRE_UUID_RAW - 1;
}

static size_t pack_ids(const execwire_state *state, uint8_t ids[2 * EXECWIRE_UUID_RAW])
{
    execwire_str job = state->job_id;
    execwire_str reference = state->compute_reference;

    if (job.data == NULL || job.size != EXECWIRE_UUID_TEXT || reference.data == NULL ||
        reference.size != 2 + EXECWIRE_UUID_TEXT || memcmp(reference.data, "e-", 2) != 0 ||
        !execwire_uuid_read(job.data, ids) ||
        !execwire_uuid_read(reference.data + 2, ids + EXECWIRE_UUID_RAW))
        return 0;
    return pack_uuids(ids);
}

static bool is_hash(execwire_str text, uint8_t raw[EXECWIRE_HASH_RAW])
{
    return text.data != NULL && text.size == EXECWIRE_HASH_TEXT &&
           execwire_hash_read(text.data, raw);
}

size_t execwire_draft_node(execwire_str node, uint8_t out[EXECWIRE_LINK_NODE_SIZE])
{
    if (is_hash(node, out))
        return EXECWIRE_HASH_RAW;
    if (node.data == NULL || node.size > EXECWIRE_LINK_NODE_SIZE || node.size == EXECWIRE_HASH_RAW)
        return 0;
    memcpy(out, node.data, node.size);
    return node.size;
}

static void draft_created(execwire_draft *draft, const execwire_state *state)
{
    execwire_time epoch = {draft->terms.epoch, 0};
    int64_t elapsed;

    if (!draft->terms.has_epoch || !state->has_create_time ||
        !execwire_time_between(&epoch, &state->create_time, &elapsed) || elapsed < 0)
        return;
    draft->has_created = true;
    draft->created = (uint64_t)elapsed;
}

static void draft_identity(execwire_draft *draft, const execwire_state *state,
                           execwire_link_hints *hints)
{
    draft->ids_size = pack_ids(state, draft->ids);
    if (draft->ids_size > 0) {
        hints->job = state->job_id;
        hints->reference = state->compute_reference;
    }
    draft_created(draft, state);
    hints->has_created = draft->has_created;
    hints->node = draft->terms.node;
    if (!same_text(state->node_id, draft->terms.node) && is_hash(state->node_id, draft->node)) {
        draft->node_size = EXECWIRE_HASH_RAW;
        hints->node = state->node_id;
    }
    draft->has_number =
        draft->terms.number > 7 || (draft->ids_size == 0 && !draft->has_created &&
                                    draft->node_size == 0 && !draft->terms.say_session);
}

static void know_identity(const execwire_state *state, execwire_link_hints *hints)
{
    hints->job = state->job_id;
    hints->reference = state->compute_reference;
    hints->node = state->node_id;
    hints->has_created = state->has_create_time;
}

/* ---- Facts ---- */

static void draft_elapsed(execwire_draft *draft, const execwire_state *state,
                          execwire_link_hints *hints)
{
    hints->has_updated = hints->has_created;
    hints->updated = state->create_time;
    if (!hints->has_created || !state->has_update_time)
        return;
    if (!execwire_time_between(&state->create_time, &state->update_time, &draft->elapsed))
        return;
    hints->updated = state->update_time;
    draft->has_elapsed = draft->elapsed < 0 || draft->elapsed >> EXECWIRE_UPDATE_ELAPSED_BITS != 0;
}

static unsigned number_of_state(const execwire_state *state)
{
    bool fits = state->has_state && state->state >= 0 && state->state < EXECWIRE_LINK_NO_STATE;

    return fits ? (unsigned)state->state : EXECWIRE_LINK_NO_STATE;
}

static void draft_update(execwire_draft *draft, unsigned state)
{
    const execwire_draft_terms *terms = &draft->terms;
    uint64_t parts = terms->number & 7;

    parts = parts << EXECWIRE_UPDATE_STATE_BITS | state;
    parts = parts << EXECWIRE_UPDATE_REF_BITS | terms->ref;
    if (!draft->has_elapsed)
        parts |= (uint64_t)draft->elapsed << EXECWIRE_UPDATE_ELAPSED_SHIFT;
    draft->update = parts;
}

static size_t pack_cid(execwire_str cid, uint8_t out[EXECWIRE_CID1_RAW])
{
    if (is_hash(cid, out))
        return EXECWIRE_HASH_RAW;
    if (cid.data != NULL && cid.size == EXECWIRE_CID1_TEXT && execwire_cid1_read(cid.data, out))
        return EXECWIRE_CID1_RAW;
    return 0;
}

static bool has_nul(execwire_str text)
{
    while (text.size > 0 && text.data[text.size - 1] != '\0')
        text.size--;
    return text.size > 0;
}

static bool not_empty(execwire_str text)
{
    return text.data != NULL && text.size > 0;
}

static void hint_results(execwire_draft *draft, const execwire_storage_spec *results,
                         execwire_link_hints *hints)
{
    const execwire_s3_storage_spec *s3 = &results->s3;

    draft->cid_size = pack_cid(results->cid, draft->cid);
    if (draft->cid_size > 0)
        hints->cid = results->cid;
    if (!results->has_s3 || s3->bucket.data == NULL || has_nul(s3->bucket) || has_nul(s3->region))
        return;
    hints->bucket = s3->bucket;
    hints->region = s3->region;
}

static void hint_large(execwire_draft *draft, const execwire_state *state,
                       execwire_link_hints *hints)
{
    if (state->has_published_results)
        hint_results(draft, &state->published_results, hints);
    if (state->has_run_output && not_empty(state->run_output.std_out))
        hints->out = state->run_output.std_out;
    if (state->has_run_output && not_empty(state->run_output.std_err))
        hints->err = state->run_output.std_err;
    if (state->status.data != NULL)
        hints->status = state->status;
}

static void pack(execwire_packed *packed, execwire_str text, execwire_str tail,
                 const execwire_link_names *names)
{
    *packed = (execwire_packed){.text = absent, .tail = absent, .word = -1};
    if (text.data != NULL)
        *packed = execwire_text_plan(text, tail, names);
}

static void pack_texts(execwire_draft *draft, const execwire_link_hints *hints)
{
    execwire_link_names *names = &draft->names;

    *names = (execwire_link_names){hints->job, hints->reference,   hints->node,
                                   hints->cid, draft->terms.words, draft->terms.word_count};
    pack(&draft->bucket, hints->bucket, hints->region, names);
    pack(&draft->out, hints->out, absent, names);
    pack(&draft->err, hints->err, absent, names);
    pack(&draft->status, hints->status, absent, names);
}

/* ---- Prediction ---- */

/* Says whether the parts put together are what the state has: then that is predicted, else
 * something that no state has. */
typedef struct comparer {
    execwire_link_joiner joiner;
    const execwire_state *actual;
    const execwire_state *predicted;
} comparer;

static bool is_joined(const execwire_str *parts, size_t count, execwire_str text)
{
    for (size_t i = 0; i < count; i++) {
        if (parts[i].size > text.size ||
            (parts[i].size > 0 && memcmp(text.data, parts[i].data, parts[i].size) != 0))
            return false;
        text.data += parts[i].size;
        text.size -= parts[i].size;
    }
    return text.size == 0;
}

static bool compare_joined(execwire_link_joiner *joiner, const execwire_str *parts, size_t count,
                           execwire_str *member)
{
    comparer *c = (comparer *)joiner;
    size_t offset = (size_t)((const char *)member - (const char *)c->predicted);
    const execwire_str *actual =
        (const execwire_str *)(const void *)((const char *)c->actual + offset);

    *member = (execwire_str){"", SIZE_MAX};
    if (actual->data != NULL && is_joined(parts, count, *actual))
        *member = *actual;
    return true;
}

uint32_t execwire_draft_check(const execwire_draft_terms *terms, const execwire_state *state)
{
    return execwire_canonical_sum(
        state, EXECWIRE_CANONICAL_ALL,
        execwire_link_check_start(terms->session, terms->ref, terms->generation, terms->number));
}

void execwire_draft_make(execwire_draft *draft, const execwire_draft_terms *terms,
                         const execwire_state *state)
{
    execwire_state predicted;
    comparer c = {{compare_joined}, state, &predicted};
    execwire_link_hints hints = {
        .number = terms->number, .created = state->create_time, .state = number_of_state(state)};

    memset(draft, 0, sizeof *draft);
    draft->terms = *terms;
    if (terms->identity)
        draft_identity(draft, state, &hints);
    else
        know_identity(state, &hints);
    draft_elapsed(draft, state, &hints);
    draft_update(draft, hints.state);
    if (terms->large_known)
        hints.base = state;
    else
        hint_large(draft, state, &hints);
    pack_texts(draft, &hints);
    draft->check = execwire_draft_check(terms, state);
    (void)execwire_link_predict(&hints, &c.joiner, &predicted);
    execwire_difference_find(&predicted, state, &draft->difference);
}

/* ---- Writing ---- */

static void write_varint(execwire_sink *sink, bool present, unsigned field, uint64_t value)
{
    if (present)
        execwire_sink_varint_field(sink, field, value);
}

static void write_bytes(execwire_sink *sink, unsigned field, const uint8_t *data, size_t size)
{
    if (size > 0)
        execwire_sink_bytes_field(sink, field, data, size);
}

static void write_text(execwire_sink *sink, unsigned field, const execwire_packed *packed,
                       const execwire_link_names *names)
{
    if (packed->text.data == NULL)
        return;
    execwire_sink_tag(sink, field, EXECWIRE_WIRE_BYTES);
    execwire_sink_varint(sink, packed->size);
    if (sink->put == NULL)
        sink->size += packed->size;
    else
        execwire_text_write(packed, names, sink);
}

static void put_clear(execwire_sink *sink, const execwire_difference *difference)
{
    for (size_t i = 0; i < difference->clear_count; i++)
        execwire_sink_varint(sink, difference->clear[i]);
}

static void write_clear(execwire_sink *sink, const execwire_difference *difference)
{
    execwire_sink size = {NULL, 0};

    put_clear(&size, difference);
    if (size.size == 0)
        return;
    execwire_sink_tag(sink, EXECWIRE_FRAME_CLEAR, EXECWIRE_WIRE_BYTES);
    execwire_sink_varint(sink, size.size);
    put_clear(sink, difference);
}

static void write_patch(execwire_sink *sink, const execwire_difference *difference)
{
    execwire_sink size = {NULL, 0};

    if (!difference->has_patch)
        return;
    execwire_canonical_write(&size, &difference->patch);
    execwire_sink_tag(sink, EXECWIRE_FRAME_PATCH, EXECWIRE_WIRE_BYTES);
    execwire_sink_varint(sink, size.size);
    execwire_canonical_write(sink, &difference->patch);
}

void execwire_draft_write(const execwire_draft *draft, execwire_sink *sink)
{
    const execwire_draft_terms *terms = &draft->terms;

    write_varint(sink, true, EXECWIRE_FRAME_UPDATE, draft->update);
    write_bytes(sink, EXECWIRE_FRAME_IDS, draft->ids, draft->ids_size);
    write_varint(sink, draft->has_created, EXECWIRE_FRAME_CREATED, draft->created);
    write_bytes(sink, EXECWIRE_FRAME_CID, draft->cid, draft->cid_size);
    write_text(sink, EXECWIRE_FRAME_BUCKET, &draft->bucket, &draft->names);
    write_bytes(sink, EXECWIRE_FRAME_NODE, draft->node, draft->node_size);
    write_text(sink, EXECWIRE_FRAME_OUT, &draft->out, &draft->names);
    write_text(sink, EXECWIRE_FRAME_ERR, &draft->err, &draft->names);
    write_text(sink, EXECWIRE_FRAME_STATUS, &draft->status, &draft->names);
    write_patch(sink, &draft->difference);
    execwire_sink_tag(sink, EXECWIRE_FRAME_CHECK, EXECWIRE_WIRE_FIXED32);
    execwire_sink_fixed32(sink, draft->check);
    write_varint(sink, terms->identity && terms->generation > 0, EXECWIRE_FRAME_GENERATION,
                 terms->generation);
    write_varint(sink, terms->large_known, EXECWIRE_FRAME_BASE, terms->base);
    write_varint(sink, draft->has_elapsed, EXECWIRE_FRAME_ELAPSED, execwire_zigzag(draft->elapsed));
    write_varint(sink, draft->has_number, EXECWIRE_FRAME_NUMBER, terms->number);
    write_varint(sink, terms->say_session, EXECWIRE_FRAME_SESSION, terms->session);
    write_clear(sink, &draft->difference);
}

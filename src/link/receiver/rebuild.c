/* SPDX-License-Identifier: Apache-2.0 */
#include "link/receiver/rebuild.h"

#include "base/crc32.h"
#include "error/error.h"
#include "link/base/elapsed.h"
#include "link/base/ids.h"
#include "link/frame/update.h"
#include "link/frame/values.h"
#include "link/model/check.h"
#include "link/model/compress.h"
#include "link/model/difference.h"
#include "link/model/identity.h"
#include "link/model/predict.h"
#include "link/model/text.h"
#include "link/receiver/store.h"
#include "text/path.h"
#include "wire/reader.h"

#include <stddef.h>
#include <string.h>

/* So many compressed texts may come to nothing in a second. */
#define MOST_FAILED 8

/* All steps return whether to go on; where one does not, `outcome` or `code` says why. */
typedef struct rebuild {
    execwire_link_joiner joiner;
    execwire_link_receiver *receiver;
    const execwire_frame *frame;
    const execwire_link_context *context;
    char *room; /* what is left of the text memory */
    size_t capacity;
    unsigned compressed;           /* texts that were expanded */
    size_t expandable;             /* bytes that they may still become */
    execwire_link_outcome outcome; /* STATE as long as all is good */
    execwire_code code;            /* of the frame, which may be malformed */
    execwire_error *error;
} rebuild;

/* Stops without an error: the frame is no use as things are. */
static bool stop(rebuild *b, execwire_link_outcome outcome)
{
    b->outcome = outcome;
    return false;
}

/* A field's value is wrong: an error where it is. */
static bool refuse(rebuild *b, execwire_code code, unsigned field)
{
    const char *name = execwire_frame_field_name(field);

    (void)execwire_fail(b->error, code, (size_t)(b->frame->bytes[field].data - b->frame->start));
    b->code = execwire_fail_in(b->error, code, name, strlen(name));
    return false;
}

static execwire_str take_room(rebuild *b, size_t size)
{
    execwire_str text = {b->room, size};

    b->room += size;
    b->capacity -= size;
    return text;
}

/* Texts of the execution refer to these. */
static execwire_link_names names_of(const rebuild *b, unsigned count)
{
    return (execwire_link_names){.state = &b->receiver->state,
                                 .name_count = count,
                                 .words = b->receiver->words,
                                 .word_count = b->receiver->peer.word_count};
}

/* Whether a compressed text may be looked into: only so many come to nothing. */
static bool may_expand(rebuild *b)
{
    if (b->receiver->failed + b->compressed >= MOST_FAILED)
        return stop(b, EXECWIRE_LINK_BUSY);
    b->compressed++;
    return true;
}

/* Names that are absent are left out: what is predicted then is different from what there is. */
static bool join(execwire_link_joiner *joiner, const char *packed, size_t size,
                 execwire_str *member)
{
    rebuild *b = (rebuild *)joiner;
    const execwire_link_names names = names_of(b, EXECWIRE_TEXT_ALL_NAMES);
    size_t joined;

    if (execwire_text_read((const uint8_t *)packed, size, &names, b->room, b->capacity, &joined) ==
        EXECWIRE_TEXT_NO_ROOM)
        return stop(b, EXECWIRE_LINK_NO_ROOM);
    *member = take_room(b, joined);
    return true;
}

/* ---- The identity ---- */

/* What the execution's last state says of it. */
static bool recall_identity(rebuild *b)
{
    const execwire_link_receiver_options *options = &b->receiver->options;
    execwire_state *state = &b->receiver->state;
    execwire_str message = execwire_store_get(b->receiver, b->context);
    execwire_scratch scratch = {.entries = options->entries,
                                .entry_capacity = options->entry_capacity};
    execwire_state known;

    (void)execwire_decode(message.data, message.size, &scratch, &known, NULL); /* was stored */
    if (execwire_frame_has(b->frame, EXECWIRE_FRAME_BASE)) {
        if (b->frame->value[EXECWIRE_FRAME_BASE] != b->context->number)
            return stop(b, EXECWIRE_LINK_NO_BASE);
        *state = known;
        return true;
    }
    state->job_id = known.job_id;
    state->compute_reference = known.compute_reference;
    state->node_id = known.node_id;
    state->has_create_time = known.has_create_time;
    state->create_time = known.create_time;
    return true;
}

static bool write_id(rebuild *b, execwire_id id, const void *raw, execwire_str *text)
{
    if (b->capacity < EXECWIRE_ID_TEXT_MAX)
        return stop(b, EXECWIRE_LINK_NO_ROOM);
    *text = take_room(b, execwire_id_write(id, raw, b->room));
    return true;
}

/* The two UUIDs, or none. */
static bool read_ids(rebuild *b)
{
    execwire_str ids = b->frame->bytes[EXECWIRE_FRAME_IDS];
    execwire_state *state = &b->receiver->state;
    uint8_t raw[EXECWIRE_IDS_RAW];

    if (ids.size == 0)
        return true;
    if (!execwire_identity_unpack(ids, raw))
        return stop(b, EXECWIRE_LINK_MISMATCH);
    return write_id(b, EXECWIRE_ID_UUID, raw, &state->job_id) &&
           write_id(b, EXECWIRE_ID_REFERENCE, raw + EXECWIRE_UUID_RAW, &state->compute_reference);
}

static bool read_node(rebuild *b)
{
    const execwire_link_receiver *receiver = b->receiver;
    execwire_str node = b->frame->bytes[EXECWIRE_FRAME_NODE];

    if (node.data == NULL && receiver->peer.node_size > 0)
        node = (execwire_str){receiver->peer.node, receiver->peer.node_size};
    if (node.data == NULL)
        return true;
    if (node.size == EXECWIRE_HASH_RAW)
        return write_id(b, EXECWIRE_ID_HASH, node.data, &b->receiver->state.node_id);
    b->receiver->state.node_id = node;
    return true;
}

static bool read_identity(rebuild *b)
{
    const execwire_frame *frame = b->frame;
    execwire_state *state = &b->receiver->state;
    execwire_time epoch = {b->receiver->peer.epoch, 0};

    if (!read_ids(b) || !read_node(b))
        return false;
    if (!execwire_frame_has(frame, EXECWIRE_FRAME_CREATED))
        return true;
    if (!b->receiver->peer.has_epoch)
        return stop(b, EXECWIRE_LINK_NO_SESSION);
    state->has_create_time =
        execwire_time_after(&epoch, frame->value[EXECWIRE_FRAME_CREATED], &state->create_time);
    return true;
}

/* ---- Facts ---- */

static bool read_cid(rebuild *b)
{
    execwire_str raw = b->frame->bytes[EXECWIRE_FRAME_CID];
    execwire_str *cid = &b->receiver->state.published_results.cid;

    if (raw.data == NULL)
        return true;
    if (raw.size == EXECWIRE_HASH_RAW)
        return write_id(b, EXECWIRE_ID_HASH, raw.data, cid);
    if (raw.size == EXECWIRE_CID1_RAW)
        return write_id(b, EXECWIRE_ID_CID1, raw.data, cid);
    return stop(b, EXECWIRE_LINK_MISMATCH);
}

#define FIELD_AND_MEMBER(name, path, member)                                                       \
    {EXECWIRE_FRAME_##name, offsetof(execwire_state, member)},

static const struct text_field {
    unsigned field;
    size_t offset;
} text_fields[] = {EXECWIRE_TEXT_FIELDS(FIELD_AND_MEMBER)};

static bool read_text(rebuild *b, const struct text_field *text)
{
    execwire_str packed = b->frame->bytes[text->field];
    const execwire_link_names names = names_of(b, EXECWIRE_TEXT_NAMES);
    char *member = (char *)&b->receiver->state + text->offset;
    const uint8_t *bytes = (const uint8_t *)packed.data;
    bool compressed = execwire_text_is_compressed(bytes, packed.size);
    bool bounded = compressed && b->expandable < b->capacity;
    size_t size;

    if (packed.data == NULL)
        return true;
    if (compressed && !may_expand(b))
        return false;
    switch (execwire_text_read(bytes, packed.size, &names, b->room,
                               bounded ? b->expandable : b->capacity, &size)) {
    case EXECWIRE_TEXT_OK:
        if (compressed)
            b->expandable -= size;
        *(execwire_str *)(void *)member = take_room(b, size);
        return true;
    case EXECWIRE_TEXT_MALFORMED:
        return refuse(b, EXECWIRE_ERROR_LINK_TEXT, text->field);
    case EXECWIRE_TEXT_NO_NAME:
        return stop(b, EXECWIRE_LINK_MISMATCH);
    case EXECWIRE_TEXT_NO_WORD:
        return stop(b, EXECWIRE_LINK_NO_WORD);
    case EXECWIRE_TEXT_NO_ROOM:
        break;
    }
    return bounded ? refuse(b, EXECWIRE_ERROR_LINK_TEXT, text->field)
                   : stop(b, EXECWIRE_LINK_NO_ROOM);
}

static bool read_texts(rebuild *b)
{
    bool good = true;

    for (size_t i = 0; i < sizeof text_fields / sizeof text_fields[0] && good; i++)
        good = read_text(b, &text_fields[i]);
    return good;
}

static bool read_update(rebuild *b)
{
    execwire_state *state = &b->receiver->state;

    state->has_update_time =
        state->has_create_time &&
        execwire_time_after(&state->create_time,
                            execwire_update_elapsed(b->frame->value[EXECWIRE_FRAME_UPDATE]),
                            &state->update_time);
    execwire_link_predict(state, b->frame->number, b->frame->state);
    return execwire_frame_has(b->frame, EXECWIRE_FRAME_BASE) ||
           execwire_link_predict_large(state, &b->joiner);
}

/* ---- What is different from the prediction ---- */

static bool clear_paths(rebuild *b)
{
    execwire_str paths = b->frame->bytes[EXECWIRE_FRAME_CLEAR];
    uint32_t path;

    while (execwire_frame_next_number(&paths, &path))
        if (!execwire_difference_clear(&b->receiver->state, path))
            return refuse(b, EXECWIRE_ERROR_LINK_FRAME, EXECWIRE_FRAME_CLEAR);
    return true;
}

/* A map in the patch stands in place of the prediction's. */
static bool merge_patch(rebuild *b)
{
    const execwire_link_receiver_options *options = &b->receiver->options;
    execwire_str patch = b->frame->bytes[EXECWIRE_FRAME_PATCH];
    execwire_map *map = &b->receiver->state.published_results.metadata;
    execwire_map predicted = *map;
    execwire_scratch scratch = {.entries = options->entries,
                                .entry_capacity = options->entry_capacity};

    if (patch.data == NULL)
        return true;
    *map = (execwire_map){NULL, 0};
    b->code = execwire_wire_merge(patch.data, patch.size, &scratch, &b->receiver->state, b->error);
    if (b->code == EXECWIRE_ERROR_NO_SPACE) {
        b->code = EXECWIRE_OK;
        return stop(b, EXECWIRE_LINK_NO_ROOM);
    }
    if (b->code != EXECWIRE_OK) {
        if (b->error != NULL)
            b->error->offset += (size_t)(patch.data - b->frame->start);
        b->code = execwire_fail_in(b->error, b->code, "patch", 5);
        return false;
    }
    if (map->count == 0)
        *map = predicted;
    return true;
}

/* ---- The check ---- */

static bool check_state(rebuild *b, execwire_rebuilt *rebuilt)
{
    const execwire_state *state = &b->receiver->state;
    uint32_t crc;
    size_t size;
    execwire_code code = execwire_encode(state, b->room, b->capacity, &size, NULL);

    if (code == EXECWIRE_ERROR_NO_SPACE)
        return stop(b, EXECWIRE_LINK_NO_ROOM);
    if (code != EXECWIRE_OK)
        return stop(b, EXECWIRE_LINK_MISMATCH);
    crc = execwire_link_check_start(b->receiver->peer.session, b->frame->ref, rebuilt->generation,
                                    b->frame->number);
    crc = execwire_crc32(crc, b->room, size) ^ b->receiver->peer.salt;
    if (crc != b->frame->value[EXECWIRE_FRAME_CHECK])
        return stop(b, EXECWIRE_LINK_MISMATCH);
    rebuilt->number = b->frame->number;
    rebuilt->message = take_room(b, size);
    return true;
}

static bool rebuild_state(rebuild *b, execwire_rebuilt *rebuilt)
{
    bool identity = b->frame->kind == EXECWIRE_FRAME_KIND_IDENTITY;

    return (identity ? read_identity(b) : recall_identity(b)) && read_cid(b) && read_texts(b) &&
           read_update(b) && clear_paths(b) && merge_patch(b) && check_state(b, rebuilt);
}

execwire_code execwire_rebuild(execwire_link_receiver *receiver, const execwire_frame *frame,
                               execwire_rebuilt *rebuilt, execwire_link_outcome *outcome,
                               execwire_error *error)
{
    const execwire_link_context *context = &receiver->options.contexts[frame->ref];
    rebuild b = {.joiner = {join},
                 .receiver = receiver,
                 .frame = frame,
                 .context = context,
                 .room = receiver->options.text,
                 .capacity = receiver->options.text_capacity,
                 .expandable = EXECWIRE_COMPRESS_FRAME_MAX,
                 .outcome = EXECWIRE_LINK_STATE,
                 .error = error};

    receiver->state = (execwire_state){0};
    *rebuilt = (execwire_rebuilt){0}; /* for compilers that do not follow the outcome */
    rebuilt->generation = frame->kind == EXECWIRE_FRAME_KIND_IDENTITY
                              ? (uint32_t)frame->value[EXECWIRE_FRAME_GENERATION]
                              : context->generation;
    if (!rebuild_state(&b, rebuilt))
        receiver->failed = (uint8_t)(receiver->failed + b.compressed);
    *outcome = b.outcome;
    return b.code;
}

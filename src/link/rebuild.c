/* From a frame to the state that the sender had.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "link/check.h"
#include "link/difference.h"
#include "link/elapsed.h"
#include "link/ids.h"
#include "link/predict.h"
#include "link/receiver.h"
#include "link/text.h"
#include "status/status.h"
#include "text/crc32.h"
#include "wire/reader.h"

#include <string.h>

typedef struct rebuild {
    execwire_link_joiner joiner;
    execwire_link_receiver *receiver;
    const execwire_frame *frame;
    const execwire_link_context *context;
    char *room; /* what is left of the text memory */
    size_t capacity;
    size_t entry_count; /* entries in use, by the state that is known already */
    execwire_state known;
    execwire_link_hints hints;
    execwire_link_names names;
    execwire_link_outcome outcome; /* STATE as long as all is good */
    execwire_error *error;
} rebuild;

/* Stops without an error: the frame is no use as things are. */
static bool stop(rebuild *b, execwire_link_outcome outcome)
{
    b->outcome = outcome;
    return false;
}

/* A field's value is wrong: an error where it is. */
static execwire_status refuse(const rebuild *b, execwire_status code, unsigned field,
                              const char *name)
{
    (void)execwire_fail(b->error, code, (size_t)(b->frame->bytes[field].data - b->frame->start));
    return execwire_fail_in(b->error, code, name, strlen(name));
}

static execwire_str take_room(rebuild *b, size_t size)
{
    execwire_str text = {b->room, size};

    b->room += size;
    b->capacity -= size;
    return text;
}

static bool join(execwire_link_joiner *joiner, const execwire_str *parts, size_t count,
                 execwire_str *member)
{
    rebuild *b = (rebuild *)joiner;
    size_t size = 0;

    for (size_t i = 0; i < count; i++) {
        if (parts[i].size > b->capacity - size)
            return stop(b, EXECWIRE_LINK_NO_ROOM);
        if (parts[i].size > 0)
            memcpy(b->room + size, parts[i].data, parts[i].size);
        size += parts[i].size;
    }
    *member = take_room(b, size);
    return true;
}

/* ---- The identity ---- */

uint32_t execwire_number_near(uint32_t last, unsigned low)
{
    const uint32_t behind = 2; /* repeats of what came before have to be told from what is new */
    uint32_t first = last > behind ? last - behind : 0;

    return first + ((low - first) & 7);
}

/* What the execution's last state says of it. */
static bool know_identity(rebuild *b)
{
    const execwire_link_receiver_options *options = &b->receiver->options;
    execwire_str message = execwire_store_get(b->receiver, b->context);
    execwire_scratch scratch = {.entries = options->entries,
                                .entry_capacity = options->entry_capacity};

    (void)execwire_decode(message.data, message.size, &scratch, &b->known, NULL); /* was stored */
    b->entry_count = scratch.entry_count;
    b->hints.job = b->known.job_id;
    b->hints.reference = b->known.compute_reference;
    b->hints.node = b->known.node_id;
    b->hints.has_created = b->known.has_create_time;
    b->hints.created = b->known.create_time;
    b->hints.number = execwire_number_near(b->context->number, b->frame->low_number);
    if (!execwire_frame_has(b->frame, EXECWIRE_FRAME_BASE))
        return true;
    if (b->frame->value[EXECWIRE_FRAME_BASE] != b->context->number)
        return stop(b, EXECWIRE_LINK_NO_BASE);
    b->hints.base = &b->known;
    return true;
}

static execwire_str write_uuid(rebuild *b, const uint8_t raw[EXECWIRE_UUID_RAW], const char *prefix)
{
    size_t before = strlen(prefix);

    memcpy(b->room, prefix, before);
    execwire_uuid_write(raw, b->room + before);
    return take_room(b, before + EXECWIRE_UUID_TEXT);
}

/* The two UUIDs: 32 bytes, or 31 when byte 6 stands for both bytes 6. */
static bool read_ids(rebuild *b)
{
    execwire_str ids = b->frame->bytes[EXECWIRE_FRAME_IDS];
    uint8_t raw[2 * EXECWIRE_UUID_RAW];
    uint8_t *second = raw + EXECWIRE_UUID_RAW;

    if (ids.data == NULL)
        return true;
    if (ids.size != sizeof raw && ids.size != sizeof raw - 1)
        return stop(b, EXECWIRE_LINK_MISMATCH);
    if (b->capacity < 2 * EXECWIRE_UUID_TEXT + 2)
        return stop(b, EXECWIRE_LINK_NO_ROOM);
    memcpy(raw, ids.data, ids.size);
    if (ids.size < sizeof raw) {
        memmove(second + 7, second + 6, EXECWIRE_UUID_RAW - 7);
        second[6] = (uint8_t)(0x40 | (raw[6] & 15));
        raw[6] = (uint8_t)(0x40 | raw[6] >> 4);
    }
    b->hints.job = write_uuid(b, raw, "");
    b->hints.reference = write_uuid(b, second, "e-");
    return true;
}

static bool write_hash(rebuild *b, execwire_str raw, execwire_str *text)
{
    if (b->capacity < EXECWIRE_HASH_TEXT)
        return stop(b, EXECWIRE_LINK_NO_ROOM);
    execwire_hash_write((const uint8_t *)raw.data, b->room);
    *text = take_room(b, EXECWIRE_HASH_TEXT);
    return true;
}

static bool read_node(rebuild *b)
{
    const execwire_link_receiver *receiver = b->receiver;
    execwire_str node = b->frame->bytes[EXECWIRE_FRAME_NODE];

    if (node.data == NULL && receiver->node_size > 0)
        node = (execwire_str){receiver->node, receiver->node_size};
    if (node.data == NULL)
        return true;
    if (node.size == EXECWIRE_HASH_RAW)
        return write_hash(b, node, &b->hints.node);
    b->hints.node = node;
    return true;
}

static bool read_identity(rebuild *b)
{
    const execwire_frame *frame = b->frame;
    execwire_time epoch = {b->receiver->epoch, 0};

    b->hints.number = execwire_frame_has(frame, EXECWIRE_FRAME_NUMBER)
                          ? (uint32_t)frame->value[EXECWIRE_FRAME_NUMBER]
                          : frame->low_number;
    if (!read_ids(b) || !read_node(b))
        return false;
    if (!execwire_frame_has(frame, EXECWIRE_FRAME_CREATED))
        return true;
    if (!b->receiver->has_epoch)
        return stop(b, EXECWIRE_LINK_NO_SESSION);
    b->hints.has_created =
        frame->value[EXECWIRE_FRAME_CREATED] <= INT64_MAX &&
        execwire_time_after(&epoch, (int64_t)frame->value[EXECWIRE_FRAME_CREATED],
                            &b->hints.created);
    return true;
}

/* ---- Facts ---- */

static bool read_cid(rebuild *b)
{
    execwire_str cid = b->frame->bytes[EXECWIRE_FRAME_CID];

    if (cid.data == NULL)
        return true;
    if (cid.size == EXECWIRE_HASH_RAW)
        return write_hash(b, cid, &b->hints.cid);
    if (cid.size != EXECWIRE_CID1_RAW)
        return stop(b, EXECWIRE_LINK_MISMATCH);
    if (b->capacity < EXECWIRE_CID1_TEXT)
        return stop(b, EXECWIRE_LINK_NO_ROOM);
    execwire_cid1_write((const uint8_t *)cid.data, b->room);
    b->hints.cid = take_room(b, EXECWIRE_CID1_TEXT);
    return true;
}

static execwire_status read_text(rebuild *b, unsigned field, const char *name, execwire_str *text)
{
    execwire_str packed = b->frame->bytes[field];
    execwire_text_result result;
    size_t size;

    if (packed.data == NULL || b->outcome != EXECWIRE_LINK_STATE)
        return EXECWIRE_OK;
    result = execwire_text_read((const uint8_t *)packed.data, packed.size, &b->names, b->room,
                                b->capacity, &size);
    switch (result) {
    case EXECWIRE_TEXT_OK:
        *text = take_room(b, size);
        break;
    case EXECWIRE_TEXT_MALFORMED:
        return refuse(b, EXECWIRE_ERROR_LINK_TEXT, field, name);
    case EXECWIRE_TEXT_NO_NAME:
        b->outcome = EXECWIRE_LINK_MISMATCH;
        break;
    case EXECWIRE_TEXT_NO_WORD:
        b->outcome = EXECWIRE_LINK_NO_WORD;
        break;
    case EXECWIRE_TEXT_NO_ROOM:
        b->outcome = EXECWIRE_LINK_NO_ROOM;
        break;
    }
    return EXECWIRE_OK;
}

/* The bucket, and after a NUL the region. */
static void split_bucket(execwire_link_hints *hints)
{
    const char *nul = NULL;

    if (hints->bucket.size > 0)
        nul = memchr(hints->bucket.data, '\0', hints->bucket.size);
    if (nul == NULL)
        return;
    hints->region.data = nul + 1;
    hints->region.size = hints->bucket.size - (size_t)(nul + 1 - hints->bucket.data);
    hints->bucket.size = (size_t)(nul - hints->bucket.data);
}

static execwire_status read_texts(rebuild *b)
{
    execwire_link_hints *hints = &b->hints;
    execwire_status status;

    b->names = (execwire_link_names){hints->job, hints->reference,   hints->node,
                                     hints->cid, b->receiver->words, b->receiver->word_count};
    status = read_text(b, EXECWIRE_FRAME_BUCKET, "bucket", &hints->bucket);
    if (status == EXECWIRE_OK)
        status = read_text(b, EXECWIRE_FRAME_OUT, "out", &hints->out);
    if (status == EXECWIRE_OK)
        status = read_text(b, EXECWIRE_FRAME_ERR, "err", &hints->err);
    if (status == EXECWIRE_OK)
        status = read_text(b, EXECWIRE_FRAME_STATUS, "status", &hints->status);
    split_bucket(hints);
    return status;
}

/* ---- What is different from the prediction ---- */

static execwire_status clear_paths(rebuild *b)
{
    execwire_str paths = b->frame->bytes[EXECWIRE_FRAME_CLEAR];
    uint32_t path;

    while (execwire_frame_next_number(&paths, &path))
        if (!execwire_difference_clear(&b->receiver->state, path))
            return refuse(b, EXECWIRE_ERROR_LINK_FRAME, EXECWIRE_FRAME_CLEAR, "clear");
    return EXECWIRE_OK;
}

/* A map in the patch stands in place of the prediction's. */
static execwire_status merge_patch(rebuild *b)
{
    const execwire_link_receiver_options *options = &b->receiver->options;
    execwire_str patch = b->frame->bytes[EXECWIRE_FRAME_PATCH];
    execwire_map *map = &b->receiver->state.published_results.metadata;
    execwire_map predicted = *map;
    execwire_scratch scratch = {.entry_capacity = options->entry_capacity - b->entry_count};
    execwire_status status;

    if (patch.data == NULL)
        return EXECWIRE_OK;
    if (options->entries != NULL)
        scratch.entries = options->entries + b->entry_count;
    *map = (execwire_map){NULL, 0};
    status = execwire_wire_merge(patch.data, patch.size, &scratch, &b->receiver->state, b->error);
    if (status == EXECWIRE_ERROR_NO_SPACE) {
        b->outcome = EXECWIRE_LINK_NO_ROOM;
        return EXECWIRE_OK;
    }
    if (status != EXECWIRE_OK) {
        if (b->error != NULL)
            b->error->offset += (size_t)(patch.data - b->frame->start);
        return execwire_fail_in(b->error, status, "patch", 5);
    }
    if (map->count == 0)
        *map = predicted;
    return EXECWIRE_OK;
}

/* ---- The check ---- */

static bool check_state(rebuild *b, execwire_rebuilt *rebuilt)
{
    const execwire_state *state = &b->receiver->state;
    uint32_t crc;
    size_t size;
    execwire_status status = execwire_encode(state, b->room, b->capacity, &size, NULL);

    if (status == EXECWIRE_ERROR_NO_SPACE)
        return stop(b, EXECWIRE_LINK_NO_ROOM);
    if (status != EXECWIRE_OK)
        return stop(b, EXECWIRE_LINK_MISMATCH);
    crc = execwire_link_check_start(b->receiver->session, b->frame->ref, rebuilt->generation,
                                    b->hints.number);
    if (execwire_crc32(crc, b->room, size) != b->frame->value[EXECWIRE_FRAME_CHECK])
        return stop(b, EXECWIRE_LINK_MISMATCH);
    rebuilt->number = b->hints.number;
    rebuilt->message = take_room(b, size);
    return true;
}

static execwire_status rebuild_state(rebuild *b, execwire_rebuilt *rebuilt)
{
    bool identity = b->frame->kind == EXECWIRE_FRAME_KIND_IDENTITY;
    execwire_status status;

    if (!(identity ? read_identity(b) : know_identity(b)) || !read_cid(b))
        return EXECWIRE_OK;
    status = read_texts(b);
    if (status != EXECWIRE_OK || b->outcome != EXECWIRE_LINK_STATE)
        return status;
    b->hints.state = b->frame->state;
    b->hints.has_updated =
        b->hints.has_created &&
        execwire_time_after(&b->hints.created, execwire_frame_elapsed(b->frame), &b->hints.updated);
    if (!execwire_link_predict(&b->hints, &b->joiner, &b->receiver->state))
        return EXECWIRE_OK;
    status = clear_paths(b);
    if (status == EXECWIRE_OK)
        status = merge_patch(b);
    if (status == EXECWIRE_OK && b->outcome == EXECWIRE_LINK_STATE)
        (void)check_state(b, rebuilt);
    return status;
}

execwire_status execwire_rebuild(execwire_link_receiver *receiver, const execwire_frame *frame,
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
                 .outcome = EXECWIRE_LINK_STATE,
                 .error = error};
    execwire_status status;

    *rebuilt = (execwire_rebuilt){0};
    rebuilt->generation = frame->kind == EXECWIRE_FRAME_KIND_IDENTITY
                              ? (uint8_t)(frame->value[EXECWIRE_FRAME_GENERATION] & 15)
                              : context->generation;
    status = rebuild_state(&b, rebuilt);
    *outcome = b.outcome;
    return status;
}

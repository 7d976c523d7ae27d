/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/link_show.h"

#include "cli/format.h"
#include "link/base/elapsed.h"
#include "link/base/ids.h"
#include "link/frame/update.h"
#include "link/frame/values.h"
#include "link/model/identity.h"
#include "link/model/predict.h"
#include "link/model/text.h"
#include "schema/schema.h"
#include "wire/format.h"

#include <inttypes.h>
#include <string.h>

#define TEXT_SIZE 4096 /* more of a text is not shown anyway */

const char *link_show_kind(execwire_frame_kind kind)
{
    static const char *const names[] = {
        [EXECWIRE_FRAME_KIND_IDENTITY] = "identity", [EXECWIRE_FRAME_KIND_DELTA] = "delta",
        [EXECWIRE_FRAME_KIND_HELLO] = "hello",       [EXECWIRE_FRAME_KIND_DIGEST] = "digest",
        [EXECWIRE_FRAME_KIND_ACKS] = "feedback",     [EXECWIRE_FRAME_KIND_FEEDBACK] = "feedback",
        [EXECWIRE_FRAME_KIND_PIECE] = "piece",
    };

    return names[kind];
}

bool link_show_next(execwire_cursor *bytes, frame_field *field)
{
    execwire_cursor taken;
    uint32_t tag;
    uint32_t size = 4;

    *field = (frame_field){.tag = bytes->at};
    if (bytes->at == bytes->end ||
        execwire_cursor_varint32(bytes, EXECWIRE_ERROR_TAG, &tag) != EXECWIRE_OK)
        return false;
    field->number = tag >> 3;
    field->wire_type = tag & 7;
    field->payload = bytes->at;
    if (field->wire_type == EXECWIRE_WIRE_VARINT) {
        if (execwire_cursor_varint(bytes, &field->value) != EXECWIRE_OK)
            return false;
    } else {
        if (field->wire_type != EXECWIRE_WIRE_FIXED32 &&
            (field->wire_type != EXECWIRE_WIRE_BYTES ||
             execwire_cursor_varint32(bytes, EXECWIRE_ERROR_LENGTH, &size) != EXECWIRE_OK))
            return false;
        if (execwire_cursor_take(bytes, size, &taken) != EXECWIRE_OK)
            return false;
        field->payload = taken.at;
    }
    field->end = bytes->at;
    return true;
}

/* ---- Values ---- */

static execwire_str bytes_of(const frame_field *field)
{
    return (execwire_str){(const char *)field->payload, (size_t)(field->end - field->payload)};
}

static void show_size(const frame_field *field, char out[SHOW_VALUE_SIZE])
{
    format(out, SHOW_VALUE_SIZE, "%zu bytes", bytes_of(field).size);
}

static void show_number(const frame_field *field, char out[SHOW_VALUE_SIZE])
{
    format(out, SHOW_VALUE_SIZE, "%" PRIu64, field->value);
}

static void show_signed(const frame_field *field, char out[SHOW_VALUE_SIZE])
{
    format(out, SHOW_VALUE_SIZE, "%" PRId64, execwire_unzigzag(field->value));
}

static size_t show_seconds(uint64_t elapsed, char *out, size_t size)
{
    unsigned nanos = (unsigned)elapsed & ((1u << EXECWIRE_ELAPSED_NANOS_BITS) - 1);

    return format(out, size, "%" PRIu64 ".%09u s", elapsed >> EXECWIRE_ELAPSED_NANOS_BITS, nanos);
}

static void show_created(const frame_field *field, char out[SHOW_VALUE_SIZE])
{
    size_t used = show_seconds(field->value, out, SHOW_VALUE_SIZE);

    format(out + used, SHOW_VALUE_SIZE - used, " after the epoch");
}

/* Both as hex digits in the order of a number's. */
static void show_checks(const frame_field *field, char out[SHOW_VALUE_SIZE])
{
    execwire_str rest = bytes_of(field);
    size_t used = 0;
    uint32_t check;

    out[0] = '\0';
    while (execwire_frame_next_fixed32(&rest, &check))
        used +=
            format(out + used, SHOW_VALUE_SIZE - used, "%s%08" PRIx32, used > 0 ? " " : "", check);
}

static size_t show_head(const frame_field *field, char out[SHOW_VALUE_SIZE])
{
    unsigned state = execwire_update_state(field->value);
    size_t used = format(out, SHOW_VALUE_SIZE, "ref %u, ", execwire_update_ref(field->value));

    return used + (state == EXECWIRE_LINK_NO_STATE
                       ? format(out + used, SHOW_VALUE_SIZE - used, "state in patch")
                       : format(out + used, SHOW_VALUE_SIZE - used, "state %u", state));
}

static void show_update(const frame_field *field, char out[SHOW_VALUE_SIZE])
{
    size_t used = show_head(field, out);

    used += format(out + used, SHOW_VALUE_SIZE - used, ", number %u modulo 8, ",
                   execwire_update_low_number(field->value));
    used += show_seconds(execwire_update_elapsed(field->value), out + used, SHOW_VALUE_SIZE - used);
    format(out + used, SHOW_VALUE_SIZE - used, " after create_time");
}

static void show_piece_update(const frame_field *field, char out[SHOW_VALUE_SIZE])
{
    size_t used = show_head(field, out);

    format(out + used, SHOW_VALUE_SIZE - used, ", number %" PRIu32 ", generation %" PRIu64,
           execwire_piece_number((uint32_t)field->value), execwire_piece_generation(field->value));
}

static void show_ids(const frame_field *field, char out[SHOW_VALUE_SIZE])
{
    uint8_t raw[EXECWIRE_IDS_RAW];
    char text[2][EXECWIRE_ID_TEXT_MAX];
    size_t size;

    if (!execwire_identity_unpack(bytes_of(field), raw)) {
        show_size(field, out);
        return;
    }
    size = execwire_id_write(EXECWIRE_ID_UUID, raw, text[0]);
    format(out, SHOW_VALUE_SIZE, "%.*s %.*s", (int)size, text[0],
           (int)execwire_id_write(EXECWIRE_ID_REFERENCE, raw + EXECWIRE_UUID_RAW, text[1]),
           text[1]);
}

static void show_cid(const frame_field *field, char out[SHOW_VALUE_SIZE])
{
    char text[EXECWIRE_ID_TEXT_MAX];
    execwire_str raw = bytes_of(field);
    size_t size = 0;

    if (raw.size == EXECWIRE_HASH_RAW)
        size = execwire_id_write(EXECWIRE_ID_HASH, field->payload, text);
    else if (raw.size == EXECWIRE_CID1_RAW)
        size = execwire_id_write(EXECWIRE_ID_CID1, field->payload, text);
    if (size > 0)
        format(out, SHOW_VALUE_SIZE, "%.*s", (int)size, text);
    else
        show_size(field, out);
}

static void show_node(const frame_field *field, char out[SHOW_VALUE_SIZE])
{
    execwire_str node = bytes_of(field);

    if (node.size == EXECWIRE_HASH_RAW)
        show_cid(field, out);
    else
        show_text(node.data, node.size, out);
}

static void show_packed(const frame_field *field, char out[SHOW_VALUE_SIZE])
{
    const execwire_link_names nothing = {.state = NULL};
    execwire_str packed = bytes_of(field);
    char text[TEXT_SIZE];
    size_t size;

    switch (execwire_text_read((const uint8_t *)packed.data, packed.size, &nothing, text,
                               sizeof text, &size)) {
    case EXECWIRE_TEXT_OK:
        show_text(text, size, out);
        break;
    case EXECWIRE_TEXT_MALFORMED:
        format(out, SHOW_VALUE_SIZE, "malformed");
        break;
    case EXECWIRE_TEXT_NO_NAME:
        format(out, SHOW_VALUE_SIZE, "%zu bytes, with an id of the execution", packed.size);
        break;
    case EXECWIRE_TEXT_NO_WORD:
        format(out, SHOW_VALUE_SIZE, "%zu bytes, with a word of the session", packed.size);
        break;
    case EXECWIRE_TEXT_NO_ROOM:
        format(out, SHOW_VALUE_SIZE, "%zu bytes, of more than %d", packed.size, TEXT_SIZE);
        break;
    }
}

static void show_wants(const frame_field *field, char out[SHOW_VALUE_SIZE])
{
    execwire_str rest = bytes_of(field);
    size_t used = 0;
    uint32_t want;

    out[0] = '\0';
    while (execwire_frame_next_number(&rest, &want))
        used += want == EXECWIRE_WANT_HELLO
                    ? format(out + used, SHOW_VALUE_SIZE - used, "hello ")
                    : format(out + used, SHOW_VALUE_SIZE - used, "ref %" PRIu32 " ", want);
}

static void show_live(const frame_field *field, char out[SHOW_VALUE_SIZE])
{
    execwire_str rest = bytes_of(field);
    size_t used = 0;
    uint32_t live;

    out[0] = '\0';
    while (execwire_frame_next_number(&rest, &live))
        used += format(out + used, SHOW_VALUE_SIZE - used, "%sref %u number %" PRIu32,
                       used > 0 ? ", " : "", execwire_update_ref(live), execwire_live_number(live));
}

/* "11.4": field 4 in field 11. */
static void show_clear(const frame_field *field, char out[SHOW_VALUE_SIZE])
{
    execwire_str rest = bytes_of(field);
    size_t used = 0;
    uint32_t path;

    out[0] = '\0';
    while (execwire_frame_next_number(&rest, &path)) {
        used += format(out + used, SHOW_VALUE_SIZE - used, "%s%u", used > 0 ? " " : "",
                       (unsigned)path & 31);
        while ((path >>= 5) != 0)
            used += format(out + used, SHOW_VALUE_SIZE - used, ".%u", (unsigned)path & 31);
    }
}

static void show_repairs(const frame_field *field, char out[SHOW_VALUE_SIZE])
{
    execwire_str rest = bytes_of(field);
    execwire_repair repair;
    size_t used = 0;

    out[0] = '\0';
    while (rest.size > 0) {
        used += format(out + used, SHOW_VALUE_SIZE - used, "%s", used > 0 ? ", " : "");
        if (!execwire_frame_next_repair(&rest, &repair)) {
            format(out + used, SHOW_VALUE_SIZE - used, "malformed");
            return;
        }
        used += format(out + used, SHOW_VALUE_SIZE - used,
                       "ref %u: bytes %" PRIu32 " to %" PRIu64 " of %" PRIu32,
                       (unsigned)repair.update & 127, repair.offset,
                       (uint64_t)repair.offset + repair.size, repair.whole);
    }
}

/* ---- Fields ---- */

static const struct {
    const char *name;
    const char *type;
    void (*show)(const frame_field *field, char out[SHOW_VALUE_SIZE]);
} fields[EXECWIRE_FRAME_FIELDS] = {
    [EXECWIRE_FRAME_UPDATE] = {"update", "uint64", show_update},
    [EXECWIRE_FRAME_ACKS] = {"acks", "fixed32", show_checks},
    [EXECWIRE_FRAME_IDS] = {"ids", "bytes", show_ids},
    [EXECWIRE_FRAME_CREATED] = {"created", "uint64", show_created},
    [EXECWIRE_FRAME_OFFSET] = {"offset", "uint32", show_number},
    [EXECWIRE_FRAME_WHOLE] = {"whole", "uint32", show_number},
    [EXECWIRE_FRAME_CID] = {"cid", "bytes", show_cid},
    [EXECWIRE_FRAME_BUCKET] = {"bucket", "bytes", show_packed},
    [EXECWIRE_FRAME_REGION] = {"region", "bytes", show_packed},
    [EXECWIRE_FRAME_NODE] = {"node", "bytes", show_node},
    [EXECWIRE_FRAME_OUT] = {"out", "bytes", show_packed},
    [EXECWIRE_FRAME_ERR] = {"err", "bytes", show_packed},
    [EXECWIRE_FRAME_STATUS] = {"status", "bytes", show_packed},
    [EXECWIRE_FRAME_PIECE] = {"piece", "bytes", show_size},
    [EXECWIRE_FRAME_PATCH] = {"patch", "ExecutionState", show_size},
    [EXECWIRE_FRAME_CHECK] = {"check", "fixed32", show_checks},
    [EXECWIRE_FRAME_GENERATION] = {"generation", "uint32", show_number},
    [EXECWIRE_FRAME_BASE] = {"base", "uint32", show_number},
    [EXECWIRE_FRAME_PROFILE] = {"profile", "uint32", show_number},
    [EXECWIRE_FRAME_EPOCH] = {"epoch", "sint64", show_signed},
    [EXECWIRE_FRAME_FIRST_WORD] = {"first_word", "uint32", show_number},
    [EXECWIRE_FRAME_WORDS] = {"words", "bytes", show_packed},
    [EXECWIRE_FRAME_LIVE] = {"live", "uint32", show_live},
    [EXECWIRE_FRAME_WANTS] = {"wants", "uint32", show_wants},
    [EXECWIRE_FRAME_REPAIRS] = {"repairs", "uint32", show_repairs},
    [EXECWIRE_FRAME_NUMBER] = {"number", "uint32", show_number},
    [EXECWIRE_FRAME_SESSION] = {"session", "uint32", show_number},
    [EXECWIRE_FRAME_CLEAR] = {"clear", "uint32", show_clear},
    [EXECWIRE_FRAME_SALT] = {"salt", "fixed32", show_checks},
};

const char *link_show_name(const frame_field *field)
{
    return field->number < EXECWIRE_FRAME_FIELDS ? fields[field->number].name : NULL;
}

const char *link_show_type(const frame_field *field)
{
    return field->number < EXECWIRE_FRAME_FIELDS ? fields[field->number].type : NULL;
}

void link_show_value(const frame_field *field, bool piece, char out[SHOW_VALUE_SIZE])
{
    out[0] = '\0';
    if (link_show_name(field) == NULL)
        return;
    if (field->number == EXECWIRE_FRAME_UPDATE && piece)
        show_piece_update(field, out);
    else
        fields[field->number].show(field, out);
}

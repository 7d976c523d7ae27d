/* The walk over a frame as the public header shows it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <execwire/link_frame.h>

#include "error/error.h"
#include "link/frame/frame.h"
#include "wire/cursor.h"
#include "wire/format.h"

/* The protobuf types of the fields, and what they are in a view. */
typedef enum frame_type {
    TYPE_UINT64,
    TYPE_UINT32,
    TYPE_SINT64,
    TYPE_FIXED32,
    TYPE_BYTES,
    TYPE_PATCH
} frame_type;

static const struct {
    const char *name;
    execwire_kind kind;
} types[] = {
    [TYPE_UINT64] = {"uint64", EXECWIRE_KIND_INT64},
    [TYPE_UINT32] = {"uint32", EXECWIRE_KIND_INT64},
    [TYPE_SINT64] = {"sint64", EXECWIRE_KIND_SINT64},
    [TYPE_FIXED32] = {"fixed32", EXECWIRE_KIND_INT64},
    [TYPE_BYTES] = {"bytes", EXECWIRE_KIND_STRING},
    [TYPE_PATCH] = {"ExecutionState", EXECWIRE_KIND_MESSAGE},
};

static const uint8_t type_of_field[EXECWIRE_FRAME_FIELDS] = {
    [EXECWIRE_FRAME_UPDATE] = TYPE_UINT64,  [EXECWIRE_FRAME_ACKS] = TYPE_FIXED32,
    [EXECWIRE_FRAME_IDS] = TYPE_BYTES,      [EXECWIRE_FRAME_CREATED] = TYPE_UINT64,
    [EXECWIRE_FRAME_OFFSET] = TYPE_UINT32,  [EXECWIRE_FRAME_WHOLE] = TYPE_UINT32,
    [EXECWIRE_FRAME_CID] = TYPE_BYTES,      [EXECWIRE_FRAME_BUCKET] = TYPE_BYTES,
    [EXECWIRE_FRAME_REGION] = TYPE_BYTES,   [EXECWIRE_FRAME_OUT] = TYPE_BYTES,
    [EXECWIRE_FRAME_ERR] = TYPE_BYTES,      [EXECWIRE_FRAME_STATUS] = TYPE_BYTES,
    [EXECWIRE_FRAME_PIECE] = TYPE_BYTES,    [EXECWIRE_FRAME_PATCH] = TYPE_PATCH,
    [EXECWIRE_FRAME_CHECK] = TYPE_FIXED32,  [EXECWIRE_FRAME_GENERATION] = TYPE_UINT32,
    [EXECWIRE_FRAME_BASE] = TYPE_UINT32,    [EXECWIRE_FRAME_NODE] = TYPE_BYTES,
    [EXECWIRE_FRAME_EPOCH] = TYPE_SINT64,   [EXECWIRE_FRAME_FIRST_WORD] = TYPE_UINT32,
    [EXECWIRE_FRAME_WORDS] = TYPE_BYTES,    [EXECWIRE_FRAME_LIVE] = TYPE_UINT32,
    [EXECWIRE_FRAME_PROFILE] = TYPE_UINT32, [EXECWIRE_FRAME_WANTS] = TYPE_UINT32,
    [EXECWIRE_FRAME_REPAIRS] = TYPE_UINT32, [EXECWIRE_FRAME_NUMBER] = TYPE_UINT32,
    [EXECWIRE_FRAME_SESSION] = TYPE_UINT32, [EXECWIRE_FRAME_CLEAR] = TYPE_UINT32,
    [EXECWIRE_FRAME_SALT] = TYPE_FIXED32,
};

const char *execwire_frame_kind_name(execwire_frame_kind kind)
{
    static const char *const names[] = {
        [EXECWIRE_FRAME_KIND_IDENTITY] = "identity", [EXECWIRE_FRAME_KIND_DELTA] = "delta",
        [EXECWIRE_FRAME_KIND_HELLO] = "hello",       [EXECWIRE_FRAME_KIND_DIGEST] = "digest",
        [EXECWIRE_FRAME_KIND_ACKS] = "feedback",     [EXECWIRE_FRAME_KIND_FEEDBACK] = "feedback",
        [EXECWIRE_FRAME_KIND_PIECE] = "piece",
    };

    return (unsigned)kind < sizeof names / sizeof *names ? names[kind] : "";
}

/* Takes the value of a field whose tag was taken. False where there is no whole one. */
static bool take_value(execwire_cursor *bytes, execwire_field_view *view)
{
    execwire_cursor taken;
    uint32_t size = 4;
    uint64_t value;

    if (view->wire_type == EXECWIRE_WIRE_VARINT) {
        taken.at = bytes->at;
        if (execwire_cursor_varint(bytes, &value) != EXECWIRE_OK)
            return false;
        view->value =
            view->number == EXECWIRE_FRAME_EPOCH ? execwire_unzigzag(value) : (int64_t)value;
        view->bytes = (execwire_str){(const char *)taken.at, (size_t)(bytes->at - taken.at)};
        return true;
    }
    if (view->wire_type != EXECWIRE_WIRE_FIXED32 &&
        (view->wire_type != EXECWIRE_WIRE_BYTES ||
         execwire_cursor_varint32(bytes, EXECWIRE_ERROR_LENGTH, &size) != EXECWIRE_OK))
        return false;
    if (execwire_cursor_take(bytes, size, &taken) != EXECWIRE_OK)
        return false;
    view->bytes = (execwire_str){(const char *)taken.at, size};
    return true;
}

/* Takes the next field. False where what is left does not begin with a whole one. */
static bool take_field(execwire_cursor *bytes, const uint8_t *start, execwire_field_view *view)
{
    uint32_t tag;

    *view = (execwire_field_view){.offset = (size_t)(bytes->at - start)};
    if (bytes->at == bytes->end ||
        execwire_cursor_varint32(bytes, EXECWIRE_ERROR_TAG, &tag) != EXECWIRE_OK)
        return false;
    view->number = tag >> 3;
    view->wire_type = tag & 7;
    view->name = execwire_frame_field_name(view->number);
    view->known = view->name != NULL;
    if (view->known) {
        view->kind = types[type_of_field[view->number]].kind;
        view->type = types[type_of_field[view->number]].name;
    }
    if (!take_value(bytes, view))
        return false;
    view->payload = (size_t)((const uint8_t *)view->bytes.data - start);
    view->end = (size_t)(bytes->at - start);
    return true;
}

execwire_code execwire_visit_frame(const void *in, size_t in_size, execwire_visit *visit,
                                   void *context, execwire_frame_kind *kind, execwire_error *error)
{
    const uint8_t *start = in != NULL ? in : (const uint8_t *)"";
    execwire_field_view view;
    execwire_cursor bytes;
    execwire_frame frame;
    execwire_code code;

    if (in == NULL && in_size > 0)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    code = execwire_frame_read(start, in_size, &frame, error);
    bytes = (execwire_cursor){start, start + in_size};
    while (visit != NULL && take_field(&bytes, start, &view))
        visit(context, &view);
    if (code == EXECWIRE_OK && kind != NULL)
        *kind = frame.kind;
    return code;
}

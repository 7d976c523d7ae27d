/* The walk over a frame as the public header shows it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <execwire/link_frame.h>

#include "error/error.h"
#include "link/frame/frame.h"
#include "link/frame/walk.h"
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

/* Takes the next field. False where what is left does not begin with a whole one. */
static bool take_field(execwire_frame_walk *walk, const uint8_t *start, execwire_field_view *view)
{
    execwire_frame_field field;

    if (!execwire_walk_goes_on(walk) || execwire_walk_tag(walk, &field) != EXECWIRE_OK ||
        execwire_walk_value(walk, &field) != EXECWIRE_OK)
        return false;
    *view = (execwire_field_view){.number = field.number,
                                  .wire_type = field.wire_type,
                                  .name = execwire_frame_field_name(field.number),
                                  .offset = (size_t)(field.start - start),
                                  .payload = (size_t)((const uint8_t *)field.bytes.data - start),
                                  .end = (size_t)(walk->bytes.at - start),
                                  .bytes = field.bytes};
    view->known = view->name != NULL;
    if (view->known) {
        view->kind = types[type_of_field[view->number]].kind;
        view->type = types[type_of_field[view->number]].name;
    }
    if (field.wire_type == EXECWIRE_WIRE_VARINT)
        view->value = field.number == EXECWIRE_FRAME_EPOCH ? execwire_unzigzag(field.value)
                                                           : (int64_t)field.value;
    return true;
}

execwire_code execwire_visit_frame(const void *in, size_t in_size, execwire_visit *visit,
                                   void *context, execwire_frame_kind *kind, execwire_error *error)
{
    const uint8_t *start = in != NULL ? in : (const uint8_t *)"";
    execwire_frame_walk walk = execwire_walk_frame(start, in_size);
    execwire_field_view view;
    execwire_frame frame;
    execwire_code code;

    if (in == NULL && in_size > 0)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    code = execwire_frame_read(start, in_size, &frame, error);
    while (visit != NULL && take_field(&walk, start, &view))
        visit(context, &view);
    if (code == EXECWIRE_OK && kind != NULL)
        *kind = frame.kind;
    return code;
}

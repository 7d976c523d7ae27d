/* SPDX-License-Identifier: Apache-2.0 */
#include "link/frame/frame.h"

#include "error/error.h"
#include "link/frame/control.h"
#include "link/frame/update.h"
#include "link/frame/walk.h"
#include "text/path.h"
#include "wire/reader.h"

#include <string.h>

/* How a field's value is held, beyond its wire type. */
typedef enum field_form {
    FORM_SINGLE,
    FORM_UINT32,    /* a varint that fits 32 bits */
    FORM_REPEATED,  /* tags and all */
    FORM_VARINTS,   /* packed, of 32 bits */
    FORM_CHECKSUMS, /* packed, four bytes each */
} field_form;

/* No tag has it: the field stands in a head alone. */
#define NO_TAG 8

static const struct {
    const char *name;
    uint8_t wire_type;
    uint8_t form; /* a field_form */
} frame_fields[EXECWIRE_FRAME_FIELDS] = {
    [EXECWIRE_FRAME_UPDATE] = {"update", NO_TAG, FORM_SINGLE},
    [EXECWIRE_FRAME_IDS] = {"ids", EXECWIRE_WIRE_BYTES, FORM_SINGLE},
    [EXECWIRE_FRAME_CREATED] = {"created", EXECWIRE_WIRE_VARINT, FORM_SINGLE},
    [EXECWIRE_FRAME_NUMBER] = {"number", EXECWIRE_WIRE_VARINT, FORM_UINT32},
    [EXECWIRE_FRAME_SESSION] = {"session", EXECWIRE_WIRE_VARINT, FORM_UINT32},
    [EXECWIRE_FRAME_CID] = {"cid", EXECWIRE_WIRE_BYTES, FORM_SINGLE},
    [EXECWIRE_FRAME_BUCKET] = {"bucket", EXECWIRE_WIRE_BYTES, FORM_SINGLE},
    [EXECWIRE_FRAME_REGION] = {"region", EXECWIRE_WIRE_BYTES, FORM_SINGLE},
    [EXECWIRE_FRAME_NODE] = {"node", EXECWIRE_WIRE_BYTES, FORM_SINGLE},
    [EXECWIRE_FRAME_OUT] = {"out", EXECWIRE_WIRE_BYTES, FORM_SINGLE},
    [EXECWIRE_FRAME_ERR] = {"err", EXECWIRE_WIRE_BYTES, FORM_SINGLE},
    [EXECWIRE_FRAME_STATUS] = {"status", EXECWIRE_WIRE_BYTES, FORM_SINGLE},
    [EXECWIRE_FRAME_CLEAR] = {"clear", EXECWIRE_WIRE_BYTES, FORM_VARINTS},
    [EXECWIRE_FRAME_PATCH] = {"patch", EXECWIRE_WIRE_BYTES, FORM_SINGLE},
    [EXECWIRE_FRAME_CHECK] = {"check", EXECWIRE_WIRE_FIXED32, FORM_SINGLE},
    [EXECWIRE_FRAME_GENERATION] = {"generation", EXECWIRE_WIRE_VARINT, FORM_UINT32},
    [EXECWIRE_FRAME_BASE] = {"base", EXECWIRE_WIRE_VARINT, FORM_UINT32},
    [EXECWIRE_FRAME_PROFILE] = {"profile", EXECWIRE_WIRE_VARINT, FORM_UINT32},
    [EXECWIRE_FRAME_EPOCH] = {"epoch", EXECWIRE_WIRE_VARINT, FORM_SINGLE},
    [EXECWIRE_FRAME_FIRST_WORD] = {"first_word", EXECWIRE_WIRE_VARINT, FORM_UINT32},
    [EXECWIRE_FRAME_WORDS] = {"words", EXECWIRE_WIRE_BYTES, FORM_REPEATED},
    [EXECWIRE_FRAME_LIVE] = {"live", EXECWIRE_WIRE_BYTES, FORM_VARINTS},
    [EXECWIRE_FRAME_ACKS] = {"acks", EXECWIRE_WIRE_BYTES, FORM_CHECKSUMS},
    [EXECWIRE_FRAME_WANTS] = {"wants", EXECWIRE_WIRE_BYTES, FORM_VARINTS},
    [EXECWIRE_FRAME_REPAIRS] = {"repairs", EXECWIRE_WIRE_BYTES, FORM_VARINTS},
    [EXECWIRE_FRAME_OFFSET] = {"offset", NO_TAG, FORM_UINT32},
    [EXECWIRE_FRAME_WHOLE] = {"whole", NO_TAG, FORM_UINT32},
    [EXECWIRE_FRAME_PIECE] = {"piece", NO_TAG, FORM_SINGLE},
    [EXECWIRE_FRAME_SALT] = {"salt", EXECWIRE_WIRE_FIXED32, FORM_SINGLE},
};

#define BIT(field) (UINT32_C(1) << EXECWIRE_FRAME_##field)

/* What only a state's frame with identity may have, which is one by its ids. */
#define IDENTITY (BIT(CREATED) | BIT(SESSION) | BIT(NODE) | BIT(GENERATION) | BIT(PROFILE))
#define FACTS                                                                                      \
    (BIT(CID) | BIT(BUCKET) | BIT(REGION) | BIT(OUT) | BIT(ERR) | BIT(STATUS) | BIT(CLEAR) |       \
     BIT(PATCH))

/* The kinds of frames: what one has, what it has at least one of, what it may have as well. The
 * first that fits is it. */
static const struct {
    uint32_t needs;
    uint32_t needs_one;
    uint32_t may_have;
} kinds[] = {
    [EXECWIRE_FRAME_KIND_IDENTITY] = {BIT(UPDATE) | BIT(IDS) | BIT(CHECK), 0,
                                      FACTS | BIT(NUMBER) | IDENTITY},
    [EXECWIRE_FRAME_KIND_DELTA] = {BIT(UPDATE) | BIT(CHECK), 0, FACTS | BIT(NUMBER) | BIT(BASE)},
    [EXECWIRE_FRAME_KIND_HELLO] = {BIT(SESSION) | BIT(CHECK), 0,
                                   BIT(NODE) | BIT(PROFILE) | BIT(EPOCH) | BIT(FIRST_WORD) |
                                       BIT(WORDS) | BIT(SALT)},
    [EXECWIRE_FRAME_KIND_DIGEST] = {BIT(SESSION) | BIT(CHECK) | BIT(LIVE), 0, 0},
    [EXECWIRE_FRAME_KIND_ACKS] = {BIT(ACKS), 0, 0},
    [EXECWIRE_FRAME_KIND_FEEDBACK] = {BIT(CHECK), BIT(WANTS) | BIT(REPAIRS), BIT(ACKS)},
    [EXECWIRE_FRAME_KIND_PIECE] = {BIT(UPDATE) | BIT(WHOLE) | BIT(PIECE), 0, BIT(OFFSET)},
};

const char *execwire_frame_field_name(uint32_t number)
{
    return number < EXECWIRE_FRAME_FIELDS ? frame_fields[number].name : NULL;
}

static bool fits_kind(uint32_t present, execwire_frame_kind kind)
{
    uint32_t allowed = kinds[kind].needs | kinds[kind].needs_one | kinds[kind].may_have;

    if (kinds[kind].needs_one != 0 && (present & kinds[kind].needs_one) == 0)
        return false;
    return (present & kinds[kind].needs) == kinds[kind].needs && (present & ~allowed) == 0;
}

typedef struct parser {
    const uint8_t *start;
    execwire_frame_walk walk;
    uint32_t last; /* field with a tag */
    execwire_frame *frame;
    execwire_error *error;
} parser;

static execwire_code fail_frame(const parser *p, execwire_code code, const uint8_t *at)
{
    return execwire_fail(p->error, code, (size_t)(at - p->start));
}

/* Whether packed bytes are whole values. */
static execwire_code check_packed(const parser *p, execwire_cursor packed, field_form form)
{
    uint32_t value;

    if (form == FORM_CHECKSUMS && (packed.end - packed.at) % 4 != 0)
        return fail_frame(p, EXECWIRE_ERROR_LENGTH, packed.end);
    if (form != FORM_VARINTS)
        return EXECWIRE_OK;
    while (packed.at < packed.end) {
        execwire_code code = execwire_cursor_varint32(&packed, EXECWIRE_ERROR_VARINT, &value);

        if (code != EXECWIRE_OK)
            return fail_frame(p, code, packed.at);
    }
    return EXECWIRE_OK;
}

/* Keeps the bytes of a value, and of those that are repeated all with their tags. */
static execwire_code keep_bytes(parser *p, const execwire_frame_field *field)
{
    execwire_str *bytes = &p->frame->bytes[field->number];
    const uint8_t *start = (const uint8_t *)field->bytes.data;
    field_form form = (field_form)frame_fields[field->number].form;

    if (form != FORM_REPEATED) {
        *bytes = field->bytes;
        return check_packed(p, (execwire_cursor){start, start + field->bytes.size}, form);
    }
    if (bytes->data == NULL)
        bytes->data = (const char *)field->start;
    bytes->size = (size_t)(p->walk.bytes.at - (const uint8_t *)bytes->data);
    return EXECWIRE_OK;
}

static execwire_code read_frame_value(parser *p, execwire_frame_field *field)
{
    const uint8_t *start = p->walk.bytes.at;
    execwire_code code = execwire_walk_value(&p->walk, field);

    if (code == EXECWIRE_OK && frame_fields[field->number].form == FORM_UINT32 &&
        field->value > UINT32_MAX)
        code = EXECWIRE_ERROR_LINK_FRAME;
    if (code != EXECWIRE_OK)
        return fail_frame(p, code, start);
    p->frame->value[field->number] = field->value;
    if (field->number == EXECWIRE_FRAME_CHECK)
        p->frame->control = execwire_control_sum_around(p->start, field->start, p->walk.bytes.at,
                                                        p->walk.bytes.end);
    return keep_bytes(p, field);
}

/* Whether a field may stand where it does: tags ascend, and what is not repeated is there once. */
static bool may_come(const parser *p, const execwire_frame_field *field)
{
    if (field->form != EXECWIRE_HEAD_TAGGED)
        return true;
    if (frame_fields[field->number].form == FORM_REPEATED && field->number == p->last)
        return true;
    return field->number > p->last && !execwire_frame_has(p->frame, field->number) &&
           frame_fields[field->number].wire_type != NO_TAG;
}

static execwire_code read_frame_field(parser *p)
{
    execwire_frame_field field;
    execwire_code code = execwire_walk_tag(&p->walk, &field);
    const char *name;

    if (code != EXECWIRE_OK)
        return fail_frame(p, code, field.start);
    name = execwire_frame_field_name(field.number);
    if (name == NULL)
        return fail_frame(p, EXECWIRE_ERROR_LINK_FRAME, field.start);
    if (!may_come(p, &field))
        code = fail_frame(p, EXECWIRE_ERROR_LINK_FRAME, field.start);
    else if (field.form == EXECWIRE_HEAD_TAGGED &&
             field.wire_type != frame_fields[field.number].wire_type)
        code = fail_frame(p, EXECWIRE_ERROR_FIELD_TYPE, field.start);
    else
        code = read_frame_value(p, &field);
    if (code != EXECWIRE_OK)
        return execwire_fail_in(p->error, code, name, strlen(name));
    p->frame->present |= UINT32_C(1) << field.number;
    if (field.form == EXECWIRE_HEAD_TAGGED)
        p->last = field.number;
    return EXECWIRE_OK;
}

static void split_update(execwire_frame *frame)
{
    uint64_t update = frame->value[EXECWIRE_FRAME_UPDATE];

    frame->ref = execwire_update_ref(update);
    frame->state = execwire_update_state(update);
    frame->number = execwire_frame_has(frame, EXECWIRE_FRAME_NUMBER)
                        ? (uint32_t)frame->value[EXECWIRE_FRAME_NUMBER]
                        : execwire_update_usual_number(frame->state);
}

execwire_code execwire_frame_read(const void *in, size_t in_size, execwire_frame *frame,
                                  execwire_error *error)
{
    parser p = {in, execwire_walk_frame(in, in_size), 0, frame, error};

    memset(frame, 0, sizeof *frame);
    frame->start = in;
    while (execwire_walk_goes_on(&p.walk)) {
        execwire_code code = read_frame_field(&p);

        if (code != EXECWIRE_OK)
            return code;
    }
    split_update(frame);
    for (unsigned kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++)
        if (fits_kind(frame->present, (execwire_frame_kind)kind)) {
            frame->kind = (execwire_frame_kind)kind;
            return EXECWIRE_OK;
        }
    return execwire_fail(error, EXECWIRE_ERROR_LINK_FRAME, in_size);
}

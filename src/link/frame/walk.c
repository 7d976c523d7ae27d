/* SPDX-License-Identifier: Apache-2.0 */
#include "link/frame/walk.h"

#include "link/frame/head.h"
#include "wire/reader.h"

#include <execwire/link_frame.h>

static const execwire_head_field no_head[] = {{0, 0}};
static const execwire_head_field state_head[] = {
    {EXECWIRE_FRAME_UPDATE, EXECWIRE_HEAD_UPDATE},
    {EXECWIRE_FRAME_CHECK, EXECWIRE_HEAD_FIXED32},
    {0, 0},
};
/* After `update`. */
static const execwire_head_field identity_head[] = {
    {EXECWIRE_FRAME_CHECK, EXECWIRE_HEAD_FIXED32},
    {EXECWIRE_FRAME_IDS, EXECWIRE_HEAD_RAW},
    {EXECWIRE_FRAME_CREATED, EXECWIRE_HEAD_TIME},
    {0, 0},
};
static const execwire_head_field piece_head[] = {
    {EXECWIRE_FRAME_UPDATE, EXECWIRE_HEAD_VARINT},
    {EXECWIRE_FRAME_WHOLE, EXECWIRE_HEAD_VARINT},
    {EXECWIRE_FRAME_OFFSET, EXECWIRE_HEAD_VARINT},
    {EXECWIRE_FRAME_PIECE, EXECWIRE_HEAD_REST},
    {0, 0},
};

/* What a tag would say of each form. */
static const uint8_t form_types[] = {
    [EXECWIRE_HEAD_UPDATE] = EXECWIRE_WIRE_VARINT,   [EXECWIRE_HEAD_TIME] = EXECWIRE_WIRE_VARINT,
    [EXECWIRE_HEAD_VARINT] = EXECWIRE_WIRE_VARINT,   [EXECWIRE_HEAD_RAW] = EXECWIRE_WIRE_BYTES,
    [EXECWIRE_HEAD_FIXED32] = EXECWIRE_WIRE_FIXED32, [EXECWIRE_HEAD_REST] = EXECWIRE_WIRE_BYTES,
};

execwire_frame_walk execwire_walk_frame(const void *in, size_t size)
{
    execwire_frame_walk walk = {{in, in}, no_head};

    if (size == 0)
        return walk;
    walk.bytes.end += size;
    if ((*walk.bytes.at & EXECWIRE_HEAD_STATE) != 0)
        walk.head = state_head;
    else if (*walk.bytes.at == EXECWIRE_HEAD_PIECE)
        walk.head = piece_head;
    return walk;
}

execwire_code execwire_walk_tag(execwire_frame_walk *walk, execwire_frame_field *field)
{
    uint32_t tag;
    execwire_code code;

    *field = (execwire_frame_field){.start = walk->bytes.at};
    if (walk->head->number != 0) {
        walk->bytes.at += walk->head == piece_head; /* the byte that says so is its tag */
        field->number = walk->head->number;
        field->form = (execwire_head_form)walk->head->form;
        field->wire_type = form_types[field->form];
        walk->head++;
        return EXECWIRE_OK;
    }
    code = execwire_cursor_varint32(&walk->bytes, EXECWIRE_ERROR_TAG, &tag);
    if (code == EXECWIRE_OK) {
        field->number = tag >> 3;
        field->wire_type = tag & 7;
    }
    return code;
}

static execwire_code take_bytes(execwire_frame_walk *walk, execwire_frame_field *field, size_t size)
{
    execwire_cursor taken;
    execwire_code code = execwire_cursor_take(&walk->bytes, size, &taken);

    if (code == EXECWIRE_OK)
        field->bytes = (execwire_str){(const char *)taken.at, size};
    return code;
}

static execwire_code take_fixed32(execwire_frame_walk *walk, execwire_frame_field *field)
{
    uint32_t value = 0;
    execwire_code code = execwire_cursor_fixed32(&walk->bytes, &value);

    field->value = value;
    return code;
}

static execwire_code take_update(execwire_frame_walk *walk, execwire_frame_field *field)
{
    bool identified;
    execwire_code code = execwire_head_take_update(&walk->bytes, &field->value, &identified);

    if (code == EXECWIRE_OK && identified)
        walk->head = identity_head;
    return code;
}

static execwire_code take_tagged(execwire_frame_walk *walk, execwire_frame_field *field)
{
    uint32_t size;
    execwire_code code;

    if (field->wire_type == EXECWIRE_WIRE_VARINT)
        return execwire_cursor_varint(&walk->bytes, &field->value);
    if (field->wire_type == EXECWIRE_WIRE_FIXED32)
        return take_fixed32(walk, field);
    if (field->wire_type != EXECWIRE_WIRE_BYTES)
        return EXECWIRE_ERROR_WIRE_TYPE;
    code = execwire_cursor_varint32(&walk->bytes, EXECWIRE_ERROR_LENGTH, &size);
    return code == EXECWIRE_OK ? take_bytes(walk, field, size) : code;
}

static execwire_code take_value(execwire_frame_walk *walk, execwire_frame_field *field)
{
    switch (field->form) {
    case EXECWIRE_HEAD_TAGGED:
        break;
    case EXECWIRE_HEAD_UPDATE:
        return take_update(walk, field);
    case EXECWIRE_HEAD_TIME:
        return execwire_head_take_time(&walk->bytes, &field->value);
    case EXECWIRE_HEAD_VARINT:
        return execwire_cursor_varint(&walk->bytes, &field->value);
    case EXECWIRE_HEAD_FIXED32:
        return take_fixed32(walk, field);
    case EXECWIRE_HEAD_RAW:
        return take_bytes(walk, field, EXECWIRE_HEAD_IDS);
    case EXECWIRE_HEAD_REST:
        return take_bytes(walk, field, (size_t)(walk->bytes.end - walk->bytes.at));
    }
    return take_tagged(walk, field);
}

execwire_code execwire_walk_value(execwire_frame_walk *walk, execwire_frame_field *field)
{
    const uint8_t *start = walk->bytes.at;
    execwire_code code = take_value(walk, field);

    if (code == EXECWIRE_OK && field->bytes.data == NULL)
        field->bytes = (execwire_str){(const char *)start, (size_t)(walk->bytes.at - start)};
    return code;
}

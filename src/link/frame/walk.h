/* The fields of a frame, one after the other, with tags and without.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_FRAME_WALK_H
#define EXECWIRE_LINK_FRAME_WALK_H

#include "wire/cursor.h"

#include <execwire/types.h>

/* How a value stands in the head; of a field with a tag, its wire type says it. */
typedef enum execwire_head_form {
    EXECWIRE_HEAD_TAGGED,
    EXECWIRE_HEAD_UPDATE, /* of a state's frame */
    EXECWIRE_HEAD_TIME,
    EXECWIRE_HEAD_VARINT,
    EXECWIRE_HEAD_FIXED32,
    EXECWIRE_HEAD_RAW, /* ids */
    EXECWIRE_HEAD_REST /* all bytes that are left */
} execwire_head_form;

typedef struct execwire_frame_field {
    uint32_t number;
    unsigned wire_type;
    execwire_head_form form;
    const uint8_t *start; /* its tag, or its value where it has none */
    uint64_t value;       /* of numeric types */
    execwire_str bytes;   /* the value's */
} execwire_frame_field;

typedef struct execwire_head_field {
    uint8_t number; /* 0: no more of them */
    uint8_t form;   /* an execwire_head_form */
} execwire_head_field;

typedef struct execwire_frame_walk {
    execwire_cursor bytes;           /* what is left */
    const execwire_head_field *head; /* what comes next without a tag */
} execwire_frame_walk;

/* `in` may be NULL where there is nothing. */
execwire_frame_walk execwire_walk_frame(const void *in, size_t size);

static inline bool execwire_walk_goes_on(const execwire_frame_walk *walk)
{
    return walk->bytes.at < walk->bytes.end || walk->head->number != 0;
}

/* Takes which field is next, `start` even where that fails. Errors: TRUNCATED, TAG. */
execwire_code execwire_walk_tag(execwire_frame_walk *walk, execwire_frame_field *field);

/* Takes its value. Errors: TRUNCATED, LENGTH, VARINT, WIRE_TYPE, LINK_FRAME. */
execwire_code execwire_walk_value(execwire_frame_walk *walk, execwire_frame_field *field);

#endif

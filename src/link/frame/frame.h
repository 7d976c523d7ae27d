/* A frame taken apart: the fields of LinkFrame (proto/execwire/v1/link.proto) as they stand in it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_FRAME_FRAME_H
#define EXECWIRE_LINK_FRAME_FRAME_H

#include <execwire/link_frame.h>

typedef struct execwire_frame {
    execwire_frame_kind kind;
    const char *start; /* where it begins, for the offsets of errors */
    /* parts of `update` */
    unsigned ref;
    unsigned state;
    uint32_t number; /* of a state's update */
    /* the values of fields of numeric types, by field number; 0 where absent */
    uint64_t value[EXECWIRE_FRAME_FIELDS];
    /* the bytes of all values, by field number; data is NULL where absent. Of a field that is
     * repeated and not packed, all its tags and values. */
    execwire_str bytes[EXECWIRE_FRAME_FIELDS];
    uint32_t present; /* a bit for each field */
    uint32_t control; /* what `check` has to be in a hello, digest or feedback */
} execwire_frame;

static inline bool execwire_frame_has(const execwire_frame *frame, unsigned field)
{
    return (frame->present >> field & 1) != 0;
}

/* A field's name in link.proto; NULL of a number that is none. */
const char *execwire_frame_field_name(uint32_t number);

/* Takes a frame apart. It is strict: fields with tags ascend, all are known, are there once unless
 * they are repeated, and are those of one kind of frame. Values are not looked into.
 *
 * Errors: TRUNCATED, LENGTH, TAG, VARINT, WIRE_TYPE, FIELD_TYPE (of protobuf), LINK_FRAME (fields
 * that do not go together, a number out of range), with offset and the field's name as path. */
execwire_code execwire_frame_read(const void *in, size_t in_size, execwire_frame *frame,
                                  execwire_error *error);

#endif

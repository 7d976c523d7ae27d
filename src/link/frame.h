/* A frame taken apart: the fields of LinkFrame (proto/execwire/v1/link.proto) as they stand in it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_FRAME_H
#define EXECWIRE_LINK_FRAME_H

#include "link/sink.h"
#include "wire/cursor.h"

#include <execwire/execwire.h>

/* The field numbers of LinkFrame. */
enum {
    EXECWIRE_FRAME_UPDATE = 1,
    EXECWIRE_FRAME_ACKS,
    EXECWIRE_FRAME_IDS,
    EXECWIRE_FRAME_CREATED,
    EXECWIRE_FRAME_OFFSET,
    EXECWIRE_FRAME_WHOLE,
    EXECWIRE_FRAME_CID,
    EXECWIRE_FRAME_BUCKET,
    EXECWIRE_FRAME_REGION,
    EXECWIRE_FRAME_OUT,
    EXECWIRE_FRAME_ERR,
    EXECWIRE_FRAME_STATUS,
    EXECWIRE_FRAME_PIECE,
    EXECWIRE_FRAME_PATCH,
    EXECWIRE_FRAME_CHECK,
    EXECWIRE_FRAME_GENERATION,
    EXECWIRE_FRAME_BASE,
    EXECWIRE_FRAME_NODE,
    EXECWIRE_FRAME_EPOCH,
    EXECWIRE_FRAME_FIRST_WORD,
    EXECWIRE_FRAME_WORDS,
    EXECWIRE_FRAME_LIVE,
    EXECWIRE_FRAME_PROFILE,
    EXECWIRE_FRAME_WANTS,
    EXECWIRE_FRAME_REPAIRS,
    EXECWIRE_FRAME_NUMBER,
    EXECWIRE_FRAME_SESSION,
    EXECWIRE_FRAME_CLEAR,
    EXECWIRE_FRAME_SALT,
    EXECWIRE_FRAME_FIELDS
};

/* The parts of `update`, from its lowest bit on. */
#define EXECWIRE_UPDATE_REF_BITS      7
#define EXECWIRE_UPDATE_STATE_BITS    4
#define EXECWIRE_UPDATE_STATE_MASK    15u
#define EXECWIRE_UPDATE_NUMBER_BITS   3
#define EXECWIRE_UPDATE_NUMBER_MASK   7
#define EXECWIRE_UPDATE_ELAPSED_SHIFT 14
#define EXECWIRE_UPDATE_ELAPSED_BITS  50
/* In a piece, in place of the elapsed time: the low 4 bits of the generation, the rest of the
 * number, and from bit 32 on the rest of the generation. The low 32 bits are what repairs name. */
#define EXECWIRE_UPDATE_GENERATION_SHIFT 14
#define EXECWIRE_UPDATE_GENERATION_BITS  4
#define EXECWIRE_UPDATE_GENERATION_MASK  15
#define EXECWIRE_UPDATE_NUMBER_SHIFT     18
#define EXECWIRE_UPDATE_REST_SHIFT       32

/* In `wants`: the hello. */
#define EXECWIRE_WANT_HELLO 128

typedef enum execwire_frame_kind {
    EXECWIRE_FRAME_KIND_IDENTITY,
    EXECWIRE_FRAME_KIND_DELTA,
    EXECWIRE_FRAME_KIND_HELLO,
    EXECWIRE_FRAME_KIND_DIGEST,
    EXECWIRE_FRAME_KIND_ACKS, /* feedback of acks alone: they are checks themselves */
    EXECWIRE_FRAME_KIND_FEEDBACK,
    EXECWIRE_FRAME_KIND_PIECE
} execwire_frame_kind;

typedef struct execwire_frame {
    execwire_frame_kind kind;
    const char *start; /* where it begins, for the offsets of errors */
    /* parts of `update` */
    unsigned ref;
    unsigned state;
    unsigned low_number; /* the update's number modulo 8 */
    /* the values of fields of numeric types, by field number; 0 where absent */
    uint64_t value[EXECWIRE_FRAME_FIELDS];
    /* of the other fields, by field number; data is NULL where absent. Of a field that is repeated
     * and not packed, all its tags and values. */
    execwire_str bytes[EXECWIRE_FRAME_FIELDS];
    uint32_t present; /* a bit for each field */
    uint32_t control; /* what `check` has to be in a hello, digest or feedback */
} execwire_frame;

typedef struct execwire_repair {
    uint32_t update;
    uint32_t whole;
    uint32_t offset;
    uint32_t size;
} execwire_repair;

static inline bool execwire_frame_has(const execwire_frame *frame, unsigned field)
{
    return (frame->present >> field & 1) != 0;
}

/* update_time minus create_time, ns. */
uint64_t execwire_frame_elapsed(const execwire_frame *frame);

/* Takes a frame apart. It is strict: fields ascend, are known, are there once unless they are
 * repeated, and are those of one kind of frame. Values are not looked into.
 *
 * Errors: TRUNCATED, LENGTH, TAG, VARINT, WIRE_TYPE, FIELD_TYPE (of protobuf), LINK_FRAME (fields
 * that do not go together, a number out of range), with offset and the field's name as path. */
execwire_status execwire_frame_read(const void *in, size_t in_size, execwire_frame *frame,
                                    execwire_error *error);

/* The fields of feedback: their bytes; data is NULL where one is absent. */
enum {
    EXECWIRE_FEEDBACK_ACKS,
    EXECWIRE_FEEDBACK_CHECK,
    EXECWIRE_FEEDBACK_WANTS,
    EXECWIRE_FEEDBACK_REPAIRS,
    EXECWIRE_FEEDBACK_FIELDS
};

/* Reads feedback alone, and its check: all that a node has to read.
 *
 * Errors: TRUNCATED, LENGTH, TAG, VARINT (of protobuf), LINK_FRAME (damaged, or another frame). */
execwire_status execwire_feedback_read(const void *in, size_t in_size,
                                       execwire_str fields[EXECWIRE_FEEDBACK_FIELDS],
                                       execwire_error *error);

/* Takes the next of the values out of a field that is repeated, from bytes[] of that field; false
 * at its end. For words, values of a packed field, and repairs, of which the last may be
 * incomplete. */
bool execwire_frame_next_bytes(execwire_str *rest, execwire_str *item);
bool execwire_frame_next_number(execwire_str *rest, uint32_t *value);
bool execwire_frame_next_fixed32(execwire_str *rest, uint32_t *value);
bool execwire_frame_next_repair(execwire_str *rest, execwire_repair *repair);

/* Writing a hello, digest or feedback, whose check is over the rest of it: first room is left for
 * the check where its field belongs, which returns where that is; then it is put in, which returns
 * it. The check of a hello with words and of a digest goes on over `node`, as the first hello had
 * it, and is xored with the session's salt: they must not pass for those of another node or of
 * another session. */
size_t execwire_frame_put_check(execwire_sink *sink);
uint32_t execwire_frame_finish_check(uint8_t *frame, size_t size, size_t check_at,
                                     execwire_str node, uint32_t salt);

#endif

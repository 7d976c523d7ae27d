/* A frame of a link (<execwire/link.h>) as it stands in its bytes: for tools that show frames, and
 * for what carries them. No session is followed, so what only a receiver can know that heard the
 * frames before is not said. docs/link.md and link.proto have the format.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_FRAME_H
#define EXECWIRE_LINK_FRAME_H

#include <execwire/fields.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers of LinkFrame's fields (proto/execwire/v1/link.proto). */
enum {
    EXECWIRE_FRAME_UPDATE = 1,
    EXECWIRE_FRAME_ACKS,
    EXECWIRE_FRAME_IDS,
    EXECWIRE_FRAME_CREATED,
    EXECWIRE_FRAME_OFFSET,
    EXECWIRE_FRAME_NUMBER,
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
    EXECWIRE_FRAME_WHOLE,
    EXECWIRE_FRAME_SESSION,
    EXECWIRE_FRAME_CLEAR,
    EXECWIRE_FRAME_SALT,
    EXECWIRE_FRAME_FIELDS /* no field */
};

/* In `wants`: the hello. */
#define EXECWIRE_WANT_HELLO 128

/* In place of a state's number: none, or one that does not fit; `patch` has it then. */
#define EXECWIRE_LINK_NO_STATE 15

typedef enum execwire_frame_kind {
    EXECWIRE_FRAME_KIND_IDENTITY,
    EXECWIRE_FRAME_KIND_DELTA,
    EXECWIRE_FRAME_KIND_HELLO,
    EXECWIRE_FRAME_KIND_DIGEST,
    EXECWIRE_FRAME_KIND_ACKS, /* feedback of acks alone: they are checks themselves */
    EXECWIRE_FRAME_KIND_FEEDBACK,
    EXECWIRE_FRAME_KIND_PIECE
} execwire_frame_kind;

/* What a kind is called in docs/link.md; both kinds of feedback are "feedback". A static string;
 * "" of a number that is none. */
EXECWIRE_API const char *execwire_frame_kind_name(execwire_frame_kind kind);

/* Shows each field in the order of the bytes, and says what kind of frame it is. All that is whole
 * is shown, also of a frame that is refused. A field of the head, which has no tag, is shown as if
 * it had one, and its payload is where it begins; in a piece the first byte is the tag. Of a
 * field's view value_name and depth say nothing, `kind` is that of its protobuf type (bytes are
 * STRING), and `value` that of a varint; what `patch` holds is for execwire_visit_fields.
 *
 * visit  may be NULL
 * kind   valid if the call succeeds; may be NULL
 *
 * Errors: those of reading protobuf (as execwire_decode); LINK_FRAME (fields that do not go
 * together). Checks are not held against what they are over. */
EXECWIRE_API execwire_code execwire_visit_frame(const void *in, size_t in_size,
                                                execwire_visit *visit, void *context,
                                                execwire_frame_kind *kind, execwire_error *error);

/* ---- Values of repeated fields ------------------------------------------------------------ */

/* What is asked for of a large frame. */
typedef struct execwire_repair {
    uint32_t update; /* the low 32 bits of `update` in its pieces */
    uint32_t whole;  /* its size */
    uint32_t offset;
    uint32_t size;
} execwire_repair;

/* Each takes the next value out of a packed field's bytes; false at their end, and where what is
 * left is no whole value. `acks` and checks have fixed32, repairs four numbers each. */
EXECWIRE_API bool execwire_frame_next_number(execwire_str *rest, uint32_t *value);
EXECWIRE_API bool execwire_frame_next_fixed32(execwire_str *rest, uint32_t *value);
EXECWIRE_API bool execwire_frame_next_repair(execwire_str *rest, execwire_repair *repair);

/* ---- What is packed into a value ----------------------------------------------------------- */

/* What `update` and entries of `live` and `repairs` say of a state. What one does not say is 0. */
typedef struct execwire_update_parts {
    unsigned ref;    /* which execution of the session, below EXECWIRE_LINK_MAX_REFS */
    unsigned state;  /* the number of ExecutionState.state, or EXECWIRE_LINK_NO_STATE */
    uint32_t number; /* of the update; in a state's frame the usual one, unless it has `number` */
    uint64_t generation;   /* how often the ref changed hands; modulo 16 in `live` */
    execwire_time elapsed; /* update_time minus create_time; in the frame of a state */
} execwire_update_parts;

/* Of a frame's `update`; that of a piece says other things. */
EXECWIRE_API void execwire_frame_update_parts(uint64_t update, bool piece,
                                              execwire_update_parts *parts);

/* `created`, and all times between times in a frame, as seconds and nanoseconds. */
EXECWIRE_API void execwire_frame_elapsed(uint64_t value, execwire_time *elapsed);

/* Of an entry of `live`. */
EXECWIRE_API void execwire_frame_live_parts(uint32_t entry, execwire_update_parts *parts);

/* Room for the identifiers of one field as text: a UUID, a space, "e-" and a UUID. */
#define EXECWIRE_FRAME_IDS_SIZE 75

/* The identifiers in the bytes of `ids`, `cid` or `node` as text, without a NUL; those of `ids` are
 * that of the job and, behind a space, the compute reference. Returns the text's size; 0 where the
 * bytes are no packed identifier: in `node` they are the text itself then. */
EXECWIRE_API size_t execwire_frame_ids(const execwire_field_view *field,
                                       char text[EXECWIRE_FRAME_IDS_SIZE]);

/* What a packed text refers to. */
typedef enum execwire_text_needs {
    EXECWIRE_TEXT_NEEDS_NOTHING,
    EXECWIRE_TEXT_NEEDS_IDS,  /* of its execution */
    EXECWIRE_TEXT_NEEDS_WORDS /* of its session */
} execwire_text_needs;

/* Expands a packed text: the bytes of `bucket`, `region`, `out`, `err`, `status` and `words`.
 *
 * text   gets it, without a NUL
 * size   of the text; 0 where it needs what only a receiver has
 * needs  what that is; may be NULL
 *
 * Errors: NO_SPACE (more than `capacity` bytes), LINK_TEXT (malformed), ARGUMENT. */
EXECWIRE_API execwire_code execwire_frame_text(const void *packed, size_t packed_size, char *text,
                                               size_t capacity, size_t *size,
                                               execwire_text_needs *needs, execwire_error *error);

#ifdef __cplusplus
}
#endif

#endif

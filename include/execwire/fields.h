/* The fields of a message as they stand in its bytes: for tools that show them, for gateways that
 * route by some of them, for whoever wants to know where bytes go.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_FIELDS_H
#define EXECWIRE_FIELDS_H

#include <execwire/execwire.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a field holds, and so how its C member, its protobuf type and its JSON form look. */
typedef enum execwire_kind {
    EXECWIRE_KIND_STRING, /* execwire_str   string     "..."  */
    EXECWIRE_KIND_BOOL,   /* bool           varint     true   */
    EXECWIRE_KIND_INT32,  /* int32_t        varint     1      */
    EXECWIRE_KIND_INT64,  /* int64_t        varint     1      */
    EXECWIRE_KIND_SINT64, /* int64_t        zigzag     1      */
    EXECWIRE_KIND_ENUM,   /* int32_t        varint     1 or a name  */
    EXECWIRE_KIND_TIME,   /* execwire_time  Timestamp  "2023-10-17T12:28:08Z"  */
    EXECWIRE_KIND_MESSAGE,
    EXECWIRE_KIND_MAP /* execwire_map   entries    {"key":"value"}  */
} execwire_kind;

/* Wire types (protobuf specification, "Message Structure"). */
enum {
    EXECWIRE_WIRE_VARINT = 0,
    EXECWIRE_WIRE_FIXED64 = 1,
    EXECWIRE_WIRE_BYTES = 2,
    EXECWIRE_WIRE_GROUP = 3,
    EXECWIRE_WIRE_GROUP_END = 4,
    EXECWIRE_WIRE_FIXED32 = 5
};

/* A field's depth is below this, in whatever schema this is built from. */
#define EXECWIRE_FIELD_DEPTH 8

/* One field as it stands in the message. All pointers but `bytes` are to static strings. */
typedef struct execwire_field_view {
    bool known;             /* the schema has it; without that name, type and value_name are NULL */
    execwire_kind kind;     /* valid when known */
    const char *name;       /* as the .proto has it */
    const char *type;       /* likewise: "string", or the name of a message or an enum */
    const char *value_name; /* of an enum's value; NULL where it has none */
    uint32_t number;
    unsigned wire_type; /* of EXECWIRE_WIRE_VARINT and so on */
    unsigned depth;     /* 0 in the outermost message */
    size_t offset;      /* where its tag begins in the message */
    size_t payload;     /* where its value begins: behind the tag, and the length if it has one */
    size_t end;         /* where it ends */
    int64_t value;      /* of a varint: as its kind says, or else its 64 bits */
    execwire_time
        time; /* of a time; its nanos are -1 where it has more than a Timestamp's fields */
    execwire_str bytes; /* its payload, in the message */
} execwire_field_view;

/* Is shown a field. The view is valid during the call. */
typedef void execwire_visit(void *context, const execwire_field_view *field);

/* Shows each field in the order of the bytes, a message before its own fields. `visit` is called
 * for all fields before the one that is wrong, if one is: what it has been shown is valid only if
 * the call succeeds.
 *
 * Errors: as execwire_decode, but NO_SPACE. */
EXECWIRE_API execwire_code execwire_visit_fields(const void *in, size_t in_size,
                                                 execwire_visit *visit, void *context,
                                                 execwire_error *error);

/* Reads some fields of the outermost message, and goes past the others without a look at what they
 * hold: for routing by node_id or version. What it does not read may be wrong.
 *
 * fields   a bit for each number: 1u << 5 | 1u << 11 for node_id and version
 * scratch  as execwire_decode; unknown_count counts all fields that were left out
 *
 * Errors: as execwire_decode; ARGUMENT as well for no state. */
EXECWIRE_API execwire_code execwire_peek(const void *in, size_t in_size, uint32_t fields,
                                         execwire_scratch *scratch, execwire_state *state,
                                         execwire_error *error);

/* Takes a field out of a state, with all that is inside of it, before it is written or sent on.
 *
 * path   field numbers, the outermost message's first: {7, 5} is run_output.std_out
 *
 * Returns whether it was there; false as well for a path that the schema has not. */
EXECWIRE_API bool execwire_clear_field(execwire_state *state, const uint32_t *path, size_t count);

#ifdef __cplusplus
}
#endif

#endif

/* execwire: a compact wire format for ExecutionState.
 *
 *     JSON text  <->  execwire_state  <->  protobuf bytes
 *
 * All calls have one shape: input and its size, then what comes out, then an error to fill in.
 *
 *   - They never allocate. The caller lends memory and is told how much was used.
 *   - A NULL output measures. EXECWIRE_ERROR_NO_SPACE reports the exact size needed.
 *   - On failure nothing half-made is left: a state is all absent, a size is 0 (but for the size
 *     needed, as above). A buffer's bytes behind its size are of no use.
 *   - `error` may be NULL. It is only written on failure.
 *   - An empty input may be (NULL, 0). NULL where memory or a struct is needed is ARGUMENT; a
 * reader's init does nothing then.
 *   - They keep nothing between calls and may be used from any number of threads at once.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_EXECWIRE_H
#define EXECWIRE_EXECWIRE_H

#include <execwire/error.h>
#include <execwire/state.h>
#include <execwire/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Leaving things out --------------------------------------------------------------------
 *
 * Defined when the library is compiled, these leave out what a small node does not use:
 *
 *   EXECWIRE_NO_DECODE      execwire_decode, execwire_check and the readers of streams
 *   EXECWIRE_NO_JSON_READ   execwire_json_read, execwire_json_read_first, execwire_json_walk_next
 *   EXECWIRE_NO_JSON_WRITE  execwire_json_write
 *   EXECWIRE_NO_TEXTS       an error is its code and offset: texts, code names and paths are ""
 *
 * A call that was left out does not link. */

/* ---- Limits ------------------------------------------------------------------------------- */

/* Protobuf's own limit for one message, in bytes. */
#define EXECWIRE_MAX_SIZE 2147483647
/* Default of what a stream's reader should accept as one message, in bytes. */
#define EXECWIRE_DEFAULT_MAX_MESSAGE 1048576
/* Objects and arrays in JSON, the document itself included. */
#define EXECWIRE_MAX_JSON_DEPTH 64
/* Groups inside each other, in unknown fields of a message. */
#define EXECWIRE_MAX_GROUP_DEPTH 32

/* ---- Memory for reading ------------------------------------------------------------------- */

/* What a reading call may use, and what it says that it used. The state it fills points into
 * this memory and into the input: keep both for as long as the state.
 *
 * With EXECWIRE_ERROR_NO_SPACE, entry_count and text_size say what would have been enough. Text
 * never needs more than the input's size, entries no more than a sixth of it (JSON) or a half
 * (protobuf). NULL instead of a scratch is one without any room; a capacity without memory is
 * ARGUMENT. */
typedef struct execwire_scratch {
    /* lent by the caller */
    execwire_entry *entries; /* for the metadata map */
    size_t entry_capacity;
    char *text; /* for JSON strings with escape sequences; decoding never needs it */
    size_t text_capacity;
    /* set by the call */
    size_t entry_count;
    size_t text_size;
    size_t unknown_count; /* fields or keys that the schema does not know and that were skipped */
} execwire_scratch;

/* ---- Protobuf ----------------------------------------------------------------------------- */

/* Writes `state` as one protobuf message. Equal states give equal bytes: fields ascend, varints
 * are minimal, map entries are ordered by key.
 *
 * out       NULL measures
 * capacity  bytes that out has room for
 * size      bytes written, or needed when measuring and with EXECWIRE_ERROR_NO_SPACE
 *
 * `out` must not overlap what the state's strings and map point to: a state that was decoded is not
 * written over the buffer that it was decoded from. Hosts of 64 bits find that out before they
 * write, and say ARGUMENT with the field's path; others do not look for it.
 *
 * Errors: NO_SPACE, UTF8, ENUM_RANGE, TIME_RANGE, TIME_NANOS, MAP_ORDER, TOO_LARGE, ARGUMENT. */
EXECWIRE_API execwire_code execwire_encode(const execwire_state *state, void *out, size_t capacity,
                                           size_t *size, execwire_error *error);

/* Reads one protobuf message as the protobuf specification says: fields in any order, the last
 * of several values wins, split submessages merge, unknown fields are skipped. Strings of the
 * state are views into `in`. A NULL `state` measures what the scratch needs.
 *
 * Errors: TRUNCATED (more bytes may make a message of it), LENGTH, TAG, VARINT, WIRE_TYPE,
 * FIELD_TYPE, GROUP, DEPTH, UTF8, ENUM_RANGE, TIME_RANGE, TIME_NANOS, NO_SPACE (map entries),
 * TOO_LARGE, ARGUMENT. */
EXECWIRE_API execwire_code execwire_decode(const void *in, size_t in_size,
                                           execwire_scratch *scratch, execwire_state *state,
                                           execwire_error *error);

/* Says whether execwire_decode would read this message, given room enough.
 *
 * unknown   how many unknown fields it has; may be NULL */
EXECWIRE_API execwire_code execwire_check(const void *in, size_t in_size, size_t *unknown,
                                          execwire_error *error);

/* ---- JSON --------------------------------------------------------------------------------- */

typedef enum execwire_json_form {
    EXECWIRE_JSON_DOCUMENTED, /* {"job_id":"..."}: the keys of the documented record */
    EXECWIRE_JSON_API         /* {"JobID":"..."}: the keys of Bacalhau's REST API */
} execwire_json_form;

typedef enum execwire_json_enums {
    EXECWIRE_JSON_ENUM_NUMBERS, /* 7 */
    EXECWIRE_JSON_ENUM_NAMES    /* "EXECUTION_STATE_COMPLETED", in API form "Completed"; a number
                                   where the form has no name for it */
} execwire_json_enums;

/* How to write and read JSON. All zero is the default, and so is NULL. */
typedef struct execwire_json_options {
    execwire_json_form form;   /* writing; reading takes both forms, mixed as well */
    execwire_json_enums enums; /* writing; reading takes numbers and names */
    bool pretty;               /* writing: indented by two spaces, a line a member */
    bool ignore_unknown;       /* reading: skip and count unknown keys instead of refusing them. An
                                  object that has no other keys, or that has Executions, as a job does,
                                  is something else: NOT_A_STATE. With ComputeState, as Bacalhau v1.5
                                  and newer have it, it is OTHER_EXECUTION, ignored keys or not */
} execwire_json_options;

/* Writes `state` as one JSON object (RFC 8259), neither terminated nor followed by a newline.
 *
 * out       NULL measures
 * capacity  bytes that out has room for
 * size      bytes written, or needed when measuring and with EXECWIRE_ERROR_NO_SPACE
 *
 * `out` must not overlap what the state points to, as in execwire_encode.
 *
 * Errors: as execwire_encode; ARGUMENT as well for a form that is none. */
EXECWIRE_API execwire_code execwire_json_write(const execwire_state *state,
                                               const execwire_json_options *options, void *out,
                                               size_t capacity, size_t *size,
                                               execwire_error *error);

/* Reads one JSON object, with nothing but white space around it. Strings of the state are views
 * into `in`, those with escape sequences into the scratch's text. A NULL `state` measures what
 * the scratch needs; that a key of the map repeats is found only where the scratch has room for all
 * entries. null is the same as an absent key.
 *
 * Errors: TRUNCATED, DEPTH, UTF8, NO_SPACE, TOO_LARGE, ARGUMENT, MAP keys that repeat
 * (DUPLICATE_KEY), and all that the list of codes has from ERROR_JSON_VALUE on. */
EXECWIRE_API execwire_code execwire_json_read(const void *in, size_t in_size,
                                              const execwire_json_options *options,
                                              execwire_scratch *scratch, execwire_state *state,
                                              execwire_error *error);

/* As execwire_json_read, of text that need not end with the object: what follows is not looked at.
 * So values are read that stand behind each other, on lines of their own or not, and the elements
 * of an array.
 *
 * used  bytes of `in` up to the end of the object, 0 on failure
 *
 * TRUNCATED says that the object goes on behind `in_size`: with more of it, the call is made again.
 */
EXECWIRE_API execwire_code execwire_json_read_first(const void *in, size_t in_size, size_t *used,
                                                    const execwire_json_options *options,
                                                    execwire_scratch *scratch,
                                                    execwire_state *state, execwire_error *error);

/* ---- States inside larger JSON documents -------------------------------------------------- */

/* No pointer is longer, in bytes. */
#define EXECWIRE_JSON_POINTER_SIZE 255

/* Where a walk is, through documents that come in pieces; the walk's own. */
typedef struct execwire_json_walk {
    execwire_str pointer;
    unsigned tokens;  /* of the pointer */
    unsigned depth;   /* open objects and arrays */
    unsigned level;   /* how many of them, the outermost, are on the way */
    unsigned next;    /* what must follow */
    bool on;          /* the value that follows is on the way */
    uint64_t objects; /* a bit for each that is open, the newest lowest: whether it is an object */
    uint64_t found;   /* a bit for each level, the first lowest: it has what its token names */
    uint32_t count[EXECWIRE_MAX_JSON_DEPTH]; /* of elements so far, for each level */
} execwire_json_walk;

/* Starts a walk to the states that a JSON Pointer (RFC 6901) names, through any number of
 * documents:
 * "/state/Executions" of what Bacalhau's API answers. A token that is `*`, which the RFC does not
 * have, stands for every element of an array or member of an object. The text of the pointer is not
 * copied: keep it.
 *
 * What is named is a state, or an array of states, which come one by one. null, which Go writes for
 * an array that was never made, is an empty one where an array is named or `*` follows.
 *
 * Errors: ARGUMENT, also for what is no pointer, is longer than EXECWIRE_JSON_POINTER_SIZE or has
 * as many tokens as EXECWIRE_MAX_JSON_DEPTH. */
EXECWIRE_API execwire_code execwire_json_walk_init(execwire_json_walk *walk, execwire_str pointer,
                                                   execwire_error *error);

/* Goes to the next object that is named, in `in`, which begins where the call before ended, or
 * behind the object that it found: execwire_json_read_first says where that is. All that is passed
 * is checked to be JSON, and looked at once, but for a string, number or word that `in` cuts off.
 *
 * used  bytes of `in` that are done with. The object begins right behind them; after TRUNCATED the
 *       next call is given those that are left, and more
 *
 * Errors: TRUNCATED, DEPTH, UTF8, ARGUMENT, those of JSON text, and three after which the next call
 * goes on behind `used`, their paths those of the pointer: JSON_POINTER where an object or array on
 * the way does not have what is named, or something else stands there; EXPECTED_OBJECT where
 * something else is named; DUPLICATE_KEY where a member that is named is there again, which is
 * passed. (Where `*` stands for all members, each is taken.) After the others the next call begins
 * at a document. */
EXECWIRE_API execwire_code execwire_json_walk_next(execwire_json_walk *walk, const void *in,
                                                   size_t in_size, size_t *used,
                                                   execwire_error *error);

/* Whether no document is open, so that the text may end here. */
EXECWIRE_API bool execwire_json_walk_is_between(const execwire_json_walk *walk);

/* ---- Many messages in one stream ---------------------------------------------------------- */

/* As execwire_encode, with the message's size before it, as a varint: the format of protobuf's
 * writeDelimitedTo. */
EXECWIRE_API execwire_code execwire_delimited_write(const execwire_state *state, void *out,
                                                    size_t capacity, size_t *size,
                                                    execwire_error *error);

/* Writes the size that stands before a message of so many bytes; a NULL `out` measures. Returns how
 * many bytes that takes; 0 where a message cannot be that large. */
#define EXECWIRE_DELIMITED_PREFIX_SIZE 5
EXECWIRE_API size_t execwire_delimited_prefix(size_t message_size,
                                              uint8_t out[EXECWIRE_DELIMITED_PREFIX_SIZE]);

/* Takes such a stream apart, however it is cut into pieces. The members are the reader's own, but
 * for those that may be read after a call of execwire_delimited_feed that completed no message:
 * what is known of the one that goes on. */
typedef struct execwire_delimited_reader {
    uint8_t *buffer;
    size_t capacity;
    size_t start;        /* may be read: offset in the stream of its length prefix */
    size_t length;       /* may be read: its size; valid when prefix_done */
    size_t filled;       /* bytes of it in the buffer, or skipped */
    uint8_t prefix[5];   /* length prefix as far as it has come */
    uint8_t prefix_size; /* may be read: bytes of the prefix */
    bool prefix_done;    /* may be read: the prefix is there */
    bool skipping;       /* it was too large */
} execwire_delimited_reader;

/* buffer    holds a message that arrives in pieces; lent for as long as the reader is used. NULL:
 *           the caller keeps what is not a whole message, see below
 * capacity  its size, and the largest message accepted; with NULL the latter alone */
EXECWIRE_API void execwire_delimited_init(execwire_delimited_reader *reader, void *buffer,
                                          size_t capacity);

/* Takes the next piece, up to the end of the first message that it completes. Call it again with
 * the rest of the piece while there is one.
 *
 * used      bytes of the piece that were taken. Without a buffer messages are taken whole: 0 when
 *           the piece ends within the next one, which is to be given again with more behind it
 * message   the message, valid until the next call, in the piece or in the buffer; its data is
 *           NULL when the message is not complete yet
 *
 * Errors: ARGUMENT; TOO_LARGE: the next calls skip the message, and go on behind it; VARINT (the
 * length prefix): the stream cannot be taken further. */
EXECWIRE_API execwire_code execwire_delimited_feed(execwire_delimited_reader *reader,
                                                   const void *in, size_t in_size, size_t *used,
                                                   execwire_str *message, execwire_error *error);

/* Says whether the stream may end here: EXECWIRE_ERROR_TRUNCATED inside a message. Without a buffer
 * it may not when there are bytes that were not taken, either. */
EXECWIRE_API execwire_code execwire_delimited_end(const execwire_delimited_reader *reader,
                                                  execwire_error *error);

/* ---- States ------------------------------------------------------------------------------- */

/* Copies a state with all that it points to into the scratch: its strings into `text`, the entries
 * of its map into `entries`. The copy needs nothing of what `in` points to. A NULL `state` measures
 * what the scratch needs, in text_size and entry_count. `state` may be `in`.
 *
 * Errors: NO_SPACE (text_size and entry_count say what is enough), TOO_LARGE (more than
 * EXECWIRE_MAX_SIZE bytes of text), ARGUMENT. */
EXECWIRE_API execwire_code execwire_state_copy(const execwire_state *in, execwire_scratch *scratch,
                                               execwire_state *state, execwire_error *error);

/* Whether two states say the same: the same fields are present and have the same values. Where the
 * strings lie does not matter, nor what stands in members that are absent. The entries of a map are
 * compared in their order. NULL equals nothing. */
EXECWIRE_API bool execwire_state_equal(const execwire_state *left, const execwire_state *right);

/* Sets a member that has a flag, and takes it away again:
 *
 *     EXECWIRE_SET(&state, state, EXECWIRE_EXECUTION_STATE_COMPLETED);
 *     EXECWIRE_SET(&state.run_output, exit_code, 0);
 *     EXECWIRE_CLEAR(&state, version);
 *
 * A message inside a state is there when its flag says so: state.has_run_output = true. */
#define EXECWIRE_SET(message, member, value)                                                       \
    ((message)->has_##member = true, (void)((message)->member = (value)))
#define EXECWIRE_CLEAR(message, member) ((void)((message)->has_##member = false))

/* ---- Helpers ------------------------------------------------------------------------------ */

/* The identifier of a code, such as "EXECWIRE_ERROR_UTF8", and its text. Static strings; for a
 * number that is no code, those of "EXECWIRE_ERROR_ARGUMENT". */
EXECWIRE_API const char *execwire_code_name(execwire_code code);
EXECWIRE_API const char *execwire_code_text(execwire_code code);

/* Orders the entries of a map by key.
 *
 * Errors: DUPLICATE_KEY, with the key as its path; the entries are in order all the same. ARGUMENT.
 */
EXECWIRE_API execwire_code execwire_map_sort(execwire_map *map, execwire_error *error);

/* Copies text, putting U+FFFD in place of whatever is not UTF-8, one for each maximal subpart
 * (Unicode 15, section 3.9, as in the WHATWG Encoding Standard). For raw output of programs.
 *
 * out       NULL measures; 3 * in_size bytes are always enough
 * capacity  bytes that out has room for
 * size      bytes written, or needed when measuring and with EXECWIRE_ERROR_NO_SPACE
 *
 * Errors: NO_SPACE, TOO_LARGE, ARGUMENT. */
EXECWIRE_API execwire_code execwire_utf8_mend(const void *in, size_t in_size, char *out,
                                              size_t capacity, size_t *size, execwire_error *error);

/* Room for any time as text. */
#define EXECWIRE_TIME_SIZE 30

/* Reads an RFC 3339 time (section 5.6) with any offset and up to 9 fraction digits.
 *
 * Errors: TIME_SYNTAX, TIME_FIELD, TIME_LEAP, TIME_DIGITS, TIME_RANGE, ARGUMENT. */
EXECWIRE_API execwire_code execwire_time_read(const char *in, size_t in_size, execwire_time *time,
                                              execwire_error *error);

/* Writes a time in UTC, its fraction without trailing zeros: "2023-10-17T12:28:08.09Z". Not
 * terminated.
 *
 * out       NULL measures; EXECWIRE_TIME_SIZE bytes are always enough
 * capacity  bytes that out has room for
 * size      bytes written, or needed when measuring and with EXECWIRE_ERROR_NO_SPACE
 *
 * Errors: NO_SPACE, TIME_RANGE, TIME_NANOS, ARGUMENT. */
EXECWIRE_API execwire_code execwire_time_write(const execwire_time *time, char *out,
                                               size_t capacity, size_t *size,
                                               execwire_error *error);

/* The version of this header. VERSION_NUMBER is for comparing: 1.2.3 is 10203. */
#define EXECWIRE_VERSION_MAJOR 0
#define EXECWIRE_VERSION_MINOR 1
#define EXECWIRE_VERSION_PATCH 0
#define EXECWIRE_VERSION_NUMBER                                                                    \
    (EXECWIRE_VERSION_MAJOR * 10000 + EXECWIRE_VERSION_MINOR * 100 + EXECWIRE_VERSION_PATCH)

/* The version of the library that is linked, "MAJOR.MINOR.PATCH". A static string. */
EXECWIRE_API const char *execwire_version(void);

#ifdef __cplusplus
}
#endif

#endif

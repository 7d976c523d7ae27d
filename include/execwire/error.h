/* The codes of what calls return, and the error that a call fills in.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_ERROR_H
#define EXECWIRE_ERROR_H

#include <execwire/types.h>

/* execwire's own build (EXECWIRE_STRICT) refuses a call whose result nobody looks at; of compilers,
 * clang does so for types. For others this is empty. */
#if defined(EXECWIRE_STRICT) && defined(__clang__)
#define EXECWIRE_MUST_USE __attribute__((warn_unused_result))
#else
#define EXECWIRE_MUST_USE
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Every code with the text that says it to a person: X(name, text). Append only: the numbers
 * are part of the binary interface. */
#define EXECWIRE_CODE_LIST(X)                                                                      \
    X(OK, "no error")                                                                              \
    /* any call */                                                                                 \
    X(ERROR_ARGUMENT, "an argument is NULL or out of range")                                       \
    X(ERROR_NO_SPACE, "the memory lent is too small")                                              \
    X(ERROR_TOO_LARGE, "longer than the maximum message size")                                     \
    X(ERROR_TRUNCATED, "the input ends too early")                                                 \
    X(ERROR_UTF8, "not valid UTF-8")                                                               \
    X(ERROR_DEPTH, "nested too deeply")                                                            \
    X(ERROR_ENUM_RANGE, "an enum number must be between 0 and 2147483647")                         \
    X(ERROR_TIME_RANGE, "the time is outside the years 1 to 9999")                                 \
    X(ERROR_TIME_NANOS, "nanoseconds must be between 0 and 999999999")                             \
    X(ERROR_MAP_ORDER, "map keys must ascend and be unique")                                       \
    /* protobuf bytes */                                                                           \
    X(ERROR_VARINT, "the varint is longer than 10 bytes or does not fit 64 bits")                  \
    X(ERROR_TAG, "the tag is longer than 5 bytes or its field number is not 1 to 536870911")       \
    X(ERROR_LENGTH, "the field reaches beyond the enclosing message")                              \
    X(ERROR_WIRE_TYPE, "wire types 6 and 7 do not exist")                                          \
    X(ERROR_FIELD_TYPE, "the field has another wire type in the schema")                           \
    X(ERROR_GROUP, "the group is not closed, or not open")                                         \
    /* JSON text */                                                                                \
    X(ERROR_JSON_VALUE, "expected a JSON value")                                                   \
    X(ERROR_JSON_NUMBER, "malformed number")                                                       \
    X(ERROR_JSON_KEY, "expected a key in double quotes")                                           \
    X(ERROR_JSON_COLON, "expected ':' after the key")                                              \
    X(ERROR_JSON_COMMA, "expected ',' or the closing bracket")                                     \
    X(ERROR_JSON_CONTROL, "a control character in a string must be escaped")                       \
    X(ERROR_JSON_ESCAPE, "unknown escape sequence")                                                \
    X(ERROR_JSON_SURROGATE, "half of a surrogate pair")                                            \
    X(ERROR_JSON_TRAILING, "unexpected text after the value")                                      \
    X(ERROR_UNKNOWN_KEY, "unknown key")                                                            \
    X(ERROR_DUPLICATE_KEY, "duplicate key")                                                        \
    X(ERROR_EXPECTED_OBJECT, "expected an object")                                                 \
    X(ERROR_EXPECTED_STRING, "expected a string")                                                  \
    X(ERROR_EXPECTED_BOOL, "expected true or false")                                               \
    X(ERROR_EXPECTED_INTEGER, "expected an integer")                                               \
    X(ERROR_EXPECTED_ENUM, "expected an enum number or name")                                      \
    X(ERROR_EXPECTED_TIME, "expected an RFC 3339 time")                                            \
    X(ERROR_INTEGER_FRACTION, "expected an integer without fraction")                              \
    X(ERROR_INTEGER_RANGE, "the integer does not fit 64 bits")                                     \
    X(ERROR_ENUM_NAME, "no enum value has this name")                                              \
    X(ERROR_TIME_SYNTAX, "not an RFC 3339 time")                                                   \
    X(ERROR_TIME_FIELD, "no such date or time of day")                                             \
    X(ERROR_TIME_LEAP, "a leap second cannot be represented")                                      \
    X(ERROR_TIME_DIGITS, "more than 9 digits of a second's fraction")                              \
    /* frames of the link layer, <execwire/link.h> */                                              \
    X(ERROR_LINK_FRAME, "not a frame, or a damaged one")                                           \
    X(ERROR_LINK_TEXT, "malformed packed or compressed text")                                      \
    /* frames on a serial line */                                                                  \
    X(ERROR_CHECKSUM, "the checksum does not match")                                               \
    /* JSON that is something else */                                                              \
    X(ERROR_NOT_A_STATE, "not an execution state")                                                 \
    X(ERROR_OTHER_EXECUTION,                                                                       \
      "an Execution of Bacalhau v1.5 or newer: another record, with other numbers")                \
    X(ERROR_JSON_POINTER, "what the pointer names is missing")                                     \
    /* what a gateway kept, <execwire/gateway.h> */                                                \
    X(ERROR_RECORD, "not the record of a node, or a damaged one")                                  \
    /* sealed frames, <execwire/seal.h> */                                                         \
    X(ERROR_SEAL, "the cryptography or the store of sessions failed")

typedef enum EXECWIRE_MUST_USE execwire_code {
#define EXECWIRE_CODE_ENUM(name, text) EXECWIRE_##name,
    EXECWIRE_CODE_LIST(EXECWIRE_CODE_ENUM)
#undef EXECWIRE_CODE_ENUM
        EXECWIRE_CODE_COUNT /* not a code */
} execwire_code;

/* ERROR_TRUNCATED means that more bytes may help, and nothing else: what was read is the beginning
 * of something that is good. Where the end is known, as of a message inside a message, what is cut
 * off there is ERROR_LENGTH. In JSON a string may end inside a character; what it says, as a key, a
 * time or a name, is judged where it is whole. */

/* Room for a field path, its NUL included. Longer paths end in "...". */
#define EXECWIRE_PATH_SIZE 96

/* What went wrong, and where. Filled by every call that fails; not touched by one that succeeds.
 * Owns nothing: the texts are static. */
typedef struct execwire_error {
    execwire_code code;
    /* Byte offset of the offending byte in the call's input. A delimited reader counts from the
     * start of its stream, wrapping where size_t does. A writer's input is a state: it counts
     * from the start of the string that is at fault, and says 0 where no string is. */
    size_t offset;
    /* The sentence of the list of codes. Never NULL. */
    const char *text;
    /* What stood there instead, such as "a string"; NULL where that says nothing more. */
    const char *found;
    /* JSON Pointer (RFC 6901) to the field, in API keys: "/RunOutput/exitCode"; "" is the whole
     * message. Always terminated, and valid UTF-8; control characters, marks that turn the
     * direction of text, and bytes that are no UTF-8 are replaced by '?'. */
    char path[EXECWIRE_PATH_SIZE];
} execwire_error;

/* Fills in an error that begins at `offset` of what a caller reads itself, such as a framing of its
 * own; its path is empty. `error` may be NULL. Returns `code`. */
EXECWIRE_API execwire_code execwire_fail(execwire_error *error, execwire_code code, size_t offset);

#ifdef __cplusplus
}
#endif

#endif

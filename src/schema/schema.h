/* The schema as tables, generated from the .proto (tools/generate.py). The wire reader, the JSON
 * reader and writer and the checks before writing are all driven by them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_SCHEMA_SCHEMA_H
#define EXECWIRE_SCHEMA_SCHEMA_H

#include "base/target.h"

#include "base/words.h"

#include <execwire/fields.h>

/* Messages inside each other, the outermost included. The generator refuses recursive schemas
 * and checks both of these. */
#define EXECWIRE_SCHEMA_DEPTH 8
_Static_assert(EXECWIRE_SCHEMA_DEPTH == EXECWIRE_FIELD_DEPTH, "the public bound");
/* Messages inside a state, at any depth: times and map entries do not count. The generator checks
 * this too. */
#define EXECWIRE_SCHEMA_NESTED 16
/* Bytes in the longest JSON key. */
#define EXECWIRE_SCHEMA_KEY_SIZE 40
/* Tags and lengths of one map entry at their shortest, in bytes: no state that fits is refused. Of
 * one that does not, the writers find out; there is no memory for so many entries that what is left
 * out here, 12 bytes each, takes their sums beyond 32 bits. */
#define EXECWIRE_ENTRY_OVERHEAD 6
/* What a hash table has where there is no key. */
#define EXECWIRE_FREE_SLOT 255

/* Names are there for JSON and for the paths of errors. */
#if !defined(EXECWIRE_NO_JSON_READ) || !defined(EXECWIRE_NO_JSON_WRITE)
#define EXECWIRE_HAS_JSON
#endif
#if defined(EXECWIRE_HAS_JSON) || !defined(EXECWIRE_NO_TEXTS)
#define EXECWIRE_HAS_NAMES
#define EXECWIRE_NAMES(...) __VA_ARGS__,
#else
#define EXECWIRE_NAMES(...)
#endif
#ifndef EXECWIRE_NO_JSON_READ
#define EXECWIRE_SLOTS(...) __VA_ARGS__,
#else
#define EXECWIRE_SLOTS(...)
#endif

#ifdef EXECWIRE_FAST_PATHS
#define EXECWIRE_MASKS(...) __VA_ARGS__,
#define EXECWIRE_TAG(...)   , __VA_ARGS__
#else
#define EXECWIRE_TAG(...)
#define EXECWIRE_MASKS(...)
#endif

typedef struct execwire_field {
#ifdef EXECWIRE_HAS_NAMES
    const char *name;      /* documented JSON key */
    const char *json_name; /* API key */
    uint8_t name_size;
    uint8_t json_name_size;
#endif
    uint16_t offset; /* of the member in its struct */
    uint16_t number;
    uint8_t kind;     /* an execwire_kind */
    uint8_t flag : 4; /* how far before the member its has_ flag is; 0: the value shows presence */
    uint8_t type : 4; /* index into execwire_enums or execwire_messages */
#ifdef EXECWIRE_FAST_PATHS
    uint16_t usual_tag; /* its tag where that is one byte; more than a byte has, else */
    uint8_t behind; /* index of the field whose key servers write behind its own, or beyond all */
#endif
} execwire_field;

#if defined(EXECWIRE_FAST_PATHS) && defined(EXECWIRE_HAS_JSON)

/* Bytes of the longest key with what stands around it, and three more: a multiple of 16 is quickly
 * found. */
#define EXECWIRE_KEY_SIZE (EXECWIRE_SCHEMA_KEY_SIZE + 7)

/* A name of a field as a member begins in JSON that is not pretty, `,"name":`, and zeros. */
typedef struct execwire_key {
    char text[EXECWIRE_KEY_SIZE];
    uint8_t size;
} execwire_key;

#define EXECWIRE_KEYS(...) __VA_ARGS__,
#else
#define EXECWIRE_KEYS(...)
#endif

typedef struct execwire_message {
#ifdef EXECWIRE_HAS_NAMES
    const char *name;
#endif
    const execwire_field *fields; /* ascending numbers */
    uint16_t count;
#ifdef EXECWIRE_FAST_PATHS
    /* a bit for each field that is a string; an enum or a time; a map or another message */
    uint64_t texts;
    uint64_t ranges;
    uint64_t inner;
#ifdef EXECWIRE_HAS_JSON
    const execwire_key *keys[2]; /* of each field the documented one, and that of the API */
#endif
#endif
#ifndef EXECWIRE_NO_JSON_READ
    /* Hash table of the JSON keys of both forms: twice the field's index, and 1 more for its API
     * key. Made by the generator, at least half of it free. */
    const uint8_t *slots;
    uint8_t slot_mask;
    uint8_t slot_factor;
#endif
} execwire_message;

typedef struct execwire_enum_value {
    int32_t number;
    const char *name;
    const char *api_name; /* NULL where servers have none */
} execwire_enum_value;

typedef struct execwire_enum {
    const char *name;
    const execwire_enum_value *values;
    uint16_t count;
    uint16_t prefix_size; /* of what all names begin with, such as "EXECUTION_STATE_" */
} execwire_enum;

/* Generated. The first message is ExecutionState. */
extern const execwire_message execwire_messages[];
extern const execwire_enum execwire_enums[];

/* The field with this number, or NULL. */
static inline const execwire_field *execwire_schema_field(const execwire_message *message,
                                                          uint32_t number)
{
    /* numbers are dense as a rule, so the field is at its number or a little before */
    size_t i = number < message->count ? number : message->count;

    for (; i > 0; i--) {
        const execwire_field *field = &message->fields[i - 1];

        if (field->number <= number)
            return field->number == number ? field : NULL;
    }
    return NULL;
}

#ifndef EXECWIRE_NO_JSON_READ

/* The field with this documented or API key, or NULL. */
const execwire_field *execwire_schema_key(const execwire_message *message, execwire_str key);

#endif

#ifdef EXECWIRE_HAS_JSON

/* The value with this number, or NULL. */
const execwire_enum_value *execwire_schema_enum_number(const execwire_enum *type, int32_t number);

/* Whether a text is this name: case and underscores do not count. */
bool execwire_schema_same_name(execwire_str text, const char *name);

/* The value with this name, or NULL: case and underscores do not count, and neither does it
 * whether the common prefix is there. */
const execwire_enum_value *execwire_schema_enum_name(const execwire_enum *type, execwire_str name);

#endif

/* The message that a field of kind MESSAGE, TIME or MAP is made of; the enum of a field of kind
 * ENUM. */
static inline const execwire_message *execwire_field_message(const execwire_field *field)
{
    return &execwire_messages[field->type];
}

static inline const execwire_enum *execwire_field_enum(const execwire_field *field)
{
    return &execwire_enums[field->type];
}

/* The member of a field in its struct. */
static inline void *execwire_member(const execwire_field *field, void *base)
{
    return (char *)base + field->offset;
}

static inline const void *execwire_const_member(const execwire_field *field, const void *base)
{
    return (const char *)base + field->offset;
}

/* Marks a field as present; those that show it in their value need nothing. */
static inline void execwire_set_present(const execwire_field *field, void *base)
{
    if (field->flag != 0)
        *((bool *)execwire_member(field, base) - field->flag) = true;
}

/* Whether a field is present. The fields of Timestamp have no presence: not for them. */
static inline bool execwire_is_present(const execwire_field *field, const void *base)
{
    const char *member = execwire_const_member(field, base);

    if (field->flag != 0)
        return *((const bool *)member - field->flag);
    if (field->kind == EXECWIRE_KIND_MAP)
        return ((const execwire_map *)member)->count > 0;
    return ((const execwire_str *)member)->data != NULL;
}

/* Puts a field in front of an error's path, by its API key. */
execwire_code execwire_fail_in_field(execwire_error *error, execwire_code code,
                                     const execwire_field *field);

#ifdef EXECWIRE_FAST_PATHS

/* The field of the lowest bit, which is set. */
static inline const execwire_field *execwire_first_of(const execwire_message *message,
                                                      uint64_t mask)
{
    return &message->fields[execwire_lowest_bit(mask)];
}

/* Flash is not spent on it. */
#define EXECWIRE_FINDS_OVERLAP

/* Whether bytes may lie in the `capacity` bytes at `out`: one comparison, which wraps. Where a size
 * is 0 it may say so in vain. */
static inline bool execwire_may_overlap(const void *bytes, size_t size, uintptr_t out,
                                        size_t capacity)
{
    return (uintptr_t)bytes + (size - 1) - out < size + (capacity - 1);
}

/* Whether they do. */
static inline bool execwire_overlap(const void *bytes, size_t size, uintptr_t out, size_t capacity)
{
    return execwire_may_overlap(bytes, size, out, capacity) && size > 0 && capacity > 0;
}

/* Checks everything that a writer promises about a state: UTF-8, ranges, order of maps; and that
 * nothing that the state points to lies where it writes to, `capacity` bytes at `out`, or NULL. */
execwire_code execwire_state_check_for(const execwire_state *state, const void *out,
                                       size_t capacity, execwire_error *error);

static inline execwire_code execwire_state_check(const execwire_state *state, execwire_error *error)
{
    return execwire_state_check_for(state, NULL, 0, error);
}

#else

execwire_code execwire_state_check(const execwire_state *state, execwire_error *error);

static inline execwire_code execwire_state_check_for(const execwire_state *state, const void *out,
                                                     size_t capacity, execwire_error *error)
{
    (void)out;
    (void)capacity;
    return execwire_state_check(state, error);
}

#endif

/* Takes a field away, with all that is inside it. Recursion is as deep as the schema, which the
 * generator bounds. */
void execwire_field_clear(const execwire_field *field, void *base);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "disagreements.h"

#include <string.h>

/* ---- What we refuse ---- */

/* How many bytes the varint at `at` has, its last one included, or 0 if it has no end. */
static size_t varint_size(const uint8_t *in, size_t size, size_t at)
{
    for (size_t i = at; i < size; i++)
        if (in[i] < 0x80)
            return i - at + 1;
    return 0;
}

/* The field that an error's path leads to; NULL for the whole message. */
static const execwire_field *field_of(const char *path)
{
    const execwire_message *message = &execwire_messages[0];
    const execwire_field *field = NULL;

    while (*path == '/') {
        execwire_str key = {path + 1, strcspn(path + 1, "/")};

        field = execwire_schema_key(message, key);
        message = execwire_field_message(field);
        path = key.data + key.size;
    }
    return field;
}

static bool of_unknown_field(const execwire_error *error)
{
    const execwire_field *field = field_of(error->path);

    return field == NULL || field->kind == EXECWIRE_KIND_MESSAGE ||
           field->kind == EXECWIRE_KIND_TIME || field->kind == EXECWIRE_KIND_MAP;
}

static bool unknown_varint(const uint8_t *in, size_t size, const execwire_error *error)
{
    (void)in;
    (void)size;
    return of_unknown_field(error);
}

static bool varint_of_ten_bytes(const uint8_t *in, size_t size, const execwire_error *error)
{
    return varint_size(in, size, error->offset) == 10;
}

static bool over_long(const uint8_t *in, size_t size, const execwire_error *error)
{
    return varint_size(in, size, error->offset) > 5;
}

/* nanopb takes a varint for 32 bits also with the bits that a sign would have beyond them. */
static bool over_long_or_signed(const uint8_t *in, size_t size, const execwire_error *error)
{
    return over_long(in, size, error) ||
           (varint_size(in, size, error->offset) == 5 && (in[error->offset + 4] & 0x78) == 0x78);
}

static bool five_bytes(const uint8_t *in, size_t size, const execwire_error *error)
{
    return varint_size(in, size, error->offset) == 5 && in[error->offset + 4] > 0x0F;
}

static bool long_zero(const uint8_t *in, size_t size, const execwire_error *error)
{
    size_t length = varint_size(in, size, error->offset);

    return length > 1 && length <= 5 && (in[error->offset] & 0x78) == 0;
}

static bool of_bool(const uint8_t *in, size_t size, const execwire_error *error)
{
    const execwire_field *field = field_of(error->path);

    (void)in;
    (void)size;
    return field != NULL && field->kind == EXECWIRE_KIND_BOOL;
}

/* ---- What we accept ---- */

/* Puts a small number in place of the varint, in as many bytes. */
static void put_varint(const execwire_wire_field *seen, uint8_t *field, uint8_t number)
{
    size_t start = (size_t)(seen->payload - seen->tag);
    size_t last = (size_t)(seen->end - seen->tag) - 1;

    memset(field + start, 0x80, last - start);
    field[last] = 0;
    field[start] |= number;
}

/* Puts the length of the bytes that are left of `size` behind it, padded where that needs it. */
static void put_length(uint8_t *length, size_t size)
{
    size_t bytes = 1;

    while ((size - bytes) >> (7 * bytes) != 0)
        bytes++;
    for (size_t i = 0; i < bytes; i++)
        length[i] = (uint8_t)(((size - bytes) >> (7 * i)) | 0x80);
    length[bytes - 1] &= 0x7F;
}

/* An unknown group becomes an unknown length-delimited field. */
static bool take_out_group(const execwire_wire_field *seen, const execwire_wire_field *before,
                           uint8_t *field)
{
    (void)before;
    if (seen->field != NULL || seen->wire_type != EXECWIRE_WIRE_GROUP)
        return false;
    field[0] = (uint8_t)((field[0] & ~7) | EXECWIRE_WIRE_BYTES);
    put_length(field + (seen->payload - seen->tag), (size_t)(seen->end - seen->payload));
    return true;
}

/* A time that comes again leaves nothing in the one before but a field that Timestamp has not. */
static bool take_out_split_time(const execwire_wire_field *seen, const execwire_wire_field *before,
                                uint8_t *field)
{
    if (seen->field == NULL || seen->field->kind != EXECWIRE_KIND_TIME || before == NULL)
        return false;
    if (before->payload == before->end)
        return false;
    field -= seen->tag - before->payload;
    field[0] = 15 << 3 | EXECWIRE_WIRE_BYTES;
    put_length(field + 1, (size_t)(before->end - before->payload) - 1);
    return true;
}

static bool take_out_wide_bool(const execwire_wire_field *seen, const execwire_wire_field *before,
                               uint8_t *field)
{
    (void)before;
    if (seen->field == NULL || seen->field->kind != EXECWIRE_KIND_BOOL || seen->varint >> 32 == 0)
        return false;
    put_varint(seen, field, 1);
    return true;
}

static bool take_out_nul(const execwire_wire_field *seen, const execwire_wire_field *before,
                         uint8_t *field)
{
    bool found = false;

    (void)before;
    if (seen->field == NULL || seen->field->kind != EXECWIRE_KIND_STRING)
        return false;
    for (const uint8_t *at = seen->payload; at < seen->end; at++) {
        if (*at != 0)
            continue;
        field[at - seen->tag] = 1;
        found = true;
    }
    return found;
}

/* ---- The list ---- */

#define REFUSED(oracle, code, condition, name, reason)                                             \
    {                                                                                              \
        oracle_##oracle, #oracle ": " name, reason, EXECWIRE_ERROR_##code, condition, NULL         \
    }
#define READ_OTHERWISE(oracle, take_out, name, reason)                                             \
    {                                                                                              \
        oracle_##oracle, #oracle ": " name, reason, EXECWIRE_OK, NULL, take_out                    \
    }

const disagreement disagreements[] = {
    REFUSED(nanopb, TAG, over_long_or_signed, "over-long tag",
            "its varint of 32 bits may have up to 10 bytes, or the bits of a negative number"),
    REFUSED(nanopb, LENGTH, over_long, "over-long length", "read as its tags are"),
    REFUSED(nanopb, VARINT, unknown_varint, "over-long varint in an unknown field",
            "skips bytes until one is below 0x80, however many"),
    REFUSED(nanopb, UTF8, NULL, "bad UTF-8", "leaves strings to the callback"),
    REFUSED(nanopb, ENUM_RANGE, NULL, "negative enum", "protobuf's enums may be negative"),
    REFUSED(nanopb, TIME_RANGE, NULL, "year beyond 9999", "a Timestamp is a message like others"),
    REFUSED(nanopb, TIME_NANOS, NULL, "nanos beyond 999999999", "the same"),
    READ_OTHERWISE(nanopb, take_out_group, "unknown group", "has no groups at all"),
    READ_OTHERWISE(nanopb, take_out_wide_bool, "bool beyond 32 bits",
                   "reads a bool as a varint of 32 bits and refuses a larger one"),

    REFUSED(protobuf_c, TAG, five_bytes, "field number beyond 2^29-1",
            "keeps the bits of a fifth byte, whatever they are"),
    REFUSED(protobuf_c, TAG, long_zero, "field number 0 in several bytes",
            "sees the 0 only in a tag of one byte"),
    REFUSED(protobuf_c, VARINT, varint_of_ten_bytes, "varint beyond 64 bits",
            "counts its bytes, and drops the bits that are too many"),
    REFUSED(protobuf_c, FIELD_TYPE, of_bool, "bool of another wire type",
            "its parser compares the wire type of every type but this"),
    REFUSED(protobuf_c, UTF8, NULL, "bad UTF-8", "does not look into strings"),
    REFUSED(protobuf_c, ENUM_RANGE, NULL, "negative enum", "protobuf's enums may be negative"),
    REFUSED(protobuf_c, TIME_RANGE, NULL, "year beyond 9999",
            "a Timestamp is a message like others"),
    REFUSED(protobuf_c, TIME_NANOS, NULL, "nanos beyond 999999999", "the same"),
    READ_OTHERWISE(protobuf_c, take_out_group, "unknown group", "has no groups at all"),
    READ_OTHERWISE(protobuf_c, take_out_split_time, "time in several parts",
                   "merges only fields that have presence, which Timestamp's do not"),
    READ_OTHERWISE(protobuf_c, take_out_nul, "NUL in a string", "its strings end at NUL"),

    REFUSED(libprotobuf, TAG, five_bytes, "tag beyond 32 bits",
            "drops the bits of a fifth byte that are too many"),
    REFUSED(libprotobuf, VARINT, varint_of_ten_bytes, "varint beyond 64 bits",
            "drops the bits of a tenth byte that are too many"),
    REFUSED(libprotobuf, DEPTH, NULL, "groups inside each other", "its limit is 100, ours is 32"),
    REFUSED(libprotobuf, FIELD_TYPE, NULL, "known field of another wire type",
            "takes it for an unknown field"),
    REFUSED(libprotobuf, ENUM_RANGE, NULL, "negative enum", "protobuf's enums may be negative"),
    REFUSED(libprotobuf, TIME_RANGE, NULL, "year beyond 9999",
            "a Timestamp is a message like others"),
    REFUSED(libprotobuf, TIME_NANOS, NULL, "nanos beyond 999999999", "the same"),
};

const size_t disagreement_count = sizeof disagreements / sizeof *disagreements;

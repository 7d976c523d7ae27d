/* protobuf-c, read through its descriptors and our schema.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "oracle.h"
#include "state.h"
#include "support.h"

#include "schema/schema.h"

#include "execwire/v1/execution_state.pb-c.h"

#include <string.h>

static execwire_entry entries[ORACLE_ENTRIES + 1];

static void take_message(const execwire_message *message, const ProtobufCMessage *from, void *base);

static execwire_str view(const char *text)
{
    return (execwire_str){text, text != NULL ? strlen(text) : 0};
}

static void take_map(const execwire_field *field, const ProtobufCMessage *const *from, size_t count,
                     execwire_map *map)
{
    map->entries = entries;
    for (size_t i = 0; i < count; i++) {
        execwire_entry entry = {{NULL, 0}, {NULL, 0}, 0};

        take_message(execwire_field_message(field), from[i], &entry);
        if (entry.key.data == NULL)
            entry.key.data = "";
        if (entry.value.data == NULL)
            entry.value.data = "";
        oracle_put_entry(map, entry);
    }
}

/* One field that is present; `member` is where protobuf-c has it, `count` how often if repeated. */
static void take_value(const execwire_field *field, const void *member, size_t count, void *base)
{
    void *to = execwire_member(field, base);

    switch ((execwire_kind)field->kind) {
    case EXECWIRE_KIND_STRING:
        *(execwire_str *)to = view(*(char *const *)member);
        break;
    case EXECWIRE_KIND_BOOL:
        *(bool *)to = *(const protobuf_c_boolean *)member != 0;
        break;
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        *(int64_t *)to = *(const int64_t *)member;
        break;
    case EXECWIRE_KIND_INT32:
    case EXECWIRE_KIND_ENUM:
        *(int32_t *)to = *(const int32_t *)member;
        break;
    case EXECWIRE_KIND_TIME:
    case EXECWIRE_KIND_MESSAGE:
        take_message(execwire_field_message(field), *(const ProtobufCMessage *const *)member, to);
        break;
    case EXECWIRE_KIND_MAP:
        take_map(field, *(const ProtobufCMessage *const *const *)member, count, to);
        break;
    }
}

/* Where a field's presence shows in its value, its pointer is not NULL. */
static bool is_there(const ProtobufCFieldDescriptor *field, const void *member,
                     const void *quantifier)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return *(const size_t *)quantifier > 0;
    if (field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE)
        return *(void *const *)member != NULL;
    return field->label == PROTOBUF_C_LABEL_NONE || *(const protobuf_c_boolean *)quantifier != 0;
}

/* Recursion is as deep as the schema, which the generator bounds. */
static void take_message(const execwire_message *message, const ProtobufCMessage *from, void *base)
{
    for (size_t i = 0; i < message->count; i++) {
        const execwire_field *field = &message->fields[i];
        const ProtobufCFieldDescriptor *theirs =
            protobuf_c_message_descriptor_get_field(from->descriptor, field->number);
        const void *member = (const char *)from + theirs->offset;
        const void *quantifier = (const char *)from + theirs->quantifier_offset;

        if (!is_there(theirs, member, quantifier))
            continue;
        execwire_set_present(field, base);
        take_value(field, member,
                   theirs->label == PROTOBUF_C_LABEL_REPEATED ? *(const size_t *)quantifier : 1,
                   base);
    }
}

bool oracle_protobuf_c(const uint8_t *in, size_t size, uint8_t *out, size_t capacity,
                       size_t *out_size)
{
    execwire_state state;
    ProtobufCMessage *message =
        protobuf_c_message_unpack(&execwire__v1__execution_state__descriptor, NULL, size, in);

    if (message == NULL)
        return false;
    memset(&state, 0, sizeof state);
    take_message(&execwire_messages[0], message, &state);
    oracle_write(&state, out, capacity, out_size);
    protobuf_c_message_free_unpacked(message, NULL);
    return true;
}

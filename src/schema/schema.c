/* SPDX-License-Identifier: Apache-2.0 */
#include "schema/schema.h"

#include "error/error.h"
#include "text/path.h"
#include "text/same.h"

#include <string.h>

#ifndef EXECWIRE_NO_JSON_READ

/* As hash_key in tools/generate.py. */
static unsigned hash_key(execwire_str key, unsigned factor)
{
    const unsigned char *text = (const unsigned char *)key.data;

    return (unsigned)key.size + text[0] + text[key.size / 3] + factor * text[key.size - 1];
}

const execwire_field *execwire_schema_key(const execwire_message *message, execwire_str key)
{
    unsigned at = key.size > 0 ? hash_key(key, message->slot_factor) : 0;

    for (;; at++) {
        unsigned slot = message->slots[at & message->slot_mask];
        const execwire_field *field = &message->fields[slot / 2];
        bool api = slot % 2 == 1;

        if (slot == EXECWIRE_FREE_SLOT)
            return NULL;
        if (key.size == (api ? field->json_name_size : field->name_size) &&
            execwire_same_bytes(key.data, api ? field->json_name : field->name, key.size))
            return field;
    }
}

#endif

#ifdef EXECWIRE_HAS_JSON

const execwire_enum_value *execwire_schema_enum_number(const execwire_enum *type, int32_t number)
{
    for (size_t i = 0; i < type->count; i++)
        if (type->values[i].number == number)
            return &type->values[i];
    return NULL;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool execwire_schema_same_name(execwire_str text, const char *name)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '_')
            continue;
        while (*name == '_')
            name++;
        if (*name == '\0' || upper(text.data[i]) != upper(*name))
            return false;
        name++;
    }
    return *name == '\0';
}

const execwire_enum_value *execwire_schema_enum_name(const execwire_enum *type, execwire_str name)
{
    for (size_t i = 0; i < type->count; i++) {
        const execwire_enum_value *value = &type->values[i];

        if (execwire_schema_same_name(name, value->name) ||
            execwire_schema_same_name(name, value->name + type->prefix_size) ||
            (value->api_name != NULL && execwire_schema_same_name(name, value->api_name)))
            return value;
    }
    return NULL;
}

#endif

execwire_code execwire_fail_in_field(execwire_error *error, execwire_code code,
                                     const execwire_field *field)
{
#ifdef EXECWIRE_HAS_NAMES
    return execwire_fail_in(error, code, field->json_name, strlen(field->json_name));
#else
    (void)error;
    (void)field;
    return code;
#endif
}

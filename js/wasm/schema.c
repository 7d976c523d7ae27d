/* The schema's tables, for JavaScript to know the fields' names.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "schema/schema.h"

#include "glue.h"

EXPORT(schema_field_count) uint32_t schema_field_count(uint32_t message)
{
    return execwire_messages[message].count;
}

EXPORT(schema_field_name) const char *schema_field_name(uint32_t message, uint32_t field)
{
    return execwire_messages[message].fields[field].name;
}

EXPORT(schema_field_json_name) const char *schema_field_json_name(uint32_t message, uint32_t field)
{
    return execwire_messages[message].fields[field].json_name;
}

EXPORT(schema_field_kind) uint32_t schema_field_kind(uint32_t message, uint32_t field)
{
    return execwire_messages[message].fields[field].kind;
}

/* Of a field that is a message: which one. */
EXPORT(schema_field_message) uint32_t schema_field_message(uint32_t message, uint32_t field)
{
    return execwire_messages[message].fields[field].type;
}

/* The kinds that JavaScript tells apart, by its own names for them. */
EXPORT(schema_kind_name) const char *schema_kind_name(uint32_t kind)
{
    switch ((execwire_kind)kind) {
    case EXECWIRE_KIND_STRING:
        return "string";
    case EXECWIRE_KIND_BOOL:
        return "bool";
    case EXECWIRE_KIND_INT32:
        return "int32";
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        return "int64";
    case EXECWIRE_KIND_ENUM:
        return "enum";
    case EXECWIRE_KIND_TIME:
        return "time";
    case EXECWIRE_KIND_MESSAGE:
        return "message";
    case EXECWIRE_KIND_MAP:
        return "map";
    }
    return "";
}

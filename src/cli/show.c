/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/show.h"

#include "cli/format.h"
#include "text/printable.h"
#include "wire/cursor.h"

#include <inttypes.h>
#include <string.h>

#define TEXT_SHOWN     48 /* bytes of a string */
#define CHARACTER_SIZE 7  /* "\\uXXXX" */

bool show_is_message(const execwire_field *field)
{
    return field->kind == EXECWIRE_KIND_MESSAGE || field->kind == EXECWIRE_KIND_TIME ||
           field->kind == EXECWIRE_KIND_MAP;
}

const char *show_wire_type(unsigned wire_type)
{
    static const char *const names[] = {"VARINT", "I64", "LEN", "SGROUP", "EGROUP", "I32"};

    return names[wire_type];
}

const char *show_type(const execwire_wire_field *seen)
{
    if (seen->field == NULL)
        return "?";
    switch ((execwire_kind)seen->field->kind) {
    case EXECWIRE_KIND_STRING:
        return "string";
    case EXECWIRE_KIND_BOOL:
        return "bool";
    case EXECWIRE_KIND_INT32:
        return "int32";
    case EXECWIRE_KIND_INT64:
        return "int64";
    case EXECWIRE_KIND_SINT64:
        return "sint64";
    case EXECWIRE_KIND_ENUM:
        return execwire_field_enum(seen->field)->name;
    case EXECWIRE_KIND_TIME:
    case EXECWIRE_KIND_MESSAGE:
    case EXECWIRE_KIND_MAP:
        break;
    }
    return execwire_field_message(seen->field)->name;
}

/* ---- Text ---- */

/* One character of `size` bytes, or a byte that is none. Returns how many bytes it makes. */
static size_t show_character(const char *text, size_t size, uint32_t value,
                             char out[CHARACTER_SIZE])
{
    static const char letters[] = "tn\0\0r"; /* of the characters 9, 10 and 13 */

    if (value == UINT32_MAX)
        return format(out, CHARACTER_SIZE, "\\x%02x", (unsigned char)*text);
    if (value == '"' || value == '\\')
        return format(out, CHARACTER_SIZE, "\\%c", (char)value);
    if (value >= 9 && value <= 13 && letters[value - 9] != '\0')
        return format(out, CHARACTER_SIZE, "\\%c", letters[value - 9]);
    if (execwire_is_unsafe(value))
        return format(out, CHARACTER_SIZE, "\\u%04lx", (unsigned long)value);
    memcpy(out, text, size);
    return size;
}

void show_text(const char *text, size_t size, char out[SHOW_VALUE_SIZE])
{
    size_t at = 0;
    size_t used = 0;

    out[used++] = '"';
    while (at < size && at < TEXT_SHOWN) {
        uint32_t scalar;
        size_t character = execwire_next_character(text + at, size - at, &scalar);

        used += show_character(text + at, character, scalar, out + used);
        at += character;
    }
    out[used++] = '"';
    out[used] = '\0';
    if (at < size)
        format(out + used, SHOW_VALUE_SIZE - used, "... %zu bytes", size);
}

/* ---- Other values ---- */

static void show_enum(const execwire_wire_field *seen, char out[SHOW_VALUE_SIZE])
{
    int32_t number = (int32_t)(uint32_t)seen->varint;
    const execwire_enum_value *value =
        execwire_schema_enum_number(execwire_field_enum(seen->field), number);

    format(out, SHOW_VALUE_SIZE, "%" PRId32 " %s", number,
           value != NULL ? value->name : "(no name)");
}

/* The time that the fields of a Timestamp make, where they are as they should be. */
static void show_time(const execwire_wire_field *seen, char out[SHOW_VALUE_SIZE])
{
    execwire_cursor bytes = {seen->payload, seen->end};
    execwire_time time = {0, 0};
    char text[EXECWIRE_TIME_SIZE];
    size_t size;

    while (bytes.at < bytes.end) {
        uint64_t tag;
        uint64_t value;

        if (execwire_cursor_varint(&bytes, &tag) != EXECWIRE_OK ||
            execwire_cursor_varint(&bytes, &value) != EXECWIRE_OK)
            return;
        if (tag == 1 << 3) /* number 1, a varint */
            time.seconds = (int64_t)value;
        else if (tag == 2 << 3)
            time.nanos = (int32_t)(uint32_t)value;
        else
            return;
    }
    if (execwire_time_write(&time, text, sizeof text, &size, NULL) == EXECWIRE_OK)
        format(out, SHOW_VALUE_SIZE, "%.*s", (int)size, text);
}

static void show_unknown(const execwire_wire_field *seen, char out[SHOW_VALUE_SIZE])
{
    size_t size = (size_t)(seen->end - seen->payload);

    if (seen->wire_type == EXECWIRE_WIRE_VARINT)
        format(out, SHOW_VALUE_SIZE, "%" PRIu64, seen->varint);
    else if (seen->wire_type == EXECWIRE_WIRE_BYTES)
        show_text((const char *)seen->payload, size, out);
    else
        format(out, SHOW_VALUE_SIZE, "%zu bytes", size);
}

void show_value(const execwire_wire_field *seen, char out[SHOW_VALUE_SIZE])
{
    size_t size = (size_t)(seen->end - seen->payload);

    if (seen->field == NULL) {
        show_unknown(seen, out);
        return;
    }
    format(out, SHOW_VALUE_SIZE, "%zu bytes", size); /* of fields, which follow */
    switch ((execwire_kind)seen->field->kind) {
    case EXECWIRE_KIND_STRING:
        show_text((const char *)seen->payload, size, out);
        break;
    case EXECWIRE_KIND_BOOL:
        format(out, SHOW_VALUE_SIZE, "%s", seen->varint != 0 ? "true" : "false");
        break;
    case EXECWIRE_KIND_INT32:
        format(out, SHOW_VALUE_SIZE, "%" PRId32, (int32_t)(uint32_t)seen->varint);
        break;
    case EXECWIRE_KIND_INT64:
        format(out, SHOW_VALUE_SIZE, "%" PRId64, (int64_t)seen->varint);
        break;
    case EXECWIRE_KIND_SINT64: /* zigzag */
        format(out, SHOW_VALUE_SIZE, "%" PRId64,
               (int64_t)(seen->varint >> 1) ^ -(int64_t)(seen->varint & 1));
        break;
    case EXECWIRE_KIND_ENUM:
        show_enum(seen, out);
        break;
    case EXECWIRE_KIND_TIME:
        show_time(seen, out);
        break;
    case EXECWIRE_KIND_MESSAGE:
    case EXECWIRE_KIND_MAP:
        break;
    }
}

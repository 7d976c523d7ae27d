/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/show.h"

#include "cli/base/format.h"

#include <execwire/printable.h>

#include <inttypes.h>
#include <string.h>

#define CHARACTER_SIZE 7 /* "\\uXXXX" */

bool show_is_message(const execwire_field_view *seen)
{
    return seen->known && (seen->kind == EXECWIRE_KIND_MESSAGE ||
                           seen->kind == EXECWIRE_KIND_TIME || seen->kind == EXECWIRE_KIND_MAP);
}

const char *show_wire_type(unsigned wire_type)
{
    static const char *const names[] = {"VARINT", "I64", "LEN", "SGROUP", "EGROUP", "I32"};

    return names[wire_type];
}

const char *show_type(const execwire_field_view *seen)
{
    return seen->type != NULL ? seen->type : "?";
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
    while (at < size && at < SHOW_TEXT_SHOWN) {
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

static void show_enum(const execwire_field_view *seen, char out[SHOW_VALUE_SIZE])
{
    format(out, SHOW_VALUE_SIZE, "%" PRId64 " %s", seen->value,
           seen->value_name != NULL ? seen->value_name : "(no name)");
}

static void show_time(const execwire_time *time, char out[SHOW_VALUE_SIZE])
{
    char text[EXECWIRE_TIME_SIZE];
    size_t size;

    if (execwire_time_write(time, text, sizeof text, &size, NULL) == EXECWIRE_OK)
        format(out, SHOW_VALUE_SIZE, "%.*s", (int)size, text);
}

static void show_unknown(const execwire_field_view *seen, char out[SHOW_VALUE_SIZE])
{
    if (seen->wire_type == EXECWIRE_WIRE_VARINT)
        format(out, SHOW_VALUE_SIZE, "%" PRIu64, (uint64_t)seen->value);
    else if (seen->wire_type == EXECWIRE_WIRE_BYTES)
        show_text(seen->bytes.data, seen->bytes.size, out);
    else
        format(out, SHOW_VALUE_SIZE, "%zu bytes", seen->bytes.size);
}

void show_value(const execwire_field_view *seen, char out[SHOW_VALUE_SIZE])
{
    if (!seen->known) {
        show_unknown(seen, out);
        return;
    }
    format(out, SHOW_VALUE_SIZE, "%zu bytes", seen->bytes.size); /* of fields, which follow */
    switch (seen->kind) {
    case EXECWIRE_KIND_STRING:
        show_text(seen->bytes.data, seen->bytes.size, out);
        break;
    case EXECWIRE_KIND_BOOL:
        format(out, SHOW_VALUE_SIZE, "%s", seen->value != 0 ? "true" : "false");
        break;
    case EXECWIRE_KIND_INT32:
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        format(out, SHOW_VALUE_SIZE, "%" PRId64, seen->value);
        break;
    case EXECWIRE_KIND_ENUM:
        show_enum(seen, out);
        break;
    case EXECWIRE_KIND_TIME:
        show_time(&seen->time, out);
        break;
    case EXECWIRE_KIND_MESSAGE:
    case EXECWIRE_KIND_MAP:
        break;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/inspect_json.h"

#include "cli/base/json_text.h"

#include <inttypes.h>
#include <string.h>

/* ---- Values ---- */

/* A name, which may be NULL. */
static void put_name(output *out, const char *key, const char *name)
{
    output_print(out, ",\"%s\":", key);
    if (name != NULL)
        json_text_put(out, name, strlen(name));
    else
        output_print(out, "null");
}

static void put_place(output *out, const inspect_place *at, uint32_t number, unsigned wire_type)
{
    output_print(out, "%s{\"offset\":%zu,\"size\":%zu,\"depth\":%u,\"bytes\":\"",
                 at->first ? "" : ",", at->offset, at->size, at->depth);
    for (const uint8_t *byte = at->bytes; byte < at->end; byte++)
        output_print(out, "%02x", *byte);
    output_print(out, "\",\"number\":%" PRIu32 ",\"wire_type\":\"%s\"", number,
                 show_wire_type(wire_type));
}

static void put_known(output *out, const execwire_field_view *seen, const char *text)
{
    switch (seen->kind) {
    case EXECWIRE_KIND_STRING:
        output_print(out, ",\"value\":");
        json_text_put(out, seen->bytes.data, seen->bytes.size);
        break;
    case EXECWIRE_KIND_BOOL:
        output_print(out, ",\"value\":%s", seen->value != 0 ? "true" : "false");
        break;
    case EXECWIRE_KIND_INT32:
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_SINT64:
        output_print(out, ",\"value\":%" PRId64, seen->value);
        break;
    case EXECWIRE_KIND_ENUM:
        output_print(out, ",\"value\":%" PRId64, seen->value);
        put_name(out, "value_name", seen->value_name);
        break;
    case EXECWIRE_KIND_TIME:
        put_name(out, "value", text);
        break;
    case EXECWIRE_KIND_MESSAGE:
    case EXECWIRE_KIND_MAP:
        break;
    }
}

/* ---- The object ---- */

void inspect_json_open(output *out, const record *message)
{
    output_print(out,
                 "{\"message\":%" PRIu64 ",\"offset\":%" PRIu64
                 ",\"size\":%zu,\"length_size\":%zu,\"fields\":[",
                 message->number, message->offset + message->prefix_size, message->size,
                 message->prefix_size);
}

void inspect_json_field(output *out, const inspect_place *at, const execwire_field_view *seen,
                        const char *text)
{
    put_place(out, at, seen->number, seen->wire_type);
    put_name(out, "name", seen->name);
    put_name(out, "type", seen->type);
    if (seen->known)
        put_known(out, seen, text);
    else if (seen->wire_type == EXECWIRE_WIRE_VARINT)
        output_print(out, ",\"value\":%" PRIu64, (uint64_t)seen->value);
    output_put(out, "}", 1);
}

void inspect_json_frame_field(output *out, const inspect_place *at, const execwire_field_view *seen,
                              const char *text)
{
    put_place(out, at, seen->number, seen->wire_type);
    put_name(out, "name", seen->name);
    put_name(out, "type", seen->type);
    put_name(out, "text", text);
    output_put(out, "}", 1);
}

void inspect_json_close(output *out, const char *kind, const execwire_error *error)
{
    output_put(out, "]", 1);
    if (kind != NULL)
        put_name(out, "kind", kind);
    output_print(out, ",\"good\":%s", error == NULL ? "true" : "false");
    if (error != NULL) {
        output_print(out, ",\"error\":{\"offset\":%zu", error->offset);
        put_name(out, "path", error->path);
        put_name(out, "text", error->text);
        output_put(out, "}", 1);
    }
    output_print(out, "}\n");
}

/* The walk over a message as the public header shows it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <execwire/fields.h>

#include "error/error.h"
#include "wire/cursor.h"
#include "wire/reader.h"

typedef struct showing {
    const uint8_t *start;
    execwire_visit *visit;
    void *context;
} showing;

static int64_t value_of(const execwire_wire_field *seen)
{
    switch ((execwire_kind)seen->field->kind) {
    case EXECWIRE_KIND_BOOL:
        return seen->varint != 0;
    case EXECWIRE_KIND_SINT64:
        return execwire_unzigzag(seen->varint);
    case EXECWIRE_KIND_INT32:
    case EXECWIRE_KIND_ENUM:
        return (int32_t)(uint32_t)seen->varint;
    case EXECWIRE_KIND_STRING:
    case EXECWIRE_KIND_INT64:
    case EXECWIRE_KIND_TIME:
    case EXECWIRE_KIND_MESSAGE:
    case EXECWIRE_KIND_MAP:
        break;
    }
    return (int64_t)seen->varint;
}

#ifdef EXECWIRE_HAS_NAMES

static const char *type_of(const execwire_field *field)
{
    static const char *const names[] = {
        [EXECWIRE_KIND_STRING] = "string", [EXECWIRE_KIND_BOOL] = "bool",
        [EXECWIRE_KIND_INT32] = "int32",   [EXECWIRE_KIND_INT64] = "int64",
        [EXECWIRE_KIND_SINT64] = "sint64",
    };

    if (field->kind == EXECWIRE_KIND_ENUM) {
#ifdef EXECWIRE_HAS_JSON
        return execwire_field_enum(field)->name;
#else
        return "enum";
#endif
    }
    return field->kind < EXECWIRE_KIND_ENUM ? names[field->kind]
                                            : execwire_field_message(field)->name;
}

#endif

static void name_field(const execwire_field *field, execwire_field_view *view)
{
#ifdef EXECWIRE_HAS_NAMES
    view->name = field->name;
    view->type = type_of(field);
#endif
#ifdef EXECWIRE_HAS_JSON
    if (field->kind == EXECWIRE_KIND_ENUM) {
        const execwire_enum_value *value =
            execwire_schema_enum_number(execwire_field_enum(field), (int32_t)view->value);

        view->value_name = value != NULL ? value->name : NULL;
    }
#endif
    (void)field;
    (void)view;
}

/* The time that the fields of a Timestamp make; none where there are others among them. */
static execwire_time time_of(execwire_cursor bytes)
{
    const execwire_time none = {0, -1};
    execwire_time time = {0, 0};
    uint64_t value;

    while (bytes.at < bytes.end) {
        bool seconds = execwire_cursor_take_byte(&bytes, 1 << 3); /* number 1, a varint */

        if ((!seconds && !execwire_cursor_take_byte(&bytes, 2 << 3)) ||
            execwire_cursor_varint(&bytes, &value) != EXECWIRE_OK)
            return none;
        if (seconds)
            time.seconds = (int64_t)value;
        else
            time.nanos = (int32_t)(uint32_t)value;
    }
    return time;
}

static void show_field(void *context, const execwire_wire_field *seen)
{
    const showing *s = context;
    execwire_field_view view = {
        .known = seen->field != NULL,
        .number = seen->number,
        .wire_type = seen->wire_type,
        .depth = seen->depth,
        .offset = (size_t)(seen->tag - s->start),
        .payload = (size_t)(seen->payload - s->start),
        .end = (size_t)(seen->end - s->start),
        .value = (int64_t)seen->varint,
        .bytes = {(const char *)seen->payload, (size_t)(seen->end - seen->payload)}};

    if (view.known) {
        view.kind = (execwire_kind)seen->field->kind;
        view.value = value_of(seen);
        if (view.kind == EXECWIRE_KIND_TIME)
            view.time = time_of((execwire_cursor){seen->payload, seen->end});
        name_field(seen->field, &view);
    }
    s->visit(s->context, &view);
}

execwire_code execwire_visit_fields(const void *in, size_t in_size, execwire_visit *visit,
                                    void *context, execwire_error *error)
{
    showing s = {in, visit, context};
    const execwire_wire_visitor visitor = {show_field, &s};

    if (visit == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    return execwire_wire_read(in, in_size, NULL, NULL, &visitor, error);
}

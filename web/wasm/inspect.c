/* What each byte of a message, or of a link's frame, is for: the same walk and the same words as
 * `execwire inspect`, for the page to show.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/link_show.h"
#include "cli/show.h"
#include "glue.h"

#include <string.h>

/* A field, as words for JavaScript. Places are bytes from the start of the input; texts are C
 * strings. */
typedef struct row {
    uint32_t tag;
    uint32_t payload;
    uint32_t end;
    uint32_t depth;
    uint32_t number;
    uint32_t wire_type; /* a text */
    uint32_t name;      /* a text; 0 of an unknown field */
    uint32_t type;      /* a text */
    uint32_t value;     /* a text */
    uint32_t nested;    /* fields of its own follow */
} row;

typedef struct rows {
    const uint8_t *start;
    const uint8_t *part; /* of it, whose fields are walked over: where it begins */
    row *rows;
    uint32_t count;
    uint32_t capacity; /* 0: they are counted */
    uint32_t unknown;  /* fields that the schema has not */
    unsigned depth;    /* of the outermost fields */
    bool piece;        /* the frame is one */
} rows;

static const char *kind; /* of the last frame */

static uint32_t copy_of(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = arena_take(size);

    return copy != NULL ? glue_address(memcpy(copy, text, size)) : 0;
}

static row *next_row(rows *r)
{
    if (r->count++ >= r->capacity)
        return NULL;
    return &r->rows[r->count - 1];
}

static void put_row(rows *r, const execwire_field_view *seen, const char *value)
{
    row *out = next_row(r);
    size_t before = (size_t)(r->part - r->start);

    if (out == NULL)
        return;
    *out = (row){.tag = (uint32_t)(before + seen->offset),
                 .payload = (uint32_t)(before + seen->payload),
                 .end = (uint32_t)(before + seen->end),
                 .depth = r->depth + seen->depth,
                 .number = seen->number,
                 .wire_type = glue_address(show_wire_type(seen->wire_type)),
                 .name = glue_address(seen->name),
                 .type = glue_address(show_type(seen)),
                 .value = copy_of(value),
                 .nested = show_is_message(seen)};
}

static void show_field(void *context, const execwire_field_view *seen)
{
    rows *r = context;
    char value[SHOW_VALUE_SIZE];

    r->unknown += !seen->known;
    show_value(seen, value);
    put_row(r, seen, value);
}

static execwire_code walk_message(rows *r, const void *in, size_t size, execwire_error *error)
{
    r->part = in;
    return execwire_visit_fields(in, size, show_field, r, error);
}

static void show_frame_field(void *context, const execwire_field_view *seen)
{
    rows *r = context;
    char value[SHOW_VALUE_SIZE];

    link_show_value(seen, r->piece, value);
    put_row(r, seen, value);
    if (!show_is_message(seen) || seen->wire_type != EXECWIRE_WIRE_BYTES)
        return;
    r->depth = 1;
    (void)walk_message(r, seen->bytes.data, seen->bytes.size, NULL);
    r->depth = 0;
    r->part = r->start;
}

static execwire_code walk_frame(rows *r, const void *in, size_t size, execwire_frame_kind *of,
                                execwire_error *error)
{
    r->part = in;
    return execwire_visit_frame(in, size, show_frame_field, r, of, error);
}

/* Room for as many rows as were counted. */
static bool begin_rows(rows *r)
{
    *r = (rows){.start = r->start,
                .rows = arena_take(r->count * sizeof *r->rows),
                .capacity = r->count,
                .piece = r->piece};
    glue.out = glue_address(r->rows);
    glue.out_size = r->capacity;
    return r->rows != NULL;
}

/* Rows are out, as far as they come; the number is how many fields are unknown. */
EXPORT(inspect_message) execwire_code inspect_message(const void *in, size_t size)
{
    rows r = {.start = in};
    execwire_code code;

    glue_begin();
    code = walk_message(&r, in, size, &glue_error);
    glue.number = code == EXECWIRE_OK ? r.unknown : 0;
    if (!begin_rows(&r))
        return execwire_fail(&glue_error, EXECWIRE_ERROR_NO_SPACE, 0);
    (void)walk_message(&r, in, size, NULL);
    return code;
}

/* The same of a frame. */
EXPORT(inspect_frame) execwire_code inspect_frame(const void *in, size_t size)
{
    execwire_frame_kind of = EXECWIRE_FRAME_KIND_DELTA;
    rows r = {.start = in, .piece = link_show_is_piece(in, size)};
    execwire_code code;

    glue_begin();
    code = walk_frame(&r, in, size, &of, &glue_error);
    kind = code == EXECWIRE_OK ? execwire_frame_kind_name(of) : NULL;
    if (!begin_rows(&r))
        return execwire_fail(&glue_error, EXECWIRE_ERROR_NO_SPACE, 0);
    (void)walk_frame(&r, in, size, NULL, NULL);
    return code;
}

/* Of the last frame that was inspected; NULL when it was broken. */
EXPORT(inspect_kind) const char *inspect_kind(void)
{
    return kind;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/link_show.h"

#include "cli/base/format.h"

#include <inttypes.h>
#include <string.h>

#define TEXT_SIZE 4096 /* more of a text is not shown anyway */

static void show_size(const execwire_field_view *field, char out[SHOW_VALUE_SIZE])
{
    format(out, SHOW_VALUE_SIZE, "%zu bytes", field->bytes.size);
}

static void show_number(const execwire_field_view *field, char out[SHOW_VALUE_SIZE])
{
    format(out, SHOW_VALUE_SIZE, "%" PRIu64, (uint64_t)field->value);
}

static void show_signed(const execwire_field_view *field, char out[SHOW_VALUE_SIZE])
{
    format(out, SHOW_VALUE_SIZE, "%" PRId64, field->value);
}

/* "12.000000345 s" */
static size_t show_time(const execwire_time *time, char *out, size_t size)
{
    return format(out, size, "%" PRId64 ".%09" PRId32 " s", time->seconds, time->nanos);
}

/* Both as hex digits in the order of a number's. */
static void show_checks(const execwire_field_view *field, char out[SHOW_VALUE_SIZE])
{
    execwire_str rest = field->bytes;
    size_t used = 0;
    uint32_t check;

    out[0] = '\0';
    while (execwire_frame_next_fixed32(&rest, &check))
        used +=
            format(out + used, SHOW_VALUE_SIZE - used, "%s%08" PRIx32, used > 0 ? " " : "", check);
}

static void show_created(const execwire_field_view *field, char out[SHOW_VALUE_SIZE])
{
    execwire_time created;
    size_t used;

    execwire_frame_elapsed((uint64_t)field->value, &created);
    used = show_time(&created, out, SHOW_VALUE_SIZE);
    format(out + used, SHOW_VALUE_SIZE - used, " after the epoch");
}

static void show_update(const execwire_field_view *field, bool piece, char out[SHOW_VALUE_SIZE])
{
    execwire_update_parts parts;
    size_t used;

    execwire_frame_update_parts((uint64_t)field->value, piece, &parts);
    used = format(out, SHOW_VALUE_SIZE, "ref %u, ", parts.ref);
    used += parts.state == EXECWIRE_LINK_NO_STATE
                ? format(out + used, SHOW_VALUE_SIZE - used, "state in patch")
                : format(out + used, SHOW_VALUE_SIZE - used, "state %u", parts.state);
    used += format(out + used, SHOW_VALUE_SIZE - used, ", %snumber %" PRIu32, piece ? "" : "usual ",
                   parts.number);
    if (piece) {
        format(out + used, SHOW_VALUE_SIZE - used, ", generation %" PRIu64, parts.generation);
        return;
    }
    used += format(out + used, SHOW_VALUE_SIZE - used, ", ");
    used += show_time(&parts.elapsed, out + used, SHOW_VALUE_SIZE - used);
    format(out + used, SHOW_VALUE_SIZE - used, " after create_time");
}

static void show_ids(const execwire_field_view *field, char out[SHOW_VALUE_SIZE])
{
    char text[EXECWIRE_FRAME_IDS_SIZE];
    size_t size = execwire_frame_ids(field, text);

    if (size > 0)
        format(out, SHOW_VALUE_SIZE, "%.*s", (int)size, text);
    else if (field->number == EXECWIRE_FRAME_NODE)
        show_text(field->bytes.data, field->bytes.size, out);
    else
        show_size(field, out);
}

static void show_packed(const execwire_field_view *field, char out[SHOW_VALUE_SIZE])
{
    static const char *const lacks[] = {
        [EXECWIRE_TEXT_NEEDS_IDS] = "an id of the execution",
        [EXECWIRE_TEXT_NEEDS_WORDS] = "a word of the session",
    };
    const execwire_str *packed = &field->bytes;
    execwire_text_needs needs;
    char text[TEXT_SIZE];
    size_t size;
    execwire_code code =
        execwire_frame_text(packed->data, packed->size, text, sizeof text, &size, &needs, NULL);

    if (code == EXECWIRE_ERROR_NO_SPACE)
        format(out, SHOW_VALUE_SIZE, "%zu bytes, of more than %d", packed->size, TEXT_SIZE);
    else if (code != EXECWIRE_OK)
        format(out, SHOW_VALUE_SIZE, "malformed");
    else if (needs != EXECWIRE_TEXT_NEEDS_NOTHING)
        format(out, SHOW_VALUE_SIZE, "%zu bytes, with %s", packed->size, lacks[needs]);
    else
        show_text(text, size, out);
}

/* One of a packed field's values. Returns how much it wrote. */
typedef size_t show_item(uint32_t value, char *out, size_t size);

static void show_each(const execwire_field_view *field, const char *between, show_item *item,
                      char out[SHOW_VALUE_SIZE])
{
    execwire_str rest = field->bytes;
    size_t used = 0;
    uint32_t value;

    out[0] = '\0';
    while (execwire_frame_next_number(&rest, &value)) {
        if (used > 0)
            used += format(out + used, SHOW_VALUE_SIZE - used, "%s", between);
        used += item(value, out + used, SHOW_VALUE_SIZE - used);
    }
}

static size_t show_want(uint32_t want, char *out, size_t size)
{
    return want == EXECWIRE_WANT_HELLO ? format(out, size, "hello")
                                       : format(out, size, "ref %" PRIu32, want);
}

static void show_wants(const execwire_field_view *field, char out[SHOW_VALUE_SIZE])
{
    show_each(field, " ", show_want, out);
}

static size_t show_entry(uint32_t entry, char *out, size_t size)
{
    execwire_update_parts parts;

    execwire_frame_live_parts(entry, &parts);
    return format(out, size, "ref %u number %" PRIu32, parts.ref, parts.number);
}

static void show_live(const execwire_field_view *field, char out[SHOW_VALUE_SIZE])
{
    show_each(field, ", ", show_entry, out);
}

/* "11.4": field 4 in field 11. */
static size_t show_path(uint32_t path, char *out, size_t size)
{
    size_t used = format(out, size, "%u", (unsigned)path & 31);

    while ((path >>= 5) != 0)
        used += format(out + used, size - used, ".%u", (unsigned)path & 31);
    return used;
}

static void show_clear(const execwire_field_view *field, char out[SHOW_VALUE_SIZE])
{
    show_each(field, " ", show_path, out);
}

static void show_repairs(const execwire_field_view *field, char out[SHOW_VALUE_SIZE])
{
    execwire_str rest = field->bytes;
    execwire_update_parts parts;
    execwire_repair repair;
    size_t used = 0;

    out[0] = '\0';
    while (rest.size > 0) {
        used += format(out + used, SHOW_VALUE_SIZE - used, "%s", used > 0 ? ", " : "");
        if (!execwire_frame_next_repair(&rest, &repair)) {
            format(out + used, SHOW_VALUE_SIZE - used, "malformed");
            return;
        }
        execwire_frame_update_parts(repair.update, true, &parts);
        used += format(out + used, SHOW_VALUE_SIZE - used,
                       "ref %u: bytes %" PRIu32 " to %" PRIu64 " of %" PRIu32, parts.ref,
                       repair.offset, (uint64_t)repair.offset + repair.size, repair.whole);
    }
}

/* ---- Fields ---- */

static void (*const shown[EXECWIRE_FRAME_FIELDS])(const execwire_field_view *field,
                                                  char out[SHOW_VALUE_SIZE]) = {
    [EXECWIRE_FRAME_ACKS] = show_checks,     [EXECWIRE_FRAME_IDS] = show_ids,
    [EXECWIRE_FRAME_CREATED] = show_created, [EXECWIRE_FRAME_OFFSET] = show_number,
    [EXECWIRE_FRAME_WHOLE] = show_number,    [EXECWIRE_FRAME_CID] = show_ids,
    [EXECWIRE_FRAME_BUCKET] = show_packed,   [EXECWIRE_FRAME_REGION] = show_packed,
    [EXECWIRE_FRAME_NODE] = show_ids,        [EXECWIRE_FRAME_OUT] = show_packed,
    [EXECWIRE_FRAME_ERR] = show_packed,      [EXECWIRE_FRAME_STATUS] = show_packed,
    [EXECWIRE_FRAME_PIECE] = show_size,      [EXECWIRE_FRAME_PATCH] = show_size,
    [EXECWIRE_FRAME_CHECK] = show_checks,    [EXECWIRE_FRAME_GENERATION] = show_number,
    [EXECWIRE_FRAME_BASE] = show_number,     [EXECWIRE_FRAME_PROFILE] = show_number,
    [EXECWIRE_FRAME_EPOCH] = show_signed,    [EXECWIRE_FRAME_FIRST_WORD] = show_number,
    [EXECWIRE_FRAME_WORDS] = show_packed,    [EXECWIRE_FRAME_LIVE] = show_live,
    [EXECWIRE_FRAME_WANTS] = show_wants,     [EXECWIRE_FRAME_REPAIRS] = show_repairs,
    [EXECWIRE_FRAME_NUMBER] = show_number,   [EXECWIRE_FRAME_SESSION] = show_number,
    [EXECWIRE_FRAME_CLEAR] = show_clear,     [EXECWIRE_FRAME_SALT] = show_checks,
};

void link_show_value(const execwire_field_view *field, bool piece, char out[SHOW_VALUE_SIZE])
{
    out[0] = '\0';
    if (!field->known)
        return;
    if (field->number == EXECWIRE_FRAME_UPDATE)
        show_update(field, piece, out);
    else
        shown[field->number](field, out);
}

static void note_piece(void *context, const execwire_field_view *field)
{
    *(bool *)context |= field->number == EXECWIRE_FRAME_WHOLE;
}

bool link_show_is_piece(const void *frame, size_t size)
{
    bool piece = false;

    (void)execwire_visit_frame(frame, size, note_piece, &piece, NULL, NULL); /* even of a bad one */
    return piece;
}

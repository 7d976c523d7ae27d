/* Writing is nanopb's: its generated descriptors say what a message looks like. Its own structs
 * have the layout of ours, which generated assertions hold.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "schema/schema.h"
#include "status/status.h"

#include "execwire/v1/execution_state.pb.h"

#include <execwire/execwire.h>

#include <pb_encode.h>
#include <string.h>

#include "layout.h"

static bool write_string(pb_ostream_t *out, uint32_t number, const execwire_str *text)
{
    return pb_encode_tag(out, PB_WT_STRING, number) &&
           pb_encode_string(out, (const pb_byte_t *)text->data, text->size);
}

static bool write_map(pb_ostream_t *out, const pb_field_t *field, const execwire_map *map)
{
    for (size_t i = 0; i < map->count; i++)
        if (!pb_encode_tag(out, PB_WT_STRING, field->tag) ||
            !pb_encode_submessage(out, field->submsg_desc, &map->entries[i]))
            return false;
    return true;
}

/* nanopb calls this for every field that it does not know how to store: strings and the map. */
bool execwire_nanopb_field(pb_istream_t *in, pb_ostream_t *out, const pb_field_t *field)
{
    const execwire_str *text = field->pData;

    (void)in;
    if (PB_LTYPE(field->type) == PB_LTYPE_SUBMESSAGE)
        return write_map(out, field, field->pData);
    return text->data == NULL || write_string(out, field->tag, text);
}

execwire_status execwire_encode(const execwire_state *state, void *out, size_t capacity,
                                size_t *size, execwire_error *error)
{
    pb_ostream_t stream = pb_ostream_from_buffer(out, capacity);
    execwire_status status;
    bool fits;

    if (size != NULL)
        *size = 0;
    if (state == NULL || size == NULL)
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    status = execwire_schema_check(state, error);
    if (status != EXECWIRE_OK)
        return status;
    /* after the check only want of room makes it fail */
    fits = out != NULL && pb_encode(&stream, execwire_v1_ExecutionState_fields, state);
    if (!fits)
        pb_get_encoded_size(&stream.bytes_written, execwire_v1_ExecutionState_fields, state);
    if (stream.bytes_written > EXECWIRE_MAX_SIZE)
        return execwire_fail(error, EXECWIRE_ERROR_TOO_LARGE, 0);
    *size = stream.bytes_written;
    return fits || out == NULL ? EXECWIRE_OK : execwire_fail(error, EXECWIRE_ERROR_NO_SPACE, 0);
}

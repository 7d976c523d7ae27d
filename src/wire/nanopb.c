/* nanopb as the writer, the default of nodes: it is there beside direct.c and the link layer's
 * canonical.c so that protobuf is written by code that others wrote, use and look after.
 *
 * Its generated descriptors say what a message looks like. Its own structs have the layout of ours,
 * which generated assertions hold.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/writer.h"

#include "execwire/v1/execution_state.pb.h"

#include <pb_encode.h>

#include "layout.h"

static bool write_string(pb_ostream_t *out, uint32_t number, const execwire_str *text)
{
    return pb_encode_tag(out, PB_WT_STRING, number) &&
           pb_encode_string(out, (const pb_byte_t *)text->data, text->size);
}

static bool encode_map(pb_ostream_t *out, const pb_field_t *field, const execwire_map *map)
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
        return encode_map(out, field, field->pData);
    return text->data == NULL || write_string(out, field->tag, text);
}

size_t execwire_nanopb_write(const execwire_state *state, void *out, size_t capacity)
{
    pb_ostream_t stream = pb_ostream_from_buffer(out, capacity);

    /* after the check only want of room makes it fail */
    if (out == NULL || !pb_encode(&stream, execwire_v1_ExecutionState_fields, state))
        pb_get_encoded_size(&stream.bytes_written, execwire_v1_ExecutionState_fields, state);
    return stream.bytes_written;
}

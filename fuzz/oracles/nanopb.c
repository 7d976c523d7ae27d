/* nanopb's own decoder, with views for strings as its encoder has them in the library.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "oracle.h"
#include "state.h"
#include "support.h"

#include "execwire/v1/execution_state.pb.h"

#include <pb_decode.h>
#include <string.h>

#define MESSAGES    16 /* in the schema, at most, each as often as it is a field */
#define SUBMESSAGES 8  /* in one message, at most */

/* The library's descriptors with another callback. */
typedef struct descriptors {
    pb_msgdesc_t messages[MESSAGES];
    const pb_msgdesc_t *children[MESSAGES][SUBMESSAGES + 1];
    size_t count;
} descriptors;

static const uint8_t *input;
static size_t input_size;
static execwire_entry entries[ORACLE_ENTRIES + 1];

/* The rest of the stream as a view. A value that is not length-delimited is handed over in a buffer
 * of nanopb's, outside the input, because nanopb leaves it to the callback to know its wire type.
 */
static bool read_string(pb_istream_t *in, execwire_str *text)
{
    uintptr_t offset = (uintptr_t)in->state - (uintptr_t)input;

    if (offset > input_size)
        return false;
    *text = (execwire_str){in->state, in->bytes_left};
    return pb_read(in, NULL, in->bytes_left);
}

static bool read_entry(pb_istream_t *in, const pb_field_t *field, execwire_map *map)
{
    execwire_entry entry = {{"", 0}, {"", 0}, 0};

    if ((uintptr_t)in->state - (uintptr_t)input > input_size)
        return false;
    if (!pb_decode_ex(in, field->submsg_desc, &entry, PB_DECODE_NOINIT))
        return false;
    map->entries = entries;
    oracle_put_entry(map, entry);
    return true;
}

static bool read_field(pb_istream_t *in, pb_ostream_t *out, const pb_field_t *field)
{
    (void)out;
    if (PB_LTYPE(field->type) == PB_LTYPE_SUBMESSAGE)
        return read_entry(in, field, field->pData);
    return read_string(in, field->pData);
}

/* Recursion is as deep as the schema, which the generator bounds. */
static const pb_msgdesc_t *with_callback(descriptors *d, const pb_msgdesc_t *message)
{
    size_t at = d->count++;
    pb_msgdesc_t *copy = &d->messages[at];

    FUZZ_REQUIRE(at < MESSAGES);
    *copy = *message;
    if (message->field_callback != NULL)
        copy->field_callback = read_field;
    copy->submsg_info = d->children[at];
    for (size_t i = 0; message->submsg_info[i] != NULL; i++) {
        FUZZ_REQUIRE(i < SUBMESSAGES);
        d->children[at][i] = with_callback(d, message->submsg_info[i]);
    }
    return copy;
}

bool oracle_nanopb(const uint8_t *in, size_t size, uint8_t *out, size_t capacity, size_t *out_size)
{
    static descriptors copies;
    execwire_state state;
    pb_istream_t stream = pb_istream_from_buffer(in, size);

    if (copies.count == 0)
        with_callback(&copies, execwire_v1_ExecutionState_fields);
    memset(&state, 0, sizeof state);
    input = in;
    input_size = size;
    if (!pb_decode(&stream, &copies.messages[0], &state))
        return false;
    oracle_write(&state, out, capacity, out_size);
    return true;
}

/* What is packed into the values of a frame's fields, for those who have no session.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <execwire/link_frame.h>

#include "error/error.h"
#include "link/base/elapsed.h"
#include "link/frame/update.h"
#include "link/model/identity.h"
#include "link/model/text.h"

void execwire_frame_elapsed(uint64_t value, execwire_time *elapsed)
{
    const uint64_t nanos = ((uint64_t)1 << EXECWIRE_ELAPSED_NANOS_BITS) - 1;

    elapsed->seconds = (int64_t)(value >> EXECWIRE_ELAPSED_NANOS_BITS);
    elapsed->nanos = (int32_t)(value & nanos);
}

void execwire_frame_update_parts(uint64_t update, bool piece, execwire_update_parts *parts)
{
    *parts = (execwire_update_parts){
        .ref = execwire_update_ref(update),
        .state = execwire_update_state(update),
        .number = execwire_update_usual_number(execwire_update_state(update)),
    };
    if (piece) {
        parts->number = execwire_piece_number((uint32_t)update);
        parts->generation = execwire_piece_generation(update);
        return;
    }
    execwire_frame_elapsed(execwire_update_elapsed(update), &parts->elapsed);
}

void execwire_frame_live_parts(uint32_t entry, execwire_update_parts *parts)
{
    *parts = (execwire_update_parts){
        .ref = execwire_update_ref(entry),
        .number = execwire_live_number(entry),
        .generation = execwire_live_low_generation(entry),
    };
}

static size_t pair_of(execwire_str packed, char text[EXECWIRE_FRAME_IDS_SIZE])
{
    uint8_t raw[EXECWIRE_IDS_RAW];
    size_t size;

    if (!execwire_identity_unpack(packed, raw))
        return 0;
    size = execwire_id_write(EXECWIRE_ID_UUID, raw, text);
    text[size++] = ' ';
    return size + execwire_id_write(EXECWIRE_ID_REFERENCE, raw + EXECWIRE_UUID_RAW, text + size);
}

size_t execwire_frame_ids(const execwire_field_view *field, char text[EXECWIRE_FRAME_IDS_SIZE])
{
    const uint8_t *raw = (const uint8_t *)field->bytes.data;

    if (field->number == EXECWIRE_FRAME_IDS)
        return pair_of(field->bytes, text);
    if (field->bytes.size == EXECWIRE_HASH_RAW)
        return execwire_id_write(EXECWIRE_ID_HASH, raw, text);
    if (field->number == EXECWIRE_FRAME_CID && field->bytes.size == EXECWIRE_CID1_RAW)
        return execwire_id_write(EXECWIRE_ID_CID1, raw, text);
    return 0;
}

execwire_code execwire_frame_text(const void *packed, size_t packed_size, char *text,
                                  size_t capacity, size_t *size, execwire_text_needs *needs,
                                  execwire_error *error)
{
    const execwire_link_names nothing = {.state = NULL};
    execwire_text_needs need = EXECWIRE_TEXT_NEEDS_NOTHING;
    execwire_code code = EXECWIRE_OK;

    if (size == NULL || (packed == NULL && packed_size > 0) || (text == NULL && capacity > 0))
        return execwire_fail(error, EXECWIRE_ERROR_ARGUMENT, 0);
    switch (execwire_text_read(packed != NULL ? packed : "", packed_size, &nothing, text, capacity,
                               size)) {
    case EXECWIRE_TEXT_OK:
        break;
    case EXECWIRE_TEXT_MALFORMED:
        code = EXECWIRE_ERROR_LINK_TEXT;
        break;
    case EXECWIRE_TEXT_NO_NAME:
        need = EXECWIRE_TEXT_NEEDS_IDS;
        break;
    case EXECWIRE_TEXT_NO_WORD:
        need = EXECWIRE_TEXT_NEEDS_WORDS;
        break;
    case EXECWIRE_TEXT_NO_ROOM:
        code = EXECWIRE_ERROR_NO_SPACE;
        break;
    }
    if (needs != NULL)
        *needs = need;
    return code == EXECWIRE_OK ? code : execwire_fail(error, code, 0);
}

/* A field of a link's frame, for people.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_LINK_SHOW_H
#define EXECWIRE_CLI_LINK_SHOW_H

#include "cli/show.h"
#include "link/frame/frame.h"
#include "wire/cursor.h"

/* One field as it stands in the frame. */
typedef struct frame_field {
    const uint8_t *tag;
    const uint8_t *payload; /* behind the tag, and behind the length where there is one */
    const uint8_t *end;
    uint32_t number;
    unsigned wire_type;
    uint64_t value; /* of a varint */
} frame_field;

/* The kind of a frame. */
const char *link_show_kind(execwire_frame_kind kind);

/* Takes the next field; false when what is left does not begin with a whole one. */
bool link_show_next(execwire_cursor *bytes, frame_field *field);

/* Name and type as the .proto has them; NULL of a number that it has not. */
const char *link_show_name(const frame_field *field);
const char *link_show_type(const frame_field *field);

/* Its value on one line. What only a receiver that knows the session could tell is left out. */
void link_show_value(const frame_field *field, bool piece, char out[SHOW_VALUE_SIZE]);

#endif

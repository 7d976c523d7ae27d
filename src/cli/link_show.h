/* A field of a link's frame, for people.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_LINK_SHOW_H
#define EXECWIRE_CLI_LINK_SHOW_H

#include "cli/show.h"

#include <execwire/link_frame.h>

/* Whether the fields that a frame has, or that are left of it, are those of a piece. */
bool link_show_is_piece(const void *frame, size_t size);

/* The value of a field of a frame, or of a piece, on one line. What only a receiver that knows the
 * session could tell is left out. */
void link_show_value(const execwire_field_view *field, bool piece, char out[SHOW_VALUE_SIZE]);

#endif

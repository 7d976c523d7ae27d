/* A field's type and value, for people.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_SHOW_H
#define EXECWIRE_CLI_SHOW_H

#include <execwire/fields.h>

#define SHOW_VALUE_SIZE 512
#define SHOW_TEXT_SHOWN 48 /* bytes of a text */

/* Whether a field has fields of its own. */
bool show_is_message(const execwire_field_view *seen);

/* The name of a wire type, as the protobuf specification has it. */
const char *show_wire_type(unsigned wire_type);

/* The name of a field's type, as the .proto has it; "?" of an unknown one's. */
const char *show_type(const execwire_field_view *seen);

/* A text on one line: escaped as in JSON where a terminal would obey it or hide it, bytes that are
 * not UTF-8 as \xNN; a long one is cut, and its size said. */
void show_text(const char *text, size_t size, char out[SHOW_VALUE_SIZE]);

/* Its value on one line. */
void show_value(const execwire_field_view *seen, char out[SHOW_VALUE_SIZE]);

#endif

/* The values of a frame's repeated fields, one after the other.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_FRAME_VALUES_H
#define EXECWIRE_LINK_FRAME_VALUES_H

#include <execwire/link_frame.h>

/* Takes the next of a field's values that are not packed, such as words, whose bytes are good;
 * false at their end. Values that are packed are public. */
bool execwire_frame_next_bytes(execwire_str *rest, execwire_str *item);

#endif

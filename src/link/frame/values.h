/* The values of a frame's repeated fields, one after the other.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_FRAME_VALUES_H
#define EXECWIRE_LINK_FRAME_VALUES_H

#include <execwire/types.h>

/* What is asked for of a large frame. */
typedef struct execwire_repair {
    uint32_t update; /* the head of its pieces */
    uint32_t whole;  /* its size */
    uint32_t offset;
    uint32_t size;
} execwire_repair;

/* Each takes the next value out of a field's bytes, which are good; false at their end. For words,
 * values of packed fields, and repairs, of which the last may be incomplete. */
bool execwire_frame_next_bytes(execwire_str *rest, execwire_str *item);
bool execwire_frame_next_number(execwire_str *rest, uint32_t *value);
bool execwire_frame_next_fixed32(execwire_str *rest, uint32_t *value);
bool execwire_frame_next_repair(execwire_str *rest, execwire_repair *repair);

#endif

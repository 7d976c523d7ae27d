/* Feedback: all that a node has to read.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_FRAME_FEEDBACK_H
#define EXECWIRE_LINK_FRAME_FEEDBACK_H

#include <execwire/error.h>
#include <execwire/types.h>

/* Its fields: their bytes; data is NULL where one is absent. */
enum {
    EXECWIRE_FEEDBACK_ACKS,
    EXECWIRE_FEEDBACK_CHECK,
    EXECWIRE_FEEDBACK_WANTS,
    EXECWIRE_FEEDBACK_REPAIRS,
    EXECWIRE_FEEDBACK_FIELDS
};

/* Reads feedback, and holds its check against it.
 *
 * Errors: TRUNCATED, LENGTH, TAG, VARINT (of protobuf), LINK_FRAME (damaged, or another frame). */
execwire_code execwire_feedback_read(const void *in, size_t in_size,
                                     execwire_str fields[EXECWIRE_FEEDBACK_FIELDS],
                                     execwire_error *error);

#endif

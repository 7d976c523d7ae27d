/* Messages that come in over the serial line, in the frames of execwire/serial.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FIRMWARE_LINE_H
#define FIRMWARE_LINE_H

#include "execwire.h"

/* The buffer has room for the longest message and EXECWIRE_SERIAL_CRC_SIZE bytes; lent. */
void line_start(void *buffer, size_t capacity);

/* Sends a message in its frame, for which there is room in `frame`; or loses it. */
void line_send(const void *message, size_t size, uint8_t *frame, size_t capacity);

/* The next message that has come in undamaged, valid until the next call; its data is NULL when
 * there is none. */
execwire_str line_next(void);

#endif

/* The way of the node's frames over its serial line: as they are (air_plain.c), or sealed
 * (air_sealed.c). A program is linked with one of the two.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FIRMWARE_AIR_H
#define FIRMWARE_AIR_H

#include "execwire.h"

#define AIR_MTU 222 /* bytes of the longest frame, both ways */

/* False: there is no way. */
bool air_start(void);

/* Sends a frame, or loses it. */
void air_send(const void *frame, size_t size);

/* The next frame that has come in, valid until the next call; its data is NULL when there is none.
 */
execwire_str air_next(void);

#endif

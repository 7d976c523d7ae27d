/* Numbers as text, without stdio.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FIRMWARE_TEXT_H
#define FIRMWARE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#define TEXT_NUMBER_SIZE 10

/* The decimal digits of a number, not terminated. Returns how many there are. */
size_t text_number(uint32_t value, char out[TEXT_NUMBER_SIZE]);

#endif

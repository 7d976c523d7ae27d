/* CRC-32 as zlib, PNG and Ethernet have it (polynomial 0x04C11DB7, reflected).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_CRC_H
#define EXECWIRE_LINK_CRC_H

#include <stddef.h>
#include <stdint.h>

/* Continues a checksum over more bytes; it starts at 0. */
uint32_t execwire_crc32(uint32_t crc, const void *data, size_t size);

#endif

/* CRC-32/ISO-HDLC, the one of Ethernet (IEEE 802.3, section 3.2.9) and zlib.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_BASE_CRC32_H
#define EXECWIRE_BASE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* The CRC of `data` behind bytes whose CRC is `crc`; 0 for none. */
uint32_t execwire_crc32(uint32_t crc, const void *data, size_t size);

#endif

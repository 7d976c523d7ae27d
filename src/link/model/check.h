/* The check of a state's frame: a CRC-32 over what both ends have to agree on, and over the state's
 * canonical bytes; xored with the session's salt.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_CHECK_H
#define EXECWIRE_LINK_CHECK_H

#include <stdint.h>

/* The checksum before the state's bytes. */
uint32_t execwire_link_check_start(uint32_t session, unsigned ref, uint32_t generation,
                                   uint32_t number);

#endif

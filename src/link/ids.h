/* Identifiers as text and as the raw bytes that the text stands for. Reading takes only what
 * writing gives back letter by letter.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_IDS_H
#define EXECWIRE_LINK_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 9562, section 4: 8-4-4-4-12 digits of hex, lower case. */
#define EXECWIRE_UUID_TEXT 36
#define EXECWIRE_UUID_RAW  16
/* SHA-256 as base58btc multihash, "Qm...": a peer id, or a content identifier of version 0. The
 * raw form is the digest. */
#define EXECWIRE_HASH_TEXT 46
#define EXECWIRE_HASH_RAW  32
/* Content identifier of version 1 as multibase base32, "b...": SHA-256 with one-byte codes. */
#define EXECWIRE_CID1_TEXT 59
#define EXECWIRE_CID1_RAW  36

/* `text` has the size that the type has; false when it is something else. */
bool execwire_uuid_read(const char *text, uint8_t raw[EXECWIRE_UUID_RAW]);
bool execwire_hash_read(const char *text, uint8_t raw[EXECWIRE_HASH_RAW]);
bool execwire_cid1_read(const char *text, uint8_t raw[EXECWIRE_CID1_RAW]);

void execwire_uuid_write(const uint8_t raw[EXECWIRE_UUID_RAW], char text[EXECWIRE_UUID_TEXT]);
void execwire_hash_write(const uint8_t raw[EXECWIRE_HASH_RAW], char text[EXECWIRE_HASH_TEXT]);
void execwire_cid1_write(const uint8_t raw[EXECWIRE_CID1_RAW], char text[EXECWIRE_CID1_TEXT]);

#endif

/* Identifiers as text and as the raw bytes that the text stands for: the number that its digits
 * are. Reading takes only what writing gives back letter by letter.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_LINK_IDS_H
#define EXECWIRE_LINK_IDS_H

#include <execwire/types.h>

/* The first two stand in texts as well. */
typedef enum execwire_id {
    EXECWIRE_ID_UUID, /* RFC 9562, section 4: 8-4-4-4-12 digits of hex, lower case */
    /* SHA-256 as base58btc multihash, "Qm...": a peer id, or a content identifier of version 0. The
     * raw form is the digest. */
    EXECWIRE_ID_HASH,
    EXECWIRE_ID_REFERENCE, /* a compute reference: "e-" and a UUID */
    /* Content identifier of version 1 as multibase base32, "b...": SHA-256 with one-byte codes. Its
     * digits have two bits more than it has; these are the lowest of the raw form. */
    EXECWIRE_ID_CID1
} execwire_id;

/* Sizes of text and raw form. */
#define EXECWIRE_UUID_TEXT      36
#define EXECWIRE_UUID_RAW       16
#define EXECWIRE_REFERENCE_TEXT 38
#define EXECWIRE_HASH_TEXT      46
#define EXECWIRE_HASH_RAW       32
#define EXECWIRE_CID1_TEXT      59
#define EXECWIRE_CID1_RAW       36
#define EXECWIRE_ID_TEXT_MAX    EXECWIRE_CID1_TEXT

/* Reads a text, which may be absent. Returns the size of the raw form; 0 when the text is something
 * else. */
size_t execwire_id_read(execwire_id id, const execwire_str *text, uint8_t *raw);

/* Writes the text of raw bytes. Returns its size. */
size_t execwire_id_write(execwire_id id, const uint8_t *raw, char *text);

#endif

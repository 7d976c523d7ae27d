/* SPDX-License-Identifier: Apache-2.0 */
#include "link/model/identity.h"

#include <string.h>

#define VERSION_4 0x40

static bool is_version_4(const uint8_t uuid[EXECWIRE_UUID_RAW])
{
    return (uuid[6] & 0xF0) == VERSION_4;
}

/* Bytes 6 of two UUIDs of version 4 begin with the 4: one byte has the rest of both, and the last
 * byte takes the place of the second one. */
size_t execwire_identity_pack(const execwire_str *job_id, const execwire_str *compute_reference,
                              uint8_t packed[EXECWIRE_IDS_RAW])
{
    uint8_t *second = packed + EXECWIRE_UUID_RAW;

    if (execwire_id_read(EXECWIRE_ID_UUID, job_id, packed) == 0 ||
        execwire_id_read(EXECWIRE_ID_REFERENCE, compute_reference, second) == 0)
        return 0;
    if (!is_version_4(packed) || !is_version_4(second))
        return EXECWIRE_IDS_RAW;
    packed[6] = (uint8_t)(packed[6] << 4 | (second[6] & 15));
    second[6] = packed[EXECWIRE_IDS_RAW - 1];
    return EXECWIRE_IDS_RAW - 1;
}

bool execwire_identity_unpack(execwire_str packed, uint8_t raw[EXECWIRE_IDS_RAW])
{
    uint8_t *second = raw + EXECWIRE_UUID_RAW;

    if (packed.size != EXECWIRE_IDS_RAW && packed.size != EXECWIRE_IDS_RAW - 1)
        return false;
    memcpy(raw, packed.data, packed.size);
    if (packed.size < EXECWIRE_IDS_RAW) {
        raw[EXECWIRE_IDS_RAW - 1] = second[6];
        second[6] = (uint8_t)(VERSION_4 | (raw[6] & 15));
        raw[6] = (uint8_t)(VERSION_4 | raw[6] >> 4);
    }
    return true;
}

size_t execwire_identity_pack_node(execwire_str node, uint8_t packed[EXECWIRE_LINK_NODE_SIZE])
{
    size_t size = execwire_id_read(EXECWIRE_ID_HASH, &node, packed);

    if (size > 0)
        return size;
    if (node.data == NULL || node.size > EXECWIRE_LINK_NODE_SIZE || node.size == EXECWIRE_HASH_RAW)
        return 0;
    memcpy(packed, node.data, node.size);
    return node.size;
}

execwire_str execwire_identity_unpack_node(execwire_str packed, char text[EXECWIRE_LINK_NODE_SIZE])
{
    if (packed.size == 0)
        return (execwire_str){NULL, 0};
    if (packed.size == EXECWIRE_HASH_RAW)
        return (execwire_str){
            text, execwire_id_write(EXECWIRE_ID_HASH, (const uint8_t *)packed.data, text)};
    memcpy(text, packed.data, packed.size);
    return (execwire_str){text, packed.size};
}

/* Sealed with mbedTLS' cryptography, whose memory is a static buffer: there is no heap.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "air.h"
#include "board.h"
#include "line.h"
#include "state.h"

#include "execwire-seal-mbedtls.h"

#include <mbedtls/memory_buffer_alloc.h>

#define SEALED_MTU (AIR_MTU + EXECWIRE_SEAL_OVERHEAD)

/* A product has another one in each node, in flash that nobody can read out. */
static const execwire_seal_key key = {1,
                                      {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99,
                                       0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff}};

static execwire_seal_crypto crypto;
static execwire_seal_node seal;
static unsigned char memory[1536]; /* of mbedTLS: the contexts of AES, SHA-256 and HMAC */

static uint8_t message[SEALED_MTU + EXECWIRE_SERIAL_CRC_SIZE];

static bool random_bytes(void *context, uint8_t *out, size_t size)
{
    (void)context;
    return board_random(out, size);
}

/* The board remembers one number, which the link's sessions make grow as well: that leaves some
 * out, and none comes again. */
static bool reserve(void *context, uint32_t session)
{
    (void)context;
    board_remember(session);
    return true;
}

bool air_start(void)
{
    const execwire_seal_options options = {
        .crypto = &crypto, .name = NODE_ID, .cid = {0x00, 0x01}, .cid_size = 2, .tag_size = 8};

    mbedtls_memory_buffer_alloc_init(memory, sizeof memory);
    crypto = execwire_seal_mbedtls(random_bytes, NULL);
    line_start(message, sizeof message);
    return execwire_seal_node_init(&seal, &options, &key, board_recall(), reserve, NULL, NULL) ==
           EXECWIRE_OK;
}

void air_send(const void *frame, size_t size)
{
    static uint8_t sealed[SEALED_MTU];
    static uint8_t line[EXECWIRE_SERIAL_SIZE(SEALED_MTU)];

    if (execwire_seal_node_write(&seal, frame, size, sealed, sizeof sealed, &size, NULL) ==
        EXECWIRE_OK)
        line_send(sealed, size, line, sizeof line);
}

execwire_str air_next(void)
{
    static uint8_t frame[SEALED_MTU];
    execwire_str in;

    while ((in = line_next()).data != NULL) {
        execwire_seal_outcome outcome;
        size_t size;

        if (execwire_seal_node_open(&seal, in.data, in.size, frame, sizeof frame, &size, &outcome,
                                    NULL) == EXECWIRE_OK &&
            outcome == EXECWIRE_SEAL_OPENED)
            return (execwire_str){(const char *)frame, size};
    }
    return in;
}

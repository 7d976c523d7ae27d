/* The work of a node that seals its frames: a session begins, a frame is sealed, and an answer that
 * is another's is looked at. MBEDTLS does the cryptography; without it nobody does, and what is
 * measured is execwire's own part.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "execwire-seal.h"

#include "work.h"

#include <string.h>

#ifdef MBEDTLS
#include "execwire-seal-mbedtls.h"

#include <mbedtls/memory_buffer_alloc.h>
#endif

#define FRAME 24 /* bytes, as an update has */

static bool random_bytes(void *context, uint8_t *out, size_t size)
{
    (void)context;
    memset(out, 1, size);
    return true;
}

static bool reserve(void *context, uint32_t session)
{
    (void)context;
    return session > 0;
}

#ifdef MBEDTLS

static unsigned char memory[1536];

static execwire_seal_crypto start_crypto(void)
{
    mbedtls_memory_buffer_alloc_init(memory, sizeof memory);
    return execwire_seal_mbedtls(random_bytes, NULL);
}

#else

static bool derive(void *context, const uint8_t key[EXECWIRE_SEAL_KEY_SIZE], const uint8_t *salt,
                   size_t salt_size, const uint8_t *info, size_t info_size, uint8_t *out,
                   size_t size)
{
    return context == NULL && key != salt && salt_size > 0 && info_size > 0 && out != info &&
           size > 0;
}

static bool crypt(void *context, const uint8_t key[EXECWIRE_SEAL_KEY_SIZE],
                  const uint8_t nonce[EXECWIRE_SEAL_NONCE_SIZE], const uint8_t *head,
                  size_t head_size, const uint8_t *from, size_t size, uint8_t *out, size_t tag_size)
{
    return context == NULL && key != nonce && head != from && head_size > 0 &&
           out + size + tag_size != from;
}

static execwire_seal_crypto start_crypto(void)
{
    return (execwire_seal_crypto){derive, crypt, crypt, random_bytes, NULL};
}

#endif

int work(const void *state, void *buffer, size_t capacity, void *back)
{
    static const uint8_t challenge[1 + EXECWIRE_SEAL_SALT_SIZE + 8] = {0x80};
    execwire_seal_node *node = buffer;
    uint8_t *out = (uint8_t *)buffer + sizeof *node;
    const execwire_seal_crypto crypto = start_crypto();
    const execwire_seal_options options = {
        .crypto = &crypto, .name = EXECWIRE_STR("node-1"), .tag_size = 8};
    const execwire_seal_key key = {.id = 0};
    execwire_seal_outcome outcome;
    size_t size;
    execwire_code code = execwire_seal_node_init(node, &options, &key, 0, reserve, NULL, NULL);

    (void)back;
    if (code == EXECWIRE_OK)
        code =
            execwire_seal_node_write(node, state, FRAME, out, capacity - sizeof *node, &size, NULL);
    if (code == EXECWIRE_OK)
        code = execwire_seal_node_open(node, challenge, sizeof challenge, out,
                                       capacity - sizeof *node, &size, &outcome, NULL);
    return code;
}

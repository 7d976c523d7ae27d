/* Seals and opens with a key that memcheck takes for undefined, so that it reports each jump and
 * each address that depends on a secret. What mbedTLS does inside is its own; what it answers, and
 * what is sent, is public.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <execwire/seal_mbedtls.h>

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <valgrind/memcheck.h>

static execwire_seal_crypto real;

static bool derive(void *context, const uint8_t key[EXECWIRE_SEAL_KEY_SIZE], const uint8_t *salt,
                   size_t salt_size, const uint8_t *info, size_t info_size, uint8_t *out,
                   size_t size)
{
    bool good = real.derive(context, key, salt, salt_size, info, info_size, out, size);

    VALGRIND_MAKE_MEM_DEFINED(&good, sizeof good);
    VALGRIND_MAKE_MEM_UNDEFINED(out, size);
    return good;
}

static bool encrypt(void *context, const uint8_t key[EXECWIRE_SEAL_KEY_SIZE],
                    const uint8_t nonce[EXECWIRE_SEAL_NONCE_SIZE], const uint8_t *head,
                    size_t head_size, const uint8_t *plain, size_t size, uint8_t *out,
                    size_t tag_size)
{
    bool good = real.encrypt(context, key, nonce, head, head_size, plain, size, out, tag_size);

    VALGRIND_MAKE_MEM_DEFINED(&good, sizeof good);
    VALGRIND_MAKE_MEM_DEFINED(out, size + tag_size);
    return good;
}

static bool decrypt(void *context, const uint8_t key[EXECWIRE_SEAL_KEY_SIZE],
                    const uint8_t nonce[EXECWIRE_SEAL_NONCE_SIZE], const uint8_t *head,
                    size_t head_size, const uint8_t *sealed, size_t size, uint8_t *out,
                    size_t tag_size)
{
    bool good = real.decrypt(context, key, nonce, head, head_size, sealed, size, out, tag_size);

    VALGRIND_MAKE_MEM_DEFINED(&good, sizeof good);
    VALGRIND_MAKE_MEM_UNDEFINED(out, size);
    return good;
}

static bool random_bytes(void *context, uint8_t *out, size_t size)
{
    (void)context;
    return getrandom(out, size, 0) == (ssize_t)size;
}

static bool reserve(void *context, uint32_t session)
{
    (void)context;
    return session > 0;
}

int main(int count, char **arguments)
{
    const execwire_seal_crypto crypto = {derive, encrypt, decrypt, random_bytes, NULL};
    const execwire_seal_options options = {
        .crypto = &crypto, .name = {"node", 4}, .cid_size = 2, .tag_size = 8};
    execwire_seal_key key = {.id = 1, .key = "sixteen bytes.."};
    execwire_seal_node node;
    execwire_seal_peer peer;
    execwire_seal_outcome outcome;
    uint8_t frame[] = "frame", sealed[64], out[64];
    size_t size, opened;
    unsigned good = 0;

    (void)arguments;
    real = execwire_seal_mbedtls(random_bytes, NULL);
    VALGRIND_MAKE_MEM_UNDEFINED(key.key, sizeof key.key);
    VALGRIND_MAKE_MEM_UNDEFINED(frame, sizeof frame);
    if (count > 1 && key.key[0] == 's') /* so that it is seen that something is found */
        good++;
    (void)execwire_seal_node_init(&node, &options, &key, 0, reserve, NULL, NULL);
    (void)execwire_seal_peer_init(&peer, &options, &key, 1, NULL, NULL);
    for (unsigned i = 0; i < 20; i++) {
        (void)execwire_seal_node_write(&node, frame, sizeof frame, sealed, sizeof sealed, &size,
                                       NULL);
        (void)execwire_seal_peer_open(&peer, sealed, size, out, sizeof out, &opened, &outcome,
                                      NULL);
        good += outcome == EXECWIRE_SEAL_OPENED;
        if (outcome == EXECWIRE_SEAL_UNPROVEN)
            (void)execwire_seal_peer_challenge(&peer, sealed, sizeof sealed, &size, NULL);
        else
            (void)execwire_seal_peer_write(&peer, frame, sizeof frame, sealed, sizeof sealed, &size,
                                           NULL);
        (void)execwire_seal_node_open(&node, sealed, size, out, sizeof out, &opened, &outcome,
                                      NULL);
        good += outcome == EXECWIRE_SEAL_OPENED;
        sealed[size - 1] ^= 1; /* a tag that is wrong in its last byte alone */
        (void)execwire_seal_node_open(&node, sealed, size, out, sizeof out, &opened, &outcome,
                                      NULL);
    }
    execwire_seal_node_end(&node);
    execwire_seal_peer_end(&peer);
    printf("%u frames opened\n", good);
    return good == 38 ? 0 : 1;
}

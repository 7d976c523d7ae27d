/* The cryptography of <execwire/seal.h> by mbedTLS 2.28 or later: AES, CCM, SHA-256 and HKDF of its
 * libmbedcrypto, on hosts and microcontrollers. To be included in one source file of a program that
 * is linked with it (-lmbedcrypto); libexecwire is not.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_SEAL_MBEDTLS_H
#define EXECWIRE_SEAL_MBEDTLS_H

#include <execwire/seal.h>

#include <mbedtls/ccm.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/md.h>

static inline bool execwire_seal_mbedtls_derive(void *context,
                                                const uint8_t key[EXECWIRE_SEAL_KEY_SIZE],
                                                const uint8_t *salt, size_t salt_size,
                                                const uint8_t *info, size_t info_size, uint8_t *out,
                                                size_t size)
{
    (void)context;
    return mbedtls_hkdf(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), salt, salt_size, key,
                        EXECWIRE_SEAL_KEY_SIZE, info, info_size, out, size) == 0;
}

static inline bool execwire_seal_mbedtls_encrypt(void *context,
                                                 const uint8_t key[EXECWIRE_SEAL_KEY_SIZE],
                                                 const uint8_t nonce[EXECWIRE_SEAL_NONCE_SIZE],
                                                 const uint8_t *head, size_t head_size,
                                                 const uint8_t *plain, size_t size, uint8_t *out,
                                                 size_t tag_size)
{
    mbedtls_ccm_context ccm;
    bool good;

    (void)context;
    mbedtls_ccm_init(&ccm);
    good = mbedtls_ccm_setkey(&ccm, MBEDTLS_CIPHER_ID_AES, key, 8 * EXECWIRE_SEAL_KEY_SIZE) == 0 &&
           mbedtls_ccm_encrypt_and_tag(&ccm, size, nonce, EXECWIRE_SEAL_NONCE_SIZE, head, head_size,
                                       plain, out, out + size, tag_size) == 0;
    mbedtls_ccm_free(&ccm);
    return good;
}

static inline bool execwire_seal_mbedtls_decrypt(void *context,
                                                 const uint8_t key[EXECWIRE_SEAL_KEY_SIZE],
                                                 const uint8_t nonce[EXECWIRE_SEAL_NONCE_SIZE],
                                                 const uint8_t *head, size_t head_size,
                                                 const uint8_t *sealed, size_t size, uint8_t *out,
                                                 size_t tag_size)
{
    mbedtls_ccm_context ccm;
    bool good;

    (void)context;
    mbedtls_ccm_init(&ccm);
    good = mbedtls_ccm_setkey(&ccm, MBEDTLS_CIPHER_ID_AES, key, 8 * EXECWIRE_SEAL_KEY_SIZE) == 0 &&
           mbedtls_ccm_auth_decrypt(&ccm, size, nonce, EXECWIRE_SEAL_NONCE_SIZE, head, head_size,
                                    sealed, out, sealed + size, tag_size) == 0;
    mbedtls_ccm_free(&ccm);
    return good;
}

/* All of it, with random bytes of the caller's source: getrandom, a processor's generator, or
 * mbedTLS' own with an entropy source. */
static inline execwire_seal_crypto
execwire_seal_mbedtls(bool (*random)(void *context, uint8_t *out, size_t size), void *context)
{
    return (execwire_seal_crypto){execwire_seal_mbedtls_derive, execwire_seal_mbedtls_encrypt,
                                  execwire_seal_mbedtls_decrypt, random, context};
}

#endif

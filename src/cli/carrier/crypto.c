/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/carrier/crypto.h"

#include "cli/base/report.h"
#include "cli/carrier/library.h"

#include <sys/random.h>

bool crypto_random(void *context, uint8_t *out, size_t size)
{
    (void)context;
    return getrandom(out, size, 0) == (ssize_t)size; /* up to 256 bytes come at once */
}

#ifdef EXECWIRE_LIBMBEDCRYPTO

#include <mbedtls/ccm.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/md.h>

#define CALLS(CALL)                                                                                \
    CALL(mbedtls_ccm_init)                                                                         \
    CALL(mbedtls_ccm_setkey)                                                                       \
    CALL(mbedtls_ccm_encrypt_and_tag)                                                              \
    CALL(mbedtls_ccm_auth_decrypt)                                                                 \
    CALL(mbedtls_ccm_free)                                                                         \
    CALL(mbedtls_hkdf)                                                                             \
    CALL(mbedtls_md_info_from_type)
static struct {
    CALLS(LIBRARY_MEMBER)
} found;

#define CALL_OF(call) {#call, (void *)&found.call},
static const library_call calls[] = {CALLS(CALL_OF)};

/* so that the adapter calls what was found */
#define mbedtls_ccm_init            found.mbedtls_ccm_init
#define mbedtls_ccm_setkey          found.mbedtls_ccm_setkey
#define mbedtls_ccm_encrypt_and_tag found.mbedtls_ccm_encrypt_and_tag
#define mbedtls_ccm_auth_decrypt    found.mbedtls_ccm_auth_decrypt
#define mbedtls_ccm_free            found.mbedtls_ccm_free
#define mbedtls_hkdf                found.mbedtls_hkdf
#define mbedtls_md_info_from_type   found.mbedtls_md_info_from_type
#include <execwire/seal_mbedtls.h>

bool crypto_load(execwire_seal_crypto *crypto)
{
    *crypto = execwire_seal_mbedtls(crypto_random, NULL);
    return library_load(EXECWIRE_LIBMBEDCRYPTO, "--keys", calls, sizeof calls / sizeof *calls);
}

#else

bool crypto_load(execwire_seal_crypto *crypto)
{
    (void)crypto;
    report("--keys is not in this build, which has no libmbedcrypto");
    return false;
}

#endif

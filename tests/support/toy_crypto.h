/* What stands in for cryptography in tests of sealed frames: no secret, but whoever has another
 * key, nonce or head gets another tag, and every key and nonce that sealed something is noted.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_TOY_CRYPTO_H
#define TESTS_SUPPORT_TOY_CRYPTO_H

#include <execwire/seal.h>

typedef struct toy_use {
    bool used;
    uint8_t key[EXECWIRE_SEAL_KEY_SIZE];
    uint8_t nonce[EXECWIRE_SEAL_NONCE_SIZE];
    uint64_t what; /* a sum of what was sealed */
} toy_use;

typedef struct toy {
    execwire_seal_crypto crypto; /* to be given */
    uint64_t next_random;
    unsigned fail_after; /* calls that are good before one fails; 0: none fails */
    toy_use *uses;
    size_t use_count;
    size_t use_capacity;
    unsigned repeated; /* a nonce came again with its key, for something else */
} toy;

void toy_init(toy *t, uint64_t seed);
void toy_free(toy *t);

#endif

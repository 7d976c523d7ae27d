/* The cryptography of sealed frames, by mbedTLS, which is looked for when it is needed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_CLI_CRYPTO_H
#define EXECWIRE_CLI_CRYPTO_H

#include <execwire/seal.h>

/* False: reported. */
EXECWIRE_MUST_USE bool crypto_load(execwire_seal_crypto *crypto);

/* Random bytes of the system. False: there are none. */
EXECWIRE_MUST_USE bool crypto_random(void *context, uint8_t *out, size_t size);

#endif

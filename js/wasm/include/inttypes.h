/* The part of <inttypes.h> that is asked for.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXECWIRE_WASM_INTTYPES_H
#define EXECWIRE_WASM_INTTYPES_H

#include <stdint.h>

#define PRId32 "d"
#define PRIu32 "u"
#define PRIx32 "x"
#define PRId64 "lld"
#define PRIu64 "llu"

#endif

/* Other decoders of the same schema, to hold ours against.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_ORACLES_ORACLE_H
#define FUZZ_ORACLES_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whether the decoder accepts the message. If so, `out`, with its room of `capacity` bytes, gets
 * what it read from it as canonical bytes, and `out_size` their size; where its values cannot be
 * written at all, that is SIZE_MAX. */
typedef bool oracle_read(const uint8_t *in, size_t size, uint8_t *out, size_t capacity,
                         size_t *out_size);

oracle_read oracle_nanopb;
oracle_read oracle_protobuf_c;
oracle_read oracle_libprotobuf;

#ifdef __cplusplus
}
#endif

#endif

/* Where other decoders are allowed to differ from ours: one list, each entry with its reason.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_DISAGREEMENTS_H
#define FUZZ_DISAGREEMENTS_H

#include "oracles/oracle.h"
#include "wire/reader.h"

typedef struct disagreement {
    oracle_read *oracle;
    const char *name;
    const char *reason;
    /* They accept what we refuse with this code, if the condition (where there is one) holds. */
    execwire_code code;
    bool (*condition)(const uint8_t *in, size_t size, const execwire_error *error);
    /* They refuse what we accept, or read something else: takes that out of a copy of the message
     * without changing its size. `field` is the field's place in the copy, `before` the same field
     * where it last stood before this, NULL if nowhere. Returns whether there was such a thing.
     * What is left must agree. */
    bool (*take_out)(const execwire_wire_field *seen, const execwire_wire_field *before,
                     uint8_t *field);
} disagreement;

extern const disagreement disagreements[];
extern const size_t disagreement_count;

#endif

/* Protobuf bytes to a state, to canonical bytes, and back.
 *
 * SPDX-License-Identifier: Apache-2.0 */
/* promise: no-access-outside */
/* promise: check-is-decode */
#include "support.h"

#include "wire/reader.h"

#include <stdlib.h>

/* The number of the last field of the message at each depth. */
typedef struct order {
    uint32_t number[EXECWIRE_SCHEMA_DEPTH + 1];
} order;

/* Canonical: no field is unknown, none stands before one with a smaller number, and only map
 * entries stand more than once. */
static void require_order(void *context, const execwire_wire_field *seen)
{
    order *before = context;

    FUZZ_REQUIRE(seen->field != NULL && seen->depth < EXECWIRE_SCHEMA_DEPTH);
    FUZZ_REQUIRE(
        seen->number > before->number[seen->depth] ||
        (seen->number == before->number[seen->depth] && seen->field->kind == EXECWIRE_KIND_MAP));
    before->number[seen->depth] = seen->number;
    before->number[seen->depth + 1] = 0;
}

static void require_canonical(const fuzz_bytes *bytes)
{
    order before = {{0}};
    execwire_wire_visitor visitor = {require_order, &before};

    FUZZ_REQUIRE(execwire_wire_read(bytes->data, bytes->size, NULL, NULL, &visitor, NULL) ==
                 EXECWIRE_OK);
}

/* Check and decode are one walk, so whatever one says the other says too. */
static void require_same_check(const fuzz_record *record, const uint8_t *in, size_t size)
{
    execwire_error error;
    size_t unknown = 1;

    FUZZ_REQUIRE(execwire_check(in, size, &unknown, &error) == record->code);
    FUZZ_REQUIRE(execwire_check(in, size, NULL, NULL) == record->code);
    if (record->code != EXECWIRE_OK) {
        FUZZ_REQUIRE(unknown == 0);
        FUZZ_REQUIRE(fuzz_same_error(&error, &record->error));
        return;
    }
    FUZZ_REQUIRE(unknown == record->scratch.unknown_count);
}

static void require_fixpoint(const execwire_state *state, size_t vary)
{
    fuzz_bytes bytes = fuzz_encode(state, vary);
    fuzz_bytes again;
    fuzz_record record;

    require_canonical(&bytes);
    fuzz_decode(&record, bytes.data, bytes.size);
    FUZZ_REQUIRE(record.code == EXECWIRE_OK);
    FUZZ_REQUIRE(fuzz_same_state(state, &record.state));
    again = fuzz_encode(&record.state, vary + 1);
    FUZZ_REQUIRE(fuzz_same_bytes(&bytes, &again));
    free(again.data);
    free(bytes.data);
    fuzz_free_record(&record);
}

static void run(const uint8_t *in, size_t size)
{
    fuzz_record record;

    fuzz_decode(&record, in, size);
    require_same_check(&record, in, size);
    if (record.code == EXECWIRE_OK)
        require_fixpoint(&record.state, fuzz_hash(in, size));
    fuzz_free_record(&record);
}

const fuzz_target fuzz_this_target = {.name = "wire", .run = run, .mutate = execwire_fuzz_message};

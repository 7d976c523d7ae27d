/* JSON to protobuf and back, and protobuf to JSON and back: whatever one side reads, the other can
 * say, and the same text and bytes come back.
 *
 * SPDX-License-Identifier: Apache-2.0 */
/* promise: nothing-invalid-comes-out */
#include "support.h"

#include <stdlib.h>

/* From bytes to the bytes that their JSON stands for. */
static void require_same_through_json(const fuzz_bytes *bytes, const execwire_json_options *options,
                                      size_t vary)
{
    fuzz_record decoded;
    fuzz_record read;
    fuzz_bytes text;
    fuzz_bytes again;

    fuzz_decode(&decoded, bytes->data, bytes->size);
    FUZZ_REQUIRE(decoded.code == EXECWIRE_OK);
    text = fuzz_json_write(&decoded.state, options, vary);
    fuzz_json_read(&read, text.data, text.size, false);
    FUZZ_REQUIRE(read.code == EXECWIRE_OK);
    FUZZ_REQUIRE(fuzz_same_state(&decoded.state, &read.state));
    again = fuzz_encode(&read.state, vary);
    FUZZ_REQUIRE(fuzz_same_bytes(bytes, &again));
    free(again.data);
    free(text.data);
    fuzz_free_record(&read);
    fuzz_free_record(&decoded);
}

/* From a state's text to the text that its bytes stand for, and the same from its bytes. */
static void require_round_trips(const fuzz_record *record, size_t vary)
{
    execwire_json_options options = fuzz_json_form((unsigned)(vary % FUZZ_JSON_FORMS));
    fuzz_bytes text = fuzz_json_write(&record->state, &options, vary);
    fuzz_bytes bytes = fuzz_encode(&record->state, vary);
    fuzz_bytes again;
    fuzz_record decoded;

    fuzz_decode(&decoded, bytes.data, bytes.size);
    FUZZ_REQUIRE(decoded.code == EXECWIRE_OK);
    FUZZ_REQUIRE(fuzz_same_state(&record->state, &decoded.state));
    again = fuzz_json_write(&decoded.state, &options, vary);
    FUZZ_REQUIRE(fuzz_same_bytes(&text, &again));
    require_same_through_json(&bytes, &options, vary);
    free(again.data);
    free(bytes.data);
    free(text.data);
    fuzz_free_record(&decoded);
}

static void run(const uint8_t *in, size_t size)
{
    size_t vary = fuzz_hash(in, size);
    fuzz_record record;

    fuzz_json_read(&record, in, size, true);
    if (record.code == EXECWIRE_OK)
        require_round_trips(&record, vary);
    fuzz_free_record(&record);
    fuzz_decode(&record, in, size);
    if (record.code == EXECWIRE_OK)
        require_round_trips(&record, vary);
    fuzz_free_record(&record);
}

const fuzz_target fuzz_this_target = {.name = "roundtrip", .run = run};

/* JSON text to a state, to text in every form, and back.
 *
 * SPDX-License-Identifier: Apache-2.0 */
/* promise: nothing-invalid-comes-out */
#include "support.h"

#include <stdlib.h>

static void require_fixpoint(const execwire_state *state, unsigned form, size_t vary)
{
    execwire_json_options options = fuzz_json_form(form);
    fuzz_bytes text = fuzz_json_write(state, &options, vary);
    fuzz_bytes again;
    fuzz_record record;

    fuzz_json_read(&record, text.data, text.size, false);
    FUZZ_REQUIRE(record.code == EXECWIRE_OK);
    FUZZ_REQUIRE(fuzz_same_state(state, &record.state));
    again = fuzz_json_write(&record.state, &options, vary + 1);
    FUZZ_REQUIRE(fuzz_same_bytes(&text, &again));
    free(again.data);
    free(text.data);
    fuzz_free_record(&record);
}

/* Ignoring unknown keys changes nothing in a document that has none, and where it is refused all
 * the same, the strict reader has refused it no later; but for a document that is something else as
 * a whole. */
static void require_lenient_agrees(const fuzz_record *strict, const fuzz_record *lenient)
{
    FUZZ_REQUIRE(strict->scratch.unknown_count == 0);
    if (strict->code == EXECWIRE_OK) {
        FUZZ_REQUIRE(lenient->code == EXECWIRE_OK && lenient->scratch.unknown_count == 0);
        FUZZ_REQUIRE(fuzz_same_state(&strict->state, &lenient->state));
    } else if (strict->code == EXECWIRE_ERROR_UNKNOWN_KEY) {
        FUZZ_REQUIRE(lenient->code == EXECWIRE_OK
                         ? lenient->scratch.unknown_count > 0
                         : lenient->code == EXECWIRE_ERROR_NOT_A_STATE ||
                               lenient->error.offset >= strict->error.offset);
    } else if (strict->code == EXECWIRE_ERROR_OTHER_EXECUTION) {
        FUZZ_REQUIRE(lenient->code != EXECWIRE_OK);
    } else {
        FUZZ_REQUIRE(fuzz_same_error(&strict->error, &lenient->error));
    }
}

static void run(const uint8_t *in, size_t size)
{
    fuzz_record strict;
    fuzz_record lenient;

    fuzz_json_read(&strict, in, size, false);
    fuzz_json_read(&lenient, in, size, true);
    require_lenient_agrees(&strict, &lenient);
    for (unsigned form = 0; form < FUZZ_JSON_FORMS && lenient.code == EXECWIRE_OK; form++)
        require_fixpoint(&lenient.state, form, fuzz_hash(in, size) + form);
    fuzz_free_record(&lenient);
    fuzz_free_record(&strict);
}

const fuzz_target fuzz_this_target = {.name = "json", .run = run};

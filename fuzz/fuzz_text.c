/* Packed text: reading never writes too far, and any text comes back as it was.
 *
 * Input: a byte that says how much room there is, then packed text, which is a text as well.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include "link/model/compress.h"
#include "link/model/text.h"

#include <stdlib.h>
#include <string.h>

static const execwire_state state = {
    .job_id = {"20edbcba-3acc-4672-884a-b649fcbce49b", 36},
    .compute_reference = {"e-919108f7-52d1-4320-9bac-f847db4148a8", 38},
    .node_id = {"node-7", 6},
};

static const execwire_link_names names = {
    .state = &state,
    .name_count = EXECWIRE_TEXT_ALL_NAMES,
    .words = "\x07my-data\x06region\x03one\x03two\x04"
             "five",
    .word_count = 5,
};

static void read_packed(const uint8_t *in, size_t size, size_t capacity)
{
    char *out = fuzz_block(capacity);
    size_t used;
    execwire_text_result result = execwire_text_read(in, size, &names, out, capacity, &used);

    FUZZ_REQUIRE(used <= capacity);
    FUZZ_REQUIRE(result == EXECWIRE_TEXT_OK || used == 0);
    free(out);
}

/* Only UTF-8 is packed: execwire_link_update has looked. */
static void there_and_back(const uint8_t *in, size_t size)
{
    const execwire_str text = {(const char *)in, size};
    char *back = fuzz_block(size);
    static execwire_link_packing memory;
    execwire_text_room room = {&memory, fuzz_block(size / 2), size / 2};
    uint8_t *kept = room.kept;
    execwire_packed plan;
    execwire_buffer_sink sink;
    uint8_t *packed;
    size_t used;

    execwire_text_plan(&plan, &text, &names, &room);
    packed = fuzz_block(plan.size);
    sink = execwire_sink_buffer(packed, plan.size);
    execwire_text_write(&plan, &names, &sink.sink);
    FUZZ_REQUIRE(sink.sink.size == plan.size);
    FUZZ_REQUIRE(plan.size <= size);
    FUZZ_REQUIRE(execwire_text_read(packed, plan.size, &names, back, size, &used) ==
                 EXECWIRE_TEXT_OK);
    FUZZ_REQUIRE(used == size && memcmp(back, in, size) == 0);
    free(packed);
    free(kept);
    free(back);
}

static void run(const uint8_t *in, size_t size)
{
    char *mended;
    size_t mended_size;

    if (size == 0)
        return;
    read_packed(in + 1, size - 1, 16u * in[0]);
    if (execwire_utf8_mend(in + 1, size - 1, NULL, 0, &mended_size, NULL) != EXECWIRE_OK)
        return;
    mended = fuzz_block(mended_size);
    (void)execwire_utf8_mend(in + 1, size - 1, mended, mended_size, &mended_size, NULL);
    there_and_back((const uint8_t *)mended, mended_size);
    free(mended);
}

const fuzz_target fuzz_this_target = {.name = "text", .run = run};

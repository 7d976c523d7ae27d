/* A receiver with too little memory, by every size of each that it is lent: a state comes out whole
 * or not at all, and whoever has more room gets no less.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/link.h"

#include <execwire/link.h>

#include <stdlib.h>
#include <string.h>

#define OTHER_NODE "QmTHBESHf1UrnCnWwnmYXgKXLqfmN67RupMGZrjd8CVAee"
#define CID_0      "QmVqQR6PLkBM9ZyaPhgkbRcJGUA5xYAuqmbPjvsQjtzpNn"
#define CID_1      "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"
#define MOST       2048

typedef struct memory {
    size_t text, store, entries, pieces, transfers;
} memory;

static const memory plenty = {MOST, MOST, 8, 2 * MOST, 2};

/* ---- A sender whose frames are kept ---- */

static execwire_link_sender sender;
static execwire_link_execution executions[2];
static uint8_t frame_room[MOST], said[64][MOST];
static size_t said_size[64], said_count;

static void say(void *context, const void *frame, size_t size)
{
    (void)context;
    assert_true(said_count < 64 && size <= MOST);
    memcpy(said[said_count], frame, size);
    said_size[said_count++] = size;
}

static void send_alone(const execwire_state *state, size_t mtu)
{
    const execwire_link_sender_options options = {.mode = EXECWIRE_LINK_LOSSLESS,
                                                  .node = EXECWIRE_STR(NODE),
                                                  .executions = executions,
                                                  .execution_count = 2,
                                                  .frame = frame_room,
                                                  .mtu = mtu,
                                                  .emit = say};

    said_count = 0;
    assert_int_equal(execwire_link_sender_init(&sender, &options, NULL), EXECWIRE_OK);
    assert_int_equal(execwire_link_update(&sender, state, 0, NULL, NULL), EXECWIRE_OK);
}

/* ---- States that take room in all ways ---- */

static execwire_entry metadata[] = {{{"key", 3}, {"value", 5}, 0}, {{"other", 5}, {"", 0}, 0}};

static execwire_state plain_state(void)
{
    return (execwire_state){.job_id = EXECWIRE_STR(JOB),
                            .compute_reference = EXECWIRE_STR(REFERENCE),
                            .node_id = EXECWIRE_STR(NODE),
                            .has_create_time = true,
                            .create_time = {1697545688, 90286107},
                            .has_version = true,
                            .version = 1,
                            .has_state = true,
                            .state = EXECWIRE_EXECUTION_STATE_COMPLETED,
                            .has_published_results = true};
}

static execwire_state ipfs_state(execwire_str cid, execwire_str name)
{
    execwire_state state = plain_state();

    state.node_id = EXECWIRE_STR(OTHER_NODE);
    state.published_results.cid = cid;
    state.published_results.name = name;
    state.published_results.metadata = (execwire_map){metadata, 2};
    state.status = EXECWIRE_STR("done " JOB);
    return state;
}

static execwire_state s3_state(void)
{
    execwire_state state = plain_state();

    state.published_results.has_s3 = true;
    state.published_results.s3.bucket = EXECWIRE_STR("bucket");
    state.published_results.s3.region = EXECWIRE_STR("eu-west-1");
    state.published_results.s3.key = EXECWIRE_STR(JOB "/" REFERENCE "/");
    state.published_results.name = EXECWIRE_STR("s3://bucket/" JOB "/" REFERENCE "/");
    state.has_run_output = true;
    state.run_output.std_out = EXECWIRE_STR("a line of output, and the same again: "
                                            "a line of output, and the same again\n");
    return state;
}

#define STATES 3

static execwire_state state_number(unsigned i)
{
    if (i == 0)
        return ipfs_state(EXECWIRE_STR(CID_0), EXECWIRE_STR("ipfs://" CID_0));
    if (i == 1)
        return ipfs_state(EXECWIRE_STR(CID_1), EXECWIRE_STR("ipfs://" CID_1));
    return s3_state();
}

/* ---- A receiver with memory of exactly these sizes ---- */

static execwire_link_outcome hear_all(execwire_link_receiver *receiver, const memory *m,
                                      const execwire_state *state)
{
    static uint8_t expected[MOST];
    execwire_link_event event = {.outcome = EXECWIRE_LINK_PIECE};
    execwire_link_view view;
    size_t size;
    bool known;

    for (size_t i = 0; i < said_count; i++)
        assert_int_equal(execwire_link_receive(receiver, said[i], said_size[i], 0, &event, NULL),
                         EXECWIRE_OK);
    known = execwire_link_receiver_view(receiver, 0, 0, &view);
    assert_int_equal(known, event.outcome == EXECWIRE_LINK_STATE);
    assert_int_equal(event.state != NULL, known);
    assert_int_equal(receiver->peer.owed, known);
    assert_true(receiver->peer.owes_hello);
    if (!known)
        return event.outcome;
    assert_int_equal(execwire_encode(state, expected, sizeof expected, &size, NULL), EXECWIRE_OK);
    assert_true(size <= m->text && size <= m->store);
    assert_int_equal(event.message.size, size);
    assert_memory_equal(event.message.data, expected, size);
    return event.outcome;
}

static execwire_link_outcome hear_with(memory m, const execwire_state *state)
{
    execwire_link_context contexts[2];
    execwire_link_transfer transfers[2];
    execwire_link_receiver_options options = {
        .mode = EXECWIRE_LINK_TWO_WAY,
        .contexts = contexts,
        .context_count = 2,
        .store = malloc(m.store + !m.store),
        .store_capacity = m.store,
        .text = malloc(m.text + !m.text),
        .text_capacity = m.text,
        .entries = m.entries > 0 ? malloc(m.entries * sizeof(execwire_entry)) : NULL,
        .entry_capacity = m.entries,
        .transfers = transfers,
        .transfer_count = m.transfers,
        .pieces = malloc(m.pieces + !m.pieces),
        .piece_capacity = m.pieces};
    execwire_link_receiver receiver;
    execwire_link_outcome outcome;

    assert_int_equal(execwire_link_receiver_init(&receiver, &options, NULL), EXECWIRE_OK);
    outcome = hear_all(&receiver, &m, state);
    free(options.store);
    free(options.text);
    free(options.entries);
    free(options.pieces);
    return outcome;
}

/* Grows `*size`, which is one of `m`: no room, until there is. Returns the least with which there
 * is. */
static size_t least_of(const memory *m, size_t *size, size_t most, const execwire_state *state)
{
    size_t least = most + 1;

    for (*size = 0; *size <= most; ++*size) {
        execwire_link_outcome outcome = hear_with(*m, state);

        if (least <= most)
            assert_int_equal(outcome, EXECWIRE_LINK_STATE);
        else if (outcome == EXECWIRE_LINK_STATE)
            least = *size;
        else
            assert_int_equal(outcome, EXECWIRE_LINK_NO_ROOM);
    }
    assert_true(least > 0 && least <= most);
    return least;
}

static void test_every_size_of_the_text_memory(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < STATES; i++) {
        execwire_state state = state_number(i);
        memory m = plenty;

        send_alone(&state, MOST);
        (void)least_of(&m, &m.text, MOST, &state);
    }
}

static void test_every_size_of_the_store(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < STATES; i++) {
        execwire_state state = state_number(i);
        memory m = plenty;
        size_t size;

        send_alone(&state, MOST);
        assert_int_equal(execwire_encode(&state, NULL, 0, &size, NULL), EXECWIRE_OK);
        assert_int_equal(least_of(&m, &m.store, MOST, &state), size);
    }
}

static void test_every_number_of_entries(void **unused)
{
    execwire_state state = state_number(0);
    memory m = plenty;

    (void)unused;
    send_alone(&state, MOST);
    assert_int_equal(least_of(&m, &m.entries, 8, &state), 2);
}

/* Of nine bytes of a transfer's memory, eight hold the frame (src/link/receiver/assembly.c). */
static void test_every_size_of_the_memory_for_pieces(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < STATES; i++) {
        execwire_state state = state_number(i);
        memory m = plenty;
        size_t whole;

        send_alone(&state, MOST);
        whole = said_size[1];
        send_alone(&state, EXECWIRE_LINK_MIN_MTU);
        assert_in_range(least_of(&m, &m.pieces, MOST, &state), 2 * (whole * 9 / 8),
                        2 * (whole * 9 / 8 + 18));
        m.transfers = 0;
        assert_int_equal(hear_with(m, &state), EXECWIRE_LINK_NO_ROOM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_size_of_the_text_memory),
        cmocka_unit_test(test_every_size_of_the_store),
        cmocka_unit_test(test_every_number_of_entries),
        cmocka_unit_test(test_every_size_of_the_memory_for_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

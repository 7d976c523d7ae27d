/* What the link's calls refuse of their callers.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include <execwire/link.h>

static execwire_link_execution executions[1];
static execwire_link_context contexts[1];
static execwire_link_transfer transfers[1];
static char room[EXECWIRE_LINK_NODE_SIZE];

static void emit(void *context, const void *frame, size_t size)
{
    (void)context;
    (void)frame;
    (void)size;
}

static const execwire_state *recall(void *context, unsigned ref)
{
    (void)context;
    (void)ref;
    return NULL;
}

static execwire_link_sender_options good_sender(void)
{
    return (execwire_link_sender_options){.executions = executions,
                                          .execution_count = 1,
                                          .frame = room,
                                          .mtu = sizeof room,
                                          .emit = emit,
                                          .recall = recall};
}

static void assert_sender(const execwire_link_sender_options *options, execwire_code expected)
{
    execwire_link_sender sender;
    execwire_error error = {.code = EXECWIRE_OK};

    assert_int_equal(execwire_link_sender_init(&sender, options, &error), expected);
    assert_int_equal(error.code, expected);
    assert_int_equal(error.offset, 0);
}

/* Where a struct is missing there is nothing to do, to say or to wait for. */
static void test_without_a_struct(void **unused)
{
    execwire_link_view view = {.current = true, .number = 7}, nothing = {.current = false};
    uint8_t out[EXECWIRE_LINK_MIN_MTU] = {0};
    execwire_str node = EXECWIRE_STR("something");
    size_t size = 99;
    execwire_error error;

    (void)unused;
    execwire_link_restore_session(NULL, 7);
    assert_int_equal(execwire_link_session(NULL), 0);
    assert_int_equal(execwire_link_waiting(NULL), 0);
    assert_true(execwire_link_acknowledged(NULL, 0));
    assert_int_equal(execwire_link_sender_poll(NULL, 7), EXECWIRE_LINK_NEVER);
    assert_int_equal(execwire_link_feedback(NULL, out, 1, &error), EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(error.offset, 0);
    assert_int_equal(execwire_link_receive(NULL, out, 1, 0, NULL, &error), EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(error.offset, 0);
    assert_int_equal(execwire_link_update(NULL, NULL, 0, NULL, &error), EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(error.offset, 0);
    assert_int_equal(execwire_link_receiver_poll(NULL, 7, out, sizeof out, &size),
                     EXECWIRE_LINK_NEVER);
    assert_int_equal(size, 0);
    assert_false(execwire_link_hello_node(NULL, 1, room, &node));
    assert_null(node.data);
    assert_false(execwire_link_hello_node(out, sizeof out, NULL, &node));
    assert_false(execwire_link_hello_node(out, sizeof out, room, NULL));
    assert_false(execwire_link_receiver_view(NULL, 0, 7, &view));
    assert_memory_equal(&view, &nothing, sizeof view);
}

/* A number that is none has no name of another outcome. */
static void test_outcomes_that_are_none(void **unused)
{
    static const int numbers[] = {EXECWIRE_LINK_OUTCOME_COUNT, 99, -1};

    (void)unused;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        execwire_link_outcome outcome = (execwire_link_outcome)numbers[i];

        assert_string_equal(execwire_link_outcome_name(outcome), "");
        assert_string_equal(execwire_link_outcome_text(outcome), "not an outcome");
    }
    assert_string_equal(execwire_link_outcome_name(EXECWIRE_LINK_BUSY), "EXECWIRE_LINK_BUSY");
}

/* `good` with one member that is wrong. */
#define REFUSED(assert_init, member, value)                                                        \
    do {                                                                                           \
        options = good;                                                                            \
        options.member = value;                                                                    \
        assert_init(&options, EXECWIRE_ERROR_ARGUMENT);                                            \
    } while (0)

static void test_senders(void **unused)
{
    const execwire_link_timing patient = {.tries = 16}, most = {.tries = 15};
    const execwire_link_sender_options good = good_sender();
    execwire_link_sender_options options = good;
    execwire_link_sender sender;

    (void)unused;
    assert_sender(&good, EXECWIRE_OK);
    assert_sender(NULL, EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_link_sender_init(NULL, &good, NULL), EXECWIRE_ERROR_ARGUMENT);
    REFUSED(assert_sender, executions, NULL);
    REFUSED(assert_sender, execution_count, 0);
    REFUSED(assert_sender, execution_count, EXECWIRE_LINK_MAX_REFS + 1);
    REFUSED(assert_sender, frame, NULL);
    REFUSED(assert_sender, mtu, EXECWIRE_LINK_MIN_MTU - 1);
    REFUSED(assert_sender, emit, NULL);
    REFUSED(assert_sender, recall, NULL);
    REFUSED(assert_sender, word_capacity, 1);
    REFUSED(assert_sender, timing, &patient);
    options = good;
    options.words = room;
    options.word_capacity = EXECWIRE_LINK_WORDS_SIZE + 1;
    assert_sender(&options, EXECWIRE_ERROR_ARGUMENT);
    options = good;
    options.timing = &most;
    assert_sender(&options, EXECWIRE_OK);
    options.mode = EXECWIRE_LINK_LOSSLESS;
    options.recall = NULL;
    assert_sender(&options, EXECWIRE_OK);
    assert_int_equal(execwire_link_sender_init(&sender, &good, NULL), EXECWIRE_OK);
    assert_int_equal(execwire_link_update(&sender, NULL, 0, NULL, NULL), EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(
        execwire_link_update(NULL, &(execwire_state){.has_version = true}, 0, NULL, NULL),
        EXECWIRE_ERROR_ARGUMENT);
}

/* How many wait in a mode after an update of two executions, and when all tries were made. */
static void assert_waiting(execwire_link_mode mode, size_t first)
{
    execwire_link_execution two[3] = {{.number = 0}}; /* and one that is not lent */
    execwire_link_sender_options options = good_sender();
    execwire_state states[] = {{.has_state = true, .job_id = EXECWIRE_STR("a")},
                               {.has_state = true, .job_id = EXECWIRE_STR("b")}};
    execwire_link_sender sender;

    options.mode = mode;
    options.executions = two;
    options.execution_count = 2;
    assert_int_equal(execwire_link_sender_init(&sender, &options, NULL), EXECWIRE_OK);
    assert_int_equal(execwire_link_waiting(&sender), 0);
    assert_true(execwire_link_acknowledged(&sender, 0));
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(execwire_link_update(&sender, &states[i], 0, NULL, NULL), EXECWIRE_OK);
    assert_int_equal(execwire_link_waiting(&sender), first);
    for (unsigned ref = 0; ref < 2; ref++)
        assert_int_equal(execwire_link_acknowledged(&sender, ref), mode == EXECWIRE_LINK_LOSSLESS);
    two[2].number = 1;
    assert_true(execwire_link_acknowledged(&sender, 2));
    /* what cannot be recalled is not repeated */
    for (uint64_t now = 0; now < 60000; now += 1000)
        (void)execwire_link_sender_poll(&sender, now);
    assert_int_equal(execwire_link_waiting(&sender), 0);
}

static void test_waiting(void **unused)
{
    (void)unused;
    assert_waiting(EXECWIRE_LINK_TWO_WAY, 2);
    assert_waiting(EXECWIRE_LINK_ONE_WAY, 2);
    assert_waiting(EXECWIRE_LINK_LOSSLESS, 0);
}

static void assert_receiver(const execwire_link_receiver_options *options, execwire_code expected)
{
    execwire_link_receiver receiver;
    execwire_error error = {.code = EXECWIRE_OK};

    assert_int_equal(execwire_link_receiver_init(&receiver, options, &error), expected);
    assert_int_equal(error.code, expected);
    assert_int_equal(error.offset, 0);
}

/* promise: unknown-ref-is-zero */
static void test_receivers(void **unused)
{
    const execwire_link_receiver_options good = {.contexts = contexts,
                                                 .context_count = 1,
                                                 .store = room,
                                                 .store_capacity = sizeof room,
                                                 .text = room,
                                                 .text_capacity = sizeof room,
                                                 .transfers = transfers,
                                                 .transfer_count = 1,
                                                 .pieces = room,
                                                 .piece_capacity = sizeof room};
    execwire_link_receiver_options options = good;
    execwire_link_receiver receiver;

    (void)unused;
    assert_receiver(&good, EXECWIRE_OK);
    assert_receiver(NULL, EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_link_receiver_init(NULL, &good, NULL), EXECWIRE_ERROR_ARGUMENT);
    REFUSED(assert_receiver, contexts, NULL);
    REFUSED(assert_receiver, context_count, 0);
    REFUSED(assert_receiver, context_count, EXECWIRE_LINK_MAX_REFS + 1);
    REFUSED(assert_receiver, store, NULL);
    REFUSED(assert_receiver, text, NULL);
    REFUSED(assert_receiver, entry_capacity, 1);
    REFUSED(assert_receiver, transfers, NULL);
    REFUSED(assert_receiver, pieces, NULL);
    options = good;
    options.transfer_count = 0;
    options.transfers = NULL;
    options.pieces = NULL;
    assert_receiver(&options, EXECWIRE_OK);
    assert_int_equal(execwire_link_receiver_init(&receiver, &good, NULL), EXECWIRE_OK);
    assert_int_equal(execwire_link_receive(NULL, "", 0, 0, NULL, NULL), EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_link_receive(&receiver, NULL, 0, 0, NULL, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
}

/* What is due stays due. */
static void test_answers_into_too_little_room(void **unused)
{
    /* LinkFrame(session=1) with its zlib.crc32 */
    static const uint8_t hello[] = {0x7D, 0x4D, 0xBC, 0xC7, 0x12, 0xD8, 0x01, 0x01};
    const execwire_link_receiver_options options = {
        .contexts = contexts, .context_count = 1, .store = room, .text = room};
    execwire_link_receiver receiver;
    uint8_t out[EXECWIRE_LINK_MIN_MTU];
    size_t size = 1;

    (void)unused;
    assert_int_equal(execwire_link_receiver_init(&receiver, &options, NULL), EXECWIRE_OK);
    assert_int_equal(execwire_link_receive(&receiver, hello, sizeof hello, 0, NULL, NULL),
                     EXECWIRE_OK);
    assert_int_equal(execwire_link_receiver_poll(&receiver, 500, out, sizeof out - 1, &size), 500);
    assert_int_equal(size, 0);
    assert_int_equal(execwire_link_receiver_poll(&receiver, 500, out, sizeof out, &size),
                     EXECWIRE_LINK_NEVER);
    assert_int_equal(size, 6); /* LinkFrame(acks=[...]) */
    assert_memory_equal(out + 2, hello + 1, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_a_struct),
        cmocka_unit_test(test_outcomes_that_are_none),
        cmocka_unit_test(test_senders),
        cmocka_unit_test(test_waiting),
        cmocka_unit_test(test_receivers),
        cmocka_unit_test(test_answers_into_too_little_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

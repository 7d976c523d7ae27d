/* The sender's table of executions, the numbers of their states, and its words. Expected: the
 * comments of sender/executions.h, send.h and words.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/sender/executions.h"
#include "link/sender/words.h"
#include "support/link.h"
#include "support/talk.h"

#include <string.h>

/* ---- What never changes ---- */

static void test_identities(void **unused)
{
    const execwire_state state = make_state(1, 1);
    const uint32_t identity = execwire_execution_identity(&state);
    execwire_state others[4], same = make_state(9, 7);

    (void)unused;
    for (unsigned i = 0; i < 4; i++)
        others[i] = state;
    others[0].job_id = EXECWIRE_STR("other");
    others[1].compute_reference = EXECWIRE_STR("other");
    others[2].node_id = EXECWIRE_STR("other");
    others[3].create_time.nanos++;
    for (unsigned i = 0; i < 4; i++)
        assert_int_not_equal(execwire_execution_identity(&others[i]), identity);
    same.status = EXECWIRE_STR("status");
    same.has_run_output = same.has_desired_state = true;
    same.published_results.cid = EXECWIRE_STR("cid");
    assert_int_equal(execwire_execution_identity(&same), identity);
}

/* A receiver need not hear again of what is large, and the same as before. */
static void test_what_is_large(void **unused)
{
    execwire_link_execution execution = {.number = 1};
    execwire_state state = make_state(1, 1);

    (void)unused;
    for (unsigned i = 0; i < 2; i++)
        assert_false(execwire_execution_keeps_large(&execution, &state));
    assert_int_equal(execution.large_sum, 0);
    state.status = EXECWIRE_STR("status");
    assert_false(execwire_execution_keeps_large(&execution, &state));
    assert_true(execwire_execution_keeps_large(&execution, &state));
    state.published_results.cid = EXECWIRE_STR("cid");
    assert_false(execwire_execution_keeps_large(&execution, &state));
    assert_true(execwire_execution_keeps_large(&execution, &state));
    state.version = 7;
    state.state = 7;
    state.update_time.nanos++;
    state.has_desired_state = true;
    state.job_id = state.node_id = EXECWIRE_STR("other");
    assert_true(execwire_execution_keeps_large(&execution, &state));
    state.has_run_output = true;
    assert_false(execwire_execution_keeps_large(&execution, &state));
    assert_true(execwire_execution_keeps_large(&execution, &state));
    state.status = (execwire_str){NULL, 0};
    assert_false(execwire_execution_keeps_large(&execution, &state));
    assert_true(execwire_execution_keeps_large(&execution, &state));
}

/* ---- Who has a ref ---- */

/* A table whose executions are open, done with or free, and were sent so many ticks ago. */
static execwire_link_execution *choose(const char *kinds, const uint16_t *ages)
{
    talk_init(EXECWIRE_LINK_TWO_WAY);
    t.options.execution_count = strlen(kinds);
    talk_open();
    t.sender.now = 7;
    for (unsigned i = 0; i < t.options.execution_count; i++)
        t.executions[i] = (execwire_link_execution){
            .identity = i + 1,
            .number = kinds[i] != ' ',
            .flags = kinds[i] == '.' ? EXECWIRE_EXECUTION_ACKED | EXECWIRE_EXECUTION_TERMINAL : 0,
            .sent = (uint16_t)(7 - ages[i])};
    /* one that is not lent, and would be chosen */
    t.executions[t.options.execution_count] = (execwire_link_execution){.identity = 77};
    return execwire_execution_of(&t.sender, 99);
}

static void test_who_gives_way(void **unused)
{
    static const struct {
        const char *kinds; /* o: open; .: done with */
        uint16_t ages[3];
        unsigned expected, reused;
    } cases[] =
        {
            {"o  ", {9, 0, 0}, 1, 0},     {"o. ", {9, 9, 0}, 2, 0},
            {". o", {65535, 0, 0}, 1, 0}, {"o..", {65535, 0, 1}, 2, 0},
            {"o.o", {65535, 0, 0}, 1, 0}, /* what is done with, though it is the newest */
            {"...", {3, 65535, 2}, 1, 0}, {"ooo", {3, 2, 1}, 0, 1},
            {"ooo", {1, 2, 3}, 2, 1},     {"ooo", {0, 65535, 1}, 1, 1},
        };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const execwire_link_execution *chosen = choose(cases[i].kinds, cases[i].ages);
        bool was_used = cases[i].kinds[cases[i].expected] != ' ';

        assert_int_equal(execwire_execution_ref(&t.sender, chosen), cases[i].expected);
        assert_int_equal(t.sender.stats.reused, cases[i].reused);
        assert_int_equal(chosen->identity, 99);
        assert_int_equal(chosen->number, 0);
        assert_int_equal(chosen->flags, 0);
        assert_int_equal(chosen->generation, was_used);
    }
}

/* An execution keeps its ref, however long it was silent. */
static void test_who_is_found(void **unused)
{
    static const uint16_t ages[] = {65535, 65535, 5};
    const execwire_link_execution *found;

    (void)unused;
    for (uint32_t identity = 1; identity < 4; identity++) {
        (void)choose(".o ", ages);
        t.executions[2] = (execwire_link_execution){.identity = 3, .number = 5, .generation = 6};
        found = execwire_execution_of(&t.sender, identity);
        assert_int_equal(execwire_execution_ref(&t.sender, found), identity - 1);
        assert_true(found->number > 0);
    }
}

/* Terminal states that wait for their acknowledgment are open as well. */
static void test_what_is_open(void **unused)
{
    (void)unused;
    for (unsigned flags = 0; flags < 256; flags++) {
        const execwire_link_execution used = {.number = 1, .flags = (uint8_t)flags};
        const execwire_link_execution spare = {.number = 0, .flags = (uint8_t)flags};

        assert_int_equal(execwire_execution_is_open(&used), (flags & 3) != 3);
        assert_false(execwire_execution_is_open(&spare));
    }
}

/* A ref's own count has 8 bits; when it goes around, all generations grow by what it lost. */
static void test_generations(void **unused)
{
    const unsigned all = 0xFF;

    (void)unused;
    talk_begin(EXECWIRE_LINK_TWO_WAY);
    for (unsigned i = 0; i <= TALK_EXECUTIONS; i++)
        t.executions[i] = (execwire_link_execution){
            .number = 1, .generation = (uint8_t)(250 + i), .flags = (uint8_t)all};
    execwire_execution_renew(&t.sender, &t.executions[4], 9);
    assert_int_equal(t.executions[4].generation, 255);
    assert_int_equal(t.sender.generations, 0);
    execwire_execution_renew(&t.sender, &t.executions[4], 9); /* it was not used since */
    assert_int_equal(t.executions[4].generation, 255);
    t.executions[4].number = 1;
    execwire_execution_renew(&t.sender, &t.executions[4], 9);
    assert_int_equal(t.executions[4].generation, 0);
    assert_int_equal(execwire_execution_generation(&t.sender, &t.executions[4]), 256);
    assert_int_equal(execwire_execution_generation(&t.sender, &t.executions[0]), 506);
    for (unsigned i = 0; i < TALK_EXECUTIONS; i++)
        if (i != 4)
            assert_int_equal(t.executions[i].flags, all - EXECWIRE_EXECUTION_KNOWN);
    assert_int_equal(t.executions[TALK_EXECUTIONS].flags, all);
}

/* ---- Numbers ---- */

/* A state's number is its version where that grows and fits 16 bits, else the next one. */
static void test_numbers(void **unused)
{
    static const struct {
        bool has_version;
        int64_t version;
        unsigned expected;
    } steps[] = {
        {true, 0, 1},     {true, 5, 5},         {true, 5, 6},          {true, 3, 7},
        {false, 9, 8},    {true, 65536, 9},     {true, INT64_MAX, 10}, {true, -1, 11},
        {true, 12, 12},   {true, 65534, 65534}, {true, 65535, 65535},  {true, 70000, 1},
        {true, 65536, 2},
    };
    execwire_state state = make_state(1, 1);

    (void)unused;
    talk_begin(EXECWIRE_LINK_TWO_WAY);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        state.has_version = steps[i].has_version;
        state.version = steps[i].version;
        state.update_time.nanos++;
        (void)talk_update(&state);
        assert_int_equal(t.executions[0].number, steps[i].expected);
        assert_int_equal(t.executions[0].generation, steps[i].expected < 3 && i > 5);
    }
}

/* A number is said where it is not the one that link.proto has for the state. */
static void test_numbers_that_are_said(void **unused)
{
    static const unsigned usual[] = {0, 1, 2, 3, 3, 4, 4, 5, 5, 6};

    (void)unused;
    for (int mode = EXECWIRE_LINK_TWO_WAY; mode <= EXECWIRE_LINK_LOSSLESS; mode++)
        for (unsigned number = 1; number < 300; number = number < 12 ? number + 1 : 2 * number)
            for (int32_t of_state = 0; of_state < 10; of_state++) {
                const execwire_state state = make_state(number, of_state);
                execwire_frame frame;

                talk_begin((execwire_link_mode)mode);
                (void)talk_update(&state);
                frame = talk_frame(1);
                assert_int_equal(frame.number, number);
                assert_int_equal(execwire_frame_has(&frame, EXECWIRE_FRAME_NUMBER),
                                 number != usual[of_state]);
            }
}

/* An identity that was said once, and then given up, is said again. */
static void test_after_it_was_given_up(void **unused)
{
    const execwire_state first = make_state(1, 1), next = make_state(2, 1);

    (void)unused;
    talk_begin(EXECWIRE_LINK_ONE_WAY);
    (void)talk_update(&first);
    t.newest[0] = NULL;
    assert_null(execwire_execution_recall(&t.sender, &t.executions[0]));
    assert_int_equal(t.recalls, 1);
    t.count = 0;
    (void)talk_update(&next);
    assert_int_equal(talk_frame(0).kind, EXECWIRE_FRAME_KIND_IDENTITY);
    t.newest[0] = &(execwire_state){.job_id = EXECWIRE_STR("other")};
    assert_null(execwire_execution_recall(&t.sender, &t.executions[0]));
    t.newest[0] = &first;
    assert_ptr_equal(execwire_execution_recall(&t.sender, &t.executions[0]), &first);
}

/* ---- Words ---- */

/* Offers a text as a bucket, which is learned at once. */
static bool offer(execwire_str text)
{
    execwire_state state = make_state(1, 1);

    state.published_results.has_s3 = true;
    state.published_results.s3.bucket = text;
    return execwire_words_learn(&t.sender, &state);
}

static char letters[200];

static void begin_words(size_t mtu, size_t capacity)
{
    fill(letters, sizeof letters);
    talk_init(EXECWIRE_LINK_TWO_WAY);
    t.options.mtu = mtu;
    t.options.word_capacity = capacity;
    talk_open();
    memset(t.words, '~', sizeof t.words);
}

static void test_which_texts_are_words(void **unused)
{
    (void)unused;
    for (size_t size = 0; size < 120; size++) {
        const execwire_str text = {letters, size};

        begin_words(222, 512);
        assert_int_equal(offer(text), size >= 6 && size <= 96);
        assert_false(offer(text)); /* it is one, or is none */
        begin_words(100, 512);
        assert_int_equal(offer(text), size >= 6 && size <= 81); /* of 19 bytes around it */
        begin_words(222, 50);
        assert_int_equal(offer(text), size >= 6 && size <= 49);
        assert_int_equal(t.words[50], '~');
    }
}

/* They stand one after the other, each behind its size. */
static void test_words_are_kept(void **unused)
{
    size_t used = 0;

    (void)unused;
    begin_words(222, 512);
    for (unsigned i = 0; i < 40; i++) {
        const execwire_str text = {letters + i, 7 + i % 5};
        bool fits = i < EXECWIRE_LINK_MAX_WORDS;

        assert_int_equal(offer(text), fits);
        assert_int_equal(t.sender.word_count, fits ? i + 1 : EXECWIRE_LINK_MAX_WORDS);
        if (!fits)
            continue;
        assert_int_equal((uint8_t)t.words[used], text.size);
        assert_memory_equal(t.words + used + 1, text.data, text.size);
        used += 1 + text.size;
        assert_int_equal(t.sender.words_used, used);
        assert_int_equal(t.words[used], '~');
    }
}

/* Output and status are words when they come again, soon. */
static void test_texts_that_come_again(void **unused)
{
    static const size_t members[] = {offsetof(execwire_state, status),
                                     offsetof(execwire_state, run_output.std_out),
                                     offsetof(execwire_state, run_output.std_err)};

    (void)unused;
    begin_words(222, 512);
    for (unsigned i = 0; i < 180; i++) {
        execwire_state state = make_state(1, 1);
        unsigned known = t.sender.word_count;

        state.has_run_output = true;
        *(execwire_str *)(void *)((char *)&state + members[i % 3]) =
            (execwire_str){letters + i, 20};
        assert_false(execwire_words_learn(&t.sender, &state));
        if (i < 10) {
            assert_true(execwire_words_learn(&t.sender, &state));
            assert_int_equal(t.sender.word_count, known + 1);
        }
    }
    assert_ptr_equal(t.options.frame, t.frame); /* what stands behind the sender */
    assert_int_equal(t.options.mtu, 222);
    assert_ptr_equal(t.options.executions, t.executions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identities),
        cmocka_unit_test(test_what_is_large),
        cmocka_unit_test(test_who_gives_way),
        cmocka_unit_test(test_who_is_found),
        cmocka_unit_test(test_what_is_open),
        cmocka_unit_test(test_generations),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_numbers_that_are_said),
        cmocka_unit_test(test_after_it_was_given_up),
        cmocka_unit_test(test_which_texts_are_words),
        cmocka_unit_test(test_words_are_kept),
        cmocka_unit_test(test_texts_that_come_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a sender announces: itself, its epoch, its words, and which executions are open; how that
 * fits frames of every size, and when it is said again. Expected: the comments of sender/hello.h,
 * sizes by hand from proto/execwire/v1/link.proto.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/frame/update.h"
#include "link/frame/values.h"
#include "link/sender/digest.h"
#include "link/sender/executions.h"
#include "link/sender/hello.h"
#include "link/sender/timers.h"
#include "link/sender/words.h"
#include "support/link.h"
#include "support/talk.h"

#include <string.h>

#define SECOND UINT64_C(1000)
#define HOUR   (3600 * SECOND)

static execwire_frame hello_at(unsigned index)
{
    execwire_frame frame = talk_frame(index);

    assert_int_equal(frame.kind, EXECWIRE_FRAME_KIND_HELLO);
    return frame;
}

/* ---- What fits ---- */

/* Tag, size and bytes of a node, check and session are 11 bytes and the node; a salt takes 6, the
 * epoch, of 17 October 2023, 7. What does not fit is left out: the node first, then the salt. */
static void test_what_fits_a_hello(void **unused)
{
    static const char letters[] = "a-node-whose-name-is-as-long-as-the-test-wants-it-to-be-or-so";
    const execwire_state state = make_state(1, 1);

    (void)unused;
    for (size_t size = 1; size < 45; size++)
        for (unsigned salted = 0; salted < 2; salted++) {
            bool named = size + 15 <= EXECWIRE_LINK_MIN_MTU && size != 32;
            size_t base = 8 + (named ? 3 + size : 0);
            bool has_salt = salted && base + 6 <= EXECWIRE_LINK_MIN_MTU;
            bool has_epoch = base + (has_salt ? 6 : 0) + 7 <= EXECWIRE_LINK_MIN_MTU;
            execwire_frame hello;

            talk_init(EXECWIRE_LINK_TWO_WAY);
            t.options.mtu = EXECWIRE_LINK_MIN_MTU;
            t.options.node = (execwire_str){letters, size};
            t.options.salt = salted ? 0x04030201 : 0;
            talk_open();
            (void)talk_update(&state);
            hello = hello_at(0);
            assert_int_equal(hello.bytes[EXECWIRE_FRAME_NODE].size, named ? size : 0);
            assert_int_equal(execwire_frame_has(&hello, EXECWIRE_FRAME_SALT), has_salt);
            assert_int_equal(hello.value[EXECWIRE_FRAME_SALT], has_salt ? 0x04030201 : 0);
            assert_int_equal(execwire_frame_has(&hello, EXECWIRE_FRAME_EPOCH), has_epoch);
            assert_int_equal(hello.value[EXECWIRE_FRAME_EPOCH],
                             has_epoch ? 2 * UINT64_C(1697545688) : 0);
            assert_int_equal(t.size[0], base + (has_salt ? 6 : 0) + (has_epoch ? 7 : 0));
            assert_int_equal(hello.control, hello.value[EXECWIRE_FRAME_CHECK]);
            assert_int_equal(t.sender.stats.controls, 1);
        }
}

/* Adds words of these sizes to a sender that has met its receiver. */
static void add_words(const size_t *sizes, unsigned count)
{
    static char texts[32][100];
    execwire_state state = make_state(1, 1);

    (void)talk_update(&state);
    talk_acknowledge(0);
    state.has_published_results = state.published_results.has_s3 = true;
    for (unsigned i = 0; i < count; i++) {
        fill(texts[i], sizes[i]); /* which no compression makes smaller */
        texts[i][0] = (char)('A' + i);
        state.published_results.s3.bucket = (execwire_str){texts[i], sizes[i]};
        assert_true(execwire_words_learn(&t.sender, &state));
    }
    assert_int_equal(t.sender.word_count, count);
    t.count = 0;
}

/* A hello has the words that fit, and always one; the next one goes on behind them. 11 bytes are
 * kept for what goes around a word. */
static void test_what_fits_hellos_of_words(void **unused)
{
    static const size_t sizes[] = {30, 32, 9, 20, 7, 8, 12, 30, 25, 6, 6, 6};
    const unsigned count = sizeof sizes / sizeof sizes[0];

    (void)unused;
    for (size_t mtu = 51; mtu < 160; mtu++) {
        unsigned next = 0;

        talk_init(EXECWIRE_LINK_TWO_WAY);
        t.options.mtu = mtu;
        t.options.node = (execwire_str){NULL, 0};
        talk_open();
        add_words(sizes, count);
        for (unsigned index = 0; next < count; index++) {
            unsigned first = next;
            size_t size = 5 + (first > 0 ? 3 : 0);
            execwire_frame hello;
            execwire_str word;

            assert_int_equal(execwire_hello_poll(&t.sender), 0);
            hello = hello_at(index);
            assert_int_equal(execwire_frame_has(&hello, EXECWIRE_FRAME_FIRST_WORD), first > 0);
            assert_int_equal(hello.value[EXECWIRE_FRAME_FIRST_WORD], first);
            for (; next < count && (next == first || size + 11 + sizes[next] <= mtu); next++) {
                assert_true(execwire_frame_next_bytes(&hello.bytes[EXECWIRE_FRAME_WORDS], &word));
                assert_int_equal(word.size, sizes[next]);
                assert_int_equal(word.data[0], 'A' + next);
                size += 3 + sizes[next];
            }
            assert_false(execwire_frame_next_bytes(&hello.bytes[EXECWIRE_FRAME_WORDS], &word));
            assert_int_equal(t.size[index], size + 3);
            assert_int_equal(t.sender.parts_told, 1 + next);
            talk_acknowledge(index);
            assert_int_equal(t.sender.parts_known, 1 + next);
        }
        assert_int_equal(execwire_hello_poll(&t.sender), EXECWIRE_SENDER_NEVER);
    }
}

/* ---- Digests ---- */

/* Entries of 4 bytes as long as there is room for them; 16 are kept for what goes around. */
static void test_what_fits_a_digest(void **unused)
{
    (void)unused;
    for (size_t mtu = 51; mtu < 120; mtu++) {
        execwire_link_execution many[EXECWIRE_LINK_MAX_REFS + 1] = {{.number = 0}};
        unsigned most = (unsigned)(mtu - 20) / 4 + 1, ref = 0;
        uint32_t entry;

        talk_init(EXECWIRE_LINK_TWO_WAY);
        t.options.mtu = mtu;
        t.options.executions = many;
        t.options.execution_count = EXECWIRE_LINK_MAX_REFS;
        talk_open();
        for (unsigned i = 0; i <= EXECWIRE_LINK_MAX_REFS; i++)
            many[i].number = 40000;
        t.sender.now = 5000;
        assert_int_equal(execwire_digest_poll(&t.sender), 0);
        assert_int_equal(t.sender.stats.controls, t.count);
        for (unsigned i = 0; i < t.count; i++) {
            execwire_frame digest = talk_frame(i);
            unsigned count = 0;

            assert_int_equal(digest.kind, EXECWIRE_FRAME_KIND_DIGEST);
            for (; execwire_frame_next_number(&digest.bytes[EXECWIRE_FRAME_LIVE], &entry); count++)
                assert_int_equal(entry, execwire_live_of(ref++, 0, 40000));
            assert_int_equal(count, i + 1 < t.count ? most : EXECWIRE_LINK_MAX_REFS - i * most);
        }
        assert_int_equal(ref, EXECWIRE_LINK_MAX_REFS);
    }
}

/* Each ten minutes after the start, while something is open: what does not change any more is until
 * it is acknowledged. */
static void test_when_a_digest_is_due(void **unused)
{
    execwire_state state = make_state(1, 7);

    (void)unused;
    for (int mode = EXECWIRE_LINK_TWO_WAY; mode <= EXECWIRE_LINK_LOSSLESS; mode++) {
        talk_begin((execwire_link_mode)mode);
        assert_int_equal(execwire_digest_poll(&t.sender), EXECWIRE_SENDER_NEVER);
        t.now = 1000 * SECOND;
        (void)talk_update(&state);
        assert_int_equal(execwire_digest_poll(&t.sender),
                         mode == EXECWIRE_LINK_LOSSLESS ? EXECWIRE_SENDER_NEVER : 4688);
        t.sender.now = (uint16_t)(t.sender.now + 4687);
        assert_int_equal(execwire_digest_poll(&t.sender),
                         mode == EXECWIRE_LINK_LOSSLESS ? EXECWIRE_SENDER_NEVER : 1);
        talk_acknowledge(1);
        if (mode == EXECWIRE_LINK_TWO_WAY)
            assert_int_equal(execwire_digest_poll(&t.sender), EXECWIRE_SENDER_NEVER);
    }
}

/* ---- When a hello is said ---- */

/* Two-way, until it is acknowledged: after 3 s, and each time twice as long, up to 2^14 intervals.
 */
static void test_two_way(void **unused)
{
    const execwire_state state = make_state(1, 7);

    (void)unused;
    talk_init(EXECWIRE_LINK_TWO_WAY);
    t.timing = (execwire_link_timing){.urgent_ms = 1, .digest_ms = HOUR};
    talk_open();
    (void)talk_update(&state);
    talk_acknowledge(1);
    for (unsigned i = 0; i < 20; i++) {
        assert_int_equal(talk_until_said(), 128 << (i < 14 ? i : 14));
        (void)hello_at(t.count - 1);
        assert_int_equal(t.sender.hello_tries, i < 13 ? i + 2 : 15);
    }
    talk_acknowledge(t.count - 1);
    assert_int_equal(t.sender.stats.acks, 2);
    talk_acknowledge(t.count - 1); /* again, and one of nothing */
    talk_feed("c2010100");
    assert_int_equal(
        execwire_link_feedback(&t.sender, (const uint8_t[]){0x12, 4, 0, 0, 0, 0}, 6, NULL),
        EXECWIRE_OK);
    assert_int_equal(t.sender.stats.acks, 2);
    assert_int_equal(t.sender.hello_tries, 0);
}

/* An update says no hello that is due: polling does. */
static void test_an_update_says_no_hello(void **unused)
{
    const execwire_state first = make_state(1, 1), next = make_state(2, 1);

    (void)unused;
    talk_begin(EXECWIRE_LINK_TWO_WAY);
    (void)talk_update(&first);
    t.now = 10 * SECOND;
    (void)talk_update(&next);
    assert_int_equal(t.count, 3);
    assert_int_equal(talk_frame(2).kind, EXECWIRE_FRAME_KIND_DELTA);
}

/* The epoch is the first time that comes, and is said when it does. */
static void test_a_late_epoch(void **unused)
{
    execwire_state first = make_state(1, 1), next = make_state(2, 1), third = make_state(3, 1);
    execwire_frame hello;

    (void)unused;
    talk_begin(EXECWIRE_LINK_TWO_WAY);
    first.has_create_time = false;
    third.create_time.seconds++;
    (void)talk_update(&first);
    hello = hello_at(0);
    assert_false(execwire_frame_has(&hello, EXECWIRE_FRAME_EPOCH));
    talk_acknowledge(0);
    assert_int_equal(t.sender.parts_known, 1);
    t.sender.hello_tries = 5; /* as when it was said without an answer */
    (void)talk_update(&next);
    hello = hello_at(2);
    assert_int_equal(hello.value[EXECWIRE_FRAME_EPOCH], 2 * UINT64_C(1697545688));
    assert_int_equal(t.sender.parts_known, 0);
    assert_int_equal(t.sender.hello_tries, 1);
    (void)talk_update(&third);
    assert_int_equal(t.count, 5);
    assert_int_equal(t.sender.epoch, 1697545688);
}

/* A word that is learned while the hello waits for its acknowledgment is said after that, at once.
 */
static void test_a_word_while_the_hello_waits(void **unused)
{
    execwire_state state = make_state(1, 1);

    (void)unused;
    for (int mode = EXECWIRE_LINK_TWO_WAY; mode <= EXECWIRE_LINK_ONE_WAY; mode++) {
        talk_begin((execwire_link_mode)mode);
        state.published_results.has_s3 = true;
        state.published_results.s3.bucket = EXECWIRE_STR("bucket-of-results");
        (void)talk_update(&state);
        (void)hello_at(0);
        if (mode == EXECWIRE_LINK_ONE_WAY) { /* all of it, anew, before the state */
            assert_int_equal(t.count, 4);
            (void)hello_at(1);
            assert_true(hello_at(2).bytes[EXECWIRE_FRAME_WORDS].size > 0);
            continue;
        }
        assert_int_equal(t.count, 2);
        assert_int_equal(talk_frame(1).kind, EXECWIRE_FRAME_KIND_IDENTITY);
        t.now += 128;
        (void)talk_poll();
        assert_int_equal(t.count, 2);
        talk_acknowledge(0);
        (void)talk_poll();
        assert_int_equal(t.count, 3);
        assert_true(hello_at(2).bytes[EXECWIRE_FRAME_WORDS].size > 0);
        assert_int_equal(t.sender.parts_told, 2);
    }
}

/* ---- Wanted hellos ---- */

#define HELLO EXECWIRE_WANT_HELLO

/* After the first hello at once, later once in two seconds, and for the budget. */
static void test_a_wanted_hello(void **unused)
{
    const execwire_state state = make_state(1, 1);

    (void)unused;
    talk_begin(EXECWIRE_LINK_TWO_WAY);
    (void)talk_update(&state);
    t.sender.parts_known = 1;
    talk_want(HELLO);
    assert_int_equal(t.sender.stats.wants, 1);
    assert_int_equal(execwire_hello_poll(&t.sender), 0);
    assert_int_equal(t.count, 3);
    assert_int_equal(t.sender.parts_known, 0);
    assert_int_equal(t.sender.budget, 31);
    assert_int_equal(t.sender.hello_tries, 2);
    talk_want(HELLO);
    for (unsigned ticks = 0; ticks < 16; ticks++) {
        t.sender.now = (uint16_t)ticks;
        assert_int_equal(execwire_hello_poll(&t.sender), 16 - ticks);
    }
    assert_true(t.sender.hello_wanted);
    t.now = 15 * 128 + 1; /* with a tick to go it is not said */
    assert_int_equal(execwire_link_sender_poll(&t.sender, t.now), 16 * 128);
    t.sender.now = 16;
    assert_int_equal(execwire_hello_poll(&t.sender), 0);
    assert_int_equal(t.count, 4);
    assert_false(t.sender.hello_wanted);
    assert_int_equal(t.sender.budget, 31); /* of the next interval */
    talk_want(HELLO);
    t.sender.budget = 0;
    t.sender.budget_since = 20;
    t.sender.hello_tries = 1;
    t.sender.hello_sent = t.sender.now = 30;
    assert_int_equal(execwire_hello_poll(&t.sender), 6);
    t.sender.budget = 1;
    assert_int_equal(execwire_hello_poll(&t.sender), 0);
    assert_int_equal(t.sender.budget, 0);
}

/* ---- Where nothing comes back ---- */

/* One-way: five times after 1 s and then twice as long each time, then each ten minutes. */
static void test_one_way(void **unused)
{
    const execwire_state state = make_state(1, 1);

    (void)unused;
    talk_init(EXECWIRE_LINK_ONE_WAY);
    t.timing = (execwire_link_timing){.digest_ms = HOUR};
    talk_open();
    (void)talk_update(&state);
    for (unsigned i = 1; i < 8; i++) {
        uint32_t ticks = execwire_hello_poll(&t.sender);

        assert_int_equal(ticks, i < 6 ? 8u << (i - 1) : 4688);
        assert_int_equal(t.sender.parts_known, i < 6 ? 0 : 1);
        t.sender.now = (uint16_t)(t.sender.now + ticks - 1);
        assert_int_equal(execwire_hello_poll(&t.sender), 1);
        t.sender.now++;
        assert_int_equal(execwire_hello_poll(&t.sender), 0);
        assert_int_equal(t.count, 2 + i);
    }
}

/* Lossless: once, and each hour, with the states of what is open; also by an update alone. */
static void test_lossless(void **unused)
{
    execwire_state first = make_state(1, 1), done = make_state(1, 7), next = make_state(2, 1);

    (void)unused;
    for (unsigned recalled = 0; recalled < 2; recalled++) {
        talk_init(EXECWIRE_LINK_LOSSLESS);
        if (!recalled)
            t.options.recall = NULL;
        talk_open();
        next.version = 2;
        done.job_id = EXECWIRE_STR("done");
        (void)talk_update(&first);
        (void)talk_update(&done);
        t.executions[TALK_EXECUTIONS].flags = 0xFF; /* which is not lent */
        assert_int_equal(t.count, 3);
        assert_int_equal(t.sender.parts_known, 1);
        t.now = HOUR - 128;
        (void)talk_update(&next);
        assert_int_equal(t.count, 4);
        t.now = HOUR + 128;
        next.version = 3;
        (void)talk_update(&next);
        (void)hello_at(4);
        assert_int_equal(t.count, 6);
        assert_int_equal(talk_frame(5).kind, EXECWIRE_FRAME_KIND_IDENTITY);
        assert_int_equal(t.executions[1].flags & EXECWIRE_EXECUTION_KNOWN, 0);
        assert_int_equal(t.executions[1].flags & EXECWIRE_EXECUTION_WANTED, 0);
        assert_int_equal(t.executions[TALK_EXECUTIONS].flags, 0xFF);
        t.now = 3 * HOUR;
        assert_int_equal(execwire_link_sender_poll(&t.sender, t.now), t.now);
        (void)hello_at(6);
        assert_int_equal(t.executions[0].flags & EXECWIRE_EXECUTION_ACKED, 1);
        assert_int_equal(t.executions[0].flags & EXECWIRE_EXECUTION_WANTED,
                         recalled ? EXECWIRE_EXECUTION_WANTED : 0);
        (void)talk_poll();
        assert_int_equal(t.count, recalled ? 8 : 7);
        if (recalled)
            assert_int_equal(talk_frame(7).kind, EXECWIRE_FRAME_KIND_IDENTITY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_fits_a_hello),
        cmocka_unit_test(test_what_fits_hellos_of_words),
        cmocka_unit_test(test_what_fits_a_digest),
        cmocka_unit_test(test_when_a_digest_is_due),
        cmocka_unit_test(test_two_way),
        cmocka_unit_test(test_an_update_says_no_hello),
        cmocka_unit_test(test_a_late_epoch),
        cmocka_unit_test(test_a_word_while_the_hello_waits),
        cmocka_unit_test(test_a_wanted_hello),
        cmocka_unit_test(test_one_way),
        cmocka_unit_test(test_lossless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

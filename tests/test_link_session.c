/* Hellos and digests, as a receiver takes them: which session is believed, what words there are,
 * what is suspect. Frames are written field by field from proto/execwire/v1/link.proto.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/base/sink.h"
#include "link/frame/control.h"
#include "link/frame/update.h"
#include "link/receiver/owed.h"
#include "support/lent.h"
#include "wire/format.h"

#include <execwire/link.h>
#include <execwire/link_frame.h>

#include <string.h>

#define REFS 4
/* Silence after which an older session is believed, in milliseconds. */
#define SESSION_MS 120000

static struct {
    execwire_link_receiver receiver;
    execwire_link_context contexts[REFS + 1]; /* the last ones are not lent */
    execwire_link_transfer transfers[3];
    char store[256], text[256], pieces[900];
    execwire_link_event event;
    execwire_error error;
    uint64_t now;
} w;

/* A frame to be: what it says. */
typedef struct control {
    execwire_str node;    /* absent: none */
    execwire_str of_node; /* over which the check goes on, with the salt of the session */
    uint32_t salt_of_session;
    bool has_epoch;
    int64_t epoch;
    uint32_t first_word;
    const char *words[40]; /* as they are packed; up to the first NULL */
    size_t long_word;      /* in place of them: one word of so many bytes */
    const uint32_t *live;
    size_t live_count;
    uint32_t profile, session, salt;
} control;

static void put_words(execwire_sink *sink, const control *c)
{
    static char bytes[600];

    memset(bytes, 'w', sizeof bytes);
    if (c->first_word > 0)
        execwire_sink_varint_field(sink, EXECWIRE_FRAME_FIRST_WORD, c->first_word);
    if (c->long_word > 0)
        execwire_sink_bytes_field(sink, EXECWIRE_FRAME_WORDS, bytes, c->long_word);
    for (size_t i = 0; c->words[i] != NULL; i++)
        execwire_sink_bytes_field(sink, EXECWIRE_FRAME_WORDS, c->words[i], strlen(c->words[i]));
}

static void put_live(execwire_sink *sink, const control *c)
{
    execwire_sink size = {NULL, 0};

    for (size_t i = 0; i < c->live_count; i++)
        execwire_sink_varint(&size, c->live[i]);
    execwire_sink_head(sink, EXECWIRE_FRAME_LIVE, size.size);
    for (size_t i = 0; i < c->live_count; i++)
        execwire_sink_varint(sink, c->live[i]);
}

/* Takes such a frame; OUTCOME_COUNT where it is refused. */
static execwire_link_outcome hear(control c)
{
    static uint8_t frame[2048];
    execwire_buffer_sink out = execwire_sink_buffer(frame, sizeof frame);
    size_t check_at = execwire_control_put_check(&out.sink);

    if (c.node.data != NULL)
        execwire_sink_bytes_field(&out.sink, EXECWIRE_FRAME_NODE, c.node.data, c.node.size);
    if (c.has_epoch)
        execwire_sink_varint_field(&out.sink, EXECWIRE_FRAME_EPOCH, execwire_zigzag(c.epoch));
    put_words(&out.sink, &c);
    if (c.live_count > 0)
        put_live(&out.sink, &c);
    if (c.profile > 0)
        execwire_sink_varint_field(&out.sink, EXECWIRE_FRAME_PROFILE, c.profile);
    execwire_sink_varint_field(&out.sink, EXECWIRE_FRAME_SESSION, c.session);
    if (c.salt != 0) {
        execwire_sink_tag(&out.sink, EXECWIRE_FRAME_SALT, 5);
        execwire_sink_fixed32(&out.sink, c.salt);
    }
    (void)execwire_control_finish(frame, out.sink.size, check_at, c.of_node, c.salt_of_session);
    w.error = (execwire_error){.offset = 99};
    if (execwire_link_receive(&w.receiver, frame, out.sink.size, w.now, &w.event, &w.error) !=
        EXECWIRE_OK)
        return EXECWIRE_LINK_OUTCOME_COUNT;
    return w.event.outcome;
}

static void open_receiver(void)
{
    execwire_link_receiver_options options = {LENT_TO_RECEIVER(&w)};

    options.context_count = REFS;
    options.transfer_count = 2;
    memset(&w, 0, sizeof w);
    assert_int_equal(execwire_link_receiver_init(&w.receiver, &options, NULL), EXECWIRE_OK);
    w.contexts[REFS] = (execwire_link_context){.known = true, .want = true, .number = 6};
    w.transfers[2].whole = 7;
}

#define NODE EXECWIRE_STR("node")

/* A receiver in session 5. */
static void open_session(void)
{
    open_receiver();
    assert_int_equal(hear((control){.node = NODE, .session = 5}), EXECWIRE_LINK_HELLO);
}

/* ---- Which session ---- */

/* Two minutes after the last good thing of a session an older one is believed, not before. */
static void test_an_older_session(void **unused)
{
    (void)unused;
    open_receiver();
    w.now = 1000000;
    assert_int_equal(hear((control){.node = NODE, .session = 5}), EXECWIRE_LINK_HELLO);
    w.now += SESSION_MS;
    assert_int_equal(hear((control){.node = NODE, .session = 4}), EXECWIRE_LINK_OLD_SESSION);
    w.now++;
    assert_int_equal(hear((control){.of_node = NODE, .words = {"abc"}, .session = 4}),
                     EXECWIRE_LINK_OLD_SESSION); /* words of it never are */
    assert_int_equal(
        hear((control){.of_node = NODE, .live = &(uint32_t){0}, .live_count = 1, .session = 4}),
        EXECWIRE_LINK_OLD_SESSION);
    assert_int_equal(w.receiver.peer.session, 5);
    assert_int_equal(hear((control){.node = NODE, .session = 4}), EXECWIRE_LINK_HELLO);
    assert_int_equal(w.receiver.peer.session, 4);
}

/* Before its hello has come a session's digests and words say nothing, and the hello is wanted. */
static void test_a_session_without_hello(void **unused)
{
    const uint32_t live = execwire_live_of(0, 0, 3);

    (void)unused;
    for (unsigned session = 0; session < 2; session++)
        for (unsigned words = 0; words < 2; words++) {
            control c = {.of_node = NODE, .session = session == 0 ? 5 : 6};

            if (session == 0)
                open_receiver();
            else
                open_session();
            if (words)
                c.words[0] = "abc";
            else
                c.live = &live, c.live_count = 1;
            assert_int_equal(hear(c), EXECWIRE_LINK_NO_SESSION);
            assert_true(w.receiver.peer.want_hello);
            assert_false(w.contexts[0].want);
            assert_int_equal(w.receiver.peer.word_count, 0);
        }
}

/* All that was known of the session before is of an earlier one. */
static void test_what_a_new_session_changes(void **unused)
{
    (void)unused;
    open_session();
    for (unsigned i = 0; i < REFS; i++) {
        w.contexts[i] = (execwire_link_context){
            .known = i > 0, .number = 3, .newer = 9, .asks = 4, .want = true, .check = 8};
        execwire_owed_ack(&w.receiver, &w.contexts[i], 0);
    }
    w.transfers[0].whole = w.transfers[1].whole = 100;
    w.receiver.peer.want_hello = true;
    w.receiver.peer.hello_asks = 3;
    assert_int_equal(hear((control){.node = NODE, .session = 6}), EXECWIRE_LINK_HELLO);
    for (unsigned i = 0; i < REFS; i++) {
        const execwire_link_context expected = {
            .known = i > 0, .suspect = i > 0, .earlier = true, .number = 3, .check = 8};

        assert_memory_equal(&w.contexts[i], &expected, sizeof expected);
    }
    assert_int_equal(w.transfers[0].whole + w.transfers[1].whole, 0);
    assert_int_equal(w.transfers[2].whole, 7);
    assert_false(w.contexts[REFS].earlier);
    assert_int_equal(w.receiver.peer.owed, 0);
    assert_true(w.receiver.peer.owes_hello);
    assert_false(w.receiver.peer.want_hello);
    assert_int_equal(w.receiver.peer.hello_asks, 0);
}

/* A session of the same number is another one where the salt or the epoch is another; an epoch that
 * only one of two hellos has says nothing. */
static void test_the_same_number_again(void **unused)
{
    static const struct {
        control first, next;
        bool another;
    } cases[] = {
        {{.session = 5}, {.session = 5}, false},
        {{.session = 5}, {.session = 6}, true},
        {{.session = 5}, {.session = 5, .salt = 1}, true},
        {{.session = 5, .salt = 1}, {.session = 5, .salt = 1}, false},
        {{.session = 5, .salt = 1}, {.session = 5, .salt = 2}, true},
        {{.session = 5}, {.session = 5, .has_epoch = true, .epoch = 7}, false},
        {{.session = 5, .has_epoch = true, .epoch = 7}, {.session = 5}, false},
        {{.session = 5, .has_epoch = true, .epoch = 7},
         {.session = 5, .has_epoch = true, .epoch = 7},
         false},
        {{.session = 5, .has_epoch = true, .epoch = 7},
         {.session = 5, .has_epoch = true, .epoch = -7},
         true},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        open_receiver();
        assert_int_equal(hear(cases[i].first), EXECWIRE_LINK_HELLO);
        w.contexts[0] = (execwire_link_context){.known = true};
        assert_int_equal(hear(cases[i].next), EXECWIRE_LINK_HELLO);
        assert_int_equal(w.contexts[0].earlier, cases[i].another);
        assert_int_equal(w.receiver.peer.has_epoch, cases[i].next.has_epoch);
        assert_int_equal(w.receiver.peer.epoch, cases[i].next.epoch);
        assert_int_equal(w.receiver.peer.salt, cases[i].next.salt);
    }
}

/* ---- Which node ---- */

static void test_nodes(void **unused)
{
    static const char longest[] =
        "sixty-five-bytes-do-not-go-with-any-hello-and-go-with-identities-";
    static const struct {
        const char *first, *next;
    } others[] = {{"node", "nodf"}, {"node", "nod"}, {"a", "b"}, {"a", ""}, {"", "a"}};

    (void)unused;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        execwire_str first = {others[i].first, strlen(others[i].first)};
        execwire_str next = {others[i].next, strlen(others[i].next)};

        open_receiver();
        assert_int_equal(hear((control){.node = first, .session = 1}), EXECWIRE_LINK_HELLO);
        assert_int_equal(hear((control){.node = next, .session = 2}), EXECWIRE_LINK_OTHER_NODE);
        assert_int_equal(hear((control){.node = first, .session = 3}), EXECWIRE_LINK_HELLO);
        assert_int_equal(w.receiver.peer.node_size, first.size);
        assert_memory_equal(w.receiver.peer.node, first.data, first.size);
    }
    open_receiver();
    assert_int_equal(hear((control){.node = {longest, 65}, .session = 1}),
                     EXECWIRE_LINK_OTHER_NODE);
    assert_int_equal(hear((control){.node = {longest, 64}, .session = 1}), EXECWIRE_LINK_HELLO);
    assert_memory_equal(w.receiver.peer.node, longest, 64);
    open_receiver();
    assert_int_equal(hear((control){.session = 1}), EXECWIRE_LINK_HELLO);
    assert_int_equal(hear((control){.session = 2}), EXECWIRE_LINK_HELLO);
}

static void test_another_profile(void **unused)
{
    (void)unused;
    open_receiver();
    assert_int_equal(hear((control){.node = NODE, .profile = 1, .session = 5}),
                     EXECWIRE_LINK_PROFILE);
    assert_false(w.receiver.peer.has_session);
}

/* Words and digests are those of the node and the salt that the hello named; hellos of anybody. */
static void test_checks(void **unused)
{
    const uint32_t live = 0;
    control words = {.of_node = NODE, .words = {"abc"}, .session = 5, .salt_of_session = 0x1234};
    control digest = {
        .of_node = NODE, .live = &live, .live_count = 1, .session = 5, .salt_of_session = 0x1234};
    control *both[] = {&words, &digest};

    (void)unused;
    open_receiver();
    assert_int_equal(hear((control){.node = NODE, .session = 5, .salt = 0x1234}),
                     EXECWIRE_LINK_HELLO);
    for (size_t i = 0; i < 2; i++) {
        control wrong = *both[i];

        wrong.salt_of_session = 0;
        assert_int_equal(hear(wrong), EXECWIRE_LINK_OUTCOME_COUNT);
        assert_int_equal(w.error.code, EXECWIRE_ERROR_LINK_FRAME);
        assert_int_equal(w.error.offset, 0);
        wrong = *both[i];
        wrong.of_node = EXECWIRE_STR("nodf");
        assert_int_equal(hear(wrong), EXECWIRE_LINK_OUTCOME_COUNT);
        assert_int_equal(hear(*both[i]), i == 0 ? EXECWIRE_LINK_HELLO : EXECWIRE_LINK_DIGEST);
    }
    assert_int_equal(hear((control){.of_node = NODE, .session = 6}), EXECWIRE_LINK_OUTCOME_COUNT);
}

/* ---- Words ---- */

static execwire_link_outcome hear_words(uint32_t first, const char *one, const char *two)
{
    return hear((control){.of_node = NODE,
                          .first_word = first,
                          .words = {one, two},
                          .session = w.receiver.peer.session});
}

static void assert_words(unsigned count, const char *bytes, size_t size)
{
    assert_int_equal(w.receiver.peer.word_count, count);
    assert_int_equal(w.receiver.peer.words_used, size);
    assert_memory_equal(w.receiver.words, bytes, size);
}

static void test_words_come_in_order(void **unused)
{
    (void)unused;
    open_session();
    assert_int_equal(hear_words(1, "abc", NULL), EXECWIRE_LINK_NO_SESSION); /* the first lacks */
    assert_true(w.receiver.peer.want_hello);
    w.receiver.peer.want_hello = false;
    assert_int_equal(hear_words(0, "one", "three"), EXECWIRE_LINK_HELLO);
    assert_words(2, "\3one\5three", 10);
    assert_int_equal(hear_words(0, "other", "words"), EXECWIRE_LINK_HELLO); /* are there */
    assert_int_equal(hear_words(1, "again", "seven77"), EXECWIRE_LINK_HELLO);
    assert_words(3, "\3one\5three\7seven77", 18);
    assert_false(w.receiver.peer.want_hello);
    assert_int_equal(hear_words(4, "x", NULL), EXECWIRE_LINK_NO_SESSION);
    assert_true(w.receiver.peer.want_hello);
    assert_int_equal(hear((control){.node = NODE, .session = 6}), EXECWIRE_LINK_HELLO);
    assert_words(0, "", 0);
    assert_int_equal(hear_words(0, "new", NULL), EXECWIRE_LINK_HELLO);
    assert_words(1, "\3new", 4);
}

/* A word says nothing of other words. */
static void test_a_word_of_words(void **unused)
{
    (void)unused;
    open_session();
    assert_int_equal(hear_words(0, "\xFC", NULL), EXECWIRE_LINK_NO_SESSION);
    assert_int_equal(hear_words(0, "word", "\xFC"), EXECWIRE_LINK_NO_SESSION);
    assert_words(1, "\4word", 5);
}

static execwire_link_outcome hear_long(uint32_t index, size_t size)
{
    return hear((control){.of_node = NODE,
                          .first_word = index,
                          .long_word = size,
                          .session = w.receiver.peer.session});
}

/* 512 bytes, each word's size in one of them. */
static void test_words_that_fill_their_room(void **unused)
{
    (void)unused;
    for (size_t second = 0; second <= 255; second++) {
        size_t left = 255 - second;

        open_session();
        assert_int_equal(hear_long(0, 256), EXECWIRE_LINK_NO_SESSION);
        assert_int_equal(hear_long(0, 255), EXECWIRE_LINK_HELLO);
        assert_int_equal(second > 0 ? hear_long(1, second) : hear_words(1, "", NULL),
                         EXECWIRE_LINK_HELLO);
        assert_int_equal(w.receiver.peer.words_used, EXECWIRE_LINK_WORDS_SIZE - left);
        assert_int_equal(hear_long(2, left > 0 ? left : 1), EXECWIRE_LINK_NO_SESSION);
        assert_int_equal(left > 1 ? hear_long(2, left - 1) : hear_words(2, "", NULL),
                         left > 0 ? EXECWIRE_LINK_HELLO : EXECWIRE_LINK_NO_SESSION);
        assert_int_equal(hear_words(w.receiver.peer.word_count, "", NULL),
                         EXECWIRE_LINK_NO_SESSION);
        assert_words(left > 0 ? 3 : 2, w.receiver.words, EXECWIRE_LINK_WORDS_SIZE);
        assert_int_equal(w.receiver.peer.node_size, 4);
        assert_memory_equal(w.receiver.peer.node, "node", 4);
    }
}

static void test_the_most_words(void **unused)
{
    (void)unused;
    open_session();
    for (uint32_t i = 0; i < EXECWIRE_LINK_MAX_WORDS; i++)
        assert_int_equal(hear_words(i, "w", NULL), EXECWIRE_LINK_HELLO);
    assert_int_equal(hear_words(EXECWIRE_LINK_MAX_WORDS, "w", NULL), EXECWIRE_LINK_NO_SESSION);
    assert_int_equal(w.receiver.peer.word_count, EXECWIRE_LINK_MAX_WORDS);
}

/* ---- Digests ---- */

static void hear_digest(uint32_t entry)
{
    /* behind it one of a ref that there is not */
    const uint32_t live[] = {entry, execwire_live_of(REFS, 0, 9)};

    assert_int_equal(hear((control){.of_node = NODE, .live = live, .live_count = 2, .session = 5}),
                     EXECWIRE_LINK_DIGEST);
    assert_int_equal(w.contexts[REFS].newer, 0);
    assert_false(w.contexts[REFS].suspect);
}

/* What is said of an execution of which number 6 of generation 0x21 is known. */
static void test_digests(void **unused)
{
    static const struct {
        uint32_t generation, number;
        bool suspect, heard;
        uint32_t newer;
    } cases[] = {
        {0x21, 6, false, true, 0},          {0x21, 5, false, false, 0}, {0x21, 7, true, false, 7},
        {0x22, 6, true, false, UINT32_MAX}, /* another execution has the ref */
        {0x20, 6, true, false, 0},          /* a late one, as far as one knows */
        {0x11, 6, false, true, 0},          /* the low bits are the same */
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const execwire_link_context *context = &w.contexts[2];

        open_session();
        w.contexts[2] = (execwire_link_context){.known = true, .number = 6, .generation = 0x21};
        w.now = 777;
        hear_digest(execwire_live_of(2, cases[i].generation, cases[i].number));
        assert_int_equal(context->suspect, cases[i].suspect);
        assert_int_equal(context->want, cases[i].suspect);
        assert_int_equal(context->heard, cases[i].heard ? 777 : 0);
        assert_int_equal(context->newer, cases[i].newer);
    }
    open_session();
    hear_digest(execwire_live_of(1, 0, 1));
    assert_true(w.contexts[1].want);
    assert_false(w.contexts[1].suspect); /* of what is not known nothing is */
}

/* ---- Acknowledgments ---- */

static void test_hellos_are_acknowledged(void **unused)
{
    (void)unused;
    open_receiver();
    assert_int_equal(hear((control){.node = NODE, .profile = 1, .session = 5}),
                     EXECWIRE_LINK_PROFILE);
    assert_false(w.receiver.peer.owes_hello);
    assert_int_equal(hear((control){.node = NODE, .session = 5}), EXECWIRE_LINK_HELLO);
    assert_true(w.receiver.peer.owes_hello);
    w.receiver.peer.owes_hello = false;
    assert_int_equal(hear_words(1, "abc", NULL), EXECWIRE_LINK_NO_SESSION);
    assert_false(w.receiver.peer.owes_hello);
    assert_int_equal(hear_words(0, "abc", NULL), EXECWIRE_LINK_HELLO);
    assert_true(w.receiver.peer.owes_hello);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_older_session),
        cmocka_unit_test(test_a_session_without_hello),
        cmocka_unit_test(test_what_a_new_session_changes),
        cmocka_unit_test(test_the_same_number_again),
        cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_another_profile),
        cmocka_unit_test(test_checks),
        cmocka_unit_test(test_words_come_in_order),
        cmocka_unit_test(test_words_that_fill_their_room),
        cmocka_unit_test(test_the_most_words),
        cmocka_unit_test(test_a_word_of_words),
        cmocka_unit_test(test_digests),
        cmocka_unit_test(test_hellos_are_acknowledged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

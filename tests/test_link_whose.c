/* Whose hello a frame is, and a receiver that is given more room as it needs it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/ends.h"
#include "support/hex.h"
#include "support/link.h"

#include <string.h>

static ends e;

static void keep_first(void *context, const void *frame, size_t size)
{
    ends *to = context;

    if (to->count++ > 0)
        return;
    memcpy(to->last, frame, size);
    to->last_size = size;
}

/* The first frame of a sender whose states are of that node. */
static void hello_of(execwire_str node)
{
    ends_init(&e, EXECWIRE_LINK_TWO_WAY);
    e.sending.node = node;
    e.sending.emit = keep_first;
    ends_open_sender(&e, 0);
    (void)ends_update(&e, 0, 1, false);
    assert_true(e.count > 1);
}

static void expect_node(execwire_str expected)
{
    char text[EXECWIRE_LINK_NODE_SIZE];
    execwire_str node = EXECWIRE_STR("something");

    assert_true(execwire_link_hello_node(e.last, e.last_size, text, &node));
    assert_int_equal(node.size, expected.size);
    assert_true((node.data == NULL) == (expected.data == NULL));
    if (node.size > 0)
        assert_memory_equal(node.data, expected.data, expected.size);
}

static void test_names(void **unused)
{
    static const char longest[EXECWIRE_LINK_NODE_SIZE + 1] =
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    (void)unused;
    hello_of(EXECWIRE_STR("n-1"));
    expect_node(EXECWIRE_STR("n-1"));
    hello_of(EXECWIRE_STR(NODE)); /* which goes as 32 bytes */
    expect_node(EXECWIRE_STR(NODE));
    hello_of((execwire_str){longest, EXECWIRE_LINK_NODE_SIZE});
    expect_node((execwire_str){longest, EXECWIRE_LINK_NODE_SIZE});
    hello_of((execwire_str){NULL, 0});
    expect_node((execwire_str){NULL, 0});
}

static void expect_none(void)
{
    char text[EXECWIRE_LINK_NODE_SIZE];
    execwire_str node = EXECWIRE_STR("something");

    assert_false(execwire_link_hello_node(e.last, e.last_size, text, &node));
    assert_null(node.data);
    assert_int_equal(node.size, 0);
}

static void test_what_is_no_hello(void **unused)
{
    (void)unused;
    hello_of(EXECWIRE_STR("n-1"));
    for (size_t i = 0; i < 8 * e.last_size; i++) {
        e.last[i / 8] ^= (uint8_t)(1u << i % 8);
        expect_none();
        e.last[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    while (e.last_size-- > 0)
        expect_none();
    hello_of(EXECWIRE_STR("n-1"));
    e.count = 0;
    (void)ends_update(&e, 1, 1, false);
    expect_none();
}

/* Words and a digest of session 5, of no node: their checks, which are zlib.crc32, are right. */
static void test_what_names_no_node(void **unused)
{
    static const char *const frames[] = {"7da607e389aa0103616263d80105",
                                         "7d962a8f01b2010105d80105"};

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        e.last_size = from_hex(frames[i], e.last);
        expect_none();
    }
}

/* ---- Room that grows ---- */

static char room[4][4096];
static unsigned grown;

static void grow(execwire_link_receiver *receiver, size_t size)
{
    grown++;
    if (grown >= 4)
        return;
    memcpy(room[grown], receiver->options.store, receiver->peer.store_used);
    memset(receiver->options.store, 0xA5, receiver->options.store_capacity);
    receiver->options.store = room[grown];
    receiver->options.store_capacity = size;
}

static execwire_str message_of(unsigned ref)
{
    execwire_link_view view;

    assert_true(execwire_link_receiver_view(&e.receiver, ref, e.now, &view));
    return view.message;
}

static void test_store_that_grows(void **unused)
{
    char expected[256];
    size_t size;

    (void)unused;
    ends_init(&e, EXECWIRE_LINK_TWO_WAY);
    e.receiving.store = room[0];
    e.receiving.store_capacity = 1;
    e.receiving.grow = grow;
    ends_open_sender(&e, 0);
    ends_open_receiver(&e);
    for (unsigned i = 0; i < 3; i++) {
        (void)ends_update(&e, 1 + i, 1, false);
        assert_int_equal(grown, i + 1);
    }
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(execwire_encode(&e.newest[i], expected, sizeof expected, &size, NULL),
                         EXECWIRE_OK);
        assert_int_equal(message_of(i).size, size);
        assert_memory_equal(message_of(i).data, expected, size);
    }
    assert_int_equal(e.receiver.stats.forgotten, 0);
    (void)ends_update(&e, 1, 2, false); /* as large as it was: no more is asked for */
    assert_int_equal(grown, 3);
    (void)ends_update(&e, 4, 1, false); /* for which there is no more */
    assert_int_equal(grown, 4);
    assert_int_equal(e.receiver.stats.forgotten, 1);
    assert_int_equal(e.got[4], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_what_is_no_hello),
        cmocka_unit_test(test_what_names_no_node),
        cmocka_unit_test(test_store_that_grows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

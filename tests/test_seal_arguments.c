/* What the calls of sealed frames refuse of their callers.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/fails.h"
#include "support/toy_crypto.h"

#include <string.h>

static toy crypto;
static execwire_seal_node node;
static execwire_seal_peer peer;
static execwire_seal_key keys[3] = {{.id = 1}, {.id = 2}, {.id = 3}};

static bool reserve(void *context, uint32_t session)
{
    (void)context;
    return session > 0;
}

static execwire_seal_options good_options(void)
{
    return (execwire_seal_options){
        .crypto = &crypto.crypto, .name = {"node", 4}, .cid_size = 2, .tag_size = 8};
}

static void assert_init(const execwire_seal_options *options, execwire_code expected)
{
    execwire_error error = {.code = EXECWIRE_OK};

    assert_int_equal(execwire_seal_node_init(&node, options, keys, 0, reserve, NULL, &error),
                     expected);
    assert_int_equal(error.code, expected);
    assert_int_equal(error.offset, 0);
    error.code = EXECWIRE_OK;
    assert_int_equal(execwire_seal_peer_init(&peer, options, keys, 1, NULL, &error), expected);
    assert_int_equal(error.code, expected);
    assert_int_equal(error.offset, 0);
}

/* `good` with one member that is wrong. */
#define REFUSED(member, value)                                                                     \
    do {                                                                                           \
        options = good;                                                                            \
        options.member = value;                                                                    \
        assert_init(&options, EXECWIRE_ERROR_ARGUMENT);                                            \
    } while (0)

static void test_options(void **unused)
{
    static const char name[EXECWIRE_SEAL_NAME_SIZE + 1] = "long";
    const execwire_seal_options good = good_options();
    execwire_seal_options options;
    execwire_seal_crypto part;

    (void)unused;
    assert_init(&good, EXECWIRE_OK);
    assert_init(NULL, EXECWIRE_ERROR_ARGUMENT);
    REFUSED(crypto, NULL);
    REFUSED(name.data, NULL);
    REFUSED(name.size, 0);
    REFUSED(name, ((execwire_str){name, EXECWIRE_SEAL_NAME_SIZE + 1}));
    REFUSED(cid_size, 3);
    for (uint8_t size = 0; size < 20; size++)
        if (size != 4 && size != 8)
            REFUSED(tag_size, size);
    for (unsigned i = 0; i < 4; i++) {
        part = crypto.crypto;
        memset((char *)&part + i * sizeof part.derive, 0, sizeof part.derive);
        REFUSED(crypto, &part);
    }
    options = good;
    options.name = (execwire_str){name, EXECWIRE_SEAL_NAME_SIZE};
    assert_init(&options, EXECWIRE_OK);
    options.name.size = 1;
    assert_init(&options, EXECWIRE_OK);
}

static void test_keys(void **unused)
{
    const execwire_seal_options good = good_options();
    execwire_seal_key bad = {.id = 32};

    (void)unused;
    assert_int_equal(execwire_seal_node_init(NULL, &good, keys, 0, reserve, NULL, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_seal_node_init(&node, &good, NULL, 0, reserve, NULL, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_seal_node_init(&node, &good, keys, 0, NULL, NULL, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_seal_node_init(&node, &good, &bad, 0, reserve, NULL, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_seal_peer_init(NULL, &good, keys, 1, NULL, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_seal_peer_init(&peer, &good, NULL, 1, NULL, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    assert_int_equal(execwire_seal_peer_init(&peer, &good, &bad, 1, NULL, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    for (size_t count = 0; count < 4; count++)
        assert_int_equal(execwire_seal_peer_init(&peer, &good, keys, count, NULL, NULL),
                         count == 1 || count == 2 ? EXECWIRE_OK : EXECWIRE_ERROR_ARGUMENT);
    keys[1].id = keys[0].id;
    assert_int_equal(execwire_seal_peer_init(&peer, &good, keys, 2, NULL, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    keys[1].id = 32;
    assert_int_equal(execwire_seal_peer_init(&peer, &good, keys, 2, NULL, NULL),
                     EXECWIRE_ERROR_ARGUMENT);
    keys[1].id = 31;
    assert_int_equal(execwire_seal_peer_init(&peer, &good, keys, 2, NULL, NULL), EXECWIRE_OK);
    assert_int_equal(execwire_seal_peer_init(&peer, &good, keys + 1, 1, NULL, NULL), EXECWIRE_OK);
    assert_int_equal(execwire_seal_node_init(&node, &good, keys + 1, 0, reserve, NULL, NULL),
                     EXECWIRE_OK);
}

static bool reserve_there(void *context, uint32_t session)
{
    *(uint32_t *)context = session;
    return true;
}

/* A node that stored 8 begins there, and stores the first that is not reserved. */
static void test_where_sessions_are_reserved(void **unused)
{
    const execwire_seal_options good = good_options();
    uint32_t reserved = 0;
    uint8_t out[EXECWIRE_SEAL_OVERHEAD];
    size_t size;

    (void)unused;
    assert_int_equal(execwire_seal_node_init(&node, &good, keys, 8, reserve_there, &reserved, NULL),
                     EXECWIRE_OK);
    assert_int_equal(execwire_seal_node_write(&node, NULL, 0, out, sizeof out, &size, NULL),
                     EXECWIRE_OK);
    assert_int_equal(reserved, 8 + EXECWIRE_SEAL_SESSIONS);
}

#define ARGUMENT(call) FAILS(ARGUMENT, call)

/* promise: seal-nothing-to-write */
/* promise: seal-write */
/* promise: seal-open */
/* promise: seal-changes-nothing */
static void test_calls(void **unused)
{
    static uint8_t large[EXECWIRE_SEAL_MOST + 1];
    static uint8_t out[EXECWIRE_SEAL_MOST + EXECWIRE_SEAL_OVERHEAD];
    const execwire_seal_options good = good_options();
    execwire_seal_options one_way = good;
    execwire_seal_outcome outcome;
    execwire_error error;
    size_t size;

    (void)unused;
    assert_init(&good, EXECWIRE_OK);
    ARGUMENT(execwire_seal_node_write(NULL, "x", 1, out, sizeof out, &size, &error));
    ARGUMENT(execwire_seal_node_write(&node, NULL, 1, out, sizeof out, &size, &error));
    ARGUMENT(execwire_seal_node_write(&node, "x", 1, NULL, 1, &size, &error));
    ARGUMENT(execwire_seal_node_write(&node, "x", 1, out, sizeof out, NULL, &error));
    ARGUMENT(execwire_seal_node_open(NULL, "x", 1, out, sizeof out, &size, &outcome, &error));
    ARGUMENT(execwire_seal_node_open(&node, NULL, 1, out, sizeof out, &size, &outcome, &error));
    ARGUMENT(execwire_seal_node_open(&node, "x", 1, NULL, 1, &size, &outcome, &error));
    ARGUMENT(execwire_seal_node_open(&node, "x", 1, out, sizeof out, NULL, &outcome, &error));
    ARGUMENT(execwire_seal_node_open(&node, "x", 1, out, sizeof out, &size, NULL, &error));
    ARGUMENT(execwire_seal_peer_write(NULL, "x", 1, out, sizeof out, &size, &error));
    ARGUMENT(execwire_seal_peer_write(&peer, "x", 1, out, sizeof out, &size, &error));
    ARGUMENT(execwire_seal_peer_open(NULL, "x", 1, out, sizeof out, &size, &outcome, &error));
    ARGUMENT(execwire_seal_peer_open(&peer, NULL, 1, out, sizeof out, &size, &outcome, &error));
    ARGUMENT(execwire_seal_peer_open(&peer, "x", 1, NULL, 1, &size, &outcome, &error));
    ARGUMENT(execwire_seal_peer_open(&peer, "x", 1, out, sizeof out, NULL, &outcome, &error));
    ARGUMENT(execwire_seal_peer_open(&peer, "x", 1, out, sizeof out, &size, NULL, &error));
    ARGUMENT(execwire_seal_peer_challenge(NULL, out, sizeof out, &size, &error));
    ARGUMENT(execwire_seal_peer_challenge(&peer, NULL, 1, &size, &error));
    ARGUMENT(execwire_seal_peer_challenge(&peer, out, sizeof out, NULL, &error));
    one_way.one_way = true;
    assert_init(&one_way, EXECWIRE_OK);
    ARGUMENT(execwire_seal_peer_challenge(&peer, out, sizeof out, &size, &error));
    FAILS(TOO_LARGE,
          execwire_seal_node_write(&node, large, sizeof large, out, sizeof out, &size, &error));
    assert_int_equal(
        execwire_seal_node_write(&node, large, sizeof large - 1, out, sizeof out, &size, NULL),
        EXECWIRE_OK);
    assert_int_equal(
        execwire_seal_peer_open(&peer, out, size, large, sizeof large, &size, &outcome, NULL),
        EXECWIRE_OK);
    assert_int_equal(outcome, EXECWIRE_SEAL_OPENED);
    assert_int_equal(size, EXECWIRE_SEAL_MOST);
    ARGUMENT(execwire_seal_peer_write(&peer, "x", 1, out, sizeof out, &size, &error));
}

static int start(void **unused)
{
    (void)unused;
    toy_init(&crypto, 1);
    return 0;
}

static int clean(void **unused)
{
    (void)unused;
    toy_free(&crypto);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_options), cmocka_unit_test(test_keys),
                                       cmocka_unit_test(test_calls),
                                       cmocka_unit_test(test_where_sessions_are_reserved)};

    return cmocka_run_group_tests(tests, start, clean);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/pair.h"

#include <string.h>

sealed_pair pair;

static bool reserve(void *context, uint32_t session)
{
    (void)context;
    pair.stores++;
    if (!pair.store_fails)
        pair.stored = session;
    return !pair.store_fails;
}

void pair_start_node(void)
{
    assert_int_equal(execwire_seal_node_init(&pair.node, &pair.options, &pair.key, pair.stored,
                                             reserve, NULL, NULL),
                     EXECWIRE_OK);
}

void pair_start_peer(const execwire_seal_newest *newest)
{
    assert_int_equal(execwire_seal_peer_init(&pair.peer, &pair.options, &pair.key, 1, newest, NULL),
                     EXECWIRE_OK);
}

void pair_start(bool one_way, uint8_t cid_size, uint8_t tag_size)
{
    toy_free(&pair.crypto);
    toy_init(&pair.crypto, 1);
    pair.options = (execwire_seal_options){.crypto = &pair.crypto.crypto,
                                           .name = {"node-7", 6},
                                           .cid = {0xC1, 0xD2},
                                           .cid_size = cid_size,
                                           .tag_size = tag_size,
                                           .one_way = one_way};
    pair.key = (execwire_seal_key){.id = 3, .key = "sixteen bytes.."};
    pair.stored = pair.stores = 0;
    pair.store_fails = false;
    pair_start_node();
    pair_start_peer(NULL);
}

pair_frame pair_from_node(const char *frame)
{
    pair_frame s;

    assert_int_equal(execwire_seal_node_write(&pair.node, frame, strlen(frame), s.bytes,
                                              sizeof s.bytes, &s.size, NULL),
                     EXECWIRE_OK);
    return s;
}

pair_frame pair_from_peer(const char *frame)
{
    pair_frame s;

    assert_int_equal(execwire_seal_peer_write(&pair.peer, frame, strlen(frame), s.bytes,
                                              sizeof s.bytes, &s.size, NULL),
                     EXECWIRE_OK);
    return s;
}

pair_frame pair_challenge(void)
{
    pair_frame s;

    assert_int_equal(
        execwire_seal_peer_challenge(&pair.peer, s.bytes, sizeof s.bytes, &s.size, NULL),
        EXECWIRE_OK);
    return s;
}

static void assert_opened(execwire_seal_outcome outcome, const uint8_t *out, size_t size,
                          const char *expected)
{
    assert_int_equal(size, outcome == EXECWIRE_SEAL_OPENED ? strlen(expected) : 0);
    if (outcome == EXECWIRE_SEAL_OPENED)
        assert_memory_equal(out, expected, size);
}

execwire_seal_outcome pair_at_peer(const pair_frame *s, const char *expected)
{
    execwire_seal_outcome outcome;
    uint8_t out[PAIR_MOST];
    size_t size;

    assert_int_equal(execwire_seal_peer_open(&pair.peer, s->bytes, s->size, out, sizeof out, &size,
                                             &outcome, NULL),
                     EXECWIRE_OK);
    assert_opened(outcome, out, size, expected);
    return outcome;
}

execwire_seal_outcome pair_at_node(const pair_frame *s, const char *expected)
{
    execwire_seal_outcome outcome;
    uint8_t out[PAIR_MOST];
    size_t size;

    assert_int_equal(execwire_seal_node_open(&pair.node, s->bytes, s->size, out, sizeof out, &size,
                                             &outcome, NULL),
                     EXECWIRE_OK);
    assert_opened(outcome, out, size, expected);
    return outcome;
}

void pair_meet(void)
{
    pair_frame s = pair_from_node("first");

    assert_int_equal(pair_at_peer(&s, "first"), EXECWIRE_SEAL_UNPROVEN); /* it may be a recording */
    s = pair_challenge();
    assert_int_equal(pair_at_node(&s, ""), EXECWIRE_SEAL_CHALLENGED);
    s = pair_from_node("again");
    assert_int_equal(pair_at_peer(&s, "again"), EXECWIRE_SEAL_OPENED);
    s = pair_from_peer("welcome");
    assert_int_equal(pair_at_node(&s, "welcome"), EXECWIRE_SEAL_OPENED);
}

int pair_clean(void **unused)
{
    (void)unused;
    toy_free(&pair.crypto);
    return 0;
}

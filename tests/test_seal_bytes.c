/* The bytes of sealed frames as docs/sealed.md has them: what stands before what is encrypted, and
 * what keys and nonces are made of.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/hex.h"

#include "seal/bytes.h"
#include "seal/form.h"

#include <string.h>

#define SESSION 0x01020304
#define LABEL   "6578656377697265207365616C" /* "execwire seal" */
#define NAME    "6E6F64652D37"               /* "node-7" */
#define TAG     "5A5A5A5A5A5A5A5A"
#define KEY     "000102030405060708090A0B0C0D0E0F"
/* What is random, in the order in which it is asked for. */
#define FIRST  "A0A0A0A0A0A0A0A0"
#define SECOND "A1A1A1A1A1A1A1A1"
#define THIRD  "A2A2A2A2A2A2A2A2"

/* What the cryptography was given last, which encrypts nothing. */
static struct {
    uint8_t key[16], salt[16], info[128], nonce[13], random;
    size_t salt_size, info_size, size;
} given;

static execwire_seal_node node;
static execwire_seal_peer peer;
static uint8_t frame[64];
static size_t frame_size;

static bool derive(void *context, const uint8_t key[16], const uint8_t *salt, size_t salt_size,
                   const uint8_t *info, size_t info_size, uint8_t *out, size_t size)
{
    (void)context;
    assert_in_range(salt_size, 1, sizeof given.salt);
    assert_in_range(info_size, 1, sizeof given.info);
    memcpy(given.key, key, sizeof given.key);
    memcpy(given.salt, salt, given.salt_size = salt_size);
    memcpy(given.info, info, given.info_size = info_size);
    memset(out, 0, given.size = size);
    return true;
}

static bool encrypt(void *context, const uint8_t key[16], const uint8_t nonce[13],
                    const uint8_t *head, size_t head_size, const uint8_t *plain, size_t size,
                    uint8_t *out, size_t tag_size)
{
    (void)context;
    (void)key;
    (void)head;
    (void)head_size;
    memcpy(given.nonce, nonce, sizeof given.nonce);
    if (size > 0)
        memmove(out, plain, size);
    memset(out + size, 0x5A, tag_size);
    return true;
}

static bool decrypt(void *context, const uint8_t key[16], const uint8_t nonce[13],
                    const uint8_t *head, size_t head_size, const uint8_t *sealed, size_t size,
                    uint8_t *out, size_t tag_size)
{
    (void)tag_size;
    return encrypt(context, key, nonce, head, head_size, sealed, size, out, 0);
}

static bool random_bytes(void *context, uint8_t *out, size_t size)
{
    (void)context;
    memset(out, given.random++, size);
    return true;
}

static const execwire_seal_crypto crypto = {derive, encrypt, decrypt, random_bytes, NULL};

static bool reserve(void *context, uint32_t session)
{
    (void)context;
    return session > 0;
}

static void start(uint8_t tag_size)
{
    const execwire_seal_options options = {.crypto = &crypto,
                                           .name = {"node-7", 6},
                                           .cid = {0xC1, 0xD2},
                                           .cid_size = 2,
                                           .tag_size = tag_size};
    execwire_seal_key key = {.id = 3};

    from_hex(KEY, key.key);
    given.random = 0xA0;
    assert_int_equal(execwire_seal_node_init(&node, &options, &key, SESSION, reserve, NULL, NULL),
                     EXECWIRE_OK);
    assert_int_equal(execwire_seal_peer_init(&peer, &options, &key, 1, NULL, NULL), EXECWIRE_OK);
}

static void assert_hex(const void *bytes, size_t size, const char *expected)
{
    uint8_t wanted[128];

    assert_int_equal(size, from_hex(expected, wanted));
    assert_memory_equal(bytes, wanted, size);
}

static void assert_frame(const char *bytes, const char *nonce)
{
    assert_hex(frame, frame_size, bytes);
    assert_hex(given.nonce, sizeof given.nonce, nonce);
}

static void assert_derived(const char *salt, const char *info)
{
    assert_hex(given.key, sizeof given.key, KEY);
    assert_hex(given.salt, given.salt_size, salt);
    assert_hex(given.info, given.info_size, info);
    assert_int_equal(given.size, EXECWIRE_SEAL_KEY_SIZE);
}

static void node_writes(const char *text)
{
    assert_int_equal(
        execwire_seal_node_write(&node, text, strlen(text), frame, sizeof frame, &frame_size, NULL),
        EXECWIRE_OK);
}

static void peer_writes(const char *text)
{
    assert_int_equal(
        execwire_seal_peer_write(&peer, text, strlen(text), frame, sizeof frame, &frame_size, NULL),
        EXECWIRE_OK);
}

static void peer_challenges(void)
{
    assert_int_equal(execwire_seal_peer_challenge(&peer, frame, sizeof frame, &frame_size, NULL),
                     EXECWIRE_OK);
}

static execwire_seal_outcome peer_opens(void)
{
    execwire_seal_outcome outcome;
    uint8_t out[64];
    size_t size;

    assert_int_equal(
        execwire_seal_peer_open(&peer, frame, frame_size, out, sizeof out, &size, &outcome, NULL),
        EXECWIRE_OK);
    return outcome;
}

static execwire_seal_outcome node_opens(void)
{
    execwire_seal_outcome outcome;
    uint8_t out[64];
    size_t size;

    assert_int_equal(
        execwire_seal_node_open(&node, frame, frame_size, out, sizeof out, &size, &outcome, NULL),
        EXECWIRE_OK);
    return outcome;
}

/* A session begins, is challenged, and begins again with the echo. */
static void meet(void)
{
    node_writes("A");
    assert_int_equal(peer_opens(), EXECWIRE_SEAL_UNPROVEN);
    peer_challenges();
    assert_int_equal(node_opens(), EXECWIRE_SEAL_CHALLENGED);
    node_writes("A");
    assert_int_equal(peer_opens(), EXECWIRE_SEAL_OPENED);
}

static void test_session(void **unused)
{
    (void)unused;
    start(8);
    node_writes("A");
    assert_derived(FIRST, LABEL "00"
                                "08"
                                "01020304" NAME);
    assert_frame("C1D2"
                 "C3"
                 "01020304" FIRST "00000000"
                 "41" TAG,
                 "00"
                 "01020304"
                 "00000000"
                 "00000000");
    assert_int_equal(peer_opens(), EXECWIRE_SEAL_UNPROVEN);
    peer_challenges();
    assert_derived(SECOND FIRST, LABEL "02"
                                       "08"
                                       "01020304" NAME);
    assert_frame("C1D2"
                 "83" SECOND TAG,
                 "02"
                 "01020304"
                 "00000000"
                 "00000000");
    assert_int_equal(node_opens(), EXECWIRE_SEAL_CHALLENGED);
    node_writes("A");
    assert_frame("C1D2"
                 "E3"
                 "01020305" THIRD "00000000" SECOND "41" TAG,
                 "00"
                 "01020305"
                 "00000000"
                 "00000000");
    assert_int_equal(peer_opens(), EXECWIRE_SEAL_OPENED);
    assert_derived(THIRD SECOND, LABEL "01"
                                       "08"
                                       "01020305" NAME);
}

static void test_from_gateway(void **unused)
{
    (void)unused;
    start(8);
    meet();
    peer_writes("B");
    assert_frame("C1D2"
                 "C3" SECOND "00000000"
                 "42" TAG,
                 "01"
                 "01020305"
                 "00000000"
                 "00000000");
    assert_int_equal(node_opens(), EXECWIRE_SEAL_OPENED);
    peer.down.next = 0x070881;
    peer_writes("B");
    assert_frame("C1D2"
                 "01"
                 "42" TAG,
                 "01"
                 "01020305"
                 "00000000"
                 "00070881");
    peer.down.next = 0x070890;
    peer_writes("B");
    assert_frame("C1D2"
                 "C3" SECOND "00070890"
                 "42" TAG,
                 "01"
                 "01020305"
                 "00000000"
                 "00070890");
}

static void test_from_node(void **unused)
{
    (void)unused;
    start(8);
    meet();
    node.up.next = 0x070881;
    node.silent = 0;
    node.answered = true;
    node_writes("B");
    assert_frame("C1D2"
                 "01"
                 "42" TAG,
                 "00"
                 "01020305"
                 "00000000"
                 "00070881");
}

/* An echo is where the first byte says so, not wherever its bytes are: the frame begins with the
 * challenge, and is encrypted by nothing. */
static void test_no_echo(void **unused)
{
    (void)unused;
    start(8);
    node_writes("A");
    assert_int_equal(peer_opens(), EXECWIRE_SEAL_UNPROVEN);
    peer_challenges();
    node.asked = true;
    node_writes("\xA1\xA1\xA1\xA1\xA1\xA1\xA1\xA1");
    assert_frame("C1D2"
                 "C3"
                 "01020304" FIRST "00000001" SECOND TAG,
                 "00"
                 "01020304"
                 "00000000"
                 "00000001");
    assert_int_equal(peer_opens(), EXECWIRE_SEAL_UNPROVEN);
}

/* A gateway that knows nothing asks: the key is made of nothing of a session. */
static void test_question(void **unused)
{
    (void)unused;
    start(8);
    meet();
    peer_writes("B");
    assert_int_equal(node_opens(), EXECWIRE_SEAL_OPENED);
    start(8);
    peer_challenges();
    assert_derived(FIRST, LABEL "03"
                                "08"
                                "00000000" NAME);
    assert_frame("C1D2"
                 "A3" FIRST TAG,
                 "03"
                 "00000000"
                 "00000000"
                 "00000000");
}

static void test_small_tag(void **unused)
{
    (void)unused;
    start(4);
    node_writes("A");
    assert_derived(FIRST, LABEL "00"
                                "04"
                                "01020304" NAME);
    assert_frame("C1D2"
                 "C3"
                 "01020304" FIRST "00000000"
                 "41"
                 "5A5A5A5A",
                 "00"
                 "01020304"
                 "00000000"
                 "00000000");
}

static void test_numbers(void **unused)
{
    uint8_t out[] = {0xEE, 0xEE, 0xEE, 0xEE, 0xEE};

    (void)unused;
    assert_ptr_equal(execwire_put_number(out, 0x01020304), out + 4);
    assert_hex(out, sizeof out, "01020304EE");
    assert_int_equal(execwire_take_number(out), 0x01020304);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_session),   cmocka_unit_test(test_from_gateway),
        cmocka_unit_test(test_from_node), cmocka_unit_test(test_question),
        cmocka_unit_test(test_small_tag), cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_no_echo),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* How an execution's identity is packed. Expected bytes: two UUIDs one after the other, as hex
 * digits; without the two digits 4 the digit behind the first one and the one behind the second one
 * make a byte.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/model/identity.h"
#include "support/hex.h"

#define HASH     "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n"
#define HASH_RAW "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const struct {
    const char *job, *reference;
    const char *packed;
} cases[] = {
    {"00112233-4455-4f67-8899-aabbccddeeff", "e-10213243-5465-4b87-98a9-bacbdcedfe0f",
     "001122334455fb678899aabbccddeeff1021324354650f8798a9bacbdcedfe"},
    {"00112233-4455-4067-8899-aabbccddeeff", "e-10213243-5465-4587-98a9-bacbdcedfe0f",
     "00112233445505678899aabbccddeeff1021324354650f8798a9bacbdcedfe"},
    /* one of them, or both, of another version */
    {"00112233-4455-1f67-8899-aabbccddeeff", "e-10213243-5465-4b87-98a9-bacbdcedfe0f",
     "0011223344551f678899aabbccddeeff1021324354654b8798a9bacbdcedfe0f"},
    {"00112233-4455-4f67-8899-aabbccddeeff", "e-10213243-5465-5b87-98a9-bacbdcedfe0f",
     "0011223344554f678899aabbccddeeff1021324354655b8798a9bacbdcedfe0f"},
    {"00112233-4455-7f67-8899-aabbccddeeff", "e-10213243-5465-cb87-98a9-bacbdcedfe0f",
     "0011223344557f678899aabbccddeeff102132435465cb8798a9bacbdcedfe0f"},
};

/* The UUIDs themselves, 32 bytes. */
static void raw_of(size_t index, uint8_t raw[EXECWIRE_IDS_RAW])
{
    const execwire_str job = {cases[index].job, 36}, reference = {cases[index].reference, 38};

    assert_int_equal(execwire_id_read(EXECWIRE_ID_UUID, &job, raw), 16);
    assert_int_equal(execwire_id_read(EXECWIRE_ID_REFERENCE, &reference, raw + 16), 16);
}

static void test_ids_there_and_back(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const execwire_str job = {cases[i].job, 36}, reference = {cases[i].reference, 38};
        uint8_t packed[EXECWIRE_IDS_RAW], raw[EXECWIRE_IDS_RAW], expected[EXECWIRE_IDS_RAW];
        size_t size = from_hex(cases[i].packed, expected);

        assert_int_equal(execwire_identity_pack(&job, &reference, packed), size);
        assert_memory_equal(packed, expected, size);
        raw_of(i, expected);
        assert_true(execwire_identity_unpack((execwire_str){(const char *)packed, size}, raw));
        assert_memory_equal(raw, expected, sizeof raw);
    }
}

static void test_ids_that_are_none(void **unused)
{
    const execwire_str job = {cases[0].job, 36}, reference = {cases[0].reference, 38};
    uint8_t bytes[64] = {0}, raw[EXECWIRE_IDS_RAW];

    (void)unused;
    assert_int_equal(execwire_identity_pack(&reference, &reference, bytes), 0);
    assert_int_equal(execwire_identity_pack(&job, &job, bytes), 0);
    for (size_t size = 0; size < sizeof bytes; size++)
        assert_int_equal(execwire_identity_unpack((execwire_str){(const char *)bytes, size}, raw),
                         size == 31 || size == 32);
}

/* A node of 32 bytes would be taken for a hash's. */
static void test_nodes(void **unused)
{
    char node[EXECWIRE_LINK_NODE_SIZE + 2];
    uint8_t packed[EXECWIRE_LINK_NODE_SIZE], expected[EXECWIRE_HASH_RAW];

    (void)unused;
    memset(node, 'n', sizeof node);
    for (size_t size = 0; size < sizeof node; size++) {
        bool fits = size <= EXECWIRE_LINK_NODE_SIZE && size != EXECWIRE_HASH_RAW;

        assert_int_equal(execwire_identity_pack_node((execwire_str){node, size}, packed),
                         fits ? size : 0);
        if (fits)
            assert_memory_equal(packed, node, size);
    }
    assert_int_equal(execwire_identity_pack_node((execwire_str){NULL, 0}, packed), 0);
    assert_int_equal(execwire_identity_pack_node(EXECWIRE_STR(HASH), packed), EXECWIRE_HASH_RAW);
    (void)from_hex(HASH_RAW, expected);
    assert_memory_equal(packed, expected, sizeof expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_there_and_back),
        cmocka_unit_test(test_ids_that_are_none),
        cmocka_unit_test(test_nodes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

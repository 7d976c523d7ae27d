/* Identifiers as text and raw. Expected values: RFC 9562, appendix A; base58 and base32 computed
 * with Python's integers and base64.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/base/ids.h"
#include "support/hex.h"

#define EMPTY_DIGEST "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ZEROS        "0000000000000000000000000000000000000000000000000000000000000000"
#define ONES         "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static const struct {
    execwire_id id;
    const char *text;
    const char *raw;
} good[] = {
    {EXECWIRE_ID_UUID, "919108f7-52d1-4320-9bac-f847db4148a8", "919108f752d143209bacf847db4148a8"},
    {EXECWIRE_ID_UUID, "c232ab00-9414-11ec-b3c8-9f6bdeced846", "c232ab00941411ecb3c89f6bdeced846"},
    {EXECWIRE_ID_UUID, "00000000-0000-0000-0000-000000000000", "00000000000000000000000000000000"},
    {EXECWIRE_ID_UUID, "ffffffff-ffff-ffff-ffff-ffffffffffff", "ffffffffffffffffffffffffffffffff"},
    {EXECWIRE_ID_REFERENCE, "e-919108f7-52d1-4320-9bac-f847db4148a8",
     "919108f752d143209bacf847db4148a8"},
    {EXECWIRE_ID_HASH, "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n", EMPTY_DIGEST},
    {EXECWIRE_ID_HASH, "QmNLei78zWmzUdbeRB3CiUfAizWUrbeeZh5K1rhAQKCh51", ZEROS},
    {EXECWIRE_ID_HASH, "QmfZy5bvk7a3DQAjCbGNtmrPXWkyVvPrdnZMyBZ5q5ieKG", ONES},
    /* the bytes 01 70 12 20 and the digest, times 4 */
    {EXECWIRE_ID_CID1, "bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
     "05c048838ec3110a63f070526befd32265bee4909eb90791926e4d329256646de14ae154"},
    {EXECWIRE_ID_CID1, "bafybeih777777777777777777777777777777777777777777777777774",
     "05c04883fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc"},
};

static void test_there_and_back(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const execwire_str text = {good[i].text, strlen(good[i].text)};
        uint8_t raw[EXECWIRE_CID1_RAW], expected[EXECWIRE_CID1_RAW];
        char back[EXECWIRE_ID_TEXT_MAX];
        size_t size = from_hex(good[i].raw, expected);

        assert_int_equal(execwire_id_read(good[i].id, &text, raw), size);
        assert_memory_equal(raw, expected, size);
        assert_int_equal(execwire_id_write(good[i].id, expected, back), text.size);
        assert_memory_equal(back, text.data, text.size);
    }
}

static const struct {
    execwire_id id;
    const char *text;
} bad[] = {
    {EXECWIRE_ID_UUID, "919108F7-52d1-4320-9bac-f847db4148a8"}, /* lower case would come back */
    {EXECWIRE_ID_UUID, "919108f7052d1-4320-9bac-f847db4148a8"},
    {EXECWIRE_ID_UUID, "919108f7-52d1-4320-9bac0f847db4148a8"},
    {EXECWIRE_ID_UUID, "919108f7-52d1-4320-9bac-f847db4148ag"},
    {EXECWIRE_ID_UUID, "919108f-752d1-4320-9bac-f847db4148a8"},
    {EXECWIRE_ID_UUID, "919108f7-52d1-4320-9bac-f847db4148a"},
    {EXECWIRE_ID_UUID, "919108f7-52d1-4320-9bac-f847db4148a80"},
    {EXECWIRE_ID_REFERENCE, "f-919108f7-52d1-4320-9bac-f847db4148a8"},
    {EXECWIRE_ID_REFERENCE, "e_919108f7-52d1-4320-9bac-f847db4148a8"},
    {EXECWIRE_ID_REFERENCE, "e-919108f752d1-43200-9bac-f847db4148a8"},
    {EXECWIRE_ID_HASH, "QmfZy5bvk7a3DQAjCbGNtmrPXWkyVvPrdnZMyBZ5q5ieKH"}, /* after the largest */
    {EXECWIRE_ID_HASH, "QmNLei78zWmzUdbeRB3CiUfAizWUrbeeZh5K1rhAQKCh4z"}, /* before the smallest */
    {EXECWIRE_ID_HASH, "Qmzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"},
    {EXECWIRE_ID_HASH, "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"},
    {EXECWIRE_ID_HASH, "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR10"},
    {EXECWIRE_ID_HASH, "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1l"},
    /* another multibase, a digit that is none, more than 36 bytes */
    {EXECWIRE_ID_CID1, "zafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"},
    {EXECWIRE_ID_CID1, "bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyk1"},
    {EXECWIRE_ID_CID1, "biaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
};

static void test_what_is_none(void **unused)
{
    const execwire_str absent = {NULL, EXECWIRE_UUID_TEXT};
    uint8_t raw[EXECWIRE_CID1_RAW];

    (void)unused;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const execwire_str text = {bad[i].text, strlen(bad[i].text)};

        assert_int_equal(execwire_id_read(bad[i].id, &text, raw), 0);
    }
    assert_int_equal(execwire_id_read(EXECWIRE_ID_UUID, &absent, raw), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_what_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

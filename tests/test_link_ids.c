/* Identifiers as text and raw. Expected values: RFC 9562, appendix A; base58 and base32 computed
 * with Python's integers and base64.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/ids.h"
#include "support/hex.h"

static void test_uuids(void **unused)
{
    static const struct {
        const char *text;
        const char *raw;
    } cases[] = {
        {"919108f7-52d1-4320-9bac-f847db4148a8", "919108f752d143209bacf847db4148a8"},
        {"c232ab00-9414-11ec-b3c8-9f6bdeced846", "c232ab00941411ecb3c89f6bdeced846"},
        {"00000000-0000-0000-0000-000000000000", "00000000000000000000000000000000"},
        {"ffffffff-ffff-ffff-ffff-ffffffffffff", "ffffffffffffffffffffffffffffffff"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t raw[EXECWIRE_UUID_RAW], expected[EXECWIRE_UUID_RAW];
        char text[EXECWIRE_UUID_TEXT];

        from_hex(cases[i].raw, expected);
        assert_true(execwire_uuid_read(cases[i].text, raw));
        assert_memory_equal(raw, expected, sizeof raw);
        execwire_uuid_write(expected, text);
        assert_memory_equal(text, cases[i].text, sizeof text);
    }
}

static void test_what_is_no_uuid(void **unused)
{
    static const char *const cases[] = {
        "919108F7-52d1-4320-9bac-f847db4148a8", /* would come back in lower case */
        "919108f7052d1-4320-9bac-f847db4148a8", "919108f7-52d1-4320-9bac0f847db4148a8",
        "919108f7-52d1-4320-9bac-f847db4148ag", "919108f-752d1-4320-9bac-f847db4148a8",
    };
    uint8_t raw[EXECWIRE_UUID_RAW];

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_false(execwire_uuid_read(cases[i], raw));
}

static void test_hashes(void **unused)
{
    static const struct {
        const char *text;
        const char *raw;
    } cases[] = {
        {"QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n",
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"QmNLei78zWmzUdbeRB3CiUfAizWUrbeeZh5K1rhAQKCh51",
         "0000000000000000000000000000000000000000000000000000000000000000"},
        {"QmfZy5bvk7a3DQAjCbGNtmrPXWkyVvPrdnZMyBZ5q5ieKG",
         "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t raw[EXECWIRE_HASH_RAW], expected[EXECWIRE_HASH_RAW];
        char text[EXECWIRE_HASH_TEXT];

        from_hex(cases[i].raw, expected);
        assert_true(execwire_hash_read(cases[i].text, raw));
        assert_memory_equal(raw, expected, sizeof raw);
        execwire_hash_write(expected, text);
        assert_memory_equal(text, cases[i].text, sizeof text);
    }
}

static void test_what_is_no_hash(void **unused)
{
    static const char *const cases[] = {
        "QmfZy5bvk7a3DQAjCbGNtmrPXWkyVvPrdnZMyBZ5q5ieKH", /* one more than the largest */
        "QmNLei78zWmzUdbeRB3CiUfAizWUrbeeZh5K1rhAQKCh4z", /* one less than the smallest */
        "Qmzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
        "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR10",
        "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1l",
    };
    uint8_t raw[EXECWIRE_HASH_RAW];

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_false(execwire_hash_read(cases[i], raw));
}

static void test_content_identifiers(void **unused)
{
    static const struct {
        const char *text;
        const char *raw;
    } cases[] = {
        {"bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
         "01701220e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"bafybeih777777777777777777777777777777777777777777777777774",
         "01701220ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
    };
    uint8_t raw[EXECWIRE_CID1_RAW], expected[EXECWIRE_CID1_RAW];
    char text[EXECWIRE_CID1_TEXT];

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        from_hex(cases[i].raw, expected);
        assert_true(execwire_cid1_read(cases[i].text, raw));
        assert_memory_equal(raw, expected, sizeof raw);
        execwire_cid1_write(expected, text);
        assert_memory_equal(text, cases[i].text, sizeof text);
    }
    /* another multibase, a digit that is none, bits that would be lost */
    assert_false(
        execwire_cid1_read("zafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku", raw));
    assert_false(
        execwire_cid1_read("bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyk1", raw));
    assert_false(
        execwire_cid1_read("bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvykv", raw));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uuids),
        cmocka_unit_test(test_what_is_no_uuid),
        cmocka_unit_test(test_hashes),
        cmocka_unit_test(test_what_is_no_hash),
        cmocka_unit_test(test_content_identifiers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

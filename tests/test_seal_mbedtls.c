/* The cryptography of <execwire/seal_mbedtls.h> against the RFCs.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/hex.h"

#include <execwire/seal_mbedtls.h>

#include <string.h>

static bool no_random(void *context, uint8_t *out, size_t size)
{
    (void)context;
    memset(out, 0, size);
    return true;
}

/* RFC 3610, section 8, packet vectors #1 and #2: nonces of 13 bytes, tags of 8. */
static const struct {
    const char *key, *nonce, *head, *plain, *sealed;
} packets[] = {
    {"C0C1C2C3C4C5C6C7C8C9CACBCCCDCECF", "00000003020100A0A1A2A3A4A5", "0001020304050607",
     "08090A0B0C0D0E0F101112131415161718191A1B1C1D1E",
     "588C979A61C663D2F066D0C2C0F989806D5F6B61DAC38417E8D12CFDF926E0"},
    {"C0C1C2C3C4C5C6C7C8C9CACBCCCDCECF", "00000004030201A0A1A2A3A4A5", "0001020304050607",
     "08090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
     "72C91A36E135F8CF291CA894085C87E3CC15C439C9E43A3BA091D56E10400916"},
};

static void test_ccm(void **unused)
{
    const execwire_seal_crypto crypto = execwire_seal_mbedtls(no_random, NULL);

    (void)unused;
    for (size_t i = 0; i < sizeof packets / sizeof *packets; i++) {
        uint8_t key[16], nonce[13], head[8], plain[64], sealed[64], out[64];
        size_t size = from_hex(packets[i].plain, plain);

        from_hex(packets[i].key, key);
        from_hex(packets[i].nonce, nonce);
        from_hex(packets[i].head, head);
        from_hex(packets[i].sealed, sealed);
        assert_true(crypto.encrypt(NULL, key, nonce, head, sizeof head, plain, size, out, 8));
        assert_memory_equal(out, sealed, size + 8);
        assert_true(crypto.decrypt(NULL, key, nonce, head, sizeof head, sealed, size, out, 8));
        assert_memory_equal(out, plain, size);
        for (size_t bit = 0; bit < 8 * (size + 8); bit++) {
            sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_false(crypto.decrypt(NULL, key, nonce, head, sizeof head, sealed, size, out, 8));
            sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
}

/* The cases of RFC 5869 have longer keys than ours: this one is of Python's hmac and hashlib, as
 * sections 2.2 and 2.3 have it. */
static void test_hkdf(void **unused)
{
    const execwire_seal_crypto crypto = execwire_seal_mbedtls(no_random, NULL);
    uint8_t key[16], salt[13], info[10], expected[42], out[42];

    (void)unused;
    from_hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", key);
    from_hex("000102030405060708090a0b0c", salt);
    from_hex("f0f1f2f3f4f5f6f7f8f9", info);
    from_hex("29a1f3fcce13d16b71893a6397d03142e75fcbfc9f"
             "c9f07d22bcab4a11bdab7cd56ccce387ca2a0feba8",
             expected);
    assert_true(crypto.derive(NULL, key, salt, sizeof salt, info, sizeof info, out, sizeof out));
    assert_memory_equal(out, expected, sizeof out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ccm), cmocka_unit_test(test_hkdf)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

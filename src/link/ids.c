/* SPDX-License-Identifier: Apache-2.0 */
#include "link/ids.h"

#include <string.h>

static int digit_of(const char *alphabet, char c)
{
    for (int i = 0; alphabet[i] != '\0'; i++)
        if (alphabet[i] == c)
            return i;
    return -1;
}

/* ---- UUID ---- */

static const char hex[] = "0123456789abcdef";

/* Whether a hyphen stands before byte `i`. */
static bool hyphen_before(size_t i)
{
    return i == 4 || i == 6 || i == 8 || i == 10;
}

bool execwire_uuid_read(const char *text, uint8_t raw[EXECWIRE_UUID_RAW])
{
    for (size_t i = 0; i < EXECWIRE_UUID_RAW; i++) {
        int high, low;

        if (hyphen_before(i) && *text++ != '-')
            return false;
        high = digit_of(hex, *text++);
        if (high < 0)
            return false;
        low = digit_of(hex, *text++);
        if (low < 0)
            return false;
        raw[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

void execwire_uuid_write(const uint8_t raw[EXECWIRE_UUID_RAW], char text[EXECWIRE_UUID_TEXT])
{
    for (size_t i = 0; i < EXECWIRE_UUID_RAW; i++) {
        if (hyphen_before(i))
            *text++ = '-';
        *text++ = hex[raw[i] >> 4];
        *text++ = hex[raw[i] & 15];
    }
}

/* ---- Base58 (the Bitcoin alphabet) of a multihash: 0x12 = SHA-256, 0x20 = 32 bytes ---- */

static const char base58[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

#define MULTIHASH_SIZE (2 + EXECWIRE_HASH_RAW)

/* number = number * factor + carry. Returns what does not fit. */
static unsigned multiply_add(uint8_t number[MULTIHASH_SIZE], unsigned factor, unsigned carry)
{
    for (size_t i = MULTIHASH_SIZE; i-- > 0;) {
        carry += number[i] * factor;
        number[i] = (uint8_t)carry;
        carry >>= 8;
    }
    return carry;
}

bool execwire_hash_read(const char *text, uint8_t raw[EXECWIRE_HASH_RAW])
{
    uint8_t number[MULTIHASH_SIZE] = {0};

    for (size_t i = 0; i < EXECWIRE_HASH_TEXT; i++) {
        int digit = digit_of(base58, text[i]);

        if (digit < 0 || multiply_add(number, 58, (unsigned)digit) != 0)
            return false;
    }
    if (number[0] != 0x12 || number[1] != 0x20)
        return false;
    memcpy(raw, number + 2, EXECWIRE_HASH_RAW);
    return true;
}

void execwire_hash_write(const uint8_t raw[EXECWIRE_HASH_RAW], char text[EXECWIRE_HASH_TEXT])
{
    uint8_t number[MULTIHASH_SIZE] = {0x12, 0x20};

    memcpy(number + 2, raw, EXECWIRE_HASH_RAW);
    for (size_t digit = EXECWIRE_HASH_TEXT; digit-- > 0;) {
        unsigned remainder = 0;

        for (size_t i = 0; i < MULTIHASH_SIZE; i++) {
            remainder = remainder << 8 | number[i];
            number[i] = (uint8_t)(remainder / 58);
            remainder %= 58;
        }
        text[digit] = base58[remainder];
    }
}

/* ---- Base32 (RFC 4648, section 6, lower case) after multibase's "b" ---- */

static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";

bool execwire_cid1_read(const char *text, uint8_t raw[EXECWIRE_CID1_RAW])
{
    unsigned bits = 0, count = 0;
    size_t size = 0;

    if (text[0] != 'b')
        return false;
    for (size_t i = 1; i < EXECWIRE_CID1_TEXT; i++) {
        int digit = digit_of(base32, text[i]);

        if (digit < 0)
            return false;
        bits = (bits << 5 | (unsigned)digit) & 0x1FFF;
        count += 5;
        if (count >= 8) {
            count -= 8;
            raw[size++] = (uint8_t)(bits >> count);
        }
    }
    return (bits & 3) == 0; /* 58 digits have 2 bits more than 36 bytes */
}

void execwire_cid1_write(const uint8_t raw[EXECWIRE_CID1_RAW], char text[EXECWIRE_CID1_TEXT])
{
    *text++ = 'b';
    for (size_t bit = 0; bit < (size_t)8 * EXECWIRE_CID1_RAW; bit += 5) {
        size_t i = bit / 8;
        unsigned pair = (unsigned)raw[i] << 8 | (i + 1 < EXECWIRE_CID1_RAW ? raw[i + 1] : 0u);

        *text++ = base32[pair >> (11 - bit % 8) & 31];
    }
}

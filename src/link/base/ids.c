/* SPDX-License-Identifier: Apache-2.0 */
#include "link/base/ids.h"

#include <string.h>

static const char hex[] = "0123456789abcdef";
static const char base58[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";

/* A bit for each place of a UUID where a hyphen is. There is none after the 32nd. */
#define HYPHENS  0x842100u
#define HEX_BASE 16
/* What a multihash begins with: SHA-256, 32 bytes. */
#define MULTIHASH 0x1220

static const struct form {
    const char *digits;
    uint16_t top; /* what is in the number before the raw bytes */
    uint8_t base;
    uint8_t text_size;
    uint8_t raw_size;
    uint8_t prefix_size; /* bytes before the digits */
    uint8_t begin_size;
    char begin[2]; /* of the text */
} forms[] = {
    [EXECWIRE_ID_UUID] = {hex, 0, HEX_BASE, EXECWIRE_UUID_TEXT, EXECWIRE_UUID_RAW, 0, 0, ""},
    [EXECWIRE_ID_HASH] =
        {base58, MULTIHASH, 58, EXECWIRE_HASH_TEXT, EXECWIRE_HASH_RAW, 0, 2, {'Q', 'm'}},
    [EXECWIRE_ID_REFERENCE] =
        {hex, 0, HEX_BASE, EXECWIRE_REFERENCE_TEXT, EXECWIRE_UUID_RAW, 2, 2, {'e', '-'}},
    [EXECWIRE_ID_CID1] = {base32, 0, 32, EXECWIRE_CID1_TEXT, EXECWIRE_CID1_RAW, 1, 1, {'b'}},
};

static bool is_hyphen(const struct form *form, size_t place)
{
    return form->base == HEX_BASE && (HYPHENS >> (place - form->prefix_size) % 32 & 1) != 0;
}

static unsigned digit_of(const struct form *form, char c)
{
    unsigned digit = 0;

    while (digit < form->base && form->digits[digit] != c)
        digit++;
    return digit;
}

/* number = number * factor + carry. Returns what does not fit. */
static unsigned multiply_add(uint8_t *number, size_t size, unsigned factor, unsigned carry)
{
    while (size-- > 0) {
        carry += number[size] * factor;
        number[size] = (uint8_t)carry;
        carry >>= 8;
    }
    return carry;
}

size_t execwire_id_read(execwire_id id, const execwire_str *text, uint8_t *raw)
{
    const struct form *form = &forms[id];
    unsigned top = 0;

    if (text->data == NULL || text->size != form->text_size ||
        memcmp(text->data, form->begin, form->begin_size) != 0)
        return 0;
    memset(raw, 0, form->raw_size);
    for (size_t place = form->prefix_size; place < form->text_size; place++) {
        unsigned digit = digit_of(form, text->data[place]);

        if (is_hyphen(form, place) && text->data[place] == '-')
            continue;
        if (is_hyphen(form, place) || digit == form->base)
            return 0;
        top = top * form->base + multiply_add(raw, form->raw_size, form->base, digit);
    }
    return top == form->top ? form->raw_size : 0;
}

/* Divides the number by the base. Returns the remainder. */
static unsigned divide_by_base(const struct form *form, unsigned *top, uint8_t *number)
{
    unsigned remainder = *top % form->base;

    *top /= form->base;
    for (size_t i = 0; i < form->raw_size; i++) {
        remainder = remainder << 8 | number[i];
        number[i] = (uint8_t)(remainder / form->base);
        remainder %= form->base;
    }
    return remainder;
}

size_t execwire_id_write(execwire_id id, const uint8_t *raw, char *text)
{
    const struct form *form = &forms[id];
    unsigned top = form->top;
    uint8_t number[EXECWIRE_CID1_RAW];

    memcpy(number, raw, form->raw_size);
    for (size_t place = form->text_size; place-- > form->prefix_size;)
        text[place] =
            is_hyphen(form, place) ? '-' : form->digits[divide_by_base(form, &top, number)];
    memcpy(text, form->begin, form->prefix_size);
    return form->text_size;
}

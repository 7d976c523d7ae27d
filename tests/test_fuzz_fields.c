/* What mutations make of a message: each kind of them, how often, and where. All chances come from
 * one seed, so that counts are the same in each run.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/mutations.h"

#include <string.h>

#define ROUNDS 400000
#define MOST   80 /* fields of a message here */

/* ---- Chances ---- */

/* Knuth's MMIX generator, its upper 31 bits; by Python's integers. */
static void test_chances(void **unused)
{
    static const size_t below[] = {2, 10, 256, (size_t)1 << 31, SIZE_MAX, 7, 1, 1000};
    static const size_t expected[] = {0, 3, 204, 822192870, 1708211034, 1, 0, 902};
    execwire_fuzz_chance chance;

    (void)unused;
    execwire_fuzz_start(&chance, 1, NULL);
    for (size_t i = 0; i < sizeof below / sizeof *below; i++)
        assert_int_equal(execwire_fuzz_below(&chance, below[i]), expected[i]);
}

/* This share of all. */
#define CHECK_SHARE(count, all, share) check_share(#count, count, (all) * (double)(share))

/* ---- A message, taken apart ---- */

typedef struct piece {
    size_t start, size;
    unsigned number, type;
    uint64_t tag;
    uint64_t value; /* of a varint, or the size of bytes */
    size_t content; /* where bytes begin */
} piece;

static uint64_t varint(const uint8_t *data, size_t *at)
{
    uint64_t value = 0;

    for (unsigned shift = 0;; shift += 7) {
        value |= (uint64_t)(data[*at] & 0x7F) << shift;
        if (data[(*at)++] < 0x80)
            return value;
    }
}

static size_t pieces_of(const uint8_t *data, size_t size, piece pieces[MOST])
{
    static const uint8_t sizes[] = {0, 8, 0, 0, 0, 4};
    size_t count = 0, at = 0;

    for (; at < size; count++) {
        piece *p = &pieces[count];

        assert_true(count < MOST);
        *p = (piece){.start = at};
        p->tag = varint(data, &at);
        p->number = (unsigned)(p->tag >> 3);
        p->type = p->tag & 7;
        assert_true(p->type < 6);
        if (p->type == 0 || p->type == 2)
            p->value = varint(data, &at);
        p->content = at;
        at += p->type == 2 ? (size_t)p->value : sizes[p->type];
        p->size = at - p->start;
    }
    assert_int_equal(at, size);
    return count;
}

static bool same(const uint8_t *left, const piece *p, const uint8_t *right, const piece *q)
{
    return p->size == q->size && memcmp(left + p->start, right + q->start, p->size) == 0;
}

/* ---- What becomes of fields ---- */

/* One of each type, in order, and two more: 3 is a varint, 7 bytes, 9 has 8 bytes, 12 is a group,
 * 20 has 4 bytes. */
static const uint8_t first[] = {3 << 3,      0xAC, 2, 7 << 3 | 2, 3, 'a', 'b', 'c', 9 << 3 | 1,
                                1,           2,    3, 4,          5, 6,   7,   8,   12 << 3 | 3,
                                12 << 3 | 4, 0xA5, 1, 9,          8, 7,   6};
#define FIELDS 6

typedef struct counts {
    unsigned all, nothing, in, twice, copies[FIELDS], in_front, gone[FIELDS], changed[FIELDS];
    unsigned bits32[32], bits64[64], near[11], flipped[64], marked;
} counts;

static void count_bits(unsigned *bits, const uint8_t *before, const uint8_t *after, unsigned size)
{
    unsigned changed = 0;

    for (unsigned i = 0; i < 8 * size; i++)
        if (((before[i / 8] ^ after[i / 8]) >> i % 8 & 1) != 0) {
            bits[i]++;
            changed++;
        }
    assert_int_equal(changed, 1);
}

static void count_number(counts *c, uint64_t before, uint64_t after)
{
    uint64_t delta = after - before + 5, flipped = after ^ before;

    if (delta < 11)
        c->near[delta]++;
    if ((flipped & (flipped - 1)) == 0)
        c->flipped[__builtin_ctzll(flipped)]++;
}

/* The value of this field is another. */
static void count_change(counts *c, size_t i, const uint8_t *data, const piece *p)
{
    c->changed[i]++;
    if (p->type == 0)
        count_number(c, 300, p->value);
    else if (p->type == 1)
        count_bits(c->bits64, first + 9, data + p->content, 8);
    else if (p->type == 5)
        count_bits(c->bits32, first + 21, data + p->content, 4);
    else
        c->marked += p->type == 2 && p->value == 3 && memcmp(data + p->content, "Xbc", 3) == 0;
}

/* One that came: a copy that stands in front of any other, or a new one that stands in order. */
static void count_more(counts *c, const uint8_t *data, const piece *now, size_t i,
                       const piece *before)
{
    for (size_t k = i; k < FIELDS; k++)
        assert_true(same(data, &now[k + 1], first, &before[k]));
    for (size_t k = 0; k < FIELDS; k++)
        if (same(data, &now[i], first, &before[k])) {
            assert_true(i < FIELDS || k == FIELDS - 1);
            c->copies[k]++;
            c->twice++;
            c->in_front += i == 0;
            return;
        }
    c->in++;
    assert_true(i == 0 || before[i - 1].tag <= now[i].tag);
    assert_true(i == FIELDS || before[i].tag > now[i].tag);
}

static void count_one(counts *c, const uint8_t *data, size_t size)
{
    piece before[MOST], now[MOST];
    size_t count = pieces_of(data, size, now), i = 0;

    assert_int_equal(pieces_of(first, sizeof first, before), FIELDS);
    assert_in_range(count, FIELDS - 1, FIELDS + 1);
    c->all++;
    while (i < FIELDS && i < count && same(data, &now[i], first, &before[i]))
        i++;
    if (count > FIELDS) {
        count_more(c, data, now, i, before);
        return;
    }
    if (count < FIELDS)
        c->gone[i]++;
    else if (i == FIELDS)
        c->nothing++;
    else
        count_change(c, i, data, &now[i]);
    for (; i + 1 < FIELDS; i++) /* those behind are the same */
        assert_true(same(data, &now[count < FIELDS ? i : i + 1], first, &before[i + 1]));
}

static const counts *counted(void)
{
    static counts c;
    execwire_fuzz_chance chance;

    execwire_fuzz_start(&chance, 1, NULL);
    chance.bytes = mark;
    while (c.all < ROUNDS) {
        uint8_t data[ROOM];
        execwire_fuzz_buffer message = {data, sizeof first, ROOM};

        memcpy(data, first, sizeof first);
        execwire_fuzz_fields(&chance, &message);
        count_one(&c, data, message.size);
    }
    return &c;
}

/* promise: fuzz-mutate-lengths */
static void test_fields_go_come_and_come_twice(void **unused)
{
    const counts *c = counted();

    (void)unused;
    CHECK_SHARE(c->in, ROUNDS, 1.0 / 8);
    CHECK_SHARE(c->twice, ROUNDS, 1.0 / 8);
    /* the first in front of the second looks as if it were in front of itself */
    CHECK_SHARE(c->in_front, ROUNDS, 1.0 / 8 / FIELDS * (FIELDS - 1) / FIELDS);
    for (size_t i = 0; i < FIELDS; i++) {
        CHECK_SHARE(c->gone[i], ROUNDS, 1.0 / 8 / FIELDS);
        CHECK_SHARE(c->copies[i], ROUNDS, 1.0 / 8 / FIELDS);
    }
}

/* promise: fuzz-mutate-lengths */
static void test_values_change(void **unused)
{
    const counts *c = counted();
    double each = ROUNDS * 5.0 / 8 / FIELDS;

    (void)unused;
    CHECK_SHARE(c->nothing, each, 2 + 1.0 / 4 / 9);
    CHECK_SHARE(c->changed[0], each, 1 - 1.0 / 4 / 9);
    CHECK_SHARE(c->changed[1], each, 1);
    CHECK_SHARE(c->marked, each, 1.0 / 2);
    CHECK_SHARE(c->changed[2], each, 1);
    CHECK_SHARE(c->changed[3] + c->changed[4], each, 0); /* groups have none */
    CHECK_SHARE(c->changed[5], each, 1);
    for (size_t i = 0; i < 64; i++)
        CHECK_SHARE(c->bits64[i], each, 1.0 / 64);
    for (size_t i = 0; i < 32; i++)
        CHECK_SHARE(c->bits32[i], each, 1.0 / 32);
}

/* Of 300, where 1, 2 and -4 more are another bit as well. */
static void test_numbers_change_a_little(void **unused)
{
    const counts *c = counted();
    double each = ROUNDS * 5.0 / 8 / FIELDS / 4;

    (void)unused;
    for (unsigned i = 1; i < 10; i++)
        if (i != 5)
            CHECK_SHARE(c->near[i], each, 1.0 / 9 + (i == 6 || i == 7 || i == 1 ? 1.0 / 64 : 0));
    assert_true(c->near[0] < 10 && c->near[10] < 10); /* by chance */
    assert_true(c->near[6] > c->near[4] + each / 128);
    assert_true(c->near[7] > c->near[3] + each / 128);
    assert_true(c->near[1] > c->near[9] + each / 128);
    for (unsigned i = 0; i < 64; i++)
        CHECK_SHARE(c->flipped[i], each, 1.0 / 64 + (i < 3 ? 1.0 / 9 : 0));
}

/* ---- A field that comes ---- */

typedef struct arrivals {
    unsigned all, numbers[33], types[6], sizes[10], bytes[256];
    unsigned small[16], bits[64], below[64], other, widths[64], ones[64], least;
} arrivals;

static void count_value(arrivals *c, uint64_t value)
{
    c->least += value < 16;
    if (value < 16)
        c->small[value]++;
    else if ((value & (value - 1)) == 0)
        c->bits[__builtin_ctzll(value)]++;
    else if ((value & (value + 1)) == 0)
        c->below[value == UINT64_MAX ? 63 : __builtin_ctzll(value + 1)]++;
    else {
        c->other++;
        c->widths[63 - __builtin_clzll(value)]++;
        for (unsigned i = 0; i < 64; i++)
            c->ones[i] += (value >> i & 1) != 0;
    }
}

/* In a message of no fields, of which any byte may be there: it stands in front of them. */
static void count_arrival(execwire_fuzz_chance *chance, arrivals *c)
{
    uint8_t data[ROOM] = {0x0F};
    execwire_fuzz_buffer message = {data, c->all % 2, ROOM};
    piece p[MOST];

    execwire_fuzz_fields(chance, &message);
    if (c->all % 2 != 0)
        assert_int_equal(data[--message.size], 0x0F);
    assert_int_equal(pieces_of(data, message.size, p), 1);
    c->all++;
    assert_in_range(p->number, 1, 31);
    c->numbers[p->number]++;
    c->types[p->type]++;
    if (p->type == 0) {
        count_value(c, p->value);
        return;
    }
    if (p->type == 2) {
        assert_in_range(p->value, 0, 8);
        c->sizes[p->value]++;
    }
    for (size_t i = p->content; i < message.size; i++)
        c->bytes[data[i]]++;
}

static const arrivals *arrived(void)
{
    static arrivals c;
    execwire_fuzz_chance chance;

    execwire_fuzz_start(&chance, 2, NULL);
    while (c.all < ROUNDS)
        count_arrival(&chance, &c);
    return &c;
}

static void test_fields_that_come(void **unused)
{
    const arrivals *c = arrived();
    double bytes = ROUNDS / 6.0 * (2 * 4 + 4 + 8);

    (void)unused;
    for (unsigned i = 1; i <= 31; i++)
        CHECK_SHARE(c->numbers[i], ROUNDS, 1.0 / 31);
    CHECK_SHARE(c->types[0], ROUNDS, 2.0 / 6);
    CHECK_SHARE(c->types[1], ROUNDS, 1.0 / 6);
    CHECK_SHARE(c->types[2], ROUNDS, 2.0 / 6);
    CHECK_SHARE(c->types[5], ROUNDS, 1.0 / 6);
    for (unsigned i = 0; i <= 8; i++)
        CHECK_SHARE(c->sizes[i], ROUNDS / 3, 1.0 / 9);
    for (unsigned i = 0; i < 256; i++)
        CHECK_SHARE(c->bytes[i], bytes, 1.0 / 256);
}

/* A quarter each: below 16, a power of two, one less, and any of so many bits. */
static void test_numbers_that_come(void **unused)
{
    const arrivals *c = arrived();
    double each = ROUNDS / 3.0 / 4;

    (void)unused;
    for (unsigned i = 4; i < 64; i++)
        CHECK_SHARE(c->bits[i], each, 1.0 / 64);
    for (unsigned i = 5; i < 64; i++)
        CHECK_SHARE(c->below[i], each, 1.0 / 64);
    /* also as powers, as one less, and as what is left by a power */
    CHECK_SHARE(c->small[0], each, 1.0 / 16 + (1 + 2) / 64.0);
    CHECK_SHARE(c->small[1], each, 1.0 / 16 + (2 + 1) / 64.0);
    for (unsigned i = 2; i < 16; i++)
        assert_true(c->small[i] > each / 16 * 0.9);
    for (unsigned i = 5; i < 62; i++)
        assert_true(c->widths[i] > 0);
    for (unsigned i = 0; i < 62; i++)
        assert_true(c->ones[i] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chances),
        cmocka_unit_test(test_fields_go_come_and_come_twice),
        cmocka_unit_test(test_values_change),
        cmocka_unit_test(test_numbers_change_a_little),
        cmocka_unit_test(test_fields_that_come),
        cmocka_unit_test(test_numbers_that_come),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

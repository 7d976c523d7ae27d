/* Where mutations end: at what is no field, where there is no room, in what is too deep; and those
 * of bytes that are just bytes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/mutations.h"

#include <string.h>

/* Bytes that would be others if they were moved. */
static void fill(uint8_t data[ROOM])
{
    for (unsigned i = 0; i < ROOM; i++)
        data[i] = (uint8_t)i;
}

/* Mutates these bytes as a message, where there are so many more; none behind these is another. */
static execwire_fuzz_buffer mutated(execwire_fuzz_chance *chance, uint8_t data[ROOM],
                                    const void *bytes, size_t size, size_t more)
{
    execwire_fuzz_buffer message = {data, size, size + more};

    fill(data);
    memcpy(data, bytes, size);
    execwire_fuzz_fields(chance, &message);
    assert_true(message.size <= message.capacity);
    for (size_t i = message.capacity; i < ROOM; i++)
        assert_int_equal(data[i], i & 0xFF);
    return message;
}

/* ---- What is no field, and what has no room ---- */

/* Mutates these bytes as a message so often, and says of which of them, up to 64, any was another
 * or not where it was. */
static uint64_t touched(const void *bytes, size_t size, size_t capacity)
{
    execwire_fuzz_chance chance;
    uint64_t places = 0;

    execwire_fuzz_start(&chance, 3, NULL);
    chance.bytes = mark;
    for (unsigned round = 0; round < 4000; round++) {
        uint8_t data[ROOM];
        execwire_fuzz_buffer message = {data, size, capacity};

        memcpy(data, bytes, size);
        execwire_fuzz_fields(&chance, &message);
        assert_true(message.size <= capacity);
        for (size_t i = 0; i < size && message.size == size; i++)
            places |= (uint64_t)(memcmp(data + i, (const uint8_t *)bytes + i, 1) != 0) << i;
    }
    return places;
}

#define TOUCHED(bytes) touched(bytes, sizeof(bytes) - 1, sizeof(bytes) - 1)

/* Behind what is no field nothing changes, nor does what would be one if it were whole. */
static void test_what_is_no_field(void **unused)
{
    (void)unused;
    assert_int_equal(TOUCHED("\x0D...."), 0x1E);
    assert_int_equal(TOUCHED("\x0D..."), 0);
    assert_int_equal(TOUCHED("\x09........"), 0x1FE);
    assert_int_equal(TOUCHED("\x09......."), 0);
    assert_int_equal(TOUCHED("\x0A\3..."), 0x04);
    assert_int_equal(TOUCHED("\x0A\4..."), 0);
    assert_int_equal(TOUCHED("\x0A\x80"), 0);
    assert_int_equal(TOUCHED("\x08\x80"), 0);
    assert_int_equal(TOUCHED("\x80"), 0);
    assert_int_equal(TOUCHED("\x0B\x0C\x0D...."), 0x78);
    assert_int_equal(TOUCHED("\x0E\x0D...."), 0);
    assert_int_equal(TOUCHED("\x0F\x0D...."), 0);
    assert_int_equal(TOUCHED("\x0D....\x80"), 0x1E);
    assert_int_equal(TOUCHED("\x0D....\x0F\x0D...."), 0x1E);
}

/* A field of four bytes, which goes, comes twice, or has another come in front of it or behind it,
 * where there is room; what is no field stays behind. */
static void test_room_for_fields(void **unused)
{
    static const uint8_t bytes[] = {0x7D, 1, 2, 3, 4, 0x0F, 0xFF};
    unsigned gone = 0, twice = 0, in_front = 0, behind = 0;
    execwire_fuzz_chance chance;

    (void)unused;
    execwire_fuzz_start(&chance, 4, NULL);
    for (unsigned round = 0; round < 20000; round++) {
        uint8_t data[ROOM];
        execwire_fuzz_buffer message = mutated(&chance, data, bytes, sizeof bytes, round % 7);

        assert_memory_equal(data + message.size - 2, bytes + 5, 2);
        gone += message.size == 2;
        if (message.size <= sizeof bytes)
            continue;
        if (message.size == sizeof bytes + 5 && memcmp(data + 5, bytes, 5) == 0 &&
            memcmp(data, bytes, 5) == 0)
            twice += message.capacity == sizeof bytes + 5;
        else if (memcmp(data, bytes, 5) == 0)
            behind += message.size == message.capacity;
        else if (memcmp(data + message.size - 7, bytes, 5) == 0)
            in_front += message.size == message.capacity;
        else
            fail_msg("neither in front nor behind");
    }
    assert_true(gone > 1000 && twice > 50 && in_front > 50 && behind > 50);
}

/* As many fields as are looked at, and one more. */
static void test_many_fields(void **unused)
{
    uint8_t bytes[64 + 1][2];
    unsigned last = 0;
    execwire_fuzz_chance chance;

    (void)unused;
    execwire_fuzz_start(&chance, 5, NULL);
    for (unsigned i = 0; i < 65; i++)
        bytes[i][0] = 8, bytes[i][1] = (uint8_t)(i + 1);
    for (unsigned round = 0; round < 20000; round++) {
        uint8_t data[ROOM];
        execwire_fuzz_buffer message = mutated(&chance, data, bytes, sizeof bytes, round % 4);

        assert_memory_equal(data + message.size - 2, bytes[64], 2);
        last += message.size < sizeof bytes && memcmp(data + message.size - 4, bytes[62], 2) == 0;
    }
    assert_true(last > 10);
}

/* ---- Messages in each other ---- */

/* How many are one field that is a message, from the outermost on. */
static unsigned levels_of(const uint8_t *data, size_t size)
{
    unsigned levels = 0;

    for (size_t at = 0; at + 2 <= size && data[at] == 0x0A && at + 2 + data[at + 1] == size;
         at += 2)
        levels++;
    return levels;
}

/* Eight of them, behind a length or as they are: so many times each level was found changed. */
static void count_levels(unsigned levels[9], bool prefixed)
{
    execwire_fuzz_chance chance;

    execwire_fuzz_start(&chance, 6, NULL);
    chance.bytes = mark;
    for (unsigned round = 0; round < 40000; round++) {
        uint8_t data[ROOM] = {16, 10, 14, 10, 12, 10, 10, 10, 8, 10, 6, 10, 4, 10, 2, 10, 0};
        execwire_fuzz_buffer whole = {data, 17, 17}, inner = {data + 1, 16, 16};

        if (prefixed)
            execwire_fuzz_prefixed(&chance, &whole, 0, 17);
        else
            execwire_fuzz_fields(&chance, &inner);
        levels[levels_of(data + 1, prefixed ? whole.size - 1 : inner.size)]++;
    }
}

/* Five messages are taken apart, the one behind the length included; what is in the fifth is
 * bytes. */
static void test_depth(void **unused)
{
    (void)unused;
    for (unsigned prefixed = 0; prefixed < 2; prefixed++) {
        unsigned levels[9] = {0};

        count_levels(levels, prefixed != 0);
        for (unsigned i = 0; i < 8; i++)
            assert_int_equal(levels[i] > 50, i <= 5 - prefixed);
        assert_true(levels[8] > 50);
    }
}

static size_t told_size, told_capacity;
static unsigned told;

static size_t tell(execwire_fuzz_chance *c, uint8_t *data, size_t size, size_t capacity)
{
    (void)c;
    told_size = size;
    told_capacity = capacity;
    if (capacity > size)
        data[size++] = '+';
    return size;
}

/* What is mutated as bytes may grow by what room there is, but for five bytes of its length; what
 * stands behind it stays there. */
/* promise: fuzz-mutate-lengths */
static void test_room_for_content(void **unused)
{
    (void)unused;
    for (size_t content = 0; content < 4; content++)
        for (size_t room = 0; room < 9; room++) {
            size_t most = content + (room > 5 ? room - 5 : 0);
            execwire_fuzz_chance chance;

            execwire_fuzz_start(&chance, 7, NULL);
            chance.bytes = tell;
            told = 0;
            for (unsigned round = 0; round < 40; round++) {
                uint8_t data[ROOM] = "<\0aaa";
                execwire_fuzz_buffer b = {data, content + 4, content + 4 + room};

                data[1] = (uint8_t)content;
                memcpy(data + 2 + content, ">!", 2);
                told_capacity = SIZE_MAX;
                execwire_fuzz_prefixed(&chance, &b, 1, 2 + content);
                assert_int_equal(b.data[0], '<');
                assert_int_equal(data[1], b.size - 4);
                assert_memory_equal(data + b.size - 2, ">!", 2);
                if (told_capacity == SIZE_MAX)
                    continue;
                told++;
                assert_int_equal(told_size, content);
                assert_int_equal(told_capacity, most);
                assert_int_equal(b.size, content + 4 + (most > content));
            }
            assert_int_equal(told > 0, most > 0);
        }
}

/* ---- Bytes ---- */

/* promise: fuzz-mutate-keeps-to-its-memory */
static void test_splicing(void **unused)
{
    char data[] = "abcdef....";
    execwire_fuzz_buffer b = {(uint8_t *)data, 6, 8};

    (void)unused;
    assert_true(execwire_fuzz_splice(&b, 1, 2, "XYZ", 3));
    assert_int_equal(b.size, 7);
    assert_string_equal(data, "aXYZdef...");
    assert_false(execwire_fuzz_splice(&b, 7, 0, "12", 2));
    assert_false(execwire_fuzz_splice(&b, 0, 1, "123", 3));
    assert_int_equal(b.size, 7);
    assert_string_equal(data, "aXYZdef...");
    assert_true(execwire_fuzz_splice(&b, 0, 1, "12", 2));
    assert_string_equal(data, "12XYZdef..");
    assert_true(execwire_fuzz_splice(&b, 7, 1, "F", 1));
    assert_string_equal(data, "12XYZdeF..");
    assert_true(execwire_fuzz_splice(&b, 1, 5, NULL, 0));
    assert_int_equal(b.size, 3);
    assert_memory_equal(data, "1eF", 3);
    assert_string_equal(data + 8, ".."); /* beyond the capacity */
}

/* Of three bytes: one comes, goes, is another, or has another bit. */
typedef struct changes {
    unsigned all, nothing, came[4], gone, another[3], bit[8], values[256];
} changes;

static void count_change(changes *c, const uint8_t *now, size_t size)
{
    static const uint8_t before[] = "pqr";
    size_t i = 0;

    assert_in_range(size, 2, 4);
    c->all++;
    while (i < 3 && i < size && now[i] == before[i])
        i++;
    if (size == 3 && i == 3) {
        c->nothing++;
    } else if (size == 2) {
        c->gone++;
        assert_memory_equal(now + i, before + i + 1, 2 - i);
    } else if (size == 4) {
        c->came[i]++;
        c->values[now[i]]++;
        assert_memory_equal(now + i + 1, before + i, 3 - i);
    } else {
        unsigned flipped = now[i] ^ before[i];

        c->another[i]++;
        if ((flipped & (flipped - 1)) == 0)
            c->bit[__builtin_ctz(flipped)]++;
        assert_memory_equal(now + i + 1, before + i + 1, 2 - i);
    }
}

/* A quarter each, everywhere alike. */
static void test_own_mutations_of_bytes(void **unused)
{
    changes c = {0};
    execwire_fuzz_chance chance;

    (void)unused;
    execwire_fuzz_start(&chance, 8, NULL);
    while (c.all < 100000) {
        uint8_t data[4] = "pqr";

        count_change(&c, data, chance.bytes(&chance, data, 3, sizeof data));
    }
    check_share("nothing", c.nothing, 25000.0 / 256);
    check_share("gone", c.gone, 25000);
    for (unsigned i = 0; i < 4; i++)
        check_share("came", c.came[i], 25000.0 / 4);
    for (unsigned i = 0; i < 3; i++)
        check_share("another", c.another[i], 25000.0 / 3 * (2 - 1.0 / 256));
    for (unsigned i = 0; i < 8; i++)
        check_share("bit", c.bit[i], 25000.0 / 8 + 25000.0 / 256);
    for (unsigned i = 0; i < 256; i++)
        check_share("value", c.values[i], 25000.0 / 256);
}

/* promise: fuzz-mutate-keeps-to-its-memory */
static void test_own_mutations_without_room(void **unused)
{
    execwire_fuzz_chance chance;
    unsigned same = 0;

    (void)unused;
    execwire_fuzz_start(&chance, 9, NULL);
    for (unsigned round = 0; round < 10000; round++) {
        uint8_t data[2] = "p-";
        size_t size = chance.bytes(&chance, data, 1, 1);

        assert_in_range(size, 0, 1);
        assert_int_equal(data[1], '-');
        same += size == 1 && data[0] == 'p';
    }
    check_share("same", same, 2500 + 2500.0 / 256);
}

static size_t end_with_mark(uint8_t *data, size_t size, size_t capacity)
{
    assert_true(size < capacity);
    data[size] = 0xFF;
    return size + 1;
}

static void test_half_of_messages_are_mutated_as_bytes(void **unused)
{
    execwire_fuzz_chance chance;
    unsigned marked = 0;

    (void)unused;
    execwire_fuzz_start(&chance, 10, end_with_mark);
    for (unsigned round = 0; round < 100000; round++) {
        uint8_t data[64] = {8, 1};
        size_t size = execwire_fuzz_message(&chance, data, 2, sizeof data);

        marked += size == 3 && data[2] == 0xFF;
    }
    check_share("marked", marked, 50000);
}

static void test_a_byte_alone_is_mutated(void **unused)
{
    unsigned changed = 0;

    (void)unused;
    for (unsigned seed = 0; seed < 100; seed++) {
        uint8_t data[1] = {0xFF};

        changed += execwire_fuzz_mutate(data, 1, 1, seed, NULL) == 0 || data[0] != 0xFF;
    }
    assert_true(changed > 10);
}

/* promise: fuzz-mutate-repeats */
static void test_a_seed_is_where_chances_come_from(void **unused)
{
    (void)unused;
    for (unsigned seed = 0; seed < 100; seed++) {
        execwire_fuzz_chance chance;
        uint8_t one[64] = {8, 1}, other[64] = {8, 1};
        size_t size;

        execwire_fuzz_start(&chance, seed, end_with_mark);
        size = execwire_fuzz_message(&chance, one, 2, sizeof one);
        assert_int_equal(execwire_fuzz_mutate(other, 2, sizeof other, seed, end_with_mark), size);
        assert_memory_equal(one, other, sizeof one);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_no_field),
        cmocka_unit_test(test_room_for_fields),
        cmocka_unit_test(test_many_fields),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_room_for_content),
        cmocka_unit_test(test_splicing),
        cmocka_unit_test(test_own_mutations_of_bytes),
        cmocka_unit_test(test_own_mutations_without_room),
        cmocka_unit_test(test_half_of_messages_are_mutated_as_bytes),
        cmocka_unit_test(test_a_byte_alone_is_mutated),
        cmocka_unit_test(test_a_seed_is_where_chances_come_from),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

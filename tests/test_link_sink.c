/* Where bytes go. Expected values: protobuf's encoding, by hand; CRC-32's check value.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/base/sink.h"

#include <string.h>

/* What put_all puts: a byte, the number 300, 0x04030201, fields 16, 1 and 2, and no bytes. */
static const uint8_t all[] = {0x61, 0xAC, 0x02, 1,   2,   3,   4,   0x80, 1,
                              0x7F, 0x0A, 3,    'a', 'b', 'c', 'd', 0x12, 0x00};

static void put_all(execwire_sink *sink)
{
    execwire_sink_byte(sink, 0x61);
    execwire_sink_varint(sink, 300);
    execwire_sink_fixed32(sink, 0x04030201);
    execwire_sink_varint_field(sink, 16, 0x7F);
    execwire_sink_bytes_field(sink, 1, "abc", 3);
    execwire_sink_put(sink, "d", 1);
    execwire_sink_bytes_field(sink, 2, NULL, 0);
}

/* Each size of memory gets what fits it, and no byte behind it; what does not fit is counted. */
static void test_every_capacity(void **unused)
{
    (void)unused;
    for (size_t capacity = 0; capacity <= sizeof all + 2; capacity++) {
        uint8_t out[sizeof all + 8];
        execwire_buffer_sink sink = execwire_sink_buffer(out, capacity);

        memset(out, 0xEE, sizeof out);
        put_all(&sink.sink);
        assert_int_equal(sink.sink.size, sizeof all);
        for (size_t i = 0; i < sizeof out; i++)
            if (i >= capacity)
                assert_int_equal(out[i], 0xEE);
        if (capacity >= sizeof all)
            assert_memory_equal(out, all, sizeof all);
    }
}

/* A piece that does not fit is left out as a whole, and what comes behind it as well. */
static void test_a_piece_that_does_not_fit(void **unused)
{
    uint8_t out[8] = {0};
    execwire_buffer_sink sink = execwire_sink_buffer(out, 4);

    (void)unused;
    execwire_sink_put(&sink.sink, "abc", 3);
    execwire_sink_put(&sink.sink, "de", 2);
    execwire_sink_put(&sink.sink, "f", 1);
    assert_int_equal(sink.sink.size, 6);
    assert_memory_equal(out, "abc\0\0\0\0", 8);
}

static void test_counting(void **unused)
{
    execwire_sink sink = {NULL, 0};

    (void)unused;
    put_all(&sink);
    assert_int_equal(sink.size, sizeof all);
}

static void test_a_checksum(void **unused)
{
    execwire_crc_sink sink = execwire_sink_crc(0);

    (void)unused;
    assert_int_equal(sink.crc, 0);
    assert_int_equal(sink.sink.size, 0);
    execwire_sink_put(&sink.sink, "12345", 5);
    execwire_sink_put(&sink.sink, NULL, 0);
    execwire_sink_put(&sink.sink, "6789", 4);
    assert_int_equal(sink.crc, 0xCBF43926);
    assert_int_equal(sink.sink.size, 9);
}

static void test_varints(void **unused)
{
    static const struct {
        uint64_t value;
        size_t size;
        uint8_t bytes[10];
    } cases[] = {
        {0, 1, {0}},
        {0x7F, 1, {0x7F}},
        {0x80, 2, {0x80, 1}},
        {0x3FFF, 2, {0xFF, 0x7F}},
        {0x4000, 3, {0x80, 0x80, 1}},
        {UINT64_MAX, 10, {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1}},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t out[10];
        execwire_buffer_sink sink = execwire_sink_buffer(out, sizeof out);

        execwire_sink_varint(&sink.sink, cases[i].value);
        assert_int_equal(sink.sink.size, cases[i].size);
        assert_memory_equal(out, cases[i].bytes, cases[i].size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_capacity), cmocka_unit_test(test_a_piece_that_does_not_fit),
        cmocka_unit_test(test_counting),       cmocka_unit_test(test_a_checksum),
        cmocka_unit_test(test_varints),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

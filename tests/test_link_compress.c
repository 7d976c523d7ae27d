/* Compressed texts. Expected bytes, and checks of many: a second implementation of the same
 * arithmetic, in Python (tests/support/link_compress.py).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "base/crc32.h"
#include "link/model/coder.h"
#include "link/model/compress.h"
#include "support/hex.h"
#include "support/random_state.h"

/* Nothing is kept in it from one text to the next. */
static execwire_link_packing memory;

static void test_known_texts(void **unused)
{
    static const struct {
        const char *text;
        const char *compressed;
    } cases[] = {
        {"hello world\n", "28cdbce3091751"},
        {"ERROR: disk full on /dev/sda1 (97% used)\n",
         "97f0dc197da22b7a41544aa1259ea0bf80d6450ae35ebe61f332"},
        {"愚园路 ████▏ 73%\r", "fe29cb7367206de86bd616dfb51a3c1c22a15276222c4ba2"},
        {"", ""},
        {".\nm.\nm", "de07e929"},  /* the first place in the text votes */
        {"ebaebaeba", "17e8dfbf"}, /* and the first one in the sample */
        {"bbbbaabaaabaaaabbabaaabbaaabbbaabbbbababbbbbabba",
         "0881fc2b9d2a13d9e2c891516ffb28"}, /* 1700 is sure */
        {"\xbf\x12\xd1\x01\x3f\x15\x36\x0e\xfb\xcc\x1f\x11\xc2\x3e\xca\x32\x0b\xc1\x11\x37"
         "\x10\xe2\x25\xf1\xee\x04\x25\x2c\x0a\x04\xd3\x02\x28\x28\x05\x2d\xf1\x38\x1b\xe9"
         "\xc4\x09\x25\xe4\x40\xf1\xc1\xbf\x01\x01\xe9\xc0\x31",
         "ff8188015b9fe1548aafce4e6ab318a64131d0fbbe6bd49e80662d0744d2621600002d3327a37be9"
         "872be0df355aa2f96ea1cb09e485d64386160ff71a257833"}, /* a carry goes through 0xFF 0xFF */
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t expected[96], out[96], text[64];
        size_t size = strlen(cases[i].text);
        size_t expected_size = from_hex(cases[i].compressed, expected);
        execwire_buffer_sink sink = execwire_sink_buffer(out, sizeof out);

        execwire_compress((const uint8_t *)cases[i].text, size, &memory, &sink.sink);
        assert_int_equal(sink.sink.size, expected_size);
        assert_memory_equal(out, expected, expected_size);
        execwire_expand(expected, expected_size, text, size);
        assert_memory_equal(text, cases[i].text, size);
    }
}

/* What goes on is not exchanged for a later place once six bytes were right, even where the sixth
 * was not sure: that five are right and the next one is wrong eleven times makes it so. */
static void test_what_goes_on_is_kept(void **unused)
{
    static const char compressed[] =
        "ff870bdb8cdd691f149ef2cbab5000a2362bab9e0f0a9cbfb10944c423a3978d33136efb97306bee"
        "f1a4e7ae227edcea5f06cb84a27aac8ca4f1258b2a1b934d6daca78776e67aad189edadd9f066943"
        "a1cc08982eaa9ded3a1a51a1158aef841e1355eec6751a18a043a048ff7387304b7b53e0e9";
    static const char twice[] = "!uvwxyz1?uvwxyz2", again[] = "-uvwxyz1";
    uint8_t text[168], expected[128], out[128], back[sizeof text];
    size_t expected_size = from_hex(compressed, expected), size = 0;
    execwire_buffer_sink sink = execwire_sink_buffer(out, sizeof out);

    (void)unused;
    for (unsigned i = 0; i < 72; i++)
        text[size++] = (uint8_t)(0x80 + i);
    memcpy(text + size, twice, 16);
    size += 16;
    for (unsigned i = 0; i < 72; i++)
        text[size++] = (uint8_t)(i < 6 || i % 6 != 0 ? 0x80 + i : '-');
    memcpy(text + size, again, 8);
    execwire_compress(text, sizeof text, &memory, &sink.sink);
    assert_int_equal(sink.sink.size, expected_size);
    assert_memory_equal(out, expected, expected_size);
    execwire_expand(out, expected_size, back, sizeof back);
    assert_memory_equal(back, text, sizeof text);
}

/* ---- The coder, at its bounds ---- */

static execwire_decoder decoder_of(const char *hex)
{
    static uint8_t in[8];

    return execwire_decoder_of(in, from_hex(hex, in));
}

/* Of 2^32 - 1 by 3 * 2^13 something is left: what lies there is in the last share. */
static void test_points_beyond_the_last_share(void **unused)
{
    execwire_decoder from = decoder_of("ffffffff");

    (void)unused;
    execwire_decode_whole(&from, 3 << 13);
    assert_int_equal(execwire_decode_point(&from, 3 << 13), (3 << 13) - 1);
    from = decoder_of("00000000");
    execwire_decode_whole(&from, 3 << 13);
    assert_int_equal(execwire_decode_point(&from, 3 << 13), 0);
}

/* A byte is taken when the highest one of the interval's size is 0. */
static void test_when_a_byte_is_taken(void **unused)
{
    execwire_decoder from = decoder_of("00000000a7");

    (void)unused;
    execwire_decode_narrow(&from, 0, 1 << 24);
    assert_int_equal(from.size, 1);
    execwire_decode_narrow(&from, 0, (1 << 24) - 1);
    assert_int_equal(from.size, 0);
    assert_int_equal(from.point, 0xA7);
    assert_int_equal(from.range, 0xFFFFFF00);
}

/* A half of 2^32 - 1 whose last twelve bits do not count. */
static void test_where_a_chance_ends(void **unused)
{
    execwire_decoder from = decoder_of("7ffff7ff");

    (void)unused;
    assert_true(execwire_decode_bit(&from, 2048));
    assert_int_equal(from.range, 0x7FFFF800);
    from = decoder_of("7ffff800");
    assert_false(execwire_decode_bit(&from, 2048));
    assert_int_equal(from.range, 0x800007FF);
    assert_int_equal(from.point, 0);
}

/* ---- Many texts, made by the same generator in Python ---- */

static uint32_t next_number(uint32_t *x)
{
    *x = *x * 1664525 + 1013904223; /* Numerical Recipes' generator */
    return *x >> 16;
}

/* At most `size` bytes below `letters`, a quarter of them said before. */
static size_t make_text(uint32_t *x, size_t size, unsigned letters, uint8_t *text)
{
    size_t wanted = 1 + next_number(x) % size;

    for (size_t at = 0; at < wanted; at++) {
        if (at > 0 && next_number(x) % 4 == 0)
            text[at] = text[next_number(x) % at];
        else
            text[at] = (uint8_t)(next_number(x) % letters);
    }
    return wanted;
}

/* The CRC-32 of all of them, each behind its size, and that all come back. */
static void test_many_texts(void **unused)
{
    static const struct {
        uint32_t seed;
        unsigned count;
        size_t size;
        unsigned letters;
        uint32_t crc;
    } groups[] = {
        {1, 60, 6, 256, 0xE73FFD6E}, {2, 40, 40, 256, 0x1A7018D4},  {3, 40, 60, 3, 0x9740D062},
        {4, 12, 200, 1, 0xBA6E9B44}, {5, 10, 150, 128, 0x9D2567B4}, {6, 2, 900, 2, 0x0FD4AC2B},
        {7, 3, 900, 40, 0xC6078BDC}, {8, 2, 900, 256, 0x3451DB77},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        uint32_t x = groups[i].seed, crc = 0;

        for (unsigned j = 0; j < groups[i].count; j++) {
            uint8_t text[900], back[900], out[1024];
            size_t size = make_text(&x, groups[i].size, groups[i].letters, text);
            execwire_buffer_sink sink = execwire_sink_buffer(out + 2, sizeof out - 2);

            execwire_compress(text, size, &memory, &sink.sink);
            out[0] = (uint8_t)sink.sink.size;
            out[1] = (uint8_t)(sink.sink.size >> 8);
            crc = execwire_crc32(crc, out, 2 + sink.sink.size);
            execwire_expand(out + 2, sink.sink.size, back, size);
            assert_memory_equal(back, text, size);
        }
        assert_int_equal(crc, groups[i].crc);
    }
}

/* ---- Any bytes ---- */

static void test_any_bytes_come_back(void **unused)
{
    static uint8_t text[EXECWIRE_COMPRESS_MAX], back[EXECWIRE_COMPRESS_MAX], out[8192];
    random_source source = {.seed = 1};

    (void)unused;
    for (unsigned i = 0; i < 400; i++) {
        size_t size = i == 0 ? sizeof text : random_below(&source, 400);
        unsigned range = 1 + random_below(&source, 256);
        execwire_buffer_sink sink = execwire_sink_buffer(out, sizeof out);

        for (size_t at = 0; at < size; at++)
            text[at] = (uint8_t)random_below(&source, range);
        execwire_compress(text, size, &memory, &sink.sink);
        assert_true(sink.sink.size <= sizeof out);
        execwire_expand(out, sink.sink.size, back, size);
        assert_memory_equal(back, text, size);
    }
}

/* The bytes after the text stay as they were, whatever the input is. */
static void test_no_more_is_written(void **unused)
{
    random_source source = {.seed = 2};

    (void)unused;
    for (unsigned i = 0; i < 2000; i++) {
        uint8_t in[32], text[64];
        size_t in_size = random_below(&source, sizeof in + 1);
        size_t size = random_below(&source, 48);

        for (size_t at = 0; at < sizeof in; at++)
            in[at] = (uint8_t)random_next(&source);
        memset(text, 0xA5, sizeof text);
        execwire_expand(in, in_size, text, size);
        for (size_t at = size; at < sizeof text; at++)
            assert_int_equal(text[at], 0xA5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_texts),
        cmocka_unit_test(test_what_goes_on_is_kept),
        cmocka_unit_test(test_points_beyond_the_last_share),
        cmocka_unit_test(test_when_a_byte_is_taken),
        cmocka_unit_test(test_where_a_chance_ends),
        cmocka_unit_test(test_many_texts),
        cmocka_unit_test(test_any_bytes_come_back),
        cmocka_unit_test(test_no_more_is_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

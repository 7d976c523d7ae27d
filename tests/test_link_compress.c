/* Compressed texts. Expected bytes: a second implementation of the same arithmetic, in Python.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/model/compress.h"
#include "support/hex.h"
#include "support/random_state.h"

static void test_known_texts(void **unused)
{
    static const struct {
        const char *text;
        const char *compressed;
    } cases[] = {
        {"hello world\n", "ae7bf07a7f"},
        {"ERROR: disk full on /dev/sda1 (97% used)\n",
         "49a17c7e8127446b54441b9c8694f4527c5142ce202691a92e2243d0fd"},
        {"愚园路 ████▏ 73%\r", "fb18c3cdd007845af433513626570601428fdbbf2d48784a"},
        {"", ""},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t expected[64], out[64], text[64];
        size_t size = strlen(cases[i].text);
        size_t expected_size = from_hex(cases[i].compressed, expected);
        execwire_buffer_sink sink = execwire_sink_buffer(out, sizeof out);

        execwire_compress((const uint8_t *)cases[i].text, size, &sink.sink);
        assert_int_equal(sink.sink.size, expected_size);
        assert_memory_equal(out, expected, expected_size);
        execwire_expand(expected, expected_size, text, size);
        assert_memory_equal(text, cases[i].text, size);
    }
}

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
        execwire_compress(text, size, &sink.sink);
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
        cmocka_unit_test(test_any_bytes_come_back),
        cmocka_unit_test(test_no_more_is_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

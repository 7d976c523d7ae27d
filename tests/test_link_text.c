/* Packed text. Expected bytes are written by hand from the list of marks in docs/link.md.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/text.h"
#include "support/hex.h"

#define JOB       "20edbcba-3acc-4672-884a-b649fcbce49b"
#define OTHER     "919108f7-52d1-4320-9bac-f847db4148a8"
#define HASH      "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n"
#define OTHER_RAW "919108f752d143209bacf847db4148a8"
#define HASH_RAW  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const execwire_link_names names = {
    .job = {JOB, 36},
    .reference = {"e-" OTHER, 38},
    .node = {"node-7", 6},
    .cid = {NULL, 0},
    .words = "\x07my-data\x0c"
             "results\0eu-w"
             "\x04Zz\0y",
    .word_count = 3,
};

static const struct {
    const char *text;
    const char *packed;
} cases[] = {
    {"", ""},
    {"plain", "706c61696e"},
    {JOB, "c0"},
    {"e-" OTHER, "c1"},
    {"a node-7", "6120f5"},
    {OTHER, "f7" OTHER_RAW},
    {"x" HASH "y", "78f8" HASH_RAW "79"},
    {"my-data", "f900"},
    {"/my-data/", "2ff9002f"},
};

static void test_packing(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const execwire_str text = {cases[i].text, strlen(cases[i].text)};
        uint8_t expected[128], out[128];
        size_t size = from_hex(cases[i].packed, expected);
        execwire_packed packed = execwire_text_plan(text, (execwire_str){NULL, 0}, &names);
        execwire_buffer_sink sink = execwire_sink_buffer(out, sizeof out);

        packed.compressed = false;
        execwire_text_write(&packed, &names, &sink.sink);
        assert_int_equal(sink.sink.size, size);
        assert_memory_equal(out, expected, size);
    }
}

static void test_unpacking(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t packed[128];
        char out[128];
        size_t size = from_hex(cases[i].packed, packed), text_size = strlen(cases[i].text);

        assert_int_equal(execwire_text_read(packed, size, &names, out, text_size, &size),
                         EXECWIRE_TEXT_OK);
        assert_int_equal(size, text_size);
        assert_memory_equal(out, cases[i].text, size);
    }
}

static void test_a_bucket_and_its_region(void **unused)
{
    static const struct {
        const char *bucket;
        const char *region;
        const char *packed;
    } pairs[] = {
        {"results", "eu-w", "f901"}, {"results", "eu", "726573756c7473006575"}, {"b", "", "6200"}};

    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        const execwire_str bucket = {pairs[i].bucket, strlen(pairs[i].bucket)};
        const execwire_str region = {pairs[i].region, strlen(pairs[i].region)};
        uint8_t expected[64], out[64];
        size_t size = from_hex(pairs[i].packed, expected);
        execwire_packed packed = execwire_text_plan(bucket, region, &names);
        execwire_buffer_sink sink = execwire_sink_buffer(out, sizeof out);

        execwire_text_write(&packed, &names, &sink.sink);
        assert_int_equal(packed.size, size);
        assert_int_equal(sink.sink.size, size);
        assert_memory_equal(out, expected, size);
    }
}

static void test_the_shorter_form_is_taken(void **unused)
{
    static const char text[] = "fatal: could not open file: No such file or directory\n";
    execwire_packed packed =
        execwire_text_plan((execwire_str){text, sizeof text - 1}, (execwire_str){NULL, 0}, &names);
    uint8_t out[64];
    char back[64];
    execwire_buffer_sink sink = execwire_sink_buffer(out, sizeof out);
    size_t size;

    (void)unused;
    assert_true(packed.compressed);
    execwire_text_write(&packed, &names, &sink.sink);
    assert_int_equal(sink.sink.size, packed.size);
    assert_true(packed.size < sizeof text / 4);
    assert_int_equal(out[0], 0xFA);
    assert_int_equal(out[1], sizeof text - 1);
    assert_int_equal(execwire_text_read(out, packed.size, &names, back, sizeof back, &size),
                     EXECWIRE_TEXT_OK);
    assert_int_equal(size, sizeof text - 1);
    assert_memory_equal(back, text, size);
}

static void test_what_is_no_packed_text(void **unused)
{
    static const struct {
        const char *packed;
        size_t room;
        execwire_text_result expected;
    } bad[] = {
        {"f7"
         "919108f752d143209bacf847db4148",
         100, EXECWIRE_TEXT_MALFORMED},
        {"f8" OTHER_RAW, 100, EXECWIRE_TEXT_MALFORMED},
        {"f9", 100, EXECWIRE_TEXT_MALFORMED},
        {"61fa0161", 100, EXECWIRE_TEXT_MALFORMED},
        {"fa", 100, EXECWIRE_TEXT_MALFORMED},
        {"fa8120", 5000, EXECWIRE_TEXT_MALFORMED}, /* 4,097 bytes */
        {"faffffffffff", 5000, EXECWIRE_TEXT_MALFORMED},
        {"f6", 100, EXECWIRE_TEXT_NO_NAME},
        {"f903", 100, EXECWIRE_TEXT_NO_WORD},
        {"fa64", 99, EXECWIRE_TEXT_NO_ROOM},
        {"c0", 35, EXECWIRE_TEXT_NO_ROOM},
        {"616263", 2, EXECWIRE_TEXT_NO_ROOM},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        static char out[5000];
        uint8_t packed[64];
        size_t size = from_hex(bad[i].packed, packed);

        assert_int_equal(execwire_text_read(packed, size, &names, out, bad[i].room, &size),
                         bad[i].expected);
        assert_int_equal(size, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packing),
        cmocka_unit_test(test_unpacking),
        cmocka_unit_test(test_a_bucket_and_its_region),
        cmocka_unit_test(test_the_shorter_form_is_taken),
        cmocka_unit_test(test_what_is_no_packed_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

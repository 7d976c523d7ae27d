/* Packed text. Expected bytes are written by hand from the list of marks in docs/link.md.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "link/model/text.h"
#include "support/hex.h"

#define JOB       "20edbcba-3acc-4672-884a-b649fcbce49b"
#define OTHER     "919108f7-52d1-4320-9bac-f847db4148a8"
#define HASH      "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n"
#define OTHER_RAW "919108f752d143209bacf847db4148a8"
#define HASH_RAW  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const execwire_state state = {
    .job_id = {JOB, 36},
    .compute_reference = {"e-" OTHER, 38},
    .node_id = {"node-7", 6},
    .published_results.s3.bucket = {"bucket", 6},
};

static const execwire_link_names names = {
    .state = &state,
    .name_count = EXECWIRE_TEXT_NAMES,
    .words = "\x07my-data\x05"
             "a\0b\0c"
             "\x03one\x03two\x04"
             "five",
    .word_count = 5,
};

static const struct {
    const char *text;
    const char *packed;
} cases[] = {
    {"", ""},
    {"plain", "706c61696e"},
    {JOB, "f5"},
    {"e-" OTHER, "f6"},
    {"a node-7", "6120f7"},
    {OTHER, "c0" OTHER_RAW},
    {"x" HASH "y", "78c1" HASH_RAW "79"},
    {"my-data", "fc"},
    {"/my-data/two", "2ffc2fff"},
    {"fives", "fb0473"},
    {"bucket", "6275636b6574"},
    {"\xF4\x8F\xBF\xBF", "f48fbfbf"}, /* the last character, before the first mark of a name */
};

static void test_packing(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const execwire_str text = {cases[i].text, strlen(cases[i].text)};
        uint8_t expected[128], out[128];
        size_t size = from_hex(cases[i].packed, expected);
        execwire_buffer_sink sink = execwire_sink_buffer(out, sizeof out);

        execwire_text_write_plain(&text, &names, &sink.sink);
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

static void test_the_bucket_is_for_what_is_predicted(void **unused)
{
    static const char text[] = "s3://bucket/";
    execwire_link_names all = names;
    uint8_t out[8];
    char back[16];
    execwire_buffer_sink sink = execwire_sink_buffer(out, sizeof out);
    size_t size;

    (void)unused;
    all.name_count = EXECWIRE_TEXT_ALL_NAMES;
    execwire_text_write_plain(&(execwire_str){text, sizeof text - 1}, &all, &sink.sink);
    assert_int_equal(sink.sink.size, 7);
    assert_memory_equal(out, "s3://\xf9/", 7);
    assert_int_equal(execwire_text_read(out, 7, &all, back, sizeof back, &size), EXECWIRE_TEXT_OK);
    assert_int_equal(size, sizeof text - 1);
    assert_memory_equal(back, text, size);
}

static execwire_link_packing memory;
static execwire_text_room room = {.memory = &memory};

static void test_the_shorter_form_is_taken(void **unused)
{
    static const char text[] = "execution failed: exit code 1\nNo such file or directory\n";
    const execwire_str whole = {text, sizeof text - 1};
    execwire_packed packed;
    uint8_t out[64];
    char back[64];
    execwire_buffer_sink sink = execwire_sink_buffer(out, sizeof out);
    size_t size;

    (void)unused;
    execwire_text_plan(&packed, &whole, &names, &room);
    assert_true(packed.compressed);
    execwire_text_write(&packed, &names, &sink.sink);
    assert_int_equal(sink.sink.size, packed.size);
    assert_true(packed.size < sizeof text / 2);
    assert_int_equal(out[0], 0xFA);
    assert_int_equal(out[1], sizeof text - 1);
    assert_int_equal(execwire_text_read(out, packed.size, &names, back, sizeof back, &size),
                     EXECWIRE_TEXT_OK);
    assert_int_equal(size, sizeof text - 1);
    assert_memory_equal(back, text, size);
}

/* Its compressed form has seven bytes (tests/support/link_compress.py), before which two go. */
static void test_as_it_is_where_both_are_as_long(void **unused)
{
    const execwire_str text = EXECWIRE_STR("quick fox");
    execwire_packed packed;

    (void)unused;
    execwire_text_plan(&packed, &text, &names, &room);
    assert_int_equal(packed.size, 9);
    assert_false(packed.compressed);
}

static void test_what_is_no_packed_text(void **unused)
{
    static const struct {
        const char *packed;
        size_t room;
        execwire_text_result expected;
    } bad[] = {
        {"c0919108f752d143209bacf847db4148", 100, EXECWIRE_TEXT_MALFORMED},
        {"c1" OTHER_RAW, 100, EXECWIRE_TEXT_MALFORMED},
        {"fb", 100, EXECWIRE_TEXT_MALFORMED},
        {"61fa0161", 100, EXECWIRE_TEXT_MALFORMED},
        {"fa", 100, EXECWIRE_TEXT_MALFORMED},
        {"fa8120", 5000, EXECWIRE_TEXT_MALFORMED}, /* 4,097 bytes */
        {"faffffffffff", 5000, EXECWIRE_TEXT_MALFORMED},
        {"f8", 100, EXECWIRE_TEXT_NO_NAME}, /* no cid */
        {"f9", 100, EXECWIRE_TEXT_NO_NAME}, /* the bucket */
        {"fb05", 100, EXECWIRE_TEXT_NO_WORD},
        {"fa64", 99, EXECWIRE_TEXT_NO_ROOM},
        {"f5", 35, EXECWIRE_TEXT_NO_ROOM},
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

/* Two texts, kept or made again, in room of every size: the same bytes, and none beside it. */
static void test_texts_that_are_kept(void **unused)
{
    const execwire_str texts[] = {EXECWIRE_STR("permission denied, permission denied\n"),
                                  EXECWIRE_STR("No such file or directory: '/outputs'\n")};
    execwire_packed again[2];
    size_t most;

    (void)unused;
    for (size_t i = 0; i < 2; i++)
        execwire_text_plan(&again[i], &texts[i], &names, &room);
    most = again[0].size + again[1].size;
    for (size_t capacity = 0; capacity <= most + 1; capacity++) {
        uint8_t bytes[128];
        execwire_text_room kept = {&memory, bytes + 1, capacity};

        memset(bytes, '~', sizeof bytes);
        for (size_t i = 0; i < 2; i++) {
            uint8_t out[64], expected[64];
            execwire_buffer_sink sink = execwire_sink_buffer(out, sizeof out);
            execwire_buffer_sink oracle = execwire_sink_buffer(expected, sizeof expected);
            size_t room_left = kept.capacity;
            execwire_packed packed;

            execwire_text_plan(&packed, &texts[i], &names, &kept);
            assert_int_equal(packed.size, again[i].size);
            assert_int_equal(packed.kept != NULL, packed.size <= room_left);
            execwire_text_write(&packed, &names, &sink.sink);
            execwire_text_write(&again[i], &names, &oracle.sink);
            assert_int_equal(sink.sink.size, packed.size);
            assert_memory_equal(out, expected, packed.size);
        }
        assert_int_equal(bytes[0], '~');
        assert_int_equal(bytes[1 + capacity], '~');
    }
}

static void test_no_memory_to_compress_in(void **unused)
{
    const execwire_str whole = EXECWIRE_STR("Permission denied, permission denied\n");
    uint8_t out[64];
    execwire_buffer_sink sink = execwire_sink_buffer(out, sizeof out);
    execwire_text_room none = {.capacity = 0};
    execwire_packed packed;

    (void)unused;
    execwire_text_plan(&packed, &whole, &names, &none);
    assert_false(packed.compressed);
    execwire_text_write(&packed, &names, &sink.sink);
    assert_int_equal(sink.sink.size, packed.size);
    assert_int_equal(packed.size, whole.size);
    assert_memory_equal(out, whole.data, whole.size);
}

/* Texts of 8 to 2,048 bytes are compressed, into as much room as they take; and whatever is behind
 * the end, no bytes are no text. */
static void test_sizes_that_are_compressed(void **unused)
{
    static const size_t sizes[] = {7, 8, 2048, 2049};
    static char text[2049], back[2048];
    uint8_t out[256];

    (void)unused;
    memset(text, ' ', sizeof text);
    for (size_t i = 0; i < 4; i++) {
        const execwire_str whole = {text, sizes[i]};
        execwire_buffer_sink sink = execwire_sink_buffer(out, sizeof out);
        execwire_packed packed;
        size_t size;

        execwire_text_plan(&packed, &whole, &names, &room);
        assert_int_equal(packed.compressed, i == 1 || i == 2);
        if (!packed.compressed)
            continue;
        execwire_text_write(&packed, &names, &sink.sink);
        assert_int_equal(execwire_text_read(out, packed.size, &names, back, sizes[i] - 1, &size),
                         EXECWIRE_TEXT_NO_ROOM);
        assert_int_equal(execwire_text_read(out, packed.size, &names, back, sizes[i], &size),
                         EXECWIRE_TEXT_OK);
        assert_int_equal(size, sizes[i]);
        assert_memory_equal(back, text, size);
        assert_int_equal(execwire_text_read(out, 0, &names, back, sizes[i], &size),
                         EXECWIRE_TEXT_OK);
        assert_int_equal(size, 0);
    }
}

/* A mark is for what has three bytes or more, be it a name or a word. */
static void test_what_is_too_short_for_a_mark(void **unused)
{
    static const char *const texts[] = {"n", "n7", "no7"};

    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        const execwire_str text = {texts[i], i + 1};
        const execwire_state named = {.node_id = text};
        const execwire_link_names with_name = {.state = &named, .name_count = EXECWIRE_TEXT_NAMES};
        execwire_link_names with_word = {.words = (char[]){(char)(i + 1), 'n', '7', '7'},
                                         .word_count = 1};
        execwire_sink size = {NULL, 0};

        execwire_text_write_plain(&text, &with_name, &size);
        assert_int_equal(size.size, i < 2 ? i + 1 : 1);
        size.size = 0;
        execwire_text_write_plain(&(execwire_str){with_word.words + 1, i + 1}, &with_word, &size);
        assert_int_equal(size.size, i < 2 ? i + 1 : 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packing),
        cmocka_unit_test(test_unpacking),
        cmocka_unit_test(test_the_bucket_is_for_what_is_predicted),
        cmocka_unit_test(test_the_shorter_form_is_taken),
        cmocka_unit_test(test_as_it_is_where_both_are_as_long),
        cmocka_unit_test(test_what_is_no_packed_text),
        cmocka_unit_test(test_what_is_too_short_for_a_mark),
        cmocka_unit_test(test_texts_that_are_kept),
        cmocka_unit_test(test_no_memory_to_compress_in),
        cmocka_unit_test(test_sizes_that_are_compressed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* JSON that ends too early: TRUNCATED where more bytes may help, and nowhere else.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* ---- Documents that are good ---- */

/* Characters of two, three and four bytes in keys and values, beside and between escapes. */
static const char *const good[] = {
    "{'status':'\xC3\xA9'}",
    "{'status':'a\xE2\x82\xAC\\n\xF0\x9F\x8C\xA1z'}",
    "{'status':'\\ud83d\\ude80\xF4\x8F\xBF\xBF\\u00e9\xC2\x80'}",
    "{'status':'\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xF0\x90\x80\x80'}",
    ("{'published_results':{'metadata':{'gr\xC3\xB6\xC3\x9F"
     "e':'12\xC2\xA0kB','\xF0\x9F\x8C\xA1\\t':'\xE2\x82\xAC'}}}"),
    "[ '\xC3\xA9', {'\xE2\x82\xAC':['\xF0\x9F\x8C\xA1']} ]",
};

static void test_good_documents_cut_at_every_byte(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char text[256];
        int size = snprintf(text, sizeof text, "{'\xE2\x82\xAC':%s,'State':1}", good[i]);

        assert_in_range(size, 1, sizeof text - 1);
        json_quote(text, (size_t)size);
        for (size_t cut = 0; cut < (size_t)size; cut++) {
            json_document d;

            json_read(&d, text, cut, true);
            if (d.code != EXECWIRE_ERROR_TRUNCATED || d.error.offset != cut)
                fail_msg("document %zu, %zu bytes: %s at %zu", i, cut,
                         execwire_code_name(d.error.code), d.error.offset);
            json_free(&d);
        }
    }
}

/* What stands behind the text does not count, were it the rest of the document. */
static void test_documents_cut_with_their_rest_behind(void **unused)
{
    static const char text[] =
        "{\"JobID\":\"sixteen-letters-\",\"State\":7,\"Version\":-12,\"Status\":\"\xC3\xA9\\n\","
        "\"CreateTime\":\"2023-10-17T12:28:08Z\",\"RunOutput\":{\"exitCode\":0,"
        "\"stdouttruncated\":true},\"UpdateTime\":null,\"NodeId\":\"\"}";

    (void)unused;
    for (size_t cut = 0; cut < sizeof text - 1; cut++) {
        execwire_error error = {0};
        char room[8];
        execwire_scratch scratch = {.text = room, .text_capacity = sizeof room};
        execwire_state state;
        const execwire_json_options options = {.ignore_unknown = true};

        assert_int_equal(execwire_json_read(text, cut, &options, &scratch, &state, &error),
                         EXECWIRE_ERROR_TRUNCATED);
        assert_int_equal(error.offset, cut);
    }
}

/* ---- Strings that are good, or not any more ---- */

static const char head[] = "{\"status\":\"";

/* Whether jansson accepts the string when `more` is what comes. */
static bool good_with(const char *string, size_t size, const char *more)
{
    char text[64];
    int length = snprintf(text, sizeof text, "%s%.*s%s\"}", head, (int)size, string, more);
    json_t *value = json_loadb(text, (size_t)length, JSON_ALLOW_NUL, NULL);

    json_decref(value);
    return value != NULL;
}

/* Whether anything makes it good: whatever a character lacks, one of these has (Unicode 15, table
 * 3-7), and whatever an escape sequence lacks, an end of the pair. */
static bool may_go_on(const char *string, size_t size)
{
    static const char second[] = "\x80\x90\xA0";
    static const char pair[] = "\\ud800\\udc00";

    for (size_t i = 0; i < sizeof pair; i++)
        if (good_with(string, size, pair + i))
            return true;
    for (size_t i = 0; i < sizeof second - 1; i++) {
        const char more[] = {second[i], '\x80', '\x80', '\0'};

        for (size_t j = 1; j <= 3; j++) {
            char some[4] = {0};

            memcpy(some, more, j);
            if (good_with(string, size, some))
                return true;
        }
    }
    return false;
}

static void check_string(const char *string, size_t size)
{
    char text[64];
    bool truncated;
    json_document d;

    memcpy(text, head, sizeof head - 1);
    memcpy(text + sizeof head - 1, string, size);
    json_read(&d, text, sizeof head - 1 + size, false);
    truncated = d.code == EXECWIRE_ERROR_TRUNCATED;
    if (truncated != may_go_on(string, size) ||
        (truncated && d.error.offset != sizeof head - 1 + size)) {
        for (size_t i = 0; i < size; i++)
            print_error("%02X ", (unsigned char)string[i]);
        fail_msg("%s at %zu", execwire_code_name(d.error.code), d.error.offset);
    }
    json_free(&d);
}

/* All strings of one to `longest` of these bytes; a quote would end them. */
static void check_strings_of(const char *bytes, size_t longest)
{
    const size_t count = strlen(bytes);
    size_t strings = 1;

    for (size_t size = 1; size <= longest; size++) {
        strings *= count;
        for (size_t i = 0; i < strings; i++) {
            char string[8];
            size_t rest = i;

            for (size_t j = 0; j < size; j++, rest /= count)
                string[j] = bytes[rest % count];
            check_string(string, size);
        }
    }
}

/* promise: truncated-means-more */
static void test_a_character_that_is_cut_may_go_on(void **unused)
{
    (void)unused;
    check_strings_of("a\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xEC\xED\xEE\xEF\xF0\xF1"
                     "\xF3\xF4\xF5\xFF",
                     3);
}

/* Half of a pair that cannot become one is refused as such. */
static void test_an_escape_that_is_cut_may_go_on(void **unused)
{
    static const char *const firsts[] = {"", "\\ud800", "\\uDBFF"};
    static const char digits[] = "0789aAbcCdDefF";

    (void)unused;
    for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++)
        for (size_t j = 0; j < (sizeof digits - 1) * (sizeof digits - 1); j++) {
            char string[32];
            int size = snprintf(string, sizeof string, "%s\\u%c%c0", firsts[i],
                                digits[j / (sizeof digits - 1)], digits[j % (sizeof digits - 1)]);

            for (int cut = 1; cut <= size; cut++)
                check_string(string, (size_t)cut);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_documents_cut_at_every_byte),
        cmocka_unit_test(test_documents_cut_with_their_rest_behind),
        cmocka_unit_test(test_a_character_that_is_cut_may_go_on),
        cmocka_unit_test(test_an_escape_that_is_cut_may_go_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

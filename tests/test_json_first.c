/* An object with something behind it: where it ends, and that nothing behind it counts.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES 4
#define ROOM    64

static execwire_entry entries[ENTRIES];
static char room[ROOM];
static execwire_state state;
static execwire_error error;
static size_t used;

/* Reads a copy of exactly this size, so that a sanitizer sees every byte too far. */
static execwire_code read_first(const char *text, size_t size, bool ignore_unknown)
{
    execwire_json_options options = {.ignore_unknown = ignore_unknown};
    execwire_scratch scratch = {
        .entries = entries, .entry_capacity = ENTRIES, .text = room, .text_capacity = ROOM};
    char *copy = malloc(size > 0 ? size : 1);
    execwire_code code;

    assert_non_null(copy);
    memcpy(copy, text, size);
    used = 77;
    memset(&error, 0, sizeof error);
    code = execwire_json_read_first(copy, size, &used, &options, &scratch, &state, &error);
    free(copy);
    return code;
}

/* `version` is what each says. */
static const struct {
    const char *text;
    int64_t version;
} objects[] = {
    {"{}", 0},
    {"{'Version':7}", 7},
    {" \t\r\n{ 'Version' : 7 }", 7},
    {"{'Status':'}{\\'\xC3\xA9','Version':7}", 7},
    {"{'PublishedResults':{'Metadata':{'a':'}','b':'\\u0041'}},'Version':9007199254740993}",
     INT64_C(9007199254740993)},
    {"{\n  'Version': -1,\n  'Extra': [{}, [], '}']\n}", -1},
};

static const char *const behind[] = {
    "",  "{}", "\n{\"Version\":8}", " ", ",", "]", "}", "x", "\"", "\\", "\xFF", "\xC3", "1e5",
    "[", ":"};

/* promise: json-first-used */
static void test_what_follows_is_not_looked_at(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++)
        for (size_t j = 0; j < sizeof behind / sizeof behind[0]; j++) {
            char text[128];
            size_t size = strlen(objects[i].text);

            snprintf(text, sizeof text, "%s%s", objects[i].text, behind[j]);
            json_quote(text, size);
            assert_int_equal(read_first(text, size + strlen(behind[j]), true), EXECWIRE_OK);
            assert_int_equal(used, size);
            assert_true(state.version == objects[i].version);
            assert_int_equal(state.has_version, objects[i].version != 0);
        }
}

/* promise: json-first-truncated */
static void test_cut_at_every_byte(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        char text[128];
        size_t size = strlen(objects[i].text);

        strcpy(text, objects[i].text);
        json_quote(text, size);
        for (size_t cut = 0; cut < size; cut++) {
            assert_int_equal(read_first(text, cut, true), EXECWIRE_ERROR_TRUNCATED);
            json_check_error(&error, EXECWIRE_ERROR_TRUNCATED, cut, error.path, NULL);
            assert_int_equal(used, 0);
        }
    }
}

static const json_refusal broken[] = {
    JSON_REFUSED("{'Version':7", "{'Version':8}", JSON_COMMA, "", NULL),
    JSON_REFUSED("{'Version':", "'x'} {}", EXPECTED_INTEGER, "/Version", "a string"),
    JSON_REFUSED("{", "'Extra':1}{}", UNKNOWN_KEY, "/Extra", NULL),
    JSON_REFUSED("  ", "[{}]", EXPECTED_OBJECT, "", "an array"),
    JSON_REFUSED("{'Version':7,", "'Version':7},", DUPLICATE_KEY, "/Version", NULL),
};

static void test_errors_in_the_object(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        const json_refusal *r = &broken[i];
        char text[128];
        size_t size = r->before_size + r->after_size;

        snprintf(text, sizeof text, "%s%s", r->before, r->after);
        json_quote(text, size);
        assert_int_equal(read_first(text, size, false), r->code);
        json_check_error(&error, r->code, r->before_size, r->path, r->found);
        assert_int_equal(used, 0);
    }
}

/* Ignored keys alone are no state, whatever follows. */
static void test_something_else(void **unused)
{
    (void)unused;
    assert_int_equal(read_first("{\"x\":1}{\"Version\":1}", 20, true), EXECWIRE_ERROR_NOT_A_STATE);
    assert_int_equal(used, 0);
}

/* The room that is asked for is this object's. */
static void test_measuring(void **unused)
{
    static const char text[] = "{\"Status\":\"\\u0041\"}{\"Status\":\"\\u0041\\u0041\"}";
    execwire_scratch scratch = {0};

    (void)unused;
    assert_int_equal(
        execwire_json_read_first(text, sizeof text - 1, &used, NULL, &scratch, NULL, &error),
        EXECWIRE_OK);
    assert_int_equal(used, 19);
    assert_int_equal(scratch.text_size, 1);
    assert_int_equal(
        execwire_json_read_first(text, sizeof text - 1, &used, NULL, &scratch, &state, &error),
        EXECWIRE_ERROR_NO_SPACE);
    assert_int_equal(used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_follows_is_not_looked_at),
        cmocka_unit_test(test_cut_at_every_byte), cmocka_unit_test(test_errors_in_the_object),
        cmocka_unit_test(test_something_else), cmocka_unit_test(test_measuring)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Names and texts of the status codes, and how an error and its path are put together.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "error/error.h"
#include "text/path.h"

#include <execwire/execwire.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* The numbers are part of the binary interface: this list only grows at its end. */
static const char *const names[] = {
    "OK",
    "ERROR_ARGUMENT",
    "ERROR_NO_SPACE",
    "ERROR_TOO_LARGE",
    "ERROR_TRUNCATED",
    "ERROR_UTF8",
    "ERROR_DEPTH",
    "ERROR_ENUM_RANGE",
    "ERROR_TIME_RANGE",
    "ERROR_TIME_NANOS",
    "ERROR_MAP_ORDER",
    "ERROR_VARINT",
    "ERROR_TAG",
    "ERROR_LENGTH",
    "ERROR_WIRE_TYPE",
    "ERROR_FIELD_TYPE",
    "ERROR_GROUP",
    "ERROR_JSON_VALUE",
    "ERROR_JSON_NUMBER",
    "ERROR_JSON_KEY",
    "ERROR_JSON_COLON",
    "ERROR_JSON_COMMA",
    "ERROR_JSON_CONTROL",
    "ERROR_JSON_ESCAPE",
    "ERROR_JSON_SURROGATE",
    "ERROR_JSON_TRAILING",
    "ERROR_UNKNOWN_KEY",
    "ERROR_DUPLICATE_KEY",
    "ERROR_EXPECTED_OBJECT",
    "ERROR_EXPECTED_STRING",
    "ERROR_EXPECTED_BOOL",
    "ERROR_EXPECTED_INTEGER",
    "ERROR_EXPECTED_ENUM",
    "ERROR_EXPECTED_TIME",
    "ERROR_INTEGER_FRACTION",
    "ERROR_INTEGER_RANGE",
    "ERROR_ENUM_NAME",
    "ERROR_TIME_SYNTAX",
    "ERROR_TIME_FIELD",
    "ERROR_TIME_LEAP",
    "ERROR_TIME_DIGITS",
    "ERROR_LINK_FRAME",
    "ERROR_LINK_TEXT",
    "ERROR_CHECKSUM",
    "ERROR_NOT_A_STATE",
    "ERROR_OTHER_EXECUTION",
    "ERROR_JSON_POINTER",
    "ERROR_RECORD",
    "ERROR_SEAL",
};

#define NAME_COUNT (sizeof names / sizeof names[0])

static void test_every_code_has_its_name(void **unused)
{
    (void)unused;
    assert_int_equal(EXECWIRE_CODE_COUNT, NAME_COUNT);
    for (size_t i = 0; i < NAME_COUNT; i++) {
        const char *name = execwire_code_name((execwire_code)i);

        assert_int_equal(strncmp(name, "EXECWIRE_", 9), 0);
        assert_string_equal(name + 9, names[i]);
    }
}

/* promise: every-code-has-a-text */
static void test_every_code_has_a_text_of_its_own(void **unused)
{
    (void)unused;
    for (int i = 0; i < EXECWIRE_CODE_COUNT; i++) {
        const char *text = execwire_code_text((execwire_code)i);

        assert_true(strlen(text) >= 8);
        assert_null(strchr(text, '\n'));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(text, execwire_code_text((execwire_code)j));
    }
    assert_string_equal(execwire_code_text(EXECWIRE_ERROR_EXPECTED_INTEGER), "expected an integer");
}

static void test_other_numbers_are_an_argument_error(void **unused)
{
    static const int numbers[] = {EXECWIRE_CODE_COUNT, EXECWIRE_CODE_COUNT + 1, -1, INT_MAX,
                                  INT_MIN};

    (void)unused;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        execwire_code code = (execwire_code)numbers[i];

        assert_string_equal(execwire_code_name(code), "EXECWIRE_ERROR_ARGUMENT");
        assert_string_equal(execwire_code_text(code), "an argument is NULL or out of range");
    }
}

static void test_version(void **unused)
{
    char text[32];

    (void)unused;
    (void)snprintf(text, sizeof text, "%d.%d.%d", EXECWIRE_VERSION_NUMBER / 10000,
                   EXECWIRE_VERSION_NUMBER / 100 % 100, EXECWIRE_VERSION_NUMBER % 100);
    assert_string_equal(execwire_version(), text);
}

/* ---- The path ---- */

static execwire_error started(void)
{
    execwire_error error;

    memset(&error, 0xA5, sizeof error);
    assert_int_equal(execwire_fail_found(&error, EXECWIRE_ERROR_UTF8, 7, "a thing"),
                     EXECWIRE_ERROR_UTF8);
    return error;
}

static void put_in(execwire_error *error, const char *name)
{
    /* the code given here only counts where there is no error to ask */
    assert_int_equal(execwire_fail_in(error, EXECWIRE_OK, name, strlen(name)), EXECWIRE_ERROR_UTF8);
}

static void test_an_error_says_all_that_is_known(void **unused)
{
    execwire_error error = started();

    (void)unused;
    assert_int_equal(error.code, EXECWIRE_ERROR_UTF8);
    assert_int_equal(error.offset, 7);
    assert_string_equal(error.text, "not valid UTF-8");
    assert_string_equal(error.found, "a thing");
    assert_string_equal(error.path, "");
    assert_int_equal(execwire_fail(&error, EXECWIRE_ERROR_DEPTH, 9), EXECWIRE_ERROR_DEPTH);
    assert_int_equal(error.offset, 9);
    assert_null(error.found);
}

static void test_an_error_may_be_null(void **unused)
{
    (void)unused;
    assert_int_equal(execwire_fail(NULL, EXECWIRE_ERROR_UTF8, 1), EXECWIRE_ERROR_UTF8);
    assert_int_equal(execwire_fail_found(NULL, EXECWIRE_ERROR_TAG, 1, "x"), EXECWIRE_ERROR_TAG);
    assert_int_equal(execwire_fail_in(NULL, EXECWIRE_ERROR_UTF8, "a", 1), EXECWIRE_ERROR_UTF8);
}

static void test_a_path_grows_at_its_front(void **unused)
{
    execwire_error error = started();

    (void)unused;
    put_in(&error, "exitCode");
    put_in(&error, "RunOutput");
    assert_string_equal(error.path, "/RunOutput/exitCode");
    assert_int_equal(error.offset, 7);
    put_in(&error, "");
    assert_string_equal(error.path, "//RunOutput/exitCode");
}

/* RFC 6901, sections 3 and 5 */
static void test_a_path_escapes_its_own_characters(void **unused)
{
    static const struct {
        const char *name;
        const char *path;
    } cases[] = {
        {"a/b", "/a~1b"},
        {"m~n", "/m~0n"},
        {"~1", "/~01"},
        {"/~", "/~1~0"},
        {"c%d e^f", "/c%d e^f"},
        {"i\\j k\"l", "/i\\j k\"l"},
        {"a\nb\x1B[31m\x01\x7F", "/a?b?[31m??"},
        {"\x1F \x7E", "/? ~0"},
        {"\xC3\xA9\xE2\x94\x80\xF0\x9F\x9A\x80", "/\xC3\xA9\xE2\x94\x80\xF0\x9F\x9A\x80"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        execwire_error error = started();

        put_in(&error, cases[i].name);
        assert_string_equal(error.path, cases[i].path);
    }
    {
        execwire_error error = started();

        assert_int_equal(execwire_fail_in(&error, EXECWIRE_OK, "a\0b", 3), error.code);
        assert_string_equal(error.path, "/a?b");
        /* the rest of its last character is behind its end */
        error = started();
        assert_int_equal(execwire_fail_in(&error, EXECWIRE_OK, "b\xC3\xA9", 2), error.code);
        assert_string_equal(error.path, "/b?");
    }
}

/* A name of `head` letters a and then as many `character` as fit into `size` bytes. */
static void fill(char *name, size_t head, const char *character, size_t size)
{
    size_t at = head;

    memset(name, 'a', head);
    for (; at + strlen(character) <= size; at += strlen(character))
        memcpy(name + at, character, strlen(character));
    name[at] = '\0';
}

static void test_a_path_that_just_fits_is_whole(void **unused)
{
    execwire_error error = started();
    char name[EXECWIRE_PATH_SIZE];

    (void)unused;
    fill(name, 0, "x", EXECWIRE_PATH_SIZE - 2);
    put_in(&error, name);
    assert_int_equal(strlen(error.path), EXECWIRE_PATH_SIZE - 1);
    assert_string_equal(error.path + 1, name);

    error = started();
    fill(name, 0, "x", EXECWIRE_PATH_SIZE - 1);
    put_in(&error, name);
    assert_int_equal(strlen(error.path), EXECWIRE_PATH_SIZE - 1);
    assert_memory_equal(error.path + 1, name, EXECWIRE_PATH_SIZE - 5);
    assert_string_equal(error.path + EXECWIRE_PATH_SIZE - 4, "...");
}

/* Wherever the cut falls: the path is a start of what it would be without a limit, ends in "...",
 * holds whole characters only, and wastes less than one of them. */
static void test_a_long_path_is_cut_between_characters(void **unused)
{
    static const char *const characters[] = {"\xC3\xA9", "\xE2\x94\x80", "\xF0\x9F\x9A\x80"};

    (void)unused;
    for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++) {
        size_t width = strlen(characters[i]);

        for (size_t head = 0; head < 8; head++) {
            execwire_error error = started();
            char name[200];
            size_t kept;

            fill(name, head, characters[i], 150);
            put_in(&error, name);
            kept = strlen(error.path) - 3;
            assert_string_equal(error.path + kept, "...");
            assert_memory_equal(error.path + 1, name, kept - 1);
            assert_int_equal((kept - 1 - head) % width, 0);
            assert_in_range(kept, EXECWIRE_PATH_SIZE - 4 - width + 1, EXECWIRE_PATH_SIZE - 4);
        }
    }
}

static void test_a_long_path_is_cut_between_escapes(void **unused)
{
    (void)unused;
    for (size_t head = 0; head < 4; head++) {
        execwire_error error = started();
        char name[200];
        size_t kept;

        fill(name, head, "~", 150);
        put_in(&error, name);
        kept = strlen(error.path) - 3;
        assert_string_equal(error.path + kept, "...");
        assert_int_equal((kept - 1 - head) % 2, 0);
        assert_int_equal(error.path[kept - 1], '0');
    }
}

/* One escape in a name of x, wherever it stands: it is left out only if the cut would halve it. */
static void test_a_long_path_is_cut_beside_an_escape(void **unused)
{
    (void)unused;
    for (size_t head = 0; head < 149; head++) {
        execwire_error error = started();
        char name[200];
        size_t kept = EXECWIRE_PATH_SIZE - 4 - (head == EXECWIRE_PATH_SIZE - 6);

        fill(name, 0, "x", 150);
        name[head] = '/';
        put_in(&error, name);
        assert_int_equal(strlen(error.path), kept + 3);
        assert_string_equal(error.path + kept, "...");
        if (head + 3 <= kept)
            assert_memory_equal(error.path + 1 + head, "~1", 2);
        else
            assert_null(strchr(error.path, '~'));
    }
}

/* A writer's state may hold a key that is no UTF-8. */
/* promise: path-is-printable */
static void test_a_long_path_of_bad_bytes(void **unused)
{
    execwire_error error = started();
    char name[200];

    (void)unused;
    fill(name, 0, "\x80", 150);
    put_in(&error, name);
    assert_int_equal(strlen(error.path), EXECWIRE_PATH_SIZE - 1);
    assert_int_equal(strspn(error.path + 1, "?"), EXECWIRE_PATH_SIZE - 2 - 3);
    assert_string_equal(error.path + EXECWIRE_PATH_SIZE - 4, "...");
}

static void test_a_cut_path_can_grow(void **unused)
{
    execwire_error error = started();
    char name[200];

    (void)unused;
    fill(name, 0, "x", 150);
    put_in(&error, name);
    put_in(&error, "Metadata");
    assert_memory_equal(error.path, "/Metadata/xxx", 13);
    assert_int_equal(strlen(error.path), EXECWIRE_PATH_SIZE - 1);
    assert_string_equal(error.path + EXECWIRE_PATH_SIZE - 5, "x...");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_has_its_name),
        cmocka_unit_test(test_every_code_has_a_text_of_its_own),
        cmocka_unit_test(test_other_numbers_are_an_argument_error),
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_an_error_says_all_that_is_known),
        cmocka_unit_test(test_an_error_may_be_null),
        cmocka_unit_test(test_a_path_grows_at_its_front),
        cmocka_unit_test(test_a_path_escapes_its_own_characters),
        cmocka_unit_test(test_a_path_that_just_fits_is_whole),
        cmocka_unit_test(test_a_long_path_is_cut_between_characters),
        cmocka_unit_test(test_a_long_path_is_cut_between_escapes),
        cmocka_unit_test(test_a_long_path_is_cut_beside_an_escape),
        cmocka_unit_test(test_a_long_path_of_bad_bytes),
        cmocka_unit_test(test_a_cut_path_can_grow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

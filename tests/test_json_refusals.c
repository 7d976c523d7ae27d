/* What the JSON reader refuses, with which code, at which byte, in which field; and unknown keys.
 *
 * SPDX-License-Identifier: Apache-2.0 */
/* promise: json-white-space */
#include "support/cmocka.h"

#include "support/json.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Refusals: the byte at fault is the first one of the second text ---- */

static const json_refusal of_structure[] = {
    JSON_REFUSED("", "", TRUNCATED, "", NULL),
    JSON_REFUSED("   ", "", TRUNCATED, "", NULL),
    JSON_REFUSED(" ", "[]", EXPECTED_OBJECT, "", "an array"),
    JSON_REFUSED("", "'x'", EXPECTED_OBJECT, "", "a string"),
    JSON_REFUSED("", "null", EXPECTED_OBJECT, "", "null"),
    JSON_REFUSED("", "true", EXPECTED_OBJECT, "", "true"),
    JSON_REFUSED("", "false", EXPECTED_OBJECT, "", "false"),
    JSON_REFUSED("", "17", EXPECTED_OBJECT, "", "a number"),
    JSON_REFUSED("", "-1", EXPECTED_OBJECT, "", "a number"),
    JSON_REFUSED("", "x", JSON_VALUE, "", NULL),
    JSON_REFUSED("", "\0", JSON_VALUE, "", NULL),
    JSON_REFUSED("", "\xEF\xBB\xBF{}", JSON_VALUE, "", NULL),
    JSON_REFUSED("", "\f{}", JSON_VALUE, "", NULL),
    JSON_REFUSED("{", "]", JSON_KEY, "", NULL),
    JSON_REFUSED("{", "job_id:'x'}", JSON_KEY, "", NULL),
    JSON_REFUSED("{", ",}", JSON_KEY, "", NULL),
    JSON_REFUSED("{'state':1,", "}", JSON_KEY, "", NULL),
    JSON_REFUSED("{'state':1, ", ",'version':1}", JSON_KEY, "", NULL),
    JSON_REFUSED("{'state'", "}", JSON_COLON, "", NULL),
    JSON_REFUSED("{'state' ", "1}", JSON_COLON, "", NULL),
    JSON_REFUSED("{'state':", "}", JSON_VALUE, "/State", NULL),
    JSON_REFUSED("{'state':", ",'version':1}", JSON_VALUE, "/State", NULL),
    JSON_REFUSED("{'job_id': ", "x}", JSON_VALUE, "/JobID", NULL),
    JSON_REFUSED("{'state':1", "]", JSON_COMMA, "", NULL),
    JSON_REFUSED("{'state':1", "-'version':1}", JSON_COMMA, "", NULL),
    JSON_REFUSED("{'job_id':'j'", "+'version':1}", JSON_COMMA, "", NULL),
    JSON_REFUSED("{'state':1,", "!version':1}", JSON_KEY, "", NULL),
    JSON_REFUSED("{'state':1,", "#version':1}", JSON_KEY, "", NULL),
    JSON_REFUSED("{'state':1 ", "'version':1}", JSON_COMMA, "", NULL),
    JSON_REFUSED("{'run_output':{'exit_code':1", "]}", JSON_COMMA, "/RunOutput", NULL),
    JSON_REFUSED("{'run_output':{", "1}}", JSON_KEY, "/RunOutput", NULL),
    JSON_REFUSED("{'run_output':{'stdout'", "}}", JSON_COLON, "/RunOutput", NULL),
    JSON_REFUSED("{} ", "{}", JSON_TRAILING, "", NULL),
    JSON_REFUSED("{}", "}", JSON_TRAILING, "", NULL),
    JSON_REFUSED("{}\n", "\0", JSON_TRAILING, "", NULL),
    JSON_REFUSED("{'state':1}\r\n", ",", JSON_TRAILING, "", NULL),
    JSON_REFUSED("{'job_id':", "nul}", JSON_VALUE, "/JobID", NULL),
    JSON_REFUSED("{'job_id':", "nil}", JSON_VALUE, "/JobID", NULL),
    JSON_REFUSED("{'run_output':{'stdouttruncated':", "truth}}", JSON_VALUE,
                 "/RunOutput/stdouttruncated", NULL),
    JSON_REFUSED("{'run_output':{'stdouttruncated':", "False}}", JSON_VALUE,
                 "/RunOutput/stdouttruncated", NULL),
};

static const json_refusal of_strings[] = {
    JSON_REFUSED("{'job_id':'a", "\n'}", JSON_CONTROL, "/JobID", NULL),
    JSON_REFUSED("{'job_id':'a", "\0'}", JSON_CONTROL, "/JobID", NULL),
    JSON_REFUSED("{'job_id':'a", "\\a'}", JSON_ESCAPE, "/JobID", NULL),
    JSON_REFUSED("{'job_id':'a\\u00", "x0'}", JSON_ESCAPE, "/JobID", NULL),
    JSON_REFUSED("{'run_output':{'stdout':'a", "\\ud800'}}", JSON_SURROGATE, "/RunOutput/stdout",
                 NULL),
    JSON_REFUSED("{'run_output':{'stderr':'a", "\xE2\x28\xA1'}}", UTF8, "/RunOutput/stderr", NULL),
    JSON_REFUSED("{'published_results':{'s3':{'key':'", "\xFF'}}}", UTF8,
                 "/PublishedResults/S3/Key", NULL),
    JSON_REFUSED("{'published_results':{'s3':{'VersionID':", "1}}}", EXPECTED_STRING,
                 "/PublishedResults/S3/VersionID", "a number"),
    JSON_REFUSED("{'job", "\xFF':1}", UTF8, "", NULL),
    JSON_REFUSED("{'job", "\\ ':1}", JSON_ESCAPE, "", NULL),
    JSON_REFUSED("{'job", "\\udc00':1}", JSON_SURROGATE, "", NULL),
    JSON_REFUSED("{'job", "\t':1}", JSON_CONTROL, "", NULL),
};

static const json_refusal of_numbers[] = {
    JSON_REFUSED("{'version':1", "/}", JSON_COMMA, "", NULL),
    JSON_REFUSED("{'version':1", ":}", JSON_COMMA, "", NULL),
    JSON_REFUSED("{'version':", "/}", JSON_VALUE, "/Version", NULL),
    JSON_REFUSED("{'version':", ":}", JSON_VALUE, "/Version", NULL),
    JSON_REFUSED("{'version':", "1.5}", INTEGER_FRACTION, "/Version", NULL),
    JSON_REFUSED("{'version': ", "'1.5'}", INTEGER_FRACTION, "/Version", NULL),
    JSON_REFUSED("{'version':", "1e-400}", INTEGER_FRACTION, "/Version", NULL),
    JSON_REFUSED("{'version':", "9223372036854775808}", INTEGER_RANGE, "/Version", NULL),
    JSON_REFUSED("{'version':", "-9223372036854775809}", INTEGER_RANGE, "/Version", NULL),
    JSON_REFUSED("{'version':", "1e19}", INTEGER_RANGE, "/Version", NULL),
    JSON_REFUSED("{'version':", "'18446744073709551616'}", INTEGER_RANGE, "/Version", NULL),
    JSON_REFUSED("{'version':0", "1}", JSON_NUMBER, "/Version", NULL),
    JSON_REFUSED("{'version':-", "}", JSON_NUMBER, "/Version", NULL),
    JSON_REFUSED("{'version':1.", "}", JSON_NUMBER, "/Version", NULL),
    JSON_REFUSED("{'version':1e", "}", JSON_NUMBER, "/Version", NULL),
    JSON_REFUSED("{'version':", "+1}", JSON_VALUE, "/Version", NULL),
    JSON_REFUSED("{'version':", ".5}", JSON_VALUE, "/Version", NULL),
    JSON_REFUSED("{'version':", "NaN}", JSON_VALUE, "/Version", NULL),
    JSON_REFUSED("{'version':1", "_000}", JSON_COMMA, "", NULL),
    JSON_REFUSED("{'version':0", "x10}", JSON_COMMA, "", NULL),
    JSON_REFUSED("{'version':", "''}", EXPECTED_INTEGER, "/Version", "a string"),
    JSON_REFUSED("{'version':", "' 1'}", EXPECTED_INTEGER, "/Version", "a string"),
    JSON_REFUSED("{'version':", "'1 '}", EXPECTED_INTEGER, "/Version", "a string"),
    JSON_REFUSED("{'version':", "'01'}", EXPECTED_INTEGER, "/Version", "a string"),
    JSON_REFUSED("{'version':", "'+1'}", EXPECTED_INTEGER, "/Version", "a string"),
    JSON_REFUSED("{'version':", "'0x1'}", EXPECTED_INTEGER, "/Version", "a string"),
    JSON_REFUSED("{'version':", "'1\\u0000'}", EXPECTED_INTEGER, "/Version", "a string"),
    JSON_REFUSED("{'version':'1", "\n'}", JSON_CONTROL, "/Version", NULL),
    JSON_REFUSED("{'run_output':{'exitCode':null", "1}}", JSON_COMMA, "/RunOutput", NULL),
};

/* A string with escapes that is too long to be a number or a name, though its start is one. */
#define ZEROS       "00000000000000000000000000000000000000000000000000000000000000000000"
#define UNDERSCORES "____________________________________________________________________"

#define ESCAPED_8  "\\u005f\\u005f\\u005f\\u005f\\u005f\\u005f\\u005f\\u005f"
#define ESCAPED_64 ESCAPED_8 ESCAPED_8 ESCAPED_8 ESCAPED_8 ESCAPED_8 ESCAPED_8 ESCAPED_8 ESCAPED_8

static const json_refusal of_enums[] = {
    JSON_REFUSED("{'state':", "-1}", ENUM_RANGE, "/State", NULL),
    JSON_REFUSED("{'state':", "2147483648}", ENUM_RANGE, "/State", NULL),
    JSON_REFUSED("{'state':", "1e19}", ENUM_RANGE, "/State", NULL),
    JSON_REFUSED("{'state':", "1.5}", INTEGER_FRACTION, "/State", NULL),
    JSON_REFUSED("{'state':0", "7}", JSON_NUMBER, "/State", NULL),
    JSON_REFUSED("{'state':", "'Done'}", ENUM_NAME, "/State", NULL),
    JSON_REFUSED("{'state':", "''}", ENUM_NAME, "/State", NULL),
    JSON_REFUSED("{'state':", "'7'}", ENUM_NAME, "/State", NULL),
    JSON_REFUSED("{'state':", "'Completed '}", ENUM_NAME, "/State", NULL),
    JSON_REFUSED("{'state':", "'EXECUTION_DESIRED_STATE_RUNNING'}", ENUM_NAME, "/State", NULL),
    JSON_REFUSED("{'desired_state':", "'Completed'}", ENUM_NAME, "/DesiredState", NULL),
    JSON_REFUSED("{'published_results':{'storage_source': ", "'ftp'}}", ENUM_NAME,
                 "/PublishedResults/StorageSource", NULL),
    JSON_REFUSED("{'state':", "'New" ESCAPED_64 "er'}", ENUM_NAME, "/State", NULL),
    JSON_REFUSED("{'state':", "'\\u004eew" UNDERSCORES "er'}", ENUM_NAME, "/State", NULL),
    JSON_REFUSED("{'version':", "'\\u0031." ZEROS "5'}", EXPECTED_INTEGER, "/Version", "a string"),
    JSON_REFUSED("{'version':", "'\\u0031." ZEROS "x'}", EXPECTED_INTEGER, "/Version", "a string"),
};

static const json_refusal of_times[] = {
    JSON_REFUSED("{'create_time':'2023-10-17", " 12:28:08Z'}", TIME_SYNTAX, "/CreateTime", NULL),
    JSON_REFUSED("{'create_time':'", "'}", TIME_SYNTAX, "/CreateTime", NULL),
    JSON_REFUSED("{'create_time':'2023-", "13-17T12:28:08Z'}", TIME_FIELD, "/CreateTime", NULL),
    JSON_REFUSED("{'update_time':'2016-12-31T23:59:", "60Z'}", TIME_LEAP, "/UpdateTime", NULL),
    JSON_REFUSED("{'update_time':'2023-10-17T12:28:08.123456789", "1Z'}", TIME_DIGITS,
                 "/UpdateTime", NULL),
    JSON_REFUSED("{'update_time':'", "0000-01-01T00:00:00Z'}", TIME_RANGE, "/UpdateTime", NULL),
    JSON_REFUSED("{'update_time':'", "9999-12-31T23:59:59-00:01'}", TIME_RANGE, "/UpdateTime",
                 NULL),
    /* with escape sequences the place inside the string is not known */
    JSON_REFUSED("{'update_time':'", "2023\\u002d13-17T12:28:08Z'}", TIME_FIELD, "/UpdateTime",
                 NULL),
    JSON_REFUSED("{'update_time':'", "\\u0032023-10-17T12:28:08." ZEROS ZEROS "Z'}", TIME_SYNTAX,
                 "/UpdateTime", NULL),
};

static const json_refusal of_maps[] = {
    JSON_REFUSED("{'PublishedResults':{'Metadata':{'a':", "1}}}", EXPECTED_STRING,
                 "/PublishedResults/Metadata/a", "a number"),
    JSON_REFUSED("{'PublishedResults':{'Metadata':{'a':", "null}}}", EXPECTED_STRING,
                 "/PublishedResults/Metadata/a", "null"),
    JSON_REFUSED("{'PublishedResults':{'Metadata':{'a':'1','b':", "{}}}}", EXPECTED_STRING,
                 "/PublishedResults/Metadata/b", "an object"),
    JSON_REFUSED("{'PublishedResults':{'Metadata':{'a':'1',", "'a':'2'}}}", DUPLICATE_KEY,
                 "/PublishedResults/Metadata/a", NULL),
    JSON_REFUSED("{'PublishedResults':{'Metadata':{'b':'1','a':'1',", "'b':'1'}}}", DUPLICATE_KEY,
                 "/PublishedResults/Metadata/b", NULL),
    JSON_REFUSED("{'PublishedResults':{'Metadata':{'a':'1',", "'\\u0061':'2'}}}", DUPLICATE_KEY,
                 "/PublishedResults/Metadata/a", NULL),
    JSON_REFUSED("{'PublishedResults':{'Metadata':{'a/~\\n':'1',", "'a\\/~\\u000A':'2'}}}",
                 DUPLICATE_KEY, "/PublishedResults/Metadata/a~1~0?", NULL),
    JSON_REFUSED("{'PublishedResults':{'Metadata':{'a'", "}}}", JSON_COLON,
                 "/PublishedResults/Metadata", NULL),
    JSON_REFUSED("{'PublishedResults':{'Metadata':{'a':'1'", "]}}", JSON_COMMA,
                 "/PublishedResults/Metadata", NULL),
    JSON_REFUSED("{'PublishedResults':{'Metadata':{'a':'1',", "}}}", JSON_KEY,
                 "/PublishedResults/Metadata", NULL),
    JSON_REFUSED("{'PublishedResults':{'Metadata':{'a", "\xFF':'1'}}}", UTF8,
                 "/PublishedResults/Metadata", NULL),
    JSON_REFUSED("{'PublishedResults':{'Metadata':{'a':'1','b\\/c':'", "\xFF'}}}", UTF8,
                 "/PublishedResults/Metadata/b~1c", NULL),
};

static const json_refusal of_keys[] = {
    /* nearly the key that is expected next */
    JSON_REFUSED("{", "'compute_referencea:':1}", UNKNOWN_KEY, "/compute_referencea:", NULL),
    JSON_REFUSED("{", "'compute_reference!:':1}", UNKNOWN_KEY, "/compute_reference!:", NULL),
    JSON_REFUSED("{", "'ComputeReference#:':1}", UNKNOWN_KEY, "/ComputeReference#:", NULL),
    JSON_REFUSED("{'compute_reference'", ";'x'}", JSON_COLON, "", NULL),
    JSON_REFUSED("{'ComputeReference'", "9'x'}", JSON_COLON, "", NULL),
    JSON_REFUSED("{", "'ShardIndex':0}", UNKNOWN_KEY, "/ShardIndex", NULL),
    JSON_REFUSED("{'state':7, ", "'AcceptedAskForBid':true}", UNKNOWN_KEY, "/AcceptedAskForBid",
                 NULL),
    JSON_REFUSED("{'RunOutput':{", "'Stdout':''}}", UNKNOWN_KEY, "/RunOutput/Stdout", NULL),
    JSON_REFUSED("{'PublishedResults':{'S3':{", "'Filter':''}}}", UNKNOWN_KEY,
                 "/PublishedResults/S3/Filter", NULL),
    JSON_REFUSED("{", "'':0}", UNKNOWN_KEY, "/", NULL),
    JSON_REFUSED("{", "'a/b~c\x7F':0}", UNKNOWN_KEY, "/a~1b~0c?", NULL),
    JSON_REFUSED("{", "'a\\/b\\u0041\\n\\ud83d\\ude80':0}", UNKNOWN_KEY, "/a~1bA?\xF0\x9F\x9A\x80",
                 NULL),
    JSON_REFUSED("{", "'job_id\\u0000':0}", UNKNOWN_KEY, "/job_id?", NULL),
    JSON_REFUSED("{", "'" ZEROS ZEROS "':0}", UNKNOWN_KEY,
                 "/0000000000000000000000000000000000000000000000000000000000000000000000000000000"
                 "000000000000...",
                 NULL),
    JSON_REFUSED("{", "'" ZEROS "\\u0030\\u0030" ZEROS "\\u0030':0}", UNKNOWN_KEY,
                 "/0000000000000000000000000000000000000000000000000000000000000000000000000000000"
                 "000000000000...",
                 NULL),
    JSON_REFUSED("{'state':7,", "'State':7}", DUPLICATE_KEY, "/State", NULL),
    JSON_REFUSED("{'state':null,", "'State':7}", DUPLICATE_KEY, "/State", NULL),
};

/* As many as an object has room for. */
#define OPEN_63  "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
#define CLOSE_63 "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
_Static_assert(sizeof OPEN_63 + sizeof CLOSE_63 == 2 * EXECWIRE_MAX_JSON_DEPTH, "one less each");

/* What Bacalhau calls an execution now, whatever else is wrong with it, as far as it is JSON. */
static const json_refusal of_other_executions[] = {
    JSON_REFUSED(" \n", "{'ID':'e','ComputeState':{'StateType':7}}", OTHER_EXECUTION, "", NULL),
    JSON_REFUSED("", "{'DesiredState':{},'NodeID':'n','compute_state':0}", OTHER_EXECUTION, "",
                 NULL),
    JSON_REFUSED("", "{'CreateTime':1,'State':'no','Compute\\u0053tate':0}", OTHER_EXECUTION, "",
                 NULL),
    JSON_REFUSED("{'Version':1,", "'x':{'ComputeState':0}}", UNKNOWN_KEY, "/x", NULL),
    JSON_REFUSED("{", "'ComputeStates':0}", UNKNOWN_KEY, "/ComputeStates", NULL),
    JSON_REFUSED("{", "'x':1,'y':[1 2],'ComputeState':0}", UNKNOWN_KEY, "/x", NULL),
    JSON_REFUSED("", "7,'ComputeState':0", EXPECTED_OBJECT, "", "a number"),
    JSON_REFUSED("", "{'x':" OPEN_63 CLOSE_63 ",'ComputeState':0}", OTHER_EXECUTION, "", NULL),
    JSON_REFUSED("{", "'x':[" OPEN_63 CLOSE_63 "],'ComputeState':0}", UNKNOWN_KEY, "/x", NULL),
    JSON_REFUSED("{", "xComputeState':0}", JSON_KEY, "", NULL),
    JSON_REFUSED("{'JobID':", "1}'ComputeState':0", EXPECTED_STRING, "/JobID", "a number"),
    JSON_REFUSED("{'JobID':", "1}}ComputeState':0", EXPECTED_STRING, "/JobID", "a number"),
};

/* With ignore_unknown, what is skipped is still checked. */
static const json_refusal of_ignored_values[] = {
    JSON_REFUSED("{'x':[1,", "]}", JSON_VALUE, "/x", NULL),
    JSON_REFUSED("{'x':{'y':'", "\xFF'}}", UTF8, "/x", NULL),
    JSON_REFUSED("{'x':0", "1}", JSON_NUMBER, "/x", NULL),
    JSON_REFUSED("{'RunOutput':{'x':{'y'", "}}}", JSON_COLON, "/RunOutput/x", NULL),
    JSON_REFUSED("{'x':'", "\\ud800'}", JSON_SURROGATE, "/x", NULL),
    JSON_REFUSED("{'x", "\\q':1}", JSON_ESCAPE, "", NULL),
    JSON_REFUSED("{'x\\/y':", "tru,}", JSON_VALUE, "/x~1y", NULL),
    JSON_REFUSED("{'x':1,'x':2,'state':", "'x'}", ENUM_NAME, "/State", NULL),
    /* something else: a job with its states, a list of jobs, a foreign document */
    JSON_REFUSED("", "{'State':'Completed','JobID':'j','Executions':[]}", NOT_A_STATE, "", NULL),
    JSON_REFUSED("", "{'executions':[]}", NOT_A_STATE, "", NULL),
    JSON_REFUSED("\n", "{'Jobs':{}}", NOT_A_STATE, "", NULL),
    JSON_REFUSED(" ", "{'x':1}", NOT_A_STATE, "", NULL),
    JSON_REFUSED("", "{'x':{'state':1,'job_id':'j'}}", NOT_A_STATE, "", NULL),
    JSON_REFUSED("", "{'JobID':'j','ComputeState':{}}", OTHER_EXECUTION, "", NULL),
    JSON_REFUSED("{'JobID':'j','ComputeState':{}", "", TRUNCATED, "", NULL),
    JSON_REFUSED("", "{'JobID':'j','DesiredState':{},'ComputeState':{}}", OTHER_EXECUTION, "",
                 NULL),
};

#define TEST_TABLE(table, ignore)                                                                  \
    static void test_##table(void **unused)                                                        \
    {                                                                                              \
        (void)unused;                                                                              \
        json_check_refusals(table, sizeof(table) / sizeof(table)[0], ignore);                      \
    }

TEST_TABLE(of_structure, false)
TEST_TABLE(of_strings, false)
TEST_TABLE(of_numbers, false)
TEST_TABLE(of_enums, false)
TEST_TABLE(of_times, false)
TEST_TABLE(of_maps, false)
TEST_TABLE(of_keys, false)
TEST_TABLE(of_ignored_values, true)
TEST_TABLE(of_other_executions, false)

/* Strings that mean something are strings first. */
static void test_strings_of_every_kind(void **unused)
{
    static const struct {
        const char *before;
        const char *path;
    } kinds[] = {{"{'state':'C", "/State"},
                 {"{'create_time':'2023", "/CreateTime"},
                 {"{'version':'1", "/Version"},
                 {"{'node_id':'a", "/NodeId"}};
    static const struct {
        const char *after;
        execwire_code code;
    } bad[] = {{"\n'}", EXECWIRE_ERROR_JSON_CONTROL},
               {"\\a'}", EXECWIRE_ERROR_JSON_ESCAPE},
               {"\\ud800'}", EXECWIRE_ERROR_JSON_SURROGATE},
               {"\xFF'}", EXECWIRE_ERROR_UTF8},
               {"", EXECWIRE_ERROR_TRUNCATED}};

    (void)unused;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        for (size_t j = 0; j < sizeof bad / sizeof bad[0]; j++) {
            const json_refusal refusal = {
                kinds[i].before, strlen(kinds[i].before), bad[j].after, strlen(bad[j].after),
                bad[j].code,     kinds[i].path,           NULL};

            json_check_refusals(&refusal, 1, false);
        }
}

/* ---- What is nearly refused ---- */

static void test_every_byte_as_a_hex_digit(void **unused)
{
    (void)unused;
    for (int byte = 0; byte < 0x100; byte++)
        for (size_t place = 0; place < 4; place++) {
            char text[] = "{'job_id':'\\u0041'}";
            json_document d;

            text[13 + place] = (char)byte;
            json_read_quoted(&d, text, sizeof text - 1, false);
            if (isxdigit(byte))
                assert_true(d.code == EXECWIRE_OK || place == 0); /* half of a pair */
            else
                json_check_error(&d.error, EXECWIRE_ERROR_JSON_ESCAPE, 13 + place, "/JobID", NULL);
            json_free(&d);
        }
}

static void test_space_before_a_colon(void **unused)
{
    json_document d;

    (void)unused;
    json_accept(&d, "{'compute_reference' :'e','CreateTime'\n:null,'desired_state' : 1}");
    assert_true(json_is(d.state.compute_reference, "e") && d.state.desired_state == 1);
    json_free(&d);
}

/* Of a quoted number's characters 64 are kept where one of them is escaped, else all. */
static void test_long_quoted_integers(void **unused)
{
    char text[200];

    (void)unused;
    for (int escaped = 0; escaped < 2; escaped++)
        for (int zeros = 60; zeros <= 70; zeros++) {
            bool kept = !escaped || zeros <= 62;
            json_document d;
            int size = snprintf(text, sizeof text, "{'version':'%s.%0*d'}",
                                escaped ? "\\u0037" : "7", zeros, 0);

            json_read_quoted(&d, text, (size_t)size, false);
            assert_int_equal(d.code, kept ? EXECWIRE_OK : EXECWIRE_ERROR_EXPECTED_INTEGER);
            assert_int_equal(d.state.version, kept ? 7 : 0);
            json_free(&d);
        }
}

/* ---- Unknown keys ---- */

static void test_unknown_keys_are_counted(void **unused)
{
    static const char text[] = "{'ShardIndex':0,'x':{'a':[1,{'b':null}],'a':'\\u0000'},"
                               "'RunOutput':{'Unknown':[],'exitCode':3},'job_id':'j','':1,"
                               "'PublishedResults':{'S3':{'y':true}},'JobID2':null}";
    json_document d;

    (void)unused;
    json_read_quoted(&d, text, sizeof text - 1, true);
    assert_int_equal(d.code, EXECWIRE_OK);
    assert_int_equal(d.scratch.unknown_count, 6);
    assert_true(json_is(d.state.job_id, "j") && d.state.run_output.exit_code == 3);
    json_free(&d);
    /* an empty object is a state, and so is one with another unknown key */
    json_read_quoted(&d, "{'Execution':[],'state':null}", 29, true);
    assert_int_equal(d.code, EXECWIRE_OK);
    json_free(&d);
    json_read_quoted(&d, "{}", 2, true);
    assert_int_equal(d.code, EXECWIRE_OK);
    json_free(&d);
    json_accept(&d, "{'job_id':'j'}");
    assert_int_equal(d.scratch.unknown_count, 0);
    json_free(&d);
}

/* `levels` arrays, the document itself being one level more. What has ended before them is none. */
static void read_nested(json_document *d, size_t levels)
{
    static const char before[] =
        "{'run_output':{},'published_results':{'s3':{},'metadata':{}},'x':";
    char text[200];
    size_t at = sizeof before - 1;

    memcpy(text, before, at);
    memset(text + at, '[', levels);
    memset(text + at + levels, ']', levels);
    text[at + 2 * levels] = '}';
    json_read_quoted(d, text, at + 2 * levels + 1, true);
}

/* promise: bounded-stack */
static void test_the_depth_of_unknown_values(void **unused)
{
    json_document d;

    (void)unused;
    read_nested(&d, EXECWIRE_MAX_JSON_DEPTH - 1);
    assert_int_equal(d.code, EXECWIRE_OK);
    json_free(&d);
    read_nested(&d, EXECWIRE_MAX_JSON_DEPTH);
    json_check_error(&d.error, EXECWIRE_ERROR_DEPTH, 65 + 63, "/x", NULL);
    json_free(&d);
    assert_int_equal(EXECWIRE_MAX_JSON_DEPTH, 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_of_structure),
        cmocka_unit_test(test_of_strings),
        cmocka_unit_test(test_of_numbers),
        cmocka_unit_test(test_of_enums),
        cmocka_unit_test(test_of_times),
        cmocka_unit_test(test_of_maps),
        cmocka_unit_test(test_of_keys),
        cmocka_unit_test(test_of_ignored_values),
        cmocka_unit_test(test_of_other_executions),
        cmocka_unit_test(test_strings_of_every_kind),
        cmocka_unit_test(test_every_byte_as_a_hex_digit),
        cmocka_unit_test(test_space_before_a_colon),
        cmocka_unit_test(test_long_quoted_integers),
        cmocka_unit_test(test_unknown_keys_are_counted),
        cmocka_unit_test(test_the_depth_of_unknown_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Writing JSON: the exact text in every form, room of every size, and states that cannot be said.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/bad_states.h"
#include "support/json.h"
#include "support/slow.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const execwire_json_options in_api = {.form = EXECWIRE_JSON_API};
static const execwire_json_options with_names = {.enums = EXECWIRE_JSON_ENUM_NAMES};
static const execwire_json_options in_api_with_names = {.form = EXECWIRE_JSON_API,
                                                        .enums = EXECWIRE_JSON_ENUM_NAMES};
static const execwire_json_options pretty = {.pretty = true};

/* Everything set; the map lent by the caller. */
static execwire_state full_state(execwire_entry entries[2])
{
    execwire_state s = {
        .compute_reference = EXECWIRE_STR("e-1"),
        .has_create_time = true,
        .create_time = {1697545688, 90000000},
        .has_desired_state = true,
        .desired_state = EXECWIRE_EXECUTION_DESIRED_STATE_STOPPED,
        .job_id = EXECWIRE_STR("j"),
        .node_id = EXECWIRE_STR("Qm"),
        .has_published_results = true,
        .published_results = {.cid = EXECWIRE_STR("bafy"),
                              .metadata = {entries, 2},
                              .name = EXECWIRE_STR("n"),
                              .path = EXECWIRE_STR("/p"),
                              .has_read_write = true,
                              .read_write = true,
                              .repo = EXECWIRE_STR("r"),
                              .has_s3 = true,
                              .s3 = {EXECWIRE_STR("b"), EXECWIRE_STR("c"), EXECWIRE_STR("e"),
                                     EXECWIRE_STR("k"), EXECWIRE_STR("g"), EXECWIRE_STR("v")},
                              .source_path = EXECWIRE_STR("/s"),
                              .has_storage_source = true,
                              .storage_source = EXECWIRE_STORAGE_SOURCE_S3,
                              .url = EXECWIRE_STR("u")},
        .has_run_output = true,
        .run_output = {.has_exit_code = true,
                       .exit_code = -1,
                       .runner_error = EXECWIRE_STR("x"),
                       .std_err = EXECWIRE_STR("err"),
                       .has_stderrtruncated = true,
                       .std_out = EXECWIRE_STR("out"),
                       .has_stdouttruncated = true,
                       .stdouttruncated = true},
        .has_state = true,
        .state = EXECWIRE_EXECUTION_STATE_COMPLETED,
        .status = EXECWIRE_STR("done"),
        .has_update_time = true,
        .update_time = {-62135596800, 0},
        .has_version = true,
        .version = INT64_MIN,
    };

    entries[0] = (execwire_entry){EXECWIRE_STR("a"), EXECWIRE_STR("1"), 0};
    entries[1] = (execwire_entry){EXECWIRE_STR("b"), EXECWIRE_STR(""), 0};
    return s;
}

/* In `expected` an apostrophe stands for a quotation mark. */
static void check_written(const execwire_state *state, const execwire_json_options *options,
                          const char *expected)
{
    size_t size;
    char *text = json_write(state, options, &size);
    char *quoted = malloc(strlen(expected) + 1);

    assert_non_null(quoted);
    strcpy(quoted, expected);
    json_quote(quoted, strlen(quoted));
    assert_string_equal(text, quoted);
    free(quoted);
    free(text);
}

/* ---- Forms ---- */

static void test_the_documented_form(void **unused)
{
    execwire_entry entries[2];
    execwire_state s = full_state(entries);

    (void)unused;
    check_written(
        &s, NULL,
        "{'compute_reference':'e-1','create_time':'2023-10-17T12:28:08.09Z','desired_state':2,"
        "'job_id':'j','node_id':'Qm','published_results':{'cid':'bafy','metadata':{'a':'1','b':''},"
        "'name':'n','path':'/p','read_write':true,'repo':'r','s3':{'bucket':'b','checksum':'c',"
        "'endpoint':'e','key':'k','region':'g','version_id':'v'},'source_path':'/s',"
        "'storage_source':8,'url':'u'},'run_output':{'exit_code':-1,'runner_error':'x',"
        "'stderr':'err','stderrtruncated':false,'stdout':'out','stdouttruncated':true},'state':7,"
        "'status':'done','update_time':'0001-01-01T00:00:00Z','version':-9223372036854775808}");
}

static void test_the_api_form(void **unused)
{
    execwire_entry entries[2];
    execwire_state s = full_state(entries);

    (void)unused;
    check_written(
        &s, &in_api,
        "{'ComputeReference':'e-1','CreateTime':'2023-10-17T12:28:08.09Z','DesiredState':2,"
        "'JobID':'j','NodeId':'Qm','PublishedResults':{'CID':'bafy','Metadata':{'a':'1','b':''},"
        "'Name':'n','Path':'/p','ReadWrite':true,'Repo':'r','S3':{'Bucket':'b','Checksum':'c',"
        "'Endpoint':'e','Key':'k','Region':'g','VersionID':'v'},'SourcePath':'/s',"
        "'StorageSource':8,'URL':'u'},'RunOutput':{'exitCode':-1,'runnerError':'x',"
        "'stderr':'err','stderrtruncated':false,'stdout':'out','stdouttruncated':true},'State':7,"
        "'Status':'done','UpdateTime':'0001-01-01T00:00:00Z','Version':-9223372036854775808}");
}

static void test_enums_as_names(void **unused)
{
    execwire_state s = {.has_desired_state = true,
                        .desired_state = 1,
                        .has_published_results = true,
                        .published_results = {.has_storage_source = true, .storage_source = 3},
                        .has_state = true,
                        .state = 3};

    (void)unused;
    check_written(&s, &with_names,
                  "{'desired_state':'EXECUTION_DESIRED_STATE_RUNNING','published_results':"
                  "{'storage_source':'STORAGE_SOURCE_REPO_CLONE_LFS'},"
                  "'state':'EXECUTION_STATE_ASK_FOR_BID_ACCEPTED'}");
    check_written(&s, &in_api_with_names,
                  "{'DesiredState':1,'PublishedResults':{'StorageSource':'RepoCloneLFS'},"
                  "'State':'AskForBidAccepted'}");
    s.published_results.storage_source = 9;
    s.state = 0;
    check_written(&s, &in_api_with_names,
                  "{'DesiredState':1,'PublishedResults':{'StorageSource':9},'State':'Undefined'}");
    s.desired_state = 3;
    s.published_results.storage_source = 10;
    s.state = INT32_MAX;
    check_written(&s, &with_names,
                  "{'desired_state':3,'published_results':{'storage_source':10},"
                  "'state':2147483647}");
    check_written(&s, &in_api_with_names,
                  "{'DesiredState':3,'PublishedResults':{'StorageSource':10},'State':2147483647}");
}

static void test_the_pretty_layout(void **unused)
{
    execwire_entry entries[2];
    execwire_state s = full_state(entries);
    execwire_state empty = {.has_run_output = true, .has_version = true};
    execwire_state absent = {.has_state = false};

    (void)unused;
    memset(&s.run_output, 0, sizeof s.run_output);
    memset(&s.published_results.s3, 0, sizeof s.published_results.s3);
    s.published_results.cid.data = s.published_results.repo.data = s.published_results.url.data =
        s.published_results.name.data = s.published_results.path.data =
            s.published_results.source_path.data = NULL;
    check_written(&s, &pretty,
                  "{\n  'compute_reference': 'e-1',\n  'create_time': '2023-10-17T12:28:08.09Z',\n"
                  "  'desired_state': 2,\n  'job_id': 'j',\n  'node_id': 'Qm',\n"
                  "  'published_results': {\n    'metadata': {\n      'a': '1',\n      'b': ''\n"
                  "    },\n    'read_write': true,\n    's3': {},\n    'storage_source': 8\n  },\n"
                  "  'run_output': {},\n  'state': 7,\n  'status': 'done',\n"
                  "  'update_time': '0001-01-01T00:00:00Z',\n  'version': -9223372036854775808\n}");
    check_written(&empty, &pretty, "{\n  'run_output': {},\n  'version': 0\n}");
    check_written(&absent, &pretty, "{}");
    /* a map of one entry */
    absent.has_published_results = true;
    absent.published_results.metadata = (execwire_map){entries, 1};
    check_written(&absent, &pretty,
                  "{\n  'published_results': {\n    'metadata': {\n      'a': '1'\n    }\n  }\n}");
}

/* ---- Values ---- */

static void test_absent_and_empty_are_different(void **unused)
{
    execwire_state s = {.job_id = EXECWIRE_STR("")};

    (void)unused;
    check_written(&s, NULL, "{'job_id':''}");
    s.job_id.data = NULL;
    s.version = 7; /* without its flag, a value is absent */
    check_written(&s, NULL, "{}");
    s.has_published_results = true;
    s.published_results.has_read_write = true;
    s.published_results.has_s3 = true;
    check_written(&s, NULL, "{'published_results':{'read_write':false,'s3':{}}}");
}

static void test_integers(void **unused)
{
    static const struct {
        int64_t value;
        const char *text;
    } cases[] = {
        {0, "{'version':0}"},
        {-1, "{'version':-1}"},
        {10, "{'version':10}"},
        {1000000007, "{'version':1000000007}"},
        {INT64_MAX, "{'version':9223372036854775807}"},
        {INT64_MIN, "{'version':-9223372036854775808}"},
        {-INT64_MAX, "{'version':-9223372036854775807}"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        execwire_state s = {.has_version = true, .version = cases[i].value};

        check_written(&s, NULL, cases[i].text);
    }
}

static void test_times(void **unused)
{
    execwire_state s = {.has_create_time = true, .create_time = {253402300799, 999999999}};

    (void)unused;
    check_written(&s, NULL, "{'create_time':'9999-12-31T23:59:59.999999999Z'}");
    s.create_time = (execwire_time){0, 120000000};
    check_written(&s, NULL, "{'create_time':'1970-01-01T00:00:00.12Z'}");
    s.create_time = (execwire_time){0, 1};
    check_written(&s, NULL, "{'create_time':'1970-01-01T00:00:00.000000001Z'}");
}

/* RFC 8259, section 7: the quotation mark, the backslash and U+0000 to U+001F, and no others. */
static void test_escapes(void **unused)
{
    static const char *const escaped[0x20] = {
        "\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005", "\\u0006", "\\u0007",
        "\\b",     "\\t",     "\\n",     "\\u000b", "\\f",     "\\r",     "\\u000e", "\\u000f",
        "\\u0010", "\\u0011", "\\u0012", "\\u0013", "\\u0014", "\\u0015", "\\u0016", "\\u0017",
        "\\u0018", "\\u0019", "\\u001a", "\\u001b", "\\u001c", "\\u001d", "\\u001e", "\\u001f"};

    (void)unused;
    for (unsigned byte = 0; byte < 0x80; byte++) {
        char raw[3] = {'<', (char)byte, '>'};
        char plain[2] = {(char)byte, '\0'};
        execwire_state s = {.job_id = {raw, 3}};
        size_t size;
        char *text = json_write(&s, NULL, &size);
        const char *middle = byte < 0x20 ? escaped[byte] : plain;

        if (byte == '"' || byte == '\\')
            middle = byte == '"' ? "\\\"" : "\\\\";
        assert_int_equal(size, strlen("{\"job_id\":\"<>\"}") + strlen(middle));
        assert_memory_equal(text + 12, middle, strlen(middle));
        assert_string_equal(text + 12 + strlen(middle), ">\"}");
        free(text);
    }
}

static void test_text_beyond_ascii_stays(void **unused)
{
    execwire_entry entry = {EXECWIRE_STR("\xE2\x94\x80\n"), EXECWIRE_STR("\xF0\x9F\x9A\x80\t"), 0};
    execwire_state s = {.status = EXECWIRE_STR("\xC3\xA9\xE2\x80\xA8\x7F\xEF\xBF\xBF"),
                        .has_published_results = true,
                        .published_results = {.metadata = {&entry, 1}}};

    (void)unused;
    check_written(&s, NULL,
                  "{'published_results':{'metadata':{'\xE2\x94\x80\\n':'\xF0\x9F\x9A\x80\\t'}},"
                  "'status':'\xC3\xA9\xE2\x80\xA8\x7F\xEF\xBF\xBF'}");
}

/* ---- Room ---- */

/* With much room another function may write: the same text. */
static void check_ample_room(const execwire_state *state, const execwire_json_options *options,
                             const char *whole, size_t needed)
{
    for (size_t more = 0; more <= 200; more++) {
        char *out = malloc(needed + more + 1);
        size_t size = 0;

        assert_non_null(out);
        out[needed + more] = 0x5A;
        assert_int_equal(execwire_json_write(state, options, out, needed + more, &size, NULL),
                         EXECWIRE_OK);
        assert_int_equal(size, needed);
        assert_memory_equal(out, whole, needed);
        assert_int_equal(out[needed + more], 0x5A);
        free(out);
    }
}

static void check_room(const execwire_state *state, const execwire_json_options *options)
{
    size_t needed;
    char *whole = json_write(state, options, &needed);

    for (size_t capacity = 0; capacity <= needed + 1; capacity++) {
        char *out = malloc(capacity + 1);
        execwire_error error = {.code = EXECWIRE_OK};
        size_t size = 0;

        assert_non_null(out);
        memset(out, 0x5A, capacity + 1);
        assert_int_equal(execwire_json_write(state, options, out, capacity, &size, &error),
                         capacity < needed ? EXECWIRE_ERROR_NO_SPACE : EXECWIRE_OK);
        assert_int_equal(size, needed);
        assert_int_equal(out[capacity], 0x5A);
        if (capacity >= needed)
            assert_memory_equal(out, whole, needed);
        else
            json_check_error(&error, EXECWIRE_ERROR_NO_SPACE, 0, "", NULL);
        free(out);
    }
    check_ample_room(state, options, whole, needed);
    free(whole);
}

static void test_room_of_every_size(void **unused)
{
    execwire_entry entries[2];
    execwire_state s = full_state(entries);

    (void)unused;
    s.status = EXECWIRE_STR("\"\\\n\x01\xC3\xA9\t plain");
    check_room(&s, NULL);
    check_room(&s, &in_api_with_names);
    check_room(&s, &pretty);
}

static void test_room_of_every_size_for_an_empty_state(void **unused)
{
    const execwire_state s = {.has_create_time = false};

    (void)unused;
    check_room(&s, NULL);
}

/* Texts longer than the room that is left for any other member. */
#define LONG                                                                                       \
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghij"

static void test_room_of_every_size_for_a_long_text_at_the_end(void **unused)
{
    execwire_state s = {.status = EXECWIRE_STR(LONG)};

    (void)unused;
    check_room(&s, NULL);
    s.status = EXECWIRE_STR(LONG "\n" LONG "\xC3\xA9");
    check_room(&s, NULL);
    s.status = EXECWIRE_STR(LONG "\1\1\1"); /* of six characters each */
    check_room(&s, NULL);
}

static void test_room_of_every_size_for_a_long_map(void **unused)
{
    execwire_entry entries[] = {{EXECWIRE_STR("a" LONG), EXECWIRE_STR(LONG), 0},
                                {EXECWIRE_STR("b" LONG), EXECWIRE_STR("\"" LONG), 0},
                                {EXECWIRE_STR("c"), EXECWIRE_STR(""), 0}};
    const execwire_state s = {.has_published_results = true,
                              .published_results.metadata = {entries, 3}};

    (void)unused;
    check_room(&s, NULL);
}

static void test_a_time_of_the_next_day_and_of_the_day_before(void **unused)
{
    execwire_state s = {.has_create_time = true, .has_update_time = true};

    (void)unused;
    s.create_time.seconds = 1697500800;
    s.update_time.seconds = 1697587200;
    check_written(&s, NULL,
                  "{'create_time':'2023-10-17T00:00:00Z','update_time':'2023-10-18T00:00:00Z'}");
    check_room(&s, NULL);
    s.create_time.seconds = 1697587200;
    s.update_time.seconds = 1697587199;
    check_written(&s, NULL,
                  "{'create_time':'2023-10-18T00:00:00Z','update_time':'2023-10-17T23:59:59Z'}");
    check_room(&s, NULL);
}

/* ---- States that cannot be said ---- */

/* Into little room, and into so much that all may be written in one walk before what is wrong is
 * found. */
static void check_refused(const execwire_state *state, execwire_code code, size_t offset,
                          const char *path)
{
    static const size_t capacities[] = {0, 1, 8, 100, 4096};
    execwire_error error;
    size_t size = 99;

    assert_int_equal(execwire_json_write(state, NULL, NULL, 0, &size, &error), code);
    json_check_error(&error, code, offset, path, NULL);
    for (size_t i = 0; i < sizeof capacities / sizeof *capacities; i++) {
        char *out = malloc(capacities[i] + 1);

        assert_non_null(out);
        out[capacities[i]] = 0x5A;
        assert_int_equal(execwire_json_write(state, NULL, out, capacities[i], &size, NULL), code);
        assert_int_equal(execwire_json_write(state, NULL, out, capacities[i], &size, &error), code);
        json_check_error(&error, code, offset, path, NULL);
        assert_int_equal(size, 0);
        assert_int_equal(out[capacities[i]], 0x5A);
        free(out);
    }
}

static void test_states_that_cannot_be_said(void **unused)
{
    (void)unused;
    bad_states_each(check_refused);
}

static void check_too_large(const execwire_state *state)
{
    execwire_error error;
    size_t size = 99;

    assert_int_equal(execwire_json_write(state, NULL, NULL, 0, &size, &error),
                     EXECWIRE_ERROR_TOO_LARGE);
    json_check_error(&error, EXECWIRE_ERROR_TOO_LARGE, 0, "", NULL);
    assert_int_equal(size, 0);
}

/* As large as the largest message, a byte larger, and larger before its end. */
static void test_the_largest_document(void **unused)
{
    static const char around[] =
        "{'compute_reference':'','job_id':'','node_id':'','published_results':{'cid':'','name':'',"
        "'path':'','repo':'','s3':{'bucket':'','checksum':'','endpoint':'','key':'','region':'',"
        "'version_id':''},'source_path':'','url':''},'status':''}";
    char *text;
    execwire_state s;
    size_t size = 0;

    (void)unused;
    if (slow_leaves_out("a document of 2 GiB"))
        return;
    text = malloc(LARGE_TEXT);
    assert_non_null(text);
    memset(text, 'x', LARGE_TEXT);
    s = large_state(text, LARGE_TEXT - sizeof around);
    assert_int_equal(execwire_json_write(&s, NULL, NULL, 0, &size, NULL), EXECWIRE_OK);
    assert_int_equal(size, EXECWIRE_MAX_SIZE);
    s.status.size++;
    check_too_large(&s);
    s.status.size = LARGE_TEXT - 1;
    s.has_version = true;
    check_too_large(&s);
    free(text);
}

static void test_arguments(void **unused)
{
    execwire_state s = {.has_state = true};
    execwire_error error;
    size_t size = 99;

    (void)unused;
    assert_int_equal(execwire_json_write(NULL, NULL, NULL, 0, &size, &error),
                     EXECWIRE_ERROR_ARGUMENT);
    json_check_error(&error, EXECWIRE_ERROR_ARGUMENT, 0, "", NULL);
    assert_int_equal(size, 0);
    assert_int_equal(execwire_json_write(&s, NULL, NULL, 0, NULL, NULL), EXECWIRE_ERROR_ARGUMENT);
    /* measuring does not look at the capacity */
    assert_int_equal(execwire_json_write(&s, NULL, NULL, 100, &size, NULL), EXECWIRE_OK);
    assert_int_equal(size, strlen("{\"state\":0}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_documented_form),
        cmocka_unit_test(test_the_api_form),
        cmocka_unit_test(test_enums_as_names),
        cmocka_unit_test(test_the_pretty_layout),
        cmocka_unit_test(test_absent_and_empty_are_different),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_a_time_of_the_next_day_and_of_the_day_before),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_text_beyond_ascii_stays),
        cmocka_unit_test(test_room_of_every_size),
        cmocka_unit_test(test_room_of_every_size_for_an_empty_state),
        cmocka_unit_test(test_room_of_every_size_for_a_long_text_at_the_end),
        cmocka_unit_test(test_room_of_every_size_for_a_long_map),
        cmocka_unit_test(test_states_that_cannot_be_said),
        cmocka_unit_test(test_the_largest_document),
        cmocka_unit_test(test_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

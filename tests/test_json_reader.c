/* Reading JSON: every field, every rule, every refusal with its place, and memory of every size.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "support/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Values ---- */

static const char everything[] =
    "{'ComputeReference':'e-1','CreateTime':'2023-10-17T12:28:08.5Z','DesiredState':2,"
    "'JobID':'j\\u0041','NodeId':'Qm','PublishedResults':{'CID':'bafy','Metadata':{'z':'1',"
    "'a\\n':'2'},'Name':'n','Path':'/p','ReadWrite':true,'Repo':'r','S3':{'Bucket':'b',"
    "'Checksum':'c','Endpoint':'e','Key':'k','Region':'g','VersionID':'v'},'SourcePath':'/s',"
    "'StorageSource':8,'URL':'u'},'RunOutput':{'exitCode':-1,'runnerError':'x','stderr':'err',"
    "'stderrtruncated':false,'stdout':'out','stdouttruncated':true},'State':7,'Status':'done',"
    "'UpdateTime':'0001-01-01T00:00:00Z','Version':9223372036854775807}";

static void check_storage(const execwire_storage_spec *s)
{
    assert_true(json_is(s->cid, "bafy") && json_is(s->name, "n") && json_is(s->path, "/p"));
    assert_true(json_is(s->repo, "r") && json_is(s->source_path, "/s") && json_is(s->url, "u"));
    assert_true(s->has_read_write && s->read_write);
    assert_true(s->has_storage_source);
    assert_int_equal(s->storage_source, 8);
    assert_true(s->has_s3);
    assert_true(json_is(s->s3.bucket, "b") && json_is(s->s3.checksum, "c"));
    assert_true(json_is(s->s3.endpoint, "e") && json_is(s->s3.key, "k"));
    assert_true(json_is(s->s3.region, "g") && json_is(s->s3.version_id, "v"));
    assert_int_equal(s->metadata.count, 2);
    assert_true(json_is(s->metadata.entries[0].key, "a\n"));
    assert_true(json_is(s->metadata.entries[0].value, "2"));
    assert_true(json_is(s->metadata.entries[1].key, "z"));
    assert_true(json_is(s->metadata.entries[1].value, "1"));
}

static void test_every_field_has_its_place(void **unused)
{
    json_document d;
    const execwire_state *s = &d.state;
    const execwire_run_command_result *o = &d.state.run_output;

    (void)unused;
    json_accept(&d, everything);
    assert_true(json_is(s->compute_reference, "e-1") && json_is(s->job_id, "jA"));
    assert_true(json_is(s->node_id, "Qm") && json_is(s->status, "done"));
    assert_true(s->has_create_time && s->create_time.seconds == 1697545688);
    assert_int_equal(s->create_time.nanos, 500000000);
    assert_true(s->has_update_time && s->update_time.seconds == -62135596800);
    assert_true(s->has_desired_state && s->desired_state == 2 && s->has_state && s->state == 7);
    assert_true(s->has_version && s->version == INT64_MAX);
    assert_true(s->has_published_results && s->has_run_output);
    check_storage(&s->published_results);
    assert_true(o->has_exit_code && o->exit_code == -1 && json_is(o->runner_error, "x"));
    assert_true(json_is(o->std_err, "err") && json_is(o->std_out, "out"));
    assert_true(o->has_stderrtruncated && !o->stderrtruncated);
    assert_true(o->has_stdouttruncated && o->stdouttruncated);
    json_free(&d);
}

static void test_absent_and_empty_are_different(void **unused)
{
    json_document d;

    (void)unused;
    json_accept(&d, " \t\r\n{ \t\r\n} \t\r\n");
    assert_true(json_is(d.state.job_id, NULL) && !d.state.has_state && !d.state.has_version);
    assert_true(!d.state.has_run_output && !d.state.has_published_results);
    json_free(&d);
    json_accept(&d, "{'job_id':'','state':0,'version':0,'run_output':{},'published_results':"
                    "{'read_write':false,'metadata':{}}}");
    assert_true(json_is(d.state.job_id, "") && json_is(d.state.node_id, NULL));
    assert_true(d.state.has_state && d.state.state == 0);
    assert_true(d.state.has_version && d.state.version == 0);
    assert_true(d.state.has_run_output && !d.state.run_output.has_exit_code);
    assert_true(d.state.published_results.has_read_write);
    assert_int_equal(d.state.published_results.metadata.count, 0);
    json_free(&d);
}

/* Every field of the record: its two keys, where it is, and what it may hold. */
static const struct {
    const char *parent; /* API key of the message, or NULL */
    const char *name;
    const char *api;
    const char *good[4];
    execwire_code expected;
} fields[] = {
#define STRINGS  {"'x'"}, EXECWIRE_ERROR_EXPECTED_STRING
#define BOOLS    {"true", "false"}, EXECWIRE_ERROR_EXPECTED_BOOL
#define INTEGERS {"7", "'7'", "1e3"}, EXECWIRE_ERROR_EXPECTED_INTEGER
#define TIMES    {"'2023-10-17T12:28:08Z'"}, EXECWIRE_ERROR_EXPECTED_TIME
#define OBJECTS  {"{}"}, EXECWIRE_ERROR_EXPECTED_OBJECT
    {NULL, "compute_reference", "ComputeReference", STRINGS},
    {NULL, "create_time", "CreateTime", TIMES},
    {NULL, "desired_state", "DesiredState", {"7", "'Running'"}, EXECWIRE_ERROR_EXPECTED_ENUM},
    {NULL, "job_id", "JobID", STRINGS},
    {NULL, "node_id", "NodeId", STRINGS},
    {NULL, "published_results", "PublishedResults", OBJECTS},
    {NULL, "run_output", "RunOutput", OBJECTS},
    {NULL, "state", "State", {"7", "'New'"}, EXECWIRE_ERROR_EXPECTED_ENUM},
    {NULL, "status", "Status", STRINGS},
    {NULL, "update_time", "UpdateTime", TIMES},
    {NULL, "version", "Version", INTEGERS},
    {"PublishedResults", "cid", "CID", STRINGS},
    {"PublishedResults", "metadata", "Metadata", OBJECTS},
    {"PublishedResults", "name", "Name", STRINGS},
    {"PublishedResults", "path", "Path", STRINGS},
    {"PublishedResults", "read_write", "ReadWrite", BOOLS},
    {"PublishedResults", "repo", "Repo", STRINGS},
    {"PublishedResults", "s3", "S3", OBJECTS},
    {"PublishedResults", "source_path", "SourcePath", STRINGS},
    {"PublishedResults",
     "storage_source",
     "StorageSource",
     {"7", "'IPFS'"},
     EXECWIRE_ERROR_EXPECTED_ENUM},
    {"PublishedResults", "url", "URL", STRINGS},
    {"RunOutput", "exit_code", "exitCode", INTEGERS},
    {"RunOutput", "runner_error", "runnerError", STRINGS},
    {"RunOutput", "stderr", "stderr", STRINGS},
    {"RunOutput", "stderrtruncated", "stderrtruncated", BOOLS},
    {"RunOutput", "stdout", "stdout", STRINGS},
    {"RunOutput", "stdouttruncated", "stdouttruncated", BOOLS},
};

#define FIELD_COUNT (sizeof fields / sizeof fields[0])

/* A document with this member alone; `*at` is where its value begins. */
static void member(char text[192], size_t i, const char *key, const char *value, size_t *at)
{
    const char *parent = fields[i].parent;

    *at = (size_t)snprintf(text, 192, parent != NULL ? "{'%s':{'%s': " : "{%.0s'%s': ",
                           parent != NULL ? parent : "", key);
    snprintf(text + *at, 192 - *at, parent != NULL ? "%s}}" : "%s}", value);
}

static void check_wrong_value(size_t i, const char *value, const char *found)
{
    char text[192];
    char path[96];
    json_document d;
    size_t at;

    member(text, i, fields[i].name, value, &at);
    snprintf(path, sizeof path, "%s%s/%s", fields[i].parent != NULL ? "/" : "",
             fields[i].parent != NULL ? fields[i].parent : "", fields[i].api);
    json_read_quoted(&d, text, strlen(text), true);
    json_check_error(&d.error, fields[i].expected, at, path, found);
    json_free(&d);
}

static bool is_integer_field(size_t i)
{
    return fields[i].expected == EXECWIRE_ERROR_EXPECTED_INTEGER;
}

static void test_every_field_refuses_every_other_kind_of_value(void **unused)
{
    static const char *const values[][2] = {
        {"'x'", "a string"}, {"5", "a number"},   {"-5", "a number"}, {"true", "true"},
        {"false", "false"},  {"{}", "an object"}, {"[]", "an array"},
    };

    (void)unused;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        for (size_t j = 0; j < sizeof values / sizeof values[0]; j++) {
            char first = values[j][0][0];
            const char *good = fields[i].good[0];
            bool number = first == '5' || first == '-';
            bool fits = first == good[0] || (number && good[0] == '7') ||
                        (good[0] == 't' && first == 'f') ||
                        (fields[i].expected == EXECWIRE_ERROR_EXPECTED_ENUM && first == '\'');

            if (!fits || (is_integer_field(i) && first == '\''))
                check_wrong_value(i, values[j][0], values[j][1]);
        }
}

static void test_every_field_takes_its_values_by_both_keys(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        for (size_t j = 0; j < 4 && fields[i].good[j] != NULL; j++)
            for (int form = 0; form < 2; form++) {
                char text[192];
                json_document d;
                size_t at;

                member(text, i, form ? fields[i].api : fields[i].name, fields[i].good[j], &at);
                json_accept(&d, text);
                json_free(&d);
            }
}

/* null is absent, wherever it stands; and a key with null is a key that was there. */
static void test_null_is_absent(void **unused)
{
    static const execwire_state absent;

    (void)unused;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        char text[192];
        json_document d;
        execwire_state expected = absent;
        size_t at;

        member(text, i, fields[i].api, "null", &at);
        json_accept(&d, text);
        expected.has_published_results = fields[i].parent != NULL && fields[i].parent[0] == 'P';
        expected.has_run_output = fields[i].parent != NULL && fields[i].parent[0] == 'R';
        assert_memory_equal(&d.state, &expected, sizeof expected);
        json_free(&d);
    }
}

static void test_a_key_may_be_there_once(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        for (int form = 0; form < 8; form++) {
            char value[160];
            char text[192];
            char path[96];
            const char *good = fields[i].good[0];
            json_document d;
            size_t at;

            snprintf(value, sizeof value, "%s,'%s':%s", form & 1 ? "null" : good,
                     form & 2 ? fields[i].api : fields[i].name, form & 4 ? "null" : good);
            member(text, i, fields[i].api, value, &at);
            snprintf(path, sizeof path, "%s%s/%s", fields[i].parent != NULL ? "/" : "",
                     fields[i].parent != NULL ? fields[i].parent : "", fields[i].api);
            json_read_quoted(&d, text, strlen(text), false);
            at += (size_t)(strchr(value, ',') - value) + 1;
            json_check_error(&d.error, EXECWIRE_ERROR_DUPLICATE_KEY, at, path, NULL);
            json_free(&d);
        }
}

/* ---- Integers, enums, keys ---- */

static void test_integers(void **unused)
{
    static const struct {
        const char *text;
        int64_t value;
    } cases[] = {
        {"-0", 0},
        {"1.0", 1},
        {"10e-1", 1},
        {"9223372036854775807", INT64_MAX},
        {"'9223372036854775807'", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
        {"'-9223372036854775808'", INT64_MIN},
        {"'1e3'", 1000},
        {"'\\u0031\\u0032'", 12},
        {"'\\u00312.0000000000000000000000000000000000000000000000000000'", 12},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        json_document d;

        snprintf(text, sizeof text, "{'version':%s,'run_output':{'exit_code':%s}}", cases[i].text,
                 cases[i].text);
        json_accept(&d, text);
        assert_true(d.state.has_version && d.state.version == cases[i].value);
        assert_true(d.state.run_output.exit_code == cases[i].value);
        assert_int_equal(d.scratch.text_size, 0);
        json_free(&d);
    }
}

static int32_t state_of(const char *value)
{
    char text[160];
    json_document d;
    int32_t state;

    snprintf(text, sizeof text, "{'state':%s}", value);
    json_accept(&d, text);
    assert_true(d.state.has_state);
    state = d.state.state;
    json_free(&d);
    return state;
}

static void test_enums(void **unused)
{
    (void)unused;
    assert_int_equal(state_of("7"), 7);
    assert_int_equal(state_of("7.0"), 7);
    assert_int_equal(state_of("1000"), 1000);
    assert_int_equal(state_of("2147483647"), INT32_MAX);
    assert_int_equal(state_of("-0"), 0);
    assert_int_equal(state_of("'Completed'"), 7);
    assert_int_equal(state_of("'completed'"), 7);
    assert_int_equal(state_of("'COMPLETED'"), 7);
    assert_int_equal(state_of("'EXECUTION_STATE_COMPLETED'"), 7);
    assert_int_equal(state_of("'executionstatecompleted'"), 7);
    assert_int_equal(state_of("'AskForBidAccepted'"), 3);
    assert_int_equal(state_of("'ask_for_bid_accepted'"), 3);
    assert_int_equal(state_of("'\\u0043ompleted'"), 7);
}

static void test_keys_with_escapes(void **unused)
{
    json_document d;

    (void)unused;
    json_accept(&d, "{'job\\u005fid':'1','\\u004eodeId':'2'}");
    assert_true(json_is(d.state.job_id, "1") && json_is(d.state.node_id, "2"));
    json_free(&d);
}

/* ---- Cut and broken documents ---- */

static void test_every_prefix_is_cut_off(void **unused)
{
    size_t size = sizeof everything - 1;

    (void)unused;
    for (size_t cut = 0; cut < size; cut++)
        for (int ignore = 0; ignore < 2; ignore++) {
            json_document d;

            json_read_quoted(&d, everything, cut, ignore);
            assert_int_equal(d.code, EXECWIRE_ERROR_TRUNCATED);
            assert_int_equal(d.error.offset, cut);
            json_free(&d);
        }
}

/* Whatever byte stands anywhere: an answer, an offset within the text, and nothing read beyond. */
static void test_every_place_with_another_byte(void **unused)
{
    static const char bytes[] = "\0\x1F \"\\/{}[]:,-+.0eEtfnux\x7F\x80\xC3\xED\xFF";
    char text[sizeof everything];
    size_t size = sizeof everything - 1;

    (void)unused;
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < sizeof bytes - 1; j++) {
            json_document d;

            memcpy(text, everything, sizeof text);
            text[i] = bytes[j];
            json_read_quoted(&d, text, size, j % 2);
            if (d.code != EXECWIRE_OK)
                assert_in_range(d.error.offset, 0, size);
            json_free(&d);
        }
}

/* ---- Memory ---- */

static const char escapes[] = "{'job_id':'a\\nb','run_output':{'stdout':'\\u00e9\\t','stderr':'x'},"
                              "'status':'\\\\','published_results':{'metadata':{'z':'1\\n','y':'',"
                              "'\\u0000':'plain'}}}";
#define ESCAPES_TEXT    (3 + 3 + 1 + 2 + 1)
#define ESCAPES_ENTRIES 3

static void read_with(size_t entries, size_t text_room, const char *in, size_t size)
{
    bool enough = entries >= ESCAPES_ENTRIES && text_room >= ESCAPES_TEXT;
    char *text = malloc(text_room + 1);
    execwire_entry *room = malloc((entries + 1) * sizeof *room);
    execwire_scratch scratch = {room, entries, text, text_room, 9, 9, 9};
    static const execwire_state absent;
    execwire_state state;
    execwire_error error;

    assert_non_null(text);
    assert_non_null(room);
    memset(room, 0x5A, (entries + 1) * sizeof *room);
    text[text_room] = 0x5A;
    assert_int_equal(execwire_json_read(in, size, NULL, &scratch, &state, &error),
                     enough ? EXECWIRE_OK : EXECWIRE_ERROR_NO_SPACE);
    assert_int_equal(scratch.entry_count, ESCAPES_ENTRIES);
    assert_int_equal(scratch.text_size, ESCAPES_TEXT);
    assert_int_equal(scratch.unknown_count, 0);
    assert_int_equal(text[text_room], 0x5A);
    assert_int_equal(*((char *)&room[entries]), 0x5A);
    if (enough) {
        assert_true(json_is(state.job_id, "a\nb") && json_is(state.status, "\\"));
        assert_true(json_is(state.run_output.std_out, "\xC3\xA9\t"));
        assert_int_equal(state.published_results.metadata.entries[0].key.size, 1);
        assert_true(json_is(state.published_results.metadata.entries[2].value, "1\n"));
    } else {
        json_check_error(&error, EXECWIRE_ERROR_NO_SPACE, 0, "", NULL);
        assert_memory_equal(&state, &absent, sizeof state);
    }
    free(text);
    free(room);
}

/* promise: no-space-says-enough */
static void test_memory_of_every_size(void **unused)
{
    char in[sizeof escapes];

    (void)unused;
    memcpy(in, escapes, sizeof escapes);
    json_quote(in, sizeof escapes - 1);
    for (size_t entries = 0; entries <= ESCAPES_ENTRIES + 1; entries++)
        for (size_t text = 0; text <= ESCAPES_TEXT + 1; text++)
            read_with(entries, text, in, sizeof escapes - 1);
}

/* promise: null-measures-json */
static void test_without_any_memory(void **unused)
{
    static const char in[] = "{\"job_id\":\"plain\"}";
    static const char needs[] = "{\"job_id\":\"\\n\"}";
    execwire_state state;

    (void)unused;
    assert_int_equal(execwire_json_read(in, sizeof in - 1, NULL, NULL, &state, NULL), EXECWIRE_OK);
    assert_ptr_equal(state.job_id.data, in + 11);
    assert_int_equal(execwire_json_read(needs, sizeof needs - 1, NULL, NULL, &state, NULL),
                     EXECWIRE_ERROR_NO_SPACE);
    assert_null(state.job_id.data);
    assert_int_equal(execwire_json_read(needs, sizeof needs - 1, NULL, NULL, NULL, NULL),
                     EXECWIRE_OK);
    assert_int_equal(execwire_json_read(needs, 5, NULL, NULL, NULL, NULL),
                     EXECWIRE_ERROR_TRUNCATED);
}

static void test_arguments(void **unused)
{
    execwire_scratch scratch = {.entry_count = 9, .text_size = 9, .unknown_count = 9};
    static const execwire_state absent;
    execwire_state state;
    execwire_error error;

    (void)unused;
    memset(&state, 0xA5, sizeof state);
    assert_int_equal(execwire_json_read(NULL, 2, NULL, &scratch, &state, &error),
                     EXECWIRE_ERROR_ARGUMENT);
    json_check_error(&error, EXECWIRE_ERROR_ARGUMENT, 0, "", NULL);
    assert_memory_equal(&state, &absent, sizeof state);
    assert_int_equal(scratch.entry_count + scratch.text_size + scratch.unknown_count, 0);
    if (SIZE_MAX > EXECWIRE_MAX_SIZE) {
        assert_int_equal(
            execwire_json_read("{}", (size_t)EXECWIRE_MAX_SIZE + 1, NULL, NULL, &state, &error),
            EXECWIRE_ERROR_TOO_LARGE);
        json_check_error(&error, EXECWIRE_ERROR_TOO_LARGE, 0, "", NULL);
    }
    /* is looked at */
    assert_int_equal(execwire_json_read("x", EXECWIRE_MAX_SIZE, NULL, NULL, &state, &error),
                     EXECWIRE_ERROR_JSON_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_field_has_its_place),
        cmocka_unit_test(test_absent_and_empty_are_different),
        cmocka_unit_test(test_every_field_refuses_every_other_kind_of_value),
        cmocka_unit_test(test_every_field_takes_its_values_by_both_keys),
        cmocka_unit_test(test_null_is_absent),
        cmocka_unit_test(test_a_key_may_be_there_once),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_enums),
        cmocka_unit_test(test_keys_with_escapes),
        cmocka_unit_test(test_every_prefix_is_cut_off),
        cmocka_unit_test(test_every_place_with_another_byte),
        cmocka_unit_test(test_memory_of_every_size),
        cmocka_unit_test(test_without_any_memory),
        cmocka_unit_test(test_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

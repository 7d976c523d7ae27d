/* Whole documents from JSON to a state and back, in every form, compared by another JSON parser
 * (Jansson) and by tables typed out here.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE      /* timegm */
#define _FILE_OFFSET_BITS 64 /* glibc wants it for the next one */
#define _TIME_BITS        64 /* a 64-bit time_t on 32-bit machines too, for the years to 9999 */

#include "support/cmocka.h"

#include "support/json.h"

#include <jansson.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CORPUS "../shared/corpus/"

/* ---- What a document means ---- */

typedef enum kind { TEXT, FLAG, INTEGER, DESIRED, STATE, SOURCE, TIME, MAP, OBJECT } kind;

typedef struct member {
    const char *name;
    const char *api;
    kind kind;
    const struct member *members; /* of an OBJECT */
} member;

static const member s3[] = {
    {"bucket", "Bucket", TEXT, NULL},
    {"checksum", "Checksum", TEXT, NULL},
    {"endpoint", "Endpoint", TEXT, NULL},
    {"key", "Key", TEXT, NULL},
    {"region", "Region", TEXT, NULL},
    {"version_id", "VersionID", TEXT, NULL},
    {NULL, NULL, TEXT, NULL},
};

static const member storage[] = {
    {"cid", "CID", TEXT, NULL},
    {"metadata", "Metadata", MAP, NULL},
    {"name", "Name", TEXT, NULL},
    {"path", "Path", TEXT, NULL},
    {"read_write", "ReadWrite", FLAG, NULL},
    {"repo", "Repo", TEXT, NULL},
    {"s3", "S3", OBJECT, s3},
    {"source_path", "SourcePath", TEXT, NULL},
    {"storage_source", "StorageSource", SOURCE, NULL},
    {"url", "URL", TEXT, NULL},
    {NULL, NULL, TEXT, NULL},
};

static const member output[] = {
    {"exit_code", "exitCode", INTEGER, NULL},
    {"runner_error", "runnerError", TEXT, NULL},
    {"stderr", "stderr", TEXT, NULL},
    {"stderrtruncated", "stderrtruncated", FLAG, NULL},
    {"stdout", "stdout", TEXT, NULL},
    {"stdouttruncated", "stdouttruncated", FLAG, NULL},
    {NULL, NULL, TEXT, NULL},
};

static const member record[] = {
    {"compute_reference", "ComputeReference", TEXT, NULL},
    {"create_time", "CreateTime", TIME, NULL},
    {"desired_state", "DesiredState", DESIRED, NULL},
    {"job_id", "JobID", TEXT, NULL},
    {"node_id", "NodeId", TEXT, NULL},
    {"published_results", "PublishedResults", OBJECT, storage},
    {"run_output", "RunOutput", OBJECT, output},
    {"state", "State", STATE, NULL},
    {"status", "Status", TEXT, NULL},
    {"update_time", "UpdateTime", TIME, NULL},
    {"version", "Version", INTEGER, NULL},
    {NULL, NULL, TEXT, NULL},
};

#define ENUM_NAMES 10

/* the documented name and the server's, by number */
static const char *const enum_names[3][ENUM_NAMES][2] = {
    {{"EXECUTION_DESIRED_STATE_PENDING", NULL},
     {"EXECUTION_DESIRED_STATE_RUNNING", NULL},
     {"EXECUTION_DESIRED_STATE_STOPPED", NULL}},
    {{"EXECUTION_STATE_UNDEFINED", "Undefined"},
     {"EXECUTION_STATE_NEW", "New"},
     {"EXECUTION_STATE_ASK_FOR_BID", "AskForBid"},
     {"EXECUTION_STATE_ASK_FOR_BID_ACCEPTED", "AskForBidAccepted"},
     {"EXECUTION_STATE_ASK_FOR_BID_REJECTED", "AskForBidRejected"},
     {"EXECUTION_STATE_BID_ACCEPTED", "BidAccepted"},
     {"EXECUTION_STATE_BID_REJECTED", "BidRejected"},
     {"EXECUTION_STATE_COMPLETED", "Completed"},
     {"EXECUTION_STATE_FAILED", "Failed"},
     {"EXECUTION_STATE_CANCELLED", "Cancelled"}},
    {{"STORAGE_SOURCE_UNKNOWN", NULL},
     {"STORAGE_SOURCE_IPFS", "IPFS"},
     {"STORAGE_SOURCE_REPO_CLONE", "RepoClone"},
     {"STORAGE_SOURCE_REPO_CLONE_LFS", "RepoCloneLFS"},
     {"STORAGE_SOURCE_URL_DOWNLOAD", "URLDownload"},
     {"STORAGE_SOURCE_ESTUARY", "Estuary"},
     {"STORAGE_SOURCE_INLINE", "Inline"},
     {"STORAGE_SOURCE_LOCAL_DIRECTORY", "LocalDirectory"},
     {"STORAGE_SOURCE_S3", "S3"},
     {"STORAGE_SOURCE_DONE", NULL}},
};

/* How a document came about: by our writer with these options, or (NULL) by somebody else, who may
 * spell everything in any way. Counts the keys that nobody knows, or does not allow them. */
typedef struct origin {
    const execwire_json_options *ours;
    bool ignore_unknown;
    size_t unknown;
} origin;

static json_int_t integer_of(const json_t *value)
{
    if (json_is_string(value))
        return strtoll(json_string_value(value), NULL, 10);
    if (json_is_real(value))
        return (json_int_t)json_real_value(value);
    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

/* Our writer's numbers and names are where they should be; somebody else's may be either. */
static json_int_t enum_of(const origin *from, const json_t *value, kind type)
{
    const char *const(*names)[2] = enum_names[type - DESIRED];
    const char *text = json_string_value(value);

    for (json_int_t i = 0; i < ENUM_NAMES; i++) {
        if (from->ours != NULL && text == NULL && from->ours->enums == EXECWIRE_JSON_ENUM_NAMES)
            assert_true(json_integer_value(value) != i ||
                        names[i][from->ours->form == EXECWIRE_JSON_API] == NULL);
        for (int form = 0; text != NULL && form < 2; form++)
            if (names[i][form] != NULL && strcmp(names[i][form], text) == 0) {
                assert_true(from->ours == NULL || (int)from->ours->form == form);
                assert_true(from->ours == NULL || from->ours->enums == EXECWIRE_JSON_ENUM_NAMES);
                return i;
            }
    }
    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

/* Seconds and nanoseconds. */
static json_t *instant_of(const origin *from, const char *text)
{
    struct tm tm = {.tm_isdst = 0};
    char fraction[10] = "000000000";
    int used = 0;
    int64_t seconds;

    assert_int_equal(sscanf(text, "%d-%d-%dT%d:%d:%d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
                            &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &used),
                     6);
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    seconds = timegm(&tm);
    text += used;
    if (*text == '.') {
        size_t digits = strspn(++text, "0123456789");

        memcpy(fraction, text, digits);
        text += digits;
        assert_true(from->ours == NULL || text[-1] != '0');
    }
    if (strcmp(text, "Z") != 0) {
        int hours;
        int minutes;

        assert_null(from->ours);
        assert_int_equal(sscanf(text + 1, "%d:%d", &hours, &minutes), 2);
        seconds -= (hours * 3600 + minutes * 60) * (text[0] == '-' ? -1 : 1);
    }
    return json_pack("[I,i]", (json_int_t)seconds, atoi(fraction));
}

static json_t *meaning_of_object(origin *from, const json_t *object, const member *members);

static json_t *meaning(origin *from, const json_t *value, const member *m)
{
    switch (m->kind) {
    case TEXT:
        assert_true(json_is_string(value));
        return json_deep_copy(value);
    case FLAG:
        assert_true(json_is_boolean(value));
        return json_deep_copy(value);
    case INTEGER:
        assert_true(from->ours == NULL || json_is_integer(value));
        return json_integer(integer_of(value));
    case DESIRED:
    case STATE:
    case SOURCE:
        return json_integer(enum_of(from, value, m->kind));
    case TIME:
        assert_true(json_is_string(value));
        return instant_of(from, json_string_value(value));
    case MAP:
        /* protobuf cannot tell an empty map from none */
        assert_true(json_is_object(value));
        assert_true(from->ours == NULL || json_object_size(value) > 0);
        return json_object_size(value) > 0 ? json_deep_copy(value) : NULL;
    case OBJECT:
        return meaning_of_object(from, value, m->members);
    }
    return NULL;
}

static const member *member_of(const origin *from, const member *members, const char *key)
{
    bool any = from->ours == NULL;
    bool api = !any && from->ours->form == EXECWIRE_JSON_API;

    for (; members->name != NULL; members++)
        if (((any || !api) && strcmp(members->name, key) == 0) ||
            ((any || api) && strcmp(members->api, key) == 0))
            return members;
    return NULL;
}

/* The same in one spelling: documented keys, numbers for enums, instants for times, no nulls. */
static json_t *meaning_of_object(origin *from, const json_t *object, const member *members)
{
    json_t *result = json_object();
    const char *key;
    json_t *value;

    assert_true(json_is_object(object));
    json_object_foreach((json_t *)object, key, value)
    {
        const member *m = member_of(from, members, key);
        json_t *part;

        if (m == NULL) {
            assert_true(from->ignore_unknown);
            from->unknown++;
            continue;
        }
        assert_true(from->ours == NULL || !json_is_null(value));
        part = json_is_null(value) ? NULL : meaning(from, value, m);
        if (part != NULL)
            assert_int_equal(json_object_set_new(result, m->name, part), 0);
    }
    return result;
}

static json_t *meaning_of_text(origin *from, const char *text, size_t size)
{
    json_error_t error;
    json_t *document = json_loadb(text, size, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
    json_t *result;

    if (document == NULL)
        fail_msg("%s at %d: %.60s", error.text, error.position, text);
    result = meaning_of_object(from, document, record);
    json_decref(document);
    return result;
}

/* ---- There and back ---- */

/* Written with these options it means the same, and read again it is written the same. */
static void check_form(const execwire_state *state, const json_t *expected,
                       const execwire_json_options *options)
{
    origin from = {options, false, 0};
    size_t size;
    size_t again_size;
    char *text = json_write(state, options, &size);
    json_t *got = meaning_of_text(&from, text, size);
    json_document d;
    char *again;

    if (!json_equal(got, expected))
        fail_msg("another meaning: %s", text);
    json_read(&d, text, size, false);
    assert_int_equal(d.code, EXECWIRE_OK);
    again = json_write(&d.state, options, &again_size);
    assert_int_equal(again_size, size);
    assert_memory_equal(again, text, size);
    free(again);
    json_free(&d);
    json_decref(got);
    free(text);
}

static void check_document(const char *text, size_t size, bool ignore_unknown,
                           const json_t *expected)
{
    json_document d;

    json_read(&d, text, size, ignore_unknown);
    if (d.code != EXECWIRE_OK)
        fail_msg("%s at %zu in %s", execwire_code_name(d.code), d.error.offset, d.error.path);
    for (int i = 0; i < 8; i++) {
        execwire_json_options options = {
            .form = i & 1 ? EXECWIRE_JSON_API : EXECWIRE_JSON_DOCUMENTED,
            .enums = i & 2 ? EXECWIRE_JSON_ENUM_NAMES : EXECWIRE_JSON_ENUM_NUMBERS,
            .pretty = i & 4};

        check_form(&d.state, expected, &options);
    }
    json_free(&d);
}

static void check_round_trip(const char *text, size_t size)
{
    origin from = {NULL, false, 0};
    json_t *expected = meaning_of_text(&from, text, size);

    check_document(text, size, false, expected);
    json_decref(expected);
}

/* Every prefix but the white space at the end is refused, for what is missing at its end. */
static void check_prefixes(const char *text, size_t size)
{
    while (size > 0 && strchr(" \r\n\t", text[size - 1]) != NULL)
        size--;
    for (size_t cut = 0; cut < size; cut++) {
        json_document d;

        json_read(&d, text, cut, false);
        assert_int_equal(d.code, EXECWIRE_ERROR_TRUNCATED);
        assert_int_equal(d.error.offset, cut);
        json_free(&d);
    }
}

static void test_the_documents_of_our_own(void **unused)
{
    glob_t files;

    (void)unused;
    assert_int_equal(glob("tests/vectors/*.json", 0, NULL, &files), 0);
    assert_in_range(files.gl_pathc, 12, 1000);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        size_t size;
        char *text = json_read_file(files.gl_pathv[i], &size);

        print_message("%s\n", files.gl_pathv[i]);
        assert_non_null(text);
        check_round_trip(text, size);
        check_prefixes(text, size);
        free(text);
    }
    globfree(&files);
}

/* ---- The corpus ---- */

/* The line that begins at `*at`; NULL after the last one. */
static const char *next_line(const char **at, size_t *size)
{
    const char *line = *at;

    if (*line == '\0')
        return NULL;
    *size = strcspn(line, "\n");
    *at = line + *size + (line[*size] == '\n');
    return line;
}

static char *corpus(const char *path)
{
    size_t size;
    char *text = json_read_file(path, &size);

    if (text == NULL)
        print_message("skipped: there is no %s\n", path);
    return text;
}

static void check_lines(const char *path, size_t count)
{
    char *text = corpus(path);
    const char *at = text;
    const char *line;
    size_t lines = 0;
    size_t size;

    if (text == NULL)
        return;
    for (; (line = next_line(&at, &size)) != NULL; lines++)
        check_round_trip(line, size);
    assert_int_equal(lines, count);
    free(text);
}

static void test_the_real_documents(void **unused)
{
    (void)unused;
    check_lines(CORPUS "real.jsonl", 15);
}

static void test_the_lifecycles(void **unused)
{
    (void)unused;
    check_lines(CORPUS "lifecycle.jsonl", 2450);
}

/* As a server emitted it: refused for a key that nobody knows, or with all of those counted.
 * `*same` counts the documents that are then those of `real`. */
static void check_emitted(const char *text, size_t size, const json_t *real, size_t *same)
{
    origin server = {NULL, true, 0};
    json_t *expected = meaning_of_text(&server, text, size);
    json_document d;

    json_read(&d, text, size, false);
    assert_int_equal(d.code, server.unknown > 0 ? EXECWIRE_ERROR_UNKNOWN_KEY : EXECWIRE_OK);
    if (server.unknown > 0)
        assert_true(text[d.error.offset] == '"' && d.error.path[0] == '/');
    json_free(&d);
    json_read(&d, text, size, true);
    assert_int_equal(d.scratch.unknown_count, server.unknown);
    json_free(&d);
    check_document(text, size, true, expected);
    *same += json_equal(expected, real) != 0;
    json_decref(expected);
}

static void test_the_documents_as_servers_emitted_them(void **unused)
{
    char *emitted = corpus(CORPUS "real-as-emitted.jsonl");
    char *real = corpus(CORPUS "real.jsonl");
    const char *at = emitted;
    const char *real_at = real;
    const char *line;
    size_t same = 0;
    size_t size;

    (void)unused;
    while (emitted != NULL && real != NULL && (line = next_line(&at, &size)) != NULL) {
        origin from = {NULL, false, 0};
        size_t real_size = 0;
        const char *real_line = next_line(&real_at, &real_size);
        json_t *real_meaning;

        assert_non_null(real_line);
        real_meaning = meaning_of_text(&from, real_line, real_size);
        check_emitted(line, size, real_meaning, &same);
        json_decref(real_meaning);
    }
    /* one of the 15 has older keys, such as Cid and ExitCode, that `real` has replaced */
    if (emitted != NULL && real != NULL)
        assert_int_equal(same, 14);
    free(emitted);
    free(real);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_documents_of_our_own),
        cmocka_unit_test(test_the_real_documents),
        cmocka_unit_test(test_the_lifecycles),
        cmocka_unit_test(test_the_documents_as_servers_emitted_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

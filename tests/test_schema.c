/* The generated tables, held against the record as it is documented, and the lookups in them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "schema/schema.h"

#include <execwire/execwire.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- The documented record, typed out ---- */

typedef struct expected_field {
    const char *name;
    const char *json_name;
    execwire_kind kind;
    const char *type; /* of an enum or a message */
} expected_field;

#define STRING  EXECWIRE_KIND_STRING, NULL
#define BOOLEAN EXECWIRE_KIND_BOOL, NULL
#define TIME    EXECWIRE_KIND_TIME, "Timestamp"

static const expected_field execution_state[] = {
    {"compute_reference", "ComputeReference", STRING},
    {"create_time", "CreateTime", TIME},
    {"desired_state", "DesiredState", EXECWIRE_KIND_ENUM, "ExecutionDesiredState"},
    {"job_id", "JobID", STRING},
    {"node_id", "NodeId", STRING},
    {"published_results", "PublishedResults", EXECWIRE_KIND_MESSAGE, "StorageSpec"},
    {"run_output", "RunOutput", EXECWIRE_KIND_MESSAGE, "RunCommandResult"},
    {"state", "State", EXECWIRE_KIND_ENUM, "ExecutionStateType"},
    {"status", "Status", STRING},
    {"update_time", "UpdateTime", TIME},
    {"version", "Version", EXECWIRE_KIND_INT64, NULL},
};

static const expected_field storage_spec[] = {
    {"cid", "CID", STRING},
    {"metadata", "Metadata", EXECWIRE_KIND_MAP, "MetadataEntry"},
    {"name", "Name", STRING},
    {"path", "Path", STRING},
    {"read_write", "ReadWrite", BOOLEAN},
    {"repo", "Repo", STRING},
    {"s3", "S3", EXECWIRE_KIND_MESSAGE, "S3StorageSpec"},
    {"source_path", "SourcePath", STRING},
    {"storage_source", "StorageSource", EXECWIRE_KIND_ENUM, "StorageSourceType"},
    {"url", "URL", STRING},
};

static const expected_field s3_storage_spec[] = {
    {"bucket", "Bucket", STRING},     {"checksum", "Checksum", STRING},
    {"endpoint", "Endpoint", STRING}, {"key", "Key", STRING},
    {"region", "Region", STRING},     {"version_id", "VersionID", STRING},
};

static const expected_field run_command_result[] = {
    {"exit_code", "exitCode", EXECWIRE_KIND_SINT64, NULL},
    {"runner_error", "runnerError", STRING},
    {"stderr", "stderr", STRING},
    {"stderrtruncated", "stderrtruncated", BOOLEAN},
    {"stdout", "stdout", STRING},
    {"stdouttruncated", "stdouttruncated", BOOLEAN},
};

static const struct {
    const char *name;
    const expected_field *fields;
    size_t count;
} messages[] = {
    {"ExecutionState", execution_state, 11},
    {"StorageSpec", storage_spec, 10},
    {"S3StorageSpec", s3_storage_spec, 6},
    {"RunCommandResult", run_command_result, 6},
};

typedef struct expected_value {
    const char *name;
    const char *api_name;
} expected_value;

/* each value's number is its place in the list */
static const expected_value desired_state[] = {
    {"EXECUTION_DESIRED_STATE_PENDING", NULL},
    {"EXECUTION_DESIRED_STATE_RUNNING", NULL},
    {"EXECUTION_DESIRED_STATE_STOPPED", NULL},
};

static const expected_value state_type[] = {
    {"EXECUTION_STATE_UNDEFINED", "Undefined"},
    {"EXECUTION_STATE_NEW", "New"},
    {"EXECUTION_STATE_ASK_FOR_BID", "AskForBid"},
    {"EXECUTION_STATE_ASK_FOR_BID_ACCEPTED", "AskForBidAccepted"},
    {"EXECUTION_STATE_ASK_FOR_BID_REJECTED", "AskForBidRejected"},
    {"EXECUTION_STATE_BID_ACCEPTED", "BidAccepted"},
    {"EXECUTION_STATE_BID_REJECTED", "BidRejected"},
    {"EXECUTION_STATE_COMPLETED", "Completed"},
    {"EXECUTION_STATE_FAILED", "Failed"},
    {"EXECUTION_STATE_CANCELLED", "Cancelled"},
};

static const expected_value storage_source[] = {
    {"STORAGE_SOURCE_UNKNOWN", NULL},
    {"STORAGE_SOURCE_IPFS", "IPFS"},
    {"STORAGE_SOURCE_REPO_CLONE", "RepoClone"},
    {"STORAGE_SOURCE_REPO_CLONE_LFS", "RepoCloneLFS"},
    {"STORAGE_SOURCE_URL_DOWNLOAD", "URLDownload"},
    {"STORAGE_SOURCE_ESTUARY", "Estuary"},
    {"STORAGE_SOURCE_INLINE", "Inline"},
    {"STORAGE_SOURCE_LOCAL_DIRECTORY", "LocalDirectory"},
    {"STORAGE_SOURCE_S3", "S3"},
    {"STORAGE_SOURCE_DONE", NULL},
};

static const struct {
    const char *name;
    const char *field; /* of whose type it is */
    const char *prefix;
    const expected_value *values;
    size_t count;
} enums[] = {
    {"ExecutionDesiredState", "desired_state", "EXECUTION_DESIRED_STATE_", desired_state, 3},
    {"ExecutionStateType", "state", "EXECUTION_STATE_", state_type, 10},
    {"StorageSourceType", "storage_source", "STORAGE_SOURCE_", storage_source, 10},
};

#define MESSAGE_COUNT (sizeof messages / sizeof messages[0])
#define ENUM_COUNT    (sizeof enums / sizeof enums[0])

/* ---- Looking about in the tables ---- */

static execwire_str view(const char *text)
{
    return (execwire_str){text, strlen(text)};
}

/* The message of this name, reached from the first one. */
static const execwire_message *message_named(const char *name)
{
    const execwire_message *state = &execwire_messages[0];
    const execwire_message *storage =
        execwire_field_message(execwire_schema_key(state, view("published_results")));
    const execwire_message *reached[] = {
        state,
        storage,
        execwire_field_message(execwire_schema_key(storage, view("s3"))),
        execwire_field_message(execwire_schema_key(state, view("run_output"))),
    };

    for (size_t i = 0; i < sizeof reached / sizeof reached[0]; i++)
        if (strcmp(reached[i]->name, name) == 0)
            return reached[i];
    fail_msg("no message %s", name);
    return NULL;
}

static const execwire_enum *enum_of(const char *field)
{
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        const execwire_field *found =
            execwire_schema_key(message_named(messages[i].name), view(field));

        if (found != NULL)
            return execwire_field_enum(found);
    }
    fail_msg("no field %s", field);
    return NULL;
}

/* ---- Tables ---- */

static void check_field(const execwire_field *field, const expected_field *expected, size_t number)
{
    assert_string_equal(field->name, expected->name);
    assert_string_equal(field->json_name, expected->json_name);
    assert_int_equal(field->number, number);
    assert_int_equal(field->kind, expected->kind);
    if (expected->kind == EXECWIRE_KIND_ENUM)
        assert_string_equal(execwire_field_enum(field)->name, expected->type);
    else if (expected->type != NULL)
        assert_string_equal(execwire_field_message(field)->name, expected->type);
}

static void test_fields_are_the_documented_ones(void **unused)
{
    (void)unused;
    assert_string_equal(execwire_messages[0].name, "ExecutionState");
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        const execwire_message *message = message_named(messages[i].name);

        assert_int_equal(message->count, messages[i].count);
        for (size_t j = 0; j < messages[i].count; j++)
            check_field(&message->fields[j], &messages[i].fields[j], j + 1);
    }
}

static void test_enums_are_the_documented_ones(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ENUM_COUNT; i++) {
        const execwire_enum *type = enum_of(enums[i].field);

        assert_string_equal(type->name, enums[i].name);
        assert_int_equal(type->prefix_size, strlen(enums[i].prefix));
        assert_int_equal(type->count, enums[i].count);
        for (size_t j = 0; j < enums[i].count; j++) {
            assert_int_equal(type->values[j].number, j);
            assert_string_equal(type->values[j].name, enums[i].values[j].name);
            if (enums[i].values[j].api_name == NULL)
                assert_null(type->values[j].api_name);
            else
                assert_string_equal(type->values[j].api_name, enums[i].values[j].api_name);
        }
    }
}

/* ---- Lookups ---- */

static void test_fields_are_found_by_number(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        const execwire_message *message = message_named(messages[i].name);

        for (uint32_t number = 0; number < 100; number++) {
            const execwire_field *field = execwire_schema_field(message, number);

            if (number == 0 || number > message->count)
                assert_null(field);
            else
                assert_ptr_equal(field, &message->fields[number - 1]);
        }
        assert_null(execwire_schema_field(message, UINT32_MAX));
        assert_null(execwire_schema_field(message, 536870911));
    }
}

/* A message whose numbers have gaps, as one from which fields were taken away. */
static void test_fields_are_found_among_gaps(void **unused)
{
    static const execwire_field fields[] = {{.name = "a", .json_name = "A", .number = 2},
                                            {.name = "b", .json_name = "B", .number = 3},
                                            {.name = "c", .json_name = "C", .number = 70}};
    const execwire_message message = {.fields = fields, .count = 3};

    (void)unused;
    for (uint32_t number = 0; number < 100; number++) {
        const execwire_field *field = execwire_schema_field(&message, number);

        if (number == 2 || number == 3 || number == 70)
            assert_int_equal(field->number, number);
        else
            assert_null(field);
    }
}

static void test_fields_are_found_by_both_keys(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        const execwire_message *message = message_named(messages[i].name);

        for (size_t j = 0; j < message->count; j++) {
            const expected_field *expected = &messages[i].fields[j];

            assert_ptr_equal(execwire_schema_key(message, view(expected->name)),
                             &message->fields[j]);
            assert_ptr_equal(execwire_schema_key(message, view(expected->json_name)),
                             &message->fields[j]);
        }
    }
}

static void check_no_key(const char *key, size_t size)
{
    char *copy = malloc(size + 1);

    assert_non_null(copy);
    memcpy(copy + 1, key, size);
    assert_null(execwire_schema_key(&execwire_messages[0], (execwire_str){copy + 1, size}));
    free(copy);
}

static void test_other_keys_are_no_fields(void **unused)
{
    static const char *const keys[] = {
        "",
        "j",
        "job_i",
        "job_idx",
        "JOB_ID",
        "jobid",
        "jobId",
        "Job_ID",
        "job-id",
        " state",
        "state ",
        "cid",
        "exit_code",
        "NodeID",
        "ComputeReferenc",
        "Versions",
        "version\xC3\xA9",
        "std_out",
        "key",
        "a key that is much longer than all others",
    };

    (void)unused;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        check_no_key(keys[i], strlen(keys[i]));
    check_no_key("job_id\0", 7);
    check_no_key("job_id\0and what follows it, far beyond the name", 40);
    check_no_key("\0", 1);
    check_no_key("job\0id", 6);
}

static void test_enum_values_are_found_by_number(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ENUM_COUNT; i++) {
        const execwire_enum *type = enum_of(enums[i].field);

        for (int32_t number = -2; number < 40; number++) {
            const execwire_enum_value *value = execwire_schema_enum_number(type, number);

            if (number < 0 || (size_t)number >= enums[i].count)
                assert_null(value);
            else
                assert_string_equal(value->name, enums[i].values[number].name);
        }
        assert_null(execwire_schema_enum_number(type, INT32_MAX));
        assert_null(execwire_schema_enum_number(type, INT32_MIN));
    }
}

/* The same name in lower case, in upper case, without underscores, and with more of them. */
static void check_spellings(const execwire_enum *type, const char *name, int32_t number)
{
    char spelled[5][96] = {"", "", "", "", ""};
    size_t bare = 0;

    for (size_t i = 0; name[i] != '\0'; i++) {
        spelled[0][i] = name[i];
        spelled[1][i] = (char)(name[i] | (name[i] >= 'A' && name[i] <= 'Z' ? 0x20 : 0));
        spelled[2][i] = (char)(name[i] & (name[i] >= 'a' && name[i] <= 'z' ? 0x5F : 0x7F));
        if (name[i] != '_')
            spelled[3][bare++] = name[i];
        spelled[4][2 * i] = name[i];
        spelled[4][2 * i + 1] = '_';
    }
    for (size_t i = 0; i < 5; i++) {
        const execwire_enum_value *value = execwire_schema_enum_name(type, view(spelled[i]));

        if (value == NULL || value->number != number)
            fail_msg("%s", spelled[i]);
    }
}

static void test_enum_values_are_found_by_any_name(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ENUM_COUNT; i++)
        for (size_t j = 0; j < enums[i].count; j++) {
            const execwire_enum *type = enum_of(enums[i].field);
            const expected_value *value = &enums[i].values[j];

            check_spellings(type, value->name, (int32_t)j);
            check_spellings(type, value->name + strlen(enums[i].prefix), (int32_t)j);
            if (value->api_name != NULL)
                check_spellings(type, value->api_name, (int32_t)j);
        }
}

static void test_other_names_are_no_enum_values(void **unused)
{
    static const char *const names[] = {
        "",
        "_",
        "___",
        "Complete",
        "Completedd",
        "Completed ",
        " Completed",
        "7",
        "COM-PLETED",
        "EXECUTION_STATE_",
        "EXECUTION_STATE",
        "IPFS",
        "STATE_NEW",
        "EXECUTION_DESIRED_STATE_RUNNING",
        "EXECUTION_STATE_EXECUTION_STATE_NEW",
        "Ne{",
        "~ew",
        "Komplet\xC3\xA9",
        "N\xC3\x8BW",
    };
    const execwire_enum *type = enum_of("state");

    (void)unused;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (execwire_schema_enum_name(type, view(names[i])) != NULL)
            fail_msg("%s", names[i]);
    assert_null(execwire_schema_enum_name(type, (execwire_str){"New\0", 4}));
    assert_null(execwire_schema_enum_name(type, (execwire_str){"\0New", 4}));
}

/* A server's name may be another than the documented one. */
static void test_enum_values_are_found_by_a_server_s_own_name(void **unused)
{
    static const execwire_enum_value values[] = {
        {0, "KIND_NONE", NULL}, {1, "KIND_FULL", "Whole"}, {2, "KIND_BEHIND", "Behind"}};
    const execwire_enum type = {.values = values, .count = 2, .prefix_size = 5};

    (void)unused;
    assert_null(execwire_schema_enum_name(&type, view("behind")));
    assert_null(execwire_schema_enum_number(&type, 2));
    assert_ptr_equal(execwire_schema_enum_name(&type, view("whole")), &values[1]);
    assert_ptr_equal(execwire_schema_enum_name(&type, view("Full")), &values[1]);
    assert_ptr_equal(execwire_schema_enum_name(&type, view("none")), &values[0]);
    assert_null(execwire_schema_enum_name(&type, view("kind_whole")));
}

/* Letters are compared as the C library's are. */
static void test_every_character_of_a_name(void **unused)
{
    (void)unused;
    for (int left = 1; left < 0x80; left++)
        for (int right = 1; right < 0x80; right++) {
            const char text[1] = {(char)left}, name[2] = {(char)right, '\0'};

            if (left != '_' && right != '_')
                assert_int_equal(execwire_schema_same_name((execwire_str){text, 1}, name),
                                 toupper(left) == toupper(right));
        }
    assert_false(execwire_schema_same_name((execwire_str){"\0", 1}, "\0")); /* the name is empty */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields_are_the_documented_ones),
        cmocka_unit_test(test_enums_are_the_documented_ones),
        cmocka_unit_test(test_fields_are_found_by_number),
        cmocka_unit_test(test_fields_are_found_among_gaps),
        cmocka_unit_test(test_fields_are_found_by_both_keys),
        cmocka_unit_test(test_other_keys_are_no_fields),
        cmocka_unit_test(test_enum_values_are_found_by_number),
        cmocka_unit_test(test_enum_values_are_found_by_any_name),
        cmocka_unit_test(test_other_names_are_no_enum_values),
        cmocka_unit_test(test_enum_values_are_found_by_a_server_s_own_name),
        cmocka_unit_test(test_every_character_of_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

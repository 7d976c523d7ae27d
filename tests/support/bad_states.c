/* SPDX-License-Identifier: Apache-2.0 */
/* promise: encode-errors */
#include "support/bad_states.h"

static void each_text_that_is_no_utf8(bad_state_check *check)
{
    execwire_state s = {.status = EXECWIRE_STR("ab\xC3")};

    check(&s, EXECWIRE_ERROR_UTF8, 2, "/Status");
    s = (execwire_state){.has_published_results = true, .published_results = {.has_s3 = true}};
    s.published_results.s3.key = EXECWIRE_STR("\xED\xA0\x80");
    check(&s, EXECWIRE_ERROR_UTF8, 0, "/PublishedResults/S3/Key");
    s = (execwire_state){.has_run_output = true, .run_output.std_out = EXECWIRE_STR("a\0\xFF")};
    check(&s, EXECWIRE_ERROR_UTF8, 2, "/RunOutput/stdout");
}

static void each_number_or_time_out_of_range(bad_state_check *check)
{
    execwire_state s = {.has_state = true, .state = -1};

    check(&s, EXECWIRE_ERROR_ENUM_RANGE, 0, "/State");
    s = (execwire_state){
        .has_published_results = true,
        .published_results = {.has_storage_source = true, .storage_source = INT32_MIN}};
    check(&s, EXECWIRE_ERROR_ENUM_RANGE, 0, "/PublishedResults/StorageSource");
    s = (execwire_state){.has_create_time = true, .create_time = {253402300800, 0}};
    check(&s, EXECWIRE_ERROR_TIME_RANGE, 0, "/CreateTime");
    s = (execwire_state){.has_update_time = true, .update_time = {-62135596801, 999999999}};
    check(&s, EXECWIRE_ERROR_TIME_RANGE, 0, "/UpdateTime");
    s = (execwire_state){.has_update_time = true, .update_time = {0, -1}};
    check(&s, EXECWIRE_ERROR_TIME_NANOS, 0, "/UpdateTime");
    s = (execwire_state){.has_update_time = true, .update_time = {0, 1000000000}};
    check(&s, EXECWIRE_ERROR_TIME_NANOS, 0, "/UpdateTime");
}

/* A map of the entries first: "1" and second: value. */
static void check_map(bad_state_check *check, execwire_str first, execwire_str second,
                      execwire_str value, execwire_code code, size_t offset, const char *path)
{
    execwire_entry entries[2] = {{first, EXECWIRE_STR("1"), 0}, {second, value, 0}};
    execwire_state s = {.has_published_results = true,
                        .published_results = {.metadata = {entries, 2}}};

    check(&s, code, offset, path);
}

#define METADATA "/PublishedResults/Metadata"

static void each_bad_map(bad_state_check *check)
{
    const execwire_str a = EXECWIRE_STR("a");
    const execwire_str b = EXECWIRE_STR("b/~\n");
    const execwire_str none = {NULL, 0};
    const execwire_str large = {"x", EXECWIRE_MAX_SIZE};
    execwire_state s = {.has_published_results = true,
                        .published_results = {.metadata = {NULL, 1}}};

    check_map(check, b, a, a, EXECWIRE_ERROR_MAP_ORDER, 0, METADATA "/a");
    check_map(check, b, b, a, EXECWIRE_ERROR_MAP_ORDER, 0, METADATA "/b~1~0?");
    check_map(check, a, b, EXECWIRE_STR("12\xFF"), EXECWIRE_ERROR_UTF8, 2, METADATA "/b~1~0?");
    check_map(check, a, EXECWIRE_STR("b\xC3"), a, EXECWIRE_ERROR_UTF8, 1, METADATA "/b?");
    check_map(check, a, b, none, EXECWIRE_ERROR_ARGUMENT, 0, METADATA);
    check_map(check, a, none, a, EXECWIRE_ERROR_ARGUMENT, 0, METADATA);
    check_map(check, a, b, large, EXECWIRE_ERROR_TOO_LARGE, 0, METADATA "/b~1~0?");
    check(&s, EXECWIRE_ERROR_ARGUMENT, 0, METADATA);
}

/* Sizes that are no sizes of anything: nothing may be read before they are refused. */
static void each_state_that_is_too_large(bad_state_check *check)
{
    execwire_state s = {.job_id = {"x", (size_t)EXECWIRE_MAX_SIZE + 1}};

    check(&s, EXECWIRE_ERROR_TOO_LARGE, 0, "/JobID");
    s.job_id.size = SIZE_MAX;
    check(&s, EXECWIRE_ERROR_TOO_LARGE, 0, "/JobID");
    s = (execwire_state){.job_id = EXECWIRE_STR("x"), .node_id = {"x", EXECWIRE_MAX_SIZE}};
    check(&s, EXECWIRE_ERROR_TOO_LARGE, 0, "/NodeId");
}

execwire_state large_state(const char *text, size_t last)
{
    const execwire_str all = {text, LARGE_TEXT};

    return (execwire_state){.compute_reference = all,
                            .job_id = all,
                            .node_id = all,
                            .status = {text, last},
                            .has_published_results = true,
                            .published_results = {.cid = all,
                                                  .name = all,
                                                  .path = all,
                                                  .repo = all,
                                                  .source_path = all,
                                                  .url = all,
                                                  .has_s3 = true,
                                                  .s3 = {all, all, all, all, all, all}}};
}

void bad_states_each(bad_state_check *check)
{
    each_text_that_is_no_utf8(check);
    each_number_or_time_out_of_range(check);
    each_bad_map(check);
    each_state_that_is_too_large(check);
}

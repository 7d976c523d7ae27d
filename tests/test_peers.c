/* The same messages in other implementations of protobuf: protobuf-c reads what we write, field by
 * field, and packs the same bytes; what nanopb's own decoder reads is the same bytes again.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "support/cmocka.h"

#include "../fuzz/oracles/oracle.h"
#include "support/json.h"
#include "support/wire.h"

#include "execwire/v1/execution_state.pb-c.h"

#include <stdlib.h>
#include <string.h>

#define CORPUS "../shared/corpus/"

typedef Execwire__V1__ExecutionState packed_state;
typedef Execwire__V1__StorageSpec packed_storage;
typedef Execwire__V1__S3StorageSpec packed_s3;
typedef Execwire__V1__RunCommandResult packed_output;

/* ---- protobuf-c's message, held against a state ---- */

/* Strings of protobuf-c end at a NUL byte; how many of the message do. */
static size_t cut_strings;

static void check_text(execwire_str ours, const char *theirs)
{
    size_t size = 0;

    if (ours.data == NULL) {
        assert_null(theirs);
        return;
    }
    while (size < ours.size && ours.data[size] != '\0')
        size++;
    cut_strings += size < ours.size;
    assert_non_null(theirs);
    assert_int_equal(strlen(theirs), size);
    assert_memory_equal(theirs, ours.data, size);
}

static void check_time(bool present, execwire_time ours, const Google__Protobuf__Timestamp *theirs)
{
    assert_int_equal(present, theirs != NULL);
    if (present) {
        assert_int_equal(theirs->seconds, ours.seconds);
        assert_int_equal(theirs->nanos, ours.nanos);
    }
}

#define CHECK_TEXT(member) check_text(ours->member, theirs->member)
#define CHECK_TIME(member) check_time(ours->has_##member, ours->member, theirs->member)
#define CHECK_VALUE(member)                                                                        \
    do {                                                                                           \
        assert_int_equal(ours->has_##member, theirs->has_##member != 0);                           \
        if (ours->has_##member)                                                                    \
            assert_true((int64_t)ours->member == (int64_t)theirs->member);                         \
    } while (0)

static void check_s3(const execwire_s3_storage_spec *ours, const packed_s3 *theirs)
{
    CHECK_TEXT(bucket);
    CHECK_TEXT(checksum);
    CHECK_TEXT(endpoint);
    CHECK_TEXT(key);
    CHECK_TEXT(region);
    CHECK_TEXT(version_id);
}

static void check_storage(const execwire_storage_spec *ours, const packed_storage *theirs)
{
    CHECK_TEXT(cid);
    assert_int_equal(ours->metadata.count, theirs->n_metadata);
    for (size_t i = 0; i < ours->metadata.count; i++) {
        check_text(ours->metadata.entries[i].key, theirs->metadata[i]->key);
        check_text(ours->metadata.entries[i].value, theirs->metadata[i]->value);
    }
    CHECK_TEXT(name);
    CHECK_TEXT(path);
    CHECK_VALUE(read_write);
    CHECK_TEXT(repo);
    assert_int_equal(ours->has_s3, theirs->s3 != NULL);
    if (ours->has_s3)
        check_s3(&ours->s3, theirs->s3);
    CHECK_TEXT(source_path);
    CHECK_VALUE(storage_source);
    CHECK_TEXT(url);
}

static void check_output(const execwire_run_command_result *ours, const packed_output *theirs)
{
    CHECK_VALUE(exit_code);
    CHECK_TEXT(runner_error);
    CHECK_TEXT(std_err);
    CHECK_VALUE(stderrtruncated);
    CHECK_TEXT(std_out);
    CHECK_VALUE(stdouttruncated);
}

static void check_state(const execwire_state *ours, const packed_state *theirs)
{
    CHECK_TEXT(compute_reference);
    CHECK_TIME(create_time);
    CHECK_VALUE(desired_state);
    CHECK_TEXT(job_id);
    CHECK_TEXT(node_id);
    assert_int_equal(ours->has_published_results, theirs->published_results != NULL);
    if (ours->has_published_results)
        check_storage(&ours->published_results, theirs->published_results);
    assert_int_equal(ours->has_run_output, theirs->run_output != NULL);
    if (ours->has_run_output)
        check_output(&ours->run_output, theirs->run_output);
    CHECK_VALUE(state);
    CHECK_TEXT(status);
    CHECK_TIME(update_time);
    CHECK_VALUE(version);
    assert_int_equal(theirs->base.n_unknown_fields, 0);
}

/* ---- Every document in every implementation ---- */

/* What protobuf-c packs is what we wrote, and we read it. */
static void check_packed(const packed_state *theirs, const char *bytes, size_t size)
{
    size_t packed_size = execwire__v1__execution_state__get_packed_size(theirs);
    char *packed = malloc(packed_size + 1);
    wire_message m;

    assert_non_null(packed);
    execwire__v1__execution_state__pack(theirs, (uint8_t *)packed);
    if (cut_strings == 0)
        wire_check_bytes(packed, packed_size, bytes, size);
    wire_accept(&m, packed, packed_size);
    check_state(&m.state, theirs);
    wire_free(&m);
    free(packed);
}

static void check_protobuf_c(const execwire_state *state, const char *bytes, size_t size)
{
    packed_state *theirs =
        execwire__v1__execution_state__unpack(NULL, size, (const uint8_t *)bytes);

    assert_non_null(theirs);
    cut_strings = 0;
    check_state(state, theirs);
    check_packed(theirs, bytes, size);
    execwire__v1__execution_state__free_unpacked(theirs, NULL);
}

/* What nanopb's decoder reads is the same bytes when it is encoded. */
static void check_nanopb(const char *bytes, size_t size)
{
    char *again = malloc(size + 1);
    size_t again_size;

    assert_non_null(again);
    assert_true(oracle_nanopb((const uint8_t *)bytes, size, (uint8_t *)again, size, &again_size));
    wire_check_bytes(again, again_size, bytes, size);
    free(again);
}

static void check_document(const char *json, size_t json_size, bool ignore_unknown)
{
    json_document d;
    size_t size;
    char *bytes;

    json_read(&d, json, json_size, ignore_unknown);
    assert_int_equal(d.code, EXECWIRE_OK);
    bytes = wire_encode(&d.state, &size);
    check_protobuf_c(&d.state, bytes, size);
    check_nanopb(bytes, size);
    free(bytes);
    json_free(&d);
}

static void check_vector(const char *bytes, size_t size, const char *json, size_t json_size)
{
    check_document(json, json_size, false);
    check_nanopb(bytes, size);
}

static void test_vectors(void **unused)
{
    (void)unused;
    wire_each_vector(check_vector);
}

static void check_corpus(const char *path, size_t count)
{
    size_t size;
    char *text = json_read_file(path, &size);
    size_t lines = 0;

    if (text == NULL) {
        print_message("skipped: there is no %s\n", path);
        return;
    }
    for (const char *at = text; *at != '\0'; lines++) {
        size_t line = strcspn(at, "\n");

        check_document(at, line, true);
        at += line + (at[line] == '\n');
    }
    assert_int_equal(lines, count);
    free(text);
}

static void test_corpus(void **unused)
{
    (void)unused;
    check_corpus(CORPUS "real.jsonl", 15);
    check_corpus(CORPUS "real-as-emitted.jsonl", 15);
    check_corpus(CORPUS "lifecycle.jsonl", 2450);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_corpus),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
